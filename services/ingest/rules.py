"""The registry of finding rules: what each rule of a load report means, and what a person can do about it.

A ``Finding`` carries a rule's id.  The texts are for the city's staff, who read Japanese, and for everybody else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from geo.errors import NotFoundError
from layers.model import Text


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its id (kebab-case), what it found, and the fix at the source."""

    id: str
    text: Text
    fix: Text


def rule(rule_id: str) -> Rule:
    """The rule with this id; ``NotFoundError`` if there is none: a report must never carry an unexplained id."""
    try:
        return RULES[rule_id]
    except KeyError:
        raise NotFoundError(f"There is no finding rule {rule_id!r}.") from None


def _rule(rule_id: str, ja: str, en: str, fix_ja: str, fix_en: str) -> Rule:
    return Rule(rule_id, Text(ja, en), Text(fix_ja, fix_en))


_NOTHING = ("対応は不要です。", "Nothing needs to be done.")

_FILE = (
    _rule(
        "encoding-guessed",
        "文字コードの宣言がないため、内容から判定しました。",
        "The file does not declare its encoding; it was found from the content.",
        "UTF-8（BOM付き）で保存してください。",
        "Save the file as UTF-8 with a byte order mark.",
    ),
    _rule(
        "preamble-skipped",
        "見出し行より前の行を読み飛ばしました。",
        "Lines before the header were skipped.",
        "見出しを1行目に置き、説明は別のファイルにしてください。",
        "Put the header in the first line and explanations into another file.",
    ),
    _rule(
        "header-joined",
        "複数行に分かれた見出しを結合しました。",
        "A header of several rows was joined into one.",
        "見出しを1行にしてください。",
        "Use a single header row.",
    ),
    _rule(
        "header-mended",
        "見出しの表記を標準の項目名に読み替えました。",
        "A column name was read as the standard one.",
        "見出しを自治体標準オープンデータセットの項目名に直してください。",
        "Correct the header to the name in the municipal standard open dataset.",
    ),
    _rule(
        "column-repeated",
        "同じ見出しの列が複数あるため、後の列を別の名前で保存しました。",
        "A column name occurs more than once; the later column is kept under another name.",
        "見出しを列ごとに異なる名前にしてください。",
        "Give every column its own name.",
    ),
    _rule(
        "unknown-column",
        "定義にない列です。値は付加情報として保存しました。",
        "The column is not in the declaration; its values are kept as extras.",
        "標準の項目であれば見出しの綴りを確認してください。",
        "If it is a standard column, check the spelling of the header.",
    ),
    _rule(
        "missing-column",
        "形式が定める列がファイルにありません。",
        "A column that the format defines is absent from the file.",
        "列を追加してください。値がなければ空欄で構いません。",
        "Add the column; empty cells are fine.",
    ),
    _rule(
        "column-unnamed",
        "見出しのない列に値があるため、仮の名前で保存しました。",
        "A column without a name has values; it is kept under a made-up name.",
        "列に見出しを付けてください。",
        "Give the column a name.",
    ),
    _rule("blank-row", "空の行です。", "The row is empty.", "空行を削除してください。", "Remove empty rows."),
    _rule(
        "footer-row",
        "データではない行（注記・版など）です。",
        "The row is a note or a version, not data.",
        "注記は別のファイルにしてください。",
        "Put notes into another file.",
    ),
    _rule(
        "no-rows",
        "見出しだけで、データの行がありません。",
        "There is a header, but no row of data.",
        "正しいファイルか確認してください。",
        "Check that it is the right file.",
    ),
    _rule(
        "row-too-long",
        "見出しより多い値があります。どの値からずれたか分からないため、行を取り込みません。",
        "The row has more values than the header. Which of them is one too many is unknown: the row is not loaded.",
        "余分なカンマ、または引用符のない値の中のカンマを直してください。",
        "Remove surplus commas, or quote values that contain commas.",
    ),
    _rule(
        "row-too-short",
        "見出しより値が少ない行です。足りない値は空欄とみなしました（半分に満たない行は取り込みません）。",
        "The row has fewer values than the header; the missing ones count as empty (less than half: it is not loaded).",
        "空欄の列もカンマで区切ってください。",
        "Separate empty cells with commas too.",
    ),
    _rule(
        "row-unreadable",
        "行を読み取れません。",
        "The row cannot be read.",
        "行の文字コードと引用符を確認してください。",
        "Check the encoding and the quotes of the row.",
    ),
    _rule(
        "record-incomplete",
        "参照先のない要素です（範囲の切り出しによる欠落など）。",
        "The element refers to parts that the file does not hold (cropped extract).",
        "範囲全体を含むファイルを使ってください。",
        "Use a file that covers the whole area.",
    ),
    _rule(
        "dangling-reference",
        "ファイルにない要素を参照しています。参照を外しました。",
        "The record refers to an element that the file does not hold; the reference was dropped.",
        "参照先を含むファイルを使ってください。",
        "Use a file that holds what is referred to.",
    ),
    _rule(
        "table-not-recognised",
        "どのレイヤの形式とも一致しない表です。",
        "The table matches no format of any layer.",
        "見出しを確認するか、--layer でレイヤを指定してください。",
        "Check the header, or name the layer with --layer.",
    ),
    _rule(
        "sheet-skipped",
        "非表示のシート、または表のないシートを読み飛ばしました。",
        "A sheet that is hidden or holds no table was skipped.",
        "必要なデータであればシートを表示し、1枚の表にまとめてください。",
        "If the data is needed, show the sheet and keep it as one table.",
    ),
    _rule(
        "text-truncated",
        "文字の途中で切れた値があります（項目の長さの上限）。",
        "Texts are cut off amid a character, at the greatest length of their column.",
        "長さの上限のない形式（GeoPackage、GeoJSON）で公開してください。",
        "Publish in a format without that limit (GeoPackage, GeoJSON).",
    ),
    _rule(
        "member-skipped",
        "書庫の中の対象外のファイルです。",
        "A member of the archive that is not data.",
        *_NOTHING,
    ),
    _rule(
        "member-repeated",
        "同じデータが別の形式でも書庫に入っています。一方だけを読みました。",
        "The archive holds the same data in another format too; one of them was read.",
        *_NOTHING,
    ),
)

_VALUES = (
    _rule(
        "required-missing",
        "必須の値がないため、行を取り込みません。",
        "A required value is missing; the row is not loaded.",
        "値を入力してください。",
        "Fill in the value.",
    ),
    _rule(
        "value-not-understood",
        "値を項目の型として解釈できません。値は空としました（元の値は保存されています）。",
        "The value cannot be understood as the field's type; it is left empty (the original is kept).",
        "項目の定義に合う値に直してください。",
        "Correct the value to the field's definition.",
    ),
    _rule(
        "value-out-of-range",
        "値が範囲外です。値は空としました（元の値は保存されています）。",
        "The value is outside the accepted range; it is left empty (the original is kept).",
        "値と単位を確認してください。",
        "Check the value and its unit.",
    ),
    _rule(
        "code-unknown",
        "コード表にない値です。値は空としました（元の値は保存されています）。",
        "The value is not in the code list; it is left empty (the original is kept).",
        "コード表の値に直してください。",
        "Use a value of the code list.",
    ),
    _rule(
        "marked-as-missing",
        "値がないことを示す記号です。空欄とみなしました。",
        "The cell marks a missing value; it counts as empty.",
        "値がないときは空欄にしてください。",
        "Leave the cell empty when there is no value.",
    ),
    _rule(
        "number-rewritten",
        "全角数字・桁区切り・単位を除いて数値にしました。",
        "Full-width digits, separators or a unit were removed from a number.",
        "半角数字だけを入力してください。",
        "Enter ASCII digits only.",
    ),
    _rule(
        "unit-converted",
        "単位を項目の単位に換算しました。",
        "The value was converted to the unit of the field.",
        "項目の単位で入力してください。",
        "Enter the value in the field's unit.",
    ),
    _rule(
        "date-rewritten",
        "日付の表記を YYYY-MM-DD に直しました。",
        "The date was rewritten as YYYY-MM-DD.",
        "YYYY-MM-DD で入力してください。",
        "Enter dates as YYYY-MM-DD.",
    ),
    _rule(
        "excel-serial",
        "表計算ソフトの通し番号を日付・時刻に直しました。",
        "A spreadsheet's serial number was turned into a date or time.",
        "セルを文字列にして YYYY-MM-DD または HH:MM で入力してください。",
        "Format the cell as text and enter YYYY-MM-DD or HH:MM.",
    ),
    _rule(
        "time-rewritten",
        "時刻の表記を HH:MM に直しました（24:00 は 23:59）。",
        "The time was rewritten as HH:MM (24:00 becomes 23:59).",
        "HH:MM（24時間制）で入力してください。",
        "Enter times as HH:MM, 24-hour clock.",
    ),
    _rule(
        "time-zone-assumed",
        "時差の記載がない日時です。日本標準時とみなしました。",
        "The time states no offset; Japan Standard Time is assumed.",
        "+09:00 を付けてください。",
        "Add the offset, +09:00.",
    ),
    _rule(
        "control-character",
        "制御文字を除きました。",
        "Control characters were removed.",
        "値を入力し直してください。",
        "Enter the value again.",
    ),
    _rule(
        "formula-in-cell",
        "数式として実行されうる文字で始まる値です。文字列として保存しました。",
        "The cell begins like a formula; it is kept as text.",
        "数式でないことを確認し、先頭の記号（= + - @）を除いてください。",
        "Make sure that it is no formula and remove the leading = + - or @.",
    ),
    _rule(
        "formula-without-value",
        "数式の計算結果がファイルに保存されていません。値は空としました。",
        "The file holds a formula without its result; the value is left empty.",
        "表計算ソフトで開いて保存し直すか、値として貼り付けてください。",
        "Open and save the file in a spreadsheet, or paste the values.",
    ),
    _rule(
        "address-became-date",
        "住所が表計算ソフトにより日付に変わっています（例：5-5 → 5月5日）。",
        "A spreadsheet has turned an address into a date (5-5 became 5月5日).",
        "セルを文字列にして住所を入力し直してください。",
        "Format the cell as text and enter the address again.",
    ),
    _rule(
        "municipality-code-mended",
        "市区町村コードの失われた先頭の0または検査数字を補いました。",
        "The lost leading zero or check digit of a municipality code was put back.",
        "コードを文字列として6桁で入力してください。",
        "Enter the code as text, with six digits.",
    ),
    _rule(
        "municipality-code-wrong",
        "市区町村コードとして正しくありません（検査数字の不一致など）。",
        "The municipality code is not valid (wrong check digit or length).",
        "全国地方公共団体コードを確認してください。",
        "Check the code against the official list.",
    ),
    _rule(
        "derivation-failed",
        "値から項目を導けません。",
        "A value could not be derived from the others.",
        "元の値を確認してください。",
        "Check the original values.",
    ),
    _rule(
        "depth-not-understood",
        "浸水深の区分を解釈できません。深さは不明として扱います。",
        "The depth class cannot be understood; the depth counts as unknown.",
        "区分の表記を確認してください。",
        "Check the text of the class.",
    ),
    _rule(
        "observation-missing",
        "観測値がありません（欠測）。0 とはみなしません。",
        "The observation is missing; it is never counted as zero.",
        *_NOTHING,
    ),
    _rule(
        "observation-doubtful",
        "品質情報が正常でない観測値です。",
        "The observation carries a quality flag other than normal.",
        "気象庁の品質情報を確認してください。",
        "See the quality information of JMA.",
    ),
)

_PLACES = (
    _rule(
        "coordinates-missing",
        "座標がありません。",
        "There are no coordinates.",
        "緯度・経度を入力してください。",
        "Enter latitude and longitude.",
    ),
    _rule(
        "coordinates-not-finite",
        "座標が数値ではありません。位置なしとして保存しました。",
        "The coordinates are not numbers; the row is kept without a position.",
        "緯度・経度を10進度で入力してください。",
        "Enter latitude and longitude in decimal degrees.",
    ),
    _rule(
        "coordinates-zero",
        "座標が0です。位置なしとして保存しました。",
        "The coordinates are zero; the row is kept without a position.",
        "緯度・経度を入力するか、空欄にしてください。",
        "Enter the coordinates, or leave them empty.",
    ),
    _rule(
        "coordinates-swapped",
        "緯度と経度が入れ替わっています。入れ替えて保存しました。",
        "Latitude and longitude are swapped; they were put right.",
        "緯度と経度の列を入れ替えてください。",
        "Exchange the two columns.",
    ),
    _rule(
        "coordinates-rewritten",
        "度分秒などの表記を10進度に直しました。",
        "Degrees, minutes and seconds were rewritten as decimal degrees.",
        "10進度で入力してください。",
        "Enter decimal degrees.",
    ),
    _rule(
        "coordinates-outside-japan",
        "座標が日本の範囲の外です。位置なしとして保存しました。",
        "The coordinates lie outside Japan; the row is kept without a position.",
        "緯度・経度を確認してください。",
        "Check latitude and longitude.",
    ),
    _rule(
        "coordinates-outside-city",
        "座標が市域の外です。",
        "The coordinates lie outside the city.",
        "市外の施設であるか確認してください。",
        "Check whether the place really lies outside the city.",
    ),
    _rule(
        "geocoded-to-town",
        "座標がないため、住所から町丁目の代表点に置きました。",
        "There are no coordinates; the row was placed at the point of its town by its address.",
        "緯度・経度を入力してください。",
        "Enter latitude and longitude.",
    ),
    _rule(
        "geocoded-by-inference",
        "住所の番号から丁目を推定し、町丁目の代表点に置きました。",
        "The 丁目 was inferred from the numbers of the address, and the row placed at its point.",
        "住所に丁目を書くか、緯度・経度を入力してください。",
        "Write the 丁目 in the address, or enter coordinates.",
    ),
    _rule(
        "address-not-found",
        "住所の町丁目が見つかりません。位置なしとして保存しました。",
        "The town of the address is not known; the row is kept without a position.",
        "住所の町名を確認するか、緯度・経度を入力してください。",
        "Check the town's name, or enter coordinates.",
    ),
    _rule(
        "address-missing",
        "座標も住所もありません。位置なしとして保存しました。",
        "There are neither coordinates nor an address; the row is kept without a position.",
        "住所または緯度・経度を入力してください。",
        "Enter an address or coordinates.",
    ),
    _rule(
        "address-other-municipality",
        "他の市区町村の住所です。位置なしとして保存しました。",
        "The address is of another municipality; the row is kept without a position.",
        "緯度・経度を入力するか、対象の市の行だけを取り込んでください。",
        "Enter coordinates, or load only rows of this city.",
    ),
    _rule(
        "towns-not-loaded",
        "町丁目の位置が取り込まれていないため、住所から位置を求められません。",
        "No town points are loaded, so addresses cannot be placed.",
        "町丁目（towns）を先に取り込み、このファイルをもう一度取り込んでください。",
        "Load the towns first, then load this file again.",
    ),
    _rule(
        "crs-assumed",
        "座標系の宣言がないため、形式の定める座標系とみなしました。",
        "The file declares no reference system; that of the format is assumed.",
        "座標系を宣言してください（.prj など）。",
        "Declare the reference system (.prj for a shapefile).",
    ),
    _rule(
        "crs-overridden",
        "宣言された座標系は誤りと分かっているため、正しい座標系に読み替えました。",
        "The declared reference system is known to be wrong and was replaced.",
        *_NOTHING,
    ),
    _rule(
        "crs-unrecognised",
        "宣言された座標系を解釈できません。",
        "The declared reference system is not understood.",
        "EPSGコードで座標系を宣言してください。",
        "Declare the reference system by its EPSG code.",
    ),
    _rule(
        "datum-shifted",
        "日本測地系の座標を世界測地系に変換しました（約440 mの移動、精度9 m）。",
        "Coordinates of the Tokyo datum were shifted by some 440 m (accuracy 9 m).",
        "JGD2011 の座標で公開してください。",
        "Publish coordinates in JGD2011.",
    ),
    _rule(
        "geometry-invalid-repaired",
        "不正な図形を修復しました。",
        "An invalid geometry was repaired.",
        "元の図形の自己交差などを直してください。",
        "Correct the self-intersections of the original.",
    ),
    _rule(
        "geometry-not-repairable",
        "図形を修復できません。",
        "The geometry cannot be repaired.",
        "元の図形を作り直してください。",
        "Draw the original again.",
    ),
    _rule(
        "geometry-unreadable",
        "図形を読み取れません。",
        "The geometry cannot be read.",
        "元の図形を確認してください。",
        "Check the geometry of the original.",
    ),
    _rule(
        "geometry-empty",
        "図形がありません。",
        "The geometry is missing or empty.",
        "図形を追加してください。",
        "Add the geometry.",
    ),
    _rule(
        "geometry-wrong-type",
        "レイヤと異なる種類の図形です。",
        "The geometry is of another type than the layer's.",
        "レイヤの図形の種類に合わせてください。",
        "Use the geometry type of the layer.",
    ),
    _rule(
        "geometry-flattened",
        "図形の高さ（Z）を除きました。",
        "The heights (Z) of the geometry were dropped.",
        *_NOTHING,
    ),
    _rule(
        "mesh-code-wrong",
        "地域メッシュコードとして正しくありません。",
        "The value is not a JIS X 0410 mesh code.",
        "メッシュコードを確認してください。",
        "Check the mesh code.",
    ),
    _rule(
        "mesh-suppressed",
        "秘匿されたメッシュです。値は合算先のメッシュに含まれます。",
        "The cell is suppressed; its values are part of the destination cell.",
        *_NOTHING,
    ),
    _rule(
        "mesh-merged",
        "秘匿されたメッシュを合算したメッシュです。図形も合わせました。",
        "The cell holds the values of suppressed cells; their areas were joined.",
        *_NOTHING,
    ),
)

_LOADS = (
    _rule(
        "duplicate-identity",
        "同じ識別子の行があります。最初の行を取り込みました。",
        "Another row has the same identity; the first one is loaded.",
        "重複した行を削除するか、識別子を直してください。",
        "Remove the duplicate, or correct its id.",
    ),
    _rule(
        "identity-clash",
        "同じ識別子の地物が別のデータセットにあるため、データセット名を付けて区別しました。",
        "Another dataset has a feature of this identity; the dataset's name was put before it.",
        "識別子を確認するか、古いデータセットを置き換えてください。",
        "Check the ids, or replace the older dataset.",
    ),
    _rule(
        "identity-missing",
        "識別子がないため、内容から識別子を作りました。",
        "The row has no identity; one was made from its content.",
        "識別子の列を入力してください。",
        "Fill in the id column.",
    ),
    _rule(
        "identity-clash",
        "別のデータセットに同じ識別子があります。識別子の前にデータセット名を付けました。",
        "Another dataset of the layer uses the same id; the dataset's name was put before it.",
        "データセット間で識別子が重ならないようにしてください。",
        "Use ids that are unique across the datasets.",
    ),
    _rule(
        "towns-not-loaded",
        "町丁目が未登録のため、住所から位置を求められません。",
        "No towns of the city are loaded, so addresses cannot be turned into positions.",
        "先に町丁目（towns）を取り込み、このファイルを取り込み直してください。",
        "Load the towns first, then load this file again.",
    ),
    _rule(
        "layer-shrunk",
        "前回より行が大きく減りました。",
        "The dataset has lost many of its rows since the last load.",
        "減った理由を確認し、正しければ --accept-shrink を付けてください。",
        "Find out why; if it is right, use --accept-shrink.",
    ),
    _rule(
        "as-of-unknown",
        "データの時点が分かりません。",
        "Nobody said which date the data describes.",
        "manifest.toml に as_of を書くか、--as-of を付けてください。",
        "State as_of in manifest.toml, or use --as-of.",
    ),
    _rule(
        "fictitious-data",
        "架空データです。実際の計画や避難に使わないでください。",
        "The data is fictitious. Do not plan or evacuate by it.",
        "公式のデータを取り込んでください。",
        "Load the official data.",
    ),
)

RULES: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in (*_FILE, *_VALUES, *_PLACES, *_LOADS)})
"""Every rule by its id."""

"""Published headers, in both generations, are taken for what they are and for nothing else."""

import pytest

from services.ingest.model import Record, Table
from services.ingest.recognition import recognise
from services.ingest.rows import Fate, RowMaker

_SEAT = (
    "所在地_全国地方公共団体コード,町字ID,所在地_連結表記,所在地_都道府県,所在地_市区町村,所在地_町字,"
    "所在地_番地以下,建物名等(方書),緯度,経度"
)
_NEW = "全国地方公共団体コード,ID,地方公共団体名"
_OLD = "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名"
_HAZARDS = (
    "災害種別_洪水,災害種別_崖崩れ、土石流及び地滑り,災害種別_高潮,災害種別_地震,災害種別_津波,"
    "災害種別_大規模な火事,災害種別_内水氾濫,災害種別_火山現象"
)
_AGES = ",".join(
    f"{age}の{sex}"
    for age in [*(f"{low}-{low + 4}歳" for low in range(0, 85, 5)), "85歳以上"]
    for sex in ("男性", "女性")
)

HEADERS = {
    "municipal-emergency-sites": (
        f"全国地方公共団体コード,ID,名称,名称_カナ,名称_英字,{_SEAT},標高,電話番号,内線番号,連絡先メールアドレス,"
        f"連絡先FormURL,連絡先備考（その他、SNSなど）,郵便番号,市区町村コード,地方公共団体名,{_HAZARDS},"
        "指定避難所との重複,想定収容人数,対象となる町会・自治会,URL,画像,画像_ライセンス,備考"
    ),
    "municipal-emergency-sites-old": (
        "NO,名称,名称_カナ,住所,方書,緯度,経度,標高,電話番号,内線番号,市区町村コード,都道府県名,市区町村名,"
        f"{_HAZARDS},指定避難所との重複,想定収容人数,対象となる町会・自治会,URL,備考"
    ),
    "municipal-aeds": (
        f"{_NEW},名称,名称_カナ,名称_英字,{_SEAT},高度の種別,高度の値,設置位置,電話番号,内線番号,"
        "連絡先メールアドレス,連絡先FormURL,連絡先備考（その他、SNSなど）,郵便番号,法人番号,団体名,利用可能曜日,開始時間,"
        "終了時間,利用可能日時特記事項,小児対応設備の有無,URL,画像1,画像1_ライセンス,画像2,画像2_ライセンス,外部利用不可,備考"
    ),
    "municipal-aeds-old": (
        f"{_OLD},名称,名称_カナ,住所,方書,緯度,経度,設置位置,電話番号,内線番号,法人番号,団体名,利用可能曜日,"
        "開始時間,終了時間,利用可能日時特記事項,小児対応設備の有無,URL,備考"
    ),
    "municipal-medical-facilities": (
        f"{_NEW},名称,名称_カナ,医療機関の種類,{_SEAT},電話番号,内線番号,FAX番号,法人番号,法人の名称,"
        "医療機関コード,利用可能曜日,開始時間,終了時間,診療日時特記事項,時間外における対応,診療科目,病床数,状況,災害拠点分類,URL,備考"
    ),
    "municipal-medical-facilities-old": (
        f"{_OLD},名称,名称_カナ,医療機関の種類,住所,方書,緯度,経度,電話番号,内線番号,FAX番号,法人番号,法人の名称,"
        "医療機関コード,診療曜日,診療開始時間,診療終了時間,診療日時特記事項,時間外における対応,診療科目,病床数,URL,備考"
    ),
    "municipal-fire-water": f"{_NEW},種別,{_SEAT},口径,備考",
    "municipal-fire-water-old": f"{_OLD},種別,住所,方書,緯度,経度,口径,備考",
    "municipal-public-facilities": (
        f"{_NEW},名称,名称_カナ,名称_英字,名称_通称,POIコード,{_SEAT},電話番号,内線番号,法人番号,団体名,"
        "利用可能曜日,開始時間,終了時間,利用可能日時特記事項,アクセス方法,駐車場情報,説明,バリアフリー情報,URL,備考"
    ),
    "municipal-public-facilities-old": (
        f"{_OLD},名称,名称_カナ,名称_通称,POIコード,住所,方書,緯度,経度,電話番号,内線番号,法人番号,団体名,"
        "利用可能曜日,開始時間,終了時間,利用可能日時特記事項,説明,バリアフリー情報,URL,備考"
    ),
    "municipal-population": (
        f"全国地方公共団体コード,地域コード,地方公共団体名,調査年月日,地域名,総人口,男性,女性,{_AGES},世帯数,備考"
    ),
    "municipal-population-old": (
        "都道府県コード又は市区町村コード,地域コード,都道府県名,市区町村名,調査年月日,地域名,総人口,男性,女性,"
        f"{_AGES},世帯数,備考"
    ),
    "gsi-emergency-sites-csv": (
        "NO,共通ID,都道府県名及び市町村名,施設・場所名,住所,洪水,崖崩れ、土石流及び地滑り,高潮,地震,津波,"
        "大規模な火事,内水氾濫,火山現象,指定避難所との住所同一,緯度,経度,備考"
    ),
    "gsi-shelters-csv": (
        "NO,共通ID,都道府県名及び市町村名,施設・場所名,住所,指定緊急避難場所との住所同一,"
        "その他市町村長が必要と認める事項,受入対象者,緯度,経度,備考"
    ),
    "isj-towns": (
        "都道府県コード,都道府県名,市区町村コード,市区町村名,大字町丁目コード,大字町丁目名,緯度,経度,"
        "原典資料コード,大字・字・丁目区分コード"
    ),
    "estat-mesh-t001141": "KEY_CODE,HTKSYORI,HTKSAKI,GASSAN,T001141001,T001141002,T001141003,T001141019,T001141022",
    "estat-mesh-t001142": "KEY_CODE,HTKSYORI,HTKSAKI,GASSAN,T001142001,T001142002,T001142003",
    "estat-mesh-t001231": "KEY_CODE,HTKSYORI,HTKSAKI,GASSAN,T001231001,T001231002,T001231003",
    "estat-small-areas": "KEY_CODE,HYOSYO,CITYNAME,NAME,HTKSYORI,HTKSAKI,GASSAN,T001082001,T001082017",
    "medical-information-net": (
        "ID,正式名称,正式名称（フリガナ）,都道府県コード,市区町村コード,所在地,所在地座標（緯度）,"
        "所在地座標（経度）"
    ),
    "municipal-tsunami-buildings": (
        "NO,市区町村コード,都道府県名,市区町村名,名称,名称_カナ,住所,方書,緯度,経度,電話番号,区分,備考"
    ),
}  # fmt: skip


def table(header: str, *rows: str) -> Table:
    columns = tuple(header.split(","))
    records = [
        Record(number, dict(zip(columns, row.split(","), strict=True))) for number, row in enumerate(rows, start=2)
    ]
    return Table("", "csv", columns, lambda: iter(records))


@pytest.mark.parametrize("format_id", HEADERS)
def test_header_is_recognised(format_id: str) -> None:
    (load,) = recognise([table(HEADERS[format_id])]).loads
    assert load.source.id == format_id


# Columns declared beside the sheets: seen in single cities, or the internal extension.
_VARIANTS = frozenset(
    {
        "名称_英語",
        "小児対応機器設備の有無",
        "容量_m3",
        "使用の可否",
        "年齢不詳",
        "不詳者",
        *(f"{band}の{sex}" for band in ("85-89歳", "90-94歳", "95-99歳", "100歳以上") for sex in ("男性", "女性")),
    }
)


def test_every_declared_column_of_the_municipal_sheets_is_in_a_published_header() -> None:
    """A misspelt column would silently lose its values to the extras."""
    published = {column for header in HEADERS.values() for column in header.split(",")}
    for format_id in HEADERS:
        if format_id.startswith("municipal-"):
            (load,) = recognise([table(HEADERS[format_id])]).loads
            assert set(load.source.columns) <= published | _VARIANTS, format_id


def test_columns_in_any_order_and_spelling_variants() -> None:
    columns = HEADERS["municipal-fire-water-old"].split(",")
    shuffled = ",".join(reversed(columns)).replace("コード", "コ―ド")  # U+2015, as a city has published it
    (load,) = recognise([table(shuffled)]).loads
    assert load.source.id == "municipal-fire-water-old"


def test_a_row_of_each_generation_comes_to_the_same_place() -> None:
    old = table(HEADERS["municipal-fire-water-old"], "282049,7,兵庫県,西宮市,消火栓,西宮市池田町1,,34.7,135.3,150,")
    new = table(
        HEADERS["municipal-fire-water"],
        "282049,7,兵庫県西宮市,消火栓,282049,0001000,西宮市池田町1,兵庫県,西宮市,池田町,1,,34.7,135.3,150,",
    )
    rows = []
    for given in (old, new):
        (load,) = recognise([given]).loads
        (row,) = RowMaker(load.layer, load.source).rows(given.records())
        assert row.fate is Fate.ROW
        rows.append({name: row.values[name] for name in ("municipality_code", "local_id", "kind", "main_diameter_mm")})
    assert rows[0] == rows[1] == {
        "municipality_code": "28204", "local_id": "7", "kind": "hydrant", "main_diameter_mm": 150.0,
    }  # fmt: skip


def test_unknown_columns_are_kept() -> None:
    header = HEADERS["municipal-fire-water-old"] + ",消火栓番号"
    given = table(header, "282049,7,兵庫県,西宮市,消火栓,西宮市池田町1,,34.7,135.3,150,,A-17")
    (load,) = recognise([given]).loads
    (row,) = RowMaker(load.layer, load.source).rows(given.records())
    assert row.extras["消火栓番号"] == "A-17"


@pytest.mark.parametrize("format_id", ["estat-mesh-t001142"])
def test_suppressed_cells_go_through_the_loader_once(format_id: str) -> None:
    header = "KEY_CODE,HTKSYORI,HTKSAKI,GASSAN,T001142001,T001142019"
    given = table(
        header, "5235028731,2,5235028732,,3,*", "5235028732,1,,5235028731,120,41", "5235028733,0,,,50,9"
    )  # fmt: skip
    (load,) = recognise([given]).loads
    assert load.source.id == format_id
    rows = list(RowMaker(load.layer, load.source).rows(given.records()))
    kept = {str(row.values["mesh_code"]): row for row in rows if row.fate is Fate.ROW}
    assert {code: row.values["population"] for code, row in kept.items()} == {"5235028732": 123, "5235028733": 50}
    assert kept["5235028732"].values["mesh_codes"] == ["5235028732", "5235028731"]
    assert kept["5235028732"].place["GASSAN"] == ["5235028731"]

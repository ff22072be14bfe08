"""The sheets of 自治体標準オープンデータセット: their official headers, and that writing is the inverse of reading."""

import string
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers import open_data
from layers.catalogue import catalogue
from layers.model import Coordinates, Field, FieldKind, Layer, SourceFormat
from layers.sheet import OpenDataSheet
from services.ingest.cleansing import cleanse_value
from services.ingest.rows import FICTITIOUS_MARK, position_columns

SHEETS = [(layer, layer.open_data) for layer in catalogue().values() if layer.open_data is not None]
every_sheet = pytest.mark.parametrize(("layer", "sheet"), SHEETS, ids=[layer.id for layer, _ in SHEETS])

_SEAT = (
    "所在地_全国地方公共団体コード,町字ID,所在地_連結表記,所在地_都道府県,所在地_市区町村,所在地_町字,所在地_番地以下,"
    "建物名等(方書),緯度,経度"
)
_HEAD = "全国地方公共団体コード,ID,地方公共団体名,名称,名称_カナ,名称_英字"
_CONTACT = "電話番号,内線番号,連絡先メールアドレス,連絡先FormURL,連絡先備考（その他、SNSなど）,郵便番号"
_AGES = ",".join(
    f"{band}の{sex}"
    for band in (*(f"{age}-{age + 4}歳" for age in range(0, 85, 5)), "85歳以上")
    for sex in ("男性", "女性")
)
# 03 and 14 as published; the others as far as they are known (their order is inferred).
HEADERS = {
    "03": "全国地方公共団体コード,ID,名称,名称_カナ,名称_英字,所在地_全国地方公共団体コード,町字ID,所在地_連結表記,"
    "所在地_都道府県,所在地_市区町村,所在地_町字,所在地_番地以下,建物名等(方書),緯度,経度,標高,電話番号,内線番号,"
    "連絡先メールアドレス,連絡先FormURL,連絡先備考（その他、SNSなど）,郵便番号,市区町村コード,地方公共団体名,災害種別_洪水,"
    "災害種別_崖崩れ、土石流及び地滑り,災害種別_高潮,災害種別_地震,災害種別_津波,災害種別_大規模な火事,災害種別_内水氾濫,"
    "災害種別_火山現象,指定避難所との重複,想定収容人数,対象となる町会・自治会,URL,画像,画像_ライセンス,備考",
    "14": "全国地方公共団体コード,ID,地方公共団体名,種別,所在地_全国地方公共団体コード,町字ID,所在地_連結表記,"
    "所在地_都道府県,所在地_市区町村,所在地_町字,所在地_番地以下,建物名等(方書),緯度,経度,口径,備考",
    "08": f"{_HEAD},{_SEAT},高度の種別,高度の値,設置位置,{_CONTACT},"
    "法人番号,団体名,利用可能曜日,開始時間,終了時間,利用可能日時特記事項,小児対応設備の有無,URL,画像1,画像1_ライセンス,画像2,"
    "画像2_ライセンス,外部利用不可,備考",
    "10": f"{_HEAD},医療機関の種類,{_SEAT},{_CONTACT},FAX番号,"
    "法人番号,法人の名称,医療機関コード,利用可能曜日,開始時間,終了時間,利用可能日時特記事項,時間外における対応,診療科目,"
    "病床数,災害拠点分類,状況,URL,備考",
    "01": f"{_HEAD},名称_通称,POIコード,{_SEAT},{_CONTACT},法人番号,"
    "団体名,利用可能曜日,開始時間,終了時間,利用可能日時特記事項,説明,バリアフリー情報,アクセス方法,駐車場情報,URL,備考",
    "04": f"全国地方公共団体コード,地域コード,地方公共団体名,調査年月日,地域名,総人口,男性,女性,{_AGES},世帯数,備考",
}
FILES = {
    "01": "public_facility", "03": "evacuation_space", "04": "population", "08": "aed", "10": "hospital",
    "14": "fire_hydrant",
}  # fmt: skip


def reader_of(layer: Layer, sheet: OpenDataSheet) -> SourceFormat:
    return next(each for each in layer.formats if each.id == sheet.format_id)


def test_every_official_sheet_has_its_layer() -> None:
    assert {sheet.number: sheet.name for _, sheet in SHEETS} == FILES
    assert {sheet.number for _, sheet in SHEETS if sheet.order_verified} == {"03", "14"}


@every_sheet
def test_headers_are_the_official_ones(layer: Layer, sheet: OpenDataSheet) -> None:
    assert ",".join(sheet.header) == HEADERS[sheet.number]


@every_sheet
def test_every_column_is_read_back_into_the_field_that_filled_it(layer: Layer, sheet: OpenDataSheet) -> None:
    source = reader_of(layer, sheet)
    places = position_columns(source)
    for column, cell in sheet.columns.items():
        assert column in source.columns or column in places, f"{column} would go to the extras"
        if isinstance(cell, str):
            assert source.columns[column] == cell
    assert source.signature <= set(sheet.header)
    assert not source.excludes & set(sheet.header)
    if isinstance(source.geometry, Coordinates):
        assert {"緯度", "経度"} <= set(sheet.header)


@every_sheet
def test_every_field_that_the_sheet_can_fill_is_written(layer: Layer, sheet: OpenDataSheet) -> None:
    read = {source_field for column, source_field in reader_of(layer, sheet).columns.items() if column in sheet.columns}
    values = {field.name: _some(field) for field in layer.fields}
    row = {**values, "id": "x", "longitude": 135.3, "latitude": 34.7, "position_quality": "as-published"}
    cells = dict(zip(sheet.header, (write(row) for write in open_data.cell_writers(layer)), strict=True))
    assert "" not in cells.values()
    assert read == {reader_of(layer, sheet).columns[column] for column in cells if column not in ("緯度", "経度")}


def _some(field: Field) -> Any:
    if field.codes is not None:
        return field.codes.codes[0].value
    some: dict[FieldKind, Any] = {
        FieldKind.INTEGER: 1, FieldKind.NUMBER: 1.5, FieldKind.FLAG: True, FieldKind.DATE: date(2024, 1, 1),
        FieldKind.TIME: time(9, 30), FieldKind.TEXT_LIST: ["あ", "い"],
    }  # fmt: skip
    return "28204" if field.name.endswith("municipality_code") else some.get(field.kind, "値")


# Texts as the cleansing leaves them: printable, without blanks around.
_LETTERS = st.characters(codec="utf-8", exclude_categories=("C", "Z"))
TEXTS = st.text(_LETTERS, min_size=1, max_size=20) | st.sampled_from(["=1+1", "+81", "-5", "@x", "改行\nなし", 'a,"b"'])
MEMBERS = TEXTS.filter(lambda text: not set(text) & set(";；"))
FIELDS = {
    f"{layer.id}.{cell}": layer.by_name[cell]
    for layer, sheet in SHEETS for cell in sheet.columns.values() if isinstance(cell, str)
}  # fmt: skip


def values_of(field: Field) -> st.SearchStrategy[Any]:
    if field.codes is not None:
        return st.sampled_from([code.value for code in field.codes.codes])
    low = -(10**6) if field.minimum is None else field.minimum
    high = 10**6 if field.maximum is None else field.maximum
    match field.kind:
        case FieldKind.INTEGER:
            return st.integers(round(low), round(high))
        case FieldKind.NUMBER:
            return st.floats(low, high).filter(lambda number: abs(number) > 1e-4 or number == 0).map(lambda n: n + 0.0)
        case FieldKind.FLAG:
            return st.just(True)  # the sheets have no word for "no"
        case FieldKind.DATE:
            return st.dates(date(1900, 1, 1))
        case FieldKind.TIME:
            return st.builds(time, st.integers(0, 23), st.integers(0, 59))
        case FieldKind.TEXT_LIST:
            return st.lists(MEMBERS, min_size=1, max_size=4)
    return TEXTS


@given(st.data())
def test_what_is_written_reads_back(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(FIELDS)))
    field = FIELDS[name]
    value = data.draw(values_of(field))
    cell = open_data.written(value, field)
    assert cell
    assert cleanse_value(field, cell).value == value


@every_sheet
def test_what_is_not_stated_is_an_empty_cell(layer: Layer, sheet: OpenDataSheet) -> None:
    cells = [write({"id": "x1"}) for write in open_data.cell_writers(layer)]
    assert set(cells) <= {"", "x1"}


def test_flags() -> None:
    flag = open_data.written
    assert (flag(True), flag(False), flag(None)) == ("1", "", "")
    children = open_data.there_or_not("c")
    assert callable(children)
    assert [children({"c": value}) for value in (True, False, None)] == ["有", "無", None]


def test_codes_have_six_digits() -> None:
    code = open_data.six_digits("municipality_code")
    assert callable(code)
    found = [code({"municipality_code": each}) for each in ("28204", "01100", "282049", "不明", None)]
    assert found == ["282049", "011002", "282049", "不明", None]


def test_a_place_found_by_its_address_has_no_coordinates() -> None:
    axis = open_data.position("longitude")
    assert callable(axis)
    row = {"longitude": 135.3}
    assert axis({**row, "position_quality": "as-published"}) == 135.3
    assert axis({**row, "position_quality": "town"}) is None
    assert axis({**row, "position_quality": "town-inferred"}) is None


def test_fictitious_rows_say_so() -> None:
    assert open_data.FICTITIOUS_MARK == FICTITIOUS_MARK
    mark = open_data.FICTITIOUS_MARK
    assert open_data.remarks({"fictitious": True, "remarks": "北部"}) == f"北部 {mark}"
    assert open_data.remarks({"fictitious": True}) == mark
    assert open_data.remarks({"fictitious": True, "remarks": f"{mark} 有蓋"}) == f"{mark} 有蓋"
    assert open_data.remarks({"fictitious": False, "remarks": "北部"}) == "北部"


def test_numbers_are_written_as_people_write_them() -> None:
    assert [open_data.written(each) for each in (75.0, 1.5, 0, 135.123456789012)] == [
        "75", "1.5", "0", "135.123456789012",
    ]  # fmt: skip
    assert open_data.written(time(9, 30)) == "09:30"
    assert set(open_data.written(0.1 + 0.2)) <= set(string.digits + ".")

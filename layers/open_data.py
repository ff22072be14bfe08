"""How rows are written as 自治体標準オープンデータセット: the inverse of ``layers.municipal``, and what each cell looks like.

Flags are ``1`` or empty: the sheets have no word for "no", so that what is stated as false becomes "not stated".  Lists have
``;`` between their members, times are HH:MM, dates YYYY-MM-DD, codes their Japanese title, municipality codes six digits.
"""

from collections.abc import Callable, Mapping
from datetime import date, time
from functools import lru_cache

from geo.addresses import AddressQuality
from geo.codes import is_municipality_code, municipality_code6
from geo.errors import InputError
from layers.model import Field, FieldKind, Layer, Values
from layers.sheet import Cell

_BY_ADDRESS = frozenset(AddressQuality)

FICTITIOUS_MARK = "架空データ"
"""What the remarks of a fictitious row say; the ingest knows such rows by it."""

# --- cells that are more than a field ----------------------------------------------------------------------


def six_digits(name: str) -> Cell:
    """The municipality code of a field with its check digit; what is no code is left as it is."""

    def cell(values: Values) -> object:
        code = values.get(name)
        return _with_check_digit(code) if isinstance(code, str) else None

    return cell


@lru_cache(maxsize=2048)  # there are 1,741 municipalities
def _with_check_digit(code: str) -> str:
    return municipality_code6(code) if len(code) == 5 and is_municipality_code(code) else code


def own_id(values: Values) -> object:
    """The municipality's id of a row; of one from another source, which has none, the feature's."""
    return values.get("local_id") or values["id"]


def position(axis: str) -> Cell:
    """A coordinate in degrees, where the place has one of its own.

    What was placed by its address has none: written down, the point of its town would be read as the exact place.
    """

    def cell(values: Values) -> object:
        return None if values.get("position_quality") in _BY_ADDRESS else values.get(axis)

    return cell


def remarks(values: Values) -> object:
    """The remarks; those of a fictitious row say so."""
    said = str(values.get("remarks") or "")
    if not values.get("fictitious") or FICTITIOUS_MARK in said:
        return said
    return f"{said} {FICTITIOUS_MARK}".lstrip()


def there_or_not(name: str) -> Cell:
    """有, 無, or nothing where it is not stated."""
    return lambda values: {True: "有", False: "無"}.get(values.get(name))  # type: ignore[call-overload]


# --- groups of columns that the sheets share ---------------------------------------------------------------

HEAD: Mapping[str, Cell] = {
    "全国地方公共団体コード": six_digits("municipality_code"),
    "ID": own_id,
    "地方公共団体名": "municipality_name",
}
NAMES: Mapping[str, Cell] = {"名称": "name", "名称_カナ": "name_kana", "名称_英字": "name_english"}
SEAT: Mapping[str, Cell] = {
    "所在地_全国地方公共団体コード": six_digits("address_municipality_code"),
    "町字ID": "town_id",
    "所在地_連結表記": "address",
    "所在地_都道府県": "address_prefecture",
    "所在地_市区町村": "address_city",
    "所在地_町字": "address_town",
    "所在地_番地以下": "address_lot",
    "建物名等(方書)": "building",
    "緯度": position("latitude"),
    "経度": position("longitude"),
}
CONTACT: Mapping[str, Cell] = {
    "電話番号": "telephone",
    "内線番号": "telephone_extension",
    "連絡先メールアドレス": "contact_email",
    "連絡先FormURL": "contact_form_url",
    "連絡先備考（その他、SNSなど）": "contact_remarks",
    "郵便番号": "postal_code",
}
ORGANISATION: Mapping[str, Cell] = {"法人番号": "corporate_number", "団体名": "organisation"}
OPENING: Mapping[str, Cell] = {
    "利用可能曜日": "open_days",
    "開始時間": "opens_at",
    "終了時間": "closes_at",
    "利用可能日時特記事項": "opening_remarks",
}
URL: Mapping[str, Cell] = {"URL": "url"}
REMARKS: Mapping[str, Cell] = {"備考": remarks}

# --- writing -----------------------------------------------------------------------------------------------


def cell_writers(layer: Layer) -> list[Callable[[Values], str]]:
    """What writes each cell of a row of the layer's sheet, in the order of its header.

    Raises
    ------
    InputError
        If the layer has no sheet.
    """
    if layer.open_data is None:
        raise InputError(f"{layer.id} has no sheet of the municipal standard open dataset.")
    return [_writer(layer, cell) for cell in layer.open_data.columns.values()]


def _writer(layer: Layer, cell: Cell) -> Callable[[Values], str]:
    if isinstance(cell, str):
        name, field = cell, layer.by_name[cell]
        if field.kind is FieldKind.TEXT:
            return lambda values: str(values.get(name) or "")
        return lambda values: written(values.get(name), field)
    return lambda values: written(cell(values))


def written(value: object, field: Field | None = None) -> str:
    """A typed value as text of a cell."""
    if value is None:
        return ""
    if field is not None and field.codes is not None:
        code = field.codes.by_value.get(value)  # type: ignore[call-overload]
        return code.title.ja if code is not None else str(value)
    match value:
        case bool():
            return "1" if value else ""
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case time():
            return value.strftime("%H:%M") if not value.second else value.isoformat("seconds")
        case date():
            return value.isoformat()
        case list():
            return ";".join(map(str, value))
    return str(value)

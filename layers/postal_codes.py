"""郵便番号: the towns of each postal code with their readings; by them an address is found in kana and by its code."""

from layers import attributions, licences, owners
from layers.fields import MUNICIPALITY, text
from layers.model import Geometry, Layer, NoGeometry, SourceFormat, Style, Text, Theme, UpdateFrequency, Values


def _names_a_town(values: Values) -> bool:
    """「以下に掲載がない場合」 has no town: nothing is found by it."""
    return bool(values.get("town"))


LAYER = Layer(
    id="postal-codes",
    title=Text("郵便番号と町名の読み", "Postal codes and readings of towns"),
    description=Text(
        "郵便番号ごとの町域名とその読み。丁目は含まない。位置はなく、町丁目の代表点と結ばれる。",
        "The towns of each postal code and how they are read, without their 丁目. They have no position; that of a town "
        "is its representative point.",
    ),
    theme=Theme.BASE,
    geometry=Geometry.NONE,
    fields=(
        text("postal_code", "郵便番号", "Postal code", required=True),
        text("town", "町域名", "Town", required=True),
        text("town_kana", "町域名（カナ）", "Town in kana"),
        *MUNICIPALITY,
        text("prefecture_name", "都道府県名", "Prefecture"),
        text("note", "注記", "Note"),
    ),
    formats=(
        SourceFormat(
            id="japanpost-postal-codes",
            title=Text("日本郵便 郵便番号データ（見出し付きCSV）", "Japan Post postal codes, CSV with a header"),
            columns={
                "postal_code": "postal_code",
                "jisx0402": "municipality_code",
                "pref": "prefecture_name",
                "city": "municipality_name",
                "town": "town",
                "town_kana": "town_kana",
                "note": "note",
            },
            signature=frozenset({"postal_code", "jisx0402", "town", "town_kana"}),
            geometry=NoGeometry(),
            accepts=_names_a_town,
            scope=("municipality_code",),
            identity=("postal_code", "town", "town_kana"),
            licence=licences.JAPAN_POST,
            attribution=attributions.JAPAN_POST,
        ),
    ),
    style=Style(color="#6b6b6b"),
    licence=licences.JAPAN_POST,
    attribution=attributions.JAPAN_POST,
    owner=owners.MAPPING,
    update_frequency=UpdateFrequency.MONTHLY,
    title_field="town",
    keywords=("郵便番号", "住所", "postal code"),
)

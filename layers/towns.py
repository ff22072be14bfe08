"""町丁目: a representative point for each town; also the gazetteer by which addresses are geocoded.

Files of one city do not say which city it is: a row without a municipality is of the city of the installation.
"""

from layers import attributions, licences, owners
from layers.fields import MUNICIPALITY, code, text
from layers.model import (
    Code,
    CodeList,
    Coordinates,
    Geometry,
    Layer,
    SourceFormat,
    Style,
    Text,
    Theme,
    UpdateFrequency,
    Values,
)

KINDS = CodeList(
    "town-kind",
    Text("大字・字・丁目の区分", "Kind of town"),
    (
        Code(1, Text("大字・町", "Oaza or town")),
        Code(2, Text("字", "Aza")),
        Code(3, Text("丁目", "Chome")),
        Code(0, Text("不明・通称", "Unknown or colloquial")),
    ),
    source="国土交通省 位置参照情報（大字・町丁目レベル） 大字・字・丁目区分コード",
)
SOURCES = CodeList(
    "town-position-source",
    Text("原典資料", "Original document"),
    (
        Code(1, Text("自治体資料", "Document of the municipality")),
        Code(2, Text("街区レベル位置参照情報", "Block-level location reference")),
        Code(3, Text("1/25000地形図", "1:25,000 topographic map")),
        Code(0, Text("その他資料", "Other document")),
    ),
    source="国土交通省 位置参照情報（大字・町丁目レベル） 原典資料コード",
)


def _full_name(values: Values) -> Values:
    return {"name": f"{values.get('name') or ''}{values.get('koaza') or ''}" or None}


LAYER = Layer(
    id="towns",
    title=Text("町丁目（代表点）", "Towns (representative points)"),
    description=Text(
        "町丁目の代表点。境界ではない。住所だけの資料の位置はこの点で表され、建物の位置とは数百m異なることがある。",
        "A representative point of each town, not its boundary. Places known by address alone are shown here; the "
        "building may be some hundreds of metres away.",
    ),
    theme=Theme.BASE,
    geometry=Geometry.POINT,
    fields=(
        text("name", "町丁目名", "Town", required=True),
        text("town_code", "大字町丁目コード", "Town code"),
        *MUNICIPALITY,
        text("prefecture_name", "都道府県名", "Prefecture"),
        text("koaza", "小字・通称名", "Koaza"),
        code("kind", KINDS),
        code("original_document", SOURCES),
    ),
    formats=(
        SourceFormat(
            id="isj-towns",
            title=Text("位置参照情報（大字・町丁目レベル）", "Location Reference Information, town level"),
            columns={
                "都道府県名": "prefecture_name",
                "市区町村コード": "municipality_code",
                "市区町村名": "municipality_name",
                "大字町丁目コード": "town_code",
                "大字町丁目名": "name",
                "原典資料コード": "original_document",
                "大字・字・丁目区分コード": "kind",
            },
            signature=frozenset({"市区町村コード", "大字町丁目コード", "大字町丁目名", "緯度", "経度"}),
            geometry=Coordinates(),
            scope=("municipality_code",),
            identity=("town_code",),
            licence=licences.PDL_1_0,
            attribution=attributions.ISJ,
        ),
        SourceFormat(
            id="geolonia-towns",
            title=Text("Geolonia 住所データ（市区町村別JSON）", "Geolonia address data, JSON of one municipality"),
            columns={"town": "name", "koaza": "koaza"},
            signature=frozenset({"town", "koaza", "lat", "lng"}),
            geometry=Coordinates(longitude="lng", latitude="lat"),
            crs=4326,
            derive=_full_name,
            licence=licences.CC_BY_4_0,
            attribution=attributions.GEOLONIA,
        ),
        SourceFormat(
            id="geolonia-towns-national",
            title=Text("Geolonia 住所データ（全国CSV）", "Geolonia address data, national CSV"),
            columns={
                "都道府県名": "prefecture_name",
                "市区町村コード": "municipality_code",
                "市区町村名": "municipality_name",
                "大字町丁目コード": "town_code",
                "大字町丁目名": "name",
                "小字・通称名": "koaza",
            },
            signature=frozenset({"市区町村コード", "大字町丁目コード", "大字町丁目名", "小字・通称名", "緯度", "経度"}),
            geometry=Coordinates(),
            crs=4326,
            derive=_full_name,
            scope=("municipality_code",),
            licence=licences.CC_BY_4_0,
            attribution=attributions.GEOLONIA,
        ),
    ),
    style=Style(color="#6b6b6b", outline="#ffffff", radius=2, min_zoom=13, label_zoom=13, visible=True),
    licence=licences.PDL_1_0,
    attribution=attributions.ISJ,
    owner=owners.MAPPING,
    update_frequency=UpdateFrequency.ANNUALLY,
    title_field="name",
    keywords=("町丁目", "住所", "town"),
)

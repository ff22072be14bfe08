"""土砂災害警戒区域: yellow and red zones of three phenomena.

In A33 ``A33_001`` is the phenomenon and ``A33_002`` the zone; swapping them turns red zones into debris flows.
"""

from layers import advice, attributions, licences, owners
from layers.fields import code, flag, text
from layers.hazard import Hazard, Reach, SpeaksFor, Zone
from layers.hazard_classes import RANK, style_classes, whole_number
from layers.model import (
    Code,
    CodeList,
    Embedded,
    Field,
    FieldKind,
    Geometry,
    Layer,
    SourceFormat,
    Style,
    Text,
    Theme,
    UpdateFrequency,
    Values,
)

_CREDIT = attributions.ksj("土砂災害警戒区域データ", "Landslide alert zones")
_SOURCE = "国土数値情報 A33（土砂災害警戒区域データ）コード表"

PHENOMENA = CodeList(
    "landslide-phenomenon",
    Text("現象の種類", "Phenomenon"),
    (
        Code(1, Text("急傾斜地の崩壊", "Steep slope failure"), aliases=("急傾斜", "急傾斜地")),
        Code(2, Text("土石流", "Debris flow")),
        Code(3, Text("地滑り", "Landslip"), aliases=("地すべり",)),
    ),
    source=_SOURCE,
)
ZONES = CodeList(
    "landslide-zone",
    Text("区域の区分", "Zone"),
    (
        Code(1, Text("土砂災害警戒区域（指定済）", "Alert zone (yellow), designated")),
        Code(2, Text("土砂災害特別警戒区域（指定済）", "Special alert zone (red), designated")),
        Code(3, Text("土砂災害警戒区域（指定前）", "Alert zone (yellow), before designation")),
        Code(4, Text("土砂災害特別警戒区域（指定前）", "Special alert zone (red), before designation")),
    ),
    source=_SOURCE,
)
# Colours measured on the tiles of 重ねるハザードマップ: phenomenon -> (name, yellow zone, red zone).
_COLOURS = {
    1: ("steep-slope", "#fae600", "#fa2800"),
    2: ("debris-flow", "#e6c832", "#a50021"),
    3: ("landslip", "#ff9900", "#b40028"),
}
_ZONE_NAMES = {1: "yellow", 2: "red", 3: "yellow-planned", 4: "red-planned"}
# Drawn in this order, so that red lies upon yellow and a designated zone upon a planned one.
_ZONE_ORDER = (3, 1, 4, 2)
CLASSES = CodeList(
    "landslide-class",
    Text("土砂災害の区分", "Landslide class"),
    tuple(
        Code(
            f"{_COLOURS[phenomenon][0]}-{_ZONE_NAMES[zone]}",
            Text(
                f"{PHENOMENA.by_value[phenomenon].title.ja}：{ZONES.by_value[zone].title.ja}",
                f"{PHENOMENA.by_value[phenomenon].title.en}: {ZONES.by_value[zone].title.en.lower()}",
            ),
            _COLOURS[phenomenon][2 if zone in (2, 4) else 1],
        )
        for zone in _ZONE_ORDER
        for phenomenon in _COLOURS
    ),
    source="重ねるハザードマップ（国土地理院）凡例",
)


def _classify(values: Values) -> Values:
    """Class and rank (1 yellow, 2 red) from phenomenon and zone; ``InputError`` for a code that does not exist."""
    if values.get("phenomenon") in (None, "") or values.get("zone") in (None, ""):
        return {}
    phenomenon, zone = whole_number(values["phenomenon"]), whole_number(values["zone"])
    if phenomenon not in _COLOURS or zone not in _ZONE_NAMES:
        return {}  # the code lists report it; the area stays, unclassified
    return {
        "phenomenon": phenomenon,
        "zone": zone,
        "hazard_class": f"{_COLOURS[phenomenon][0]}-{_ZONE_NAMES[zone]}",
        "rank": 2 if zone in (2, 4) else 1,
    }


LAYER = Layer(
    id="hazard-landslide",
    title=Text("土砂災害警戒区域", "Landslide alert zones"),
    description=Text(
        "土砂災害防止法による土砂災害警戒区域（イエローゾーン）と土砂災害特別警戒区域（レッドゾーン）。"
        "区域の外でも土砂災害は起こり得る。",
        "Alert zones (yellow) and special alert zones (red) under the Sediment Disaster Prevention Act. Landslides "
        "can also happen outside the zones.",
    ),
    theme=Theme.HAZARD,
    geometry=Geometry.MULTIPOLYGON,
    fields=(
        code("phenomenon", PHENOMENA),
        code("zone", ZONES),
        RANK,
        code("hazard_class", CLASSES),
        text("prefecture_code", "都道府県コード", "Prefecture code"),
        text("zone_number", "区域番号", "Zone number"),
        text("zone_name", "区域名", "Zone name"),
        text("address", "所在地", "Location"),
        Field(name="notified_on", kind=FieldKind.DATE, title=Text("告示日", "Date of notification")),
        flag("special_zone_pending", "特別警戒区域未指定", "Special zone not yet designated"),
    ),
    formats=(
        SourceFormat(
            id="ksj-a33",
            title=Text("国土数値情報 A33 土砂災害警戒区域", "KSJ A33 landslide alert zones"),
            columns={
                "A33_001": "phenomenon",
                "A33_002": "zone",
                "A33_003": "prefecture_code",
                "A33_004": "zone_number",
                "A33_005": "zone_name",
                "A33_006": "address",
                "A33_007": "notified_on",
                "A33_008": "special_zone_pending",
            },
            signature=frozenset({"A33_001", "A33_002"}),
            geometry=Embedded(),
            derive=_classify,
            scope=("prefecture_code",),
            licence=licences.CC_BY_4_0,
            attribution=_CREDIT,
        ),
        SourceFormat(
            id="plateau-landslide",
            title=Text("PLATEAU 土砂災害警戒区域（lsld）", "PLATEAU landslide alert zones (lsld)"),
            columns={
                "disasterType": "phenomenon",
                "areaType": "zone",
                "prefecture": "prefecture_code",
                "zoneNumber": "zone_number",
                "zoneName": "zone_name",
                "location": "address",
                "validFrom": "notified_on",
            },
            signature=frozenset({"disasterType", "areaType", "zoneNumber"}),
            geometry=Embedded(),
            derive=_classify,
            scope=("prefecture_code",),
            part_of_name=r"(?<!\d)(\d{6})_lsld",  # 523857_lsld_6668_op.gml: the secondary mesh
            licence=licences.CC_BY_4_0,
            attribution=attributions.PLATEAU,
        ),
    ),
    style=Style(
        color="#9a7fb0",
        by="hazard_class",
        classes=style_classes(CLASSES),
        opacity=0.6,
        outline="#7a5c1e",
        width=0.8,
        min_zoom=10,
        visible=True,
    ),
    licence=licences.CC_BY_4_0,
    attribution=_CREDIT,
    owner=owners.DISASTER,
    update_frequency=UpdateFrequency.ANNUALLY,
    title_field="zone_name",
    keywords=("土砂災害", "土石流", "がけ崩れ", "landslide"),
    hazard=Hazard(
        type="landslide",
        speaks_for=SpeaksFor(
            Reach.PREFECTURE,
            Text(
                "区域は都道府県知事が指定し公示する（土砂災害防止法第7条・第9条）。",
                "Zones are designated by the governor for the prefecture (Sediment Disaster Prevention Act, art. 7, 9).",
            ),
        ),
        advise=advice.landslide,
        zones=(
            Zone(
                1,
                "yellow",
                Text("土砂災害警戒区域（イエローゾーン）", "Alert zone (yellow zone)"),
                Text("土砂災害のおそれがある区域", "An area where landslides may happen."),
            ),
            Zone(
                2,
                "red",
                Text("土砂災害特別警戒区域（レッドゾーン）", "Special alert zone (red zone)"),
                Text(
                    "建造物に損壊が生じ、住民等の生命又は身体に著しい危害が生じるおそれがある区域",
                    "An area where buildings may be destroyed and people killed or badly hurt.",
                ),
            ),
        ),
    ),
)

"""道路: the ways of OpenStreetMap on which people walk or vehicles drive, with what routing needs to know.

Widths are almost never mapped in Japan; ``width_m`` is what a mapper measured, and absent is unknown, not narrow.
"""

from layers import attributions, licences, owners
from layers.fields import code, flag, integer, number, text, texts
from layers.model import (
    Code,
    CodeList,
    Embedded,
    Geometry,
    Layer,
    OsmSelector,
    SourceFormat,
    Style,
    StyleClass,
    Text,
    Theme,
    UpdateFrequency,
    Values,
)
from layers.osm_tags import OSM_FIELDS, is_yes, kilometres_per_hour, metres, osm_reference

# Class -> Japanese and English title, colour, width on the map in pixels.
_CLASSES: dict[str, tuple[str, str, str, float]] = {
    "motorway": ("高速道路", "Motorway", "#3f5f9f", 3.0),
    "motorway_link": ("高速道路の連絡路", "Motorway link", "#3f5f9f", 1.8),
    "trunk": ("国道", "Trunk road", "#b5562b", 2.8),
    "trunk_link": ("国道の連絡路", "Trunk road link", "#b5562b", 1.6),
    "primary": ("主要地方道", "Primary road", "#c98a2b", 2.4),
    "primary_link": ("主要地方道の連絡路", "Primary road link", "#c98a2b", 1.5),
    "secondary": ("一般都道府県道", "Secondary road", "#a8963a", 2.0),
    "secondary_link": ("一般都道府県道の連絡路", "Secondary road link", "#a8963a", 1.4),
    "tertiary": ("2車線以上の市道", "Tertiary road", "#8a8a8a", 1.8),
    "tertiary_link": ("2車線以上の市道の連絡路", "Tertiary road link", "#8a8a8a", 1.3),
    "unclassified": ("その他の一般道", "Unclassified road", "#9c9c9c", 1.2),
    "residential": ("住宅地の道路", "Residential road", "#a8a8a8", 1.0),
    "living_street": ("生活道路", "Living street", "#b0b0b0", 1.0),
    "service": ("敷地内の通路", "Service road", "#bababa", 0.8),
    "road": ("種別不明の道路", "Road of unknown class", "#b8a8b8", 1.0),
    "busway": ("バス専用道路", "Busway", "#7d7db0", 1.2),
    "track": ("農道・林道", "Track", "#8f7a5a", 0.8),
    "pedestrian": ("歩行者専用道路", "Pedestrian street", "#7fa37f", 1.0),
    "footway": ("歩道", "Footway", "#8fae8f", 0.7),
    "cycleway": ("自転車道", "Cycleway", "#6f9f9f", 0.7),
    "path": ("小道・登山道", "Path", "#9aa77c", 0.7),
    "bridleway": ("乗馬道", "Bridleway", "#9aa77c", 0.7),
    "steps": ("階段", "Steps", "#a37f7f", 0.8),
    "corridor": ("屋内通路", "Corridor", "#c0c0c0", 0.6),
}
CLASSES = CodeList(
    "road-class",
    Text("道路の種別", "Road class"),
    tuple(Code(value, Text(ja, en), color) for value, (ja, en, color, _) in _CLASSES.items()),
    source="OpenStreetMap highway=*（日本での適用）",
)
ONEWAY = CodeList(
    "oneway",
    Text("一方通行", "One-way"),
    (
        Code("yes", Text("線の向きに一方通行", "Along the line"), aliases=("true", "1")),
        Code("-1", Text("線の逆向きに一方通行", "Against the line"), aliases=("reverse",)),
        Code("no", Text("両方向", "Both ways"), aliases=("false", "0")),
        Code("reversible", Text("時間により向きが変わる", "Changes its direction by time")),
        Code("alternating", Text("交互通行", "Alternates in short intervals")),
    ),
    source="OpenStreetMap oneway=*",
)


def _is_line(values: Values) -> bool:
    """A square (area=yes) is no edge of a network."""
    return values.get("is_area") != "yes"


def _from_osm(values: Values) -> Values:
    derived: dict[str, object] = {"bridge": is_yes(values.get("bridge")), "tunnel": is_yes(values.get("tunnel"))}
    for name in ("width_m", "max_height_m", "max_width_m", "max_length_m"):
        if values.get(name) is not None:
            derived[name] = metres(values[name])
    if values.get("maxspeed_kph") is not None:
        derived["maxspeed_kph"] = kilometres_per_hour(values["maxspeed_kph"])
    if values.get("node_ids") is not None:
        derived["node_ids"] = _as_list(values["node_ids"])
    return {**derived, **osm_reference({**values, "osm_type": "way"})}


def _as_list(value: object) -> list[str]:
    if isinstance(value, list | tuple):
        return [str(member) for member in value]
    return [part for part in str(value).replace(",", ";").split(";") if part]


LAYER = Layer(
    id="roads",
    title=Text("道路", "Roads"),
    description=Text(
        "車や人が通れる道路（OpenStreetMap）。幅員はほとんど記録されておらず、空欄は「不明」を意味する。"
        "道路台帳ではない。",
        "Ways for vehicles or people (OpenStreetMap). Widths are rarely mapped: absent means unknown. This is not the "
        "city's road register.",
    ),
    theme=Theme.BASE,
    geometry=Geometry.LINE,
    fields=(
        *OSM_FIELDS,
        code("highway", CLASSES, required=True),
        text("name", "名称", "Name"),
        text("name_english", "名称（英字）", "Name in English"),
        text("ref", "路線番号", "Route number"),
        code("oneway", ONEWAY),
        text("oneway_bicycle", "自転車の一方通行", "One-way for bicycles"),
        text("junction", "交差点の形", "Junction"),
        integer("lanes", "車線数", "Lanes", minimum=1, maximum=20),
        number("width_m", "幅員", "Width", unit="m", minimum=0.3, maximum=100),
        number("max_height_m", "高さ制限", "Height limit", unit="m", minimum=0.5, maximum=20),
        number("max_width_m", "幅制限", "Width limit", unit="m", minimum=0.3, maximum=20),
        number("max_length_m", "長さ制限", "Length limit", unit="m", minimum=1, maximum=50),
        number("max_weight_t", "重量制限", "Weight limit", unit="t", minimum=0.1, maximum=200),
        number("maxspeed_kph", "制限速度", "Speed limit", unit="km/h", minimum=1, maximum=130),
        integer("layer", "上下関係", "Level above or below others", minimum=-10, maximum=10),
        flag("bridge", "橋", "Bridge"),
        flag("tunnel", "トンネル・地下道", "Tunnel"),
        flag("toll", "有料", "Toll"),
        text("surface", "路面", "Surface"),
        text("service", "通路の種類", "Kind of service road"),
        text("access", "通行", "Access"),
        text("vehicle", "車両の通行", "Access for vehicles"),
        text("motor_vehicle", "自動車の通行", "Access for motor vehicles"),
        text("foot", "歩行者の通行", "Access on foot"),
        text("bicycle", "自転車の通行", "Access by bicycle"),
        text("wheelchair", "車いすの通行", "Access by wheelchair"),
        text("is_area", "面", "Area"),
        texts(
            "node_ids",
            "通る点の番号",
            "Node ids",
            description=Text(
                "2本の道路は、同じ番号を持つ点でだけつながる。", "Two ways meet only where they share one of these."
            ),
        ),
    ),
    formats=(
        SourceFormat(
            id="osm-roads",
            title=Text("OpenStreetMap 道路", "OpenStreetMap roads"),
            columns={
                "osm_id": "osm_id",
                "osm_type": "osm_type",
                "node_ids": "node_ids",
                "highway": "highway",
                "name:ja": "name",
                "name": "name",
                "name:en": "name_english",
                "ref": "ref",
                "oneway": "oneway",
                "oneway:bicycle": "oneway_bicycle",
                "junction": "junction",
                "lanes": "lanes",
                "width": "width_m",
                "est_width": "width_m",
                "maxheight": "max_height_m",
                "maxwidth": "max_width_m",
                "maxlength": "max_length_m",
                "maxweight": "max_weight_t",
                "maxspeed": "maxspeed_kph",
                "layer": "layer",
                "bridge": "bridge",
                "tunnel": "tunnel",
                "toll": "toll",
                "surface": "surface",
                "service": "service",
                "access": "access",
                "vehicle": "vehicle",
                "motor_vehicle": "motor_vehicle",
                "foot": "foot",
                "bicycle": "bicycle",
                "wheelchair": "wheelchair",
                "area": "is_area",
            },
            signature=frozenset(),
            geometry=Embedded(),
            crs=4326,
            accepts=_is_line,
            derive=_from_osm,
            identity=("osm_id",),
            osm=OsmSelector(elements=("way",), tags={"highway": tuple(_CLASSES)}),
            licence=licences.ODBL_1_0,
            attribution=attributions.OSM,
        ),
    ),
    style=Style(
        color="#a8a8a8",
        by="highway",
        classes=tuple(
            StyleClass(value, Text(ja, en), color, width) for value, (ja, en, color, width) in _CLASSES.items()
        ),
        width=1.0,
        min_zoom=12,
        visible=True,
    ),
    licence=licences.ODBL_1_0,
    attribution=attributions.OSM,
    owner=owners.ROADS,
    update_frequency=UpdateFrequency.DAILY,
    title_field="name",
    keywords=("道路", "road", "OpenStreetMap"),
)

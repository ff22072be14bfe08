"""車止め・門など: nodes of OpenStreetMap at which something keeps some from passing along a road."""

from layers import attributions, licences, owners
from layers.fields import code, number, text
from layers.model import (
    Code,
    CodeList,
    Embedded,
    Geometry,
    Layer,
    OsmSelector,
    SourceFormat,
    Style,
    Text,
    Theme,
    UpdateFrequency,
    Values,
)
from layers.osm_tags import OSM_FIELDS, metres, osm_reference

KINDS = CodeList(
    "road-barrier",
    Text("車止めなどの種類", "Kind of barrier"),
    (
        Code("bollard", Text("車止め", "Bollard")),
        Code("block", Text("ブロック", "Block")),
        Code("jersey_barrier", Text("コンクリート防護柵", "Jersey barrier")),
        Code("chain", Text("鎖", "Chain")),
        Code("log", Text("丸太", "Log")),
        Code("debris", Text("がれき", "Debris")),
        Code("cycle_barrier", Text("自転車の減速柵", "Cycle barrier")),
        Code("motorcycle_barrier", Text("二輪車止め", "Motorcycle barrier")),
        Code("bus_trap", Text("バス専用の溝", "Bus trap")),
        Code("sump_buster", Text("大型車だけが通れる突起", "Sump buster")),
        Code("planter", Text("植栽桝", "Planter")),
        Code("stile", Text("踏み越し段", "Stile")),
        Code("kissing_gate", Text("人だけが通れる門", "Kissing gate")),
        Code("turnstile", Text("回転式の出入口", "Turnstile")),
        Code("full-height_turnstile", Text("全高の回転式出入口", "Full-height turnstile")),
        Code("horse_stile", Text("馬用の踏み越し段", "Horse stile")),
        Code("wicket_gate", Text("くぐり戸", "Wicket gate")),
        Code("hampshire_gate", Text("取り外し式の柵", "Hampshire gate")),
        Code("gate", Text("門", "Gate")),
        Code("swing_gate", Text("開閉棒", "Swing gate")),
        Code("lift_gate", Text("遮断機", "Lift gate")),
        Code("sliding_gate", Text("引き戸の門", "Sliding gate")),
        Code("sally_port", Text("二重の門", "Sally port")),
        Code("toll_booth", Text("料金所", "Toll booth")),
        Code("border_control", Text("検問所", "Border control")),
        Code("height_restrictor", Text("高さ制限の枠", "Height restrictor")),
        Code("cattle_grid", Text("家畜止めの溝", "Cattle grid")),
        Code("entrance", Text("塀や柵の切れ目", "Entrance")),
        Code("kerb", Text("縁石", "Kerb")),
        Code("wall", Text("壁", "Wall")),
        Code("fence", Text("柵", "Fence")),
        Code("hedge", Text("生垣", "Hedge")),
        Code("guard_rail", Text("ガードレール", "Guard rail")),
        Code("other", Text("その他", "Other")),
    ),
    source="OpenStreetMap barrier=*",
)
"""The kinds that are told apart; any other is ``other``, which keeps vehicles out as a bollard does."""


def _is_there(values: Values) -> bool:
    """``barrier=no`` says that there is none."""
    return values.get("barrier") != "no"


def _from_osm(values: Values) -> Values:
    stated = str(values.get("barrier") or "")
    derived: dict[str, object] = {"barrier": stated if stated in KINDS.by_value else "other", "barrier_stated": stated}
    for name in ("max_width_m", "max_height_m"):
        if values.get(name) is not None:
            derived[name] = metres(values[name])
    return {**derived, **osm_reference({**values, "osm_type": "node"})}


LAYER = Layer(
    id="road-barriers",
    title=Text("車止め・門など", "Barriers on roads"),
    description=Text(
        "道路上の車止めや門（OpenStreetMap）。道路（roads）の点の番号で場所を示す。記録のない場所に車止めがないとは限らない。"
        "鍵のある門や取り外せる車止めも、記録がなければ区別できない。",
        "Bollards, gates and the like on roads (OpenStreetMap), at the nodes that roads name. None recorded does not "
        "mean that there is none; bollards that can be taken out are not told apart unless tags say so.",
    ),
    theme=Theme.BASE,
    geometry=Geometry.POINT,
    fields=(
        *OSM_FIELDS,
        code("barrier", KINDS, required=True),
        text("barrier_stated", "種類（元の値）", "Kind as recorded"),
        text("access", "通行", "Access"),
        text("vehicle", "車両の通行", "Access for vehicles"),
        text("motor_vehicle", "自動車の通行", "Access for motor vehicles"),
        text("foot", "歩行者の通行", "Access on foot"),
        text("bicycle", "自転車の通行", "Access by bicycle"),
        text("wheelchair", "車いすの通行", "Access by wheelchair"),
        text("emergency", "緊急車両の通行", "Access for emergency vehicles"),
        text("bollard", "車止めの形", "Kind of bollard"),
        text("locked", "施錠", "Locked"),
        number("max_width_m", "幅制限", "Width limit", unit="m", minimum=0.1, maximum=20),
        number("max_height_m", "高さ制限", "Height limit", unit="m", minimum=0.5, maximum=20),
    ),
    formats=(
        SourceFormat(
            id="osm-road-barriers",
            title=Text("OpenStreetMap 車止めなど", "OpenStreetMap barriers at nodes"),
            columns={
                "osm_id": "osm_id",
                "osm_type": "osm_type",
                "barrier": "barrier",
                "access": "access",
                "vehicle": "vehicle",
                "motor_vehicle": "motor_vehicle",
                "foot": "foot",
                "bicycle": "bicycle",
                "wheelchair": "wheelchair",
                "emergency": "emergency",
                "bollard": "bollard",
                "locked": "locked",
                "maxwidth:physical": "max_width_m",
                "maxwidth": "max_width_m",
                "maxheight": "max_height_m",
            },
            signature=frozenset(),
            geometry=Embedded(),
            crs=4326,
            accepts=_is_there,
            derive=_from_osm,
            identity=("osm_id",),
            osm=OsmSelector(elements=("node",), tags={"barrier": ()}),
            licence=licences.ODBL_1_0,
            attribution=attributions.OSM,
        ),
    ),
    style=Style(color="#6b3d00", min_zoom=15),
    licence=licences.ODBL_1_0,
    attribution=attributions.OSM,
    owner=owners.ROADS,
    update_frequency=UpdateFrequency.DAILY,
    title_field="barrier",
    keywords=("車止め", "門", "barrier", "bollard"),
)

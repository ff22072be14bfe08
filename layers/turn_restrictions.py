"""交差点の進行規制: turn restrictions of OpenStreetMap, from way over node to way; a table without places."""

from layers import attributions, licences, owners
from layers.fields import code, text
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
from layers.osm_tags import OSM_FIELDS, osm_reference

KINDS = CodeList(
    "turn-restriction",
    Text("規制の種類", "Restriction"),
    (
        Code("no_right_turn", Text("右折禁止", "No right turn")),
        Code("no_left_turn", Text("左折禁止", "No left turn")),
        Code("no_straight_on", Text("直進禁止", "No straight on")),
        Code("no_u_turn", Text("転回禁止", "No U-turn")),
        Code("no_entry", Text("進入禁止", "No entry")),
        Code("no_exit", Text("退出禁止", "No exit")),
        Code("only_right_turn", Text("右折のみ", "Right turn only")),
        Code("only_left_turn", Text("左折のみ", "Left turn only")),
        Code("only_straight_on", Text("直進のみ", "Straight on only")),
        Code("only_u_turn", Text("転回のみ", "U-turn only")),
    ),
    source="OpenStreetMap type=restriction",
)


def _from_osm(values: Values) -> Values:
    return osm_reference({**values, "osm_type": "relation"})


LAYER = Layer(
    id="turn-restrictions",
    title=Text("交差点の進行規制", "Turn restrictions"),
    description=Text(
        "交差点での右左折などの規制（OpenStreetMap）。道路（roads）の osm_id と点の番号で場所を示す。",
        "Restrictions on turns at junctions (OpenStreetMap), by the osm_id of roads and the number of a node.",
    ),
    theme=Theme.BASE,
    geometry=Geometry.NONE,
    fields=(
        *OSM_FIELDS,
        code("restriction", KINDS),
        text("from_way", "進入する道路", "From way"),
        text("via", "経由する点・道路", "Via"),
        text("to_way", "進む道路", "To way"),
        text("excepted", "対象外の車両", "Vehicles excepted"),
    ),
    formats=(
        SourceFormat(
            id="restrictions",  # the name under which the reader of OSM files gives relations of this type
            title=Text("OpenStreetMap 進行規制", "OpenStreetMap turn restrictions"),
            columns={
                "osm_id": "osm_id",
                "osm_type": "osm_type",
                "restriction": "restriction",
                "from": "from_way",
                "via": "via",
                "to": "to_way",
                "except": "excepted",
            },
            signature=frozenset(),
            geometry=Embedded(),
            derive=_from_osm,
            identity=("osm_id",),
            osm=OsmSelector(elements=("relation",), tags={"type": ("restriction",)}),
            licence=licences.ODBL_1_0,
            attribution=attributions.OSM,
        ),
    ),
    style=Style(color="#a50021"),
    licence=licences.ODBL_1_0,
    attribution=attributions.OSM,
    owner=owners.ROADS,
    update_frequency=UpdateFrequency.DAILY,
    title_field="restriction",
    keywords=("進行規制", "右折禁止", "turn restriction"),
)

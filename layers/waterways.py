"""河川・水路: the lines of rivers, streams and channels."""

from layers import attributions, licences, owners
from layers.fields import code, flag, integer, number, text
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
from layers.osm_tags import OSM_FIELDS, is_yes, metres, osm_reference

# Class -> Japanese and English title, width on the map in pixels.
_CLASSES: dict[str, tuple[str, str, float]] = {
    "river": ("川", "River", 2.4),
    "stream": ("小川・沢", "Stream", 1.3),
    "canal": ("運河・用水", "Canal", 1.8),
    "drain": ("排水路", "Drain", 1.0),
    "ditch": ("溝", "Ditch", 0.8),
    "tidal_channel": ("感潮水路", "Tidal channel", 1.0),
}
_COLOUR = "#3b7fb5"
CLASSES = CodeList(
    "waterway-class",
    Text("水路の種別", "Waterway class"),
    tuple(Code(value, Text(ja, en), _COLOUR) for value, (ja, en, _) in _CLASSES.items()),
    source="OpenStreetMap waterway=*",
)


def _from_osm(values: Values) -> Values:
    derived: dict[str, object] = {"tunnel": is_yes(values.get("tunnel"))}
    if values.get("width_m") is not None:
        derived["width_m"] = metres(values["width_m"])
    return {**derived, **osm_reference({**values, "osm_type": "way"})}


LAYER = Layer(
    id="waterways",
    title=Text("河川・水路", "Rivers and waterways"),
    description=Text(
        "川、小川、用水、排水路の中心線（OpenStreetMap）。暗渠は一部のみ。",
        "Centre lines of rivers, streams and channels (OpenStreetMap). Culverts are mapped only in part.",
    ),
    theme=Theme.BASE,
    geometry=Geometry.LINE,
    fields=(
        *OSM_FIELDS,
        code("waterway", CLASSES),
        text("name", "名称", "Name"),
        text("name_english", "名称（英字）", "Name in English"),
        flag("intermittent", "間欠的", "Intermittent"),
        flag("tunnel", "暗渠", "Culvert"),
        number("width_m", "幅", "Width", unit="m", minimum=0, maximum=5000),
        integer("layer", "上下関係", "Level above or below others", minimum=-10, maximum=10),
    ),
    formats=(
        SourceFormat(
            id="osm-waterways",
            title=Text("OpenStreetMap 水路", "OpenStreetMap waterways"),
            columns={
                "osm_id": "osm_id",
                "osm_type": "osm_type",
                "waterway": "waterway",
                "name:ja": "name",
                "name": "name",
                "name:en": "name_english",
                "intermittent": "intermittent",
                "tunnel": "tunnel",
                "width": "width_m",
                "layer": "layer",
            },
            signature=frozenset(),
            geometry=Embedded(),
            crs=4326,
            derive=_from_osm,
            identity=("osm_id",),
            osm=OsmSelector(elements=("way",), tags={"waterway": tuple(_CLASSES)}),
            licence=licences.ODBL_1_0,
            attribution=attributions.OSM,
        ),
        SourceFormat(
            id="osm-waterways-names",
            title=Text("OpenStreetMap 水路（名称のみのGeoJSON）", "OpenStreetMap waterways, names only"),
            columns={"name": "name"},
            signature=frozenset({"name"}),
            exact=True,
            geometry=Embedded(),
            crs=4326,
            licence=licences.ODBL_1_0,
            attribution=attributions.OSM,
        ),
    ),
    style=Style(
        color=_COLOUR,
        by="waterway",
        classes=tuple(StyleClass(value, Text(ja, en), _COLOUR, width) for value, (ja, en, width) in _CLASSES.items()),
        width=1.2,
        min_zoom=9,
        visible=True,
    ),
    licence=licences.ODBL_1_0,
    attribution=attributions.OSM,
    owner=owners.ROADS,
    update_frequency=UpdateFrequency.DAILY,
    title_field="name",
    keywords=("河川", "水路", "river"),
)

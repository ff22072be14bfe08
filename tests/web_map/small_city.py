"""A small city for the page: a layer of each kind declared for the tests, some with awkward data, one that fails."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shapely import LineString, Point, box

from layers import licences
from layers.model import (
    Code,
    CodeList,
    Field,
    FieldKind,
    Geometry,
    Layer,
    SourceFormat,
    Style,
    StyleClass,
    Text,
    Theme,
    UpdateFrequency,
)
from tests.web_map.vector_tiles import Feature
from web_map import layer_pages
from web_map.view import MapUrls, map_view

EVIL = "</script><script>alert('x')</script> & \"校\""
SCENARIOS = CodeList(
    "scenario",
    Text("想定", "Scenario"),
    (Code("maximum", Text("想定最大", "Largest")), Code("planned", Text("計画規模", "Design"))),
    source="test",
)
CLASSES = CodeList(
    "depth",
    Text("浸水深", "Depth"),
    (Code("d1", Text("0.5m未満", "< 0.5 m"), "#f7f5a9"), Code("d2", Text("0.5〜3m", "0.5-3 m"), "#ffd8c0")),
    source="test",
)


def layer(layer_id: str, ja: str, en: str, theme: Theme, geometry: Geometry, style: Style, *fields: Field) -> Layer:
    return Layer(
        id=layer_id,
        title=Text(ja, en),
        description=Text(f"{ja}の説明。", f"About {en.lower()}."),
        theme=theme,
        geometry=geometry,
        fields=(Field(name="name", kind=FieldKind.TEXT, title=Text("名称", "Name")), *fields),
        formats=(
            SourceFormat(
                id=f"{layer_id}-csv",
                title=Text("試験のCSV", "Test CSV"),
                columns={"名称": "name"},
                signature=frozenset({"名称"}),
                attribution=Text("試験市", "Test City"),
            ),
        ),
        style=style,
        licence=licences.PDL_1_0,
        attribution=Text("試験市", "Test City"),
        owner=Text("試験課", "Test Division"),
        update_frequency=UpdateFrequency.ANNUALLY,
        title_field=None if geometry in (Geometry.RASTER, Geometry.NONE) else "name",
    )


SITES = layer(
    "sites",
    "避難場所",
    "Sites",
    Theme.EVACUATION,
    Geometry.POINT,
    Style(color="#1a7f37", outline="#ffffff", radius=7, visible=True),
    Field(name="open", kind=FieldKind.FLAG, title=Text("開設", "Open")),
    Field(name="height", kind=FieldKind.NUMBER, title=Text("標高", "Elevation"), unit="m"),
    Field(name="depth", kind=FieldKind.CODE, title=Text("浸水深", "Depth"), codes=CLASSES),
    Field(name="checked", kind=FieldKind.DATE, title=Text("確認日", "Checked on")),
    Field(name="secret", kind=FieldKind.TEXT, title=Text("内部", "Internal"), public=False),
)
FLOOD = layer(
    "flood",
    "洪水",
    "Flood",
    Theme.HAZARD,
    Geometry.MULTIPOLYGON,
    Style(
        color="#9a7fb0",
        by="depth",
        classes=tuple(StyleClass(code.value, code.title, str(code.color)) for code in CLASSES.codes),
        one_of="scenario",
        opacity=0.6,
        visible=True,
    ),
    Field(name="depth", kind=FieldKind.CODE, title=Text("浸水深", "Depth"), codes=CLASSES),
    Field(name="scenario", kind=FieldKind.CODE, title=Text("想定", "Scenario"), codes=SCENARIOS),
)
SURGE = layer(
    "surge", "高潮", "Surge", Theme.HAZARD, Geometry.MULTIPOLYGON, Style(color="#ffb7b7", opacity=0.6, visible=True)
)
LOST = layer("lost", "土砂", "Landslide", Theme.HAZARD, Geometry.MULTIPOLYGON, Style(color="#a50021", visible=False))
RAIN = layer("rain", "雨量の記録", "Rainfall records", Theme.OBSERVATION, Geometry.NONE, Style(color="#0b57d0"))
ROADS = layer("roads", "道路", "Roads", Theme.BASE, Geometry.LINE, Style(color="#8b939b", width=3, visible=True))
RELIEF = layer("relief", "標高", "Elevation", Theme.BASE, Geometry.RASTER, Style(color="#b9a98a", visible=True))

LAYERS = (SITES, FLOOD, SURGE, LOST, RAIN, ROADS, RELIEF)
"""``surge`` has no data; the tiles of ``lost`` are not found."""


@dataclass(frozen=True)
class Dataset:
    format_id: str = "flood-csv"
    licence: str | None = "PDL-1.0"
    attribution: str | None = None
    as_of: date | None = date(2026, 4, 1)


@dataclass(frozen=True)
class State:
    revision: int = 7
    row_count: int = 1200
    fictitious: bool = False
    datasets: tuple[Dataset, ...] = (Dataset(),)


@dataclass(frozen=True)
class City:
    name_ja: str = "試験市"
    name_en: str = "Test City"
    bbox: tuple[float, float, float, float] = (135.2297, 34.6722, 135.3843, 34.8613)
    contact_name: str = "試験課"
    contact_url: str = "https://example.org/"
    time_zone: str = "Asia/Tokyo"


STATES = {
    "sites": State(fictitious=True),
    "flood": State(datasets=(Dataset(as_of=None), Dataset(as_of=date(2022, 1, 1), attribution="国の<省>"))),
    "lost": State(),
    "rain": State(row_count=3337),
    "roads": State(datasets=(Dataset(licence="ODbL-9.9"),)),
    "relief": State(row_count=1),
}

CENTRE = (135.307, 34.76675)

FEATURES: dict[str, list[Feature]] = {
    "sites": [
        (Point(CENTRE), {"id": "a/1", "name": EVIL}),
        (Point(135.33, 34.74), {"id": "2", "name": "浜脇小学校"}),
    ],
    "flood": [
        (box(135.29, 34.75, 135.32, 34.78), {"id": "f1", "depth": "d2", "scenario": "maximum", "name": "武庫川"}),
        (box(135.30, 34.70, 135.36, 34.76), {"id": "f2", "depth": "d1", "scenario": "maximum", "name": "武庫川"}),
        (box(135.25, 34.78, 135.36, 34.80), {"id": "f3", "depth": "d1", "scenario": "planned", "name": "夙川"}),
    ],
    "roads": [(LineString([(135.23, 34.68), (135.31, 34.74), (135.38, 34.85)]), {"id": "r1", "name": "国道"})],
}

PROPERTIES: dict[str, dict[str, object]] = {
    "sites": {
        "name": EVIL,
        "open": True,
        "height": 1234.5,
        "depth": "d2",
        "checked": "2026-04-02",
        "source_id": "sites-csv",
        "as_of": "2026-04-01",
        "fictitious": True,
        "position_quality": "town",
        "position_error_m": 180.4,
    },
    "flood": {"name": "武庫川", "depth": "d2", "scenario": "maximum", "as_of": None, "fictitious": False},
    "roads": {"name": "国道", "fictitious": False},
}


def view(layers: Sequence[Layer] = LAYERS) -> dict[str, object]:
    states = {each.id: STATES[each.id] for each in layers if each.id in STATES}
    return map_view(layers, states, MapUrls(page="/map"), City())


ABOUT = {
    "fields": [
        {
            "name": "depth",
            "title": {"ja": EVIL, "en": EVIL},
            "description": {"ja": "公表された値。", "en": "As published."},
            "kind": "code",
            "unit": "m",
            "codes": [["d1", {"ja": "0.5m未満", "en": "< 0.5 m"}]],
        },
        {
            "name": "a_field_with_a_long_name",
            "title": "x",
            "description": None,
            "kind": "flag",
            "unit": None,
            "codes": None,
        },
    ],
    "downloads": [
        {"title": "CSV", "href": "/ogc/collections/flood/items?f=csv", "media_type": "text/csv", "size": None}
    ],
    "accesses": [{"title": "GeoJSON", "href": "/ogc/collections/flood/items?f=json"}],
    "examples": [
        {
            "tool": "curl",
            "code": "curl 'http://127.0.0.1/ogc/collections/flood/items?limit=10' # a long line",
            "menu": None,
        },
        {"tool": "QGIS", "code": "http://127.0.0.1/ogc", "menu": "Layer ▸ Add Layer"},
    ],
    "quality": [{"title": {"ja": "位置のある行の割合", "en": "Rows with a place"}, "value": "100 %"}],
    "bounds": "135.2297, 34.6722 – 135.3843, 34.8613",
    "updated": "2026-04-02 09:00",
    "picture": {"address": "/ogc/collections/relief/map/tiles/x/0/0/0", "width": 64, "height": 64},
    "embed": "/embed?lang=ja&layers=flood",
    "dataset": {"@type": "Dataset", "name": EVIL},
}


def page_of_data(layer_id: str | None, base: str, language: str) -> str:
    """The catalogue, or the page of a layer by its id."""
    if layer_id is None:
        return layer_pages.catalogue_page(view(), base, language)
    (found,) = [each for each in LAYERS if each.id == layer_id]
    return layer_pages.layer_page(view([found]), ABOUT, base, language)

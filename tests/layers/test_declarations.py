"""Every declared layer is complete, and the declarations agree with the official tables."""

import json
from pathlib import Path

import pytest

import layers
from geo.depth import DEPTH_RANKS_6, DEPTH_RANKS_8, DURATION_RANKS
from layers.catalogue import catalogue, source_formats
from layers.hazard_classes import DEPTH_CLASSES, FLOOD_CLASSES
from layers.hazard_landslide import CLASSES as LANDSLIDE_CLASSES
from layers.hazard_types import DESIGNATED_HAZARDS
from layers.licences import licence_named
from layers.model import FieldKind, Geometry, Layer, SourceFormat
from layers.translations import DECLARED

LAYERS = list(catalogue().values())
FORMATS = list(source_formats())
ISSUE_LAYERS = {
    "emergency-sites", "shelters", "hazard-flood", "hazard-inland-flood", "hazard-storm-surge", "hazard-tsunami",
    "hazard-landslide", "medical-facilities", "aeds", "fire-stations", "fire-water-sources", "roads", "waterways",
    "districts", "towns", "population-mesh", "elevation", "rain-gauges", "rain-observations", "public-facilities",
    "population-areas", "turn-restrictions", "road-barriers", "response-plans",
}  # fmt: skip

every_layer = pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.id)
every_format = pytest.mark.parametrize(("layer", "source"), FORMATS, ids=[source.id for _, source in FORMATS])


def test_all_layers_are_found() -> None:
    assert set(catalogue()) >= ISSUE_LAYERS


@every_layer
def test_layer_is_complete(layer: Layer) -> None:
    assert layer.formats
    assert licence_named(layer.licence.id) is layer.licence
    assert layer.licence.url.startswith("https://")
    for text in (layer.title, layer.description, layer.attribution, layer.owner):
        assert text.ja.strip()
        assert text.en.strip()
    assert layer.title_field in layer.by_name
    assert layer.keywords
    assert layer.title.ja != layer.title.en


@every_layer
def test_fields_say_what_they_are(layer: Layer) -> None:
    for field in layer.fields:
        suffix = field.name.rsplit("_", 1)[-1]
        units = {"m": "m", "mm": "mm", "m2": "m2", "m3": "m3", "h": "h", "kph": "km/h", "t": "t"}
        if field.kind in (FieldKind.NUMBER, FieldKind.INTEGER) and suffix in units:
            assert field.unit == units[suffix], field.name
        if field.minimum is not None and field.maximum is not None:
            assert field.minimum < field.maximum


@every_layer
def test_styles_draw_codes_that_exist(layer: Layer) -> None:
    style = layer.style
    assert style.color.startswith("#")
    assert 0 < style.opacity <= 1
    if style.by is not None:
        codes = layer.by_name[style.by].codes
        assert codes is not None
        assert style.classes
        assert {entry.value for entry in style.classes} <= set(codes.by_value)
    if style.one_of is not None:
        assert layer.by_name[style.one_of].kind is FieldKind.CODE


@every_format
def test_format_can_be_told_apart(layer: Layer, source: SourceFormat) -> None:
    """An empty signature would fit every table: only OSM elements and grids may have one."""
    by_content = source.osm is None and layer.geometry is not Geometry.RASTER
    assert bool(source.signature) == by_content
    assert not source.signature & source.excludes
    if source.licence is not None:
        assert licence_named(source.licence.id) is source.licence


def test_no_two_formats_of_different_layers_have_one_signature() -> None:
    seen: dict[frozenset[str], str] = {}
    for layer, source in FORMATS:
        if source.signature and source.id not in {"osm-waterways-names", "geolonia-n03"}:  # told apart by geometry
            assert seen.setdefault(source.signature, layer.id) == layer.id, source.id


def test_hazards_are_in_their_legal_order() -> None:
    assert [japanese for _, japanese, _ in DESIGNATED_HAZARDS] == [
        "洪水", "崖崩れ、土石流及び地滑り", "高潮", "地震", "津波", "大規模な火事", "内水氾濫", "火山現象",
    ]  # fmt: skip
    flags = [field.name for field in catalogue()["emergency-sites"].fields if field.name.startswith("for_")]
    assert flags == [f"for_{hazard}" for hazard, _, _ in DESIGNATED_HAZARDS]
    tile = next(source for _, source in FORMATS if source.id == "gsi-emergency-sites-tile")
    assert tile.columns["disaster1"] == "for_flood"
    assert tile.columns["disaster8"] == "for_volcano"


def test_evacuation_sites_and_shelters_stay_apart() -> None:
    sites, shelters = catalogue()["emergency-sites"], catalogue()["shelters"]
    assert not {source.id for source in sites.formats} & {source.id for source in shelters.formats}
    assert "for_flood" not in shelters.by_name


def test_official_depth_colours_of_eight_ranks() -> None:
    """RGB of 水害ハザードマップ作成の手引き, in the order of the ranks."""
    assert [code.color for code in DEPTH_CLASSES.codes] == [
        "#ffffb3", "#f7f5a9", "#f8e1a6", "#ffd8c0", "#ffb7b7", "#ff9191", "#f285c9", "#dc7adc",
    ]  # fmt: skip
    intervals = [(code.lower, code.upper) for code in DEPTH_CLASSES.codes]
    assert intervals == [(0, 0.3), (0.3, 0.5), (0.5, 1), (1, 3), (3, 5), (5, 10), (10, 20), (20, None)]
    assert len(DEPTH_RANKS_8) == len(DEPTH_CLASSES.codes)


def test_official_flood_colours() -> None:
    colours = {code.value: code.color for code in FLOOD_CLASSES.codes}
    assert [colours[f"depth-{rank.value}"] for rank in DEPTH_RANKS_6] == [
        "#f7f5a9", "#ffd8c0", "#ffb7b7", "#ff9191", "#f285c9", "#dc7adc",
    ]  # fmt: skip
    assert [colours[f"duration-{rank.value}"] for rank in DURATION_RANKS] == [
        "#a0d2ff", "#0041ff", "#faf500", "#ff9900", "#ff2800", "#b40068", "#600060",
    ]  # fmt: skip
    assert colours["bank-overflow"] == colours["bank-erosion"] == "#ff0000"


def test_official_landslide_colours() -> None:
    colours = {code.value: code.color for code in LANDSLIDE_CLASSES.codes}
    assert (colours["debris-flow-yellow"], colours["debris-flow-red"]) == ("#e6c832", "#a50021")
    assert (colours["steep-slope-yellow"], colours["steep-slope-red"]) == ("#fae600", "#fa2800")
    assert (colours["landslip-yellow"], colours["landslip-red"]) == ("#ff9900", "#b40028")


def test_the_volume_of_a_cistern_is_not_public() -> None:
    layer = catalogue()["fire-water-sources"]
    assert not layer.by_name["capacity_m3"].public
    assert "capacity_m3" not in {field.name for field in layer.public_fields}


def test_all_languages_have_the_same_texts() -> None:
    folder = Path(layers.__file__).parent / "locales"
    texts = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}
    assert {"ja", "en"} <= set(texts)
    for language, words in texts.items():
        # What a declaration says itself, in the languages it is written in, is in none of their files.
        assert {key for key in words if not key.startswith(DECLARED)} == set(texts["ja"]), language
        assert all(word.strip() for word in words.values()), language

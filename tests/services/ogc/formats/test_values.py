"""Every format gives back what the items say, value by value, whichever program reads it."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import shapely

from layers.catalogue import layer_named
from layers.model import FieldKind
from tests.services.ogc.formats import reading
from tests.services.ogc.formats.conftest import LAYERS, ROWS, Varied

PLACED = [layer_id for layer_id in LAYERS if layer_id != "rain-observations"]


def same(found: reading.Rows, expected: reading.Rows) -> None:
    assert found.keys() == expected.keys()
    for key, wanted in expected.items():
        values = dict(found[key])
        assert list(values.keys() - wanted.keys()) == []
        geometry, place = values.pop("geometry"), wanted["geometry"]
        assert (geometry is None) == (place is None)
        if place is not None:
            assert shapely.equals_exact(geometry, place, tolerance=1e-9), (geometry, place)  # GeoJSON has 9 decimals
        assert _comparable(values) == _comparable({name: wanted[name] for name in wanted if name != "geometry"})


def _comparable(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _instant(value) if name == "observed_at" else value for name, value in values.items()}


def _instant(value: str) -> datetime:
    return datetime.fromisoformat(value)


@pytest.mark.parametrize("layer_id", LAYERS)
def test_csv(varied: Varied, layer_id: str) -> None:
    content = reading.get(varied.public, layer_id, "csv")
    expected = reading.items(varied.public, layer_id)
    assert len(expected) == ROWS
    same(reading.read_csv(content, layer_id), expected)
    assert next(iter(reading.plain_csv(content)[0])) == "id"
    lines = content.count(b"\r\n")
    assert lines == ROWS + 1  # line breaks in texts are single ones


@pytest.mark.parametrize("layer_id", LAYERS)
def test_parquet(varied: Varied, layer_id: str) -> None:
    content = reading.get(varied.public, layer_id, "parquet")
    same(reading.read_parquet(content), reading.items(varied.public, layer_id))


@pytest.mark.parametrize("layer_id", LAYERS)
def test_geopackage(varied: Varied, layer_id: str, tmp_path: Path) -> None:
    content = reading.get(varied.public, layer_id, "gpkg")
    same(reading.read_ogr(content, ".gpkg", tmp_path, layer_id), reading.items(varied.public, layer_id))


@pytest.mark.parametrize("layer_id", PLACED)
def test_flatgeobuf(varied: Varied, layer_id: str, tmp_path: Path) -> None:
    content = reading.get(varied.public, layer_id, "fgb")
    same(reading.read_ogr(content, ".fgb", tmp_path, layer_id), reading.items(varied.public, layer_id))


@pytest.mark.parametrize("layer_id", ["emergency-sites", "hazard-landslide"])
@pytest.mark.parametrize("form", ["csv", "gpkg", "fgb"])
def test_an_old_gdal_reads_the_same(varied: Varied, layer_id: str, form: str, tmp_path: Path) -> None:
    found = reading.debian_json(reading.get(varied.public, layer_id, form), f".{form}", tmp_path)
    expected = reading.items(varied.public, layer_id)
    rows = {feature["properties"]["id"]: feature for feature in found["features"]}
    assert rows.keys() == expected.keys()
    texts = [field.name for field in layer_named(layer_id).fields if field.kind is FieldKind.TEXT]
    for key, feature in rows.items():
        for name in texts:
            wanted = expected[key][name]  # GDAL 3.6 reads absent texts of CSV as empty ones
            assert feature["properties"].get(name) == (wanted or "" if form == "csv" else wanted)
        place = expected[key]["geometry"]
        if place is None:
            assert feature["geometry"] is None
        else:
            geometry = shapely.geometry.shape(feature["geometry"])
            assert shapely.equals_exact(shapely.normalize(geometry), shapely.normalize(place), tolerance=1e-9)


@pytest.mark.parametrize("form", ["csv", "parquet", "gpkg", "fgb", "municipal-csv"])
def test_no_internal_field_leaves_the_public_face(varied: Varied, form: str, tmp_path: Path) -> None:
    layer_id = "fire-water-sources"
    hidden = [field.name for field in layer_named(layer_id).fields if not field.public]
    assert hidden == ["capacity_m3", "condition"]
    public = reading.get(varied.public, layer_id, form)
    for name in (*hidden, "extras", "load_id", "raw_number"):
        assert name.encode() not in public
    if form != "municipal-csv":  # the sheet has no column for it on either face
        assert b"capacity_m3" in reading.get(varied.internal, layer_id, form)

"""Rows of a layer of any geometry, with times in order and lists of codes: what a file says is kept or reported."""

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from layers.catalogue import layer_named
from layers.model import Field, Geometry
from services.database.connect import connect
from services.ingest.batch import ingest_paths
from services.ingest.cleansing import cleanse_value
from services.ingest.model import Action, Record
from services.ingest.rows import Fate, Row, RowMaker
from services.ingest.shapes import fit
from tests.conftest import DatabaseUnderTest

LAYER = layer_named("road-closures")
APPLIES_TO: Field = LAYER.by_name["applies_to"]


def row(**values: object) -> Row:
    given: dict[str, object] = {"開始日時": "2026-06-01T09:00+09:00", "終了日時": "", "規制理由": "冠水", **values}
    (made,) = RowMaker(LAYER, LAYER.formats[0]).rows([Record(1, given)])
    return made


@pytest.mark.parametrize("until", ["2026-06-01T08:59+09:00", "2026-06-01T00:00Z", "2026-06-01T09:00+09:00"])
def test_an_end_that_is_no_end_leaves_the_road_closed(until: str) -> None:
    made = row(終了日時=until)
    assert made.fate is Fate.ROW
    assert "until" not in made.values
    assert made.values["reason"] == "flooding"
    (finding,) = made.findings
    assert (finding.rule, finding.action, finding.column) == ("times-out-of-order", Action.REJECTED, "終了日時")
    assert finding.old


def test_an_end_after_the_beginning_is_kept() -> None:
    made = row(終了日時="2026-06-01T09:01+09:00")
    assert "until" in made.values
    assert not made.findings


def test_without_a_beginning_there_is_no_closure() -> None:
    assert row(開始日時="いつか").fate is Fate.REJECTED


@pytest.mark.parametrize("depth", ["-0.1", "20.5", "深い"])
def test_a_depth_that_cannot_be_closes_the_road(depth: str) -> None:
    made = row(水深_m=depth)
    assert made.fate is Fate.ROW
    assert "depth_m" not in made.values
    assert made.findings


@pytest.mark.parametrize("given", ["pumper; はしご車", ["pumper", "Ladder"], "ＰＵＭＰＥＲ；ladder"])
def test_vehicles_are_named_by_id_or_title(given: Any) -> None:
    assert cleanse_value(APPLIES_TO, given).value == ["pumper", "ladder"]


def test_one_vehicle_that_nobody_knows_makes_it_a_closure_for_all() -> None:
    cleansed = cleanse_value(APPLIES_TO, "pumper;戦車")
    assert cleansed.value is None
    assert [(each.rule, each.action) for each in cleansed.findings] == [("code-unknown", Action.REJECTED)]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("POINT(1 2)", "POINT(1 2)"),
        ("MULTIPOINT((1 2))", "POINT(1 2)"),
        ("MULTIPOINT((1 2),(3 4))", None),
        ("LINESTRING(1 2,3 4)", "LINESTRING(1 2,3 4)"),
        ("LINEARRING(0 0,1 0,1 1,0 0)", "LINESTRING(0 0,1 0,1 1,0 0)"),
        ("MULTILINESTRING((1 2,3 4),(5 6,7 8))", "MULTILINESTRING((1 2,3 4),(5 6,7 8))"),
        ("POLYGON((0 0,1 0,1 1,0 0))", "POLYGON((0 0,1 0,1 1,0 0))"),
        ("GEOMETRYCOLLECTION(POLYGON((0 0,1 0,1 1,0 0)))", "POLYGON((0 0,1 0,1 1,0 0))"),
        (
            "GEOMETRYCOLLECTION(POLYGON((0 0,1 0,1 1,0 0)),POLYGON((5 5,6 5,6 6,5 5)))",
            "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))",
        ),
        ("GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(1 2,3 4))", None),
        ("GEOMETRYCOLLECTION EMPTY", None),
    ],
)
def test_any_geometry_is_kept_as_it_is(given: str, kept: str | None) -> None:
    fitted = fit(shapely.from_wkt(given), Geometry.ANY)
    if kept is None:
        assert fitted is None
        return
    assert fitted is not None
    assert fitted.note is None
    assert shapely.equals_identical(fitted.geometry, shapely.from_wkt(kept))


def test_points_lines_and_areas_of_one_file_are_loaded(database: DatabaseUnderTest, tmp_path: Path) -> None:
    drawn = [
        "POINT(135.34 34.74)",
        "LINESTRING(135.33 34.74,135.34 34.75)",
        "POLYGON((135.3 34.7,135.31 34.7,135.31 34.71,135.3 34.7))",
    ]
    features = [
        {
            "type": "Feature",
            "properties": {"開始日時": "2026-06-01T09:00+09:00", "終了日時": None, "規制理由": "倒木"},
            "geometry": json.loads(shapely.to_geojson(shapely.from_wkt(each))),
        }
        for each in drawn
    ]
    path = tmp_path / "closures.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    (outcome,) = ingest_paths(database.urls.ingest, [path], database.settings)
    assert not outcome.failed, outcome.error
    with connect(database.urls.internal) as connection:
        rows = connection.execute("SELECT ST_AsBinary(geometry) FROM core.road_closures ORDER BY raw_number").fetchall()
    assert [shapely.from_wkb(bytes(each)) for (each,) in rows] == [shapely.from_wkt(each) for each in drawn]

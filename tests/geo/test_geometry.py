"""Repair of geometries, and what it says it did."""

import json
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    box,
    shape,
)

from geo.errors import InputError
from geo.geometry import AREA, LINE, POINT, only_dimension, repair


def test_what_is_sound_comes_back_as_it_is() -> None:
    square = box(0, 0, 1, 1)
    mended = repair(square)
    assert mended.geometry is square
    assert not mended.changed
    assert (mended.area_before, mended.area_after) == (1, 1)


def test_a_bow_tie_becomes_two_triangles() -> None:
    mended = repair(Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), AREA)
    assert mended.geometry.is_valid
    assert shapely.get_num_geometries(mended.geometry) == 2
    assert mended.reasons == ("Self-intersection[0.5 0.5]",)
    assert (mended.area_before, mended.area_after) == (0, 0.5)


def test_a_ring_that_runs_along_itself_has_no_edge_twice() -> None:
    mended = repair(Polygon([(0, 1), (1, 1), (0, 2), (0, 1), (1, 1), (0, 0)]), AREA)
    assert mended.geometry.is_valid
    assert mended.area_after == 1


def test_overlapping_parts_count_once() -> None:
    mended = repair(MultiPolygon([box(0, 0, 2, 2), box(1, 1, 3, 3)]))
    assert (mended.area_before, mended.area_after) == (8, 7)


def test_a_spike_is_dropped_and_named() -> None:
    mended = repair(Polygon([(0, 0), (4, 0), (4, 4), (2, 4), (2, 6), (2, 4), (0, 4)]), AREA)
    assert mended.geometry.equals(box(0, 0, 4, 4))
    assert mended.reasons


def test_what_collapses_is_empty_not_something_else() -> None:
    mended = repair(Polygon([(0, 0), (1, 0), (2, 0), (0, 0)]), AREA)
    assert mended.geometry.is_empty
    assert "lines dropped" in mended.reasons


def test_heights_are_dropped() -> None:
    mended = repair(Polygon([(0, 0, 5), (1, 0, 5), (1, 1, 5)]))
    assert not mended.geometry.has_z
    assert mended.reasons == ("Z dropped",)


@pytest.mark.parametrize("geometry", [None, Polygon(), Point(), GeometryCollection()])
def test_nothing_stays_nothing(geometry: shapely.Geometry | None) -> None:
    mended = repair(geometry, AREA)
    assert mended.geometry.is_empty
    assert not mended.changed


@pytest.mark.filterwarnings("ignore:invalid value encountered")  # numpy, on making the line
@pytest.mark.parametrize("bad", ["nan", "inf"])
def test_a_coordinate_that_is_no_number_cannot_be_repaired(bad: str) -> None:
    with pytest.raises(InputError):
        repair(shapely.from_wkt(f"LINESTRING (0 0, 1 {bad})"))


_COORDINATE = st.integers(0, 6).map(float)


@given(st.lists(st.tuples(_COORDINATE, _COORDINATE), min_size=3, max_size=9))
def test_any_ring_becomes_valid_areas_or_nothing(ring: list[tuple[float, float]]) -> None:
    mended = repair(Polygon(ring), AREA)
    assert mended.geometry.is_valid
    assert mended.geometry.geom_type in {"Polygon", "MultiPolygon"}
    again = repair(mended.geometry, AREA)
    assert not again.changed
    # What is kept lies within what the ring spans.
    assert mended.area_after <= MultiPoint(ring).convex_hull.area + 1e-9


def test_only_one_dimension_is_kept() -> None:
    mixed = GeometryCollection([Point(9, 9), LineString([(0, 0), (5, 5)]), GeometryCollection([box(0, 0, 1, 1)])])
    assert only_dimension(mixed, AREA).equals(box(0, 0, 1, 1))
    assert only_dimension(mixed, LINE).geom_type == "LineString"
    assert only_dimension(mixed, POINT).equals(Point(9, 9))
    assert only_dimension(Point(0, 0), AREA).equals_exact(MultiPolygon())
    halves = GeometryCollection([box(0, 0, 1, 1), box(1, 0, 2, 1), Point(0, 0)])
    assert only_dimension(halves, AREA).is_valid
    assert only_dimension(halves, AREA).area == 2


@pytest.mark.real_data
def test_four_of_six_inland_flood_areas_are_repaired(real_data: Path) -> None:
    path = real_data / "hazard_other_city" / "yaizu_inland_flood" / "内水浸水想定区域.geojson"
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    invalid = 0
    for feature in features:
        geometry = shapely.force_2d(shape(feature["geometry"]))
        mended = repair(geometry, AREA)
        invalid += mended.changed
        assert mended.geometry.is_valid
        assert mended.area_after == pytest.approx(mended.area_before, rel=1e-6)
    assert (invalid, len(features)) == (4, 6)

"""Shares against areas worked out by hand and by sampling; sums that must hold."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon, box

from geo.errors import InputError
from geo.exposure import Zones, bounds, people
from geo.geometry import subdivide

CELLS = [box(x, y, x + 250, y + 250) for y in (0, 250) for x in (0, 250)]


def test_shares_by_hand() -> None:
    zones = Zones([box(0, 0, 125, 500), box(0, 0, 250, 125)], [1, 0])
    assert zones.shares(CELLS) == pytest.approx(np.array([[0.5, 0.25], [0, 0], [0, 0.5], [0, 0]]))
    assert zones.area_m2() == pytest.approx([250 * 125, 125 * 375])


def test_areas_of_one_class_that_overlap_count_once() -> None:
    zones = Zones([box(0, 0, 200, 250), box(100, 0, 250, 250)], [0, 0])
    assert zones.shares(CELLS)[0] == pytest.approx([1.0])


def test_nothing_there() -> None:
    assert Zones([], []).shares(CELLS).shape == (4, 0)
    assert Zones([box(900, 900, 950, 950)], [0]).shares(CELLS).sum() == 0
    assert Zones([box(0, 0, 1, 1)], [0]).shares([]).shape == (0, 1)


_CORNER, _SIZE = st.integers(0, 450), st.integers(1, 200)


@given(st.lists(st.tuples(_CORNER, _CORNER, _SIZE, _SIZE, st.integers(0, 2)), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_shares_against_counted_squares(rectangles: list[tuple[int, int, int, int, int]]) -> None:
    areas = [box(x, y, x + w, y + h) for x, y, w, h, _ in rectangles]
    classes = [kind for *_, kind in rectangles]
    shares = Zones(areas, classes).shares(CELLS)
    worst = np.full((700, 700), 9)  # square metres, by their lower corner: row y, column x
    for x, y, w, h, kind in rectangles:
        worst[y : y + h, x : x + w] = np.minimum(worst[y : y + h, x : x + w], kind)
    for index, cell in enumerate(CELLS):
        west, south, east, north = (int(value) for value in cell.bounds)
        square = worst[south:north, west:east]
        expected = [(square == kind).mean() for kind in range(shares.shape[1])]
        assert shares[index] == pytest.approx(expected, abs=1e-9)


def test_people_and_their_bounds() -> None:
    shares = Zones([box(0, 0, 250, 250), box(250, 0, 375, 250)], [0, 1]).shares(CELLS)
    counts = np.array([[100.0, 40.0], [50.0, 10.0], [999.0, 9.0], [7.0, 7.0]])
    assert people(counts, shares) == pytest.approx(np.array([[100, 40], [25, 5]]))
    found = bounds(counts[:, 0], shares)
    assert (found.lower, found.estimate, found.upper) == (100, 125, 150)


def test_the_estimate_lies_between_its_bounds_and_all_people_are_the_most() -> None:
    generator = np.random.default_rng(5)
    counts = generator.integers(0, 500, 4).astype(float)
    for _ in range(20):
        x, y, r = generator.uniform(0, 500, 3)
        found = bounds(counts, Zones([Point(x, y).buffer(r)], [0]).shares(CELLS))
        assert 0 <= found.lower <= found.estimate + 1e-9
        assert found.estimate <= found.upper + 1e-9 <= counts.sum() + 1e-6


def test_points_with_their_errors() -> None:
    zones = Zones([box(0, 0, 100, 100), box(50, 0, 200, 100)], [1, 0])
    points = [Point(10, 50), Point(60, 50), Point(100, 100), Point(300, 50), Point(205, 50), Point(100, 50)]
    kinds, doubtful = zones.at(points, [0, 0, 0, 10, 10, 30])
    assert kinds.tolist() == [1, 0, 0, -1, -1, 0]
    assert doubtful.tolist() == [False, False, False, False, True, False]
    _, near_the_edge = zones.at([Point(195, 50)], [10])
    assert near_the_edge.tolist() == [True]


def test_work_can_be_ended() -> None:
    def stop(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Zones([box(0, 0, 9, 9)], [0]).shares(CELLS, stop)


@pytest.mark.parametrize(("counts", "cells"), [([[1.0]], 2), ([[float("nan")]], 1), ([[-1.0]], 1), ([1.0], 1)])
def test_counts_that_cannot_be(counts: object, cells: int) -> None:
    with pytest.raises(InputError):
        people(counts, np.ones((cells, 1)))  # type: ignore[arg-type]


def test_every_area_needs_a_class() -> None:
    with pytest.raises(InputError):
        Zones([box(0, 0, 1, 1)], [])
    with pytest.raises(InputError):
        Zones([box(0, 0, 1, 1)], [-1])


# --- pieces ----------------------------------------------------------------------------------------------------


def test_pieces_cover_the_whole_and_share_edges_only() -> None:
    angles = np.linspace(0, 2 * np.pi, 2000, endpoint=False)
    radius = 1000 + 200 * np.sin(17 * angles)
    ring = np.column_stack((radius * np.cos(angles), radius * np.sin(angles)))
    star = Polygon(ring).difference(box(-90, -90, 90, 90))
    pieces = subdivide(star, 64)
    assert max(shapely.get_num_coordinates(pieces)) <= 64
    assert sum(piece.area for piece in pieces) == pytest.approx(star.area)
    assert shapely.union_all(pieces).symmetric_difference(star).area < 1e-3


def test_pieces_of_what_has_no_area() -> None:
    assert subdivide(Point(0, 0)) == []
    assert subdivide(Polygon()) == []
    with pytest.raises(InputError):
        subdivide(box(0, 0, 1, 1), 4)

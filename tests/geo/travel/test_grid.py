import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.routing.graph import Mask
from geo.travel.grid import Grid, Nearest, nearest
from geo.travel.lines import joined
from geo.travel.touching import Sides, is_simple, touching

_NUMBERS = st.floats(-300, 300, allow_nan=False).map(lambda value: round(value, 3))
_PLACES = st.tuples(_NUMBERS, _NUMBERS)


def nearest_of(grid: Grid, x: float, y: float, usable: Mask, reach: float, most: int) -> Nearest:
    count, line, distance, point, share = nearest(*grid, usable, x, y, reach, most)
    return Nearest(line[:count], distance[:count], point[:count], share[:count])


@given(
    st.lists(st.lists(_PLACES, min_size=2, max_size=5), min_size=1, max_size=12),
    st.tuples(_NUMBERS, _NUMBERS).map(lambda place: (2 * place[0], 2 * place[1])),
    st.floats(1, 900),
    st.integers(1, 5),
    st.floats(20, 400),
    st.randoms(use_true_random=False),
)
@settings(max_examples=150, deadline=None)
def test_the_nearest_lines_are_those_that_shapely_finds(
    lines: list[list[tuple[float, float]]],
    place: tuple[float, float],
    reach: float,
    most: int,
    cell: float,
    random: "np.random.Generator",
) -> None:
    usable = np.array([random.random() < 0.8 for _ in lines])
    first = np.cumsum([0, *map(len, lines)]).astype(np.int64)
    grid = Grid.of(np.array([point for line in lines for point in line], np.float64), first, cell)
    found = nearest_of(grid, *place, usable, reach, most)

    drawn = [shapely.LineString(line) for line in lines]
    away = np.array([line.distance(shapely.Point(place)) for line in drawn])
    near = np.flatnonzero(usable & (away <= reach - 1e-9))
    expected = np.sort(away[near])[:most]
    assert len(np.unique(found.line)) == len(found.line)
    assert usable[found.line].all()
    assert found.distance[: len(expected)] == pytest.approx(expected, abs=1e-9)
    assert len(found.line) <= most
    assert all(found.distance <= reach)
    for line, distance, point, share in zip(*found, strict=True):
        assert first[line] <= point < first[line + 1] - 1
        assert away[line] == pytest.approx(distance, abs=1e-9)
        there = grid.points[point] + share * (grid.points[point + 1] - grid.points[point])
        assert np.hypot(*(there - place)) == pytest.approx(distance, abs=1e-9)


def test_a_place_far_outside_of_all_lines_is_found_within_its_reach() -> None:
    grid = Grid.of(np.array([[0.0, 0.0], [10.0, 0.0]]), np.array([0, 2]))
    every = np.ones(1, np.bool_)
    assert nearest_of(grid, 10_010.0, 0.0, every, 10_000.0, 3).distance.tolist() == [10_000.0]
    assert len(nearest_of(grid, 10_010.0, 0.0, every, 9_999.0, 3).line) == 0
    assert len(nearest_of(grid, 5.0, 1.0, ~every, 100.0, 3).line) == 0


_CIRCLES = st.tuples(_PLACES, st.floats(1, 200), st.integers(1, 4)).map(
    lambda made: shapely.Point(made[0]).buffer(made[1], quad_segs=made[2])
)


@given(
    st.lists(st.lists(_PLACES, min_size=2, max_size=5), min_size=1, max_size=12),
    st.lists(st.lists(_CIRCLES, min_size=1, max_size=4), max_size=5),
    st.floats(20, 400),
)
@settings(max_examples=150, deadline=None)
def test_areas_touch_the_lines_that_shapely_finds(
    lines: list[list[tuple[float, float]]], circles: list[list[shapely.Polygon]], cell: float
) -> None:
    """Areas with holes and in several pieces: each circle cut out of what is there, or put beside it."""
    areas = np.empty(len(circles), object)
    for number, (first, *others) in enumerate(circles):
        whole = first
        for other in others:
            whole = whole.difference(other) if whole.contains(other.centroid) else whole.union(other)
        areas[number] = whole
    assert is_simple(areas).all()
    begins = np.cumsum([0, *map(len, lines)]).astype(np.int64)
    grid = Grid.of(np.array([point for line in lines for point in line], np.float64), begins, cell)
    found = set(zip(*(column.tolist() for column in touching(grid, Sides.of(areas))), strict=True))
    for area, line in itertools.product(range(len(areas)), range(len(lines))):
        drawn = shapely.LineString(lines[line])
        if (area, line) in found:
            assert drawn.distance(areas[area]) < 1e-9
        else:
            assert not drawn.intersects(areas[area]) or drawn.intersection(areas[area]).length < 1e-9


@given(
    st.lists(st.lists(_PLACES, min_size=2, max_size=5), min_size=1, max_size=5),
    st.lists(st.booleans(), min_size=5, max_size=5),
    st.floats(0, 1),
    st.floats(0, 1),
)
@settings(max_examples=150, deadline=None)
def test_parts_are_joined_to_one_line(
    lines: list[list[tuple[float, float]]], along: list[bool], low: float, high: float
) -> None:
    """Each ends where the next begins, whichever way it was drawn; on the equator degrees are as in a plane."""
    begins, drawn = (0.0, 0.0), []
    for line in lines:
        drawn.append([begins, *[(lon / 1e4, lat / 1e4) for lon, lat in line]])
        begins = drawn[-1][-1]
    if len(drawn) == 1 and low > high:
        low, high = high, low
    stored = [line if ahead else line[::-1] for line, ahead in zip(drawn, along, strict=False)]
    points = np.array([point for line in stored for point in line], np.float64)
    first = np.cumsum([0, *map(len, stored)]).astype(np.int64)
    lows, highs = np.zeros(len(drawn)), np.ones(len(drawn))
    lows[0], highs[-1] = low, high
    of = np.arange(len(drawn), dtype=np.int32)
    columns = points[:, 0].copy(), points[:, 1].copy()
    found = joined(*columns, first, of, np.array(along[: len(drawn)]), lows, highs)

    whole = [shapely.LineString(line) for line in drawn]
    start, end = whole[0].interpolate(low, normalized=True), whole[-1].interpolate(high, normalized=True)
    left = (1 - low) * whole[0].length + sum(line.length for line in whole[1:]) - (1 - high) * whole[-1].length
    assert found[0] == pytest.approx([start.x, start.y], abs=1e-7)
    assert found[-1] == pytest.approx([end.x, end.y], abs=1e-7)
    assert np.hypot(*np.diff(found, axis=0).T).sum() == pytest.approx(left, rel=1e-3, abs=1e-7)
    for part in whole[1:-1]:
        assert all(np.hypot(*(found - point).T).min() < 1e-9 for point in part.coords)

"""Cover by water and ground that is hard to fight fires on, against every pair of places measured by itself."""

from collections.abc import Sequence
from time import process_time

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon, box

from geo.coverage.covering import covered_where
from geo.coverage.demand import demand_at
from geo.errors import InputError
from geo.water_supply.difficult_areas import Difficult, difficult_areas
from geo.water_supply.straight import NONE, Sources, Supply, water_cover

grounds = st.integers(0, 600).map(float)
maybe = st.sampled_from([True, False, None])
sources_of = st.lists(st.tuples(grounds, grounds, maybe, maybe, st.booleans()), max_size=7)
buildings_of = st.lists(
    st.tuples(grounds, grounds, st.sampled_from([0.0, 25.0]), st.sampled_from([80.0, 100.0, 120.0, 140.0])), max_size=7
)

type Row = tuple[float, float, bool | None, bool | None, bool]


def made(rows: Sequence[Row]) -> Sources:
    return Sources([Point(row[0], row[1]) for row in rows], *([row[n] for row in rows] for n in (2, 3, 4)))  # type: ignore[arg-type]


def away(building: tuple[float, float, float, float], row: Row) -> float:
    """From a square of side 2 s about a point, without a library."""
    x, y, half, _ = building
    return float(np.hypot(max(abs(x - row[0]) - half, 0), max(abs(y - row[1]) - half, 0)))


@settings(deadline=None)  # of time of the wall, which others use too
@given(buildings_of, sources_of, st.booleans())
def test_cover_is_that_of_every_pair(
    buildings: list[tuple[float, float, float, float]], rows: list[Row], broken: bool
) -> None:
    shapes = [box(x - h, y - h, x + h, y + h) if h else Point(x, y) for x, y, h, _ in buildings]
    found = water_cover(shapes, [radius for *_, radius in buildings], made(rows), without_hydrants=broken)
    use = [row for row in rows if not (broken and row[4])]
    for number, building in enumerate(buildings):
        far = [(away(building, row), max(building[3], 140.0 if row[3] else 0.0), row[2]) for row in use]
        sure = [(metres, reach) for metres, reach, meets in far if meets]
        miss = min((max(0.0, metres - reach) for metres, reach in sure), default=np.inf)
        assert found.miss_m[number] == pytest.approx(miss)
        assert found.nearest_m[number] == pytest.approx(min((metres for metres, _ in sure), default=np.inf))
        if found.nearest[number] != NONE:
            assert rows[found.nearest[number]][2]
            assert away(building, rows[found.nearest[number]]) == pytest.approx(found.nearest_m[number])
        if any(metres <= reach for metres, reach in sure):
            expected = Supply.COVERED
        elif any(metres <= reach for metres, reach, meets in far if meets is not False):
            expected = Supply.UNKNOWN
        else:
            expected = Supply.UNCOVERED
        assert found.supply[number] == expected


def test_an_earthquake_leaves_cisterns() -> None:
    sources = made([(0, 0, True, False, True), (300, 0, True, False, False), (600, 0, True, True, False)])
    places = [Point(0, 100), Point(300, 100), Point(600, 140), Point(600, 140.5), Point(180, 0)]
    whole = water_cover(places, [100] * 5, sources)
    after = water_cover(places, [100] * 5, sources, without_hydrants=True)
    assert [Supply(code).label for code in whole.supply] == ["covered"] * 3 + ["uncovered"] * 2
    assert after.covered.tolist() == [False, True, True, False, False]
    assert whole.miss_m.tolist() == [0, 0, 0, 0.5, 20]
    assert after.miss_m[0] == pytest.approx(np.hypot(300, 100) - 100)
    people = covered_where(demand_at([1, 2, 4, 8, None]), after.covered, np.isfinite(after.nearest_m))
    assert (people.covered, people.uncovered, people.excluded) == (6, 9, 0)


def test_without_any_source_nothing_is_covered() -> None:
    found = water_cover([Point(0, 0)], [140], made([]))
    assert (found.supply[0], found.nearest_m[0], found.nearest[0], found.miss_m[0]) == (2, np.inf, NONE, np.inf)
    assert len(water_cover([], [], made([])).supply) == 0


def test_twenty_thousand_buildings_and_seven_thousand_sources_take_no_five_seconds() -> None:
    chance = np.random.default_rng(28204)
    corners = chance.uniform(0, 10_000, (20_000, 2))
    buildings = shapely.box(*corners.T, *(corners + chance.uniform(5, 30, corners.shape)).T)
    points = shapely.points(chance.uniform(0, 10_000, (7_000, 2)))
    rows = chance.integers(0, 2, (7_000, 3)).astype(bool)
    sources = Sources(points, *rows.T.tolist())
    start = process_time()
    found = water_cover(buildings, np.full(20_000, 100.0), sources)
    assert process_time() - start < 5
    few = slice(0, 20_000, 400)
    meeting = points[rows[:, 0]]
    assert found.nearest_m[few] == pytest.approx(shapely.distance(buildings[few, None], meeting[None]).min(axis=1))


@pytest.mark.parametrize("radii", [[100.0], [0.0, 100.0], [np.nan, 100.0], [np.inf, 1.0]])
def test_radii_that_are_none(radii: list[float]) -> None:
    with pytest.raises(InputError):
        water_cover([Point(0, 0), Point(1, 1)], radii, made([]))


def test_geometries_that_are_none() -> None:
    with pytest.raises(InputError):
        water_cover([Polygon()], [100], made([]))
    with pytest.raises(InputError):
        Sources([Point(0, 0)], [True], [True], [])
    with pytest.raises(InputError):
        Sources([LineString([(0, 0), (1, 1)])], [True], [True], [False])
    with pytest.raises(InputError):
        difficult_areas([Point(0, 0)], [LineString()], [6], [6])


@given(
    st.lists(st.tuples(grounds, grounds), max_size=6),
    st.lists(
        st.tuples(grounds, st.lists(st.sampled_from([4.0, 5.9, 6.0, 8.0, np.nan]), min_size=2, max_size=2)), max_size=5
    ),
)
def test_hard_ground_is_hard_whatever_the_widths_turn_out_to_be(
    places: list[tuple[float, float]], roads: list[tuple[float, list[float]]]
) -> None:
    lines = [LineString([(x, -1e5), (x, 1e5)]) for x, _ in roads]  # the distance to one is that of the abscissae
    ends = [sorted(pair) if pair[0] == pair[0] and pair[1] == pair[1] else pair for _, pair in roads]
    found = difficult_areas([Point(place) for place in places], lines, [e[0] for e in ends], [e[1] for e in ends])
    for number, (x, _) in enumerate(places):
        near = [pair for (road, _), pair in zip(roads, ends, strict=True) if abs(x - road) <= 140]
        if any(low >= 6 for low, _ in near):
            expected = Difficult.OUTSIDE
        elif all(high < 6 for _, high in near):
            expected = Difficult.INSIDE
        else:
            expected = Difficult.UNKNOWN
        assert found.state[number] == expected


def test_limits_of_hard_ground() -> None:
    road = [LineString([(0, 0), (1000, 0)])]
    at = [Point(500, 140), Point(500, 140.1)]
    assert [Difficult(code).label for code in difficult_areas(at, road, [6], [6]).state] == ["outside", "inside"]
    assert [Difficult(code).label for code in difficult_areas(at, road, [4], [7]).state] == ["unknown", "inside"]
    second = difficult_areas(at, road, [6], [6], min_width_m=12)
    assert second.state.tolist() == [Difficult.INSIDE] * 2
    assert second.possible_m.tolist() == [np.inf] * 2
    for low, high, width, reach in (
        ([7], [6], 6, 140),
        ([6, 6], [6, 6], 6, 140),
        ([6], [6], 0, 140),
        ([6], [6], 6, np.inf),
    ):
        with pytest.raises(InputError):
            difficult_areas(at, road, low, high, min_width_m=width, reach_m=reach)

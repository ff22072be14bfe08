"""Parts joined are the whole, to the millisecond: against one matrix of the whole network."""

from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import STORAGE, transform_xy
from geo.errors import InputError
from geo.mesh import mesh_bounds
from geo.network.profiles import profile
from geo.partition.areas import areas_of
from geo.partition.connected import connected
from geo.partition.joining import Times, times_by_area
from geo.partition.roads import Part, Roads
from geo.partition.within_part import Found, Wanted, found_in
from geo.routing.graph import UNREACHABLE, Int32Array
from geo.travel.conditions import Conditions, conditions
from geo.travel.matrix import Stands, travel_costs
from geo.travel.topology import topology_of
from tests.geo.travel.streets import PLANE, grid, position, street, street_map

SIDE = 16
EDGE = 100.0 * (SIDE - 1)
places = st.lists(st.tuples(st.integers(0, int(EDGE)), st.integers(0, int(EDGE))), min_size=1, max_size=9)


@cache
def town() -> Conditions:
    """A grid with one-way streets, an island, a street with a way in and none out, and a long way round."""
    island = street("島", (2000, 2000), (2300, 2000))
    inwards = street("片道", (EDGE, EDGE), (EDGE + 400, EDGE), oneway="yes")
    around = street("環", (0, 0), (-1500, -1500), (EDGE, -1500), (EDGE, 0), highway="trunk")
    return conditions(topology_of(street_map([*grid(SIDE), island, inwards, around])), profile("car"))


def stands_at(places: list[tuple[int, int]]) -> tuple[Stands, tuple[np.ndarray, np.ndarray]]:
    lon, lat = np.array([position(*each) for each in places]).T
    nearby = town().topology.places.near_each(lon, lat, town().usable, 400)
    return Stands.near(town(), nearby), (lon, lat)


def matrix(sites: Stands, points: Stands, *, inwards: bool) -> Int32Array:
    return travel_costs(town(), points, sites).T if inwards else travel_costs(town(), sites, points)


@settings(max_examples=60, deadline=None)
@given(places, places, st.integers(0, 200), st.integers(0, 2), st.integers(0, 60), st.booleans(), st.data())
def test_what_is_wanted_is_what_one_matrix_says(
    stations: list[tuple[int, int]],
    homes: list[tuple[int, int]],
    limit_s: int,
    first: int,
    beyond_s: int,
    inwards: bool,
    data: st.DataObject,
) -> None:
    sites, _ = stands_at([*stations, (2150, 2000), (5000, 5000)])
    points, where = stands_at([*homes, (2050, 2000), (int(EDGE) + 200, int(EDGE)), (-9000, 0)])
    counts = np.array(data.draw(st.lists(st.booleans(), min_size=sites.places, max_size=sites.places)))
    wanted = Wanted(1000 * limit_s, min(first, int(counts.sum())), counts, 1000 * beyond_s)
    roads = Roads.under(town(), inwards=inwards)
    found = times_by_area(roads, sites, points, where, wanted, most=2, reach_m=60.0)
    whole = matrix(sites, points, inwards=inwards)
    said = np.full(whole.shape, -1)
    said[found.site, found.point] = found.ms
    for point, column in enumerate(whole.T):
        known = np.flatnonzero(said[:, point] >= 0)
        assert np.array_equal(said[known, point], column[known])
        assert set(np.flatnonzero(column <= wanted.limit_ms)) <= set(known)
        ranked = sorted((ms, site) for site, ms in enumerate(column) if counts[site] and ms < UNREACHABLE)
        assert {site for _, site in ranked[: wanted.first]} <= set(known)
        if wanted.first:
            last = ranked[wanted.first - 1][0] if len(ranked) >= wanted.first else UNREACHABLE
            assert set(np.flatnonzero((column <= last + wanted.beyond_ms) & (column < UNREACHABLE))) <= set(known)
    entries = list(zip(found.point.tolist(), found.ms.tolist(), found.site.tolist(), strict=True))
    assert entries == sorted(set(entries))


@pytest.mark.parametrize("inwards", [False, True])
def test_who_is_reached_at_all(inwards: bool) -> None:
    sites, _ = stands_at([(100, 100), (int(EDGE) + 300, int(EDGE)), (2150, 2000), (5000, 5000)])
    points, _ = stands_at([(700, 700), (int(EDGE) + 200, int(EDGE)), (2050, 2000), (-9000, 0)])
    whole = matrix(sites, points, inwards=inwards) < UNREACHABLE
    for anchors in ([True] * 4, [True, False, False, True], [False] * 4):
        reaches, reached = connected(town(), sites, points, np.array(anchors), inwards=inwards)
        assert reaches.tolist() == whole.any(axis=1).tolist()
        assert reached.tolist() == whole[anchors].any(axis=0).tolist()
    assert whole.any(axis=1).tolist() == [True, inwards, True, False]


def test_a_part_that_cannot_tell_says_so_and_larger_ones_can() -> None:
    """A station two streets off, and a part that ends before it: nothing is claimed of what lies beyond."""
    sites, points = stands_at([(50, 0)])[0], stands_at([(1050, 0)])[0]
    roads = Roads.under(town(), inwards=False)
    from_, to = roads.standing(sites), roads.standing(points)
    x, y = transform_xy(*position(1050, 0), STORAGE, PLANE)
    wanted, cost = Wanted(0, 1, np.ones(1, bool)), int(travel_costs(town(), sites, points)[0, 0])
    sure = []
    for reach_m in (60.0, 400.0, 900.0, 1200.0, 2500.0, 9000.0):
        part = roads.part((x - reach_m, y - reach_m, x + reach_m, y + reach_m), from_, to, 1)
        found = found_in(part, wanted)
        assert found.open[0] or found.ms.tolist() == [cost]
        sure.append(not found.open[0])
        assert not part.is_whole or sure[-1]
    assert sure[0] is False
    assert sure == sorted(sure)
    assert sure[-1] is True


def test_each_part_is_asked_again_only_where_it_could_not_tell() -> None:
    sites, _ = stands_at([(50, 0), (1450, 1450)])
    points, where = stands_at([(number * 97 % 1500, number * 61 % 1500) for number in range(40)])
    asked: list[int] = []

    def backwards(parts: Iterable[Part], wanted: Wanted) -> Iterator[tuple[int, Found]]:
        every = list(enumerate(parts))
        asked.append(sum(part.size for _, part in every))
        yield from ((number, found_in(part, wanted)) for number, part in reversed(every))

    roads, wanted = Roads.under(town(), inwards=False), Wanted(0, 2, np.ones(2, bool))
    found = times_by_area(roads, sites, points, where, wanted, backwards, most=3, reach_m=300.0)
    straight = times_by_area(roads, sites, points, where, wanted, most=1000, reach_m=1e6)
    for name in ("point", "site", "ms"):
        assert np.array_equal(getattr(found, name), getattr(straight, name))
    assert asked[0] == 40
    assert 1 < len(asked) < 10
    assert asked == sorted(asked, reverse=True)


def test_nobody_anywhere_is_an_empty_table() -> None:
    nothing = Stands.of([])
    sites, _ = stands_at([(50, 0)])
    roads, none = Roads.under(town(), inwards=False), (np.empty(0), np.empty(0))
    found = times_by_area(roads, sites, nothing, none, Wanted(1000, 1, np.ones(1, bool)))
    assert isinstance(found, Times)
    assert (len(found.ms), found.shape) == (0, (1, 0))


@given(st.lists(st.tuples(st.floats(122, 154), st.floats(20, 46)), max_size=40), st.integers(1, 5))
def test_areas_hold_every_place_once(places: list[tuple[float, float]], most: int) -> None:
    lon, lat = np.array(places, np.float64).reshape(-1, 2).T
    found = areas_of(lon, lat, most)
    assert sorted(place for area in found for place in area.places.tolist()) == list(range(len(places)))
    assert len({area.code for area in found}) == len(found)
    assert all(len(area.places) <= most or len(str(area.code)) == 8 for area in found)


def test_squares_are_those_of_the_standard_and_no_larger_than_they_may_be() -> None:
    """One place in each square of 1 km of a square of 10 km."""
    codes = [f"523502{row}{column}" for row in range(10) for column in range(10)]
    west, south, east, north = np.array([mesh_bounds(code) for code in codes]).T
    lon, lat = (west + east) / 2, (south + north) / 2
    found = {most: [area.code for area in areas_of(lon, lat, most)] for most in (100, 99, 24, 3)}
    assert found[100] == [5235]
    assert found[99] == [5235021, 5235022, 5235023, 5235024]
    assert set(found[24]) == set(found[3]) == set(map(int, codes))
    (south_west, *_) = areas_of(lon, lat, 99)
    assert {codes[place][6:] for place in south_west.places} == {
        f"{row}{column}" for row in range(5) for column in range(5)
    }


def test_areas_of_nothing_are_refused() -> None:
    with pytest.raises(InputError):
        areas_of(np.array([135.3]), np.array([34.7]), 0)

"""Hose lines on a made-up town: as long as single ways are, the shortest of all, and around what one cannot walk."""

from functools import cache

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import STORAGE, transform_xy
from geo.dispatch.hose_lines import HoseLine, hose_lines, points_of
from geo.errors import InputError
from geo.network.profiles import profile
from geo.travel.closing import Closure, closed_by
from geo.travel.conditions import Conditions, conditions
from geo.travel.finding import fastest, stands
from geo.travel.nearby import nearby
from geo.travel.topology import topology_of
from tests.geo.travel.streets import PLANE, grid, position, street, street_map

SIDE = 6
REACH_M = 200.0
places = st.tuples(st.integers(-20, 520), st.integers(-20, 520))


@cache
def made_town() -> Conditions:
    """A grid with one-way streets, steps from one street to the next, a motorway above all, and an island."""
    more = [
        street("階段", (300, 200), (400, 300), highway="steps"),
        street("高速", (0, 250), (500, 250), highway="motorway"),
        street("島", (900, 900), (1000, 900)),
    ]
    return conditions(topology_of(street_map([*grid(SIDE), *more])), profile("walking"))


def lines(now: Conditions, incident: tuple[float, float], sources: list[tuple[float, float]], limit_m: float = 400.0,
          most: int = 3) -> list[HoseLine]:  # fmt: skip
    return hose_lines(now, position(*incident), [position(*each) for each in sources], limit_m, most, REACH_M)


def length_m(now: Conditions, line: HoseLine, incident: tuple[float, float], source: tuple[float, float]) -> float:
    """Of the line as it is drawn."""
    drawn = points_of(line, now.topology.network, position(*incident), position(*source))
    x, y = transform_xy(drawn[:, 0], drawn[:, 1], STORAGE, PLANE)
    return float(np.hypot(np.diff(x), np.diff(y)).sum())


@settings(max_examples=40, deadline=None)
@given(places, st.lists(places, max_size=12, unique=True), st.sampled_from([60.0, 250.0, 700.0]), st.integers(1, 4))
def test_the_shortest_of_all_lines_are_found(
    incident: tuple[int, int], sources: list[tuple[int, int]], limit_m: float, most: int
) -> None:
    now = made_town()
    measured = now.by_length
    usable = measured.usable
    (start,) = measured.topology.places.near(*position(*incident), usable, 1e4, 1)
    every = []
    for source in sources:
        (end,) = measured.topology.places.near(*position(*source), usable, 1e4, 1)
        way = fastest(measured, stands(measured, start), stands(measured, end))
        assert way is not None
        every.append(start.distance_m + way.cost / 1000 + end.distance_m)
    found = lines(now, incident, [*sources, (950, 905)], limit_m, most)
    expected = sorted(each for each in every if each <= limit_m)[:most]
    assert [line.length_m for line in found] == pytest.approx(expected, abs=0.01)
    for line in found:
        assert line.length_m == pytest.approx(every[line.source], abs=0.01)
        assert line.crow_m <= line.length_m + 0.01
        assert length_m(now, line, incident, sources[line.source]) == pytest.approx(line.length_m, abs=0.05)


def test_by_hand() -> None:
    now = made_town()
    # Along a one-way street against its direction, and up the steps instead of around the corner.
    (line,) = lines(now, (450, 100), [(120, 103)])
    assert line.source == 0
    assert line.length_m == pytest.approx(333, abs=0.1)
    (line,) = lines(now, (300, 203), [(400, 297)])
    assert line.length_m == pytest.approx(6 + np.hypot(100, 100), abs=0.1)
    assert line.crow_m == pytest.approx(np.hypot(100, 94), abs=0.1)
    # 20 m apart on both sides of a block: around it.
    (line,) = lines(now, (50, 40), [(50, 60)])
    assert line.length_m == pytest.approx(40 + 50 + 100 + 50 + 40, abs=0.1)
    assert lines(now, (50, 40), [(50, 60)], limit_m=279.0) == []


def test_hoses_are_laid_across_what_is_closed_and_say_so_and_not_through_water() -> None:
    town = made_town()
    ground = shapely.LineString([position(20, 0), position(80, 0)])
    assert not lines(town, (0, 50), [(150, -3)])[0].closed
    found = {}
    for depth_m in (None, 1.0):
        held = closed_by(town.topology, [Closure("火災現場", ground, depth_m)], "walking")
        now = conditions(town.topology, town.profile, closed=held.closed, depth_m=held.depth_m)
        (found[depth_m],) = lines(now, (0, 50), [(150, -3)])
    assert found[None].closed
    assert found[None].length_m == pytest.approx(50 + 150 + 3, abs=0.1)
    assert not found[1.0].closed
    assert found[1.0].length_m == pytest.approx(50 + 100 + 100 + 50 + 3, abs=0.1)


def test_an_island_is_left_for_the_next_street() -> None:
    yard = street("中庭", (40, 50), (60, 50))
    now = conditions(topology_of(street_map([*grid(3), yard])), profile("walking"))
    (line,) = lines(now, (50, 48), [(50, -3)])
    assert line.start.distance_m > 40
    (line,) = lines(now, (50, -3), [(50, 48)])
    assert line.end.distance_m > 40
    (line,) = lines(now, (50, 48), [(55, 51)])
    assert line.length_m == pytest.approx(2 + 5 + 1, abs=0.1)


def test_nothing_near_is_nothing_found() -> None:
    now = made_town()
    assert lines(now, (0, 0), []) == []
    assert lines(now, (0, 9_000), [(0, 9_001)]) == []
    assert lines(now, (0, 0), [(950, 900)], limit_m=1_000) == []


@pytest.mark.parametrize("limit_m", [0.0, -1.0, float("nan"), float("inf"), 2e6])
def test_limits_that_are_none_are_refused(limit_m: float) -> None:
    with pytest.raises(InputError):
        lines(made_town(), (0, 0), [], limit_m=limit_m)


def test_lengths_are_those_of_the_network_and_turning_is_free() -> None:
    now = made_town()
    measured = now.by_length
    walked = now.impedance.weights < 2**30
    assert np.array_equal(measured.impedance.weights[walked], np.rint(now.topology.network.length_m * 1000)[walked])
    assert np.array_equal(measured.impedance.weights < 2**30, walked)
    turns = now.topology.turns
    made = measured.weights < 2**30
    assert np.array_equal(measured.weights[made], measured.impedance.weights[turns.behind[made]])


@settings(max_examples=40, deadline=None)
@given(places, st.lists(places, min_size=1, max_size=5), st.sampled_from([0, 40_000, 150_000, 10**7]))
def test_what_lies_nearby_is_what_single_ways_reach(
    start: tuple[int, int], ends: list[tuple[int, int]], limit: int
) -> None:
    now = made_town()

    def stood(place: tuple[int, int]) -> list[object]:
        return stands(now, now.topology.places.near(*position(*place), now.usable, 1e4, 1)[0])  # type: ignore[return-value]

    around = nearby(now, stood(start), limit)  # type: ignore[arg-type]
    for end in ends:
        expected, found = fastest(now, stood(start), stood(end)), around.way(stood(end))  # type: ignore[arg-type]
        assert expected is not None
        assert (found is None) == (expected.cost > limit)
        if found is not None:
            assert found.cost == expected.cost == found.weights.sum()
            assert found.edges[0] == found.origin.edge
            assert found.edges[-1] == found.destination.edge


def test_a_negative_limit_is_none() -> None:
    now = made_town()
    with pytest.raises(InputError):
        nearby(now, [], -1)

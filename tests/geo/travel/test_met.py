"""Which closures a way keeps off: with those alone it is still the fastest, and each lies on one that is faster."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pytest
import shapely

from geo.network.profiles import profile
from geo.network.rules import Rule
from geo.travel.closing import Closure, closed_by
from geo.travel.conditions import Conditions, conditions, with_metric
from geo.travel.finding import Way, fastest, stands
from geo.travel.met import KeptOff, Roads, closing, gone_through, kept_off
from geo.travel.refusal import why_not
from geo.travel.topology import Topology, topology_of
from tests.geo.travel.streets import grid, position, street, street_map

SIDE = 6
FAR = 100.0 * (SIDE - 1)


@pytest.fixture(scope="module")
def town() -> Topology:
    return topology_of(street_map(grid(SIDE)))


def point(name: str, x: float, y: float, depth_m: float | None = None) -> Closure:
    return Closure(name, shapely.Point(*position(x, y)), depth_m)


def under(town: Topology, closures: Sequence[Closure], vehicle: str, *, quick: bool = False) -> Conditions:
    found = closed_by(town, closures, vehicle)
    depth = found.depth_m if found.depth_m.any() else None
    made = replace(conditions(town, profile(vehicle), closed=found.closed, depth_m=depth), under=found)
    return with_metric(made) if quick else made


def between(roads: Roads, start: Sequence[float], end: Sequence[float]) -> Way | None:
    on = roads.on
    ends = [on.topology.places.near(*position(*place), on.usable, 500.0)[0] for place in (start, end)]
    return fastest(on, stands(on, ends[0]), stands(on, ends[1]), roads.raised)


def names(now: Conditions, numbers: Iterable[int]) -> set[str]:
    assert now.under is not None
    return {now.under.closures[each].id for each in numbers}


def ask(
    town: Topology, closures: Sequence[Closure], vehicle: str, *places: Sequence[float]
) -> tuple[Way | None, set[str]]:
    """The way, and what it keeps off."""
    now, open_ = under(town, closures, vehicle, quick=True), under(town, [], vehicle, quick=True)
    way = between(Roads(now), *places)
    found = kept_off(Roads(now), Roads(open_), way, lambda roads: between(roads, *places))
    assert found.complete
    return way, names(now, found.closures)


@pytest.mark.parametrize("vehicle", ["walking", "car"])
def test_what_is_kept_off_is_why_the_way_is_as_it_is(town: Topology, vehicle: str) -> None:
    random = np.random.default_rng(4)
    kept = 0
    for _ in range(40):
        spots = random.uniform(0, FAR, (8, 2))
        along = random.random(8) < 0.5
        spots[along, 1] = np.round(spots[along, 1], -2)
        spots[~along, 0] = np.round(spots[~along, 0], -2)
        closures = [
            point(f"c{number}", x, y, None if number % 4 else 0.1) for number, (x, y) in enumerate(spots.tolist())
        ]
        start, end = random.uniform(0, FAR, (2, 2)).tolist()
        way, found = ask(town, closures, vehicle, start, end)
        free = between(Roads(under(town, [], vehicle)), start, end)
        if way is None or free is None:
            continue
        now = under(town, closures, vehicle)
        assert now.under is not None
        through = names(now, gone_through(now, way))
        used = set(town.network.stretch[way.edges].tolist())
        assert through == {
            each.id
            for each, meant in zip(now.under.closures, now.under.meant, strict=True)
            if used & set(meant.tolist())
        }
        alone = between(
            Roads(under(town, [each for each in closures if each.id in found | through], vehicle)), start, end
        )
        assert alone is not None
        if vehicle == "walking":  # what closes an arm of a crossing changes what turning costs there
            assert alone.cost == way.cost
            assert bool(found | through) or free.cost == way.cost
        assert not found & through
        kept += len(found)
    assert kept > 15


def test_one_behind_another_is_found_and_one_far_away_is_not(town: Topology) -> None:
    """Along the street y = 0 one closure; the next best streets are closed, too; the rest of the town is open."""
    closures = [point("a", 250, 0), point("b", 250, 100), point("far", 250, 500), point("side", 0, 450)]
    way, found = ask(town, closures, "walking", (10, 0), (490, 0))
    assert way is not None
    assert found == {"a", "b"}
    assert ask(town, closures[2:], "walking", (10, 0), (490, 0))[1] == set()


def test_a_road_closed_at_the_door_is_kept_off(town: Topology) -> None:
    way, found = ask(town, [point("door", 50, 0)], "walking", (50, 1), (490, 0))
    assert way is not None
    assert found == {"door"}


def test_water_that_is_gone_through_is_not_kept_off(town: Topology) -> None:
    shallow, deep = point("w", 250, 0, 0.1), point("w", 250, 0, 1.0)
    now = under(town, [shallow], "walking", quick=True)
    way = between(Roads(now), (210, 0), (290, 0))
    assert way is not None
    assert names(now, gone_through(now, way)) == {"w"}
    assert ask(town, [shallow], "walking", (210, 0), (290, 0))[1] == set()
    assert ask(town, [deep], "walking", (110, 0), (390, 0))[1] == {"w"}


def test_where_there_is_no_way_those_are_found_that_leave_none(town: Topology) -> None:
    """A line of water round the corner of the town, and a closure in its middle, which closes nothing off."""
    moat = Closure("moat", shapely.LineString([position(*each) for each in ((-50, 150), (150, 150), (150, -50))]), 1.0)
    now = under(town, [moat, point("middle", 250, 200)], "walking")
    places = (50.0, 0.0), (490.0, 490.0)
    assert between(Roads(now), *places) is None
    open_ = under(town, [], "walking", quick=True)
    found = kept_off(Roads(now), Roads(open_), None, lambda roads: between(roads, *places))
    assert found == KeptOff(frozenset({0}))


def test_a_refusal_by_closures_goes_through_these_and_not_through_what_is_closed_for_good() -> None:
    """From west to east one long road with a closure, and one that is shorter in excluded edges but forbidden."""
    ways = [
        street("west", (0, 0), (100, 0), highway="trunk"),
        street("long", (100, 0), (100, 200), (150, 200), (200, 200), (200, 0), highway="trunk"),
        street("side", (150, 200), (150, 300), highway="trunk"),
        street("yard", (100, 0), (200, 0), highway="trunk", access="no"),
        street("east", (200, 0), (300, 0), highway="trunk"),
    ]
    town = topology_of(street_map(ways))
    closures = [point("one", 100, 100), point("two", 200, 100)]
    now, open_ = under(town, closures, "car"), under(town, [], "car")
    start, end = (town.places.near(*position(x, 0), now.usable, 20.0, 1)[0] for x in (10, 290))
    goals = town.edges_of(end.stretch).tolist()
    place = float(town.network.x.max()), float(town.network.y.min())
    told = {}
    for name, without in (("with", open_), ("without", None)):
        edges = why_not(now, stands(now, start), place, goals, without).in_the_way
        told[name] = {Rule(int(now.impedance.rule[each])) for each in edges}
        if without is not None:
            ids = [each for edge in edges for each in closing(now.under, int(town.network.stretch[edge]))]
            assert set(ids) == {"one", "two"}
    assert told == {"with": {Rule.CLOSED}, "without": {Rule.ACCESS_FORBIDDEN}}


def test_a_destination_off_the_roads_still_has_a_nearest_place(town: Topology) -> None:
    now = under(town, [], "car")
    start = town.places.near(*position(10, 0), now.usable, 20.0, 1)[0]
    node = int(np.argmax(town.network.x + town.network.y))
    place = float(town.network.x[node]) + 900, float(town.network.y[node]) + 900
    refusal = why_not(now, stands(now, start), place, [])
    assert refusal.nearest_node == node
    assert not len(refusal.in_the_way)

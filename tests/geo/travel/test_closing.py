"""Closures drawn on the map: what they mean, and that no route goes through one, with the hierarchy or before it."""

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE, transform_geometry, transform_xy
from geo.errors import InputError
from geo.network.profiles import profile
from geo.network.rules import Rule
from geo.routing.graph import UNREACHABLE
from geo.travel.closing import Closure, closed_by, stretches_meant
from geo.travel.conditions import conditions, with_metric
from geo.travel.finding import fastest, stands
from geo.travel.refusal import why_not
from geo.travel.topology import Topology, topology_of
from tests.geo.travel.streets import PLANE, grid, position, street_map

SIDE = 6


@pytest.fixture(scope="module")
def town() -> Topology:
    return topology_of(street_map(grid(SIDE)))


def drawn(*points: tuple[float, float], closed: bool = False) -> BaseGeometry:
    places = [position(*point) for point in points]
    if closed:
        return shapely.Polygon(places)
    return shapely.LineString(places) if len(places) > 1 else shapely.Point(places[0])


def lines(town: Topology) -> list[BaseGeometry]:
    found = []
    for stretch in range(len(town.network.stretches)):
        line = shapely.LineString(np.column_stack(town.network.stretches.points(stretch)))
        found.append(transform_geometry(line, STORAGE, PLANE))
    return found


def test_an_area_means_all_it_touches(town: Topology) -> None:
    area = drawn((130, 130), (270, 130), (270, 270), (130, 270), closed=True)
    plane = transform_geometry(area, STORAGE, PLANE)
    expected = [number for number, line in enumerate(lines(town)) if line.intersects(plane)]
    assert stretches_meant(town, area).tolist() == expected
    assert len(expected) == 4


def test_a_crossing_line_closes_what_it_crosses_and_a_point_the_nearest(town: Topology) -> None:
    across = stretches_meant(town, drawn((150, -20), (150, 20)))
    assert len(across) == 1
    assert stretches_meant(town, drawn((150, 8))).tolist() == across.tolist()
    assert len(stretches_meant(town, drawn((150, 50)))) == 0, "too far from any road"


def test_a_bow_tie_and_several_parts_are_taken_as_what_they_cover(town: Topology) -> None:
    bow_tie = drawn((110, 110), (190, 190), (190, 110), (110, 190), closed=True)
    both = shapely.GeometryCollection([bow_tie, drawn((150, 2)), drawn((250, 2))])
    assert len(stretches_meant(town, bow_tie)) == 0
    assert len(stretches_meant(town, both)) == 2
    assert len(stretches_meant(town, shapely.Polygon())) == 0


@pytest.mark.parametrize("customised", [False, True])
def test_no_route_goes_through_a_closure(town: Topology, customised: bool) -> None:
    area = drawn((90, 90), (310, 90), (310, 310), (90, 310), closed=True)
    found = closed_by(town, [Closure("a", area)], "car")
    now = conditions(town, profile("car"), closed=found.closed)
    if customised:
        now = with_metric(now)
    plane = transform_geometry(area, STORAGE, PLANE)
    random = np.random.default_rng(1)
    ways = 0
    for start, end in random.uniform(0, 100.0 * (SIDE - 1), (30, 2, 2)).tolist():
        ends = [town.places.near(*position(*place), now.usable, 500)[0] for place in (start, end)]
        way = fastest(now, stands(now, ends[0]), stands(now, ends[1]))
        if way is not None:
            ways += 1
            every = lines(town)
            assert not any(every[stretch].intersects(plane) for stretch in town.network.stretch[way.edges])
    assert ways > 10


def test_a_closure_of_the_whole_town_leaves_no_road_and_none_is_made_up(town: Topology) -> None:
    far = 100.0 * SIDE + 500
    area = drawn((-500, -500), (far, -500), (far, far), (-500, far), closed=True)
    open_, shut = conditions(town, profile("car")), closed_by(town, [Closure("a", area)], "car").closed
    assert shut.all()
    now = conditions(town, profile("car"), closed=shut)
    assert not now.usable.any()
    assert town.places.near(*position(150, 0), now.usable, 500) == []
    start, end = (town.places.near(*position(*place), open_.usable, 500)[0] for place in ((150, 0), (350, 300)))
    assert stands(open_, start)
    assert stands(now, start) == stands(now, end) == []
    for found in (now, with_metric(now)):
        assert fastest(found, stands(found, start), stands(found, end)) is None
        assert fastest(found, stands(open_, start), stands(open_, end)) is None, "as it was when the road was shut"


def test_who_is_inside_a_closed_ring_learns_what_is_in_the_way_and_how_far_one_comes(town: Topology) -> None:
    ring = shapely.Polygon(
        [position(*point) for point in ((140, 140), (360, 140), (360, 360), (140, 360))],
        [[position(*point) for point in ((160, 160), (340, 160), (340, 340), (160, 340))]],
    )
    now = conditions(town, profile("car"), closed=closed_by(town, [Closure("a", ring)], "car").closed)
    wanted = (450, 430)
    start, end = (town.places.near(*position(*place), now.usable, 500)[0] for place in ((250, 200), wanted))
    assert fastest(now, stands(now, start), stands(now, end)) is None
    assert fastest(now, stands(now, end), stands(now, start)) is None
    to = transform_xy(end.lon, end.lat, STORAGE, PLANE)
    refusal = why_not(now, stands(now, start), to, town.edges_of(end.stretch).tolist())
    assert {Rule(int(now.impedance.rule[edge])) for edge in refusal.in_the_way} == {Rule.CLOSED}
    assert refusal.nearest_node is not None
    assert town.network.node_id[refusal.nearest_node] in {f"n{x}/{y}" for x in (200, 300) for y in (200, 300)}


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6])
def test_where_one_comes_to_is_what_is_found_turn_by_turn(town: Topology, share: float) -> None:
    """From every edge, also of streets with a way in and none out, and from such as are closed."""
    closed = np.random.default_rng(3).random(town.network.edges) < share
    now = conditions(town, profile("car"), closed=closed)
    onward: dict[int, list[int]] = {}
    for before, behind, weight in zip(town.turns.before, town.turns.behind, now.weights, strict=True):
        if weight < UNREACHABLE:
            onward.setdefault(int(before), []).append(int(behind))
    for start in [*range(town.network.edges), *range(0, town.network.edges, 5)]:
        seen, waiting = {start}, [start]
        while waiting:
            new = [each for each in onward.get(waiting.pop(), []) if each not in seen]
            seen.update(new)
            waiting += new
        assert now.reached_from([start]).tolist() == sorted({int(town.network.graph.head[each]) for each in seen})
    both = set(now.reached_from([0]).tolist()) | set(now.reached_from([7]).tolist())
    assert set(now.reached_from([0, 7]).tolist()) == both


def test_both_ways_of_finding_agree_exactly(town: Topology) -> None:
    found = closed_by(town, [Closure("a", drawn((250, 250)), depth_m=0.1), Closure("b", drawn((150, 300)))], "car")
    searched = conditions(town, profile("car"), closed=found.closed, depth_m=found.depth_m)
    customised = with_metric(searched)
    random = np.random.default_rng(2)
    for start, end in random.uniform(0, 100.0 * (SIDE - 1), (40, 2, 2)).tolist():
        ends = [town.places.near(*position(*place), searched.usable, 500)[0] for place in (start, end)]
        plain, quick = (fastest(now, stands(now, ends[0]), stands(now, ends[1])) for now in (searched, customised))
        assert (None if plain is None else plain.cost) == (None if quick is None else quick.cost)


def test_water_slows_closes_and_holds_for_whom_it_is_said(town: Topology) -> None:
    shallow, deep = Closure("a", drawn((150, 0)), depth_m=0.2), Closure("b", drawn((150, 0)), depth_m=0.9)
    (stretch,) = stretches_meant(town, shallow.drawing)
    assert closed_by(town, [shallow, deep], "car").depth_m[stretch] == 0.9
    dry = conditions(town, profile("car"))
    edges = town.edges_of(int(stretch))
    for closures, slower, excluded in (([shallow], True, False), ([deep], False, True)):
        found = closed_by(town, closures, "car")
        now = conditions(town, profile("car"), depth_m=found.depth_m)
        assert np.all(now.impedance.rule[edges] == Rule.WADING_DEPTH) == excluded
        if slower:
            assert np.all(now.impedance.weights[edges] > dry.impedance.weights[edges])
    only_cars = Closure("c", drawn((150, 0)), profiles=frozenset({"car"}))
    assert closed_by(town, [only_cars], "car").closed.any()
    assert not closed_by(town, [only_cars], "walking").closed.any()
    with pytest.raises(InputError):
        conditions(town, profile("car"), depth_m=closed_by(town, [shallow], "car").depth_m - 1)

"""Traces matched to roads, on hand-made maps where it is plain which road was driven, and against brute force."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from math import hypot

import numpy as np
import pytest
import shapely

from geo.crs import STORAGE, transform_xy
from geo.errors import InputError
from geo.network.profiles import PROFILES
from geo.network.vehicle import VehicleProfile
from geo.routing.graph import FloatArray
from geo.travel.conditions import conditions
from geo.travel.finding import fastest, stands
from geo.travel.matching import COARSEST_M, Matcher
from geo.travel.topology import Topology, topology_of
from geo.travel.traces import CERTAIN, Fix, Match, MatchQuality, Step
from tests.geo.travel.streets import PLANE, grid, position, street, street_map

CAR = PROFILES["car"]
PUMPER = PROFILES["pumper"]
Point = tuple[float, float]


def drive(
    points: Sequence[Point], noise_m: float = 0.0, seed: int = 0, every_s: float = 2.0, **more: float
) -> list[Fix]:
    """A trace through these points, ``noise_m`` of standard deviation on each axis."""
    random = np.random.default_rng(seed)
    return [
        Fix(number * every_s, *position(*(np.array(point) + random.normal(0, noise_m, 2))), **more)
        for number, point in enumerate(points)
    ]


def along(*corners: Point, step_m: float = 20.0) -> list[Point]:
    line = shapely.LineString(corners)
    return [line.interpolate(at).coords[0] for at in np.arange(0.0, line.length + 1e-6, step_m)]


def names(topology: Topology, matches: Sequence[Match]) -> list[str | None]:
    network = topology.network
    return [None if each.place is None else network.ways.name.at(int(network.way[each.place.edge])) for each in matches]


def headings(topology: Topology, matches: Sequence[Match]) -> list[float]:
    """In which direction, clockwise from north, each goes along its edge."""
    found = []
    for each in matches:
        assert each.place is not None
        lon, lat = topology.network.points(each.place.edge)
        x, y = transform_xy(lon, lat, STORAGE, PLANE)
        found.append(float(np.degrees(np.arctan2(x[-1] - x[0], y[-1] - y[0])) % 360))
    return found


@pytest.fixture(scope="module")
def parallel() -> Topology:
    """Two roads 15 m apart, joined only at their western ends."""
    return topology_of(
        street_map(
            [
                street("south", (0, 0), (300, 0), (600, 0)),
                street("north", (0, 0), (0, 15), (300, 15), (600, 15)),
            ]
        )
    )


@pytest.fixture(scope="module")
def pair() -> Topology:
    """The two carriageways of one road, 15 m apart: eastward in the south, westward in the north."""
    return topology_of(
        street_map(
            [
                street("eastward", (0, 0), (300, 0), (600, 0), oneway="yes"),
                street("westward", (600, 15), (300, 15), (0, 15), oneway="yes"),
                street("west-end", (0, 0), (0, 15)),
                street("east-end", (600, 0), (600, 15)),
            ]
        )
    )


@pytest.fixture(scope="module")
def bridge() -> Topology:
    """A bridge over a road, with no way between them within a kilometre."""
    return topology_of(
        street_map([street("under", (-400, 0), (400, 0)), street("over", (0, -400), (0, 400), bridge=True)])
    )


@pytest.fixture(scope="module")
def blocks() -> Topology:
    return topology_of(street_map(grid(7)))


def test_the_road_that_the_whole_trace_fits_and_not_the_one_nearest_to_each_position(parallel: Topology) -> None:
    trace = drive(along((0, 0), (600, 0)), noise_m=5.0, seed=3, accuracy_m=8.0)
    nearest = [
        parallel.places.near(each.lon, each.lat, np.ones(len(parallel.network.stretches), bool), 50.0)[0].stretch
        for each in trace
    ]
    at_nearest = [parallel.network.ways.name.at(int(parallel.network.stretches.way[each])) for each in nearest]
    assert "north" in at_nearest[4:], "too little noise for this to mean anything"
    assert set(names(parallel, Matcher(parallel, CAR).match(trace))[1:]) == {"south"}


def test_between_two_parallel_roads_it_is_said_that_it_may_be_either(parallel: Topology) -> None:
    (match,) = Matcher(parallel, CAR).match([Fix(0, *position(200, 7.0), accuracy_m=8.0)])
    assert match.quality is MatchQuality.AMBIGUOUS
    (match,) = Matcher(parallel, CAR).match([Fix(0, *position(200, -6.0), accuracy_m=3.0)])
    assert (match.quality, match.lead > CERTAIN) == (MatchQuality.MATCHED, True)


def test_a_bridge_is_not_left_where_it_crosses_a_road(bridge: Topology) -> None:
    trace = drive(along((0, -200), (0, 200), step_m=15.0), noise_m=3.0, accuracy_m=5.0)
    matches = Matcher(bridge, CAR).match(trace)
    assert set(names(bridge, matches)) == {"over"}
    assert [each.begins for each in matches] == [True] + [False] * (len(trace) - 1)


def test_a_trace_that_no_road_joins_breaks_there(bridge: Topology) -> None:
    trace = drive([*along((0, -200), (0, -100)), *along((100, 0), (200, 0))], accuracy_m=5.0)
    matches = Matcher(bridge, CAR).match(trace)
    assert names(bridge, matches) == ["over"] * 6 + ["under"] * 6
    assert [number for number, each in enumerate(matches) if each.begins] == [0, 6]


@pytest.mark.parametrize("vehicle", [CAR, PUMPER])
@pytest.mark.parametrize("eastward", [True, False])
def test_of_a_one_way_pair_it_is_on_the_carriageway_of_its_direction(
    pair: Topology, vehicle: VehicleProfile, eastward: bool
) -> None:
    y = 6.0 if eastward else 9.0  # almost in the middle: the distance alone says little
    points = along((40, y), (560, y))
    trace = drive(points if eastward else points[::-1], noise_m=2.0, accuracy_m=8.0)
    matches = Matcher(pair, vehicle).match(trace)
    assert set(names(pair, matches)) == {"eastward" if eastward else "westward"}
    assert headings(pair, matches) == pytest.approx([90.0 if eastward else 270.0] * len(trace))


def test_an_emergency_vehicle_against_a_one_way_street_is_on_that_street_in_its_direction() -> None:
    topology = topology_of(
        street_map([street("lane", (0, 0), (300, 0), oneway="yes"), street("other", (0, 0), (0, 90))])
    )
    for vehicle in (PUMPER, CAR):  # a car may not, and is there all the same
        matches = Matcher(topology, vehicle).match(drive(along((260, 1), (40, 1)), accuracy_m=5.0))
        assert set(names(topology, matches)) == {"lane"}
        assert headings(topology, matches) == pytest.approx([270.0] * 12)


def test_turning_back_in_the_middle_of_a_street_is_seen_and_rolling_back_is_not_one() -> None:
    topology = topology_of(street_map([street("lane", (0, 0), (600, 0))]))
    there_and_back = along((100, 2), (300, 2)) + along((280, -2), (100, -2))
    matches = Matcher(topology, CAR).match(drive(there_and_back, noise_m=1.0, accuracy_m=5.0))
    assert headings(topology, matches) == pytest.approx([90.0] * 11 + [270.0] * 10)
    assert sum(each.begins for each in matches) == 1
    standing = [*along((100, 0), (300, 0)), (297.0, 0.0), (301.0, 0.0), (298.0, 0.0), *along((318, 0), (400, 0))]
    matches = Matcher(topology, CAR).match(drive(standing, accuracy_m=5.0))
    assert headings(topology, matches) == pytest.approx([90.0] * len(standing))


def test_where_it_heads_tells_the_direction_of_one_position_alone() -> None:
    topology = topology_of(street_map([street("lane", (0, 0), (300, 0)), street("cross", (150, 3), (150, 200))]))
    for heading in (90.0, 270.0):
        (match,) = Matcher(topology, CAR).match([Fix(0, *position(149, 2), accuracy_m=5.0, heading_deg=heading)])
        assert names(topology, [match]) == ["lane"]
        assert headings(topology, [match]) == pytest.approx([heading])


def test_off_every_road_it_says_so_and_is_moved_nowhere(parallel: Topology) -> None:
    matcher = Matcher(parallel, CAR)
    yard = drive([(200, 0), (220, -60), (240, -60), (260, 0)], accuracy_m=5.0, every_s=5.0)
    matches = matcher.match(yard)
    assert [each.quality for each in matches] == ["matched", "off-road", "off-road", "matched"]
    assert [each.place is None for each in matches] == [False, True, True, False]
    assert not matches[3].begins
    (match,) = matcher.match([Fix(0, *position(200, 0), accuracy_m=COARSEST_M + 1)])
    assert (match.quality, match.place) == (MatchQuality.TOO_COARSE, None)
    (match,) = matcher.match([Fix(0, *position(200, -110), accuracy_m=COARSEST_M)])
    assert match.place is None


def test_a_vehicle_is_not_moved_onto_stairs_or_a_footway() -> None:
    topology = topology_of(
        street_map(
            [
                street("road", (0, 0), (300, 0)),
                street("path", (0, 0), (0, 12), (300, 12), highway="footway"),
                street("stairs", (300, 0), (300, 12), highway="steps"),
            ]
        )
    )
    trace = drive(along((50, 9), (250, 9)), accuracy_m=8.0)
    assert set(names(topology, Matcher(topology, CAR).match(trace))) == {"road"}
    assert set(names(topology, Matcher(topology, PROFILES["walking"]).match(trace))) == {"path"}


def test_how_far_off_and_where_along(parallel: Topology) -> None:
    (match,) = Matcher(parallel, CAR).match([Fix(0, *position(75, -6), accuracy_m=5.0, heading_deg=90.0)])
    assert match.place is not None
    assert match.place.distance_m == pytest.approx(6.0, abs=0.01)
    assert match.place.share == pytest.approx(0.125, abs=1e-4)
    assert transform_xy(match.place.lon, match.place.lat, STORAGE, PLANE) == pytest.approx(
        transform_xy(*position(75, 0), STORAGE, PLANE), abs=0.01
    )


@pytest.mark.parametrize("every_m", [15.0, 60.0])
@pytest.mark.parametrize("vehicle", [CAR, PUMPER])
def test_edges_of_known_routes_are_found_through_noise(
    blocks: Topology, vehicle: VehicleProfile, every_m: float
) -> None:
    """Routes across the map, driven with an error of 5 m on each axis: 95 % of the positions are on the right edge.

    Those whose true place is within 10 m of a junction are not counted: both edges are right there.
    """
    random = np.random.default_rng(11)
    now = conditions(blocks, vehicle)
    matcher = Matcher(blocks, vehicle)
    counted = right = 0
    for _ in range(50):
        ends = random.uniform(0, 600, (2, 2))
        first, last = (blocks.places.near(*position(*end), now.usable, 200.0)[0] for end in ends)
        way = fastest(now, stands(now, first), stands(now, last))
        if way is None or len(way.edges) < 4:
            continue
        truth, places = _positions(blocks, way.edges.tolist()[1:-1], every_m)
        trace = drive(places, noise_m=5.0, seed=int(random.integers(1 << 30)), every_s=every_m / 10, accuracy_m=7.5)
        for edge, place, match in zip(truth, places, matcher.match(trace), strict=True):
            if max(abs((each + 50) % 100 - 50) for each in place) >= 10:
                counted += 1
                right += match.place is not None and match.place.edge == edge
    assert counted > 200
    assert right / counted >= 0.95, (right, counted)


def _positions(topology: Topology, edges: list[int], every_m: float) -> tuple[list[int], list[Point]]:
    """Places every so far along edges, in metres of the map, with the edge each is on."""
    truth: list[int] = []
    places: list[Point] = []
    at = every_m / 3
    for edge in edges:
        lon, lat = topology.network.points(edge)
        x, y = transform_xy(lon, lat, STORAGE, PLANE)
        line = shapely.LineString(np.column_stack([x - 92_000.0, y + 139_000.0]))
        while at < line.length:
            truth.append(edge)
            places.append(line.interpolate(at).coords[0])
            at += every_m
        at -= line.length
    return truth, places


def test_the_sequence_is_the_likeliest_of_all(blocks: Topology) -> None:
    """Every sequence of places is tried; lengths of ways come from Floyd and Warshall's algorithm over turns."""
    matcher = Matcher(blocks, PUMPER)
    between = _all_lengths(blocks)
    random = np.random.default_rng(5)
    for _ in range(6):
        points = random.uniform(150, 450, 2) + np.cumsum(random.uniform(-40, 60, (4, 2)), axis=0)
        trace = drive([tuple(each) for each in points], every_s=5.0, accuracy_m=12.0)
        steps: list[Step] = []
        for fix in trace:
            step = matcher.step(steps[-1] if steps else None, fix)
            if step is None:
                break
            steps.append(step)
        if len(steps) < len(trace) or any(each.ways is None for each in steps[1:]):
            continue
        every = product(*(range(len(each.places)) for each in steps))
        best = max(_likelihood(blocks, between, steps, each) for each in every)
        found = [each.place for each in matcher.match(trace)]
        chosen = tuple(each.places.index(place) for each, place in zip(steps, found, strict=True) if place is not None)
        assert _likelihood(blocks, between, steps, chosen) == pytest.approx(best, abs=1e-3)
        break
    else:
        pytest.fail("no trace was matched")


def _all_lengths(topology: Topology) -> FloatArray:
    """From each edge onto each, metres of all but the first; turning back counts 30 m."""
    network, turns = topology.network, topology.turns
    found = np.full((network.edges, network.edges), np.inf)
    for before, behind in zip(turns.before.tolist(), turns.behind.tolist(), strict=True):
        back = 30.0 if network.reverse[before] == behind else 0.0
        found[before, behind] = network.length_m[behind] + back
    np.fill_diagonal(found, 0.0)
    for middle in range(network.edges):
        np.minimum(found, found[:, middle, None] + found[middle], out=found)
    return found


def _likelihood(topology: Topology, between: FloatArray, steps: Sequence[Step], chosen: Sequence[int]) -> float:
    length, reverse = topology.network.length_m, topology.network.reverse
    total = 0.0
    for number, (step, which) in enumerate(zip(steps, chosen, strict=True)):
        place = step.places[which]
        total += float(step.own[which])
        if number == 0:
            continue
        before, start = steps[number - 1], steps[number - 1].places[chosen[number - 1]]
        straight, noise = hypot(step.x - before.x, step.y - before.y), hypot(step.sigma_m, before.sigma_m)
        rest = length[start.edge] * (1 - start.share)
        rest_there = length[place.edge] * (1 - place.share)
        if place.edge == start.edge:
            way = rest - rest_there
            total -= np.inf if way < -3.5 * noise else 0.0
        else:
            way = rest + between[start.edge, place.edge] - rest_there
            if reverse[start.edge] == place.edge:
                way = min(way, 30 + abs(rest - length[place.edge] * place.share))
        total -= np.inf if way > min(2 * straight + 150, 70 * (step.at_s - before.at_s) + 3.5 * noise) else 0.0
        total -= abs(way - straight) / noise
    return total


def test_step_by_step_it_is_the_trace_as_known_by_then(blocks: Topology) -> None:
    matcher = Matcher(blocks, PUMPER)
    trace = drive(along((0, 300), (300, 300), (300, 500)), noise_m=5.0, accuracy_m=8.0)
    step = None
    for number, fix in enumerate(trace):
        step = matcher.step(step, fix)
        assert step is not None
        now, last = step.match(), matcher.match(trace[: number + 1])[-1]
        assert replace(now, lead=0.0) == replace(last, lead=0.0)
        assert now.lead == pytest.approx(last.lead)


@pytest.mark.parametrize(
    "wrong",
    [
        [Fix(0, *position(0, 0)), Fix(0, *position(9, 0))],
        [Fix(1, *position(0, 0)), Fix(0, *position(900, 900))],
        [Fix(0, 200.0, 34.7)],
        [Fix(0, float("nan"), 34.7)],
        [Fix(0, 135.3, 34.7, accuracy_m=-1.0)],
        [Fix(0, 135.3, 34.7, heading_deg=float("inf"))],
    ],
)
def test_what_is_no_trace_is_refused(parallel: Topology, wrong: list[Fix]) -> None:
    with pytest.raises(InputError):
        Matcher(parallel, CAR).match(wrong)


def test_nothing_of_nothing(parallel: Topology) -> None:
    assert Matcher(parallel, CAR).match([]) == []

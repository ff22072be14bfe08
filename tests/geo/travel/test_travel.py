"""From places to routes: snapped to the nearest road, exact between places on edges, told step by step."""

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import STORAGE, transform_xy
from geo.errors import InputError
from geo.network.model import RoadNetwork
from geo.network.profiles import profile
from geo.network.rules import Rule
from geo.routing.graph import UNREACHABLE
from geo.travel.alternatives import MOST_LONGER, alternatives
from geo.travel.conditions import Conditions, conditions, with_metric
from geo.travel.finding import Way, fastest, stands
from geo.travel.refusal import why_not
from geo.travel.snapping import Snap
from geo.travel.steps import Maneuver, length_m, shape_of, steps_of
from geo.travel.topology import topology_of
from tests.geo.travel.streets import PLANE, grid, position, street, street_map

SIDE = 7


def on(network: RoadNetwork, vehicle: str = "car") -> Conditions:
    return with_metric(conditions(topology_of(network), profile(vehicle)))


@pytest.fixture(scope="module")
def town() -> Conditions:
    return on(street_map(grid(SIDE)))


def snap(now: Conditions, x: float, y: float) -> Snap:
    return now.topology.places.near(*position(x, y), now.usable, 500)[0]


def between(now: Conditions, start: tuple[float, float], end: tuple[float, float]) -> Way | None:
    return fastest(now, stands(now, snap(now, *start)), stands(now, snap(now, *end)))


def length_on_the_map(network: RoadNetwork, way: Way) -> float:
    drawn = shape_of(network, way)
    x, y = transform_xy(drawn[:, 0], drawn[:, 1], STORAGE, PLANE)
    return float(np.hypot(np.diff(x), np.diff(y)).sum())


def test_the_nearest_usable_roads_come_first(town: Conditions) -> None:
    network = town.topology.network
    lines = [
        shapely.LineString(np.column_stack(transform_xy(*network.stretches.points(each), STORAGE, PLANE)))
        for each in range(len(network.stretches))
    ]
    random = np.random.default_rng(1)
    usable = random.random(len(lines)) < 0.7
    for x, y in random.uniform(-150, 100 * SIDE + 50, (60, 2)):
        lon, lat = position(float(x), float(y))
        point = shapely.Point(transform_xy(lon, lat, STORAGE, PLANE))
        expected = sorted(line.distance(point) for line, good in zip(lines, usable, strict=True) if good)[:5]
        expected = [each for each in expected if each <= 120]
        found = town.topology.places.near(lon, lat, usable, 120, 5)
        assert [each.distance_m for each in found] == pytest.approx(expected, abs=1e-6)
        assert all(usable[each.stretch] for each in found)
    with pytest.raises(InputError):
        town.topology.places.near(200.0, 34.0, usable, 100)


def test_side_and_bearing_of_a_place(town: Conditions) -> None:
    north_of_a_street = snap(town, 150, 30)  # the street goes east
    assert (north_of_a_street.left, round(north_of_a_street.bearing_deg)) == (True, 90)
    assert north_of_a_street.share == pytest.approx(0.5, abs=1e-3)
    assert snap(town, 150, -20).left is False


coordinates = st.integers(0, (SIDE - 1) * 20).map(lambda step: step * 5.0)
lines_of_town = st.tuples(st.sampled_from(["east", "north"]), st.integers(0, SIDE - 1), coordinates)


@settings(max_examples=80, deadline=None)
@given(lines_of_town, lines_of_town)
def test_a_place_on_an_edge_is_as_good_as_a_junction(
    start: tuple[str, int, float], end: tuple[str, int, float]
) -> None:
    """The same town with junctions at the places themselves has the same times, found without any part of an edge."""
    places = []
    cuts: dict[str, list[float]] = {}
    for kind, number, along in (start, end):
        cuts.setdefault(f"{kind}-{number}", []).append(along)
        places.append((along, number * 100.0) if kind == "east" else (number * 100.0, along))
    whole, cut = on(street_map(grid(SIDE))), on(street_map(grid(SIDE, cuts)))
    found, expected = between(whole, *places), between(cut, *places)
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert found.cost == pytest.approx(expected.cost, abs=len(expected.edges) + 2)  # rounded edge by edge


def test_a_route_is_connected_obeys_one_way_streets_and_is_as_long_as_drawn(town: Conditions) -> None:
    network = town.topology.network
    random = np.random.default_rng(2)
    for start, end in random.uniform(0, 100.0 * (SIDE - 1), (40, 2, 2)):
        way = between(town, tuple(start), tuple(end))
        assert way is not None
        assert np.all(town.impedance.weights[way.edges] < UNREACHABLE)
        for before, behind in itertools.pairwise(way.edges.tolist()):
            assert network.graph.head[before] == network.graph.tail[behind]
        assert length_m(network, way) == pytest.approx(length_on_the_map(network, way), abs=0.05)
        assert way.cost >= way.weights.sum()


def test_a_place_to_itself_and_just_behind_on_a_one_way_street(town: Conditions) -> None:
    here = between(town, (150, 0), (150, 0))
    assert here is not None
    assert here.cost == 0
    forward, back = between(town, (120, 100), (180, 100)), between(town, (180, 100), (120, 100))
    assert forward is not None
    assert back is not None
    assert len(forward.edges) == 1
    assert len(back.edges) > 3, "round the block"
    assert back.cost > 3 * forward.cost


def test_a_heading_chooses_the_direction(town: Conditions) -> None:
    place = snap(town, 150, 0)
    along = town.topology.network.along
    (east,) = stands(town, place, 80)
    (west,) = stands(town, place, 280)
    assert along[east.edge]
    assert not along[west.edge]
    assert len(stands(town, place)) == 2
    assert len(stands(town, snap(town, 150, 100), 270)) == 1, "against a one-way street there is no choice"
    assert stands(town, place, 80 - 360) == stands(town, place, 80 + 720) == [east], "it goes round"


@pytest.mark.parametrize("heading_deg", [float("nan"), float("inf"), float("-inf")])
def test_a_heading_that_is_none_is_refused(town: Conditions, heading_deg: float) -> None:
    with pytest.raises(InputError, match="heading"):
        stands(town, snap(town, 150, 0), heading_deg)


def test_in_the_sea_there_is_no_road_near(town: Conditions) -> None:
    assert town.topology.places.near(*position(-3_000, -9_000), town.usable, 500) == []
    assert town.topology.places.near(0.0, 0.0, town.usable, 500) == []


def test_steps_tell_turns_names_and_the_whole_length() -> None:
    now = on(
        street_map(
            [
                street("一番町通り", (0, 0), (300, 0)),
                street("二番町通り", (300, 0), (300, 200), (300, 250)),
                street("横道", (300, 200), (400, 200)),
                street("裏道", (300, 0), (300, -100)),
            ]
        )
    )
    way = between(now, (10, 0), (395, 200))
    assert way is not None
    steps = steps_of(now, way)
    assert [(step.maneuver, step.name) for step in steps] == [
        (Maneuver.DEPART, "一番町通り"),
        (Maneuver.LEFT, "二番町通り"),
        (Maneuver.RIGHT, "横道"),
        (Maneuver.ARRIVE, "横道"),
    ]
    assert [round(step.length_m) for step in steps] == [290, 200, 95, 0]
    assert sum(step.length_m for step in steps) == pytest.approx(length_m(now.topology.network, way))
    assert steps[0].bearing_deg == pytest.approx(90, abs=1)


def test_a_bend_is_no_turn_and_a_roundabout_counts_its_exits() -> None:
    ring = [(0, 20), (-20, 0), (0, -20), (20, 0), (0, 20)]  # anticlockwise seen from above would be wrong in Japan
    now = on(
        street_map(
            [
                street("輪", *ring[::-1], junction="roundabout"),
                street("南通り", (0, -200), (0, -20)),
                street("西通り", (-20, 0), (-200, 0), (-200, 50)),
                street("北通り", (0, 20), (0, 200)),
            ]
        )
    )
    way = between(now, (0, -150), (0, 150))
    assert way is not None
    steps = steps_of(now, way)
    assert [step.maneuver for step in steps][:2] == [Maneuver.DEPART, Maneuver.ROUNDABOUT]
    assert steps[1].exit == 2
    round_the_bend = between(now, (-100, 0), (-200, 45))
    assert round_the_bend is not None
    assert [step.maneuver for step in steps_of(now, round_the_bend)] == [Maneuver.DEPART, Maneuver.ARRIVE]


def test_alternatives_differ_and_are_not_much_longer(town: Conditions) -> None:
    start, end = stands(town, snap(town, 20, 0)), stands(town, snap(town, 500, 580))
    best = fastest(town, start, end)
    assert best is not None
    others = alternatives(town, best, start, end, 2)
    assert others
    for other in others:
        assert best.cost <= other.cost <= MOST_LONGER * best.cost
        assert set(other.edges.tolist()) != set(best.edges.tolist())
    assert others == sorted(others, key=lambda way: way.cost)


def test_over_the_only_bridge_there_is_no_other_way() -> None:
    now = on(street_map([street("橋", (0, 0), (100, 0)), street("岸", (100, 0), (100, 80))]))
    start, end = stands(now, snap(now, 5, 0)), stands(now, snap(now, 100, 70))
    best = fastest(now, start, end)
    assert best is not None
    assert alternatives(now, best, start, end, 2) == []


def test_why_there_is_no_way_names_what_is_in_it() -> None:
    network = street_map(
        [
            street("南", (0, 0), (100, 0)),
            street("細道", (100, 0), (100, 100), width_m=1.5),
            street("北", (100, 100), (200, 100)),
        ]
    )
    now = on(network, "pumper")
    assert between(on(network, "walking"), (10, 0), (190, 100)) is not None
    start, end = snap(now, 10, 0), snap(now, 190, 100)
    assert fastest(now, stands(now, start), stands(now, end)) is None
    wanted = transform_xy(end.lon, end.lat, STORAGE, PLANE)
    refusal = why_not(now, stands(now, start), wanted, now.topology.edges_of(end.stretch).tolist())
    assert {Rule(int(now.impedance.rule[edge])) for edge in refusal.in_the_way} == {Rule.TOO_NARROW}
    assert refusal.nearest_node is not None
    assert network.node_id[refusal.nearest_node] == "n100/0"


def test_an_island_has_nothing_in_the_way() -> None:
    now = on(street_map([street("本土", (0, 0), (100, 0)), street("島", (300, 0), (400, 0))]))
    end = snap(now, 350, 0)
    assert between(now, (50, 0), (350, 0)) is None
    wanted = transform_xy(end.lon, end.lat, STORAGE, PLANE)
    refusal = why_not(now, stands(now, snap(now, 50, 0)), wanted, now.topology.edges_of(end.stretch).tolist())
    assert len(refusal.in_the_way) == 0
    assert refusal.nearest_node is not None
    assert now.topology.network.node_id[refusal.nearest_node] == "n100/0"

"""Areas of one journey: no way enters one, the ways found are the cheapest left, and closures say the same."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from geo.depth import CENTRAL, flooded_speed_kph
from geo.errors import InputError
from geo.network.profiles import profile
from geo.network.rules import Rule
from geo.routing.graph import UNREACHABLE
from geo.travel.avoiding import Area, avoiding
from geo.travel.closing import Closure, closed_by
from geo.travel.conditions import Conditions, conditions, with_metric
from geo.travel.finding import Stand, fastest, stands
from geo.travel.topology import Topology, topology_of
from tests.geo.travel.streets import grid, position, street, street_map

SIDE = 7


@pytest.fixture(scope="module")
def town() -> Topology:
    return topology_of(street_map(grid(SIDE)))


@pytest.fixture(scope="module")
def by_profile(town: Topology) -> dict[str, Conditions]:
    return {name: with_metric(conditions(town, profile(name))) for name in ("car", "pumper", "walking", "wheelchair")}


def box(west: float, south: float, east: float, north: float) -> BaseGeometry:
    return shapely.Polygon([position(*each) for each in ((west, south), (east, south), (east, north), (west, north))])


def at(now: Conditions, x: float, y: float) -> list[Stand]:
    return stands(now, now.topology.places.near(*position(x, y), now.usable, 500)[0])


boxes = st.lists(
    st.tuples(st.floats(-50, 600), st.floats(-50, 600), st.floats(5, 150), st.floats(5, 150)), min_size=1, max_size=6
)
depths = st.one_of(st.none(), st.sampled_from([0.05, 0.1, 0.25, 0.29, 0.3, 2.0]))
places = st.tuples(*[st.floats(0, 100.0 * (SIDE - 1))] * 4)


@settings(max_examples=120, deadline=None)
@given(name=st.sampled_from(["car", "pumper", "walking", "wheelchair"]), boxes=boxes, data=st.data(), ends=places)
def test_ways_are_the_cheapest_that_are_left(
    town: Topology,
    by_profile: dict[str, Conditions],
    name: str,
    boxes: list[tuple[float, float, float, float]],
    data: st.DataObject,
    ends: tuple[float, float, float, float],
) -> None:
    now = by_profile[name]
    areas = [Area(box(x, y, x + wide, y + high), data.draw(depths)) for x, y, wide, high in boxes]
    found = avoiding(now, areas)
    if not found.on.usable.any():
        return
    origin, destination = at(found.on, *ends[:2]), at(found.on, *ends[2:])
    way = fastest(found.on, origin, destination, found.raised)

    # The same on these weights without any hierarchy.
    plain = Conditions(town, now.profile, found.on.impedance, found.raised)
    same = fastest(plain, origin, destination)
    assert (way is None) == (same is None)
    # The same drawn as closures, which also let one turn back before them: never dearer.
    drawn = [Closure(str(number), area.drawing, area.depth_m) for number, area in enumerate(areas)]
    closed = closed_by(town, drawn, name)
    after = conditions(town, now.profile, closed=closed.closed, depth_m=closed.depth_m)
    np.testing.assert_allclose(found.settled.impedance.weights, after.impedance.weights, atol=1)
    assert np.array_equal(found.settled.impedance.rule != 0, after.impedance.rule != 0)
    best = fastest(found.settled, origin, destination)
    assert way is None or best is not None
    if way is None or same is None or best is None:
        return
    assert way.cost == same.cost
    assert best.cost <= way.cost
    used = town.network.stretch[way.edges]
    for area, touched in zip(areas, found.touched, strict=True):
        if area.depth_m is None or area.depth_m >= now.profile.wading_depth_m:
            assert not np.isin(used, touched).any()
    assert found.met_by(way) == tuple(bool(set(touched) & set(used)) for touched in found.touched)
    before = fastest(now, origin, destination)
    assert before is not None
    assert before.cost <= way.cost


def test_in_water_a_car_is_as_slow_as_the_curve_says() -> None:
    town = topology_of(
        street_map([street("a", (0, 0), (100, 0), (200, 0), (300, 0)), street("b", (100, 0), (100, 50))])
    )
    now = with_metric(conditions(town, profile("car")))
    found = avoiding(now, [Area(box(120, -10, 180, 10), 0.2), Area(box(130, -10, 170, 10), 0.1)])
    before = fastest(now, at(now, 0, 0), at(now, 300, 0))
    way = fastest(found.on, at(found.on, 0, 0), at(found.on, 300, 0), found.raised)
    assert before is not None
    assert way is not None
    dry_kph = 18.0  # of a residential street
    wet_kph = float(flooded_speed_kph(200, dry_kph, CENTRAL))
    assert wet_kph < dry_kph
    wet = town.network.stretches.length_m[found.touched[0]].sum()  # the whole stretch counts
    assert wet == pytest.approx(200, abs=1)
    assert way.cost - before.cost == pytest.approx(wet * 3.6 * (1 / wet_kph - 1 / dry_kph) * 1000, abs=3)
    assert way.weights.sum() == pytest.approx(way.cost, abs=2)


def test_who_sets_out_in_the_water_is_slow_from_the_start(by_profile: dict[str, Conditions]) -> None:
    now = by_profile["car"]
    found = avoiding(now, [Area(box(-10, -10, 90, 90), 0.2)])
    before = fastest(now, at(now, 0, 50), at(now, 0, 300))
    way = fastest(found.on, at(found.on, 0, 50), at(found.on, 0, 300), found.raised)
    assert before is not None
    assert way is not None
    assert way.weights[0] > before.weights[0]
    assert way.cost > before.cost


def test_edges_keep_the_rule_that_shuts_them(by_profile: dict[str, Conditions]) -> None:
    now = by_profile["car"]
    found = avoiding(
        now, [Area(box(110, -10, 190, 10)), Area(box(310, -10, 390, 10), 0.5), Area(box(210, 20, 250, 60))]
    )
    edges = [found.on.topology.edges_of_all(each) for each in found.touched]
    assert [set(found.on.impedance.rule[each].tolist()) for each in edges] == [
        {Rule.CLOSED},
        {Rule.WADING_DEPTH},
        set(),
    ]
    assert (found.on.impedance.weights[np.concatenate(edges)] == UNREACHABLE).all()
    assert (now.impedance.rule[np.concatenate(edges)] == 0).all(), "what was there before is as it was"
    assert avoiding(now, []).raised.tolist() == now.weights.tolist()


@pytest.mark.parametrize("depth_m", [0.0, -1.0, float("nan"), float("inf")])
def test_a_depth_that_is_none(by_profile: dict[str, Conditions], depth_m: float) -> None:
    with pytest.raises(InputError, match="depth"):
        avoiding(by_profile["car"], [Area(box(0, 0, 10, 10), depth_m)])


def test_groups_of_edges_and_turns_are_those_that_a_look_finds(town: Topology) -> None:
    random = np.random.default_rng(1)
    stretches = random.choice(len(town.network.stretches), 20, replace=False)
    assert town.edges_of_all(stretches).tolist() == [
        edge for each in stretches for edge in town.edges_of(each).tolist()
    ]
    edges = random.choice(town.network.edges, 20, replace=False).astype(np.int32)
    onto = [turn for edge in edges for turn in np.flatnonzero(town.turns.behind == edge).tolist()]
    assert town.turns_onto(edges).tolist() == onto
    assert len(town.edges_of_all(np.empty(0, np.int64))) == 0

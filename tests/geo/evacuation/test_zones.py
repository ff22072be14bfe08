"""Nobody enters a zone; who starts inside gets out, as an independent search over all pairs of stretches says."""

from collections import deque

import numpy as np
import pytest

from geo.errors import InputError
from geo.evacuation.zones import metres_inside, never_entering, seconds_on_foot
from geo.network.profiles import profile
from geo.routing.graph import UNREACHABLE
from geo.travel.closing import stretches_meant
from geo.travel.conditions import Conditions, conditions
from geo.travel.finding import Stand, fastest, stands
from geo.travel.steps import length_m
from geo.travel.topology import topology_of
from tests.geo.travel.streets import grid, position, street, street_map
from tests.geo.travel.test_avoiding import box

SIDE = 7


@pytest.fixture(scope="module")
def walking() -> Conditions:
    return conditions(topology_of(street_map(grid(SIDE))), profile("walking"))


def zone_of(now: Conditions, west: float, south: float, east: float, north: float) -> np.ndarray:
    found = np.zeros(len(now.topology.network.stretches), bool)
    found[stretches_meant(now.topology, box(west, south, east, north))] = True
    return found


def at(now: Conditions, x: float, y: float) -> list[Stand]:
    return stands(now, now.topology.places.near(*position(x, y), now.usable, 500)[0])


def inside_of(now: Conditions, edges: np.ndarray, zone: np.ndarray) -> list[bool]:
    found: list[bool] = zone[now.topology.network.stretch[edges]].tolist()
    return found


def reached(now: Conditions, start: int, zone: np.ndarray, *, from_inside: bool) -> set[int]:
    """Edges by a plain search over the turns, by the rule as it is written."""
    turns, inside = now.topology.turns, zone[now.topology.network.stretch]
    onward: dict[int, list[int]] = {}
    for before, behind, weight in zip(turns.before.tolist(), turns.behind.tolist(), now.weights.tolist(), strict=True):
        may = not inside[behind] or (from_inside and bool(inside[before]))
        if weight < UNREACHABLE and may:
            onward.setdefault(before, []).append(behind)
    seen, queue = {start}, deque([start])
    while queue:
        for edge in onward.get(queue.popleft(), []):
            if edge not in seen:
                seen.add(edge)
                queue.append(edge)
    return seen


def test_from_outside_no_way_uses_a_zone_and_goes_round(walking: Conditions) -> None:
    zone = zone_of(walking, 150, -50, 350, 450)
    kept = never_entering(walking, zone, from_inside=False)
    plain = fastest(walking, at(walking, 50, 200), at(walking, 550, 200))
    way = fastest(kept, at(kept, 50, 200), at(kept, 550, 200))
    assert plain is not None
    assert way is not None
    assert any(inside_of(walking, plain.edges, zone))
    assert not any(inside_of(walking, way.edges, zone))
    assert way.cost > plain.cost
    assert metres_inside(walking, way, zone) == 0
    assert metres_inside(walking, plain, zone) == pytest.approx(300, abs=1)


def test_who_is_inside_gets_out_and_stays_out(walking: Conditions) -> None:
    zone = zone_of(walking, 150, 150, 350, 350)
    kept = never_entering(walking, zone, from_inside=True)
    for goal in ((0, 50), (550, 600), (250, 50), (600, 350)):
        way = fastest(kept, at(kept, 250, 250), at(kept, *goal))
        assert way is not None
        inside = inside_of(walking, way.edges, zone)
        assert inside[0]
        assert inside == sorted(inside, reverse=True)  # all that is inside comes first
    # A building in the zone is reached from inside, and not from outside.
    assert fastest(kept, at(kept, 250, 200), at(kept, 200, 250)) is not None
    assert fastest(kept, at(kept, 0, 50), at(kept, 250, 200)) is None


@pytest.mark.parametrize("from_inside", [True, False])
def test_what_is_reached_is_what_the_rule_says(walking: Conditions, *, from_inside: bool) -> None:
    random = np.random.default_rng(7)
    for _ in range(10):
        west, south = random.uniform(0, 400, 2)
        zone = zone_of(walking, west, south, west + 150, south + 250)
        kept = never_entering(walking, zone, from_inside=from_inside)
        for start in random.integers(0, walking.topology.network.edges, 5).tolist():
            found = kept.topology.searcher.within(kept.weights, start, UNREACHABLE - 1).nodes
            assert set(found.tolist()) == reached(walking, start, zone, from_inside=from_inside)


def test_a_mask_of_another_network_is_refused(walking: Conditions) -> None:
    with pytest.raises(InputError):
        never_entering(walking, np.zeros(3, bool), from_inside=True)


def test_time_on_foot() -> None:
    """A street of 100 m with 20 m of stairs behind it, at a pace and at half of it."""
    way = [street("flat", (0, 0), (100, 0)), street("stairs", (100, 0), (120, 0), highway="steps")]
    now = conditions(topology_of(street_map([*way, street("end", (120, 0), (220, 0))])), profile("walking"))
    found = fastest(now, at(now, 0, 0), at(now, 220, 0))
    assert found is not None
    assert length_m(now.topology.network, found) == pytest.approx(220, abs=0.5)
    assert seconds_on_foot(now, found.cost, 30, 1.0) == pytest.approx(200 + 40 + 30, abs=1)
    assert seconds_on_foot(now, found.cost, 30, 0.5) == pytest.approx(540, abs=2)
    wheels = conditions(now.topology, profile("wheelchair"))
    assert fastest(wheels, at(wheels, 0, 0), at(wheels, 220, 0)) is None
    for pace in (0.0, -1.0, float("nan")):
        with pytest.raises(InputError):
            seconds_on_foot(now, 1000, 0, pace)

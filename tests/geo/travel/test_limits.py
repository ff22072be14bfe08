"""Limits that leave a vehicle little room: which ones along a way are told, by hand."""

from typing import Any

import pytest

from geo.network.building import build_network
from geo.network.limits import NEAR_M
from geo.network.profiles import profile
from geo.network.records import Barrier
from geo.network.rules import Rule
from geo.travel.conditions import conditions
from geo.travel.finding import fastest, stands
from geo.travel.limits import near_limits
from geo.travel.topology import topology_of
from tests.geo.travel.streets import PLANE, position, street

PUMPER = profile("pumper")


def limits(vehicle: str, barriers: tuple[Barrier, ...] = (), **tags: Any) -> list[tuple[Rule, float, float]]:
    """Of the way along three streets, the one in the middle of which has limits and is crossed by another."""
    ways = [
        street("before", (0, 0), (100, 0), highway="trunk"),
        street("between", (100, 0), (150, 0), (200, 0), highway="trunk", **tags),
        street("across", (150, 0), (150, 80), highway="trunk"),
        street("behind", (200, 0), (300, 0), highway="trunk"),
    ]
    network, _ = build_network(ways, (), barriers, plane=PLANE)
    now = conditions(topology_of(network), profile(vehicle))
    start, end = (now.topology.places.near(*position(x, 0), now.usable, 20.0, 1)[0] for x in (10, 290))
    way = fastest(now, stands(now, start), stands(now, end))
    assert way is not None
    found = near_limits(now, way)
    for each in found:
        rows = network.stretches.way[network.stretch[way.edges[each.first : each.behind]]]
        assert {str(network.ways.id[row]) for row in rows} == {"w-between"}
    return [(each.rule, each.limit_m, each.needed_m) for each in found]


def test_a_limit_is_told_once_for_the_street_it_is_of() -> None:
    near = PUMPER.width_m + 0.2
    assert limits("pumper", max_width_m=near) == [(Rule.TOO_NARROW, near, PUMPER.width_m)]


@pytest.mark.parametrize(("more", "told"), [(0.0, True), (NEAR_M - 0.01, True), (NEAR_M + 0.01, False)])
def test_what_is_near(more: float, told: bool) -> None:
    assert bool(limits("pumper", max_height_m=PUMPER.height_m + more)) == told


def test_measured_widths_count_and_guesses_do_not() -> None:
    assert limits("pumper", width_m=PUMPER.min_road_width_m + 0.1)[0][0] is Rule.TOO_NARROW
    assert limits("pumper") == []
    assert limits("pumper", lanes=1) == []


def test_barriers() -> None:
    gate = (Barrier("n150/0", "gate", {}, max_width_m=PUMPER.width_m + 0.1),)
    ((rule, limit, needed),) = limits("pumper", gate)
    assert (rule, limit, needed) == (Rule.BARRIER_TOO_NARROW, PUMPER.width_m + 0.1, PUMPER.width_m)


def test_who_walks_passes_under_any_limit() -> None:
    assert limits("walking", max_width_m=0.9, max_height_m=2.0) == []

"""Barriers stand between the stretches that meet at them, for those whom they keep out."""

import numpy as np
import pytest

from geo.network.barriers import bars_of
from geo.network.impedance import impedance
from geo.network.model import RoadNetwork
from geo.network.profiles import profile
from geo.network.records import Barrier
from geo.network.rules import Rule
from geo.routing.graph import UNREACHABLE
from geo.routing.search import Searcher
from tests.geo.network.test_building import check
from tests.geo.network.towns import built, cross, network, way


def reached(made: RoadNetwork, start: str, name: str) -> set[str]:
    """Ids of the nodes that a profile comes to from the first node of an id."""
    weights = impedance(made, profile(name)).weights
    origin = int(np.flatnonzero(made.node_id == start)[0])
    found = Searcher(made.graph).within(weights, [origin], UNREACHABLE - 1)
    return set(made.node_id[found.nodes].tolist())


def test_a_bollard_in_a_street_keeps_cars_out_from_both_sides() -> None:
    made, report = built([way("w1", "n c s far")], barriers=[Barrier("c", "bollard")])
    check(made, report)
    assert (report.barriers, len(made.stretches)) == (1, 3)
    assert reached(made, "n", "car") == {"n", "c"}
    assert reached(made, "far", "car") == {"far", "c"}
    assert reached(made, "n", "walking") == reached(made, "n", "wheelchair") == {"n", "c", "far"}
    rules = impedance(made, profile("car")).rule
    assert sorted(rules.tolist()) == [0, 0, 0, 0, Rule.BARRIER, Rule.BARRIER]


def test_a_bollard_at_a_crossing_separates_every_pair_of_arms() -> None:
    made, report = built(cross(), barriers=[Barrier("c", "bollard")])
    check(made, report)
    assert [reached(made, end, "car") for end in "new"] == [{end, "c"} for end in "new"]
    assert reached(made, "n", "walking") == {"n", "e", "s", "w", "c", "far"}


def test_a_barrier_at_the_end_of_a_street_changes_nothing() -> None:
    made = network(cross(), barriers=[Barrier("n", "bollard")])
    assert reached(made, "n", "car") == {"n", "e", "s", "w", "c", "far"}


@pytest.mark.parametrize("drawn", ["n c s", "s c n"])
@pytest.mark.parametrize("oneway", ["yes", "-1"])
def test_a_barrier_goes_with_the_traffic_of_its_way(drawn: str, oneway: str) -> None:
    made = network([way("w1", drawn, oneway=oneway)], barriers=[Barrier("c", "gate", {"foot": "no"})])
    southward = (drawn[0] == "n") == (oneway == "yes")
    assert len(made.stretches) == 3
    assert ("s" in reached(made, "n", "car")) == southward
    assert ("n" in reached(made, "s", "car")) == (not southward)
    assert "s" not in reached(made, "n", "walking")


def test_who_passes_a_private_gate() -> None:
    made = network([way("w1", "n c s")], barriers=[Barrier("c", "gate", {"motor_vehicle": "private"})])
    assert "s" in reached(made, "n", "pumper")
    assert "s" not in reached(made, "n", "car")


@pytest.mark.parametrize(
    ("kind", "tags", "kept_out"),
    [
        ("gate", {}, set()),
        ("bollard", {}, {"car"}),
        ("strange", {}, {"car"}),
        ("bollard", {"motor_vehicle": "yes"}, set()),
        ("kissing_gate", {}, {"car", "wheelchair"}),
        ("kissing_gate", {"wheelchair": "yes"}, {"car"}),
        ("gate", {"access": "no"}, {"car", "walking", "wheelchair"}),
        ("gate", {"access": "no", "foot": "yes"}, {"car"}),
    ],
)
def test_whom_a_barrier_keeps_out(kind: str, tags: dict[str, str], kept_out: set[str]) -> None:
    made = network([way("w1", "n c s")], barriers=[Barrier("c", kind, tags)])
    assert {name for name in ("car", "walking", "wheelchair") if "s" not in reached(made, "n", name)} == kept_out


def test_of_two_barriers_at_a_node_the_strictest_holds() -> None:
    gates = [Barrier("c", "gate", {"foot": "no"}), Barrier("c", "bollard", {"foot": "yes"})]
    assert bars_of(gates) == bars_of(gates[::-1])
    made = network([way("w1", "n c s")], barriers=gates)
    assert reached(made, "n", "walking") == {"n", "c"}
    assert reached(made, "n", "car") == {"n", "c"}


def rules(made: RoadNetwork, name: str) -> tuple[set[Rule], set[Rule]]:
    """Rules that exclude, and doubts, at the barriers of a network without dead ends that matter."""
    found = impedance(made, profile(name))
    barred = made.stretches.length_m[made.stretch] == 0
    return {Rule(each) for each in found.rule[barred] if each}, {Rule(each) for each in found.doubt[barred] if each}


@pytest.mark.parametrize(
    ("kind", "limits", "excluded"),
    [
        ("height_restrictor", {"max_height_m": 2.9}, {"tank": Rule.BARRIER_TOO_LOW}),
        ("height_restrictor", {"max_height_m": 2.8}, {"tank": Rule.BARRIER_TOO_LOW}),
        ("height_restrictor", {"max_height_m": 2.0}, dict.fromkeys(("pumper", "tank"), Rule.BARRIER_TOO_LOW)),
        ("gate", {"max_width_m": 2.1}, {"tank": Rule.BARRIER_TOO_NARROW}),
        ("gate", {"max_width_m": 2.0}, dict.fromkeys(("pumper", "tank"), Rule.BARRIER_TOO_NARROW)),
        ("gate", {"max_width_m": 0.6}, dict.fromkeys(("car", "pumper", "tank", "wheelchair"), Rule.BARRIER_TOO_NARROW)),
        ("bollard", {"max_width_m": 3.0}, dict.fromkeys(("car", "pumper", "tank"), Rule.BARRIER)),
    ],
)
def test_what_fits_through_a_barrier(kind: str, limits: dict[str, float], excluded: dict[str, Rule]) -> None:
    made = network([way("w1", "n c s", highway="trunk")], barriers=[Barrier("c", kind, {}, **limits)])
    for name in ("car", "pumper", "tank", "walking", "wheelchair"):
        assert rules(made, name)[0] == ({excluded[name]} if name in excluded else set())
        assert ("s" in reached(made, "n", name)) == (name not in excluded)


def test_a_height_restrictor_of_unknown_height_is_a_doubt_for_who_drives() -> None:
    made = network([way("w1", "n c s", highway="trunk")], barriers=[Barrier("c", "height_restrictor")])
    assert rules(made, "ladder") == rules(made, "car") == (set(), {Rule.BARRIER_TOO_LOW})
    assert rules(made, "walking") == (set(), set())
    assert "s" in reached(made, "n", "ladder")


def test_of_two_limits_at_a_node_the_strictest_holds() -> None:
    gates = [Barrier("c", "gate", {}, max_width_m=2.0), Barrier("c", "gate", {}, max_width_m=3.0, max_height_m=2.5)]
    assert bars_of(gates) == bars_of(gates[::-1])
    (bar,) = bars_of(gates).values()
    assert (bar.max_width_m, bar.max_height_m) == (2.0, 2.5)

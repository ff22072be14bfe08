"""Restrictions become forbidden turns between edges, and those that cannot be said so are left out with a reason."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from geo.network.records import Barrier, TurnRestriction, Way
from geo.network.report import Findings
from geo.network.restrictions import forbidden_sequences
from tests.geo.network.towns import CROSS, built, cross, network, turns, way


def only(ways: Sequence[Way], *restriction: str) -> set[str]:
    """Forbidden turns of one restriction that must be applied."""
    made, report = built(ways, [TurnRestriction("r1", *restriction)])
    assert not report.findings
    assert report.forbidden_turns == len(made.forbidden_turns)
    return turns(made)


def sequences(ways: Sequence[Way], *restriction: str, barriers: Sequence[Barrier] = ()) -> set[str]:
    """What one restriction that must be applied forbids, as the nodes that are passed."""
    made = network(ways, barriers=barriers)
    findings = Findings()
    found = forbidden_sequences(made, [TurnRestriction("r1", *restriction)], findings)
    assert not findings.all()
    ids, graph = made.node_id, made.graph
    return {" ".join([str(ids[graph.tail[each[0]]]), *(str(ids[graph.head[edge]]) for edge in each)]) for each in found}


@pytest.mark.parametrize(
    ("kind", "target", "expected"),
    [
        ("no_left_turn", "w-w", {"s>c>w"}),
        ("no_right_turn", "w-e", {"s>c>e"}),
        ("no_straight_on", "w-n", {"s>c>n"}),
        ("no_u_turn", "w-s", {"s>c>s"}),
        ("no_entry", "w-n", {"s>c>n"}),
        ("no_exit", "w-n;w-e", {"s>c>n", "s>c>e"}),
        ("only_straight_on", "w-n", {"s>c>w", "s>c>e", "s>c>s"}),
        ("only_left_turn", "w-w", {"s>c>n", "s>c>e", "s>c>s"}),
        ("only_right_turn", "w-e", {"s>c>n", "s>c>w", "s>c>s"}),
        ("only_u_turn", "w-s", {"s>c>n", "s>c>w", "s>c>e"}),
    ],
)
def test_every_kind(kind: str, target: str, expected: set[str]) -> None:
    assert only(cross(), kind, "w-s", "nc", target) == expected


def test_several_ways_that_may_not_enter() -> None:
    assert only(cross(), "no_entry", "w-s;w-w", "nc", "w-n") == {"s>c>n", "w>c>n"}


def test_the_angle_decides_where_a_way_goes_on_beyond_the_node() -> None:
    ways = [way("w1", "s c n"), way("w2", "w c e")]
    assert only([way("w1", "s c n", oneway="yes"), ways[1]], "no_left_turn", "w1", "nc", "w2") == {"s>c>w"}
    assert only([way("w1", "s c n", oneway="-1"), ways[1]], "no_left_turn", "w1", "nc", "w2") == {"n>c>e"}
    made, report = built(ways, [TurnRestriction("r1", "no_left_turn", "w1", "nc", "w2")])
    assert (report.counts, len(made.forbidden_turns)) == ({"restriction-ambiguous": 1}, 0)


def test_ways_that_nobody_drives_to_the_node_are_no_choice() -> None:
    ways = [way("w1", "s c n", oneway="yes"), way("w2", "w c", motor_vehicle="no"), way("w3", "c e")]
    assert only(ways, "no_right_turn", "w1", "nc", "w3") == {"s>c>e"}


def test_sequences_across_ways_in_whatever_order_they_are_named() -> None:
    ways = [way("w1", "far s"), way("w2", "s c"), way("w3", "c n"), way("w4", "n e"), way("w5", "s e")]
    for via in ("w2;w3", "w3;w2"):
        assert sequences(ways, "no_left_turn", "w1", via, "w4") == {"far s c n e"}
    assert sequences(ways, "no_u_turn", "w1", "w2", "w3") == {"far s c n"}


def test_only_forbids_whatever_leaves_the_one_way() -> None:
    ways = [way("w1", "far s"), way("w2", "s c"), way("w3", "c n"), way("w4", "c w"), way("w5", "s e")]
    assert sequences(ways, "only_straight_on", "w1", "w2", "w3") == {"far s far", "far s e", "far s c s", "far s c w"}


def test_a_way_in_between_is_followed_over_its_junctions() -> None:
    ways = [way("w1", "far s"), way("w2", "s c n"), way("w3", "c w"), way("w4", "n e")]
    assert sequences(ways, "no_right_turn", "w1", "w2", "w4") == {"far s c n e"}


def test_the_traffic_decides_round_a_circle() -> None:
    ways = [way("w1", "far s"), way("w2", "s e n w s", oneway="yes"), way("w3", "n c"), way("w4", "e c")]
    assert sequences(ways, "no_straight_on", "w1", "w2", "w3") == {"far s e n c"}


@pytest.mark.parametrize(
    ("restriction", "kind"),
    [
        (("no_u_turn", "w1", "w2;w9", "w3"), "restriction-dangling"),
        (("no_u_turn", "w1", "w4", "w3"), "restriction-apart"),
        (("no_u_turn", "w1", "w2;w4", "w3"), "restriction-apart"),
        (("no_u_turn", "w1", "w2;ns", "w3"), "restriction-via-mixed"),
        (("no_u_turn", "w1", "ns;nc", "w3"), "restriction-via-mixed"),
        (("no_u_turn", "w1", "w5", "w3"), "restriction-ambiguous"),
        (("no_u_turn", "w1", None, "w3"), "restriction-incomplete"),
    ],
)
def test_what_cannot_be_read_is_left_out_with_a_reason(restriction: tuple[str | None, ...], kind: str) -> None:
    places = {**CROSS, "x": (-200, 0)}
    ways = [way("w1", "far s"), way("w2", "s c"), way("w3", "c n"), way("w4", "w x", places), way("w5", "s e c w s")]
    made, report = built(ways, [TurnRestriction("r1", *restriction)])
    assert report.counts == {kind: 1}
    assert not len(made.forbidden_turns)
    assert not made.is_twin.any()


@pytest.mark.parametrize("node", ["s", "c"])
@pytest.mark.parametrize("order", [1, -1])
def test_barriers_between_the_ways_are_passed_in_the_sequence(node: str, order: int) -> None:
    ways = [way("w1", "far s"), way("w2", "s c"), way("w3", "c n"), way("w4", "c e"), way("w5", "s w")][::order]
    found = sequences(ways, "no_u_turn", "w1", "w2", "w3", barriers=[Barrier(node, "gate", {"foot": "no"})])
    (nodes,) = (each.split() for each in found)
    passed = " ".join(name for name, after in pairwise([*nodes, ""]) if name != after)
    assert passed in "far s c n"
    assert "s c" in passed


def test_the_same_restriction_twice_is_one_turn() -> None:
    given = [TurnRestriction(f"r{number}", "no_left_turn", "w-s", "nc", "w-w") for number in range(2)]
    made, report = built(cross(), given)
    assert len(made.forbidden_turns) == 1
    assert not report.findings


def test_a_restriction_that_excepts_bicycles_binds_vehicles() -> None:
    assert only(cross(), "no_left_turn", "w-s", "nc", "w-w", "bicycle") == {"s>c>w"}


def test_forbidden_turns_are_a_column_even_if_there_are_none() -> None:
    made, _ = built(cross())
    assert made.forbidden_turns.shape == (0, 2)
    assert made.forbidden_turns.dtype == np.int32

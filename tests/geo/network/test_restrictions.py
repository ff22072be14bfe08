"""Restrictions become forbidden turns between edges, and those that cannot be said so are left out with a reason."""

from collections.abc import Sequence

import numpy as np
import pytest

from geo.network.records import TurnRestriction, Way
from tests.geo.network.towns import built, cross, turns, way


def only(ways: Sequence[Way], *restriction: str) -> set[str]:
    """Forbidden turns of one restriction that must be applied."""
    made, report = built(ways, [TurnRestriction("r1", *restriction)])
    assert not report.findings
    assert report.forbidden_turns == len(made.forbidden_turns)
    return turns(made)


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


def test_a_way_in_between_that_nobody_else_comes_onto() -> None:
    ways = [way("w1", "far s"), way("w2", "s c"), way("w3", "c n"), way("w4", "c e")]
    assert only(ways, "no_straight_on", "w1", "w2", "w3") == {"s>c>n"}


def test_a_way_in_between_that_leads_to_nothing_else() -> None:
    ways = [way("w1", "far s"), way("w2", "s c"), way("w3", "c n"), way("w4", "s e")]
    assert only(ways, "no_straight_on", "w1", "w2", "w3") == {"far>s>c"}


def test_a_way_in_between_with_others_on_both_sides_is_left_out() -> None:
    ways = [way("w1", "far s"), way("w2", "s c"), way("w3", "c n"), way("w4", "s e"), way("w5", "c w")]
    made, report = built(ways, [TurnRestriction("r1", "no_u_turn", "w1", "w2", "w3")])
    assert (report.counts, len(made.forbidden_turns)) == ({"restriction-via-way": 1}, 0)
    against = way("w4", "s e", oneway="yes")  # nobody comes from there any more
    assert only([*ways[:3], against, ways[4]], "no_u_turn", "w1", "w2", "w3") == {"s>c>n"}


def test_two_ways_in_between_are_left_out() -> None:
    ways = [way("w1", "far s"), way("w2", "s c"), way("w3", "c n"), way("w4", "n e")]
    _, report = built(ways, [TurnRestriction("r1", "no_u_turn", "w1", "w2;w3", "w4")])
    assert report.counts == {"restriction-via-way": 1}


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

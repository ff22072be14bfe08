"""Turning costs by the angle, more to the right; restrictions bind whom they bind; nobody turns back without need."""

from dataclasses import replace

import numpy as np
import pytest

from geo.errors import InputError
from geo.network.bearings import turn_angles
from geo.network.impedance import impedance
from geo.network.model import RoadNetwork
from geo.network.profiles import PROFILES, profile
from geo.network.records import Barrier, TurnRestriction
from geo.network.turning import all_turns, turn_weights
from geo.network.vehicle import TurnCosts, VehicleProfile
from geo.routing.graph import UNREACHABLE
from tests.geo.network.towns import CROSS, cross, edge, network, way

CAR = profile("car")


def cost(made: RoadNetwork, path: str, who: VehicleProfile = CAR) -> int:
    """Milliseconds of the turn ``s>c>n``."""
    tail, over, head = path.split(">")
    before, behind = edge(made, tail, over), edge(made, over, head)
    turns = all_turns(made)
    (number,) = np.flatnonzero((turns.before == before) & (turns.behind == behind))
    return int(turn_weights(made, turns, who, impedance(made, who))[number])


@pytest.mark.parametrize(
    ("path", "angle"), [("s>c>n", 0), ("s>c>w", 90), ("s>c>e", -90), ("n>c>w", -90), ("e>c>s", 90)]
)
def test_angles_are_positive_to_the_left(path: str, angle: float) -> None:
    made = network(cross())
    tail, over, head = path.split(">")
    found = turn_angles(made, [edge(made, tail, over)], [edge(made, over, head)])
    assert found[0] == pytest.approx(angle, abs=0.5)


@pytest.mark.parametrize("who", [who for who in PROFILES.values() if who.drives], ids=lambda who: who.id)
def test_right_turns_cost_more_than_left_ones(who: VehicleProfile) -> None:
    made = network(cross(highway="trunk"))
    assert cost(made, "s>c>n", who) == 0
    assert cost(made, "s>c>w", who) == who.turns.left_s * 1000
    assert cost(made, "s>c>e", who) == who.turns.right_s * 1000
    assert who.turns.right_s > who.turns.left_s > 0


def test_a_slight_turn_costs_less_than_a_sharp_one() -> None:
    places = {**CROSS, "e": (100, 100), "w": (30, 100)}
    ways = [way(f"w{end}", f"c {end}", places) for end in "snew"]
    made = network(ways)
    assert 0 == cost(made, "s>c>w") < cost(made, "s>c>e") < CAR.turns.right_s * 1000


def test_a_bend_costs_nothing() -> None:
    made = network([way("w1", "s c"), way("w2", "c e")])
    assert cost(made, "s>c>e") == 0
    with_path = network([way("w1", "s c"), way("w2", "c e"), way("w3", "c n", highway="footway")])
    assert cost(with_path, "s>c>e") == 0
    assert cost(with_path, "s>c>e", profile("walking")) == 0
    assert cost(network(cross()), "s>c>e", profile("walking")) == 0


def test_a_motorway_that_joins_is_no_bend() -> None:
    made = network([way("w1", "s c", highway="motorway"), way("w2", "c e"), way("w3", "c n", highway="motorway")])
    assert cost(made, "s>c>e") == CAR.turns.right_s * 1000


def test_one_turns_back_only_where_there_is_no_other_way_on() -> None:
    made = network([*cross(), way("w-path", "far x", {**CROSS, "x": (0, -300)}, highway="footway")])
    assert cost(made, "s>c>s") == UNREACHABLE
    assert cost(made, "c>n>c") == CAR.turns.u_turn_s * 1000
    assert cost(made, "s>far>s") == CAR.turns.u_turn_s * 1000
    assert cost(made, "s>far>x") == UNREACHABLE
    assert cost(made, "s>far>s", profile("walking")) == UNREACHABLE


def test_one_turns_back_at_a_bollard() -> None:
    made = network([way("w1", "s c"), way("w2", "c n")], barriers=[Barrier("c", "bollard")])
    turns = all_turns(made)
    weights = turn_weights(made, turns, CAR, impedance(made, CAR))
    back = made.reverse[turns.before] == turns.behind
    usable = weights < UNREACHABLE
    assert set(weights[usable].tolist()) == {CAR.turns.u_turn_s * 1000}
    assert (usable & back).sum() == usable.sum() == 4


def test_restrictions_bind_those_who_do_not_ignore_them() -> None:
    made = network(cross(), [TurnRestriction("r1", "no_straight_on", "w-s", "nc", "w-n")])
    assert cost(made, "s>c>n") == UNREACHABLE
    assert cost(made, "n>c>s") == 0
    assert cost(made, "s>c>n", profile("pumper")) == 0
    assert cost(made, "s>c>n", replace(profile("pumper"), ignores_turn_restrictions=False)) == UNREACHABLE
    assert cost(made, "s>c>n", profile("walking")) == 0


def test_who_may_go_on_nowhere_else_turns_back() -> None:
    made = network([way("w1", "s c"), way("w2", "c n")], [TurnRestriction("r1", "no_straight_on", "w1", "nc", "w2")])
    assert cost(made, "s>c>s") == CAR.turns.u_turn_s * 1000


def test_nobody_turns_onto_what_is_closed() -> None:
    made = network(cross())
    turns = all_turns(made)
    closed = np.arange(made.edges) == edge(made, "c", "n")
    weights = turn_weights(made, turns, CAR, impedance(made, CAR, closed=closed))
    assert np.all((weights == UNREACHABLE)[closed[turns.behind] | closed[turns.before]])


def test_a_stretch_without_length_has_no_angle() -> None:
    places = {**CROSS, "twin": CROSS["c"]}
    made = network([way("w1", "s c"), way("w2", "c twin", places), way("w3", "twin e", places), way("w4", "c n")])
    assert np.isnan(turn_angles(made, [edge(made, "s", "c")], [edge(made, "c", "twin")])).all()
    assert cost(made, "s>c>twin") == 0


def test_turns_of_another_network_are_refused() -> None:
    made, other = network(cross()), network(cross())
    with pytest.raises(InputError, match="another network"):
        turn_weights(made, all_turns(other), CAR, impedance(made, CAR))


def test_a_turn_has_a_cost_that_is_a_time() -> None:
    with pytest.raises(InputError):
        TurnCosts(left_s=-1)
    with pytest.raises(InputError):
        TurnCosts(right_s=float("nan"))

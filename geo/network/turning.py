"""What turning costs a vehicle, and which turns it may not make."""

import numpy as np

from geo.errors import InputError
from geo.network.bearings import turn_angles
from geo.network.impedance import Impedance
from geo.network.model import RoadNetwork
from geo.network.vehicle import VehicleProfile
from geo.routing.graph import UNREACHABLE, FloatArray, Int32Array, Int64Array, Mask, whole_units
from geo.routing.turns import TurnGraph, turn_graph

_STRAIGHT_DEGREES = 30.0
"""Up to here one goes straight on; from here the cost rises evenly up to that of a turn by 90 degrees."""


def all_turns(network: RoadNetwork) -> TurnGraph:
    """Every turn of the network, also forbidden ones and those back; onto twins those that there are.

    One topology for all profiles: which of the turns a vehicle may make differs, so ``turn_weights`` says it.
    """
    graph = network.graph
    twins = np.flatnonzero(network.is_twin)
    # All that lead to where a twin begins, but those that may lead onto it.
    begins = np.zeros(graph.nodes, np.bool_)
    begins[graph.tail[twins]] = True
    into = np.flatnonzero(begins[graph.head])
    into = into[np.argsort(graph.head[into], kind="stable")]
    first, behind = (np.searchsorted(graph.head[into], graph.tail[twins], side).tolist() for side in ("left", "right"))
    meeting = {
        (before, twin)
        for number, twin in enumerate(twins.tolist())
        for before in into[first[number] : behind[number]].tolist()
    }
    others = meeting - {(before, twin) for before, twin in network.turns_onto_twins.tolist()}
    return turn_graph(graph, np.full(network.edges, -1, np.int32), sorted(others))


def turn_weights(
    network: RoadNetwork,
    turns: TurnGraph,
    profile: VehicleProfile,
    on: Impedance,
    angles: FloatArray | None = None,
    these: Int64Array | None = None,
) -> Int32Array:
    """Milliseconds of each turn of the turn graph, without the edges it joins; ``UNREACHABLE`` where it is not made.

    Traffic keeps left, so that a turn to the right crosses it and costs more.  Turns cost nothing where no third way
    that the vehicle may use meets the two: that is a bend.  It turns back only where it may not go on, as at the end of
    a street, or where there is but a footpath further on.  Restrictions bind who drives and does not ignore them.

    ``these`` are numbers of turns, all of each edge that they come from: then it is theirs alone.  ``angles`` are those
    of ``turn_angles`` for the turns that are asked for, where they are at hand.

    Raises
    ------
    InputError
        If the turns are those of another network.
    """
    if turns.roads is not network.graph:
        raise InputError("The turns are those of another network.")
    before, behind = turns.before, turns.behind
    if these is not None:
        before, behind = before[these], behind[these]
    back = network.reverse[before] == network.original[behind]
    usable = on.weights < UNREACHABLE
    free = usable[before] & usable[behind] & ~_forbidden(network, before, behind, profile)
    ahead = np.bincount(before[free & ~back], minlength=network.edges) > 0
    seconds = _seconds(turn_angles(network, before, behind) if angles is None else angles, profile)
    seconds[~_crossing(network, usable)[network.graph.head[before]]] = 0.0
    seconds[back] = profile.turns.u_turn_s
    seconds[~free | (back & ahead[before])] = np.inf
    return whole_units(seconds)


def _seconds(angle: FloatArray, profile: VehicleProfile) -> FloatArray:
    share = np.clip((np.abs(angle) - _STRAIGHT_DEGREES) / (90.0 - _STRAIGHT_DEGREES), 0.0, 1.0)
    side = np.where(angle > 0, profile.turns.left_s, profile.turns.right_s)
    return np.nan_to_num(share * side)


def _crossing(network: RoadNetwork, usable: Mask) -> Mask:
    """``(nodes,)`` where three or more ends of stretches meet that can be used in one direction at least."""
    reverse = network.reverse
    either = usable | (usable[reverse] & (reverse >= 0))
    graph = network.graph
    either &= ~network.is_twin
    leaving = np.bincount(graph.tail[either], minlength=graph.nodes)
    single = either & (reverse < 0)  # no edge leaves the far end
    return np.asarray(leaving + np.bincount(graph.head[single], minlength=graph.nodes) > 2, np.bool_)


def _forbidden(network: RoadNetwork, before: Int32Array, behind: Int32Array, profile: VehicleProfile) -> Mask:
    if not (len(network.forbidden_turns) or len(network.turns_onto_twins)):
        return np.zeros(len(before), np.bool_)
    if profile.ignores_turn_restrictions or not profile.drives:
        return np.asarray(network.is_twin[before] | network.is_twin[behind], np.bool_)
    onto = network.turns_onto_twins.copy()
    onto[:, 1] = network.original[onto[:, 1]]  # who is bound takes the twin
    pairs = np.concatenate([network.forbidden_turns, onto]).astype(np.int64)
    key = before.astype(np.int64) * network.edges + behind
    return np.isin(key, pairs[:, 0] * network.edges + pairs[:, 1])

"""Sequences of edges are forbidden exactly: the cost of every way is that of the cheapest drive that holds none."""

from collections.abc import Callable
from dataclasses import replace
from heapq import heappop, heappush

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.network.building import build_network
from geo.network.impedance import impedance
from geo.network.model import RoadNetwork
from geo.network.profiles import profile
from geo.network.records import TurnRestriction, Way
from geo.network.turning import all_turns, turn_weights
from geo.network.twins import with_forbidden
from geo.network.vehicle import TurnCosts, VehicleProfile
from geo.routing.graph import UNREACHABLE
from geo.travel.conditions import Conditions, conditions, with_metric
from geo.travel.finding import Stand, fastest
from geo.travel.matrix import travel_costs
from geo.travel.reach import reach
from geo.travel.steps import Maneuver, steps_of
from geo.travel.topology import topology_of
from tests.geo.network.towns import built, network, way
from tests.geo.travel.streets import PLANE, street, street_map

CAR = replace(profile("car"), turns=TurnCosts(1.0, 2.0, 5.0))
PUMPER = profile("pumper")
Sequences = set[tuple[int, ...]]
Allowed = Callable[[tuple[int, ...]], bool]


_PLACES = [(x * 100.0, y * 90.0 + x * 13.0) for x in range(3) for y in range(3)]
_CORNERS = [(a, b) for a in range(9) for b in range(a + 1, 9) if b - a == 3 or (b - a == 1 and b % 3)]


def street_of(ends: tuple[int, int]) -> Way:
    return street(f"{ends[0]}-{ends[1]}", _PLACES[ends[0]], _PLACES[ends[1]])


def town(drawn: list[tuple[int, int]]) -> RoadNetwork:
    """Streets between places of a lattice of three by three."""
    return street_map([street_of(each) for each in drawn])


def holds_none(sequences: Sequences) -> Allowed:
    return lambda history: not any(history[-len(each) :] == each for each in sequences)


def enumerated(made: RoadNetwork, who: VehicleProfile, allowed: Allowed, longest: int, start: int) -> dict[int, int]:
    """Costs from the end of an edge to the end of each, by Dijkstra over whole histories of so many edges.

    Nothing of the automaton is used: a drive goes on where ``allowed`` says so of what was driven.
    """
    turns = all_turns(made)
    free = turn_weights(made, turns, replace(who, ignores_turn_restrictions=True), impedance(made, who))
    cost = {(int(a), int(b)): int(c) for a, b, c in zip(turns.before, turns.behind, free, strict=True)}
    weight = impedance(made, who).weights
    u_turn = round(who.turns.u_turn_s * 1000)

    best: dict[tuple[int, ...], int] = {}
    queue: list[tuple[int, tuple[int, ...]]] = [(0, (start,))]
    found: dict[int, int] = {}
    while queue:
        at, history = heappop(queue)
        if history in best:
            continue
        best[history] = at
        last = history[-1]
        found.setdefault(last, at)
        onward = range(
            int(made.graph.first_arc[made.graph.head[last]]), int(made.graph.first_arc[made.graph.head[last] + 1])
        )
        ahead = [
            edge
            for edge in onward
            if edge != made.reverse[last] and weight[edge] < UNREACHABLE and allowed((*history, edge))
        ]
        # It turns back only where it may not go on.
        for edge in ahead or [edge for edge in onward if edge == made.reverse[last] and allowed((*history, edge))]:
            turning = u_turn if edge == made.reverse[last] else cost[last, edge]
            heappush(queue, (at + turning + int(weight[edge]), (*history, edge)[-longest:]))
    return found


def searched(made: RoadNetwork, who: VehicleProfile, start: int) -> dict[int, int]:
    """Costs from an edge to each, the lesser of itself and its twins, by the hierarchy."""
    now = with_metric(conditions(topology_of(made), who))
    every = [[Stand(edge, 1.0)] for edge in range(made.edges)]
    row = travel_costs(now, [[Stand(int(np.flatnonzero((made.original == start) & ~made.is_twin)[0]), 1.0)]], every)[0]
    found: dict[int, int] = {}
    for edge, cost in enumerate(row.tolist()):
        if cost < UNREACHABLE:
            original = int(made.original[edge])
            found[original] = min(found.get(original, UNREACHABLE), cost)
    return found


def numbers(plain: RoadNetwork, restricted: RoadNetwork) -> dict[int, int]:
    """Of the edges of a network with twins those they have in the one without, by stretch and direction."""
    number = {(int(plain.stretch[edge]), bool(plain.along[edge])): edge for edge in range(plain.edges)}
    return {
        int(each): number[int(restricted.stretch[each]), bool(restricted.along[each])]
        for each in np.flatnonzero(~restricted.is_twin)
    }


@st.composite
def cases(draw: st.DrawFn) -> tuple[RoadNetwork, Sequences, int]:
    drawn = draw(st.lists(st.sampled_from(_CORNERS), min_size=5, max_size=12, unique=True))
    made = town(drawn)
    sequences: Sequences = set()
    for _ in range(draw(st.integers(1, 8))):
        sequence = [draw(st.integers(0, made.edges - 1))]
        for _ in range(draw(st.integers(1, 4))):
            head = made.graph.head[sequence[-1]]
            onward = range(int(made.graph.first_arc[head]), int(made.graph.first_arc[head + 1]))
            sequence.append(draw(st.sampled_from(onward)))
        sequences.add(tuple(sequence))
    return made, sequences, draw(st.integers(0, made.edges - 1))


@settings(deadline=None, max_examples=60)
@given(cases())
def test_costs_are_those_of_all_drives_that_hold_no_forbidden_sequence(
    case: tuple[RoadNetwork, Sequences, int],
) -> None:
    made, sequences, start = case
    restricted = with_forbidden(made, sequences)
    back = numbers(made, restricted)
    forth = {old: new for new, old in back.items()}
    assert {
        back[edge]: cost for edge, cost in searched(restricted, CAR, forth[start]).items() if edge != forth[start]
    } == {edge: cost for edge, cost in enumerated(made, CAR, holds_none(sequences), 6, start).items() if edge != start}
    for who in (PUMPER, profile("walking")):  # who ignores restrictions finds the network without them
        ignoring = {back[edge]: cost for edge, cost in searched(restricted, who, forth[start]).items()}
        assert ignoring == searched(made, who, start)


@st.composite
def signed(draw: st.DrawFn) -> tuple[list[tuple[int, int]], list[tuple[str, list[int]]], int]:
    """Streets, restrictions as ``no`` or ``only`` with a walk over three to five of them, and where a drive begins."""
    drawn = draw(st.lists(st.sampled_from(_CORNERS), min_size=6, max_size=12, unique=True))
    made = town(drawn)
    given: list[tuple[str, list[int]]] = []
    for _ in range(draw(st.integers(1, 4))):
        walk = [draw(st.integers(0, made.edges - 1))]
        for _ in range(draw(st.integers(2, 4))):
            head = made.graph.head[walk[-1]]
            used = made.stretch[walk]
            onward = [edge for edge in _onward(made, int(head)) if made.stretch[edge] not in used]
            if not onward:
                break
            walk.append(draw(st.sampled_from(onward)))
        if len(walk) > 2:
            given.append((draw(st.sampled_from(["no", "only"])), walk))
    return drawn, given, draw(st.integers(0, made.edges - 1))


def _onward(made: RoadNetwork, node: int) -> range:
    return range(int(made.graph.first_arc[node]), int(made.graph.first_arc[node + 1]))


@settings(deadline=None, max_examples=60)
@given(signed())
def test_relations_across_ways_mean_what_they_say(
    case: tuple[list[tuple[int, int]], list[tuple[str, list[int]]], int],
) -> None:
    """Oracle: of a drive ``no`` forbids the walk, and ``only`` all that follows its first street but the walk."""
    drawn, given_, start = case
    made = town(drawn)
    names = [str(made.ways.id[made.way[edge]]) for edge in range(made.edges)]
    restrictions = [
        TurnRestriction(f"r{number}", f"{verb}_straight_on", names[walk[0]], via, names[walk[-1]])
        for number, (verb, walk) in enumerate(given_)
        for via in [";".join(names[edge] for edge in walk[1:-1])]
    ]
    restricted, report = build_network([street_of(each) for each in drawn], restrictions, plane=PLANE)
    assert not report.findings

    def allowed(history: tuple[int, ...]) -> bool:
        for verb, walk in given_:
            if verb == "no" and list(history[-len(walk) :]) == walk:
                return False
            for place in range(len(history)):
                followed = list(history[place : place + len(walk)])
                if verb == "only" and followed[0] == walk[0] and followed != walk[: len(followed)]:
                    return False
        return True

    back = numbers(made, restricted)
    forth = {old: new for new, old in back.items()}
    found = {back[edge]: cost for edge, cost in searched(restricted, CAR, forth[start]).items()}
    expected = enumerated(made, CAR, allowed, 6, start)
    assert {edge: cost for edge, cost in found.items() if edge != start} == {
        edge: cost for edge, cost in expected.items() if edge != start
    }


WAYS = [way("w1", "far s"), way("w2", "s c"), way("w3", "c n"), way("w4", "c e"), way("w5", "s w")]
NO = TurnRestriction("r1", "no_straight_on", "w1", "w2", "w3")


def test_twins_are_the_same_piece_of_road() -> None:
    made, report = built(WAYS, [NO])
    plain = network(WAYS)
    assert (report.twins, report.forbidden_turns, report.edges) == (1, 1, plain.edges + 1)
    (twin,) = np.flatnonzero(made.is_twin)
    own = int(made.original[twin])
    for column in (made.stretch, made.along, made.reverse, made.graph.tail, made.graph.head):
        assert column[twin] == column[own]
    assert made.graph.tail.tolist() == sorted(made.graph.tail.tolist())
    assert np.all(made.original[~made.is_twin] == np.flatnonzero(~made.is_twin))
    assert made.onward.tolist() == np.bincount(plain.graph.tail).tolist()
    turns = all_turns(made)
    assert turns.graph.arcs == all_turns(plain).graph.arcs + 1 + plain.onward[plain.graph.head[own]]


def standing(now: Conditions, name: str, share: float) -> list[Stand]:
    network = now.topology.network
    (stretch,) = np.flatnonzero(network.ways.id[network.stretches.way] == name)
    return [
        Stand(int(edge), share if network.along[edge] else 1.0 - share) for edge in now.topology.edges_of(int(stretch))
    ]


def test_who_ends_on_the_way_between_gets_there_and_who_starts_there_is_free() -> None:
    now = with_metric(conditions(topology_of(network(WAYS, [NO])), CAR))
    assert fastest(now, standing(now, "w1", 0.5), standing(now, "w2", 0.5)) is not None
    free = with_metric(conditions(topology_of(network(WAYS)), CAR))
    for origin, destination, is_dearer in (
        ("w1", "w3", True),
        ("w2", "w3", False),
        ("w5", "w3", False),
        ("w1", "w4", False),
    ):
        way_, other = (
            fastest(each, standing(each, origin, 0.5), standing(each, destination, 0.5)) for each in (now, free)
        )
        assert other is not None
        assert way_ is not None
        assert (way_.cost > other.cost) is is_dearer, (origin, destination)


def test_what_is_reached_and_told_knows_no_twins() -> None:
    now, free = (with_metric(conditions(topology_of(network(WAYS, given)), CAR)) for given in ([NO], []))
    one, other = (reach(each, standing(each, "w1", 0.5), 45.0).until(45.0) for each in (now, free))
    lengths = [
        float((each.topology.network.stretches.length_m[found.stretch] * (found.high - found.low)).sum())
        for each, found in ((now, one), (free, other))
    ]
    assert lengths[0] < lengths[1], "beyond the crossing the one to the north is not reached"
    turned = [
        [step.maneuver for step in steps_of(each, found)]
        for each in (now, free)
        if (found := fastest(each, standing(each, "w1", 0.5), standing(each, "w4", 0.5))) is not None
    ]
    assert turned[0] == turned[1]
    assert Maneuver.RIGHT in turned[0]

"""Turn restrictions as pairs of edges that may not follow each other.

``no_*`` forbids a turn, ``only_*`` all others from the same edge at the same node
(https://wiki.openstreetmap.org/wiki/Relation:restriction).  What cannot be said so is reported, never guessed.
"""

from collections.abc import Iterable

import numpy as np

from geo.network.access import Access, Mode
from geo.network.bearings import turn_angles
from geo.network.flow import with_flow
from geo.network.model import RoadNetwork
from geo.network.records import TurnRestriction
from geo.network.report import Findings
from geo.routing.graph import Int32Array

_ANGLES = {"left_turn": (20, 175), "right_turn": (-175, -20), "straight_on": (-60, 60)}
"""Where each turn goes, in degrees, left positive; wide, for it only chooses between turns that are possible."""
_KINDS = frozenset(
    [f"{verb}_{turn}" for verb in ("no", "only") for turn in ("left_turn", "right_turn", "straight_on", "u_turn")]
    + ["no_entry", "no_exit"]
)
_EXCEPTED = frozenset(("motorcar", "motor_vehicle", "vehicle", "emergency"))

Pairs = list[tuple[int, int]]


class _Refusal(Exception):  # noqa: N818 - a reason, not an error: it never leaves this module
    """Why a restriction is not applied: a kind of finding."""


def forbidden_turns(network: RoadNetwork, restrictions: Iterable[TurnRestriction], findings: Findings) -> Int32Array:
    """``(turns, 2)`` edges, in their order and each once: from which onto which no motor vehicle may turn."""
    given = list(restrictions)
    if not given:
        return np.empty((0, 2), np.int32)
    places = _Places(network)
    found: set[tuple[int, int]] = set()
    for restriction in given:
        try:
            found.update(_forbidden(places, restriction))
        except _Refusal as refusal:
            detail = f"{restriction.restriction}: {restriction.from_way}, {restriction.via}, {restriction.to_way}"
            findings.add(str(refusal), restriction.id, detail)
    return np.array(sorted(found), np.int32).reshape(-1, 2)


class _Places:
    """Edges by the ids of their ways and nodes."""

    def __init__(self, network: RoadNetwork) -> None:
        self.network = network
        self.tail, self.head = network.graph.tail, network.graph.head
        self.way = network.way
        self._by_way = np.argsort(self.way, kind="stable")
        self._ways = {str(name): row for row, name in enumerate(network.ways.id)}
        self._nodes: dict[str, list[int]] = {}
        for node, name in enumerate(network.node_id):
            self._nodes.setdefault(f"n{name}", []).append(node)
        ways = network.ways
        banned = ways.access[self.way, Mode.MOTOR_VEHICLE] == Access.NO
        self.driven = with_flow(ways.oneway[self.way], network.along) & ~banned

    def edges(self, way: str) -> list[int]:
        if way not in self._ways:
            raise _Refusal("restriction-dangling")
        row = self._ways[way]
        first, behind = np.searchsorted(self.way[self._by_way], [row, row + 1])
        return [int(edge) for edge in self._by_way[first:behind]]

    def node(self, name: str) -> int:
        nodes = self._nodes.get(name, [])
        if not nodes:
            raise _Refusal("restriction-dangling")
        if len(nodes) > 1:
            raise _Refusal("restriction-via-barrier")
        return nodes[0]

    def arriving(self, way: str, node: int) -> list[int]:
        return self._met([edge for edge in self.edges(way) if self.head[edge] == node])

    def departing(self, way: str, node: int) -> list[int]:
        return self._met([edge for edge in self.edges(way) if self.tail[edge] == node])

    def _met(self, edges: list[int]) -> list[int]:
        """Those that are driven, if there is a choice."""
        if not edges:
            raise _Refusal("restriction-apart")
        return [edge for edge in edges if self.driven[edge]] or edges

    def onward(self, node: int) -> range:
        first = self.network.graph.first_arc
        return range(int(first[node]), int(first[node + 1]))


def _forbidden(places: _Places, restriction: TurnRestriction) -> Pairs:
    kind = restriction.restriction
    if kind not in _KINDS:
        raise _Refusal("restriction-kind-unknown")
    if not (restriction.from_way and restriction.via and restriction.to_way):
        raise _Refusal("restriction-incomplete")
    if _EXCEPTED & {name.strip() for name in (restriction.excepted or "").split(";")}:
        raise _Refusal("restriction-excepts-vehicles")
    origins, via, targets = (
        member.split(";") for member in (restriction.from_way, restriction.via, restriction.to_way)
    )
    if (len(origins) > 1 and kind != "no_entry") or (len(targets) > 1 and kind != "no_exit"):
        raise _Refusal("restriction-ambiguous")
    turn = kind.partition("_")[2]
    pairs: Pairs = []
    for origin in origins:
        for target in targets:
            if all(name.startswith("n") for name in via) and len(via) == 1:
                node = places.node(via[0])
                pairs.append(_one_turn(places, places.arriving(origin, node), places.departing(target, node), turn))
            elif kind.startswith("no_") and len(via) == 1:
                pairs.append(_across(places, origin, via[0], target))
            else:
                raise _Refusal("restriction-via-way")
    if kind.startswith("no_"):
        return pairs
    ((before, only),) = pairs
    return [(before, behind) for behind in places.onward(int(places.head[before])) if behind != only]


def _one_turn(places: _Places, arriving: list[int], departing: list[int], turn: str) -> tuple[int, int]:
    """The one turn that is meant, by the angles if need be."""
    pairs = [(before, behind) for before in arriving for behind in departing]
    if turn == "u_turn":
        back = [pair for pair in pairs if places.network.reverse[pair[0]] == pair[1]]
        pairs = back or pairs
    elif len(pairs) > 1 and turn in _ANGLES:
        least, most = _ANGLES[turn]
        before, behind = zip(*pairs, strict=True)
        angles = turn_angles(places.network, before, behind)
        pairs = [pair for pair, angle in zip(pairs, angles, strict=True) if least <= angle <= most]
    if len(pairs) != 1:
        raise _Refusal("restriction-ambiguous")
    return pairs[0]


def _across(places: _Places, origin: str, via: str, target: str) -> tuple[int, int]:
    """The turn at one node that stands for a restriction across a way of one stretch.

    Nobody comes onto the via way but from the origin: then the turn off it is forbidden.  Or it leads to nothing but
    the target: then the turn onto it is.  (Who starts on the via way itself is bound too.)
    """
    found = []
    for middle in places.edges(via):
        before = [edge for edge in places.edges(origin) if places.head[edge] == places.tail[middle]]
        behind = [edge for edge in places.edges(target) if places.tail[edge] == places.head[middle]]
        back = int(places.network.reverse[middle])
        if len(before) != 1 or len(behind) != 1 or back in (*before, *behind):
            continue
        entries = np.flatnonzero((places.head == places.tail[middle]) & places.driven)
        exits = [edge for edge in places.onward(int(places.head[middle])) if places.driven[edge]]
        if set(entries.tolist()) - {back} <= set(before):
            found.append((middle, behind[0]))
        elif set(exits) - {back} <= set(behind):
            found.append((before[0], middle))
        else:
            raise _Refusal("restriction-via-way")
    if len(found) != 1:
        raise _Refusal("restriction-via-way" if found else "restriction-apart")
    return found[0]

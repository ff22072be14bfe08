"""Turn restrictions as sequences of edges that may not be driven one after the other.

``no_*`` forbids to get from one way onto another across a node or across ways; of ``only_*`` the one way of going on
from its first member is that to its last (https://wiki.openstreetmap.org/wiki/Relation:restriction), so that it forbids
whatever leaves that way, at its first node and at every later one.  What cannot be said so is reported, never guessed.
"""

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property

import numpy as np

from geo.network.access import Access, Mode
from geo.network.bearings import bearings, turn_angles
from geo.network.flow import with_flow
from geo.network.model import RoadNetwork, TextArray
from geo.network.records import TurnRestriction
from geo.network.report import Findings
from geo.routing.graph import FloatArray, Mask

_ANGLES = {"left_turn": (20, 175), "right_turn": (-175, -20), "straight_on": (-60, 60)}
"""Where each turn goes, in degrees, left positive; wide, for it only chooses between turns that are possible."""
_KINDS = frozenset(
    [f"{verb}_{turn}" for verb in ("no", "only") for turn in ("left_turn", "right_turn", "straight_on", "u_turn")]
    + ["no_entry", "no_exit"]
)
_EXCEPTED = frozenset(("motorcar", "motor_vehicle", "vehicle", "emergency"))

Sequence = tuple[int, ...]
"""Edges, two or more, each of which begins where the one before ends."""

_MOST_TRIED = 10_000
_AT_ONCE = 100_000


class _Refusal(Exception):  # noqa: N818 - a reason, not an error: it never leaves this module
    """Why a restriction is not applied: a kind of finding."""


def forbidden_sequences(
    network: RoadNetwork, restrictions: Iterable[TurnRestriction], findings: Findings
) -> set[Sequence]:
    """The sequences that no motor vehicle may drive."""
    given = list(restrictions)
    found: set[Sequence] = set()
    if not given:
        return found
    places = _Places(network, given)
    for restriction in given:
        try:
            found.update(_forbidden(places, restriction))
        except _Refusal as refusal:
            detail = f"{restriction.restriction}: {restriction.from_way}, {restriction.via}, {restriction.to_way}"
            findings.add(str(refusal), restriction.id, detail)
    return found


class _Places:
    """Edges by the ids of their ways and nodes, of those that restrictions name: of a country they are few."""

    def __init__(self, network: RoadNetwork, restrictions: Iterable[TurnRestriction]) -> None:
        self.network = network
        self.tail, self.head = network.graph.tail, network.graph.head
        self.way = network.way
        self._by_way = np.argsort(self.way, kind="stable")
        self._first = np.concatenate([[0], np.cumsum(np.bincount(self.way, minlength=len(network.ways)))])
        members = (member or "" for each in restrictions for member in (each.from_way, each.via, each.to_way))
        named = {name for member in members for name in member.split(";")}
        self._ways = {name: row for name, (row,) in _rows(network.ways.id, named).items()}
        nodes = _rows(network.node_id, {name[1:] for name in named if name.startswith("n")})
        self._nodes = {f"n{name}": rows for name, rows in nodes.items()}
        ways = network.ways
        banned = ways.access[self.way, Mode.MOTOR_VEHICLE] == Access.NO
        self.driven = with_flow(ways.oneway[self.way], network.along) & ~banned

    @cached_property
    def bearings(self) -> tuple[FloatArray, FloatArray]:
        return bearings(self.network)

    def edges(self, way: str) -> list[int]:
        if way not in self._ways:
            raise _Refusal("restriction-dangling")
        row = self._ways[way]
        found: list[int] = self._by_way[self._first[row] : self._first[row + 1]].tolist()
        return found

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


def _rows(names: TextArray, wanted: Collection[str]) -> dict[str, list[int]]:
    """Where each of the wanted names is."""
    found: dict[str, list[int]] = {}
    for begin in range(0, len(names), _AT_ONCE):
        for row, name in enumerate(names[begin : begin + _AT_ONCE].tolist(), begin):
            if name in wanted:
                found.setdefault(name, []).append(row)
    return found


def _forbidden(places: _Places, restriction: TurnRestriction) -> Iterator[Sequence]:
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
    across_ways = not any(name.startswith("n") for name in via)
    if not across_ways and len(via) > 1:
        raise _Refusal("restriction-via-mixed")
    turn = kind.partition("_")[2]
    meant = [
        _across(places, origin, via, target, turn) if across_ways else _at_node(places, origin, via[0], target, turn)
        for origin in origins
        for target in targets
    ]
    if kind.startswith("no_"):
        return iter(meant)
    (only,) = meant
    return (
        (*only[:place], other)
        for place in range(1, len(only))
        for other in places.onward(int(places.head[only[place - 1]]))
        if other != only[place]
    )


def _at_node(places: _Places, origin: str, via: str, target: str, turn: str) -> Sequence:
    node = places.node(via)
    found: list[Sequence] = [
        (before, behind) for before in places.arriving(origin, node) for behind in places.departing(target, node)
    ]
    if turn == "u_turn":
        back = [pair for pair in found if places.network.reverse[pair[0]] == pair[1]]
        return _the_one(places, back or found, turn)
    return _the_one(places, found, turn)


def _across(places: _Places, origin: str, via: list[str], target: str, turn: str) -> Sequence:
    """The sequence from one way over others onto a third; such as can be driven if there is a choice."""
    starts, ends = places.edges(origin), set(places.edges(target))
    middles = [set(places.edges(name)) for name in via]
    for allowed in (places.driven, np.ones_like(places.driven)):
        found = list(_chains(places, [edge for edge in starts if allowed[edge]], middles, ends, allowed))
        if found:
            return _the_one(places, found, turn)
    raise _Refusal("restriction-apart")


def _chains(
    places: _Places, starts: list[int], middles: list[set[int]], ends: set[int], allowed: Mask
) -> Iterator[Sequence]:
    """Every sequence from a start over edges of all the ways between, in whatever order they meet, onto an end.

    None uses a stretch twice.
    """
    between = set.union(*middles)
    tried = 0
    waiting: list[Sequence] = [(start,) for start in starts]
    while waiting:
        tried += 1
        if tried > _MOST_TRIED:
            raise _Refusal("restriction-ambiguous")
        driven = waiting.pop()
        used = {int(places.network.stretch[edge]) for edge in driven}
        for edge in places.onward(int(places.head[driven[-1]])):
            if not allowed[edge] or int(places.network.stretch[edge]) in used:
                continue
            if edge in ends and all(middle.intersection(driven[1:]) for middle in middles):
                yield (*driven, edge)
            if edge in between:
                waiting.append((*driven, edge))


def _the_one(places: _Places, found: list[Sequence], turn: str) -> Sequence:
    """The one sequence that is meant, by how far it turns in all if need be."""
    if len(found) > 1 and turn in _ANGLES:
        least, most = _ANGLES[turn]
        found = [each for each in found if least <= _turned(places, each) <= most]
    if len(found) != 1:
        raise _Refusal("restriction-ambiguous")
    return found[0]


def _turned(places: _Places, edges: Sequence) -> float:
    """Degrees from the first direction to the last; NaN, which is in no range, where one has none."""
    return float(turn_angles(places.network, [edges[0]], [edges[-1]], places.bearings)[0])

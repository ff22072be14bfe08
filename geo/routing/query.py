"""The shortest path between two nodes, by the elimination tree.

All that a search has to look at lies on the ways of both nodes to the root of the tree, so there is no queue (Dibbelt,
Strasser, Wagner 2016, section 6.2).
"""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from geo.routing._compiled import Number, inlined, kernel
from geo.routing._unpacking import legs_of, unpacked
from geo.routing.graph import UNREACHABLE, Int32Array
from geo.routing.hierarchy import Hierarchy
from geo.routing.metric import Legs, Metric, Ways
from geo.routing.workspaces import Workspaces


@dataclass(frozen=True, slots=True)
class Path:
    """A shortest path: its cost in units, and the graph's arcs in the order of use (none from a node to itself)."""

    cost: int
    arcs: Int32Array


class _Space(NamedTuple):
    """What a query writes on; the costs are ``UNREACHABLE`` between two queries."""

    from_origin: Int32Array
    to_destination: Int32Array
    arc_from: Int32Array
    arc_to: Int32Array

    @classmethod
    def of(cls, nodes: int) -> Self:
        return cls(
            from_origin=np.full(nodes, UNREACHABLE, np.int32),
            to_destination=np.full(nodes, UNREACHABLE, np.int32),
            arc_from=np.empty(nodes, np.int32),
            arc_to=np.empty(nodes, np.int32),
        )


class Router:
    """Asks a hierarchy for paths; any number of threads may at once."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        self.hierarchy = hierarchy
        self._spaces = Workspaces(lambda: _Space.of(hierarchy.graph.nodes))

    def cost(self, metric: Metric, origin: int, destination: int) -> int:
        """The cost from one node to another in units, ``UNREACHABLE`` where there is no way.

        Raises
        ------
        InputError
            If one of them is no node.
        """
        start, end = self._ranks(origin, destination)
        tree = self.hierarchy
        with self._spaces.one() as space:
            found = _cost(metric.ways_up, metric.ways_down, tree.parent, start, end, space)
        return int(found)

    def path(self, metric: Metric, origin: int, destination: int) -> Path | None:
        """The shortest path from one node to another, None where there is no way; errors as of ``cost``."""
        start, end = self._ranks(origin, destination)
        tree = self.hierarchy
        with self._spaces.one() as space:
            cost, arcs = _path(
                metric.ways_up,
                metric.ways_down,
                metric.legs_up,
                metric.legs_down,
                tree.parent,
                start,
                end,
                space,
            )
        return None if cost >= UNREACHABLE else Path(int(cost), arcs)

    def _ranks(self, origin: int, destination: int) -> tuple[int, int]:
        nodes = self.hierarchy.graph.nodes
        if not (0 <= origin < nodes and 0 <= destination < nodes):
            self.hierarchy.graph.require_nodes([origin, destination])
        rank = self.hierarchy.rank
        return int(rank[origin]), int(rank[destination])


@kernel
def _meet(up: Ways, down: Ways, parent: Int32Array, start: int, end: int, space: _Space) -> tuple[int, int]:
    """The cost, and the node where the best ways meet; ``arc_from`` and ``arc_to`` lead down from there."""
    from_origin, to_destination = space.from_origin, space.to_destination
    arc_from, arc_to = space.arc_from, space.arc_to
    from_origin[start] = 0
    to_destination[end] = 0
    arc_from[start] = -1
    arc_to[end] = -1
    left, right = start, end
    while left != right:
        if right < 0 or (0 <= left < right):
            _relax(left, up, from_origin, arc_from)
            left = parent[left]
        else:
            _relax(right, down, to_destination, arc_to)
            right = parent[right]
    best, meeting, node = UNREACHABLE, -1, left
    while node >= 0:
        there, back = from_origin[node], to_destination[node]
        if there + back < best:
            best, meeting = there + back, node
        if there < best:
            _relax(node, up, from_origin, arc_from)
        if back < best:
            _relax(node, down, to_destination, arc_to)
        node = parent[node]
    return best, meeting


@inlined
def _relax(node: Number, ways: Ways, costs: Int32Array, arcs: Int32Array) -> None:
    """Carries the cost of a node on to what is above it."""
    cost = costs[node]
    if cost < UNREACHABLE:
        for arc in range(ways.first[node], ways.first[node + 1]):
            above = ways.upper[arc]
            further = cost + ways.cost[arc]
            if further < costs[above]:
                costs[above] = further
                arcs[above] = arc


@kernel
def _clear(parent: Int32Array, start: int, end: int, space: _Space) -> None:
    for leaf in (start, end):
        node = leaf
        while node >= 0:
            space.from_origin[node] = UNREACHABLE
            space.to_destination[node] = UNREACHABLE
            node = parent[node]


@kernel
def _cost(up: Ways, down: Ways, parent: Int32Array, start: int, end: int, space: _Space) -> int:
    cost, _ = _meet(up, down, parent, start, end, space)
    _clear(parent, start, end, space)
    return cost


@kernel
def _path(
    up: Ways,
    down: Ways,
    legs_up: Legs,
    legs_down: Legs,
    parent: Int32Array,
    start: int,
    end: int,
    space: _Space,
) -> tuple[int, Int32Array]:
    """The cost and the graph's arcs, all in one call: handing over an array costs as much as a step of the search."""
    cost, meeting = _meet(up, down, parent, start, end, space)
    legs = np.empty(0, np.int64)
    if cost < UNREACHABLE:
        legs = legs_of(up.lower, down.lower, start, end, meeting, space.arc_from, space.arc_to)
    arcs = unpacked(legs, legs_up, legs_down)
    _clear(parent, start, end, space)
    return cost, arcs

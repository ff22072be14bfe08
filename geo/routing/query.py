"""The shortest path between two nodes, by the elimination tree.

All that a search has to look at lies on the ways of both nodes to the root of the tree, so there is no queue (Dibbelt,
Strasser, Wagner 2016, section 6.2).
"""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from geo.routing._compiled import Number, inlined, kernel
from geo.routing._unpacking import ARC, COST, legs_of, unpacked
from geo.routing.graph import UNREACHABLE, Int32Array
from geo.routing.hierarchy import Hierarchy
from geo.routing.metric import Metric, Ways
from geo.routing.workspaces import Workspaces


@dataclass(frozen=True, slots=True)
class Path:
    """A shortest path: its cost in units, and the graph's arcs in the order of use (none from a node to itself)."""

    cost: int
    arcs: Int32Array


class _Space(NamedTuple):
    """What a query writes on: by node the ``COST`` from the origin, and to the destination, and the ``ARC`` of it.

    The costs are ``UNREACHABLE`` between two queries.
    """

    from_origin: Int32Array
    to_destination: Int32Array

    @classmethod
    def of(cls, nodes: int) -> Self:
        return cls(np.full((nodes, 2), UNREACHABLE, np.int32), np.full((nodes, 2), UNREACHABLE, np.int32))


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
        legs = metric.legs_up, metric.legs_down
        with self._spaces.one() as space:
            cost, arcs = _path(metric.ways_up, metric.ways_down, *legs, self.hierarchy.parent, start, end, space)
        return None if cost >= UNREACHABLE else Path(int(cost), arcs)

    def path_between(
        self,
        metric: Metric,
        origins: npt.ArrayLike,
        before: npt.ArrayLike,
        destinations: npt.ArrayLike,
        behind: npt.ArrayLike,
    ) -> Path | None:
        """The cheapest path from one of the origins to one of the destinations, None where there is no way.

        ``before`` is what each origin costs beforehand and ``behind`` what each destination does afterwards; the cost
        of the path is with both.

        Raises
        ------
        InputError
            If one of them is no node, or there is no cost of 0 or more for each.
        """
        graph, rank = self.hierarchy.graph, self.hierarchy.rank
        starts, ends = rank[graph.require_nodes(origins)], rank[graph.require_nodes(destinations)]
        first, last = graph.require_costs(before, len(starts)), graph.require_costs(behind, len(ends))
        legs = metric.legs_up, metric.legs_down
        with self._spaces.one() as space:
            cost, arcs = _path_between(
                *(metric.ways_up, metric.ways_down, *legs, self.hierarchy.parent),
                *(starts, first, ends, last, space),
            )
        return None if cost >= UNREACHABLE else Path(int(cost), arcs)

    def _ranks(self, origin: int, destination: int) -> tuple[int, int]:
        nodes = self.hierarchy.graph.nodes
        if not (0 <= origin < nodes and 0 <= destination < nodes):
            self.hierarchy.graph.require_nodes([origin, destination])
        rank = self.hierarchy.rank
        return int(rank[origin]), int(rank[destination])


@kernel
def _meet(
    up: Ways,
    down: Ways,
    parent: Int32Array,
    starts: Int32Array,
    before: Int32Array,
    ends: Int32Array,
    behind: Int32Array,
    space: _Space,
) -> tuple[int, int]:
    """The cost, and the node where the best ways meet; the arcs of ``space`` lead down from there.

    All that lies above an end is gone through once, from the lowest node up.
    """
    from_origin, to_destination = space.from_origin, space.to_destination
    next_ = np.concatenate((starts, ends))
    for place in range(len(starts)):
        if before[place] < from_origin[starts[place], COST]:
            from_origin[starts[place], COST] = before[place]
            from_origin[starts[place], ARC] = -1
    for place in range(len(ends)):
        if behind[place] < to_destination[ends[place], COST]:
            to_destination[ends[place], COST] = behind[place]
            to_destination[ends[place], ARC] = -1
    best, meeting = UNREACHABLE, -1
    while True:
        node = len(parent)
        for each in next_:
            if 0 <= each < node:
                node = each
        if node == len(parent):
            return best, meeting
        there, back = from_origin[node, COST], to_destination[node, COST]
        if there + back < best:
            best, meeting = there + back, node
        if there < best:
            _relax(node, up, from_origin)
        if back < best:
            _relax(node, down, to_destination)
        for place in range(len(next_)):
            if next_[place] == node:
                next_[place] = parent[node]


@inlined
def _relax(node: Number, ways: Ways, found: Int32Array) -> None:
    """Carries the cost of a node on to what is above it."""
    cost = found[node, COST]
    for arc in range(ways.first[node], ways.first[node + 1]):
        above = ways.upper[arc]
        further = cost + ways.cost[arc]
        if further < found[above, COST]:
            found[above, COST] = further
            found[above, ARC] = arc


@kernel
def _clear(parent: Int32Array, leaves: Int32Array, space: _Space) -> None:
    for leaf in leaves:
        node = np.int64(leaf)
        while node >= 0:
            space.from_origin[node, COST] = UNREACHABLE
            space.to_destination[node, COST] = UNREACHABLE
            node = np.int64(parent[node])


@kernel
def _cost(up: Ways, down: Ways, parent: Int32Array, start: int, end: int, space: _Space) -> int:
    starts, ends, free = np.full(1, start, np.int32), np.full(1, end, np.int32), np.zeros(1, np.int32)
    cost, _ = _meet(up, down, parent, starts, free, ends, free, space)
    _clear(parent, starts, space)
    _clear(parent, ends, space)
    return cost


@kernel
def _path(
    up: Ways,
    down: Ways,
    legs_up: Int32Array,
    legs_down: Int32Array,
    parent: Int32Array,
    start: int,
    end: int,
    space: _Space,
) -> tuple[int, Int32Array]:
    starts, ends, free = np.full(1, start, np.int32), np.full(1, end, np.int32), np.zeros(1, np.int32)
    return _path_between(up, down, legs_up, legs_down, parent, starts, free, ends, free, space)


@kernel
def _path_between(
    up: Ways,
    down: Ways,
    legs_up: Int32Array,
    legs_down: Int32Array,
    parent: Int32Array,
    starts: Int32Array,
    before: Int32Array,
    ends: Int32Array,
    behind: Int32Array,
    space: _Space,
) -> tuple[int, Int32Array]:
    """The cost and the graph's arcs, all in one call: handing over an array costs as much as a step of the search."""
    cost, meeting = _meet(up, down, parent, starts, before, ends, behind, space)
    legs = np.empty(0, np.int64)
    if cost < UNREACHABLE:
        legs = legs_of(up.lower, down.lower, meeting, space.from_origin, space.to_destination)
    arcs = unpacked(legs, legs_up, legs_down)
    _clear(parent, starts, space)
    _clear(parent, ends, space)
    return cost, arcs

"""The shortest path between two nodes, by the elimination tree.

All that a search has to look at lies on the ways of both nodes to the root of the tree, so there is no queue (Dibbelt,
Strasser, Wagner 2016, section 6.2).
"""

from operator import index
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.routing._compiled import Number, inlined, kernel
from geo.routing._unpacking import ARC, COST, FROM, legs_of, unpacked
from geo.routing.climbing import ABOVE, DEPTH, FIRST_DOWN, FIRST_UP, PARENT, Climb
from geo.routing.climbing import COST as ARC_COST
from geo.routing.graph import UNREACHABLE, Int32Array
from geo.routing.hierarchy import Hierarchy
from geo.routing.metric import Metric


class Path(NamedTuple):
    """A shortest path: its cost in units, and the graph's arcs in the order of use (none from a node to itself)."""

    cost: int
    arcs: Int32Array


class Router:
    """Asks a hierarchy for paths; any number of threads may at once."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        self.hierarchy = hierarchy
        self._nodes = hierarchy.graph.nodes

    def cost(self, metric: Metric, origin: int, destination: int) -> int:
        """The cost from one node to another in units, ``UNREACHABLE`` where there is no way.

        Raises
        ------
        InputError
            If one of them is no node.
        """
        self._require(origin, destination)
        return _cost(*metric.climb, index(origin), index(destination))

    def path(self, metric: Metric, origin: int, destination: int) -> Path | None:
        """The shortest path from one node to another, None where there is no way; errors as of ``cost``."""
        self._require(origin, destination)
        cost, arcs = _path(*metric.climb, index(origin), index(destination))
        return None if cost >= UNREACHABLE else Path(cost, arcs)

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
        graph = self.hierarchy.graph
        starts, ends = graph.require_nodes(origins), graph.require_nodes(destinations)
        first, last = graph.require_costs(before, len(starts)), graph.require_costs(behind, len(ends))
        cost, arcs = _path_between(*metric.climb, starts, first, ends, last)
        return None if cost >= UNREACHABLE else Path(cost, arcs)

    def _require(self, origin: int, destination: int) -> None:
        nodes = self._nodes
        if not (0 <= origin < nodes and 0 <= destination < nodes):
            self.hierarchy.graph.require_nodes([origin, destination])


@kernel
def _meet(
    climb: Climb, starts: Int32Array, before: Int32Array, ends: Int32Array, behind: Int32Array
) -> tuple[int, int, int, Int32Array]:
    """The cost, where the best ways meet as reached from the origins and from the destinations, and all places.

    All that lies above an end is gone through once, from the lowest node up.  Each end climbs on places of its own,
    one for each depth; where two that climb from the same side come to the same node, one goes on for both.
    """
    nodes = climb.nodes
    origins, climbers = len(starts), len(starts) + len(ends)
    at = np.concatenate((starts, ends))
    for each in range(climbers):
        at[each] = climb.rank[at[each]]
    height = 0
    for each in at:
        height = max(height, nodes[each, DEPTH] + 1)
    found = np.empty((climbers * height, 3), np.int32)
    for each in range(climbers):
        depth = nodes[at[each], DEPTH]
        for place in range(each * height, each * height + depth):
            found[place, COST] = UNREACHABLE
        place = each * height + depth
        found[place, COST] = before[each] if each < origins else behind[each - origins]
        found[place, ARC] = -1
    best, best_there, best_back = UNREACHABLE, -1, -1
    while True:
        node = len(nodes)
        for each in at:
            if 0 <= each < node:
                node = each
        if node == len(nodes):
            return best, best_there, best_back, found
        depth, parent = nodes[node, DEPTH], nodes[node, PARENT]
        there, back = -1, -1
        for each in range(climbers):
            if at[each] == node:
                if each < origins and there >= 0:
                    _join(found, there, each * height, depth)
                    at[each] = -1
                elif each >= origins and back >= 0:
                    _join(found, back, each * height, depth)
                    at[each] = -1
                else:
                    at[each] = parent
                    if each < origins:
                        there = each * height
                    else:
                        back = each * height
        cost = found[there + depth, COST] if there >= 0 else UNREACHABLE
        left = found[back + depth, COST] if back >= 0 else UNREACHABLE
        if cost + left < best:
            best, best_there, best_back = cost + left, there + depth, back + depth
        if cost < best:
            _relax(found, there, depth, cost, climb.up, nodes[node, FIRST_UP], nodes[node + 1, FIRST_UP])
        if left < best:
            _relax(found, back, depth, left, climb.down, nodes[node, FIRST_DOWN], nodes[node + 1, FIRST_DOWN])


@inlined
def _relax(
    found: Int32Array, base: Number, depth: Number, cost: Number, arcs: Int32Array, first: Number, end: Number
) -> None:
    """Carries the cost of a node on to what is above it."""
    for arc in range(first, end):
        place = base + arcs[arc, ABOVE]
        further = cost + arcs[arc, ARC_COST]
        if further < found[place, COST]:
            found[place, COST] = further
            found[place, ARC] = arc
            found[place, FROM] = base + depth


@inlined
def _join(found: Int32Array, base: Number, other: Number, depth: Number) -> None:
    """Takes over what is cheaper by another climber at this depth and above."""
    for above in range(depth + 1):
        if found[other + above, COST] < found[base + above, COST]:
            found[base + above] = found[other + above]


@kernel
def _cost(
    rank: Int32Array,
    nodes: Int32Array,
    up: Int32Array,
    down: Int32Array,
    legs_up: Int32Array,
    legs_down: Int32Array,
    origin: int,
    destination: int,
) -> int:
    climb = Climb(rank, nodes, up, down, legs_up, legs_down)
    starts, ends, free = np.full(1, origin, np.int32), np.full(1, destination, np.int32), np.zeros(1, np.int32)
    return _meet(climb, starts, free, ends, free)[0]


@kernel
def _path(
    rank: Int32Array,
    nodes: Int32Array,
    up: Int32Array,
    down: Int32Array,
    legs_up: Int32Array,
    legs_down: Int32Array,
    origin: int,
    destination: int,
) -> tuple[int, Int32Array]:
    starts, ends, free = np.full(1, origin, np.int32), np.full(1, destination, np.int32), np.zeros(1, np.int32)
    return _path_between(rank, nodes, up, down, legs_up, legs_down, starts, free, ends, free)


@kernel
def _path_between(
    rank: Int32Array,
    nodes: Int32Array,
    up: Int32Array,
    down: Int32Array,
    legs_up: Int32Array,
    legs_down: Int32Array,
    starts: Int32Array,
    before: Int32Array,
    ends: Int32Array,
    behind: Int32Array,
) -> tuple[int, Int32Array]:
    """The cost and the graph's arcs, all in one call: handing over an array costs as much as a step of the search."""
    climb = Climb(rank, nodes, up, down, legs_up, legs_down)
    cost, there, back, found = _meet(climb, starts, before, ends, behind)
    if cost >= UNREACHABLE:
        return cost, np.empty(0, np.int32)
    return cost, unpacked(legs_of(found, there, back), legs_up, legs_down)

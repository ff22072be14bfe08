"""The shortest path between two nodes, by the elimination tree.

All that a search has to look at lies on the ways of both nodes to the root of the tree, so there is no queue (Dibbelt,
Strasser, Wagner 2016, section 6.2).
"""

from dataclasses import dataclass

import numpy as np

from geo.routing._compiled import Number, kernel
from geo.routing.graph import UNREACHABLE, Int32Array, Int64Array
from geo.routing.hierarchy import Hierarchy
from geo.routing.metric import Metric
from geo.routing.workspaces import Workspaces


@dataclass(frozen=True, slots=True)
class Path:
    """A shortest path: its cost in units, and the graph's arcs in the order of use (none from a node to itself)."""

    cost: int
    arcs: Int32Array


class _Space:
    """What a query writes on; the costs are ``UNREACHABLE`` between two queries."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        nodes = hierarchy.graph.nodes
        self.from_origin = np.full(nodes, UNREACHABLE, np.int32)
        self.to_destination = np.full(nodes, UNREACHABLE, np.int32)
        self.arc_from = np.empty(nodes, np.int32)
        self.arc_to = np.empty(nodes, np.int32)


class Router:
    """Asks a hierarchy for paths; any number of threads may at once."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        self.hierarchy = hierarchy
        self._spaces = Workspaces(lambda: _Space(hierarchy))

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
            written = (space.from_origin, space.to_destination, space.arc_from, space.arc_to)
            found = _cost(tree.first_up, tree.upper, tree.parent, metric.up, metric.down, start, end, *written)
        return int(found)

    def path(self, metric: Metric, origin: int, destination: int) -> Path | None:
        """The shortest path from one node to another, None where there is no way; errors as of ``cost``."""
        start, end = self._ranks(origin, destination)
        tree, graph = self.hierarchy, self.hierarchy.graph
        with self._spaces.one() as space:
            cost, arcs = _path(
                *(tree.first_up, tree.upper, tree.parent, metric.up, metric.down, start, end),
                *(space.from_origin, space.to_destination, space.arc_from, space.arc_to),
                *(tree.lower, tree.first_down, tree.down_node, tree.down_arc),
                *(tree.order, graph.first_arc, graph.head, metric.weights),
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
    first_up: Int64Array,
    upper: Int32Array,
    parent: Int32Array,
    up: Int32Array,
    down: Int32Array,
    start: int,
    end: int,
    from_origin: Int32Array,
    to_destination: Int32Array,
    arc_from: Int32Array,
    arc_to: Int32Array,
) -> tuple[int, int]:
    """The cost, and the node where the best ways meet; ``arc_from`` and ``arc_to`` lead down from there."""
    from_origin[start] = 0
    to_destination[end] = 0
    arc_from[start] = -1
    arc_to[end] = -1
    left, right = start, end
    while left != right:
        if right < 0 or (0 <= left < right):
            cost = from_origin[left]
            if cost < UNREACHABLE:
                for arc in range(first_up[left], first_up[left + 1]):
                    above = upper[arc]
                    further = cost + up[arc]
                    if further < from_origin[above]:
                        from_origin[above] = further
                        arc_from[above] = arc
            left = parent[left]
        else:
            cost = to_destination[right]
            if cost < UNREACHABLE:
                for arc in range(first_up[right], first_up[right + 1]):
                    above = upper[arc]
                    further = cost + down[arc]
                    if further < to_destination[above]:
                        to_destination[above] = further
                        arc_to[above] = arc
            right = parent[right]
    best, meeting, node = UNREACHABLE, -1, left
    while node >= 0:
        there, back = from_origin[node], to_destination[node]
        if there + back < best:
            best, meeting = there + back, node
        if there < best or back < best:
            for arc in range(first_up[node], first_up[node + 1]):
                above = upper[arc]
                further = there + up[arc]
                if further < from_origin[above]:
                    from_origin[above] = further
                    arc_from[above] = arc
                further = back + down[arc]
                if further < to_destination[above]:
                    to_destination[above] = further
                    arc_to[above] = arc
        node = parent[node]
    return best, meeting


@kernel
def _clear(parent: Int32Array, start: int, end: int, from_origin: Int32Array, to_destination: Int32Array) -> None:
    for leaf in (start, end):
        node = leaf
        while node >= 0:
            from_origin[node] = UNREACHABLE
            to_destination[node] = UNREACHABLE
            node = parent[node]


@kernel
def _legs(
    lower: Int32Array, start: int, end: int, meeting: int, arc_from: Int32Array, arc_to: Int32Array
) -> Int64Array:
    """The hierarchy's arcs of a path, last first: twice the arc, and one more where it is used downwards."""
    count = 0
    node = meeting
    while node != end:
        node = lower[arc_to[node]]
        count += 1
    downwards = count
    node = meeting
    while node != start:
        node = lower[arc_from[node]]
        count += 1
    legs = np.empty(count, np.int64)
    node = meeting
    for place in range(downwards - 1, -1, -1):
        legs[place] = 2 * np.int64(arc_to[node]) + 1
        node = lower[arc_to[node]]
    node = meeting
    for place in range(downwards, count):
        legs[place] = 2 * np.int64(arc_from[node])
        node = lower[arc_from[node]]
    return legs


@kernel
def _unpacked(
    legs: Int64Array,
    first_up: Int64Array,
    upper: Int32Array,
    lower: Int32Array,
    first_down: Int64Array,
    down_node: Int32Array,
    down_arc: Int32Array,
    up: Int32Array,
    down: Int32Array,
    order: Int32Array,
    first_arc: Int64Array,
    head: Int32Array,
    weights: Int32Array,
) -> Int32Array:
    """The graph's arcs of ``legs`` in their order: each leg is one of them, or goes over a node below both its ends."""
    todo = np.empty(2 * len(legs) + 64, np.int64)
    todo[: len(legs)] = legs
    size = len(legs)
    found = np.empty(256, np.int32)
    count = 0
    while size > 0:
        size -= 1
        leg = todo[size]
        arc, falls = leg >> 1, leg & 1
        low, high = lower[arc], upper[arc]
        cost = down[arc] if falls else up[arc]
        tail, target = (order[high], order[low]) if falls else (order[low], order[high])
        own = -1
        for each in range(first_arc[tail], first_arc[tail + 1]):
            if head[each] == target and weights[each] == cost:
                own = each
                break
        if own >= 0:
            if count == len(found):
                larger = np.empty(2 * count, np.int32)
                larger[:count] = found
                found = larger
            found[count] = own
            count += 1
            continue
        to_low = to_high = -1
        for place in range(first_down[low + 1] - 1, first_down[low] - 1, -1):  # a triangle below costs as much
            to_low = down_arc[place]
            left = cost - (up[to_low] if falls else down[to_low])
            if left < 0:
                continue
            to_high = _arc_to(high, upper, to_low + 1, first_up[down_node[place] + 1])
            if to_high >= 0 and left == (down[to_high] if falls else up[to_high]):
                break
        if size + 2 > len(todo):
            more = np.empty(2 * len(todo), np.int64)
            more[:size] = todo[:size]
            todo = more
        first, second = (to_high, to_low) if falls else (to_low, to_high)
        todo[size] = 2 * np.int64(second)
        todo[size + 1] = 2 * np.int64(first) + 1
        size += 2
    return found[:count].copy()


@kernel
def _arc_to(high: Number, upper: Int32Array, first: Number, last: Number) -> Number:
    """The arc of ``first`` to ``last`` (exclusive) that leads to ``high``, -1 where none does; they are ascending."""
    end = last
    while first < end:
        middle = (first + end) >> 1
        if upper[middle] < high:
            first = middle + 1
        else:
            end = middle
    return first if first < last and upper[first] == high else -1


@kernel
def _cost(
    first_up: Int64Array,
    upper: Int32Array,
    parent: Int32Array,
    up: Int32Array,
    down: Int32Array,
    start: int,
    end: int,
    from_origin: Int32Array,
    to_destination: Int32Array,
    arc_from: Int32Array,
    arc_to: Int32Array,
) -> int:
    cost, _ = _meet(first_up, upper, parent, up, down, start, end, from_origin, to_destination, arc_from, arc_to)
    _clear(parent, start, end, from_origin, to_destination)
    return cost


@kernel
def _path(
    first_up: Int64Array,
    upper: Int32Array,
    parent: Int32Array,
    up: Int32Array,
    down: Int32Array,
    start: int,
    end: int,
    from_origin: Int32Array,
    to_destination: Int32Array,
    arc_from: Int32Array,
    arc_to: Int32Array,
    lower: Int32Array,
    first_down: Int64Array,
    down_node: Int32Array,
    down_arc: Int32Array,
    order: Int32Array,
    first_arc: Int64Array,
    head: Int32Array,
    weights: Int32Array,
) -> tuple[int, Int32Array]:
    """The cost and the graph's arcs, all in one call: handing over an array costs as much as a step of the search."""
    cost, meeting = _meet(first_up, upper, parent, up, down, start, end, from_origin, to_destination, arc_from, arc_to)
    legs = _legs(lower, start, end, meeting, arc_from, arc_to) if cost < UNREACHABLE else np.empty(0, np.int64)
    arcs = _unpacked(
        legs, first_up, upper, lower, first_down, down_node, down_arc, up, down, order, first_arc, head, weights
    )
    _clear(parent, start, end, from_origin, to_destination)
    return cost, arcs

"""A shortest path that keeps off some arcs at once, before any hierarchy knows of it.

A* on the graph as it is now, led by the exact distances of a metric that was made before: they are still lower bounds
as long as weights have only risen.  They are found one by one, as the search comes to them (CCH-Potentials: Strasser,
Zeitz: A Fast and Tight Heuristic for A* in Road Networks, SEA 2021).
"""

from typing import NamedTuple, Self
from weakref import ref

import numpy as np
import numpy.typing as npt

from geo.errors import InputError
from geo.routing._compiled import Number, brief, kernel
from geo.routing._heap import pop, push
from geo.routing._unpacking import led_to
from geo.routing.graph import UNREACHABLE, Graph, Int32Array, Int64Array, Mask
from geo.routing.hierarchy import Hierarchy
from geo.routing.metric import Metric, Ways
from geo.routing.query import Path
from geo.routing.workspaces import Workspaces

_REMEMBERED = 8


class _Space(NamedTuple):
    """What a search writes on.  Between two searches costs and distances are ``UNREACHABLE``, nothing is known."""

    costs: Int32Array
    arcs: Int32Array
    reached: Int32Array
    heap: Int64Array
    distance: Int32Array
    known: Mask
    visited: Int32Array
    stack: Int32Array

    @classmethod
    def of(cls, graph: Graph) -> Self:
        nodes = graph.nodes
        return cls(
            costs=np.full(nodes, UNREACHABLE, np.int32),
            arcs=np.empty(nodes, np.int32),
            reached=np.empty(nodes, np.int32),
            heap=np.empty(graph.arcs + nodes + 1, np.int64),
            distance=np.full(nodes, UNREACHABLE, np.int32),
            known=np.zeros(nodes, np.bool_),
            visited=np.empty(nodes, np.int32),
            stack=np.empty(nodes, np.int32),
        )


class AroundRouter:
    """Finds paths on weights that have risen since a metric was made; any number of threads may ask at once."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        self.hierarchy = hierarchy
        self._spaces = Workspaces(lambda: _Space.of(hierarchy.graph))
        self._seen: tuple[tuple[ref[Int32Array], ref[Metric]], ...] = ()

    def path(self, metric: Metric, weights: npt.NDArray[np.generic], origin: int, destination: int) -> Path | None:
        """The shortest path by ``weights``, none of which may be below the metric's own; None where there is no way.

        Weights are never written after they were asked with: whoever changes some makes another array.  So they are
        looked through once, however many paths are asked for on them.

        Raises
        ------
        InputError
            If one of them is no node, or a weight is malformed (``Graph.require_weights``) or has fallen.
        """
        graph = self.hierarchy.graph
        start, end = map(int, graph.require_nodes([origin, destination]))
        now = self._risen(metric, weights)
        tree = self.hierarchy
        with self._spaces.one() as space:
            cost = _search(
                graph.first_arc,
                graph.head,
                now,
                tree.rank,
                tree.parent,
                metric.ways_up,
                metric.ways_down,
                start,
                end,
                space,
            )
            return None if cost >= UNREACHABLE else Path(int(cost), led_to(end, start, space.arcs, graph.tail))

    def _risen(self, metric: Metric, weights: npt.NDArray[np.generic]) -> Int32Array:
        for risen, of in self._seen:
            if (found := risen()) is weights and found is not None and of() is metric:
                return found
        now = np.ascontiguousarray(weights, np.int32) if weights.dtype == np.int32 else None
        if now is None or now.shape != metric.weights.shape or not _have_risen(now, metric.weights):
            now = self.hierarchy.graph.require_weights(weights)
            if np.any(now < metric.weights):
                raise InputError("A weight has fallen.", fix="Make a new metric of these weights.")
        if now is weights:  # else a copy, which nobody asks with again
            self._seen = (*self._seen[1 - _REMEMBERED :], (ref(now), ref(metric)))
        return now


@brief
def _have_risen(weights: Int32Array, before: Int32Array) -> bool:
    """Whether all are what weights may be, and none is below what it was, in one look."""
    fine = True
    for arc in range(len(weights)):
        fine &= before[arc] <= weights[arc] <= UNREACHABLE
    return fine


@kernel
def _find(node: Number, up: Ways, parent: Int32Array, space: _Space, seen: int) -> int:
    """Makes the distance of a node known, and of all above it; the new length of ``visited``."""
    distance, known, visited, stack = space.distance, space.known, space.visited, space.stack
    waiting = 0
    while node >= 0 and not known[node]:
        stack[waiting] = node
        waiting += 1
        node = parent[node]
    for place in range(waiting - 1, -1, -1):
        here = stack[place]
        best = np.int64(distance[here])
        for arc in range(up.first[here], up.first[here + 1]):
            best = min(best, np.int64(distance[up.upper[arc]]) + up.cost[arc])
        distance[here] = best
        known[here] = True
        visited[seen] = here
        seen += 1
    return seen


@kernel
def _search(
    first_arc: Int64Array,
    head: Int32Array,
    weights: Int32Array,
    rank: Int32Array,
    parent: Int32Array,
    up: Ways,
    down: Ways,
    start: int,
    end: int,
    space: _Space,
) -> Number:
    """The cost; ``arcs`` lead back from the end.  All else is left as it was found."""
    costs, arcs, reached, heap = space.costs, space.arcs, space.reached, space.heap
    distance, known, visited = space.distance, space.known, space.visited
    low: Number = np.int64(rank[end])
    node = low
    distance[node] = 0
    while node >= 0:
        cost = np.int64(distance[node])
        if cost < UNREACHABLE:
            for arc in range(down.first[node], down.first[node + 1]):
                further = cost + down.cost[arc]
                if further < distance[down.upper[arc]]:
                    distance[down.upper[arc]] = further
        node = np.int64(parent[node])

    best: Number = UNREACHABLE
    size, count = 0, 0
    seen = _find(np.int64(rank[start]), up, parent, space, 0)
    left = np.int64(distance[rank[start]])
    if left < UNREACHABLE:
        costs[start] = 0
        reached[0] = start
        count = 1
        size = push(heap, size, (left << 32) | np.int64(start))
    while size > 0:
        key, size = pop(heap, size)
        node = key & 0xFFFFFFFF
        cost = np.int64(costs[node])
        if node == end:
            best = cost
            break
        if (key >> 32) > cost + distance[rank[node]]:
            continue
        for arc in range(first_arc[node], first_arc[node + 1]):
            further = cost + weights[arc]
            other = head[arc]
            if further >= costs[other]:
                continue
            seen = _find(np.int64(rank[other]), up, parent, space, seen)
            left = np.int64(distance[rank[other]])
            if further + left >= UNREACHABLE:
                continue
            if costs[other] == UNREACHABLE:
                reached[count] = other
                count += 1
            costs[other] = further
            arcs[other] = arc
            size = push(heap, size, ((further + left) << 32) | np.int64(other))

    for place in range(count):
        costs[reached[place]] = UNREACHABLE
    for place in range(seen):
        distance[visited[place]] = UNREACHABLE
        known[visited[place]] = False
    node = low
    while node >= 0:
        distance[node] = UNREACHABLE
        node = np.int64(parent[node])
    return best

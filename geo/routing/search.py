"""What can be reached within a limit: Dijkstra's algorithm, which looks no farther than that."""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from geo.errors import InputError
from geo.routing._compiled import kernel
from geo.routing._heap import pop, push
from geo.routing._unpacking import led_to
from geo.routing.graph import UNREACHABLE, Graph, Int32Array, Int64Array
from geo.routing.query import Path
from geo.routing.workspaces import Workspaces


@dataclass(frozen=True, slots=True)
class Reached:
    """Nodes in the order of their cost, what each costs in units, and the arc by which it is reached (-1: a start)."""

    nodes: Int32Array
    costs: Int32Array
    arcs: Int32Array


class _Space(NamedTuple):
    """What a search writes on; the costs are ``UNREACHABLE`` between two searches."""

    costs: Int32Array
    arcs: Int32Array
    reached: Int32Array
    heap: Int64Array

    @classmethod
    def of(cls, graph: Graph) -> Self:
        return cls(
            costs=np.full(graph.nodes, UNREACHABLE, np.int32),
            arcs=np.empty(graph.nodes, np.int32),
            reached=np.empty(graph.nodes, np.int32),
            heap=np.empty(graph.arcs + graph.nodes + 1, np.int64),
        )


class Searcher:
    """Searches a graph; any number of threads may at once."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._spaces = Workspaces(lambda: _Space.of(graph))
        self._nothing = np.zeros(graph.nodes, np.int32)

    def within(
        self,
        weights: Int32Array,
        origins: npt.ArrayLike,
        limit: int,
        starts: npt.ArrayLike = 0,
        *,
        spared: Int32Array | None = None,
        ordered: bool = True,
    ) -> Reached:
        """All nodes whose cost from the nearest origin is ``limit`` or less; in no order unless ``ordered``.

        With ``spared``, ``(nodes,)``, the cost less what is spared for the node; along no arc does that rise by more
        than the arc costs, so that whatever leads on was within the limit before.

        ``starts`` is what each origin costs before (one value for all, or one each); ``weights`` as
        ``Graph.require_weights`` gives them.

        Raises
        ------
        InputError
            If an origin is no node, or the limit or a start is negative.
        """
        given = self.graph.require_nodes(origins)
        costs = np.broadcast_to(np.asarray(starts, np.int32), given.shape)
        if limit < 0 or (costs.size and int(costs.min()) < 0):
            raise InputError("A limit and a start cost 0 or more.")
        # Each once, at its least cost: the heap has room for no more.
        sources, which = np.unique(given, return_inverse=True)
        before = np.full(sources.shape, UNREACHABLE, np.int32)
        np.minimum.at(before, which, costs)
        graph = self.graph
        with self._spaces.one() as space:
            most = min(limit, UNREACHABLE - 1)
            free = self._nothing if spared is None else spared
            count = _search(graph.first_arc, graph.head, weights, sources, before, most, free, -1, space)
            nodes = space.reached[:count].copy()
            found = Reached(nodes, space.costs[nodes], space.arcs[nodes])
            space.costs[nodes] = UNREACHABLE
        if not ordered:
            return found
        order = np.argsort(found.costs, kind="stable")
        return Reached(found.nodes[order], found.costs[order], found.arcs[order])

    def path(self, weights: Int32Array, origin: int, destination: int) -> Path | None:
        """The shortest path without any preparation, None where there is no way; ``InputError`` for what is no node."""
        graph = self.graph
        sources, end = graph.require_nodes([origin]), int(graph.require_nodes([destination])[0])
        before = np.zeros(1, np.int32)
        with self._spaces.one() as space:
            most = UNREACHABLE - 1
            count = _search(graph.first_arc, graph.head, weights, sources, before, most, self._nothing, end, space)
            cost = int(space.costs[end])
            arcs = led_to(end, int(origin), space.arcs, graph.tail) if cost < UNREACHABLE else None
            space.costs[space.reached[:count]] = UNREACHABLE
        return None if arcs is None else Path(cost, arcs)


@kernel
def _search(
    first_arc: Int64Array,
    head: Int32Array,
    weights: Int32Array,
    sources: Int32Array,
    before: Int32Array,
    limit: int,
    spared: Int32Array,
    end: int,
    space: _Space,
) -> int:
    """How many nodes are reached: the first of the space's ``reached``.

    Where ``end`` is a node, the search ends when that is reached at its cost.
    """
    costs, arcs, reached, heap = space.costs, space.arcs, space.reached, space.heap
    size = 0
    count = 0
    for each in range(len(sources)):
        source = sources[each]
        if before[each] - spared[source] <= limit and before[each] < costs[source]:
            if costs[source] == UNREACHABLE:
                reached[count] = source
                count += 1
            costs[source] = before[each]
            arcs[source] = -1
            size = push(heap, size, (np.int64(before[each]) << 32) | np.int64(source))
    while size > 0:
        key, size = pop(heap, size)
        node, cost = key & 0xFFFFFFFF, key >> 32
        if cost > costs[node]:
            continue
        if node == end:
            break
        for arc in range(first_arc[node], first_arc[node + 1]):
            further = cost + weights[arc]
            other = head[arc]
            if further < costs[other] and further - spared[other] <= limit:
                if costs[other] == UNREACHABLE:
                    reached[count] = other
                    count += 1
                costs[other] = further
                arcs[other] = arc
                size = push(heap, size, (further << 32) | np.int64(other))
    return count

"""The hierarchy of a graph: an order of its nodes, and the shortcuts that any weights may need in this order.

It depends on the topology alone, so it is built once and kept; ``metric`` fills it for each set of weights.

Nodes are eliminated in their order, and the neighbours that are left become neighbours of one another.  Every arc of
the hierarchy runs between a lower and an upper node.  The lowest upper neighbour of a node is its parent in the
elimination tree: all that is above a node lies on its way to the root (Dibbelt, Strasser, Wagner 2016, section 4).

Arcs that no weights can make passable in either direction are left out.  Roads have few of them; of the turns that were
cut in two directions half can never follow the other half, which saves half of the arcs and two thirds of the time
(after Buchhold, Wagner, Zeitz, Zündorf: Customizable Contraction Hierarchies with Turn Costs, ATMOS 2020).
"""

from dataclasses import dataclass

import numpy as np

from geo.errors import InputError
from geo.routing._compiled import kernel
from geo.routing._triangles import relax_triangles
from geo.routing.graph import UNREACHABLE, Graph, Int32Array, Int64Array, Mask


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """The shortcuts of ``graph``.  Nodes are named by their rank in the order, arcs lie side by side by lower node.

    rank, order:
        Of a node its rank, of a rank its node.
    parent:
        In the elimination tree, -1 for a root.
    first_up, upper, lower:
        Arcs of a node to higher ones: ``upper[first_up[v]:first_up[v + 1]]``, ascending; ``lower`` is their other end.
    first_down, down_node, down_arc:
        The same arcs by upper node: their lower ends, ascending, and their numbers.
    arc, climbs:
        Of each arc of the graph: its arc here (-1 for a loop), and whether it runs from the lower end to the upper.
    """

    graph: Graph
    rank: Int32Array
    order: Int32Array
    parent: Int32Array
    first_up: Int64Array
    upper: Int32Array
    lower: Int32Array
    first_down: Int64Array
    down_node: Int32Array
    down_arc: Int32Array
    arc: Int32Array
    climbs: Mask

    @property
    def arcs(self) -> int:
        """How many arcs there are with the shortcuts, each for both directions."""
        return len(self.upper)


def build(graph: Graph, order: Int32Array) -> Hierarchy:
    """The hierarchy of a graph for an order of its nodes, the one to be eliminated first being the first.

    ``InputError`` where ``order`` does not name each node once.
    """
    nodes = graph.nodes
    order = graph.require_nodes(order)
    if len(order) != nodes or len(np.unique(order)) != nodes:
        raise InputError("An order of nodes names each of them once.")
    rank = np.empty(nodes, np.int32)
    rank[order] = np.arange(nodes, dtype=np.int32)

    tail, head = rank[graph.tail].astype(np.int64), rank[graph.head].astype(np.int64)
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    proper = low != high
    pairs = np.unique(low[proper] * nodes + high[proper])
    first = np.searchsorted(pairs // max(nodes, 1), np.arange(nodes + 1)).astype(np.int64)
    upper, first_up, parent = _eliminate(first, (pairs % max(nodes, 1)).astype(np.int32))
    upper, first_up = _passable(upper, first_up, low[proper], high[proper], (tail < head)[proper])
    lower = np.repeat(np.arange(nodes, dtype=np.int32), np.diff(first_up))
    first_down, down_node, down_arc = _by_upper(first_up, upper)

    arc = np.full(graph.arcs, -1, np.int32)
    arc[proper] = _places(lower, upper, low[proper], high[proper])
    return Hierarchy(
        graph, rank, order, parent, first_up, upper, lower, first_down, down_node, down_arc, arc, tail < head
    )


def _places(lower: Int32Array, upper: Int32Array, low: Int64Array, high: Int64Array) -> Int64Array:
    """The arcs between these ends."""
    nodes = int(max(upper.max(initial=0), high.max(initial=0))) + 1
    return np.searchsorted(lower.astype(np.int64) * nodes + upper, low * nodes + high)


def _passable(
    upper: Int32Array, first_up: Int64Array, low: Int64Array, high: Int64Array, climbs: Mask
) -> tuple[Int32Array, Int64Array]:
    """The arcs that some weights make passable: those that are where every arc of the graph costs nothing.

    ``low``, ``high``, ``climbs`` are of the graph's arcs.
    """
    lower = np.repeat(np.arange(len(first_up) - 1, dtype=np.int32), np.diff(first_up))
    up = np.full(len(upper), UNREACHABLE, np.int32)
    down = np.full(len(upper), UNREACHABLE, np.int32)
    place = _places(lower, upper, low, high)
    up[place[climbs]] = 0
    down[place[~climbs]] = 0
    relax_triangles(first_up, upper, *_by_upper(first_up, upper), up, down)
    kept = (up < UNREACHABLE) | (down < UNREACHABLE)
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(kept)])
    return upper[kept], before[first_up]


@kernel
def _eliminate(first: Int64Array, neighbour: Int32Array) -> tuple[Int32Array, Int64Array, Int32Array]:
    """Symbolic elimination: the upper neighbours of each node, where they begin, and the parents.

    A node's are its own and those of its children in the tree, without itself.
    """
    nodes = len(first) - 1
    child = np.full(nodes, -1, np.int64)  # first child of a node, then its siblings
    sibling = np.full(nodes, -1, np.int64)
    seen_by = np.full(nodes, -1, np.int64)
    parent = np.full(nodes, -1, np.int32)
    begins = np.zeros(nodes + 1, np.int64)
    found = np.empty(3 * len(neighbour) + 16, np.int32)
    count = 0
    for node in range(nodes):
        seen_by[node] = node
        start = count
        most = first[node + 1] - first[node]
        each = child[node]
        while each >= 0:
            most += begins[each + 1] - begins[each]
            each = sibling[each]
        if count + most > len(found):
            larger = np.empty(max(2 * len(found), count + most), np.int32)
            larger[:count] = found[:count]
            found = larger
        for place in range(first[node], first[node + 1]):
            other = neighbour[place]
            if seen_by[other] != node:
                seen_by[other] = node
                found[count] = other
                count += 1
        each = child[node]
        while each >= 0:
            for place in range(begins[each], begins[each + 1]):
                other = found[place]
                if seen_by[other] != node:
                    seen_by[other] = node
                    found[count] = other
                    count += 1
            each = sibling[each]
        found[start:count] = np.sort(found[start:count])
        begins[node + 1] = count
        if count > start:
            above = found[start]
            parent[node] = above
            sibling[node] = child[above]
            child[above] = node
    return found[:count].copy(), begins, parent


@kernel
def _by_upper(first_up: Int64Array, upper: Int32Array) -> tuple[Int64Array, Int32Array, Int32Array]:
    """The arcs by their upper end: where those of a node begin, their lower ends, their numbers."""
    nodes = len(first_up) - 1
    begins = np.zeros(nodes + 1, np.int64)
    for arc in range(len(upper)):
        begins[upper[arc] + 1] += 1
    for node in range(nodes):
        begins[node + 1] += begins[node]
    place = begins[:-1].copy()
    below = np.empty(len(upper), np.int32)
    number = np.empty(len(upper), np.int32)
    for node in range(nodes):
        for arc in range(first_up[node], first_up[node + 1]):
            above = upper[arc]
            below[place[above]] = node
            number[place[above]] = arc
            place[above] += 1
    return begins, below, number

"""The hierarchy of a graph: an order of its nodes, and the shortcuts that any weights may need in this order.

It depends on the topology alone, so it is built once and kept; ``metric`` fills it for each set of weights.

Nodes are eliminated in their order, and the neighbours that are left become neighbours of one another.  Every arc of
the hierarchy runs between a lower and an upper node.  The lowest upper neighbour of a node is its parent in the
elimination tree: all that is above a node lies on its way to the root (Dibbelt, Strasser, Wagner 2016, section 4).

The arcs that climb and those that fall are kept apart, and an arc that no weights can make passable is left out.  Of
roads that is one in twenty, but of turns nearly half: what drives across a cut in one direction cannot be followed by
what drives across it in the same one (Buchhold, Wagner, Zeitz, Zündorf: Customizable Contraction Hierarchies with Turn
Costs, ATMOS 2020).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from geo.errors import InputError
from geo.routing._compiled import kernel
from geo.routing.graph import Graph, Int32Array, Int64Array, Mask


class Slope(NamedTuple):
    """The arcs that climb, or those that fall, in a form that kernels take.

    Nodes are named by their rank, arcs lie side by side by lower node.

    first, upper, lower:
        Arcs between a node and higher ones: ``upper[first[v]:first[v + 1]]``, ascending; ``lower`` is their other end.
    first_below, below, below_arc:
        The same arcs by upper node: their lower ends, ascending, and their numbers.
    onward, onward_end:
        Beside ``below``: the arcs of the other slope between the lower end and what is above the upper one, the last
        exclusive.  Each of them makes a triangle with the arc.
    """

    first: Int64Array
    upper: Int32Array
    lower: Int32Array
    first_below: Int64Array
    below: Int32Array
    below_arc: Int32Array
    onward: Int32Array
    onward_end: Int32Array

    @property
    def arcs(self) -> int:
        return len(self.upper)


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """The shortcuts of ``graph``.

    rank, order:
        Of a node its rank in the order, of a rank its node.
    parent:
        In the elimination tree, by rank; -1 for a root.
    up, down:
        The arcs that lead from their lower ends to their upper ones, and those that lead back.
    arc, climbs:
        Of each arc of the graph: whether it climbs, and its arc of ``up`` or else of ``down`` (-1 for a loop).
    """

    graph: Graph
    rank: Int32Array
    order: Int32Array
    parent: Int32Array
    up: Slope
    down: Slope
    arc: Int32Array
    climbs: Mask

    @property
    def arcs(self) -> int:
        """How many arcs there are with the shortcuts."""
        return self.up.arcs + self.down.arcs

    @cached_property
    def own(self) -> tuple[tuple[Int64Array, Int32Array], tuple[Int64Array, Int32Array]]:
        """The graph's arcs by arc of ``up`` and of ``down``: where those of each begin, and their numbers."""
        return _own(self.arc, self.climbs, self.up.arcs), _own(self.arc, ~self.climbs, self.down.arcs)


def _own(arc: Int32Array, these: Mask, arcs: int) -> tuple[Int64Array, Int32Array]:
    numbers = np.flatnonzero(these & (arc >= 0))
    order = np.argsort(arc[numbers], kind="stable")
    first = np.concatenate([[0], np.cumsum(np.bincount(arc[numbers], minlength=arcs))]).astype(np.int64)
    return first, numbers[order].astype(np.int32)


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
    climbs = tail < head
    rises, falls = _passable(upper, first_up, low[proper], high[proper], climbs[proper])
    up, down = _slope(upper, first_up, rises, falls), _slope(upper, first_up, falls, rises)
    arc = np.full(graph.arcs, -1, np.int32)
    for slope, these in ((up, proper & climbs), (down, proper & ~climbs)):
        arc[these] = _between(slope.lower, slope.upper, low[these], high[these])
    return Hierarchy(graph, rank, order, parent, up, down, arc, climbs)


def _between(lower: Int32Array, upper: Int32Array, low: Int64Array, high: Int64Array) -> Int64Array:
    """Which of the arcs, in the order of their ends, join these ends."""
    most = int(high.max(initial=0)) + 1 + int(upper.max(initial=0))
    return np.searchsorted(lower.astype(np.int64) * most + upper, low * most + high)


def _passable(
    upper: Int32Array, first_up: Int64Array, low: Int64Array, high: Int64Array, climbs: Mask
) -> tuple[Mask, Mask]:
    """Whether an arc can be passed upwards, and downwards, for some weights: whether it can where all cost nothing.

    ``low``, ``high``, ``climbs`` are of the graph's arcs.
    """
    first_down, down_node, down_arc = _by_upper(first_up, upper)
    up, down = np.zeros(len(upper), np.bool_), np.zeros(len(upper), np.bool_)
    arc = _between(_lower(first_up), upper, low, high)
    up[arc[climbs]] = True
    down[arc[~climbs]] = True
    _open_triangles(first_up, upper, first_down, down_node, down_arc, up, down)
    return up, down


def _slope(upper: Int32Array, first_up: Int64Array, kept: Mask, others: Mask) -> Slope:
    """The arcs that are ``kept``, beside the other slope's."""
    before, others_before = _counted(kept), _counted(others)
    first, lower = before[first_up], _lower(first_up)
    first_below, below, arc = _by_upper(first, upper[kept])
    onward = others_before[np.flatnonzero(kept) + 1][arc]  # its own arc may be in the other slope too
    onward_end = others_before[first_up[1:]][below]
    return Slope(
        *(first, upper[kept], lower[kept], first_below, below, arc),
        *(onward.astype(np.int32), onward_end.astype(np.int32)),
    )


def _counted(kept: Mask) -> Int64Array:
    """How many are kept before each, and after the last."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(kept)])


def _lower(first: Int64Array) -> Int32Array:
    return np.repeat(np.arange(len(first) - 1, dtype=np.int32), np.diff(first))


@kernel
def _open_triangles(
    first_up: Int64Array,
    upper: Int32Array,
    first_down: Int64Array,
    down_node: Int32Array,
    down_arc: Int32Array,
    up: Mask,
    down: Mask,
) -> None:
    """Makes passable what is so over a lower node, from the lowest one up."""
    nodes = len(first_up) - 1
    arc_to = np.full(nodes, -1, np.int32)
    for node in range(nodes):
        for arc in range(first_up[node], first_up[node + 1]):
            arc_to[upper[arc]] = arc
        for place in range(first_down[node], first_down[node + 1]):
            first_leg = down_arc[place]
            to_below, from_below = down[first_leg], up[first_leg]
            for second_leg in range(first_leg + 1, first_up[down_node[place] + 1]):  # to ends above ``node``
                arc = arc_to[upper[second_leg]]
                up[arc] |= to_below & up[second_leg]
                down[arc] |= down[second_leg] & from_below


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

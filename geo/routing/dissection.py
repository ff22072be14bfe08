"""Orders of elimination by nested dissection: a road graph is cut where few roads cross, and what is cut comes last.

Cuts are found by inertial flow: of the nodes sorted along each of four directions, the first and the last ones are held
apart by a minimum cut, and the smallest of the four cuts is taken (Schild, Sommer: On Balanced Separators in Road
Networks, SEA 2015).
"""

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

from geo.errors import InputError
from geo.routing._compiled import kernel
from geo.routing.graph import FloatArray, Graph, Int32Array, Int64Array, Mask

_LEAF = 8
"""Parts of so few nodes are not cut any more."""
_SMALL = 64
"""Parts of so few nodes are cut in the middle."""
_HELD = 0.3
"""Share of the nodes that is held on each side."""
_UNCUT = 1_000
"""Capacity of what may not be cut."""


def node_order(graph: Graph, x: FloatArray, y: FloatArray) -> Int32Array:
    """An order of the nodes, what is to be eliminated first being first; separators are ends of the roads cut.

    ``x`` and ``y`` are coordinates of the nodes in a plane, in any unit.

    Raises
    ------
    InputError
        If there is not one of each for each node.
    """
    roads = _Roads(graph, x, y)
    order = _Backwards(graph.nodes)
    parts = [np.arange(graph.nodes)]
    while parts:
        part = parts.pop()
        inner = roads.between(part)
        if len(part) <= _LEAF:
            order.put(part[np.argsort(np.diff(inner.indptr), kind="stable")])
            continue
        side = _side(inner, x[part], y[part])
        tail, head = _ends(inner)
        cut = side[tail] & ~side[head]
        here, there = np.unique(tail[cut]), np.unique(head[cut])
        separator = here if len(here) <= len(there) else there
        order.put(part[separator])
        rest = np.ones(len(part), bool)
        rest[separator] = False
        parts += [part[rest & side], part[rest & ~side]]
    return order.found


def arc_order(graph: Graph, x: FloatArray, y: FloatArray) -> Int32Array:
    """An order of the arcs, as nodes of the graph of turns; separators are the arcs cut, in both directions.

    Buchhold, Wagner, Zeitz, Zündorf: Customizable Contraction Hierarchies with Turn Costs (ATMOS 2020).  Arguments and
    errors as of ``node_order``.
    """
    roads = _Roads(graph, x, y)
    order = _Backwards(graph.arcs)
    left = np.zeros(graph.nodes, bool)
    parts = [(np.arange(graph.nodes), np.arange(graph.arcs))]
    while parts:
        part, arcs = parts.pop()
        if len(part) <= _LEAF:
            order.put(arcs)
            continue
        side = _side(roads.between(part), x[part], y[part])
        left[part] = side
        from_left, to_left = left[graph.tail[arcs]], left[graph.head[arcs]]
        order.put(arcs[from_left != to_left])
        parts += [(part[side], arcs[from_left & to_left]), (part[~side], arcs[~from_left & ~to_left])]
    return order.found


def regions(graph: Graph, x: FloatArray, y: FloatArray, count: int) -> Int32Array:
    """The nodes in so many regions, numbered from 0: the largest is cut in two along few roads until there are enough.

    The smaller part of a cut has three tenths of what was cut, so no region is more than about five times another.

    Raises
    ------
    InputError
        If there are fewer nodes than regions, no region, or not one ``x`` and ``y`` for each node.
    """
    roads = _Roads(graph, x, y)
    if not 1 <= count <= graph.nodes:
        raise InputError(f"{graph.nodes} nodes cannot be cut into {count} regions.")
    region = np.zeros(graph.nodes, np.int32)
    for new in range(1, count):
        part = np.flatnonzero(region == np.argmax(np.bincount(region)))
        region[part[~_smallest_cut(roads.between(part), x[part], y[part])]] = new
    return region


class _Backwards:
    """An order that is filled from its end."""

    def __init__(self, length: int) -> None:
        self.found: Int32Array = np.empty(length, np.int32)
        self._free = length

    def put(self, which: Int64Array) -> None:
        self.found[self._free - len(which) : self._free] = which
        self._free -= len(which)


class _Roads:
    """Roads without directions, each once from either end; ``InputError`` as of ``node_order``."""

    def __init__(self, graph: Graph, x: FloatArray, y: FloatArray) -> None:
        if len(x) != graph.nodes or len(y) != graph.nodes:
            raise InputError(f"There are {graph.nodes} nodes, and {len(x)} and {len(y)} coordinates of them.")
        proper = graph.tail != graph.head
        tail, head = graph.tail[proper], graph.head[proper]
        ends = (np.concatenate([tail, head]), np.concatenate([head, tail]))
        every = csr_matrix((np.ones(len(ends[0]), np.int32), ends), shape=(graph.nodes, graph.nodes))
        self._first, self._other = every.indptr.astype(np.int64), every.indices.astype(np.int32)
        self._place = np.full(graph.nodes, -1, np.int32)

    def between(self, part: Int64Array) -> csr_matrix:
        """The roads between nodes of a part, which are named by their places in it, ascending.

        It takes as long as the part is large: that of scipy, ``roads[part][:, part]``, as long as all roads are.
        """
        first, other = _between(self._first, self._other, part, self._place)
        return csr_matrix((np.ones(len(other), np.int32), other, first), shape=(len(part), len(part)))


@kernel
def _between(
    first: Int64Array, other: Int32Array, part: Int64Array, place: Int32Array
) -> tuple[Int32Array, Int32Array]:
    """``place`` is -1 everywhere, before and after."""
    room = 0
    for each in range(len(part)):
        place[part[each]] = each
        room += first[part[each] + 1] - first[part[each]]
    begins, found, count = np.zeros(len(part) + 1, np.int32), np.empty(room, np.int32), 0
    for each in range(len(part)):
        for road in range(first[part[each]], first[part[each] + 1]):
            if place[other[road]] >= 0:
                found[count] = place[other[road]]
                count += 1
        found[begins[each] : count].sort()
        begins[each + 1] = count
    for each in range(len(part)):
        place[part[each]] = -1
    return begins, found[:count].copy()


def _side(inner: csr_matrix, x: FloatArray, y: FloatArray) -> Mask:
    """Nodes parted in two: by components where there are several, else by the smallest cut."""
    count, component = connected_components(inner, directed=False)
    if count > 1:
        parted: Mask = component < count // 2  # by their numbers, so that many components take few steps
        return parted
    return _smallest_cut(inner, x, y)


def _smallest_cut(inner: csr_matrix, x: FloatArray, y: FloatArray) -> Mask:
    """The nodes on one side of the cut, of those in the four directions, that crosses the fewest roads."""
    best: Mask | None = None
    fewest = 0
    tail, head = _ends(inner)
    for along in (x, y, x + y, x - y):
        order = np.argsort(along, kind="stable")
        side = _middle(order) if len(order) <= _SMALL else _minimum_cut(tail, head, order)
        crossing = int(np.count_nonzero(side[tail] & ~side[head]))
        if best is None or crossing < fewest:
            best, fewest = side, crossing
    assert best is not None  # noqa: S101 - there are four directions
    return best


def _ends(inner: csr_matrix) -> tuple[Int32Array, Int32Array]:
    """Both ends of each road."""
    return np.repeat(np.arange(inner.shape[0], dtype=np.int32), np.diff(inner.indptr)), inner.indices


def _middle(order: Int64Array) -> Mask:
    side = np.zeros(len(order), bool)
    side[order[: len(order) // 2]] = True
    return side


def _minimum_cut(begins: Int32Array, ends: Int32Array, order: Int64Array) -> Mask:
    """Which nodes are on the side of the first ones where as few roads as possible are cut."""
    nodes = len(order)
    held = max(1, int(nodes * _HELD))
    source, sink = nodes, nodes + 1
    tail = np.concatenate([begins, np.full(held, source), order[-held:]])
    head = np.concatenate([ends, order[:held], np.full(held, sink)])
    capacity = np.concatenate([np.ones(len(ends), np.int32), np.full(2 * held, _UNCUT, np.int32)])
    network = csr_matrix((capacity, (tail, head)), shape=(nodes + 2, nodes + 2), dtype=np.int32)
    rest = network - maximum_flow(network, source, sink).flow
    rest.data = (rest.data > 0).astype(np.int32)
    rest.eliminate_zeros()
    reached = breadth_first_order(rest, source, return_predecessors=False)
    side = np.zeros(nodes, bool)
    side[reached[reached < nodes]] = True
    return side

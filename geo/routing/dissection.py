"""Orders of elimination by nested dissection: a road graph is cut where few roads cross, and what is cut comes last.

Cuts are found by inertial flow: of the nodes sorted along each of four directions, the first and the last ones are held
apart by a minimum cut, and the smallest of the four cuts is taken (Schild, Sommer: On Balanced Separators in Road
Networks, SEA 2015).
"""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from geo.errors import InputError
from geo.routing._compiled import kernel
from geo.routing.graph import FloatArray, Graph, Int32Array, Int64Array, Mask

_LEAF = 8
"""Parts of so few nodes are not cut any more."""
_SMALL = 64
"""Parts of so few nodes are cut in the middle."""
_HELD = 0.3
"""Share of the nodes that is held on each side."""


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
            order.put(part[np.argsort(np.diff(inner.first), kind="stable")])
            continue
        side = _side(inner, _orders(x[part], y[part]))
        separator = _separator(inner, side)
        order.put(part[separator])
        parts += [part[side & ~separator], part[~(side | separator)]]
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
        side = _side(roads.between(part), _orders(x[part], y[part]))
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
        region[part[~_smallest_cut(roads.between(part), _orders(x[part], y[part]))]] = new
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

    def between(self, part: Int64Array) -> "_Inner":
        """The roads between nodes of a part, which are named by their places in it."""
        return _between(self._first, self._other, part, self._place)


class _Inner(NamedTuple):
    """Roads of a part: those of a node lead to ``other[first[node]:first[node + 1]]``, ascending."""

    first: Int32Array
    other: Int32Array


@kernel
def _between(first: Int64Array, other: Int32Array, part: Int64Array, place: Int32Array) -> _Inner:
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
    return _Inner(begins, found[:count].copy())


def _orders(x: FloatArray, y: FloatArray) -> Int64Array:
    """``(4, nodes)`` the nodes sorted along each direction."""
    return np.argsort(np.stack([x, y, x + y, x - y]), axis=1, kind="stable")


@kernel
def _side(inner: _Inner, orders: Int64Array) -> Mask:
    """Nodes parted in two: by components where there are several, else by the smallest cut."""
    count, component = _components(inner)
    if count > 1:
        return component < count // 2  # by their numbers, so that many components take few steps
    return _smallest_cut(inner, orders)


@kernel
def _components(inner: _Inner) -> tuple[int, Int32Array]:
    """How many parts hang together, and which each node is of, numbered by their first nodes."""
    nodes = len(inner.first) - 1
    component, line = np.full(nodes, -1, np.int32), np.empty(nodes, np.int32)
    found = 0
    for start in range(nodes):
        if component[start] >= 0:
            continue
        component[start], line[0], waiting = found, start, 1
        while waiting:
            waiting -= 1
            node = line[waiting]
            for other in inner.other[inner.first[node] : inner.first[node + 1]]:
                if component[other] < 0:
                    component[other], line[waiting] = found, other
                    waiting += 1
        found += 1
    return found, component


@kernel
def _smallest_cut(inner: _Inner, orders: Int64Array) -> Mask:
    """The nodes on one side of the cut, of those in the four directions, that crosses the fewest roads."""
    nodes = orders.shape[1]
    best, fewest = np.zeros(nodes, np.bool_), len(inner.other) + 1
    for order in orders:
        if nodes <= _SMALL:
            side = np.zeros(nodes, np.bool_)
            side[order[: nodes // 2]] = True
        else:
            side = _minimum_cut(inner, order, max(1, int(nodes * _HELD)))
        crossing = 0
        for node in range(nodes):
            if side[node]:
                for other in inner.other[inner.first[node] : inner.first[node + 1]]:
                    crossing += not side[other]
        if crossing < fewest:
            best, fewest = side, crossing
    return best


@kernel
def _separator(inner: _Inner, side: Mask) -> Mask:
    """The ends of the roads that are cut, on the side where there are fewer."""
    nodes = len(side)
    here, there = np.zeros(nodes, np.bool_), np.zeros(nodes, np.bool_)
    for node in range(nodes):
        if side[node]:
            for other in inner.other[inner.first[node] : inner.first[node + 1]]:
                if not side[other]:
                    here[node] = there[other] = True
    return here if here.sum() <= there.sum() else there


@kernel
def _minimum_cut(inner: _Inner, order: Int64Array, held: int) -> Mask:
    """Which nodes are on the side of the first ``held`` of an order where as few roads as possible are cut.

    The last ``held`` nodes are on the other side (Dinic's algorithm).  Of several such cuts it is the one nearest to
    the first nodes.
    """
    first, other, nodes = inner.first, inner.other, len(order)
    back, used = np.empty(len(other), np.int32), np.zeros(len(other), np.int8)
    for node in range(nodes):
        for road in range(first[node], first[node + 1]):
            begin = first[other[road]]
            back[road] = begin + np.searchsorted(other[begin : first[other[road] + 1]], node)
    ends = np.zeros(nodes, np.bool_)
    ends[order[nodes - held :]] = True
    level, line, upcoming = np.empty(nodes, np.int32), np.empty(nodes, np.int32), np.empty(nodes, np.int32)
    path = np.empty(nodes, np.int32)
    while _levels(inner, used, order[:held], ends, level, line):
        upcoming[:] = first[:nodes]
        for start in order[:held]:
            node, length = start, 0
            while True:
                if ends[node]:
                    for road in path[:length]:
                        used[road] += 1
                        used[back[road]] -= 1
                    node, length = start, 0
                while upcoming[node] < first[node + 1]:
                    road = upcoming[node]
                    if used[road] < 1 and level[other[road]] == level[node] + 1:
                        break
                    upcoming[node] += 1
                if upcoming[node] < first[node + 1]:
                    path[length] = upcoming[node]
                    node, length = other[upcoming[node]], length + 1
                elif length:
                    length -= 1
                    node = other[back[path[length]]]
                    upcoming[node] += 1
                else:
                    break
    return level >= 0


@kernel
def _levels(
    inner: _Inner,
    used: np.ndarray[tuple[int], np.dtype[np.int8]],
    starts: Int64Array,
    ends: Mask,
    level: Int32Array,
    line: Int32Array,
) -> bool:
    """How many roads each node is away along which more can flow, -1 where none lead; whether any end is reached.

    What is farther than the nearest end may be -1 then.
    """
    first, other = inner.first, inner.other
    level[:] = -1
    count, farthest = 0, len(level)
    for node in starts:
        level[node] = 0
        line[count] = node
        count += 1
    place = 0
    while place < count:
        node = line[place]
        place += 1
        if level[node] >= farthest:
            break
        for road in range(first[node], first[node + 1]):
            if used[road] < 1 and level[other[road]] < 0:
                level[other[road]] = level[node] + 1
                line[count] = other[road]
                count += 1
                if ends[other[road]]:
                    farthest = level[node] + 1
    return farthest < len(level)

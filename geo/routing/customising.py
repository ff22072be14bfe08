"""The metric of any weights on a hierarchy, by one thread or by several at once.

Each shortcut costs the least of its own arc and of all ways over a node below both its ends (Dibbelt, Strasser, Wagner
2016, section 5.2).  An arc needs those below its lower end in the elimination tree, and no others: so subtrees are
worked on side by side, and then what is above them, where nodes take what lies below them side by side too.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.routing._compiled import Number, inlined, kernel, nth
from geo.routing.graph import UNREACHABLE, FloatArray, Int32Array, Mask
from geo.routing.hierarchy import Hierarchy, Slope
from geo.routing.metric import CLOSED, DOWN, UP, Metric, Ways

_SUBTREES = 8
"""A subtree that is worked on alone makes at most one part in so many of the work."""
_FEW = 16
"""So many nodes are worked on one after the other rather than handed to threads."""


def customise(hierarchy: Hierarchy, weights: npt.NDArray[np.generic], threads: int = 1) -> Metric:
    """The metric of these weights, one for each arc of the graph; of parallel arcs the cheapest counts.

    ``threads`` work on it at once.  What an arc costs is the same for any number of them; of several ways that cost the
    same it may stand for another.

    Raises
    ------
    InputError
        See ``Graph.require_weights``.
    """
    checked = hierarchy.graph.require_weights(weights)
    rising, falling = hierarchy.up, hierarchy.down

    def own(slope: Slope) -> tuple[Ways, Int32Array]:
        cost = np.full(slope.arcs, UNREACHABLE, np.int32)
        legs = np.full((slope.arcs, 2), CLOSED, np.int32)
        _respect(hierarchy.arc, hierarchy.climbs, slope is rising, checked, cost, legs)
        return Ways(slope.first, slope.upper, cost), legs

    with ThreadPoolExecutor(threads) as pool:
        each = map if threads == 1 else pool.map  # a thread that is not needed costs a change to it
        (up, legs_up), (down, legs_down) = each(own, (rising, falling))

        def relax(nodes: Int32Array, over: Mask, begin: int, end: int) -> None:
            _relax_each(nodes, over, begin, end, rising, up.cost, legs_up, falling, down.cost, legs_down)

        if threads == 1:
            every = np.arange(len(rising.first) - 1, dtype=np.int32)
            relax(every, np.ones(len(every), np.bool_), 0, len(every))
        else:
            _at_once(relax, _shares(hierarchy), pool, threads)
    return Metric(hierarchy, checked, up, down, legs_up, legs_down)


@kernel
def _respect(
    arc: Int32Array, climbs: Mask, climbing: bool, weights: Int32Array, cost: Int32Array, legs: Int32Array
) -> None:
    """Each arc of a slope costs what the cheapest of the graph's own arcs between its ends costs."""
    for each in range(len(weights)):
        here = arc[each]
        if here >= 0 and climbs[each] == climbing and weights[each] < cost[here]:
            cost[here] = weights[each]
            legs[here, DOWN] = legs[here, UP] = ~each


# --- by several threads ----------------------------------------------------------------------------------------


class _Shares(NamedTuple):
    """Nodes by rank, ascending: those of subtrees that can be worked on at once, and those above all of them."""

    subtrees: list[Int32Array]
    top: Int32Array


type _Relax = Callable[[Int32Array, Mask, int, int], None]


def _shares(hierarchy: Hierarchy) -> _Shares:
    triangles = np.diff(hierarchy.up.first).astype(np.float64) * np.diff(hierarchy.down.first)
    share = _share_of_each(hierarchy.parent, triangles + 1, _SUBTREES)
    order = np.argsort(share, kind="stable").astype(np.int32)
    top, *subtrees = np.split(order, np.cumsum(np.bincount(share + 1))[:-1])
    return _Shares(subtrees, top)


@kernel
def _share_of_each(parent: Int32Array, work: FloatArray, parts: int) -> Int32Array:
    """Of each node the number of its share, -1 above all of them; ``work`` is of each alone."""
    below = work.copy()
    for node in range(len(parent)):
        if parent[node] >= 0:
            below[parent[node]] += below[node]
    most = work.sum() / parts
    share = np.empty(len(parent), np.int32)
    number, filled = 0, 0.0
    for node in range(len(parent) - 1, -1, -1):
        if below[node] > most:
            share[node] = -1
        elif parent[node] >= 0 and share[parent[node]] >= 0:
            share[node] = share[parent[node]]
        else:  # small ones that hang on what is above are one share
            if filled + below[node] > most:
                number, filled = number + 1, 0.0
            share[node] = number
            filled += below[node]
    return share


def _at_once(relax: _Relax, shares: _Shares, pool: ThreadPoolExecutor, threads: int) -> None:
    top, nodes = shares.top, len(shares.top) + sum(map(len, shares.subtrees))
    above = np.zeros(nodes, np.bool_)
    above[top] = True
    list(pool.map(lambda subtree: relax(subtree, ~above, 0, nodes), shares.subtrees))

    def side_by_side(these: Int32Array, over: Mask, begin: int, end: int) -> None:
        parts = [np.ascontiguousarray(these[first::threads]) for first in range(threads)]
        list(pool.map(lambda part: relax(part, over, begin, end), parts))

    def rise(these: Int32Array) -> None:
        if len(these) <= _FEW:
            relax(these, above, int(these[0]), int(these[-1]) + 1)
            return
        lower, upper = np.array_split(these, 2)
        rise(lower)
        side_by_side(upper, above, int(lower[0]), int(lower[-1]) + 1)
        rise(upper)

    if len(top):
        side_by_side(top, ~above, 0, nodes)
        rise(top)


# --- triangles -------------------------------------------------------------------------------------------------


@kernel
def _relax_each(
    nodes: Int32Array,
    over: Mask,
    begin: int,
    end: int,
    rising: Slope,
    up: Int32Array,
    legs_up: Int32Array,
    falling: Slope,
    down: Int32Array,
    legs_down: Int32Array,
) -> None:
    """Relaxes the lower triangles of nodes, in their order, over those of ``over`` from ``begin`` to before ``end``."""
    arc_to = np.empty(len(over), np.int32)
    for node in nodes:
        _relax(node, over, begin, end, rising, up, legs_up, UP, falling, down, arc_to)
        _relax(node, over, begin, end, falling, down, legs_down, DOWN, rising, up, arc_to)


@inlined
def _relax(
    node: Number,
    over: Mask,
    begin: int,
    end: int,
    slope: Slope,
    cost: Int32Array,
    legs: Int32Array,
    own: int,
    other: Slope,
    other_cost: Int32Array,
    arc_to: Int32Array,
) -> None:
    """Relaxes one slope's arcs of a node: one leg is of the other slope, the next of this.

    ``own`` is the column of legs of this slope.

    Where there are both legs there is an arc of their sum, see ``Hierarchy``; sums stay below 2**31.
    """
    for arc in range(slope.first[node], slope.first[node + 1]):
        arc_to[slope.upper[arc]] = arc
    first, last = other.first_below[node], other.first_below[node + 1]
    if begin > 0:
        first += np.searchsorted(other.below[first:last], begin)
    for place in range(first, last):
        below = other.below[place]
        if below >= end:
            break
        if not over[below]:
            continue
        near = other.below_arc[place]
        leg = other_cost[near]
        for each in range(other.onward[place], other.onward_end[place]):
            far = nth(each)
            arc = nth(arc_to[nth(slope.upper[far])])
            over_it = leg + cost[far]
            if over_it < cost[arc]:
                cost[arc] = over_it
                legs[arc, 1 - own] = near
                legs[arc, own] = far

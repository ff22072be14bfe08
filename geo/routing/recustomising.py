"""The metric of weights of which few have changed: only what is made of those is made anew.

An arc of the hierarchy is looked at again where one of its own has changed, or where what it was the sum of has, or
where a new sum is less; so from the lowest node up (partial updates: Dibbelt, Strasser, Wagner 2016, section 5.5).
"""

import numpy as np
import numpy.typing as npt

from geo.routing._compiled import Number, inlined, kernel
from geo.routing._heap import pop, push
from geo.routing.customising import customise
from geo.routing.graph import UNREACHABLE, Int32Array, Int64Array, Mask
from geo.routing.hierarchy import Slope
from geo.routing.metric import CLOSED, DOWN, UP, Metric, Ways

MOST_CHANGED = 0.02
"""Where more of the weights than this share have changed, all is made anew: that takes no longer."""


def recustomised(before: Metric, weights: npt.NDArray[np.generic]) -> Metric:
    """The metric of these weights, as ``customise`` makes it; quickly where few differ from those of ``before``.

    ``before`` is not pruned: all its arcs are needed.

    Raises
    ------
    InputError
        See ``Graph.require_weights``; also where ``before`` is pruned.
    """
    hierarchy = before.hierarchy
    before.require_whole()
    checked = hierarchy.graph.require_weights(weights)
    changed = np.flatnonzero(checked != before.weights)
    if len(changed) > MOST_CHANGED * len(checked):
        return customise(hierarchy, checked)
    up, down = before.ways_up, before.ways_down
    made = Metric(
        hierarchy,
        checked,
        Ways(up.first, up.upper, up.cost.copy()),
        Ways(down.first, down.upper, down.cost.copy()),
        before.legs_up.copy(),
        before.legs_down.copy(),
    )
    own_up, own_down = hierarchy.own
    _recustomise(
        *(hierarchy.up, hierarchy.down),
        *(up.cost, down.cost, made.ways_up.cost, made.ways_down.cost, made.legs_up, made.legs_down),
        checked,
        hierarchy.arc,
        hierarchy.climbs,
        changed,
        own_up,
        own_down,
    )
    return made


@kernel
def _recustomise(
    rising: Slope,
    falling: Slope,
    old_up: Int32Array,
    old_down: Int32Array,
    up: Int32Array,
    down: Int32Array,
    legs_up: Int32Array,
    legs_down: Int32Array,
    weights: Int32Array,
    arc_of: Int32Array,
    climbs: Mask,
    changed: Int64Array,
    own_up: tuple[Int64Array, Int32Array],
    own_down: tuple[Int64Array, Int32Array],
) -> None:
    nodes = len(rising.first) - 1
    doubted_up, doubted_down = np.zeros(len(up), np.bool_), np.zeros(len(down), np.bool_)
    waiting = np.zeros(nodes, np.bool_)
    heap = np.empty(nodes + 1, np.int64)
    size: Number = 0
    for each in changed:
        arc = arc_of[each]
        if arc >= 0:
            if climbs[each]:
                doubted_up[arc] = True
                size = _wait(rising.lower[arc], waiting, heap, size)
            else:
                doubted_down[arc] = True
                size = _wait(falling.lower[arc], waiting, heap, size)
    while size > 0:
        node, size = pop(heap, int(size))
        for arc in range(rising.first[node], rising.first[node + 1]):
            if doubted_up[arc]:
                _again(node, arc, rising, up, legs_up, UP, falling, down, own_up, weights)
        for arc in range(falling.first[node], falling.first[node + 1]):
            if doubted_down[arc]:
                _again(node, arc, falling, down, legs_down, DOWN, rising, up, own_down, weights)
        # A path over this node comes down to it and goes up again: both arcs were looked at by now.
        for near in range(falling.first[node], falling.first[node + 1]):
            for far in range(rising.first[node], rising.first[node + 1]):
                if down[near] == old_down[near] and up[far] == old_up[far]:
                    continue
                start, end = falling.upper[near], rising.upper[far]
                if start == end:
                    continue
                old, new = old_down[near] + old_up[far], down[near] + up[far]
                if start < end:
                    arc = _find(rising, start, end)
                    if not doubted_up[arc] and (new < old_up[arc] or old == old_up[arc]):
                        doubted_up[arc] = True
                        size = _wait(start, waiting, heap, size)
                else:
                    arc = _find(falling, end, start)
                    if not doubted_down[arc] and (new < old_down[arc] or old == old_down[arc]):
                        doubted_down[arc] = True
                        size = _wait(end, waiting, heap, size)


@inlined
def _wait(node: Number, waiting: Mask, heap: Int64Array, size: Number) -> Number:
    if waiting[node]:
        return size
    waiting[node] = True
    return push(heap, int(size), np.int64(node))


@kernel
def _find(slope: Slope, lower: Number, upper: Number) -> Number:
    """The arc between two nodes, which is there."""
    low, high = int(slope.first[lower]), int(slope.first[lower + 1])
    while high - low > 1:
        middle = (low + high) // 2
        if slope.upper[middle] <= upper:
            low = middle
        else:
            high = middle
    return low


@kernel
def _again(
    node: Number,
    arc: Number,
    slope: Slope,
    cost: Int32Array,
    legs: Int32Array,
    own: Number,
    other: Slope,
    other_cost: Int32Array,
    own_arcs: tuple[Int64Array, Int32Array],
    weights: Int32Array,
) -> None:
    """One arc of a node as ``metric.customise`` makes it: of its own arcs, and over all nodes below."""
    first, arcs = own_arcs
    least, leg, other_leg = np.int64(UNREACHABLE), np.int64(CLOSED), np.int64(CLOSED)
    for place in range(first[arc], first[arc + 1]):
        if weights[arcs[place]] < least:
            least = np.int64(weights[arcs[place]])
            leg = other_leg = np.int64(~arcs[place])
    above = slope.upper[arc]
    for place in range(other.first_below[node], other.first_below[node + 1]):
        near = other.below_arc[place]
        if other_cost[near] >= least:
            continue
        low, high = other.onward[place], other.onward_end[place]
        while high > low:
            middle = (low + high) // 2
            if slope.upper[middle] < above:
                low = middle + 1
            else:
                high = middle
        if low < other.onward_end[place] and slope.upper[low] == above and other_cost[near] + cost[low] < least:
            least = np.int64(other_cost[near] + cost[low])
            leg, other_leg = np.int64(low), np.int64(near)
    cost[arc] = least
    legs[arc, own], legs[arc, 1 - own] = leg, other_leg

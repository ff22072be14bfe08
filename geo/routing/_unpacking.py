"""Out of where a query has met, the arcs of the graph: shortcuts are opened until none is left."""

import numpy as np

from geo.routing._compiled import Number, inlined, kernel
from geo.routing.graph import Int32Array, Int64Array
from geo.routing.hierarchy import Slope


@kernel
def legs_of(
    rising: Slope, falling: Slope, start: int, end: int, meeting: int, arc_from: Int32Array, arc_to: Int32Array
) -> Int64Array:
    """The hierarchy's arcs of a path, last first: twice the arc, and one more where it is used downwards."""
    count = 0
    node = meeting
    while node != end:
        node = falling.lower[arc_to[node]]
        count += 1
    downwards = count
    node = meeting
    while node != start:
        node = rising.lower[arc_from[node]]
        count += 1
    legs = np.empty(count, np.int64)
    node = meeting
    for place in range(downwards - 1, -1, -1):
        legs[place] = 2 * np.int64(arc_to[node]) + 1
        node = falling.lower[arc_to[node]]
    node = meeting
    for place in range(downwards, count):
        legs[place] = 2 * np.int64(arc_from[node])
        node = rising.lower[arc_from[node]]
    return legs


@kernel
def unpacked(
    legs: Int64Array,
    rising: Slope,
    up: Int32Array,
    falling: Slope,
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
        arc, falls = todo[size] >> 1, todo[size] & 1
        if falls:
            low, high, cost = falling.lower[arc], falling.upper[arc], down[arc]
            own = _own(order[high], order[low], cost, first_arc, head, weights)
        else:
            low, high, cost = rising.lower[arc], rising.upper[arc], up[arc]
            own = _own(order[low], order[high], cost, first_arc, head, weights)
        if own >= 0:
            if count == len(found):
                larger = np.empty(2 * count, np.int32)
                larger[:count] = found
                found = larger
            found[count] = own
            count += 1
            continue
        if falls:
            second, first = _over(low, high, cost, rising, up, falling, down)
        else:
            first, second = _over(low, high, cost, falling, down, rising, up)
        if size + 2 > len(todo):
            more = np.empty(2 * len(todo), np.int64)
            more[:size] = todo[:size]
            todo = more
        todo[size] = 2 * second
        todo[size + 1] = 2 * first + 1
        size += 2
    return found[:count].copy()


@inlined
def _own(
    tail: Number, target: Number, cost: Number, first_arc: Int64Array, head: Int32Array, weights: Int32Array
) -> Number:
    """The graph's arc between two nodes that costs so much, -1 where there is none."""
    for each in range(first_arc[tail], first_arc[tail + 1]):
        if head[each] == target and weights[each] == cost:
            return each
    return -1


@inlined
def _over(
    low: Number, high: Number, cost: Number, near_slope: Slope, leg: Int32Array, far_slope: Slope, other_leg: Int32Array
) -> tuple[Number, Number]:
    """The two legs of a shortcut over a node below: that at its lower end, of one slope, and that at its upper, of the
    other.  A shortcut that costs less than its own arc has such legs.
    """
    for place in range(near_slope.first_below[low + 1] - 1, near_slope.first_below[low] - 1, -1):
        near = near_slope.below_arc[place]
        left = cost - leg[near]
        if left >= 0:
            below = near_slope.below[place]
            far = _arc_to(high, far_slope.upper, far_slope.first[below], far_slope.first[below + 1])
            if far >= 0 and other_leg[far] == left:
                return np.int64(near), np.int64(far)
    return np.int64(-1), np.int64(-1)


@inlined
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

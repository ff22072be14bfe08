"""Out of where a query has met, the arcs of the graph: shortcuts are opened until none is left."""

import numpy as np

from geo.routing._compiled import Number, kernel
from geo.routing.graph import Int32Array, Int64Array
from geo.routing.metric import DOWN, UP

COST, ARC, FROM = 0, 1, 2
"""Columns of what a query knows of a place: the cost, the arc by which it is that (-1 where it begins), and whence."""


@kernel
def legs_of(found: Int32Array, there: Number, back: Number) -> Int64Array:
    """The hierarchy's arcs of a path, last first: twice the arc, and one more where it is used downwards.

    ``there`` and ``back`` are where it meets, as reached from the origin and from the destination.
    """
    count = 0
    place = back
    while found[place, ARC] >= 0:
        place = found[place, FROM]
        count += 1
    downwards = count
    place = there
    while found[place, ARC] >= 0:
        place = found[place, FROM]
        count += 1
    legs = np.empty(count, np.int64)
    place = back
    for each in range(downwards - 1, -1, -1):
        legs[each] = 2 * np.int64(found[place, ARC]) + 1
        place = found[place, FROM]
    place = there
    for each in range(downwards, count):
        legs[each] = 2 * np.int64(found[place, ARC])
        place = found[place, FROM]
    return legs


@kernel
def unpacked(legs: Int64Array, up: Int32Array, down: Int32Array) -> Int32Array:
    """The graph's arcs of ``legs``, which are last first, in the order of use."""
    todo = np.empty(2 * len(legs) + 64, np.int64)
    todo[: len(legs)] = legs
    size = len(legs)
    found = np.empty(256, np.int32)
    count = 0
    while size > 0:
        size -= 1
        if todo[size] < 0:
            if count == len(found):
                larger = np.empty(2 * count, np.int32)
                larger[:count] = found
                found = larger
            found[count] = ~todo[size]
            count += 1
            continue
        if size + 2 > len(todo):
            more = np.empty(2 * len(todo), np.int64)
            more[:size] = todo[:size]
            todo = more
        arc = todo[size] >> 1
        stands_for = down if todo[size] & 1 else up
        first, second = np.int64(stands_for[arc, DOWN]), np.int64(stands_for[arc, UP])
        if first >= 0 or first != second:
            todo[size] = second if second < 0 else 2 * second
            size += 1
        todo[size] = first if first < 0 else 2 * first + 1
        size += 1
    return found[:count].copy()


@kernel
def led_to(node: int, start: int, arc_to: Int32Array, tail: Int32Array) -> Int32Array:
    """The graph's arcs by which a search came from a start to a node, in the order of use."""
    count = 0
    here = node
    while here != start:
        here = tail[arc_to[here]]
        count += 1
    found = np.empty(count, np.int32)
    here = node
    for place in range(count - 1, -1, -1):
        found[place] = arc_to[here]
        here = tail[found[place]]
    return found

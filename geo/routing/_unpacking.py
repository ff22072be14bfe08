"""Out of where a query has met, the arcs of the graph: shortcuts are opened until none is left."""

import numpy as np

from geo.routing._compiled import kernel
from geo.routing.graph import Int32Array, Int64Array
from geo.routing.metric import DOWN, UP

COST, ARC = 0, 1
"""Columns of what a query knows of a node: the cost, and the arc by which it is that (-1 where it begins)."""


@kernel
def legs_of(
    lower_up: Int32Array, lower_down: Int32Array, meeting: int, from_origin: Int32Array, to_destination: Int32Array
) -> Int64Array:
    """The hierarchy's arcs of a path, last first: twice the arc, and one more where it is used downwards."""
    count = 0
    node = meeting
    while to_destination[node, ARC] >= 0:
        node = lower_down[to_destination[node, ARC]]
        count += 1
    downwards = count
    node = meeting
    while from_origin[node, ARC] >= 0:
        node = lower_up[from_origin[node, ARC]]
        count += 1
    legs = np.empty(count, np.int64)
    node = meeting
    for place in range(downwards - 1, -1, -1):
        legs[place] = 2 * np.int64(to_destination[node, ARC]) + 1
        node = lower_down[to_destination[node, ARC]]
    node = meeting
    for place in range(downwards, count):
        legs[place] = 2 * np.int64(from_origin[node, ARC])
        node = lower_up[from_origin[node, ARC]]
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
        arc = todo[size] >> 1
        stands_for = down if todo[size] & 1 else up
        if stands_for[arc, DOWN] < 0:
            if count == len(found):
                larger = np.empty(2 * count, np.int32)
                larger[:count] = found
                found = larger
            found[count] = stands_for[arc, UP]
            count += 1
            continue
        if size + 2 > len(todo):
            more = np.empty(2 * len(todo), np.int64)
            more[:size] = todo[:size]
            todo = more
        todo[size] = 2 * np.int64(stands_for[arc, UP])
        todo[size + 1] = 2 * np.int64(stands_for[arc, DOWN]) + 1
        size += 2
    return found[:count].copy()

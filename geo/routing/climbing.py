"""A metric in the form in which a query climbs it: what is read together lies together, as little of it is in a cache.

All that lies above a node is one way to the root of the elimination tree, so there a depth names a node.  What a query
writes is by depth, a few kilobytes that never leave the cache, and nothing has to be cleared after it.
"""

from typing import NamedTuple

import numpy as np

from geo.routing._compiled import kernel
from geo.routing.graph import Int32Array

FIRST_UP, FIRST_DOWN, PARENT, DEPTH = 0, 1, 2, 3
"""Columns of nodes: where their arcs up and their arcs down begin, the parent (-1 at a root), how many are above."""
ABOVE, COST = 0, 1
"""Columns of arcs: the depth of the upper end, what the arc costs."""


class Climb(NamedTuple):
    """What a query is handed, array by array: a named tuple costs it twice as long to look through as its members do.

    rank:
        Of each node of the graph, by which it is found in ``nodes``.
    nodes:
        ``(nodes + 1, 4)``, see ``FIRST_UP`` and so on.
    up, down:
        ``(arcs, 2)``, see ``ABOVE`` and ``COST``.
    legs_up, legs_down:
        ``(arcs, 2)``, as of ``geo.routing.metric.Metric``.
    """

    rank: Int32Array
    nodes: Int32Array
    up: Int32Array
    down: Int32Array
    legs_up: Int32Array
    legs_down: Int32Array


@kernel
def depths(parent: Int32Array) -> Int32Array:
    """Of each node how many are above it."""
    found = np.zeros(len(parent), np.int32)
    for node in range(len(parent) - 1, -1, -1):
        if parent[node] >= 0:
            found[node] = found[parent[node]] + 1
    return found


@kernel
def interleaved(above: Int32Array, cost: Int32Array, depth: Int32Array) -> Int32Array:
    """Arcs with columns ``ABOVE`` and ``COST``."""
    found = np.empty((len(above), 2), np.int32)
    for arc in range(len(above)):
        found[arc, ABOVE] = depth[above[arc]]
        found[arc, COST] = cost[arc]
    return found

"""How far off the nearest few of many sources are, at every node: one search for all of them."""

import numpy as np

from geo.routing._compiled import kernel
from geo.routing._heap import pop, push
from geo.routing.graph import UNREACHABLE, Graph, Int32Array, Int64Array


def cost_of_several(
    graph: Graph,
    weights: Int32Array,
    starts: Int32Array,
    costs: Int32Array,
    source: Int32Array,
    several: int,
    most: Int32Array,
) -> Int32Array:
    """``(nodes,)`` what it costs at least to come to a node from each of so many different sources; ``UNREACHABLE``
    where fewer lead there for less than ``most``.

    starts, costs, source:
        Where sources begin, at what cost, and which it is; a source may begin at several nodes.
    several:
        1 or more.
    most:
        ``(nodes,)``; it rises along no arc by more than the arc costs.
    """
    return _costs(graph.first_arc, graph.head, weights, starts, costs, source, several, most)


@kernel
def _costs(
    first_arc: Int64Array,
    head: Int32Array,
    weights: Int32Array,
    starts: Int32Array,
    costs: Int32Array,
    source: Int32Array,
    several: int,
    most: Int32Array,
) -> Int32Array:
    nodes = len(first_arc) - 1
    found = np.full(nodes, UNREACHABLE, np.int32)
    known = np.empty((nodes, several), np.int32)  # the sources that have come to each
    count = np.zeros(nodes, np.int32)
    room = len(starts) + several * len(head)
    heap, at, of = np.empty(room, np.int64), np.empty(room, np.int32), np.empty(room, np.int32)
    size = labels = 0
    for each in range(len(starts)):
        if costs[each] < most[starts[each]]:
            at[labels], of[labels] = starts[each], source[each]
            size = push(heap, size, (np.int64(costs[each]) << 32) | np.int64(labels))
            labels += 1
    while size > 0:
        key, size = pop(heap, size)
        label, cost = key & 0xFFFFFFFF, key >> 32
        node = at[label]
        if count[node] == several:
            continue
        is_new = True
        for each in range(count[node]):
            is_new &= known[node, each] != of[label]
        if not is_new:
            continue
        known[node, count[node]] = of[label]
        count[node] += 1
        if count[node] == several:
            found[node] = cost
        for arc in range(first_arc[node], first_arc[node + 1]):
            other, further = head[arc], cost + weights[arc]
            if count[other] < several and further < most[other]:
                at[labels], of[labels] = other, of[label]
                size = push(heap, size, (further << 32) | np.int64(labels))
                labels += 1
    return found

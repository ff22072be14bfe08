"""A metric without the arcs that no shortest path needs: asked faster, and worth its making where it is asked often.

Once every arc of the hierarchy costs what the shortest path between its ends costs, also over nodes above them, those
that cost more before are left out (perfect customization: Dibbelt, Strasser, Wagner 2016, section 5.3).
"""

import numpy as np

from geo.routing._compiled import Number, inlined, kernel
from geo.routing.graph import UNREACHABLE, Int32Array, Mask
from geo.routing.metric import DOWN, UP, Metric, Ways


def pruned(metric: Metric) -> Metric:
    """The same metric with fewer arcs: it gives the same costs, and paths as short."""
    up, down = metric.ways_up, metric.ways_down
    up_cost, down_cost = up.cost.copy(), down.cost.copy()
    _shorten(up, up_cost, down, down_cost)
    kept_up = (up_cost == up.cost) & (up.cost < UNREACHABLE)
    kept_down = (down_cost == down.cost) & (down.cost < UNREACHABLE)
    numbers = metric.legs_up, metric.legs_down, _numbered(kept_up), _numbered(kept_down)
    return Metric(
        metric.hierarchy,
        metric.weights,
        _ways(up, kept_up),
        _ways(down, kept_down),
        _legs(metric.legs_up, kept_up, *numbers),
        _legs(metric.legs_down, kept_down, *numbers),
    )


def _numbered(kept: Mask) -> Int32Array:
    """Of each arc how many that are kept lie before it."""
    return (np.cumsum(kept) - kept).astype(np.int32)


def _ways(ways: Ways, kept: Mask) -> Ways:
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(kept)])
    return Ways(before[ways.first], ways.upper[kept], ways.cost[kept])


@kernel
def _legs(
    legs: Int32Array, kept: Mask, up: Int32Array, down: Int32Array, number_up: Int32Array, number_down: Int32Array
) -> Int32Array:
    """Both legs of an arc that is kept are kept too: were one longer than a path, so would the arc be.

    ``up`` and ``down`` are all legs before: one that is an arc of the graph is named as such, which saves a look.
    """
    found = np.empty((np.count_nonzero(kept), 2), np.int32)
    count = 0
    for arc in range(len(kept)):
        if kept[arc]:
            found[count, DOWN] = _leg(legs[arc, DOWN], down, number_down)
            found[count, UP] = _leg(legs[arc, UP], up, number_up)
            count += 1
    return found


@inlined
def _leg(leg: Number, legs: Int32Array, number: Int32Array) -> Number:
    if leg < 0:
        return leg
    found: Number = legs[leg, UP]
    return found if found < 0 and found == legs[leg, DOWN] else number[leg]


@kernel
def _shorten(up: Ways, up_cost: Int32Array, down: Ways, down_cost: Int32Array) -> None:
    """Relaxes the triangles between a node and two above it, from the highest down.

    The arc between those two has its final cost by then.
    """
    nodes = len(up.first) - 1
    up_to = np.full(nodes, -1, np.int32)
    down_from = np.full(nodes, -1, np.int32)
    for node in range(nodes - 1, -1, -1):
        for arc in range(up.first[node], up.first[node + 1]):
            up_to[up.upper[arc]] = arc
        for arc in range(down.first[node], down.first[node + 1]):
            down_from[down.upper[arc]] = arc
        _relax(node, up, up_cost, down, down_cost, up_to)
        _relax(node, down, down_cost, up, up_cost, down_from)


@inlined
def _relax(
    node: Number, ways: Ways, cost: Int32Array, others: Ways, other_cost: Int32Array, arc_to: Int32Array
) -> None:
    """Relaxes the arcs of a node on one slope; ``arc_to`` has them by upper end, and older ones of other nodes."""
    end = ways.first[node + 1]  # what is of another node lies behind it
    for arc in range(ways.first[node], end):
        middle = ways.upper[arc]
        for onward in range(ways.first[middle], ways.first[middle + 1]):
            whole = arc_to[ways.upper[onward]]
            if 0 <= whole < end:
                cost[whole] = min(cost[whole], cost[arc] + cost[onward])
        for back in range(others.first[middle], others.first[middle + 1]):
            far = arc_to[others.upper[back]]
            if 0 <= far < end:
                cost[arc] = min(cost[arc], cost[far] + other_cost[back])

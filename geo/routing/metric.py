"""One set of weights on a hierarchy: what every shortcut costs.

A metric is never written after it was made: who changes weights makes another and puts it in its place, and whoever is
still asking keeps the one begun with.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geo.routing._compiled import inlined, kernel
from geo.routing.graph import UNREACHABLE, Int32Array, Int64Array, Mask
from geo.routing.hierarchy import Hierarchy

type Ways = tuple[Int64Array, Int32Array, Int32Array]
"""Arcs to upper nodes as kernels take them: where those of a node begin, their upper ends, what each costs."""


@dataclass(frozen=True, eq=False)
class Metric:
    """Weights of the graph's arcs, and by arc of the hierarchy's slopes what it costs ``up`` and ``down``."""

    hierarchy: Hierarchy
    weights: Int32Array
    up: Int32Array
    down: Int32Array

    @cached_property
    def ways_up(self) -> Ways:
        return self.hierarchy.up.first, self.hierarchy.up.upper, self.up

    @cached_property
    def ways_down(self) -> Ways:
        return self.hierarchy.down.first, self.hierarchy.down.upper, self.down

    @property
    def reversed(self) -> "ReversedMetric":
        """The same with every arc turned round: distances to a node instead of from it."""
        return ReversedMetric(self.hierarchy, self.ways_down, self.ways_up)


@dataclass(frozen=True, eq=False)
class ReversedMetric:
    """A metric seen from the other end; it has distances, and no paths."""

    hierarchy: Hierarchy
    ways_up: Ways
    ways_down: Ways


def customise(hierarchy: Hierarchy, weights: npt.NDArray[np.generic]) -> Metric:
    """The metric of these weights, one for each arc of the graph.

    Of parallel arcs the cheapest counts.  Each shortcut costs the least of its own arc and of all ways over a node
    below both its ends (Dibbelt, Strasser, Wagner 2016, section 5.2).

    Raises
    ------
    InputError
        See ``Graph.require_weights``.
    """
    checked = hierarchy.graph.require_weights(weights)
    rising, falling = hierarchy.up, hierarchy.down
    up = np.full(rising.arcs, UNREACHABLE, np.int32)
    down = np.full(falling.arcs, UNREACHABLE, np.int32)
    _respect(hierarchy.arc, hierarchy.climbs, checked, up, down)
    _customise(
        *(rising.first, rising.upper, rising.first_below, rising.below_arc, rising.onward, rising.onward_end, up),
        *(falling.first, falling.upper, falling.first_below, falling.below_arc, falling.onward, falling.onward_end),
        down,
    )
    return Metric(hierarchy, checked, up, down)


@kernel
def _respect(arc: Int32Array, climbs: Mask, weights: Int32Array, up: Int32Array, down: Int32Array) -> None:
    """Each arc of the hierarchy costs what the graph's own arcs between its ends cost."""
    for each in range(len(weights)):
        here = arc[each]
        if here >= 0:
            if climbs[each]:
                up[here] = min(up[here], weights[each])
            else:
                down[here] = min(down[here], weights[each])


@kernel
def _customise(
    up_first: Int64Array,
    up_upper: Int32Array,
    up_first_below: Int64Array,
    up_below_arc: Int32Array,
    up_onward: Int32Array,
    up_onward_end: Int32Array,
    up: Int32Array,
    down_first: Int64Array,
    down_upper: Int32Array,
    down_first_below: Int64Array,
    down_below_arc: Int32Array,
    down_onward: Int32Array,
    down_onward_end: Int32Array,
    down: Int32Array,
) -> None:
    """Relaxes all lower triangles, from the lowest node up."""
    nodes = len(up_first) - 1
    arc_to = np.empty(nodes, np.int32)
    for node in range(nodes):
        _relax(
            node, up_first, up_upper, up, arc_to, down_first_below, down_below_arc, down_onward, down_onward_end, down
        )
        _relax(node, down_first, down_upper, down, arc_to, up_first_below, up_below_arc, up_onward, up_onward_end, up)


@inlined
def _relax(
    node: int,
    first: Int64Array,
    upper: Int32Array,
    cost: Int32Array,
    arc_to: Int32Array,
    first_below: Int64Array,
    below_arc: Int32Array,
    onward: Int32Array,
    onward_end: Int32Array,
    leg_cost: Int32Array,
) -> None:
    """Relaxes one slope's arcs of a node over all nodes below: the first leg is of the other slope, the second of this.

    Where there are both legs there is an arc of their sum, see ``Hierarchy``; sums stay below 2**31.
    """
    for arc in range(first[node], first[node + 1]):
        arc_to[upper[arc]] = arc
    for place in range(first_below[node], first_below[node + 1]):
        leg = leg_cost[below_arc[place]]
        for second in range(onward[place], onward_end[place]):
            arc = arc_to[upper[second]]
            over = leg + cost[second]
            if over < cost[arc]:
                cost[arc] = over

"""One set of weights on a hierarchy: what every shortcut costs.

A metric is never written after it was made: who changes weights makes another and puts it in its place, and whoever is
still asking keeps the one begun with.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.routing._compiled import inlined, kernel
from geo.routing.graph import UNREACHABLE, Int32Array, Int64Array, Mask
from geo.routing.hierarchy import Hierarchy, Slope


class Ways(NamedTuple):
    """Arcs to upper nodes as kernels take them: where those of a node begin, their upper ends, what each costs."""

    first: Int64Array
    upper: Int32Array
    cost: Int32Array


@dataclass(frozen=True, eq=False)
class Metric:
    """Weights of the graph's arcs, and by arc of the hierarchy's slopes what it costs ``up`` and ``down``."""

    hierarchy: Hierarchy
    weights: Int32Array
    up: Int32Array
    down: Int32Array

    @cached_property
    def ways_up(self) -> Ways:
        return Ways(self.hierarchy.up.first, self.hierarchy.up.upper, self.up)

    @cached_property
    def ways_down(self) -> Ways:
        return Ways(self.hierarchy.down.first, self.hierarchy.down.upper, self.down)

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
    _customise(rising, up, falling, down)
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
def _customise(rising: Slope, up: Int32Array, falling: Slope, down: Int32Array) -> None:
    """Relaxes all lower triangles, from the lowest node up."""
    nodes = len(rising.first) - 1
    arc_to = np.empty(nodes, np.int32)
    for node in range(nodes):
        _relax(node, rising, up, falling, down, arc_to)
        _relax(node, falling, down, rising, up, arc_to)


@inlined
def _relax(node: int, slope: Slope, cost: Int32Array, other: Slope, leg_cost: Int32Array, arc_to: Int32Array) -> None:
    """Relaxes one slope's arcs of a node over all nodes below: the first leg is of the other slope, the second of this.

    Where there are both legs there is an arc of their sum, see ``Hierarchy``; sums stay below 2**31.
    """
    for arc in range(slope.first[node], slope.first[node + 1]):
        arc_to[slope.upper[arc]] = arc
    for place in range(other.first_below[node], other.first_below[node + 1]):
        leg = leg_cost[other.below_arc[place]]
        for second in range(other.onward[place], other.onward_end[place]):
            arc = arc_to[slope.upper[second]]
            over = leg + cost[second]
            if over < cost[arc]:
                cost[arc] = over

"""One set of weights on a hierarchy: what every shortcut costs.

A metric is never written after it was made: who changes weights makes another and puts it in its place, and whoever is
still asking keeps the one begun with.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.routing._compiled import inlined, kernel
from geo.routing.graph import UNREACHABLE, Int32Array, Int64Array, Mask
from geo.routing.hierarchy import Hierarchy, Slope


class Ways(NamedTuple):
    """Arcs to upper nodes as kernels take them: where those of a node begin, their two ends, what each costs."""

    first: Int64Array
    upper: Int32Array
    lower: Int32Array
    cost: Int32Array


class Legs(NamedTuple):
    """What each arc of a slope stands for: the arc ``down`` that is used first and the one ``up`` after it.

    Where it stands for an arc of the graph, ``down`` is -1 and ``up`` is that one; both are -1 where it is closed.
    """

    down: Int32Array
    up: Int32Array


@dataclass(frozen=True, eq=False)
class Metric:
    """Weights of the graph's arcs, and what the arcs of the hierarchy cost and stand for, those that climb and fall."""

    hierarchy: Hierarchy
    weights: Int32Array
    ways_up: Ways
    ways_down: Ways
    legs_up: Legs
    legs_down: Legs

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
    (up, legs_up), (down, legs_down) = _blank(rising), _blank(falling)
    _respect(hierarchy.arc, hierarchy.climbs, checked, up.cost, legs_up.up, down.cost, legs_down.up)
    _customise(rising, up.cost, legs_up, falling, down.cost, legs_down)
    return Metric(hierarchy, checked, up, down, legs_up, legs_down)


def _blank(slope: Slope) -> tuple[Ways, Legs]:
    """All closed."""
    none = np.full(slope.arcs, -1, np.int32)
    cost = np.full(slope.arcs, UNREACHABLE, np.int32)
    return Ways(slope.first, slope.upper, slope.lower, cost), Legs(none, none.copy())


@kernel
def _respect(
    arc: Int32Array,
    climbs: Mask,
    weights: Int32Array,
    up: Int32Array,
    own_up: Int32Array,
    down: Int32Array,
    own_down: Int32Array,
) -> None:
    """Each arc of the hierarchy costs what the cheapest of the graph's own arcs between its ends costs."""
    for each in range(len(weights)):
        here = arc[each]
        if here >= 0:
            cost, own = (up, own_up) if climbs[each] else (down, own_down)
            if weights[each] < cost[here]:
                cost[here] = weights[each]
                own[here] = each


@kernel
def _customise(rising: Slope, up: Int32Array, legs_up: Legs, falling: Slope, down: Int32Array, legs_down: Legs) -> None:
    """Relaxes all lower triangles, from the lowest node up."""
    nodes = len(rising.first) - 1
    arc_to = np.empty(nodes, np.int32)
    for node in range(nodes):
        _relax(node, rising, up, legs_up.up, legs_up.down, falling, down, arc_to)
        _relax(node, falling, down, legs_down.down, legs_down.up, rising, up, arc_to)


@inlined
def _relax(
    node: int,
    slope: Slope,
    cost: Int32Array,
    leg_of_this: Int32Array,
    leg_of_other: Int32Array,
    other: Slope,
    other_cost: Int32Array,
    arc_to: Int32Array,
) -> None:
    """Relaxes one slope's arcs of a node over all nodes below: one leg is of the other slope, the next of this.

    Where there are both legs there is an arc of their sum, see ``Hierarchy``; sums stay below 2**31.
    """
    for arc in range(slope.first[node], slope.first[node + 1]):
        arc_to[slope.upper[arc]] = arc
    for place in range(other.first_below[node], other.first_below[node + 1]):
        near = other.below_arc[place]
        leg = other_cost[near]
        for far in range(other.onward[place], other.onward_end[place]):
            arc = arc_to[slope.upper[far]]
            over = leg + cost[far]
            if over < cost[arc]:
                cost[arc] = over
                leg_of_other[arc] = near
                leg_of_this[arc] = far

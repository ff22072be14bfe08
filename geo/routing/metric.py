"""One set of weights on a hierarchy: what every shortcut costs.

A metric is never written after it was made: who changes weights makes another and puts it in its place, and whoever is
still asking keeps the one begun with.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.errors import InputError
from geo.routing._compiled import inlined, kernel
from geo.routing.climbing import DEPTH, FIRST_DOWN, FIRST_UP, PARENT, Climb, depths, interleaved
from geo.routing.graph import UNREACHABLE, Int32Array, Int64Array, Mask
from geo.routing.hierarchy import Hierarchy, Slope

DOWN, UP = 0, 1
"""Columns of legs: an arc of the hierarchy stands for one that falls, used first, and one that climbs, used after it.

A leg that is an arc of the graph, and no other's sum, is ``~arc``.  An arc that stands for one of the graph alone has
that in both columns; where it is closed there is ``CLOSED``.
"""
CLOSED = -(2**31)


class Ways(NamedTuple):
    """Arcs to upper nodes as kernels take them: where those of a node begin, their upper ends, what each costs."""

    first: Int64Array
    upper: Int32Array
    cost: Int32Array


@dataclass(frozen=True, eq=False)
class Metric:
    """Weights of the graph's arcs, and what the arcs of the hierarchy cost and stand for, those that climb and fall.

    legs_up, legs_down:
        ``(arcs, 2)``, see ``DOWN`` and ``UP``: side by side, as they are always read together, and seldom.
    """

    hierarchy: Hierarchy
    weights: Int32Array
    ways_up: Ways
    ways_down: Ways
    legs_up: Int32Array
    legs_down: Int32Array

    @cached_property
    def climb(self) -> Climb:
        """The same costs as queries read them."""
        parent, up, down = self.hierarchy.parent, self.ways_up, self.ways_down
        depth = depths(parent)
        nodes = np.zeros((len(parent) + 1, 4), np.int32)
        nodes[:, FIRST_UP], nodes[:, FIRST_DOWN] = up.first, down.first
        nodes[:-1, PARENT], nodes[:-1, DEPTH] = parent, depth
        return Climb(
            self.hierarchy.rank,
            nodes,
            interleaved(up.upper, up.cost, depth),
            interleaved(down.upper, down.cost, depth),
            self.legs_up,
            self.legs_down,
        )

    def require_whole(self) -> None:
        """``InputError`` unless all arcs of the hierarchy are in it: a pruned metric has fewer."""
        if len(self.legs_up) != self.hierarchy.up.arcs or len(self.legs_down) != self.hierarchy.down.arcs:
            raise InputError("A pruned metric cannot be changed.", fix="Take the metric that it was pruned from.")

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
    _respect(hierarchy.arc, hierarchy.climbs, checked, up.cost, legs_up, down.cost, legs_down)
    _customise(rising, up.cost, legs_up, falling, down.cost, legs_down)
    return Metric(hierarchy, checked, up, down, legs_up, legs_down)


def _blank(slope: Slope) -> tuple[Ways, Int32Array]:
    """All closed."""
    cost = np.full(slope.arcs, UNREACHABLE, np.int32)
    return Ways(slope.first, slope.upper, cost), np.full((slope.arcs, 2), CLOSED, np.int32)


@kernel
def _respect(
    arc: Int32Array,
    climbs: Mask,
    weights: Int32Array,
    up: Int32Array,
    legs_up: Int32Array,
    down: Int32Array,
    legs_down: Int32Array,
) -> None:
    """Each arc of the hierarchy costs what the cheapest of the graph's own arcs between its ends costs."""
    for each in range(len(weights)):
        here = arc[each]
        if here >= 0:
            cost, legs = (up, legs_up) if climbs[each] else (down, legs_down)
            if weights[each] < cost[here]:
                cost[here] = weights[each]
                legs[here, DOWN] = legs[here, UP] = ~each


@kernel
def _customise(
    rising: Slope, up: Int32Array, legs_up: Int32Array, falling: Slope, down: Int32Array, legs_down: Int32Array
) -> None:
    """Relaxes all lower triangles, from the lowest node up."""
    nodes = len(rising.first) - 1
    arc_to = np.empty(nodes, np.int32)
    for node in range(nodes):
        _relax(node, rising, up, legs_up, UP, falling, down, arc_to)
        _relax(node, falling, down, legs_down, DOWN, rising, up, arc_to)


@inlined
def _relax(
    node: int,
    slope: Slope,
    cost: Int32Array,
    legs: Int32Array,
    own: int,
    other: Slope,
    other_cost: Int32Array,
    arc_to: Int32Array,
) -> None:
    """Relaxes one slope's arcs of a node over all nodes below: one leg is of the other slope, the next of this.

    ``own`` is the column of legs of this slope.

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
                legs[arc, 1 - own] = near
                legs[arc, own] = far

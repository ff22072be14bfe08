"""One set of weights on a hierarchy: what every shortcut costs.

A metric is never written after it was made: who changes weights makes another and puts it in its place, and whoever is
still asking keeps the one begun with.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from geo.errors import InputError
from geo.routing.climbing import DEPTH, FIRST_DOWN, FIRST_UP, PARENT, Climb, depths, interleaved
from geo.routing.graph import Int32Array, Int64Array
from geo.routing.hierarchy import Hierarchy

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

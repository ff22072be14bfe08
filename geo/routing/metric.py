"""One set of weights on a hierarchy: what every shortcut costs.

A metric is never written after it was made: who changes weights makes another and puts it in its place, and whoever is
still asking keeps the one begun with.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.routing._compiled import kernel
from geo.routing._triangles import relax_triangles
from geo.routing.graph import UNREACHABLE, Int32Array, Mask
from geo.routing.hierarchy import Hierarchy


@dataclass(frozen=True, eq=False)
class Metric:
    """Weights of the graph's arcs, and by arc of the hierarchy the cost from its lower end ``up`` and back ``down``."""

    hierarchy: Hierarchy
    weights: Int32Array
    up: Int32Array
    down: Int32Array

    @property
    def reversed(self) -> "ReversedMetric":
        """The same with every arc turned round: distances to a node instead of from it."""
        return ReversedMetric(self.hierarchy, self.down, self.up)


@dataclass(frozen=True, eq=False)
class ReversedMetric:
    """A metric seen from the other end; it has distances, and no paths."""

    hierarchy: Hierarchy
    up: Int32Array
    down: Int32Array


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
    up = np.full(hierarchy.arcs, UNREACHABLE, np.int32)
    down = np.full(hierarchy.arcs, UNREACHABLE, np.int32)
    _respect(hierarchy.arc, hierarchy.climbs, checked, up, down)
    relax_triangles(
        hierarchy.first_up, hierarchy.upper, hierarchy.first_down, hierarchy.down_node, hierarchy.down_arc, up, down
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

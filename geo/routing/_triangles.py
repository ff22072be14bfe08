"""What makes a shortcut cost what the best way over lower nodes costs."""

import numpy as np

from geo.routing._compiled import kernel
from geo.routing.graph import Int32Array, Int64Array


@kernel
def relax_triangles(
    first_up: Int64Array,
    upper: Int32Array,
    first_down: Int64Array,
    down_node: Int32Array,
    down_arc: Int32Array,
    up: Int32Array,
    down: Int32Array,
) -> None:
    """Relaxes all lower triangles of a hierarchy, from the lowest node up; sums stay below 2**31.

    Two ends that no arc joins are no way for any weights: see ``Hierarchy``.
    """
    nodes = len(first_up) - 1
    arc_to = np.full(nodes, -1, np.int32)
    for node in range(nodes):
        for arc in range(first_up[node], first_up[node + 1]):
            arc_to[upper[arc]] = arc
        for place in range(first_down[node], first_down[node + 1]):
            below, first_leg = down_node[place], down_arc[place]
            to_below, from_below = down[first_leg], up[first_leg]
            for second_leg in range(first_leg + 1, first_up[below + 1]):  # to ends above ``node``: they are ascending
                arc = arc_to[upper[second_leg]]
                if arc < 0:
                    continue
                over = to_below + up[second_leg]
                if over < up[arc]:
                    up[arc] = over
                over = down[second_leg] + from_below
                if over < down[arc]:
                    down[arc] = over
        for arc in range(first_up[node], first_up[node + 1]):
            arc_to[upper[arc]] = -1

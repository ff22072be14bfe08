"""What a search of the graph of turns writes on."""

from typing import NamedTuple, Self

import numpy as np

from geo.routing.graph import UNREACHABLE, Graph, Int32Array


class Space(NamedTuple):
    """Cost and arc of each node, and the nodes in the order in which they were reached.

    The costs are ``UNREACHABLE`` between two searches: who searched sets back what was reached.
    """

    costs: Int32Array
    arcs: Int32Array
    reached: Int32Array

    @classmethod
    def of(cls, graph: Graph) -> Self:
        return cls(
            np.full(graph.nodes, UNREACHABLE, np.int32),
            np.empty(graph.nodes, np.int32),
            np.empty(graph.nodes, np.int32),
        )

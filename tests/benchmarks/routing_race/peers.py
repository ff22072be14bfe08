"""The peers that take the graph as arrays: scipy, RoutingKit by way of pyroutingkit, and networkx."""

from typing import Any

import networkx
import numpy as np
import pyroutingkit
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.routing.graph import UNREACHABLE, FloatArray, Graph, Int32Array
from tests.geo.routing.cities import City

_NONE = 2**31 - 1
"""RoutingKit's weight of no way."""


class ScipyPeer:
    """Dijkstra's algorithm of scipy, which looks at the whole graph whatever is asked."""

    def __init__(self, graph: Graph, weights: Int32Array) -> None:
        ends = (weights.astype(np.float64), graph.head, graph.first_arc.astype(np.int32))
        self._matrix = csr_matrix(ends, shape=(graph.nodes, graph.nodes))

    def path(self, origin: int, destination: int) -> list[int]:
        """The nodes of the shortest path, backwards."""
        _, before = dijkstra(self._matrix, indices=origin, return_predecessors=True)
        found = [destination]
        while found[-1] != origin and found[-1] >= 0:
            found.append(int(before[found[-1]]))
        return found

    def matrix(self, origins: Int32Array, destinations: Int32Array) -> FloatArray:
        found: FloatArray = dijkstra(self._matrix, indices=origins)[:, destinations]
        return found

    def cover(self, origins: Int32Array) -> FloatArray:
        """The cost of every node from the nearest origin."""
        found: FloatArray = dijkstra(self._matrix, indices=origins, min_only=True)
        return found


class RoutingKitPeer:
    """RoutingKit's customizable contraction hierarchies."""

    def __init__(self, city: City) -> None:
        graph = city.graph
        self._weights = city.weights.astype(np.uint32)
        self._topology = pyroutingkit.CCHTopology()
        ends = (graph.tail.astype(np.uint32), graph.head.astype(np.uint32))
        places = (city.latitude.astype(np.float32), city.longitude.astype(np.float32))
        self._topology.build(*ends, *places, graph.nodes)
        self._metric: Any = pyroutingkit.CCHMetric(self._topology)
        self._metric.customize(self._weights)

    def path(self, origin: int, destination: int) -> tuple[int, list[int], list[int]]:
        """Cost, nodes and arcs."""
        found: tuple[int, list[int], list[int]] = self._metric.query(origin, destination)
        return found

    def matrix(self, origins: Int32Array, destinations: Int32Array) -> FloatArray:
        found: FloatArray = self._metric.distances_many_to_many(
            origins.astype(np.uint32), destinations.astype(np.uint32)
        )
        return found

    def close(self, arcs: Int32Array, closed: bool = True) -> None:
        """Closes these arcs, or opens them again, and customises what they touch."""
        which = arcs.astype(np.uint32)
        weights = np.full(len(arcs), _NONE, np.uint32) if closed else self._weights[which]
        self._metric.update_weights(which, weights)


class NetworkxPeer:
    """networkx, with the graph in the form that osmnx hands it over."""

    def __init__(self, city: City) -> None:
        graph = city.graph
        self._graph: Any = networkx.MultiDiGraph()
        self._graph.add_nodes_from(range(graph.nodes))
        arcs = zip(graph.tail.tolist(), graph.head.tolist(), city.weights.tolist(), strict=True)
        self._graph.add_edges_from((tail, head, 0, {"weight": weight}) for tail, head, weight in arcs)

    def path(self, origin: int, destination: int) -> float:
        """The cost by a search from both ends, whose path is known then too."""
        try:
            cost, _ = networkx.bidirectional_dijkstra(self._graph, origin, destination)
        except networkx.NetworkXNoPath:
            return float(UNREACHABLE)
        return float(cost)

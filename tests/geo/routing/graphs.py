"""Graphs for the tests of routing, and distances by algorithms of others."""

import heapq
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.routing.dissection import node_order
from geo.routing.graph import UNREACHABLE, FloatArray, Graph, Int32Array
from geo.routing.hierarchy import Hierarchy, build


@dataclass(frozen=True)
class Town:
    """A made-up road graph, coordinates of its nodes in metres, and weights of its arcs in milliseconds."""

    graph: Graph
    x: FloatArray
    y: FloatArray
    weights: Int32Array
    reverse: Int32Array

    def hierarchy(self) -> Hierarchy:
        return build(self.graph, node_order(self.graph, self.x, self.y))


def town(side: int, seed: int = 1) -> Town:
    """A crooked grid of ``side`` by ``side`` crossings: missing streets, one-way streets, some faster than others."""
    random = np.random.default_rng(seed)
    count = side * side
    row, column = np.divmod(np.arange(count), side)
    x = 60.0 * (column + random.uniform(-0.3, 0.3, count))
    y = 60.0 * (row + random.uniform(-0.3, 0.3, count))
    number = np.arange(count).reshape(side, side)
    tail = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    head = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    kept = random.random(len(tail)) > 0.2
    tail, head = tail[kept], head[kept]
    speed = random.choice([4.0, 8.0, 16.0], len(tail))
    both = random.random(len(tail)) > 0.15
    tails, heads = np.concatenate([tail, head[both]]), np.concatenate([head, tail[both]])
    speeds = np.concatenate([speed, speed[both]])
    order = np.lexsort((heads, tails))
    tails, heads, speeds = tails[order], heads[order], speeds[order]
    weights = np.maximum(1, np.rint(np.hypot(x[tails] - x[heads], y[tails] - y[heads]) / speeds * 1000))
    keys = {(int(a), int(b)): arc for arc, (a, b) in enumerate(zip(tails, heads, strict=True))}
    reverse = np.array([keys.get((int(b), int(a)), -1) for a, b in zip(tails, heads, strict=True)], np.int32)
    return Town(Graph.from_arcs(count, tails, heads), x, y, weights.astype(np.int32), reverse)


def scipy_costs(graph: Graph, weights: npt.NDArray[np.generic], origins: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Costs from each origin to all nodes by scipy, for positive weights; of parallel arcs the cheapest counts."""
    open_ = np.asarray(weights) < UNREACHABLE
    tail, head, each = graph.tail[open_], graph.head[open_], np.asarray(weights, np.float64)[open_]
    order = np.lexsort((each, head, tail))
    tail, head, each = tail[order], head[order], each[order]
    first = np.ones(len(tail), bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    matrix = csr_matrix((each[first], (tail[first], head[first])), shape=(graph.nodes, graph.nodes))
    found = dijkstra(matrix, indices=np.atleast_1d(origins))
    return np.where(np.isinf(found), UNREACHABLE, found).astype(np.int64)


def plain_costs(graph: Graph, weights: npt.NDArray[np.generic], origin: int) -> list[int]:
    """Costs from one origin to all nodes by the textbook, for any weights and any arcs."""
    costs = [UNREACHABLE] * graph.nodes
    costs[origin] = 0
    queue = [(0, origin)]
    while queue:
        cost, node = heapq.heappop(queue)
        if cost > costs[node]:
            continue
        for arc in range(graph.first_arc[node], graph.first_arc[node + 1]):
            further, other = cost + int(weights[arc]), int(graph.head[arc])
            if further < costs[other]:
                costs[other] = further
                heapq.heappush(queue, (further, other))
    return costs


def is_path(graph: Graph, arcs: Int32Array, origin: int, destination: int) -> bool:
    """Whether the arcs lead from one node to the other."""
    nodes = [origin, *(int(graph.head[arc]) for arc in arcs)]
    return nodes[-1] == destination and all(
        int(graph.tail[arc]) == node for arc, node in zip(arcs, nodes, strict=False)
    )

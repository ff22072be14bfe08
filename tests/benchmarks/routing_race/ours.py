"""Our kernel as the race asks it: a graph with one set of weights, and the same with arcs closed."""

import numpy as np

from geo.routing.around import AroundRouter
from geo.routing.customising import customise
from geo.routing.graph import UNREACHABLE, Graph, Int32Array
from geo.routing.hierarchy import build
from geo.routing.metric import Metric
from geo.routing.pruning import pruned
from geo.routing.query import Path, Router
from geo.routing.sweeps import cost_matrix, costs_from


class Ours:
    """The hierarchy of a graph in an order, with a metric for these weights."""

    def __init__(self, graph: Graph, order: Int32Array, weights: Int32Array) -> None:
        self.graph = graph
        self.weights = weights
        self.hierarchy = build(graph, order)
        self.metric = pruned(customise(self.hierarchy, weights))
        self.router = Router(self.hierarchy)
        self.around = AroundRouter(self.hierarchy)

    def cost(self, origin: int, destination: int) -> int:
        return self.router.cost(self.metric, origin, destination)

    def path(self, origin: int, destination: int) -> Path | None:
        return self.router.path(self.metric, origin, destination)

    def matrix(self, origins: Int32Array, destinations: Int32Array) -> Int32Array:
        return cost_matrix(self.metric, origins, destinations)

    def cover(self, origins: Int32Array) -> Int32Array:
        """The cost of every node from the nearest origin."""
        return costs_from(self.metric, origins)

    def closed(self, arcs: Int32Array) -> Int32Array:
        """The weights with some arcs closed."""
        weights = self.weights.copy()
        weights[arcs] = UNREACHABLE
        return weights

    def path_around(self, arcs: Int32Array, origin: int, destination: int) -> Path | None:
        """The path that keeps off some arcs, by the hierarchy that does not know of it yet."""
        return self.around.path(self.metric, self.closed(arcs), origin, destination)

    def customised(self, arcs: Int32Array, threads: int = 1) -> Metric:
        return customise(self.hierarchy, self.closed(arcs), threads)

    def path_after(self, arcs: Int32Array, origin: int, destination: int) -> Path | None:
        """The same, by a hierarchy that is customised first."""
        return self.router.path(self.customised(arcs), origin, destination)


def mismatches(paths: list[Path | None], expected: list[int], graph: Graph, weights: Int32Array) -> int:
    """How many paths have not the expected cost, or do not cost what their arcs do."""
    wrong = 0
    for path, cost in zip(paths, expected, strict=True):
        if path is None:
            wrong += cost != UNREACHABLE
        else:
            joined = bool(np.all(graph.head[path.arcs[:-1]] == graph.tail[path.arcs[1:]]))
            wrong += not (joined and path.cost == cost == int(weights[path.arcs].sum()))
    return wrong

"""Distances to many nodes at once: one sweep down the hierarchy instead of a search for each pair.

PHAST: from one or many nodes to all (Delling, Goldberg, Nowatzyk, Werneck: PHAST, IPDPS 2011).  RPHAST: between two
sets of nodes, over what lies above the second one only (Delling, Goldberg, Werneck: Faster Batched Shortest Paths in
Road Networks, ATMOS 2011).
"""

import numpy as np
import numpy.typing as npt

from geo.routing._compiled import kernel, nth
from geo.routing.graph import UNREACHABLE, Int32Array
from geo.routing.metric import Metric, ReversedMetric, Ways

_LANES = 8
"""Origins swept together: one register of eight 32-bit numbers."""


def costs_from(metric: Metric | ReversedMetric, origins: npt.ArrayLike, starts: npt.ArrayLike = 0) -> Int32Array:
    """The cost from the nearest of the origins to each node, of shape ``(nodes,)``, in units.

    ``starts`` is what each origin costs before (one value for all, or one each).  Of ``metric.reversed`` it is the cost
    from each node to the nearest.

    Raises
    ------
    InputError
        If an origin is no node.
    """
    tree = metric.hierarchy
    sources = tree.rank[tree.graph.require_nodes(origins)]
    before = np.broadcast_to(np.asarray(starts, np.int32), sources.shape)
    swept = np.full(tree.graph.nodes, UNREACHABLE, np.int32)
    np.minimum.at(swept, sources, before)
    _sweep(metric.ways_up, metric.ways_down, tree.parent, sources, swept)
    return swept[tree.rank]


def cost_matrix(metric: Metric, origins: npt.ArrayLike, destinations: npt.ArrayLike) -> Int32Array:
    """The cost from each origin to each destination, of shape ``(origins, destinations)``, in units.

    Raises
    ------
    InputError
        If one of them is no node.
    """
    tree = metric.hierarchy
    sources = tree.rank[tree.graph.require_nodes(origins)]
    targets = tree.rank[tree.graph.require_nodes(destinations)]
    return _matrix(metric.ways_up, metric.ways_down, tree.parent, sources, targets)


@kernel
def _sweep(up: Ways, down: Ways, parent: Int32Array, sources: Int32Array, swept: Int32Array) -> None:
    """From costs at the sources to costs everywhere."""
    nodes = len(up.first) - 1
    climbed = np.zeros(nodes, np.bool_)
    for source in sources:
        node = source
        while node >= 0 and not climbed[node]:
            climbed[node] = True
            node = parent[node]
    for node in range(nodes):
        if climbed[node] and swept[node] < UNREACHABLE:
            for arc in range(up.first[node], up.first[node + 1]):
                further = swept[node] + up.cost[arc]
                if further < swept[up.upper[arc]]:
                    swept[up.upper[arc]] = further
    for node in range(nodes - 1, -1, -1):
        best = np.int64(swept[node])
        for each in range(down.first[node], down.first[node + 1]):
            arc = nth(each)
            best = min(best, np.int64(swept[nth(down.upper[arc])]) + down.cost[arc])
        swept[node] = best


@kernel
def _matrix(up: Ways, down: Ways, parent: Int32Array, sources: Int32Array, targets: Int32Array) -> Int32Array:
    nodes = len(up.first) - 1
    place = np.full(nodes, -1, np.int32)  # of what lies above a target or a source
    above = np.empty(nodes, np.int32)
    count = 0
    for target in targets:
        node = target
        while node >= 0 and place[node] < 0:
            place[node] = 0
            above[count] = node
            count += 1
            node = parent[node]
    for source in sources:
        node = source
        while node >= 0 and place[node] == -1:
            place[node] = -2
            node = parent[node]
    selected = np.sort(above[:count])
    for each in range(count):
        place[selected[each]] = each
    climbing = count
    for node in range(nodes):
        if place[node] == -2:
            place[node] = climbing
            climbing += 1
    found = np.empty((len(sources), len(targets)), np.int32)
    costs = np.empty((climbing, _LANES), np.int32)
    for begin in range(0, len(sources), _LANES):
        lanes = min(_LANES, len(sources) - begin)
        costs[:] = UNREACHABLE
        for lane in range(lanes):
            source = sources[begin + lane]
            costs[place[source], lane] = 0
            node = source
            while node >= 0:
                cost = costs[place[node], lane]
                if cost < UNREACHABLE:
                    for arc in range(up.first[node], up.first[node + 1]):
                        further = cost + up.cost[arc]
                        if further < costs[place[up.upper[arc]], lane]:
                            costs[place[up.upper[arc]], lane] = further
                node = parent[node]
        for each in range(count - 1, -1, -1):
            node = selected[each]
            for arc in range(down.first[node], down.first[node + 1]):
                weight = down.cost[arc]
                if weight < UNREACHABLE:
                    other = place[down.upper[arc]]
                    for lane in range(_LANES):
                        further = np.int32(costs[other, lane] + weight)  # below 2**31: see ``UNREACHABLE``
                        if further < costs[each, lane]:
                            costs[each, lane] = further
        for lane in range(lanes):
            for column in range(len(targets)):
                found[begin + lane, column] = costs[place[targets[column]], lane]
    return found

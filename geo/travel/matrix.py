"""Travel times between many places: one sweep of the hierarchy for all."""

from collections.abc import Sequence

import numpy as np

from geo.routing.graph import UNREACHABLE, Int32Array, Int64Array
from geo.routing.sweeps import cost_matrix
from geo.travel.conditions import Conditions
from geo.travel.finding import Stand, fastest

type Places = Sequence[Sequence[Stand]]
"""Places as the stands of each; a place without any is not reached."""


def travel_costs(now: Conditions, origins: Places, destinations: Places) -> Int32Array:
    """Milliseconds from each origin to each destination, of shape ``(origins, destinations)``.

    The same as ``fastest`` finds for each pair; ``UNREACHABLE`` where there is no way.
    """
    start, start_of, rest = _flat(now, origins)
    end, end_of, unused = _flat(now, destinations)
    found = np.full((len(origins), len(destinations)), UNREACHABLE, np.int64)
    if len(start) and len(end):
        between = _between(now, start, end).astype(np.int64)
        total = np.where(between < UNREACHABLE, rest[:, None] + between - unused, UNREACHABLE)
        total[start[:, None] == end] = UNREACHABLE  # on one edge: below
        np.minimum.at(found, (start_of[:, None], end_of[None, :]), total)
        for row, column in zip(*np.nonzero(start[:, None] == end), strict=True):
            origin, destination = int(start_of[row]), int(end_of[column])
            way = fastest(now, origins[origin], destinations[destination])
            if way is not None:
                found[origin, destination] = min(found[origin, destination], way.cost)
    return np.minimum(found, UNREACHABLE).astype(np.int32)


def _flat(now: Conditions, places: Places) -> tuple[Int32Array, Int64Array, Int64Array]:
    """Of all stands: the edge, the place it is of, and what the part of the edge before one costs that is ahead."""
    edges = np.array([stand.edge for place in places for stand in place], np.int32)
    shares = np.array([stand.share for place in places for stand in place])
    owner = np.repeat(np.arange(len(places)), [len(place) for place in places])
    weights = now.impedance.weights[edges].astype(np.int64)
    return edges, owner, weights - np.rint(weights * shares).astype(np.int64)


def _between(now: Conditions, start: Int32Array, end: Int32Array) -> Int32Array:
    if now.metric is not None:
        return cost_matrix(now.metric, start, end)
    costs = np.full((len(start), now.topology.network.edges), UNREACHABLE, np.int32)
    for row, edge in enumerate(start.tolist()):
        reached = now.topology.searcher.within(now.weights, edge, UNREACHABLE - 1)
        costs[row, reached.nodes] = reached.costs
    return costs[:, end]

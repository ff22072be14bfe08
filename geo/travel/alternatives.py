"""Other ways that differ for real: what a way uses is made dearer, and asked again.

A way is another one where it takes not much longer than the fastest and shares not much with those found before
(penalty method: Bader, Dees, Geisberger, Sanders: Alternative Route Graphs in Road Networks, TAPAS 2011).
"""

from collections.abc import Iterator, Sequence

import numpy as np

from geo.routing.graph import UNREACHABLE, Int32Array
from geo.travel.conditions import Conditions
from geo.travel.finding import Stand, Way, fastest

MOST_LONGER = 1.4
"""How many times as long as the fastest an alternative may take."""
MOST_SHARED = 0.7
"""Share of an alternative's time that may be spent on edges of one found before."""
_DEARER = 1.3
_TRIES = 6


def alternatives(
    now: Conditions,
    best: Way,
    origins: Sequence[Stand],
    destinations: Sequence[Stand],
    most: int,
    raised: Int32Array | None = None,
) -> list[Way]:
    """Up to ``most`` other ways, each with its true cost, the fastest first; ``raised`` as of ``fastest``.

    Deterministic; fewer where there are no others, as over the only bridge.
    """
    found = [best]
    for way in _others(now, best, origins, destinations, raised):
        if len(found) > most:
            break
        if way.cost <= MOST_LONGER * best.cost and all(_shared(way, each) <= MOST_SHARED for each in found):
            found.append(way)
    return sorted(found[1:], key=lambda way: way.cost)


def _others(
    now: Conditions,
    best: Way,
    origins: Sequence[Stand],
    destinations: Sequence[Stand],
    raised: Int32Array | None,
) -> Iterator[Way]:
    behind = now.topology.turns.behind
    weights = (now.weights if raised is None else raised).astype(np.float64)
    last = best
    for _ in range(_TRIES):
        used = np.zeros(now.topology.network.edges, bool)
        used[last.edges] = True
        dearer = used[behind] & (weights < UNREACHABLE)
        weights[dearer] = np.minimum(weights[dearer] * _DEARER, UNREACHABLE - 1)
        way = fastest(now, origins, destinations, np.rint(weights).astype(np.int32))
        if way is None:
            return
        last = _at_its_cost(now, way, raised)
        yield last


def _at_its_cost(now: Conditions, way: Way, raised: Int32Array | None) -> Way:
    """The way with the cost it has without penalties."""
    graph = now.topology.turns.graph
    weights = now.weights if raised is None else raised
    cost = int(way.weights[0])
    for before, behind in zip(way.edges[:-1], way.edges[1:], strict=True):
        turns = np.arange(graph.first_arc[before], graph.first_arc[before + 1])
        cost += int(weights[turns[graph.head[turns] == behind]].min())
    if len(way.edges) > 1:
        cost -= int(now.impedance.weights[way.edges[-1]]) - int(way.weights[-1])
    return Way(cost, way.origin, way.destination, way.edges, way.weights)


def _shared(way: Way, other: Way) -> float:
    """Share of the time of ``way`` on edges that the other uses too."""
    total = int(way.weights.sum())
    return 1.0 if total == 0 else float(way.weights[np.isin(way.edges, other.edges)].sum()) / total

"""Whether answers are right: ours and the peers' against scipy's Dijkstra, all open and with arcs closed."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from geo.routing.graph import Int32Array
from geo.routing.query import Path
from tests.benchmarks.measures import Measure
from tests.benchmarks.routing_race.field import Field
from tests.benchmarks.routing_race.ours import Ours, mismatches
from tests.geo.routing.graphs import scipy_costs

ORIGINS, DESTINATIONS = 40, 50
SLACK_MS = 2_000
"""What rounding in steps of 100 ms may add up to on a short way."""


def kernel_checks(field: Field, roads: Ours, turned: Ours) -> Iterator[Measure]:
    """2,000 pairs for each state of the graph: costs that differ, and paths that do not cost what they say."""
    closed, flooded = field.closed(), np.unique(field.arcs_in(field.polygons))
    for what, ours, translate in (("roads", roads, _same), ("turns", turned, field.turns_onto)):
        yield _measure(f"{what}, all open: path", ours, ours.weights, ours.path)
        for state, arcs in ((f"{len(closed):,} arcs closed", closed), (f"{len(flooded):,} arcs in polygons", flooded)):
            shut = translate(arcs)
            weights, metric = ours.closed(shut), ours.customised(shut)
            yield _measure(
                f"{what}, {state}: path by mask", ours, weights, partial(ours.around.path, ours.metric, weights)
            )
            yield _measure(f"{what}, {state}: path by hierarchy", ours, weights, partial(ours.router.path, metric))
        origins, destinations = _ends(ours)
        costs = scipy_costs(ours.graph, ours.weights, origins)
        wrong = np.count_nonzero(ours.matrix(origins, destinations) != costs[:, destinations])
        yield Measure(f"{what}: matrix, wrong cells of {costs[:, destinations].size:,}", int(wrong), "", limit=0)
        wrong = np.count_nonzero(ours.cover(origins) != costs.min(axis=0))
        yield Measure(f"{what}: cover, wrong nodes of {ours.graph.nodes:,}", int(wrong), "", limit=0)


def peer_check(
    name: str,
    roads: Ours,
    pairs: list[tuple[int, int]],
    cost: Callable[[int, int], float],
    within: tuple[float, float] = (1.0, 1.0),
    allowed: int = 0,
) -> Measure:
    """How many costs of a peer are not within these multiples of ours, give or take ``SLACK_MS``."""
    ours = np.array([roads.cost(*pair) for pair in pairs], float)
    theirs = np.array([cost(*pair) for pair in pairs], float)
    if within == (1.0, 1.0):
        wrong, what = np.count_nonzero(theirs != ours), "not ours"
    else:
        low, high = within[0] * ours - SLACK_MS, within[1] * ours + SLACK_MS
        wrong, what = np.count_nonzero(~((low <= theirs) & (theirs <= high))), f"not {within[0]} to {within[1]} x ours"
    return Measure(f"{name}: costs that are {what}, of {len(pairs):,}", int(wrong), "", limit=allowed)


def _measure(what: str, ours: Ours, weights: Int32Array, path: Callable[[int, int], Path | None]) -> Measure:
    origins, destinations = _ends(ours)
    expected = scipy_costs(ours.graph, weights, origins)[:, destinations]
    paths = [path(int(origin), int(destination)) for origin in origins for destination in destinations]
    wrong = mismatches(paths, expected.ravel().tolist(), ours.graph, weights)
    return Measure(f"{what}, mismatches of {len(paths):,}", wrong, "", limit=0)


def _ends(ours: Ours) -> tuple[Int32Array, Int32Array]:
    chosen = np.random.default_rng(3).choice(ours.graph.nodes, ORIGINS + DESTINATIONS, replace=False).astype(np.int32)
    return chosen[:ORIGINS], chosen[ORIGINS:]


def _same(arcs: Int32Array) -> Int32Array:
    return arcs

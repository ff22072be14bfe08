"""Whether routes are right for every kind of vehicle, on the full real PBF with its turns: against scipy's Dijkstra."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import shapely

from geo.network.profiles import PROFILES, profile
from geo.routing.graph import Int32Array
from geo.routing.query import Path
from geo.travel.avoiding import Area, avoiding
from geo.travel.conditions import Conditions, conditions, with_metric
from geo.travel.topology import Topology, topology_of
from tests.benchmarks.measures import Measure
from tests.benchmarks.real_roads import has_real_roads, real_network
from tests.benchmarks.routing_race.ours import mismatches
from tests.geo.routing.graphs import scipy_costs

ONLY_WHEN_NAMED = True
_ORIGINS, _DESTINATIONS = 20, 100
_CLOSED, _POLYGONS, _RADIUS_DEG = 1_000, 20, 0.003


def measure() -> Iterator[Measure]:
    """2,000 pairs for each vehicle: all open, with edges closed (by hierarchy), with polygons kept out of (by mask)."""
    if not has_real_roads():
        return
    network = real_network()
    topology = topology_of(network)
    areas = _areas(topology)
    for name in PROFILES:
        now = with_metric(conditions(topology, profile(name)))
        yield _wrong(f"{name}, all open", now, now.weights, _by_hierarchy(now))
        shut = np.zeros(network.edges, np.bool_)
        shut[np.random.default_rng(5).choice(np.flatnonzero(now.impedance.rule == 0), _CLOSED, replace=False)] = True
        closed = with_metric(conditions(topology, profile(name), closed=shut), now.metric)
        yield _wrong(f"{name}, {_CLOSED:,} edges closed", closed, closed.weights, _by_hierarchy(closed))
        raised = avoiding(now, areas).raised
        assert now.metric is not None
        yield _wrong(f"{name}, {_POLYGONS} polygons", now, raised, partial(topology.around.path, now.metric, raised))


def _areas(topology: Topology) -> list[Area]:
    """Around crossings, so that they are where roads are."""
    network = topology.network
    nodes = np.random.default_rng(7).choice(network.graph.nodes, _POLYGONS, replace=False)
    return [Area(shapely.Point(network.lon[node], network.lat[node]).buffer(_RADIUS_DEG)) for node in nodes]


def _by_hierarchy(now: Conditions) -> Callable[[int, int], Path | None]:
    assert now.metric is not None
    return partial(now.topology.router.path, now.metric)


def _wrong(what: str, now: Conditions, weights: Int32Array, path: Callable[[int, int], Path | None]) -> Measure:
    """Between edges that the vehicle may use: costs that differ, and paths that do not cost what they say."""
    graph = now.topology.turns.graph
    chosen = np.random.default_rng(3).choice(
        np.flatnonzero(now.impedance.rule == 0), _ORIGINS + _DESTINATIONS, replace=False
    )
    origins, destinations = chosen[:_ORIGINS], chosen[_ORIGINS:]
    expected = scipy_costs(graph, weights, origins)[:, destinations].ravel().tolist()
    paths = [path(int(origin), int(destination)) for origin in origins for destination in destinations]
    return Measure(f"{what}: mismatches of {len(paths):,}", mismatches(paths, expected, graph, weights), "", limit=0)

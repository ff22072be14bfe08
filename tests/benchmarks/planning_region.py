"""Coverage of a region of some cities by area, on a cluster of two processes and on one; ``BENCH=planning_region``.

The region is the generated city of the routing benchmarks, five times as large, with forbidden turns and turns that
cost.  Some minutes.
"""

import os
import resource
from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter

import numpy as np

from geo.coverage.demand import demand_at
from geo.coverage.reach import reach_of_entries
from geo.partition.joining import Run, Times, alone, times_by_area
from geo.partition.roads import Roads
from geo.partition.within_part import Wanted, found_in
from geo.routing.dissection import arc_order
from geo.routing.graph import UNREACHABLE
from geo.routing.sweeps import cost_matrix
from geo.travel.crossings import Crossings
from geo.travel.matrix import Stands
from services.cluster.dask_cluster import DaskCluster
from tests.benchmarks.measures import Measure
from tests.benchmarks.routing_race.field import Field
from tests.benchmarks.routing_race.ours import Ours
from tests.geo.routing.cities import city, latitude_of, longitude_of

ONLY_WHEN_NAMED = True
CROSSINGS, STATIONS, POINTS = 250_000, 40, 40_000
_LIMIT_S = 270
_PROCESSES = 2
_TIMEOUT_S = 60


def measure(crossings: int = CROSSINGS, stations: int = STATIONS, points: int = POINTS) -> Iterator[Measure]:
    """First by area, on two processes and on one; then on the whole network at once, and whether that says the same."""
    field = Field(city(crossings))
    made, turns, random = field.city, field.turns, np.random.default_rng(28204)
    ends = np.concatenate([np.stack([made.x, made.y])[:, each] for each in (made.graph.tail, made.graph.head)])
    roads = Roads(turns.graph, field.turn_weights, made.weights, Crossings(made.graph, made.x, made.y), inwards=False)
    # Places at the ends of roads: what a road costs is then the same for both ways of finding it.
    sites, homes = (_at_ends(random.choice(made.graph.arcs, count, replace=False)) for count in (stations, points))
    where = tuple(change(ends[row, homes.edge]) for row, change in ((2, longitude_of), (3, latitude_of)))
    wanted = Wanted(_LIMIT_S * 1000, 2, np.ones(stations, bool))
    what = f"a region of {len(made.x):,} crossings, {stations} stations, {points:,} points of demand: coverage by area"

    def found(run: Run) -> tuple[Times, float]:
        started = perf_counter()
        times = times_by_area(roads, sites, homes, (where[0], where[1]), wanted, run)
        return times, perf_counter() - started

    sizes: list[int] = []
    alone_, spent = found(lambda parts, wanted: _counted(partial(alone, parts, wanted), sizes))
    yield Measure(f"{what}, in one process, {len(sizes)} parts", spent, "s")
    cluster = DaskCluster(f"local:{_PROCESSES}", _TIMEOUT_S)
    try:
        list(cluster.each(abs, range(_PROCESSES)))  # starts the processes
        together, spent = found(lambda parts, wanted: cluster.each(partial(found_in, wanted=wanted), parts))
    finally:
        cluster.close()
    yield Measure(f"{what}, on {_PROCESSES} processes", spent, "s")
    demand, every = demand_at(np.ones(points, np.int64)), np.ones(stations, bool)
    one, other = (
        reach_of_entries(demand, each, np.ones(stations, np.int64), _LIMIT_S, every) for each in (alone_, together)
    )
    differing = int(np.count_nonzero(one.two.first_s != other.two.first_s)) + int(one.demand != other.demand)
    yield Measure("the same: points and stations that differ between one process and two", differing, "", limit=0)
    yield from _whole(field, sites, homes, alone_)


def _whole(field: Field, sites: Stands, homes: Stands, found: Times) -> Iterator[Measure]:
    made, turns = field.city, field.turns
    started = perf_counter()
    ours = Ours(turns.graph, arc_order(made.graph, made.x, made.y), field.turn_weights)
    matrix = cost_matrix(ours.metric, sites.edge, homes.edge)
    yield Measure("the whole network at once: order, hierarchy, metric, matrix", perf_counter() - started, "s")
    known = np.full(matrix.shape, UNREACHABLE)
    known[found.site, found.point] = found.ms
    wrong = int(np.count_nonzero((known < UNREACHABLE) & (known != matrix)))
    nearest = np.sort(matrix, axis=0)[:2]
    wrong += int(np.count_nonzero(np.sort(known, axis=0)[:2] != nearest))
    wrong += int(np.count_nonzero((matrix <= _LIMIT_S * 1000) & (known != matrix)))
    yield Measure("times and arrivals that differ from those of the whole network", wrong, "", limit=0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Measure(f"peak memory of this process ({os.cpu_count()} processors)", peak, "MiB")


def _counted[T](parts: Callable[[], Iterator[T]], sizes: list[int]) -> Iterator[T]:
    for each in parts():
        sizes.append(1)
        yield each


def _at_ends(edges: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Stands:
    """At the end of each edge, where nothing of it is left to drive."""
    return Stands(edges.astype(np.int32), np.ones(len(edges)), np.arange(len(edges)), len(edges))

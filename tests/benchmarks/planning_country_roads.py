"""Coverage of a country by area, on a cluster of two processes; ``BENCH=planning_country_roads``.

From records of ways on, as they come out of the database: the network, what a pumper finds on it, the nearest roads of
all cells and stations, who is reached at all, the times by area.  Some of them are checked by a plain search of the
whole network.  Some minutes, and some gigabytes.
"""

import heapq
import os
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np

from geo.network.building import build_network
from geo.network.profiles import profile
from geo.network.records import Way
from geo.partition.connected import connected
from geo.partition.joining import Times, times_by_area
from geo.partition.roads import Part, Roads
from geo.partition.within_part import Found, Wanted, found_in
from geo.routing.graph import UNREACHABLE, FloatArray
from geo.travel.conditions import Conditions, conditions
from geo.travel.finding import Stand
from geo.travel.matrix import Stands
from geo.travel.topology import topology_of
from services.cluster.dask_cluster import DaskCluster
from tests.benchmarks.measures import Measure
from tests.geo.routing.cities import City
from tests.geo.routing.countries import country

ONLY_WHEN_NAMED = True
CROSSINGS, STATIONS, CELLS = 4_000_000, 5_700, 180_000
_LIMIT_S = 270
_PROCESSES = 2
_TIMEOUT_S = 60
_PLANE = 6673
_NEAR_M = 500.0
_CHECKED = 40
_CLASSES = {60: "trunk", 45: "secondary", 35: "tertiary", 22: "residential"}


def measure(crossings: int = CROSSINGS, stations: int = STATIONS, cells: int = CELLS) -> Iterator[Measure]:
    """Each step with its time, and the memory of this process and of the greater of the two others."""
    made = country(crossings)
    random = np.random.default_rng(28204)
    places = [_beside_roads(made, count, random) for count in (stations, cells)]
    what = f"a country of {len(made.x):,} crossings"
    clock = _Clock()
    network, report = build_network(_records(made), plane=_PLANE)
    yield clock.lap(f"{what}, {report.ways:,} ways: the network of its records")
    topology = topology_of(network)
    now = conditions(topology, profile("pumper"))
    yield clock.lap(f"{topology.turns.graph.arcs:,} turns and what a pumper finds")
    near = [topology.places.near_each(lon, lat, now.usable, _NEAR_M) for lon, lat in places]
    sites, homes = (Stands.near(now, each) for each in near)
    yield clock.lap(f"the nearest roads of {stations:,} stations and {cells:,} cells")
    every = np.ones(stations, bool)
    reaches, is_reached = connected(now, sites, homes, every, inwards=False)
    yield clock.lap("who is reached at all")
    cluster = DaskCluster(f"local:{_PROCESSES}", _TIMEOUT_S)
    sizes: list[int] = []

    def run(parts: Iterable[Part], wanted: Wanted) -> Iterator[tuple[int, Found]]:
        return cluster.each(partial(found_in, wanted=wanted), _noted(parts, sizes))

    try:
        list(cluster.each(abs, range(_PROCESSES)))  # starts the processes
        clock.lap("")
        wanted = Wanted(_LIMIT_S * 1000, 2, reaches)
        times = times_by_area(Roads.under(now, inwards=False), sites, homes, places[1], wanted, run)
        yield clock.lap(f"times by area on {_PROCESSES} processes, {len(sizes)} parts of up to {max(sizes):,} edges")
        peaks = dict(found for _, found in cluster.each(_peak_mib, range(4 * _PROCESSES)))
    finally:
        cluster.close()
    yield Measure("peak memory of this process, the country's making included", _peak_mib(0)[1], "MiB")
    yield Measure("peak memory of a process of the cluster", max(peaks.values()), "MiB")
    yield Measure(f"cells that nobody reaches, of {cells:,}", int(np.count_nonzero(~is_reached)), "")
    yield Measure(
        f"of {_CHECKED} cells those whose times differ from a plain search of the whole network",
        _wrong(now, sites, homes, times, wanted),
        "",
        limit=0,
    )


class _Clock:
    def __init__(self) -> None:
        self._at = perf_counter()

    def lap(self, what: str) -> Measure:
        """The time since the last one."""
        before, self._at = self._at, perf_counter()
        return Measure(f"{what} (peak so far {_peak_mib(0)[1]:,.0f} MiB)", self._at - before, "s")


def _noted(parts: Iterable[Part], sizes: list[int]) -> Iterator[Part]:
    for part in parts:
        sizes.append(part.graph.nodes)
        yield part


def _peak_mib(_: int) -> tuple[int, float]:
    said = Path("/proc/self/status").read_text("ascii")  # of the process since it began, not of the one it came from
    return os.getpid(), int(said.partition("VmHWM:")[2].split()[0]) / 1024


def _records(made: City) -> Iterator[Way]:
    """A way for each road from one crossing to the next."""
    graph, lon, lat = made.graph, made.longitude, made.latitude
    roads = np.flatnonzero((made.reverse < 0) | (made.reverse > np.arange(graph.arcs)))
    columns = (graph.tail[roads], graph.head[roads], made.speeds_kmh[roads], made.reverse[roads] < 0)
    for number, (tail, head, speed, one) in enumerate(zip(*(each.tolist() for each in columns), strict=True)):
        ends = [tail, head]
        yield Way(
            id=f"w{number}",
            node_ids=[str(tail), str(head)],
            lon=lon[ends].tolist(),
            lat=lat[ends].tolist(),
            highway=_CLASSES[speed],
            oneway="yes" if one else None,
        )


def _beside_roads(made: City, count: int, random: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Places some metres beside crossings."""
    nodes = random.choice(len(made.x), count, replace=False)
    off = random.uniform(-2e-4, 2e-4, (2, count))
    return made.longitude[nodes] + off[0], made.latitude[nodes] + off[1]


def _wrong(now: Conditions, sites: Stands, homes: Stands, found: Times, wanted: Wanted) -> int:
    """For how many of some cells the entries are not those of a plain search against the turns of the whole network."""
    known = np.unique(found.point)
    wrong = 0
    for cell in np.random.default_rng(7).choice(known, _CHECKED, replace=False).tolist():
        entries = found.point == cell
        said = dict(zip(found.site[entries].tolist(), found.ms[entries].tolist(), strict=True))
        most = max(wanted.limit_ms, sorted(said.values())[: wanted.first][-1])
        exact = _arrivals(now, sites, homes.at(cell), most)
        wrong += said != exact
    return wrong


def _arrivals(now: Conditions, sites: Stands, home: list[Stand], most: int) -> dict[int, int]:
    """By station the milliseconds to a place, of those within so many: Dijkstra's algorithm, word for word."""
    own, turns = now.impedance.weights, now.topology.turns
    best: dict[int, int] = {}
    heap = [(round(own.item(edge) * share) - own.item(edge), edge) for edge, share in home]
    heapq.heapify(heap)
    while heap and heap[0][0] <= most:
        cost, edge = heapq.heappop(heap)
        if edge not in best:
            best[edge] = cost
            for turn in now.topology.turns_onto(np.array([edge], np.int32)).tolist():
                if now.weights[turn] < UNREACHABLE:
                    heapq.heappush(heap, (cost + now.weights.item(turn), turns.before.item(turn)))
    arrivals: dict[int, int] = {}

    def reach(site: int, ms: int) -> None:
        if ms <= most:
            arrivals[site] = min(ms, arrivals.get(site, ms))

    for edge, share, site in zip(sites.edge.tolist(), sites.share.tolist(), sites.owner.tolist(), strict=True):
        passed = round(own.item(edge) * share)
        for turn in range(*turns.graph.first_arc[edge : edge + 2].tolist()):
            if now.weights[turn] < UNREACHABLE and (there := best.get(turns.behind.item(turn))) is not None:
                reach(site, own.item(edge) - passed + now.weights.item(turn) + there)
        for other, there_share in home:
            if other == edge and share <= there_share:
                reach(site, round(own.item(edge) * there_share) - passed)
    return arrivals

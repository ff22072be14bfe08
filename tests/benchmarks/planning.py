"""Analyses on the sample city: who is covered from eight stations, and where the next ones would be; and MCLP against
spopt."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import numpy as np

from geo.coverage.demand import demand_at
from geo.coverage.reach import reach_of
from geo.crs import STORAGE, transform_xy
from layers.text import Text
from services.ogc.alone import opened, outputs_of
from services.ogc.processes._coverage.analysis import analysed, check_sums
from services.ogc.processes._model import Context
from services.ogc.processes._planning.demand import DemandPoints, asked_demand
from services.ogc.processes._planning.facilities import asked_facilities
from services.ogc.processes._planning.times import between, conditions_of
from tests.benchmarks import environments
from tests.benchmarks.measures import Measure, Race
from tests.benchmarks.processes import city

NODES = 20_000
_CALLS = 15
_INPUTS = {
    "facilities": "fire-stations",
    "demand": "population-mesh",
    "profile": "pumper",
    "direction": "from-facilities",
}


def measure() -> Iterator[Measure | Race]:
    """Medians after the first call, in one process, with the network in memory; then the race."""
    with tempfile.TemporaryDirectory(prefix="ngis-bench-") as folder:
        Path(folder).chmod(0o755)  # the database may run as another user
        with city(Path(folder)) as settings, opened(settings) as context:
            yield from figures(context)
    yield from environments.findings("planning-peers", "tests.benchmarks.location_race")


def figures(context: Context) -> Iterator[Measure]:
    """What is measured of a city."""
    spent = _median_ms(_covered(context))
    what = f"coverage: 8 stations, all cells of the mesh and {NODES:,} nodes: times and all figures"
    yield Measure(what, spent, "ms", limit=100)
    spent = _median_ms(lambda: outputs_of("coverage", {}, context=context)["answer"])
    yield Measure("coverage of the city, from request to answer", spent, "ms")
    given = {"candidates": "public-facilities", "compare": [10, 13]}
    spent = _median_ms(lambda: outputs_of("facility-location", given, context=context)["answer"], 3)
    yield Measure("the best 9, 10 and 13 of 150 sites, proven", spent, "ms")


def _covered(context: Context) -> Callable[[], None]:
    """A call that finds the times to all points and every figure of the answer."""
    now = conditions_of(_INPUTS, context)
    assert now is not None  # it is along roads
    stations, cells = asked_facilities(_INPUTS, context), asked_demand(_INPUTS, context)
    network, random = now.topology.network, np.random.default_rng(28204)
    nodes = random.choice(network.graph.nodes, NODES)  # the city has fewer: some are there twice
    lon, lat = transform_xy(network.x[nodes], network.y[nodes], network.plane, STORAGE)
    lon, lat = np.concatenate([cells.lon, lon]), np.concatenate([cells.lat, lat])
    towns = (*cells.towns, *(f"{each % 400}" for each in range(NODES)))
    weights = np.concatenate([cells.demand.weights, np.ones(NODES, np.int64)])
    ids = tuple(map(str, range(len(lon))))

    def call() -> None:
        found = between(_INPUTS, now, (stations.lon, stations.lat), (lon, lat), context)
        title = Text("需要", "demand")
        points = DemandPoints(ids, lon, lat, (), demand_at(weights), towns, None, 0, None, "weight", title, None)
        reach = reach_of(points.demand, found.times_s, np.ones(len(stations), np.int64), 270)
        check_sums(analysed(points, reach, [270, 480], 270), points.demand)

    return call


def _median_ms(call: Callable[[], object], times: int = _CALLS) -> float:
    call()
    spent = []
    for _ in range(times):
        started = perf_counter()
        call()
        spent.append(perf_counter() - started)
    return float(np.median(spent)) * 1000

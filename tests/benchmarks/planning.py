"""Analyses on the sample city: who is covered from eight stations, where the next ones would be, who has water, many
scenarios; and MCLP against spopt."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import numpy as np
import shapely

from geo.coverage.demand import Floats, demand_at
from geo.coverage.losing import change
from geo.coverage.reach import reach_of
from geo.crs import STORAGE, transform_geometries, transform_xy
from geo.water_supply.straight import Sources
from layers.text import Text
from services.ogc.alone import opened, outputs_of
from services.ogc.processes._coverage.analysis import analysed, check_sums
from services.ogc.processes._model import Context
from services.ogc.processes._planning.demand import DemandPoints, asked_demand
from services.ogc.processes._planning.facilities import asked_facilities
from services.ogc.processes._planning.times import between, conditions_of
from services.ogc.processes._water.analysis import analysed as water_analysed
from services.ogc.processes._water.analysis import check_sums as check_water
from services.ogc.processes._water.covering import along_roads, in_straight_lines
from services.ogc.processes._water.places import places_of
from services.ogc.processes._water.sources import Water
from tests.benchmarks import environments
from tests.benchmarks.measures import Measure, Race
from tests.benchmarks.processes import city

NODES = 20_000
SOURCES, BUILDINGS = 7_000, 20_000
SCENARIOS = 1_000
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
    for along, limit in ((False, 5), (True, None)):
        spent = _median_ms(_watered(context, along=along), 3) / 1000
        how = "along roads" if along else "straight"
        yield Measure(f"water, {how}: {SOURCES:,} sources, {BUILDINGS:,} buildings, all figures", spent, "s", limit)
    spent = _median_ms(_scenarios(context), 3) / 1000
    yield Measure(f"{SCENARIOS:,} scenarios of 8 to 13 stations on all cells: who gains, who loses", spent, "s", 10)


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


def _watered(context: Context, *, along: bool) -> Callable[[], None]:
    """A call that finds who has water, with hydrants and without, by town, and where five cisterns would help most."""
    random, (west, south, east, north) = np.random.default_rng(28204), context.city.bbox

    def places(count: int) -> tuple[Floats, Floats]:
        return random.uniform(west, east, count), random.uniform(south, north, count)

    lon, lat = places(BUILDINGS)
    half = random.uniform(3e-5, 8e-5, BUILDINGS)
    shapes = tuple(shapely.box(lon - half, lat - half, lon + half, lat + half))
    ids, towns = tuple(map(str, range(BUILDINGS))), tuple(f"{each % 400}" for each in range(BUILDINGS))
    zones = ("商業地域", "第一種住居地域", None)
    about = tuple({"zone": zones[each % 3], "built_up": True} for each in range(BUILDINGS))
    people = demand_at(random.integers(0, 9, BUILDINGS))
    title = Text("需要", "demand")
    points = DemandPoints(ids, lon, lat, shapes, people, towns, None, 0, None, "weight", title, None, properties=about)
    wells = transform_geometries(shapely.points(*places(SOURCES)).tolist(), STORAGE, context.city.plane_crs)
    meets = [(True, False, None)[each % 3] for each in range(SOURCES)]
    sources = Sources(
        wells, meets, [each % 50 == 0 for each in range(SOURCES)], [each % 7 > 0 for each in range(SOURCES)]
    )
    water = Water(sources, None, 0, 0, 0, 0, 0)
    pump, widths = context.roads.conditions("pumper"), context.roads.figures().figures.widths

    def call() -> None:
        ground = places_of(points, {"wind_m_s": 2.0}, context)
        both = along_roads(ground, water, context)[0] if along else in_straight_lines(points, ground, water, context)
        found = water_analysed(points, ground, both, pump, widths, without_hydrants=False, further=5)
        check_water(found, points.demand)

    return call


def _scenarios(context: Context) -> Callable[[], None]:
    """A call that says of many choices of stations who is reached, how soon, and who gains and loses by them."""
    now = conditions_of(_INPUTS, context)
    assert now is not None  # it is along roads
    stations, cells = asked_facilities(_INPUTS, context), asked_demand(_INPUTS, context)
    more = asked_facilities({**_INPUTS, "facilities": "public-facilities"}, context)
    ends = np.concatenate([stations.lon, more.lon]), np.concatenate([stations.lat, more.lat])
    times_s = between(_INPUTS, now, ends, (cells.lon, cells.lat), context).times_s
    today, random = times_s[: len(stations)].min(axis=0), np.random.default_rng(28204)
    chosen = [random.choice(len(times_s), 8 + number % 6, replace=False) for number in range(SCENARIOS)]

    def call() -> None:
        for sites in chosen:
            units = np.ones(len(sites), np.int64)
            reach = reach_of(cells.demand, times_s[sites], units, 270)
            found = analysed(cells, reach, [270, 480], 270)
            told = change(cells.demand, today, reach.two.first_s, 270)
            assert told.kept + told.gained == found.covers[0].covered

    return call


def _median_ms(call: Callable[[], object], times: int = _CALLS) -> float:
    call()
    spent = []
    for _ in range(times):
        started = perf_counter()
        call()
        spent.append(perf_counter() - started)
    return float(np.median(spent)) * 1000

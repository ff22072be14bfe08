"""Analyses of a whole country on the pairs that count: time and memory; ``BENCH=planning_country``, some minutes.

The country is made up: 180,000 inhabited cells of a kilometre with 125 million people, in towns of all sizes, and
facilities where people are; beside it one conurbation by cells of 250 m.  Ways are straight lines, so that nothing is
measured but pairs and analyses; what a road network of such a size takes is measured beside.  ``facility-location`` is
asked as a whole too, with its demand read and its documents written.  Each analysis has a process of its own, whose
peak of memory it is.
"""

import multiprocessing
import resource
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
import shapely

from geo.accessibility.decay import Gaussian
from geo.accessibility.floating_catchment import accessibility
from geo.coverage.demand import Bools, Demand, Floats, Ints, demand_at
from geo.coverage.pairs import Pairs
from geo.coverage.straight import straight_pairs
from geo.location.exchange import mclp_by_exchange
from geo.location.problem import Problem
from geo.mesh import mesh_codes
from geo.sheltering.assignment import assign, to_the_nearest
from services.ogc.execution.inputs import checked
from services.ogc.processes import processes
from services.ogc.processes._planning.times import MOST_PAIRS
from services.ogc.processes._sheltering.apart import least_cost
from tests.benchmarks.measures import Measure
from tests.services.ogc.processes.planning import cell, small_town
from tests.services.ogc.processes.town import Rows

ONLY_WHEN_NAMED = True
CELLS, TOWNS, PEOPLE = 180_000, 1_700, 125_000_000
HOSPITALS, STATIONS, CANDIDATES, SHELTERS = 8_000, 5_700, 6_000, 100_000
_CELL_M = 1_000.0
_DRIVEN_MPS, _WALKED_MPS = 30 / 3.6, 1.1
_ZONE_M = 7_000.0
_CITY_CELL_M, _CITY_CELLS, _CITY_PEOPLE, _CITY_SHELTERS = 250.0, 360, 30_000_000, 17_000


@dataclass(frozen=True, eq=False)
class Country:
    """Centres of cells in metres, shape (cells, 2), and who lives there."""

    cells: Floats
    demand: Demand
    random: np.random.Generator

    @classmethod
    def made(cls) -> "Country":
        """Towns along an island of 1,800 km x 250 km, a few large and many small, denser towards their middles."""
        random = np.random.default_rng(28204)
        size = random.pareto(1.1, TOWNS) + 0.2
        centre = random.uniform(0, 1, (TOWNS, 2)) * [1.8e6, 2.5e5]
        across, down = 2_000, 400
        lived = np.zeros(across * down, np.int64)
        for _ in range(20):
            of = random.choice(TOWNS, 400_000, p=size / size.sum())
            home = centre[of] + random.laplace(0, 1, (len(of), 2)) * (2e3 + 4e3 * np.sqrt(size[of, None]))
            x, y = np.floor(home / _CELL_M + [100, 75]).astype(np.int64).T
            on = (x >= 0) & (x < across) & (y >= 0) & (y < down)
            lived += np.bincount(x[on] * down + y[on], minlength=len(lived))
        most = np.sort(np.argsort(-lived, kind="stable")[:CELLS])
        share = lived[most] * random.lognormal(0, 0.5, CELLS)
        people = np.rint(share / share.sum() * PEOPLE).astype(np.int64)
        cells = np.asarray((np.stack(np.divmod(most, down), axis=1) + 0.5) * _CELL_M, np.float64)
        return cls(cells, demand_at(people), random)

    def facilities(self, number: int) -> Floats:
        """Where people are, though not in proportion: the country has more for each of them."""
        lived = self.demand.weights.astype(np.float64) ** 0.7
        cell = self.random.choice(len(self.cells), number, p=lived / lived.sum())
        found: Floats = self.cells[cell] + self.random.uniform(-_CELL_M / 2, _CELL_M / 2, (number, 2))
        return found

    def pairs(self, sites: Floats, mps: float, limit_s: float, points: Bools | None = None) -> Pairs:
        """Those within the limit and with the nearest."""
        cells = self.cells if points is None else self.cells[points]
        return straight_pairs(sites, cells, mps, limit_s, np.ones(len(sites), bool), most=MOST_PAIRS)


def measure() -> Iterator[Measure]:
    """Each analysis in a process of its own."""
    fresh = multiprocessing.get_context("spawn")
    for analysis in (_shared, _one_more, _from_nothing, _asked, _sheltered, _conurbation):
        with fresh.Pool(1) as pool:
            yield from pool.apply(_measured, (analysis,))


def _measured(analysis: Callable[[Country], Iterator[Measure]]) -> list[Measure]:
    found = list(analysis(Country.made()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [*found, Measure(f"{analysis.__name__.strip('_').replace('_', ' ')}: peak memory", peak, "MiB")]


def _timed[Found](call: Callable[[], Found]) -> tuple[Found, float]:
    started = perf_counter()
    return call(), perf_counter() - started


def _found(what: str, pairs: Pairs, spent: float) -> Measure:
    sites, points = pairs.shape
    return Measure(f"{what}: {len(pairs):,} pairs of {sites:,} x {points:,} that count, found", spent, "s")


def _shared(country: Country) -> Iterator[Measure]:
    what, limit_s = "accessibility, hospitals within 30 minutes", 1_800.0
    sites = country.facilities(HOSPITALS)
    beds = country.random.integers(20, 600, HOSPITALS).astype(np.float64)
    pairs, spent = _timed(lambda: country.pairs(sites, _DRIVEN_MPS, limit_s))
    yield _found(what, pairs, spent)
    found, spent = _timed(lambda: accessibility(country.demand, beds, pairs.within(limit_s), Gaussian(limit_s)))
    yield Measure(f"{what}: E2SFCA", spent, "s")
    shared = beds[~found.idle & ~np.isnan(found.ratios)].sum()
    off = abs(float((found.index * country.demand.weights).sum()) / shared - 1)
    yield Measure(f"{what}: of the supply lost or made", off, "", limit=1e-9)


def _located(what: str, country: Country, sites: Floats, existing: int, p: int) -> Iterator[Measure]:
    limit_s = 600.0
    pairs, spent = _timed(lambda: country.pairs(sites, _DRIVEN_MPS, limit_s))
    yield _found(what, pairs, spent)
    lived = country.demand.weights > 0
    problem = Problem.of(
        pairs.to_points(lived), country.demand.weights[lived].astype(np.float64), existing=range(existing)
    )
    found, spent = _timed(lambda: mclp_by_exchange(problem, limit_s, p))
    yield Measure(f"{what}: MCLP by greedy and exchange, with its bound", spent, "s")
    yield Measure(f"{what}: gap to the bound", 100 * found.gap, "%")
    total = found.covered + found.uncovered + found.excluded_total
    yield Measure(f"{what}: demand lost or made", abs(total - country.demand.total), "people", limit=0)


def _one_more(country: Country) -> Iterator[Measure]:
    sites = np.concatenate([country.facilities(STATIONS), country.facilities(CANDIDATES)])
    what = f"siting, ten more than {STATIONS:,} stations, out of {CANDIDATES:,}"
    yield from _located(what, country, sites, STATIONS, STATIONS + 10)


def _from_nothing(country: Country) -> Iterator[Measure]:
    what = f"siting, 300 out of {CANDIDATES:,} with nothing before"
    yield from _located(what, country, country.facilities(CANDIDATES), 0, 300)


def _asked(country: Country) -> Iterator[Measure]:
    """The whole process, of layers in memory; a kilometre is a cell of the census."""
    columns, rows = np.floor(country.cells / _CELL_M).astype(np.int64).T
    codes = mesh_codes(123 + (columns + 0.5) / 80, 31 + (rows + 0.5) / 120, 3)
    mesh = [
        {**cell(str(code), population=people), "mesh_size_m": int(_CELL_M)}
        for code, people in zip(codes.tolist(), country.demand.weights.tolist(), strict=True)
    ]

    def places(number: int) -> Rows:
        east, north = country.facilities(number).T / _CELL_M
        at = shapely.points(123 + east / 80, 31 + north / 120)
        return [{"id": str(row), "name": str(row), "kind": "station", "geometry": each} for row, each in enumerate(at)]

    town = small_town(population_mesh=mesh, fire_stations=places(STATIONS), public_facilities=places(CANDIDATES))
    asked = {
        "facilities": "fire-stations",
        "candidates": "public-facilities",
        "area": shapely.geometry.mapping(shapely.box(122, 30, 149, 36)),
        "straight_line_kph": _DRIVEN_MPS * 3.6,
        "limit_s": 600,
        "sites": STATIONS + 10,
        "compare": [STATIONS + 20],
    }
    process = processes()["facility-location"]
    found, spent = _timed(lambda: process.run(checked(process, asked), town))
    what = f"facility-location, ten and twenty more than {STATIONS:,}, {len(mesh):,} cells"
    yield Measure(f"{what}: read, solved and answered", spent, "s", limit=60)
    for name in found:
        _, spent = _timed(lambda name=name: found[name])  # type: ignore[misc]
        yield Measure(f"{what}: the output {name}", spent, "s")


def _sheltered(country: Country) -> Iterator[Measure]:
    """A quarter of the country floods, in squares of some kilometres; a fifth of the shelters say no room."""
    what, reach_s = "shelters within 30 minutes on foot", 1_800.0
    sites, random = country.facilities(SHELTERS), country.random
    room = np.rint(random.lognormal(5, 1, SHELTERS))
    room[random.random(SHELTERS) < 0.2] = np.nan
    square: Ints = np.floor(country.cells / _ZONE_M).astype(np.int64)
    floods = random.random(square.max(axis=0) + 1)[square[:, 0], square[:, 1]] < 0.25
    people = np.rint(country.demand.weights[floods] * 64 * 0.6) / 64
    pairs, spent = _timed(lambda: country.pairs(sites, _WALKED_MPS, reach_s, floods))
    yield _found(what, pairs, spent)
    yield from _assigned(what, people, 1 / 64, room, pairs, reach_s)


def _assigned(what: str, people: Floats, unit: float, room: Floats, pairs: Pairs, reach_s: float) -> Iterator[Measure]:
    sizes: list[int] = []

    def run(each: Any, programmes: Any) -> Iterator[tuple[int, Floats]]:
        for number, programme in enumerate(programmes):
            sizes.append(len(programme.site))
            yield number, each(programme)

    found, spent = _timed(lambda: assign(people, unit, room, pairs, reach_s, run, least_cost))
    yield Measure(f"{what}: best assignment, {len(sizes)} programmes of at most {max(sizes):,} pairs", spent, "s")
    lost = abs(float(found.people.sum() - people.sum()))
    yield Measure(f"{what}: people lost or made", lost, "people", limit=0)
    _, spent = _timed(lambda: to_the_nearest(people, room, pairs, reach_s))
    yield Measure(f"{what}: everybody to the nearest", spent, "s")


def _conurbation(_: Country) -> Iterator[Measure]:
    """A conurbation of 90 km x 90 km that floods as a whole, with room for two thirds, where every shelter links the
    next: denser towards its middle, and a fifth of the shelters say no room.
    """
    what, reach_s = "shelters of a conurbation within 30 minutes on foot", 1_800.0
    random = np.random.default_rng(13100)
    cells = (np.stack(np.divmod(np.arange(_CITY_CELLS**2), _CITY_CELLS), axis=1) + 0.5) * _CITY_CELL_M
    middle = _CITY_CELLS * _CITY_CELL_M / 2
    lived = random.lognormal(0, 0.7, len(cells)) * np.exp(-np.hypot(*(cells - middle).T) / (0.6 * middle))
    people = np.rint(lived / lived.sum() * _CITY_PEOPLE)
    near = random.choice(len(cells), _CITY_SHELTERS, p=people / people.sum())
    sites = cells[near] + random.uniform(-_CITY_CELL_M / 2, _CITY_CELL_M / 2, (_CITY_SHELTERS, 2))
    room = random.lognormal(0, 1, _CITY_SHELTERS)
    room = np.rint(room / room.sum() * people.sum() * 2 / 3)
    room[random.random(_CITY_SHELTERS) < 0.2] = np.nan
    pairs, spent = _timed(
        lambda: straight_pairs(sites, cells, _WALKED_MPS, reach_s, np.ones(len(sites), bool), most=MOST_PAIRS)
    )
    yield _found(what, pairs, spent)
    yield from _assigned(what, people, 1.0, room, pairs, reach_s)
    solving = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    yield Measure(f"{what}: peak memory of the process that solves", solving, "MiB")

"""Who has water within the radius of the standard: for certain, perhaps, or not; with hydrants and without."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo.coverage.demand import Demand
from geo.network.widths import WidthModel, widths
from geo.travel.conditions import Conditions
from geo.water_supply.difficult_areas import Difficult, DifficultAreas, difficult_areas
from geo.water_supply.next_sources import NextSources, next_sources
from geo.water_supply.straight import Supply, WaterCover
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._water.places import Places


@dataclass(frozen=True, slots=True)
class Account:
    """Demand by whether it has water: ``covered``, ``unknown``, ``uncovered`` and ``excluded`` are ``total``, "
    "exactly."""

    total: float
    covered: float
    unknown: float
    uncovered: float
    excluded: float

    @property
    def share(self) -> float | None:
        """Covered for certain, of all that is not excluded."""
        counted = self.covered + self.unknown + self.uncovered
        return self.covered / counted if counted else None


@dataclass(frozen=True, slots=True)
class TownWater:
    """One town in the mode that was asked for, and what it loses where hydrants fail."""

    town: str | None
    account: Account
    by_hydrants_only: float


@dataclass(frozen=True, eq=False, slots=True)
class WaterSupply:
    """The analysis.

    covers:
        With hydrants and without, of each place; ``asked`` is the one that tables are of.
    by_hydrants_only:
        Demand that has water with hydrants and has none for certain without.
    further:
        Where further sources that need no mains help most; rows are of places.
    difficult:
        Of each place whether it is in a 消防活動困難区域; None where no roads are known.
    """

    asked: WaterCover
    with_hydrants: Account
    without_hydrants: Account
    account: Account
    by_hydrants_only: float
    towns: tuple[TownWater, ...]
    further: NextSources
    difficult: DifficultAreas | None
    difficult_demand: tuple[float, float, float] | None


def analysed(
    points: DemandPoints,
    places: Places,
    both: tuple[WaterCover, WaterCover],
    now: Conditions | None,
    model: WidthModel,
    *,
    without_hydrants: bool,
    further: int,
) -> WaterSupply:
    """The analysis of places with hydrants and without; ``further`` is how many sources are to be placed."""
    asked, demand = both[without_hydrants], places.demand
    only = both[0].covered & ~both[1].covered
    missing = (asked.supply != Supply.COVERED) & demand.counts
    difficult = None if now is None else _difficult(places, now, model)
    return WaterSupply(
        asked=asked,
        with_hydrants=account_of(demand, both[0]),
        without_hydrants=account_of(demand, both[1]),
        account=account_of(demand, asked),
        by_hydrants_only=demand.sum(only),
        towns=_towns(points, places, asked, only),
        further=next_sources(
            places.xy, np.where(missing, demand.weights, 0), places.radii_m, places.xy[missing], further
        ),
        difficult=difficult,
        difficult_demand=None
        if difficult is None
        else tuple(demand.sum(difficult.state == each) for each in Difficult),  # type: ignore[arg-type]
    )


def candidates_of(found: WaterSupply, places: Places) -> npt.NDArray[np.int64]:
    """The places that rows of ``further`` are of."""
    return np.flatnonzero((found.asked.supply != Supply.COVERED) & places.demand.counts)


def account_of(demand: Demand, cover: WaterCover) -> Account:
    covered, unknown, uncovered = (demand.sum(cover.supply == each) for each in Supply)
    return Account(demand.total, covered, unknown, uncovered, demand.excluded)


def check_sums(found: WaterSupply, demand: Demand) -> None:
    """Raises ``ArithmeticError`` unless demand in is what comes out, in every table."""
    for each in (found.with_hydrants, found.without_hydrants, found.account):
        out = each.covered + each.unknown + each.uncovered + each.excluded
        if not out == each.total == demand.total:
            raise ArithmeticError(f"Demand of {demand.total} does not add up: {each}.")
    if sum(each.account.total for each in found.towns) != demand.total:
        raise ArithmeticError("The towns do not add up.")


def _towns(
    points: DemandPoints, places: Places, cover: WaterCover, only: npt.NDArray[np.bool_]
) -> tuple[TownWater, ...]:
    index, names = points.by_town
    of_place, size = index[places.point], len(names)
    demand = places.demand
    states = (demand.by(of_place, size, cover.supply == each) for each in Supply)
    out = ~demand.counts
    excluded = np.bincount(of_place[out], demand.weights[out].astype(np.float64), minlength=size).tolist()
    hydrants = demand.by(of_place, size, only)
    found = [
        TownWater(town, Account(has + perhaps + lacks + out_of_it, has, perhaps, lacks, out_of_it), by_hydrants)
        for town, has, perhaps, lacks, out_of_it, by_hydrants in zip(names, *states, excluded, hydrants, strict=True)
    ]
    return tuple(sorted(found, key=lambda each: -(each.account.uncovered + each.account.unknown)))


def _difficult(places: Places, now: Conditions, model: WidthModel) -> DifficultAreas:
    """By the roads that a pump can use, and how wide they are as far as is known."""
    network = now.topology.network
    drawn, first = now.topology.places.lines
    lines = shapely.linestrings(drawn, indices=np.repeat(np.arange(len(first) - 1), np.diff(first)))
    wide, way, usable = widths(network.ways, model), network.stretches.way, now.usable
    return difficult_areas(places.shapes, lines[usable], wide.low_m[way][usable], wide.high_m[way][usable])

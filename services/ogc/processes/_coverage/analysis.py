"""The analysis: demand and times joined, with nothing read and nothing written."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.coverage.arrivals import Arrivals
from geo.coverage.covering import Cover, GroupCover, cover, cover_by_number, covered_where
from geo.coverage.demand import Demand
from geo.coverage.losing import Change, Failure, change, failures_among
from geo.coverage.percentiles import USUAL, time_percentiles
from geo.coverage.reach import Reach
from services.ogc.processes._planning.demand import Band, DemandPoints

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TownCover:
    """One town within the limit.

    mean_s, longest_s:
        Of the first arrival at its demand that is reached at all; None where none is.
    unreachable:
        Demand to which there is no way.
    by_band:
        Uncovered demand of each age band; empty where ages are not known.
    """

    cover: GroupCover[str]
    mean_s: float | None
    longest_s: float | None
    unreachable: float
    by_band: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class BandCover:
    """One age band within the limit."""

    band: Band
    cover: Cover


@dataclass(frozen=True, eq=False, slots=True)
class Cutting:
    """What becomes of it where roads are cut; ``towns`` are those that lose most, with what each loses."""

    first_s: Floats
    change: Change
    cover: Cover
    towns: tuple[tuple[str | None, float], ...]
    facilities_cut: tuple[int, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Coverage:
    """Who is covered.

    two, number:
        Of each point the two nearest facilities, and how many are within the first limit.
    covers:
        By limit, in the order of ``limits_s``; all else is within the first of these.
    second, both:
        The second unit within its limit, and both units each within its own.
    percentiles, second_percentiles:
        Times within which ``USUAL`` per cent of the demand are reached; infinite where so many cannot be.
    """

    limits_s: tuple[float, ...]
    second_limit_s: float
    two: Arrivals
    number: npt.NDArray[np.int64]
    covers: tuple[Cover, ...]
    second: Cover
    both: Cover
    percentiles: tuple[float | None, ...]
    second_percentiles: tuple[float | None, ...]
    overlap: tuple[float, ...]
    towns: tuple[TownCover, ...]
    bands: tuple[BandCover, ...]
    failures: tuple[Failure, ...]
    within_reach: tuple[float, ...]
    cutting: Cutting | None

    @property
    def limit_s(self) -> float:
        """The limit that is meant where one is."""
        return self.limits_s[0]


def analysed(
    points: DemandPoints,
    reach: Reach,
    limits_s: Sequence[float],
    second_limit_s: float,
    cut: Reach | None = None,
) -> Coverage:
    """The analysis of what is reached within the first limit; ``cut`` is that where roads are cut."""
    demand, two = points.demand, reach.two
    limit, size = limits_s[0], len(reach.demand)
    within, reachable = two.first_s <= limit, np.isfinite(two.first_s)
    second_within = two.second_s <= second_limit_s
    has_second = np.isfinite(two.second_s)
    return Coverage(
        limits_s=tuple(limits_s),
        second_limit_s=second_limit_s,
        two=two,
        number=reach.number,
        covers=tuple(cover(demand, two.first_s, each) for each in limits_s),
        second=covered_where(demand, second_within, has_second),
        both=covered_where(demand, two.both_within(limit, second_limit_s), has_second),
        percentiles=time_percentiles(demand, two.first_s, USUAL),
        second_percentiles=time_percentiles(demand, two.second_s, USUAL),
        overlap=demand.by(reach.number, size + 1, np.ones(len(demand), bool)),
        towns=_towns(points, two.first_s, within, reachable),
        bands=tuple(BandCover(each, cover(each.demand, two.first_s, limit)) for each in points.bands or ()),
        failures=failures_among(demand, two, size, limit),
        within_reach=reach.demand,
        cutting=None if cut is None else _cutting(points, reach, cut, limit),
    )


def _towns(points: DemandPoints, first_s: Floats, within: Bools, reachable: Bools) -> tuple[TownCover, ...]:
    demand = points.demand
    index, names = points.by_town
    size, numbers = len(names), {name: number for number, name in enumerate(names)}
    reached = demand.by(index, size, reachable)
    unreachable = demand.by(index, size, ~reachable)
    seconds = demand.by(index, size, reachable, np.where(reachable, first_s, 0.0))
    longest = np.full(size, -1.0)
    counted = reachable & demand.counts & (demand.weights > 0)
    np.maximum.at(longest, index[counted], first_s[counted])
    by_band = [each.demand.by(index, size, ~within) for each in points.bands or ()]
    found = []
    for group in cover_by_number(demand, index, names, within):
        row = numbers[group.label]
        found.append(
            TownCover(
                cover=group,
                mean_s=seconds[row] / reached[row] if reached[row] else None,
                longest_s=float(longest[row]) if longest[row] >= 0 else None,
                unreachable=unreachable[row],
                by_band=tuple(band[row] for band in by_band),
            )
        )
    return tuple(found)


def _cutting(points: DemandPoints, before: Reach, after: Reach, limit: float) -> Cutting:
    was, first = before.two.first_s, after.two.first_s
    lost = (was <= limit) & ~(first <= limit)
    towns = cover_by_number(points.demand, *points.by_town, ~lost)
    return Cutting(
        first_s=first,
        change=change(points.demand, was, first, limit),
        cover=cover(points.demand, first, limit),
        towns=tuple((each.label, each.uncovered) for each in towns if each.uncovered),
        facilities_cut=tuple(np.flatnonzero(before.reaches & ~after.reaches).tolist()),
    )


def check_sums(found: Coverage, demand: Demand) -> None:
    """Raises ``ArithmeticError`` unless demand in is covered plus uncovered plus excluded, in every table."""
    total = demand.total
    sums = [each.covered + each.uncovered + each.excluded for each in (*found.covers, found.second, found.both)]
    sums.append(sum(each.cover.total for each in found.towns))
    sums.append(sum(found.overlap) + demand.excluded)
    if found.bands:
        sums.append(sum(each.cover.total for each in found.bands))
    if found.cutting is not None:
        told = found.cutting.change
        sums.append(told.kept + told.lost + told.gained + told.never + told.excluded)
    if any(each != total for each in sums):
        raise ArithmeticError(f"Demand of {total} does not add up: {sums}.")

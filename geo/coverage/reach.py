"""What figures of coverage rest on: first and second arrivals, and how many facilities are in reach.

It comes from a table of all times, or from the entries of one that parts of the demand found apart
(``geo.partition``): the same, to the bit, from either.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.coverage.arrivals import NOBODY, Arrivals, arrivals, checked_times
from geo.coverage.covering import checked_limit
from geo.coverage.demand import Bools, Demand, Floats, Ints
from geo.errors import InputError
from geo.partition.joining import Times


@dataclass(frozen=True, eq=False, slots=True)
class Reach:
    """From facilities to points of demand.

    Attributes
    ----------
    two:
        The two nearest of each point.
    number:
        Shape (points,): how many facilities are within the limit.
    demand:
        Of each facility the demand within the limit.
    reaches:
        Shape (facilities,): whether it reaches any point at all.
    """

    two: Arrivals
    number: Ints
    demand: tuple[float, ...]
    reaches: Bools


def reach_of(demand: Demand, times_s: npt.ArrayLike, units: Ints, limit_s: float) -> Reach:
    """Out of all times, of shape (facilities, points); facilities with 0 units reach nobody.

    Raises
    ------
    InputError
        As ``arrivals`` and ``cover``.
    """
    times = np.where((units > 0)[:, None], checked_times(times_s), np.inf)
    within = times <= checked_limit(limit_s)
    return Reach(
        two=arrivals(times, units),
        number=within.sum(axis=0, dtype=np.int64),
        demand=tuple(demand.sum(row) for row in within),
        reaches=np.isfinite(times).any(axis=1),
    )


def reach_of_entries(
    demand: Demand, times: Times, units: Ints, limit_s: float, reaches: Bools, turnout_s: float = 0.0
) -> Reach:
    """Out of entries that hold all within the limit and the two nearest of the facilities with units.

    Parameters
    ----------
    reaches:
        As of ``Reach``, of all facilities.
    turnout_s:
        Is in no entry and is added to each; the limit is of the sum.

    Raises
    ------
    InputError
        If the shapes do not fit, or as ``cover``.
    """
    size, points = times.shape
    if (len(units), len(reaches), len(demand)) != (size, size, points):
        raise InputError(f"Times are of {size} facilities and {points} points, and not all else is.")
    sends = units[times.site] > 0
    point, site = times.point[sends], times.site[sends]
    seconds = times.seconds()[sends] + turnout_s
    begins = np.searchsorted(point, np.arange(points))
    count = np.diff(begins, append=len(point))
    first_s, first_by = _nth(seconds, site, begins, count, 0)
    next_s, next_by = _nth(seconds, site, begins, count, 1)
    pair = (first_by != NOBODY) & (np.append(units, 0)[first_by] >= 2)
    within = seconds <= checked_limit(limit_s)
    weights = np.where(demand.counts, demand.weights, 0)[point[within]].astype(np.float64)
    by_site = np.bincount(site[within], weights, minlength=size).astype(demand.weights.dtype)
    return Reach(
        two=Arrivals(first_s, first_by, next_s, next_by, np.where(pair, first_s, next_s)),
        number=np.bincount(point[within], minlength=points),
        demand=tuple(by_site.tolist()),
        reaches=reaches & (units > 0),
    )


def _nth(seconds: Floats, site: Ints, begins: Ints, count: Ints, place: int) -> tuple[Floats, Ints]:
    """Time and facility of the entry at a place of each point's, ``inf`` and ``NOBODY`` where it has fewer."""
    there = count > place
    found_s, by = np.full(len(begins), np.inf), np.full(len(begins), NOBODY, np.int64)
    found_s[there], by[there] = seconds[begins[there] + place], site[begins[there] + place]
    return found_s, by

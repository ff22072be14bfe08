"""What figures of coverage rest on: first and second arrivals, and how many facilities are in reach.

It comes from a table of all times, or from the pairs that count, as parts of the demand find them apart
(``geo.partition``): the same, to the bit, from either.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.coverage.arrivals import NOBODY, Arrivals, arrivals, checked_times
from geo.coverage.covering import checked_limit
from geo.coverage.demand import Bools, Demand, Ints
from geo.coverage.pairs import Pairs
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
    pairs = Pairs.sorted_of(times.site, times.point, times.seconds() + turnout_s, times.shape)
    return reach_of_pairs(demand, pairs, units, limit_s, reaches)


def reach_of_pairs(demand: Demand, pairs: Pairs, units: Ints, limit_s: float, reaches: Bools) -> Reach:
    """As ``reach_of_entries``, of pairs with their turn-out."""
    sending = pairs.from_sites(units > 0)
    first_s, first_by = sending.nearest()
    next_s, next_by = sending.next_to(first_by).nearest()
    two = (first_by != NOBODY) & (np.append(units, 0)[first_by] >= 2)
    within = sending.within(checked_limit(limit_s))
    return Reach(
        two=Arrivals(first_s, first_by, next_s, next_by, np.where(two, first_s, next_s)),
        number=np.bincount(within.point, minlength=len(demand)),
        demand=demand_of_sites(demand, within),
        reaches=reaches & (units > 0),
    )


def demand_of_sites(demand: Demand, pairs: Pairs) -> tuple[float, ...]:
    """Of each site the demand that counts of its pairs; whole where all is."""
    weights = np.where(demand.counts, demand.weights, 0)[pairs.point].astype(np.float64)
    return tuple(pairs.by_site(weights).astype(demand.weights.dtype).tolist())

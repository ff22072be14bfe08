"""First and second arrivals out of times from facilities to demand points."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.coverage.demand import Bools, Floats, Ints
from geo.errors import InputError
from geo.routing.graph import UNREACHABLE, Int32Array

NOBODY = -1
"""In place of a facility's row where none gets there."""


@dataclass(frozen=True, eq=False, slots=True)
class Arrivals:
    """Of each demand point the two facilities that are nearest in time, shape (points,).

    Attributes
    ----------
    first_s, next_s:
        Times of the nearest facility and of the nearest other one, ``inf`` where there is none.
    first_by, next_by:
        Their rows, ``NOBODY`` where there is none; of equal ones the first row is the nearer.
    second_s:
        When the second unit arrives: ``first_s`` where the nearest facility sends two, else ``next_s``.
    """

    first_s: Floats
    first_by: Ints
    next_s: Floats
    next_by: Ints
    second_s: Floats

    def both_within(self, first_limit_s: float, second_limit_s: float) -> Bools:
        """Where the first unit arrives within its limit and the second within its own, inclusive."""
        within: Bools = (self.first_s <= first_limit_s) & (self.second_s <= second_limit_s)
        return within


def arrivals(times_s: npt.ArrayLike, units: npt.ArrayLike | None = None) -> Arrivals:
    """The first and the second to arrive at each demand point.

    Parameters
    ----------
    times_s:
        Shape (facilities, points), as ``checked_times`` takes them.  Turn-out times are to be in them.
    units:
        How many units each facility can send, 1 where not given.  One with 0 sends nobody.

    Raises
    ------
    InputError
        As ``checked_times``; or if ``units`` are not one whole number of 0 or more for each facility.
    """
    times = checked_times(times_s)
    sends = np.ones(len(times), np.int64) if units is None else np.asarray(units)
    if sends.shape != times.shape[:1] or not np.issubdtype(sends.dtype, np.integer) or (sends < 0).any():
        raise InputError("Every facility has a whole number of units, 0 or more.")
    left = np.where((sends > 0)[:, None], times, np.inf)
    first_s, first_by = _nearest(left)
    left[first_by, np.arange(left.shape[1])] = np.inf
    next_s, next_by = _nearest(left)
    pair = (first_by != NOBODY) & (np.append(sends, 0)[first_by] >= 2)
    return Arrivals(first_s, first_by, next_s, next_by, np.where(pair, first_s, next_s))


def checked_times(times_s: npt.ArrayLike) -> Floats:
    """The times as float64.

    Raises
    ------
    InputError
        If they are not a table, there is no facility, or a time is negative or NaN.
    """
    times = np.asarray(times_s, dtype=np.float64)
    if times.ndim != 2 or not len(times):
        raise InputError("Times are a table of facilities and demand points, with one facility at least.")
    if not (times >= 0).all():
        raise InputError("A time is negative or not a number; where there is no way it is infinite.")
    return times


def seconds(costs_ms: Int32Array) -> Floats:
    """Seconds out of the milliseconds of ``geo.travel.matrix.travel_costs``, ``inf`` where there is no way."""
    return np.where(costs_ms >= UNREACHABLE, np.inf, costs_ms / 1000.0)


def _nearest(times: Floats) -> tuple[Floats, Ints]:
    by = times.argmin(axis=0)
    least = times[by, np.arange(times.shape[1])]
    return least, np.where(np.isfinite(least), by, NOBODY)

"""Demand that is covered within a limit, as a whole, by group and by how many facilities."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.coverage.arrivals import checked_times
from geo.coverage.demand import Bools, Demand, Exclusion, Ints
from geo.errors import InputError


@dataclass(frozen=True, slots=True)
class Cover:
    """``total`` is ``covered`` + ``uncovered`` + ``excluded``, exactly; ints where all demand is in whole numbers.

    Attributes
    ----------
    unreachable:
        The part of ``uncovered`` to which there is no way at all.
    exclusions:
        Why how many points are excluded, and how many of them have no number; that demand is in no figure.
    """

    total: float
    covered: float
    uncovered: float
    unreachable: float
    excluded: float
    exclusions: tuple[Exclusion, ...]

    @property
    def share(self) -> float | None:
        """Covered, of all that is not excluded; None where that is nothing."""
        counted = self.covered + self.uncovered
        return self.covered / counted if counted else None


def cover(demand: Demand, times_s: npt.ArrayLike, limit_s: float) -> Cover:
    """Demand with a time of at most ``limit_s``.

    Parameters
    ----------
    times_s:
        Shape (points,): a time of ``Arrivals``, ``inf`` where there is no way.

    Raises
    ------
    InputError
        If there is not one time for each point, a time is negative or NaN, or the limit is not a finite 0 or more.
    """
    times = point_times(demand, times_s)
    within = times <= checked_limit(limit_s)
    return covered_where(demand, within, np.isfinite(times))


def covered_where(demand: Demand, within: Bools, reachable: Bools) -> Cover:
    """As ``cover``, of points that are known to be covered: within two limits, by so many facilities."""
    return Cover(
        total=demand.total,
        covered=demand.sum(within),
        uncovered=demand.sum(~within),
        unreachable=demand.sum(~within & ~reachable),
        excluded=demand.excluded,
        exclusions=demand.exclusions(),
    )


@dataclass(frozen=True, slots=True)
class GroupCover[Label: Hashable]:
    """Of one group: its label, and ``total`` = ``covered`` + ``uncovered`` + ``excluded``."""

    label: Label | None
    total: float
    covered: float
    uncovered: float
    excluded: float
    excluded_points: int


def cover_by_group[Label: Hashable](
    demand: Demand, labels: Sequence[Label | None], within: Bools
) -> tuple[GroupCover[Label], ...]:
    """Cover by town, district or any other label of the points, the most uncovered first, then as first met.

    The groups add up to the whole: points without a label (None) are a group too.  Age bands are numbers at the same
    points, not labels of them: each band is a ``Demand`` of its own.

    Parameters
    ----------
    within:
        True where the point is covered.

    Raises
    ------
    InputError
        If there are not as many labels as points.
    """
    if not len(labels) == len(demand) == len(within):
        raise InputError(f"{len(labels)} labels are given for {len(demand)} points of demand.")
    index, names = numbered(labels)
    return cover_by_number(demand, index, names, within)


def numbered[Label: Hashable](labels: Sequence[Label | None]) -> tuple[Ints, tuple[Label | None, ...]]:
    """The labels as numbers, in the order in which they are first met, and the label of each number."""
    numbers: dict[Label | None, int] = {}
    index: Ints = np.array([numbers.setdefault(label, len(numbers)) for label in labels], dtype=np.int64)
    return index, tuple(numbers)


def cover_by_number[Label: Hashable](
    demand: Demand, index: Ints, names: Sequence[Label | None], within: Bools
) -> tuple[GroupCover[Label], ...]:
    """As ``cover_by_group``, of labels that were ``numbered`` already."""
    size = len(names)
    covered, uncovered = demand.by(index, size, within), demand.by(index, size, ~within)
    out = np.bincount(index[~demand.counts], minlength=size)
    excluded = np.bincount(index[~demand.counts], demand.weights[~demand.counts].astype(np.float64), minlength=size)
    found = [
        GroupCover(
            label,
            covered[row] + uncovered[row] + left_out,
            covered[row],
            uncovered[row],
            left_out,
            int(out[row]),
        )
        for (row, label), left_out in zip(enumerate(names), excluded.astype(demand.weights.dtype).tolist(), strict=True)
    ]
    return tuple(sorted(found, key=lambda group: -group.uncovered))


def facilities_within(times_s: npt.ArrayLike, limit_s: float) -> Ints:
    """How many facilities cover each point, shape (points,).

    Raises
    ------
    InputError
        As ``checked_times``; or if the limit is not a finite 0 or more.
    """
    within = checked_times(times_s) <= checked_limit(limit_s)
    return within.sum(axis=0, dtype=np.int64)


def overlap(demand: Demand, times_s: npt.ArrayLike, limit_s: float) -> tuple[float, ...]:
    """Demand by the number of facilities that cover it, from 0 to all; adds up to covered plus uncovered.

    Raises
    ------
    InputError
        As ``facilities_within``; or if the table is not of the demand's points.
    """
    number = facilities_within(times_s, limit_s)
    if len(number) != len(demand):
        raise InputError(f"Times are given for {len(number)} points, demand for {len(demand)}.")
    return demand.by(number, len(np.asarray(times_s)) + 1, np.ones(len(demand), bool))


def point_times(demand: Demand, times_s: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """One time for each point, or ``InputError``."""
    times = np.asarray(times_s, dtype=np.float64)
    if times.shape != (len(demand),):
        raise InputError(f"Times have the shape {times.shape}, the demand has {len(demand)} points.")
    if not (times >= 0).all():
        raise InputError("A time is negative or not a number; where there is no way it is infinite.")
    return times


def checked_limit(limit_s: float) -> float:
    """The limit, or ``InputError`` where it is not a finite number of 0 or more: without a way nobody is in time."""
    if not 0 <= limit_s < np.inf:
        raise InputError(f"A limit of {limit_s} s is none.")
    return limit_s

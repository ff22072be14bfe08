"""What is lost: when a facility fails, and when times change because roads are cut or stations are moved."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.coverage.arrivals import NOBODY, Arrivals, arrivals
from geo.coverage.covering import checked_limit, point_times
from geo.coverage.demand import Demand
from geo.errors import InputError


@dataclass(frozen=True, slots=True)
class Failure:
    """What one facility's failure does.

    Attributes
    ----------
    served:
        Demand to which it is the first to arrive, within the limit or not.
    lost:
        Demand that it alone covers: no longer covered.
    cut_off:
        Demand that it alone reaches, at any time.
    delay_s:
        Mean delay of the demand it serves that another still reaches; None where there is none.
    """

    served: float
    lost: float
    cut_off: float
    delay_s: float | None


def failures(demand: Demand, times_s: npt.ArrayLike, limit_s: float) -> tuple[Failure, ...]:
    """Of each facility in turn, what is lost when it alone fails.

    Only points to which it is the nearest notice, and these fall to the next: one pass over the table tells it all.

    Parameters
    ----------
    times_s:
        Shape (facilities, points), as ``arrivals`` takes it.

    Raises
    ------
    InputError
        As ``arrivals`` and ``cover``.
    """
    return failures_among(demand, arrivals(times_s), len(np.asarray(times_s)), limit_s)


def failures_among(demand: Demand, two: Arrivals, size: int, limit_s: float) -> tuple[Failure, ...]:
    """As ``failures``, of ``size`` facilities of which the two nearest to each point are known."""
    first_s = point_times(demand, two.first_s)
    limit = checked_limit(limit_s)
    served = two.first_by != NOBODY
    other = np.isfinite(two.next_s)
    later_s = np.zeros(len(demand))
    later_s[other] = two.next_s[other] - first_s[other]
    by = demand.by(two.first_by, size, served)
    lost = demand.by(two.first_by, size, (first_s <= limit) & (two.next_s > limit))
    cut_off = demand.by(two.first_by, size, served & ~other)
    still = demand.by(two.first_by, size, other)
    delayed = demand.by(two.first_by, size, other, later_s)
    return tuple(
        Failure(by[row], lost[row], cut_off[row], delayed[row] / still[row] if still[row] else None)
        for row in range(size)
    )


@dataclass(frozen=True, slots=True)
class Change:
    """Demand by what becomes of it; ``total`` is ``kept`` + ``lost`` + ``gained`` + ``never`` + ``excluded``.

    Attributes
    ----------
    kept, lost, gained, never:
        Covered before and after, only before, only after, not at all.
    cut_off:
        Demand, covered before or not, to which there was a way and is none.
    later, sooner:
        Demand reached later (or no more) than before, and sooner (or for the first time).
    """

    total: float
    kept: float
    lost: float
    gained: float
    never: float
    excluded: float
    cut_off: float
    later: float
    sooner: float


def change(demand: Demand, before_s: npt.ArrayLike, after_s: npt.ArrayLike, limit_s: float) -> Change:
    """What becomes of the demand between two states of the roads or of the facilities.

    Parameters
    ----------
    before_s, after_s:
        Shape (facilities, points), or (points,) where they are arrivals already.  The facilities may differ.

    Raises
    ------
    InputError
        As ``arrivals`` and ``cover``.
    """
    before, after = (point_times(demand, _first(times)) for times in (before_s, after_s))
    limit = checked_limit(limit_s)
    was, is_now = before <= limit, after <= limit
    return Change(
        total=demand.total,
        kept=demand.sum(was & is_now),
        lost=demand.sum(was & ~is_now),
        gained=demand.sum(~was & is_now),
        never=demand.sum(~was & ~is_now),
        excluded=demand.excluded,
        cut_off=demand.sum(np.isfinite(before) & ~np.isfinite(after)),
        later=demand.sum(after > before),
        sooner=demand.sum(after < before),
    )


def _first(times_s: npt.ArrayLike) -> npt.NDArray[np.float64]:
    times = np.asarray(times_s, dtype=np.float64)
    if times.ndim not in (1, 2):
        raise InputError("Times are a table of facilities and demand points, or one row of arrivals.")
    return times if times.ndim == 1 else arrivals(times).first_s

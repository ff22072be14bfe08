"""Demand at points, in numbers that add up exactly, with what is not known of it counted and not dropped."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo.errors import InputError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MISSING: Final = "missing"
"""Why a point is excluded that has no number and no other reason."""
SUPPRESSED: Final = "suppressed"
"""Why a point is excluded whose number the statistics withhold (秘匿)."""
GRAIN: Final = 2.0**-20
"""Fractions of a person are taken to the nearest multiple of this."""
_GREATEST = 2.0**32  # the greatest sum in which every multiple of GRAIN is a float of its own, with a bit to spare


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What is left out for one reason.

    Attributes
    ----------
    points:
        How many points.
    demand:
        The demand at those of them where it is known; what is missing or suppressed cannot be summed.
    unknown:
        At how many of the points the demand is not known.
    """

    reason: str
    points: int
    demand: float
    unknown: int


@dataclass(frozen=True, eq=False, slots=True)
class Demand:
    """Persons, households or incidents at points; made by ``demand_at``.

    Attributes
    ----------
    weights:
        Shape (points,); int64 where all are whole numbers, else multiples of ``GRAIN``; 0 where not known.
    reasons:
        Of each point why it is excluded, None where it counts.
    counts:
        True where the point counts: no reason against it.
    known:
        True where the weight is known.
    """

    weights: Ints | Floats
    reasons: tuple[str | None, ...]
    counts: Bools
    known: Bools

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def total(self) -> float:
        """All that is known, whether it counts or is excluded."""
        return _number(self.weights.sum())

    @property
    def excluded(self) -> float:
        """What is known of the points that do not count."""
        return _number(self.weights[~self.counts].sum())

    @property
    def empty_points(self) -> int:
        """How many points count with a demand of 0: they change no figure, which is worth a note."""
        return int(np.count_nonzero(self.counts & (self.weights == 0)))

    def sum(self, where: Bools) -> float:
        """Demand that counts, at the points where ``where`` holds; an int where all weights are whole."""
        return _number(self.weights[self.counts & where].sum())

    def by(self, index: Ints, size: int, where: Bools, times: Floats | None = None) -> tuple[float, ...]:
        """``sum`` for each value 0 .. ``size`` - 1 of ``index``; of products with ``times`` where given."""
        use = self.counts & where
        weights = self.weights[use].astype(np.float64)  # whole numbers are exact below 2**53
        sums = np.bincount(index[use], weights if times is None else weights * times[use], minlength=size)
        return tuple((sums if times is not None else sums.astype(self.weights.dtype)).tolist())

    @property
    def grains(self) -> Ints:
        """The weights in whole multiples of ``GRAIN``, below 2**52 in all."""
        return np.rint(self.weights / GRAIN).astype(np.int64)

    def exclusions(self) -> tuple[Exclusion, ...]:
        """One for each reason, in the order of the reasons' names."""
        out = np.flatnonzero(~self.counts)
        given = np.array([self.reasons[point] for point in out.tolist()], dtype=object)
        points = Counter(given.tolist())
        return tuple(
            Exclusion(
                reason,
                points[reason],
                _number(self.weights[out[given == reason]].sum()),
                int(np.count_nonzero(~self.known[out[given == reason]])),
            )
            for reason in sorted(points)
        )


def demand_at(weights: Sequence[float | None] | Floats | Ints, reasons: Sequence[str | None] | None = None) -> Demand:
    """Demand out of numbers as they come, None or NaN where a number is missing or suppressed.

    Whole numbers stay whole.  Where one is a fraction all are taken to the nearest multiple of ``GRAIN`` (a millionth
    of a person): then sums are exact in every order.  Zeros count.

    Parameters
    ----------
    weights:
        One for each point.
    reasons:
        Of each point why it is to be excluded (a kebab-case word such as ``SUPPRESSED``), also where its number is
        known; None where it counts.  A point without a number and without a reason is ``MISSING``.

    Raises
    ------
    InputError
        If a number is negative or infinite, the sum is 2**32 or more, or there are not as many reasons as numbers.
    """
    if isinstance(weights, np.ndarray):
        given = weights.astype(np.float64)
    else:
        given = np.array([np.nan if value is None else value for value in weights], dtype=np.float64)
    said: Sequence[str | None] = (None,) * len(given) if reasons is None else reasons
    if given.ndim != 1 or len(said) != len(given):
        raise InputError(f"{len(said)} reasons are given for {len(given)} points of demand.")
    known = ~np.isnan(given)
    wrong = np.flatnonzero(known & ~((given >= 0) & np.isfinite(given)))
    if len(wrong):
        raise InputError(
            f"{len(wrong)} points have a demand that is negative or infinite, the first is point {wrong[0]}.",
            fix="Correct them, or give None and a reason.",
        )
    exact = np.where(known, given, 0.0)
    if exact.sum() >= _GREATEST:
        raise InputError(f"A demand of {exact.sum():.0f} in all is more than can be added up exactly.")
    whole = bool((exact == np.floor(exact)).all())
    kept = list(said)
    for point in np.flatnonzero(~known).tolist():
        kept[point] = kept[point] or MISSING
    return Demand(
        weights=exact.astype(np.int64) if whole else np.rint(exact / GRAIN) * GRAIN,
        reasons=tuple(reason or None for reason in kept),
        counts=np.array([not reason for reason in kept], dtype=bool),
        known=known,
    )


def _number(value: Any) -> float:
    """An int or a float of Python, as the scalar of numpy is."""
    plain: float = value.item()
    return plain

"""Speeds by class and vehicle out of what vehicles really took: the ratio of observed to modelled time.

The ratio model: on each piece of road that was driven, observed seconds over those that the free-flow speed of its
class gives.  The median of the ratios, weighted by metres so that short pieces with their noise count little, scales
the speed; the quantiles beside it say how much times scatter.  Where too little was observed the speed stays, and the
result says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

import numpy as np

from geo.errors import InputError
from geo.network.figures import FASTEST_KPH, SHIPPED, Figures
from geo.routing.graph import FloatArray

LEAST_RECORDS = 30
"""With fewer records of a class and profile its speed stays: the 10 % quantile is then one of three records or less."""
QUANTILES = (0.1, 0.5, 0.9)
_KPH_PER_MPS = 3.6


@dataclass(frozen=True, slots=True)
class Observation:
    """A piece of road of one class that a vehicle of a profile drove."""

    highway: str
    profile: str
    metres: float
    seconds: float


class Outcome(StrEnum):
    """What has become of the speed of a class and profile."""

    CALIBRATED = "calibrated"
    TOO_FEW = "too-few"
    UNREAL = "unreal"


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Of one class and profile.

    ratios:
        The quantiles ``QUANTILES`` of observed over modelled time, above 1 where it is slower than was taken.
    speed_kph:
        What holds now: the calibrated speed, rounded to a tenth, or the one before where ``outcome`` is another.
    """

    profile: str
    highway: str
    records: int
    metres: float
    ratios: tuple[float, float, float]
    before_kph: float
    speed_kph: float
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Calibration:
    """``refused`` counts records by reason: ``unknown-profile``, ``unused-class``, ``no-measure``, ``too-fast``."""

    results: tuple[Calibrated, ...]
    refused: Mapping[str, int]

    def document(self) -> dict[str, dict[str, dict[str, dict[str, float]]]]:
        """The calibrated speeds alone, for ``geo.network.figures.overridden``."""
        profiles: dict[str, dict[str, dict[str, float]]] = {}
        for each in self.results:
            if each.outcome is Outcome.CALIBRATED:
                speeds = profiles.setdefault(each.profile, {"speeds_kph": {}})["speeds_kph"]
                speeds[each.highway] = each.speed_kph
        return {"profiles": profiles}


def calibrate(
    observations: Iterable[Observation], figures: Figures = SHIPPED, least_records: int = LEAST_RECORDS
) -> Calibration:
    """What observations say of the speeds of these figures, by profile and class in their order.

    A speed is that before the factor of emergency running, which stays: observed are runs on duty.

    Raises
    ------
    InputError
        If ``least_records`` is less than 1.
    """
    if least_records < 1:
        raise InputError("A speed needs one record at least.")
    refused: dict[str, int] = {}
    kept: dict[tuple[str, str], list[Observation]] = {}
    for each in observations:
        reason = _refusal(each, figures)
        if reason is None:
            kept.setdefault((each.profile, each.highway), []).append(each)
        else:
            refused[reason] = refused.get(reason, 0) + 1
    results = [
        _calibrated(kept[profile.id, highway], figures, least_records)
        for profile in figures.profiles.values()
        for highway in profile.speeds_kph
        if (profile.id, highway) in kept
    ]
    return Calibration(tuple(results), refused)


def _refusal(each: Observation, figures: Figures) -> str | None:
    if each.profile not in figures.profiles:
        return "unknown-profile"
    profile = figures.profiles[each.profile]
    if each.highway not in profile.speeds_kph:
        return "unused-class"
    if not (isfinite(each.metres) and isfinite(each.seconds) and each.metres > 0 and each.seconds > 0):
        return "no-measure"
    return "too-fast" if each.metres / each.seconds * _KPH_PER_MPS > _most(figures, each.profile) else None


def _most(figures: Figures, profile_id: str) -> float:
    profile = figures.profiles[profile_id]
    return FASTEST_KPH[profile.drives] * (profile.emergency_factor if profile.drives else 1.0)


def _calibrated(records: list[Observation], figures: Figures, least_records: int) -> Calibrated:
    name, highway = records[0].profile, records[0].highway
    profile = figures.profiles[name]
    before = profile.speeds_kph[highway]
    modelled_kph = before * (profile.emergency_factor if profile.drives else 1.0)
    metres = np.array([each.metres for each in records])
    seconds = np.array([each.seconds for each in records])
    low, median, high = _quantiles(seconds / (metres / modelled_kph * _KPH_PER_MPS), metres)
    speed = round(before / median, 1)
    outcome = Outcome.CALIBRATED
    if len(records) < least_records:
        outcome = Outcome.TOO_FEW
    elif not 0.5 <= speed <= FASTEST_KPH[profile.drives]:
        outcome = Outcome.UNREAL
    return Calibrated(
        profile=name,
        highway=highway,
        records=len(records),
        metres=float(metres.sum()),
        ratios=(low, median, high),
        before_kph=before,
        speed_kph=speed if outcome is Outcome.CALIBRATED else before,
        outcome=outcome,
    )


def _quantiles(ratios: FloatArray, weights: FloatArray) -> tuple[float, float, float]:
    """The least ratios up to which the records have these shares of all weight."""
    low, median, high = np.quantile(ratios, QUANTILES, weights=weights, method="inverted_cdf").tolist()
    return low, median, high

"""What a layer of places observes: in which other layer its values are, and what each of them means."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from geo.errors import InputError

_DURATION = re.compile(r"P(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+S)?)?")


class Statistic(StrEnum):
    """How one value was made out of what happened in its period."""

    INSTANTANEOUS = "instantaneous"  # no period: the state at the time itself
    SUM = "sum"
    MEAN = "mean"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One property that is observed: a field of the rows, in that field's unit.

    statistic, duration:
        The value is this statistic of the ``duration`` (ISO 8601, ``PT1H``) that *ends* at the time of the row.
    property_uri:
        What is observed, in a vocabulary that others use too.
    quality:
        The code field of the same row that grades this value.
    """

    field: str
    statistic: Statistic = Statistic.INSTANTANEOUS
    duration: str | None = None
    property_uri: str | None = None
    quality: str | None = None

    def __post_init__(self) -> None:
        if (self.duration is None) != (self.statistic is Statistic.INSTANTANEOUS):
            raise InputError(f"Observed {self.field}: a statistic has a duration, a state at an instant has none.")
        if self.duration is not None and (len(self.duration) < 3 or not _DURATION.fullmatch(self.duration)):
            raise InputError(f"Observed {self.field}: {self.duration!r} is not an ISO 8601 duration.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """Where the values of a layer of places (stations) are.

    layer:
        Id of the layer of rows; its ``time_field`` is the time of a row.
    station:
        The field, of the same name in both layers, that says of which place a row is.
    observed:
        The properties, in the order people read them.
    every:
        At least how often a working station reports, counted from midnight UTC.  A time of this rhythm without a row
        is a value that is missing, and is shown as such.  None: they report as they like.
    reach_m:
        How far from a station its values may stand for a place, in metres; further away nothing is known.
    """

    layer: str
    station: str
    observed: tuple[Observed, ...]
    every: timedelta | None = None
    reach_m: float = 5_000.0

    def __post_init__(self) -> None:
        names = [each.field for each in self.observed]
        if not names or len(set(names)) != len(names):
            raise InputError(f"Observations of {self.layer}: properties are missing or repeated.")
        if self.every is not None and self.every <= timedelta(0):
            raise InputError(f"Observations of {self.layer}: they are not every {self.every}.")

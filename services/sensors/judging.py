"""What a reading means for the road that its sensor stands for: by two thresholds, so that it does not flutter."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from layers.model import Text
from services.ogc.batches import Outcome
from services.sensors.readings import Reading

AHEAD = timedelta(seconds=10)
"""How far the clock of a sensor may be ahead of ours."""
BEHIND = timedelta(hours=6)
"""Older readings are not taken: what they say of now is nothing."""


class Verdict(StrEnum):
    """Whether the road is closed after a reading, or stays as it is."""

    CLOSE = "close"
    OPEN = "open"
    STAY = "stay"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """At ``close_cm`` or more a road is closed, below ``reopen_cm`` it is opened; between, it stays as it is."""

    close_cm: float
    reopen_cm: float

    def verdict(self, depth_cm: float) -> Verdict:
        """What a depth means.  A reopening threshold above the closing one is a mistake: the lower of both counts."""
        if depth_cm >= self.close_cm:
            return Verdict.CLOSE
        return Verdict.OPEN if depth_cm < min(self.reopen_cm, self.close_cm) else Verdict.STAY


def depth_m(depth_cm: float) -> float:
    """Metres as the closure has them: whole centimetres, and never less than was read."""
    return ceil(round(depth_cm, 6)) / 100


def outcome(reading: Reading, last: datetime | None, now: datetime) -> tuple[Outcome, Text | None]:
    """Whether a reading counts, where the newest of its sensor is of ``last``; with the reason where it is refused."""
    if reading.at > now + AHEAD:
        ahead = round((reading.at - now).total_seconds())
        return Outcome.REFUSED, Text(
            f"時刻が{ahead}秒先です。センサーの時計を確かめてください。",
            f"Its time is {ahead} s ahead; check the clock of the sensor.",
        )
    if reading.at < now - BEHIND:
        hours = round(BEHIND.total_seconds() / 3600)
        return Outcome.REFUSED, Text(f"{hours}時間より古い測定値です。", f"It is older than {hours} hours.")
    if last is not None and reading.at <= last:
        return (Outcome.DUPLICATE if reading.at == last else Outcome.LATE), None
    return Outcome.ACCEPTED, None

"""Which reports are believed: judged by the clock and by what the vehicle reported last."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from geo.crs import distance_m
from layers.model import Text
from services.tracking.reports import Report

AHEAD = timedelta(seconds=10)
"""How far the clock of a vehicle may be ahead of ours."""
BEHIND = timedelta(hours=6)
"""How long a vehicle without a connection may keep its reports; older ones are not taken."""
FASTEST_MPS = 70.0
"""Nothing on a road is faster: 252 km/h, for the error of two fixes a second apart."""
SLACK_M = 200.0
"""How far two positions may lie apart at no distance in time: fixes between high buildings."""
TRUSTED = timedelta(seconds=60)
"""For so long a position stands against one too far away to be driven to; after that the new one is believed."""


@dataclass(frozen=True, slots=True)
class Known:
    """The vehicle that a report is of: its call sign, and the newest position known, with its time; None: none is.

    accuracy_m:
        Of that position.
    status_at:
        Of the newest status.
    """

    call_sign: str
    at: datetime | None = None
    place: tuple[float, float] | None = None
    accuracy_m: float | None = None
    status_at: datetime | None = None


def refusal(report: Report, known: Known, now: datetime) -> Text | None:
    """Why a report is not believed; None where it is."""
    if report.at > now + AHEAD:
        ahead = round((report.at - now).total_seconds())
        return Text(
            f"時刻が{ahead}秒先です。車載端末の時計を確かめてください。",
            f"Its time is {ahead} s ahead; check the clock of the vehicle's terminal.",
        )
    if report.at < now - BEHIND:
        hours = round(BEHIND.total_seconds() / 3600)
        return Text(f"{hours}時間より古い報告です。", f"It is older than {hours} hours.")
    if report.place is None or known.place is None or known.at is None:
        return None
    apart_s = abs((report.at - known.at).total_seconds())
    if apart_s > TRUSTED.total_seconds():
        return None
    away = distance_m(*report.place, *known.place)
    possible = FASTEST_MPS * apart_s + SLACK_M + (report.accuracy_m or 0.0) + (known.accuracy_m or 0.0)
    if away <= possible:
        return None
    return Text(
        f"{apart_s:.0f}秒間に{away:,.0f} m離れた位置であり、車両が走れる距離ではありません。",
        f"It lies {away:,.0f} m away within {apart_s:.0f} s, farther than a vehicle can drive.",
    )


def is_news(report: Report, known: Known) -> bool:
    """Whether a report has a newer position, or a newer status, than is known."""
    is_newer = report.place is not None and (known.at is None or report.at > known.at)
    return is_newer or (report.status is not None and (known.status_at is None or report.at > known.status_at))

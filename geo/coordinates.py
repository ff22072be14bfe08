"""Positions and bounds in degrees, and what can be wrong with published ones.

``LonLat`` and ``Bounds`` cannot hold anything impossible; ``examine_position`` says of a pair as published whether it
is missing, no number, zero, swapped or outside Japan, and gives the position where there is one.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite, isnan
from typing import Final

from geo.errors import InputError


@dataclass(frozen=True, slots=True)
class LonLat:
    """A position in degrees.  Not a tuple: say ``.lonlat`` or ``.latlon``, so that no order is ever assumed.

    Raises ``InputError`` if a coordinate is not finite, or outside -180..180 and -90..90.
    """

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not (isfinite(self.lon) and isfinite(self.lat)):
            raise InputError(f"lon {self.lon}, lat {self.lat} is not a position.")
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            raise InputError(
                f"lon {self.lon}, lat {self.lat} is outside -180..180, -90..90.",
                fix="Give longitude first, then latitude, in decimal degrees.",
            )

    @property
    def lonlat(self) -> tuple[float, float]:
        return (self.lon, self.lat)

    @property
    def latlon(self) -> tuple[float, float]:
        return (self.lat, self.lon)


@dataclass(frozen=True, slots=True)
class Bounds:
    """West, south, east, north in degrees, borders included.  West > east: it crosses the 180th meridian.

    Raises ``InputError`` if a number is not finite, out of range, or south > north.
    """

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        LonLat(self.west, self.south)
        LonLat(self.east, self.north)
        if self.south > self.north:
            raise InputError(
                f"The southern border {self.south} lies north of the northern one {self.north}.",
                fix="Give bounds as west,south,east,north.",
            )

    @property
    def crosses_antimeridian(self) -> bool:
        return self.west > self.east

    def parts(self) -> tuple["Bounds", ...]:
        """The bounds, cut at the 180th meridian where they cross it: one or two, each with west <= east."""
        if not self.crosses_antimeridian:
            return (self,)
        return (Bounds(self.west, self.south, 180.0, self.north), Bounds(-180.0, self.south, self.east, self.north))

    def __contains__(self, position: LonLat) -> bool:
        return any(
            part.west <= position.lon <= part.east and part.south <= position.lat <= part.north for part in self.parts()
        )


JAPAN: Final = Bounds(122.0, 20.0, 154.5, 46.0)
"""The whole country with a margin: Yonaguni 122.93 E, Okinotorishima 20.42 N, Minamitorishima 153.99 E, Etorofu
45.56 N (the four ends as GSI gives them)."""


_DEGREES = re.compile(
    r"(?P<sign>[+-]|東経|北緯|[en])?\s*(?P<degrees>[0-9]{1,3}(?:\.[0-9]+)?)\s*(?:[°度ºo]\s*"
    r"(?:(?P<minutes>[0-9]{1,2}(?:\.[0-9]+)?)\s*['′’分]\s*(?:(?P<seconds>[0-9]{1,2}(?:\.[0-9]+)?)\s*(?:[\"”秒]|['′’]{2})?)?)?"
    r")?\s*[en]?"
)


def parse_degrees(text: str) -> float | None:
    """Degrees of a coordinate text, decimal or 度分秒 (``34度44分15.3秒``, ``34°44'15.3"N``), of any width.

    None for an empty text; NaN for one that is no coordinate (which ``examine_position`` reports).

    >>> parse_degrees("１３５．３４"), parse_degrees("34°44'15.36\\"")
    (135.34, 34.7376)
    """
    folded = unicodedata.normalize("NFKC", text).strip().lower()
    if not folded:
        return None
    matched = _DEGREES.fullmatch(folded.replace("−", "-"))
    if not matched:
        return float("nan")
    minutes, seconds = float(matched["minutes"] or 0), float(matched["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        return float("nan")
    degrees = round(float(matched["degrees"]) + minutes / 60 + seconds / 3600, 10)
    return -degrees if matched["sign"] == "-" else degrees


class PositionDefect(StrEnum):
    """What is wrong with a published pair; the values are ids of ingest rules."""

    MISSING = "coordinates-missing"
    NOT_FINITE = "coordinates-not-finite"
    ZERO = "coordinates-zero"
    SWAPPED = "coordinates-swapped"
    OUTSIDE_JAPAN = "coordinates-outside-japan"


@dataclass(frozen=True, slots=True)
class ExaminedPosition:
    """A pair as examined: the position, None where there is none to trust, and the defect, None where sound.

    Only ``SWAPPED`` comes with a position: inside Japan no latitude is a longitude, so the order is beyond doubt.
    """

    position: LonLat | None
    defect: PositionDefect | None


def examine_position(lon: float | None, lat: float | None) -> ExaminedPosition:
    """Judge a published pair of degrees.

    Zero in either coordinate is "not entered" (it is outside Japan anyway).  Projected coordinates in metres come
    out as ``OUTSIDE_JAPAN``.

    >>> examine_position(34.7376, 135.3415).position
    LonLat(lon=135.3415, lat=34.7376)
    """
    if lon is None or lat is None:
        return ExaminedPosition(None, PositionDefect.MISSING)
    if isnan(lon) or isnan(lat) or not (isfinite(lon) and isfinite(lat)):
        return ExaminedPosition(None, PositionDefect.NOT_FINITE)
    if lon == 0 or lat == 0:
        return ExaminedPosition(None, PositionDefect.ZERO)
    if _in_japan(lon, lat):
        return ExaminedPosition(LonLat(lon, lat), None)
    if _in_japan(lat, lon):
        return ExaminedPosition(LonLat(lat, lon), PositionDefect.SWAPPED)
    return ExaminedPosition(None, PositionDefect.OUTSIDE_JAPAN)


def _in_japan(lon: float, lat: float) -> bool:
    return JAPAN.west <= lon <= JAPAN.east and JAPAN.south <= lat <= JAPAN.north

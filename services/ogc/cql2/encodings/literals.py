"""Literals, checked: numbers, days, moments, and the coordinates of geometries.  Both encodings read theirs here.

Everything raises ``ValueError`` for what is no such literal; the encodings know where in the filter it stands.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from math import isfinite
from types import MappingProxyType
from typing import Any

from services.ogc.cql2.tree import Coordinates, Instant, Position

_INT64 = 2**63
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
OPEN_END = ".."


def number(text: str) -> int | float:
    """A whole number where it is written as one and fits 64 bits, else the nearest double; never infinite."""
    if len(text) <= 20 and text.lstrip("+-").isdigit():
        value = int(text)
        if -_INT64 <= value < _INT64:
            return value
    nearest = float(text)
    if not isfinite(nearest):
        raise ValueError(text)
    return nearest


def day(text: str) -> Instant:
    """RFC 3339 ``full-date``."""
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return Instant(date.fromisoformat(text))


def moment(text: str) -> Instant:
    """RFC 3339 ``date-time``; another offset than Z is accepted and counted back to UTC."""
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    try:
        return Instant(datetime.fromisoformat(text.upper()).astimezone(UTC))
    except OverflowError as error:
        raise ValueError(text) from error


def interval_end(text: str) -> Instant | None:
    """A day, a moment, or None for the open end ``..``."""
    if text == OPEN_END:
        return None
    return day(text) if len(text) == len("2024-01-31") else moment(text)


def position(numbers: Sequence[Any]) -> Position:
    """The first two of two or three coordinates: what CQL2 asks of geometries is planar."""
    if len(numbers) not in (2, 3) or not all(_is_finite(each) for each in numbers):
        raise ValueError(numbers)
    return float(numbers[0]), float(numbers[1])


def bounds(numbers: Sequence[Any]) -> tuple[float, float, float, float]:
    """Those of the first two axes, of a box of four or six numbers."""
    if len(numbers) not in (4, 6) or not all(_is_finite(each) for each in numbers):
        raise ValueError(numbers)
    half = len(numbers) // 2
    return float(numbers[0]), float(numbers[1]), float(numbers[half]), float(numbers[half + 1])


def _line(value: Any) -> Coordinates:
    return _several(value, position, 2)


def _ring(value: Any) -> Coordinates:
    ring = _several(value, position, 4)
    if ring[0] != ring[-1]:
        raise ValueError(value)
    return ring


def _polygon(value: Any) -> Coordinates:
    return _several(value, _ring, 1)


def _several(value: Any, one: Callable[[Any], Coordinates], least: int) -> tuple[Coordinates, ...]:
    if not isinstance(value, list) or len(value) < least:
        raise ValueError(value)
    return tuple(one(each) for each in value)


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


COORDINATES: Mapping[str, Callable[[Any], Coordinates]] = MappingProxyType(
    {
        "Point": position,
        "LineString": _line,
        "Polygon": _polygon,
        "MultiPoint": lambda value: _several(value, position, 1),
        "MultiLineString": lambda value: _several(value, _line, 1),
        "MultiPolygon": lambda value: _several(value, _polygon, 1),
    }
)
"""By GeoJSON type: the coordinates of such a geometry, of lists as GeoJSON nests them."""

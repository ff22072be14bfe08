"""Records of persons as they come in: reduced to a cell, and a label, of each; nothing of one is ever said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

import numpy as np

from geo.coordinates import JAPAN
from geo.mesh import mesh_codes
from geo.privacy.mesh_release import OTHER

_LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class Records:
    """What is kept of records for the time of a run.

    codes, labels:
        Of those that count, the cell and the label of each; no labels where they are told apart by nothing.
    without_place, without_date, other_period, other_area:
        How many do not count, and why.
    """

    codes: tuple[str, ...]
    labels: tuple[str, ...]
    without_place: int
    without_date: int
    other_period: int
    other_area: int


def read(
    features: Sequence[Any],
    region: frozenset[str],
    level: int,
    period: tuple[date, date],
    *,
    date_field: str | None,
    by: str | None,
) -> Records:
    """The records in some cells of a mesh and, where ``date_field`` says their dates, in a period.

    What cannot be understood is counted and left out; nothing is raised that could quote it.
    """
    places: list[tuple[float, float]] = []
    labels: list[str] = []
    without_place = without_date = other_period = 0
    for each in features:
        properties = each.get("properties") if isinstance(each, dict) else None
        told: Mapping[str, Any] = properties if isinstance(properties, dict) else {}
        if date_field is not None:
            day = _day(told.get(date_field))
            if day is None:
                without_date += 1
                continue
            if not period[0] <= day <= period[1]:
                other_period += 1
                continue
        place = _place(each.get("geometry") if isinstance(each, dict) else None)
        if place is None:
            without_place += 1
            continue
        places.append(place)
        labels.append(OTHER if by is None else _label(told.get(by)))
    lon, lat = np.array(places, np.float64).reshape(-1, 2).T
    codes = [str(code) for code in mesh_codes(lon, lat, level).tolist()]
    inside = [code in region for code in codes]
    return Records(
        tuple(code for code, is_in in zip(codes, inside, strict=True) if is_in),
        () if by is None else tuple(label for label, is_in in zip(labels, inside, strict=True) if is_in),
        without_place,
        without_date,
        other_period,
        len(codes) - sum(inside),
    )


def _place(geometry: Any) -> tuple[float, float] | None:
    """Longitude and latitude of a point in Japan."""
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    given = geometry.get("coordinates")
    if not isinstance(given, list | tuple) or len(given) < 2:
        return None
    lon, lat = given[0], given[1]
    if any(isinstance(each, bool) or not isinstance(each, int | float) or not isfinite(each) for each in (lon, lat)):
        return None
    inside = JAPAN.west <= lon <= JAPAN.east and JAPAN.south <= lat <= JAPAN.north
    return (float(lon), float(lat)) if inside else None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10].replace("/", "-"))
    except ValueError:
        return None


def _label(value: Any) -> str:
    return OTHER if value is None or value == "" else str(value)[:_LONGEST_LABEL]

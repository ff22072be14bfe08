"""The ``coords`` of a query: Well-Known Text, read strictly, and brought to degrees of longitude and latitude."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE, transform_geometry
from geo.errors import InputError
from layers.model import Text
from services.ogc.crs import CRS84, ServedCrs, served_crs
from services.ogc.errors import ParameterError
from services.ogc.source import Source

MAX_CHARACTERS = 8_000
"""Addresses much longer than this do not pass through the proxies between a client and us."""
MAX_POINTS = 100
"""Positions of one MULTIPOINT."""

# Letters, digits and the few marks of WKT: nothing else ever reaches the parser.
_WORDS = re.compile(r"[A-Za-z]+[\s(),.0-9+\-Ee]*", re.ASCII)
_SHORT_NAME = re.compile(r"EPSG:([0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class Kinds:
    """A check of a parameter: one of these WKT types, finite and valid."""

    kinds: tuple[str, ...]

    def __call__(self, name: str, value: str, _source: Source | None) -> None:
        read(name, value, self.kinds)


def read(name: str, text: str, kinds: Sequence[str]) -> BaseGeometry:
    """The geometry of a WKT text in the axis order it is written in.

    Raises
    ------
    ParameterError
        If it is too long, no WKT of one of ``kinds`` in two dimensions, empty, invalid, or not finite.
    """
    if len(text) > MAX_CHARACTERS:
        raise ParameterError(
            name,
            Text(
                f"{MAX_CHARACTERS:,}文字以内にしてください。形を簡略にするか、bbox（cube）を使ってください。",
                f"give at most {MAX_CHARACTERS:,} characters: a simpler shape, or a box (cube).",
            ),
        )
    if not _WORDS.fullmatch(text.strip()):
        raise _not_wkt(name, kinds)
    try:
        with np.errstate(over="ignore"):  # a number beyond all bounds is refused below
            geometry = shapely.from_wkt(text)
    except GEOSException:
        raise _not_wkt(name, kinds) from None
    if geometry.geom_type.upper() not in kinds or geometry.is_empty or geometry.has_z or geometry.has_m:
        raise _not_wkt(name, kinds)
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise _not_wkt(name, kinds)
    if len(shapely.get_parts(geometry)) > MAX_POINTS:
        raise ParameterError(
            name, Text(f"一度に{MAX_POINTS}個までです。", f"give at most {MAX_POINTS} geometries at once.")
        )
    if not geometry.is_valid:
        raise ParameterError(name, Text("多角形の線が交わっています。", "the polygon crosses itself."))
    return geometry


def in_degrees(name: str, geometry: BaseGeometry, crs: ServedCrs) -> BaseGeometry:
    """The geometry in EPSG:6668, longitude before latitude; ``ParameterError`` where it is nowhere on Earth."""
    if crs.flip:
        geometry = shapely.transform(geometry, lambda points: points[:, ::-1])
    try:
        moved = transform_geometry(geometry, crs.srid, STORAGE)
    except InputError:
        raise _nowhere(name, crs) from None
    west, south, east, north = moved.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        raise _nowhere(name, crs)
    return moved


def in_crs(lon: float, lat: float, crs: ServedCrs) -> tuple[float, float]:
    """Easting and northing (longitude and latitude) of a position of EPSG:6668, rounded as the system is served."""
    moved: Any = transform_geometry(shapely.Point(lon, lat), STORAGE, crs.srid)
    return round(moved.x, crs.digits), round(moved.y, crs.digits)


def crs_named(text: str | None, plane_crs: int) -> ServedCrs:
    """The reference system by its URI, ``CRS84`` or ``EPSG:n``; CRS84 where none is named.

    Raises
    ------
    ParameterError
        If it is not one of those served.
    """
    known = served_crs(plane_crs)
    name = CRS84 if text in (None, "CRS84") else str(text)
    if (short := _SHORT_NAME.fullmatch(name)) is not None:
        name = f"http://www.opengis.net/def/crs/EPSG/0/{short[1]}"
    if name not in known:
        raise ParameterError(
            "crs", Text(f"次のいずれかを指定してください: {', '.join(known)}", f"give one of {', '.join(known)}.")
        )
    return known[name]


def _not_wkt(name: str, kinds: Sequence[str]) -> ParameterError:
    example = {"POINT": "POINT(135.34 34.74)", "POLYGON": "POLYGON((135.3 34.7,135.4 34.7,135.4 34.8,135.3 34.7))"}
    return ParameterError(
        name,
        Text(
            f"WKTの{'か'.join(kinds)}（平面、閉じた多角形）で指定してください（例 {example[kinds[0]]}）。",
            f"give well-known text, a {' or '.join(kinds)} in two dimensions with closed rings, "
            f"such as {example[kinds[0]]}.",
        ),
    )


def _nowhere(name: str, crs: ServedCrs) -> ParameterError:
    order = Text("緯度（北距）、経度（東距）", "latitude (northing), longitude (easting)")
    if not crs.flip:
        order = Text("経度（東距）、緯度（北距）", "longitude (easting), latitude (northing)")
    return ParameterError(
        name,
        Text(
            f"座標が範囲の外です。この座標参照系の軸の順は {order.ja} です。",
            f"it lies outside of the reference system, whose axes are {order.en}.",
        ),
    )

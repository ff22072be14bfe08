"""Coordinate reference systems: transformation, and measuring in metres.

Always x, y: longitude or easting first, whatever the axis order of the EPSG definition.  Systems are named by their
EPSG code.  Storage is JGD2011 geographic (``STORAGE``); lengths and areas are taken in a plane-rectangular zone
and nowhere else (Web Mercator is 22 % too long at 35 degrees N).
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from math import isfinite
from typing import overload

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from pyproj.exceptions import CRSError, ProjError
from shapely.geometry.base import BaseGeometry

from geo.errors import InputError

STORAGE = 6668
"""JGD2011, geographic: what every layer is stored in."""
WGS84 = 4326
JGD2000 = 4612
TOKYO = 4301
WEB_MERCATOR = 3857
DEGREES = frozenset({STORAGE, WGS84, JGD2000})
"""Systems of degrees taken as one: the official transformations between them are null, accurate to a metre."""

_ZONES = range(1, 20)  # 平面直角座標系: 19 zones (平成14年国土交通省告示第9号)
PLANE_JGD2011 = {zone: 6668 + zone for zone in _ZONES}
PLANE_JGD2000 = {zone: 2442 + zone for zone in _ZONES}
PLANE_TOKYO = {zone: 30160 + zone for zone in _ZONES}
_PLANES = frozenset({*PLANE_JGD2011.values(), *PLANE_JGD2000.values(), *PLANE_TOKYO.values()})
_TOKYO_SYSTEMS = frozenset({TOKYO, *PLANE_TOKYO.values()})

# EPSG:15483 "Tokyo to JGD2000 (1)", the three translations that GSI gives, written out so that the outcome is the
# same whether or not the national grid TKY2JGD happens to be installed; accurate to 9 m, where ignoring the shift is
# an error of about 440 m.  JGD2000 to JGD2011 is taken as no move (EPSG:6698, accuracy 1 m; centimetres to decimetres
# in western Japan).
_TOKYO_TO_JGD = (
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3 "
    "+step +proj=cart +ellps=bessel +step +proj=helmert +x=-146.414 +y=507.337 +z=680.507 "
    "+step +inv +proj=cart +ellps=GRS80 +step +proj=pop +v_3 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)


def plane_zone(epsg: int) -> int | None:
    """The plane-rectangular zone (1-19) that an EPSG code is of, in whichever datum; None if of none."""
    for planes in (PLANE_JGD2011, PLANE_JGD2000, PLANE_TOKYO):
        for zone, code in planes.items():
            if code == epsg:
                return zone
    return None


def is_plane(epsg: int) -> bool:
    """Whether the code is a Japanese plane-rectangular zone: the only systems to measure in."""
    return epsg in _PLANES


def is_tokyo_datum(epsg: int) -> bool:
    """Whether coordinates of this system move by some 440 m when brought to JGD."""
    return epsg in _TOKYO_SYSTEMS


@cache
def is_geographic(epsg: int) -> bool:
    """Whether coordinates are degrees; raises ``InputError`` for an unknown code."""
    return bool(_crs(epsg).is_geographic)


@overload
def transform_xy(x: float, y: float, source: int, target: int) -> tuple[float, float]: ...
@overload
def transform_xy(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], source: int, target: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]: ...
def transform_xy(
    x: float | npt.NDArray[np.float64], y: float | npt.NDArray[np.float64], source: int, target: int
) -> tuple[float, float] | tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Coordinates of ``source`` in ``target`` (EPSG codes), x before y on both sides; scalars or arrays.

    >>> [round(value) for value in transform_xy(135.3415, 34.7376, 6668, 6673)]
    [92319, -139583]

    Raises
    ------
    InputError
        If a code is unknown, or a coordinate is not finite or cannot be expressed in ``target``.
    """
    if source == target:
        return x, y  # type: ignore[return-value]
    if type(x) is float and type(y) is float:
        return _place(x, y, source, target)
    return _moved(x, y, source, target)  # type: ignore[return-value]


@lru_cache(maxsize=8192)
def _place(x: float, y: float, source: int, target: int) -> tuple[float, float]:
    """One place: an answer asks for the same few again and again, and each takes PROJ as long as a short search."""
    return _moved(x, y, source, target)  # type: ignore[return-value]


def _moved(
    x: float | npt.NDArray[np.float64], y: float | npt.NDArray[np.float64], source: int, target: int
) -> tuple[float | npt.NDArray[np.float64], float | npt.NDArray[np.float64]]:
    out_x, out_y = x, y
    for step in _steps(source, target):
        out_x, out_y = step.transform(out_x, out_y)
    if isinstance(out_x, float) and isinstance(out_y, float):
        is_finite = isfinite(out_x) and isfinite(out_y)  # a single place is asked for often
    else:
        is_finite = bool(np.isfinite(out_x).all() and np.isfinite(out_y).all())
    if not is_finite:
        raise InputError(f"Some coordinates of EPSG:{source} cannot be expressed in EPSG:{target}.")
    return out_x, out_y


def transform_geometry[G: BaseGeometry](geometry: G, source: int, target: int) -> G:
    """The geometry of ``source`` in ``target`` (EPSG codes), x, y order; heights are dropped.

    An empty geometry comes back empty.  Raises ``InputError`` as ``transform_xy``.
    """
    if source == target or geometry.is_empty:
        return geometry
    moved: G = shapely.transform(geometry, lambda points: _move(points, source, target))
    return moved


def transform_geometries(geometries: Sequence[BaseGeometry], source: int, target: int) -> list[BaseGeometry]:
    """Many geometries of ``source`` in ``target``, as ``transform_geometry`` does with each, in one go."""
    if source == target or not geometries:
        return list(geometries)
    every = np.array(geometries, dtype=object)
    moved: list[BaseGeometry] = shapely.transform(every, lambda points: _move(points, source, target)).tolist()
    return moved


def _move(points: npt.NDArray[np.float64], source: int, target: int) -> npt.NDArray[np.float64]:
    x, y = transform_xy(points[:, 0].copy(), points[:, 1].copy(), source, target)
    return np.column_stack([x, y])


def area_m2(geometry: BaseGeometry, plane: int, source: int = STORAGE) -> float:
    """Area of a geometry of ``source``, measured in the plane-rectangular zone ``plane``, in square metres.

    Points and lines have none.  Within 130 km of the zone's meridian the zone's scale differs from 1 by less than
    1e-4.

    Raises
    ------
    InputError
        If ``plane`` is not a plane-rectangular zone: degrees and Web Mercator measure nothing.
    """
    _require_plane(plane)
    return float(transform_geometry(geometry, source, plane).area)


def length_m(geometry: BaseGeometry, plane: int, source: int = STORAGE) -> float:
    """Length (of a polygon: perimeter) in metres, measured and refused as by ``area_m2``."""
    _require_plane(plane)
    return float(transform_geometry(geometry, source, plane).length)


def scale(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], plane: int) -> npt.NDArray[np.float64]:
    """How many metres of a plane-rectangular zone a metre on the ground is at places of EPSG:6668: 1 to within 1e-4 in
    the zone, and up to 1.03 at the other end of the country.
    """
    _require_plane(plane)
    return np.asarray(pyproj.Proj(_crs(plane)).get_factors(lon, lat).meridional_scale, np.float64)


def distance_m(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Geodesic distance of two positions of EPSG:6668 on the GRS80 ellipsoid, in metres."""
    return float(_geod().inv(lon_a, lat_a, lon_b, lat_b)[2])


def _require_plane(plane: int) -> None:
    if not is_plane(plane):
        raise InputError(
            f"EPSG:{plane} is not a system to measure in.",
            fix="Choose a plane-rectangular zone, EPSG:6669-6687 (zone V, 6673, for Hyogo).",
        )


@cache
def _geod() -> pyproj.Geod:
    return pyproj.Geod(ellps="GRS80")


@cache
def _crs(epsg: int) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_epsg(epsg)
    except CRSError:
        raise InputError(f"EPSG:{epsg} is not a known reference system.") from None


class _Step:
    """One transformation; a direction of the shared Helmert, or what PROJ finds between two systems."""

    def __init__(self, transformer: pyproj.Transformer, *, inverse: bool = False) -> None:
        self._transformer = transformer
        self._direction = pyproj.enums.TransformDirection.INVERSE if inverse else None

    def transform(
        self, x: float | npt.NDArray[np.float64], y: float | npt.NDArray[np.float64]
    ) -> tuple[float | npt.NDArray[np.float64], float | npt.NDArray[np.float64]]:
        direction = self._direction or pyproj.enums.TransformDirection.FORWARD
        try:
            out_x, out_y = self._transformer.transform(x, y, direction=direction, errcheck=False)
        except ProjError as error:
            raise InputError("The coordinates cannot be transformed.") from error
        return out_x, out_y


@cache
def _steps(source: int, target: int) -> tuple[_Step, ...]:
    """Source to target; across the Tokyo datum by way of its geographic system and the written-out shift."""
    from_tokyo, to_tokyo = is_tokyo_datum(source), is_tokyo_datum(target)
    if from_tokyo == to_tokyo:
        return _direct(source, target)
    shift = _Step(pyproj.Transformer.from_pipeline(_TOKYO_TO_JGD), inverse=to_tokyo)
    if from_tokyo:
        return (*_direct(source, TOKYO), shift, *_direct(STORAGE, target))
    return (*_direct(source, STORAGE), shift, *_direct(TOKYO, target))


@cache
def _direct(source: int, target: int) -> tuple[_Step, ...]:
    if source == target:
        return ()
    return (_Step(pyproj.Transformer.from_crs(_crs(source), _crs(target), always_xy=True)),)

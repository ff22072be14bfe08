"""Geometries as a request carries them: read by the layer's type, in the system that was said, brought to EPSG:6668."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE, transform_geometry
from geo.errors import InputError
from layers.model import Geometry, Text
from services.ogc.crs import ServedCrs
from services.ogc.errors import Flaw

MARGIN_DEG = 0.05
"""How far from the city's box a feature may lie: some 5 km, for what serves the city from beyond its border."""

Bbox = tuple[float, float, float, float]


class _FlawedError(Exception):
    def __init__(self, pointer: str, ja: str, en: str) -> None:
        super().__init__(en)
        self.flaw = Flaw(pointer, Text(ja, en))


def read(value: Any, pointer: str, wanted: Geometry, crs: ServedCrs) -> BaseGeometry | Flaw | None:
    """A GeoJSON geometry as it is said in ``crs``, x before y; None for null; or what is wrong with it.

    A Polygon or LineString is taken by a layer of MultiPolygons or MultiLineStrings as one of one part.  Areas have
    to be valid (OGC simple features); their rings may run either way.
    """
    if value is None:
        return None
    try:
        return _geometry(value, pointer, wanted, flip=crs.flip)
    except _FlawedError as error:
        return error.flaw


def located(geometry: BaseGeometry, pointer: str, crs: ServedCrs, bbox: Bbox) -> BaseGeometry | Flaw:
    """A geometry of ``crs`` in EPSG:6668, or what is wrong with where it lies: outside of the city (``bbox``) and its
    surroundings."""
    try:
        found = transform_geometry(geometry, crs.srid, STORAGE)
    except InputError:
        return Flaw(pointer, Text("座標参照系の範囲の外です。", "It lies outside of its reference system."))
    if _is_near(found, bbox):
        return found
    swapped = shapely.transform(geometry, lambda points: points[:, ::-1])
    try:
        is_swapped = _is_near(transform_geometry(swapped, crs.srid, STORAGE), bbox)
    except InputError:
        is_swapped = False
    if is_swapped:
        order = Text("北が先", "north first") if crs.flip else Text("東が先", "east first")
        return Flaw(
            pointer,
            Text(
                f"座標の軸の順が逆です（{crs.uri}は{order.ja}）。",
                f"The axes are the wrong way round ({crs.uri} has {order.en}).",
            ),
        )
    return Flaw(pointer, Text("市域とその周辺の外です。", "It lies outside of the city and its surroundings."))


def is_as_served(geometry: BaseGeometry | None, stored: BaseGeometry | None, crs: ServedCrs) -> bool:
    """Whether a geometry of ``crs`` is what an answer says of the stored one: the same but for the digits left out."""
    if geometry is None or stored is None:
        return geometry is stored
    known = shapely.get_coordinates(transform_geometry(stored, STORAGE, crs.srid))
    given = shapely.get_coordinates(geometry)
    return bool(
        geometry.geom_type == stored.geom_type
        and _shape(geometry) == _shape(stored)
        and np.abs(given - known).max(initial=0.0) <= 10.0**-crs.digits
    )


def written(stored: BaseGeometry | None, crs: ServedCrs) -> dict[str, Any] | None:
    """The stored geometry as GeoJSON in ``crs``, in the order of its axes: what a patch of it is applied to."""
    if stored is None:
        return None
    moved = transform_geometry(stored, STORAGE, crs.srid)
    if crs.flip:
        moved = shapely.transform(moved, lambda points: points[:, ::-1])
    found: dict[str, Any] = json.loads(shapely.to_geojson(moved))
    return found


# --- parts -----------------------------------------------------------------------------------------------------


def _geometry(value: Any, pointer: str, wanted: Geometry, *, flip: bool) -> BaseGeometry:
    if not isinstance(value, dict):
        raise _FlawedError(pointer, "GeoJSONの図形またはnullで指定してください。", "Give a GeoJSON geometry or null.")
    kind = value.get("type")
    read_coordinates = _READERS[wanted].get(kind) if isinstance(kind, str) else None
    if read_coordinates is None:
        accepted = ", ".join(_READERS[wanted])
        raise _FlawedError(
            f"{pointer}/type", f"このレイヤーの図形は{accepted}です。", f"Features of this layer are {accepted}."
        )
    if value.get("crs") is not None:
        raise _FlawedError(f"{pointer}/crs", *USE_CONTENT_CRS)
    geometry = read_coordinates(value.get("coordinates"), f"{pointer}/coordinates", flip)
    if not geometry.is_valid:
        why = shapely.is_valid_reason(geometry)
        raise _FlawedError(f"{pointer}/coordinates", f"図形が不正です（{why}）。", f"The geometry is invalid: {why}.")
    return geometry


USE_CONTENT_CRS = (
    "座標参照系はContent-Crsヘッダーで指定してください。",
    "State the reference system in the header Content-Crs.",
)


def _position(value: Any, pointer: str, flip: bool) -> tuple[float, float]:
    numbers = value if isinstance(value, list) else []
    if len(numbers) < 2 or not all(isinstance(each, int | float) and not isinstance(each, bool) for each in numbers):
        raise _FlawedError(pointer, "2個の数の配列で指定してください。", "Give an array of two numbers.")
    if len(numbers) > 2:
        raise _FlawedError(pointer, "高さは保存しません。数は2個です。", "Heights are not held; give two numbers.")
    first, second = float(numbers[0]), float(numbers[1])
    return (second, first) if flip else (first, second)


def _positions(value: Any, pointer: str, flip: bool, least: int) -> list[tuple[float, float]]:
    if not isinstance(value, list) or len(value) < least:
        raise _FlawedError(pointer, f"{least}個以上の位置が必要です。", f"It needs {least} positions or more.")
    return [_position(each, f"{pointer}/{index}", flip) for index, each in enumerate(value)]


def _point(value: Any, pointer: str, flip: bool) -> BaseGeometry:
    return Point(_position(value, pointer, flip))


def _line(value: Any, pointer: str, flip: bool) -> LineString:
    return LineString(_positions(value, pointer, flip, 2))


def _polygon(value: Any, pointer: str, flip: bool) -> Polygon:
    rings = []
    for index, ring in enumerate(_parts(value, pointer)):
        positions = _positions(ring, f"{pointer}/{index}", flip, 4)
        if positions[0] != positions[-1]:
            raise _FlawedError(
                f"{pointer}/{index}", "環が閉じていません。", "The ring does not end at the position where it begins."
            )
        rings.append(positions)
    return Polygon(rings[0], rings[1:])


def _lines(value: Any, pointer: str, flip: bool) -> BaseGeometry:
    return MultiLineString([_line(each, f"{pointer}/{n}", flip) for n, each in enumerate(_parts(value, pointer))])


def _polygons(value: Any, pointer: str, flip: bool) -> BaseGeometry:
    return MultiPolygon([_polygon(each, f"{pointer}/{n}", flip) for n, each in enumerate(_parts(value, pointer))])


def _parts(value: Any, pointer: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise _FlawedError(pointer, "空でない配列で指定してください。", "Give an array that is not empty.")
    return value


_READERS: Mapping[Geometry, Mapping[str, Callable[[Any, str, bool], BaseGeometry]]] = {
    Geometry.POINT: {"Point": _point},
    Geometry.LINE: {"LineString": _line},
    Geometry.MULTILINE: {
        "MultiLineString": _lines,
        "LineString": lambda value, pointer, flip: MultiLineString([_line(value, pointer, flip)]),
    },
    Geometry.MULTIPOLYGON: {
        "MultiPolygon": _polygons,
        "Polygon": lambda value, pointer, flip: MultiPolygon([_polygon(value, pointer, flip)]),
    },
    Geometry.ANY: {
        "Point": _point,
        "LineString": _line,
        "Polygon": _polygon,
        "MultiLineString": _lines,
        "MultiPolygon": _polygons,
    },
}


def _shape(geometry: BaseGeometry) -> list[int]:
    """How many positions each part and ring has."""
    rings = shapely.get_rings(shapely.get_parts(geometry))
    parts = rings if len(rings) else shapely.get_parts(geometry)
    return [int(each) for each in shapely.get_num_coordinates(parts)]


def _is_near(geometry: BaseGeometry, bbox: Bbox) -> bool:
    west, south, east, north = geometry.bounds
    return bool(
        west >= bbox[0] - MARGIN_DEG
        and south >= bbox[1] - MARGIN_DEG
        and east <= bbox[2] + MARGIN_DEG
        and north <= bbox[3] + MARGIN_DEG
    )

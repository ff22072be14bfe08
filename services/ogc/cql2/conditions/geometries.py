"""Geometry literals of a filter, checked and brought into the storage system."""

from typing import Any

import numpy as np
import shapely
from pyproj.enums import TransformDirection
from shapely.geometry import LineString, Point
from shapely.geometry import shape as from_geojson

from geo.crs import STORAGE
from services.ogc.cql2.refusal import excerpt, refused
from services.ogc.cql2.tree import Box, Collection, Geometry
from services.ogc.crs import ServedCrs, to_storage
from services.ogc.errors import ParameterError

Shape = Any  # shapely has no types

# Straight lines of a plane system are not straight in degrees: 10 km are bent by more than a metre, 1 km by a
# centimetre.
_SEGMENT_M = 1000.0
_MAX_SEGMENTS = 400
_ROUND_TRIP_M = 1.0


def stored(literal: Geometry | Collection | Box, crs: ServedCrs) -> Shape:
    """The literal in ``geo.crs.STORAGE``, longitude before latitude, valid and not empty.

    ``crs`` is the system the literal is in, with its axis order.  The parts of a collection are united: those of one
    dimension become one multi-geometry, a collection remains only of several dimensions.

    Raises
    ------
    ParameterError
        If a coordinate lies outside of the system, or the geometry is not valid.
    """
    if isinstance(literal, Collection):
        return shapely.unary_union([stored(member, crs) for member in literal.members])
    if isinstance(literal, Box):
        boxes = [_transformed(box, crs) for box in _boxes(literal, crs)]
        return boxes[0] if len(boxes) == 1 else shapely.unary_union(boxes)
    found = from_geojson({"type": literal.type, "coordinates": literal.coordinates})
    found = _transformed(shapely.transform(found, lambda xy: xy[:, ::-1]) if crs.flip else found, crs)
    if not shapely.is_valid(found):
        reason = excerpt(shapely.is_valid_reason(found).split("[")[0])
        raise refused(f"図形が正しくありません（{reason}）。", f"this geometry is not valid: {reason}.")
    return found


def _boxes(literal: Box, crs: ServedCrs) -> list[Shape]:
    """One box, or two where it crosses 180 degrees; one without width or height is a line or a point."""
    first, second, third, fourth = literal.bounds
    west, south, east, north = (second, first, fourth, third) if crs.flip else literal.bounds
    if south > north:
        raise refused("BBOXの下端が上端より大きくなっています。", "the lower edge of a BBOX is above its upper one.")
    if west <= east:
        return [_box(west, south, east, north)]
    if crs.srid != STORAGE:
        raise refused("BBOXの左端が右端より大きくなっています。", "the left edge of a BBOX is right of its right one.")
    return [_box(west, south, 180.0, north), _box(-180.0, south, east, north)]


def _box(west: float, south: float, east: float, north: float) -> Shape:
    if west < east and south < north:
        return shapely.box(west, south, east, north)
    return Point(west, south) if (west, south) == (east, north) else LineString([(west, south), (east, north)])


def _transformed(shape: Shape, crs: ServedCrs) -> Shape:
    if crs.srid == STORAGE:
        if (np.abs(shapely.get_coordinates(shape)) > (180.0, 90.0)).any():
            raise _outside(crs)
        return shape
    transformer = to_storage(crs.srid)
    shape = shapely.segmentize(shape, max(_SEGMENT_M, shapely.length(shape) / _MAX_SEGMENTS))
    plane = shapely.get_coordinates(shape)
    degrees = np.column_stack(transformer.transform(plane[:, 0], plane[:, 1]))
    inverse = TransformDirection.INVERSE
    back = np.column_stack(transformer.transform(degrees[:, 0], degrees[:, 1], direction=inverse))
    if not (np.isfinite(back).all() and (np.abs(back - plane) < _ROUND_TRIP_M).all()):
        raise _outside(crs)
    return shapely.set_coordinates(shape, degrees)


def _outside(crs: ServedCrs) -> ParameterError:
    ja, en = ("緯度、経度", "latitude, longitude") if crs.flip else ("経度、緯度", "longitude, latitude")
    if crs.srid != STORAGE:
        ja, en = ("北、東", "northing, easting") if crs.flip else ("x、y", "x, y")
    return refused(
        f"座標が座標参照系（{crs.uri}）の範囲の外です。軸の順は{ja}です。",
        f"a coordinate lies outside of {crs.uri}, whose axes are {en}.",
    )

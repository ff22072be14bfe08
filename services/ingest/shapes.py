"""Fitting a geometry to the one type that a layer stores, and saying what cannot be kept."""

from dataclasses import dataclass

import shapely
from shapely.geometry import MultiLineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from layers.model import Geometry


@dataclass(frozen=True, slots=True)
class Fitted:
    """A geometry of the layer's type; ``note`` says what was given up, None where nothing was."""

    geometry: BaseGeometry
    note: str | None = None


def fit(geometry: BaseGeometry, wanted: Geometry) -> Fitted | None:
    """The geometry as the type ``wanted``; None where it cannot be one.

    A part becomes a collection of one and the other way round without a note.  An area becomes a point inside it
    (buildings of OpenStreetMap in a layer of points), with a note.  Lines are joined where they meet end to end;
    several lines apart are not a LineString.  Where any geometry is taken, one of a single part becomes that part,
    and several points or parts of different dimensions are not one.
    """
    match wanted:
        case Geometry.POINT:
            return _point(geometry)
        case Geometry.LINE:
            return _line(geometry)
        case Geometry.MULTILINE:
            lines = _parts(geometry, "LineString", "LinearRing")
            return Fitted(MultiLineString(lines)) if lines else None
        case Geometry.MULTIPOLYGON | Geometry.RASTER:
            polygons = [part for part in _parts(geometry, "Polygon") if isinstance(part, Polygon)]
            if not polygons:
                return None
            mixed = geometry.geom_type not in {"Polygon", "MultiPolygon"}
            return Fitted(MultiPolygon(polygons), "points and lines beside the areas left out" if mixed else None)
        case Geometry.ANY:
            return _any(geometry)
        case _:
            return None


def _point(geometry: BaseGeometry) -> Fitted | None:
    parts = _parts(geometry, geometry.geom_type.removeprefix("Multi"))
    if geometry.geom_type in {"Point", "MultiPoint"}:
        return Fitted(parts[0]) if len(parts) == 1 else None
    if geometry.geom_type in {"Polygon", "MultiPolygon"}:
        return Fitted(shapely.point_on_surface(geometry), "a point inside the area")
    return None


def _line(geometry: BaseGeometry) -> Fitted | None:
    lines = _parts(geometry, "LineString", "LinearRing")
    if len(lines) == 1:
        return Fitted(shapely.LineString(lines[0].coords) if lines[0].geom_type == "LinearRing" else lines[0])
    if len(lines) > 1:
        joined = shapely.line_merge(MultiLineString(lines))
        if joined.geom_type == "LineString":
            return Fitted(joined, f"{len(lines)} lines joined end to end")
    return None


def _any(geometry: BaseGeometry) -> Fitted | None:
    parts = _parts(geometry, "Point", "LineString", "LinearRing", "Polygon")
    if len(parts) == 1:
        return Fitted(shapely.LineString(parts[0].coords) if parts[0].geom_type == "LinearRing" else parts[0])
    match {int(shapely.get_dimensions(part)) for part in parts}:
        case dimensions if dimensions == {1}:
            return Fitted(MultiLineString(parts))
        case dimensions if dimensions == {2}:
            return Fitted(MultiPolygon([part for part in parts if isinstance(part, Polygon)]))
        case _:
            return None


def _parts(geometry: BaseGeometry, *types: str) -> list[BaseGeometry]:
    """All parts of the types, however deep."""
    if hasattr(geometry, "geoms"):
        return [part for member in geometry.geoms for part in _parts(member, *types)]
    return [geometry] if geometry.geom_type in types and not geometry.is_empty else []

"""Geometries as they must be to be stored: valid, plane, of the dimension that is wanted; and what was changed.

Nothing here knows a reference system: areas are in the square of whatever unit the coordinates have.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely import GeometryType
from shapely.geometry import MultiLineString, MultiPoint, MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from geo.errors import InputError

POINT: Final = 0
LINE: Final = 1
AREA: Final = 2


@dataclass(frozen=True, slots=True)
class Repair:
    """A geometry made storable.

    Attributes
    ----------
    geometry:
        Valid, without Z; empty where nothing of the wanted dimension is left.
    reasons:
        What was wrong, as GEOS says it (``Self-intersection[135.3 34.7]``), and what was dropped; empty where
        the geometry came back as it was.
    area_before, area_after:
        In squared units of the coordinates.  The first is what the rings of an invalid polygon add up to, which
        is not the area it covers where they overlap.
    """

    geometry: BaseGeometry
    reasons: tuple[str, ...]
    area_before: float
    area_after: float

    @property
    def changed(self) -> bool:
        return bool(self.reasons)


def repair(geometry: BaseGeometry | None, dimension: int | None = None) -> Repair:
    """A valid, two-dimensional geometry of one dimension.

    Invalid rings are rebuilt with GEOS ``make_valid`` (method ``structure``): what the rings enclose is kept, an
    overlap counts once and a hole stays a hole.  Parts of a lower dimension that the mending leaves over (a spike that
    becomes a line) are dropped and named in ``reasons``.

    Parameters
    ----------
    geometry:
        None counts as empty.
    dimension:
        ``POINT``, ``LINE`` or ``AREA``: what to keep; None: the highest that the geometry was of.

    Raises
    ------
    InputError
        If a coordinate is NaN or infinite: no repair can know it.
    """
    if geometry is None or geometry.is_empty:
        return Repair(geometry if geometry is not None else Point(), (), 0.0, 0.0)
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise InputError("A geometry has a coordinate that is not a number.")
    reasons: list[str] = []
    flat = geometry
    if shapely.has_z(geometry):
        flat = shapely.force_2d(geometry)
        reasons.append("Z dropped")
    area_before = float(flat.area)
    wanted = _dimension(flat) if dimension is None else dimension
    if not flat.is_valid:
        reasons.append(shapely.is_valid_reason(flat))
        flat = _made_valid(flat)
    kept = only_dimension(flat, wanted)
    if dimension is not None or not geometry.is_valid:
        lost = sorted({_dimension(part) for part in _parts(flat)} - {wanted})
        reasons += [f"{('points', 'lines', 'areas')[each]} dropped" for each in lost]
    else:
        kept = flat
    return Repair(kept, tuple(reasons), area_before, float(kept.area))


def only_dimension(geometry: BaseGeometry, dimension: int) -> BaseGeometry:
    """The parts of a geometry that are points (0), lines (1) or areas (2), as one geometry.

    A geometry that is wholly of the dimension comes back as it is, and one without such a part as an empty
    multi-geometry.
    """
    parts = _parts(geometry)
    kept = [part for part in parts if _dimension(part) == dimension]
    if len(kept) == len(parts) and shapely.get_type_id(geometry) != GeometryType.GEOMETRYCOLLECTION:
        return geometry
    match len(kept):
        case 0:
            return (MultiPoint(), MultiLineString(), MultiPolygon())[dimension]
        case 1:
            return kept[0]
    if dimension == AREA:
        # Parts of a collection may touch along edges or overlap, which the parts of a multipolygon may not.
        return shapely.union_all(kept)
    return MultiPoint(kept) if dimension == POINT else MultiLineString(kept)


def subdivide(geometry: BaseGeometry, most_points: int = 128) -> list[BaseGeometry]:
    """The areas of a geometry cut into pieces of at most ``most_points`` vertices, which share edges only.

    Together they cover what the geometry covers; meeting many small pieces is far quicker than meeting one large
    area many times.

    Raises
    ------
    InputError
        If fewer than 8 vertices are asked for: a piece of a cut needs some.
    """
    if most_points < 8:
        raise InputError(f"Pieces of {most_points} vertices cannot be cut.")
    pieces: list[BaseGeometry] = []
    waiting = [part for part in _parts(geometry) if _dimension(part) == AREA]
    while waiting:
        area = waiting.pop()
        if shapely.get_num_coordinates(area) <= most_points:
            pieces.append(area)
            continue
        west, south, east, north = shapely.bounds(area).tolist()
        if east - west >= north - south:
            middle = (west + east) / 2
            halves = (shapely.box(west, south, middle, north), shapely.box(middle, south, east, north))
        else:
            middle = (south + north) / 2
            halves = (shapely.box(west, south, east, middle), shapely.box(west, middle, east, north))
        cut = [part for half in halves for part in _parts(shapely.intersection(area, half)) if _dimension(part) == AREA]
        if len(cut) > 1:
            waiting.extend(cut)
        else:  # its vertices lie closer together than numbers can tell
            pieces.append(area)
    return pieces


def _made_valid(geometry: BaseGeometry) -> BaseGeometry:
    made: BaseGeometry = shapely.make_valid(geometry, method="structure", keep_collapsed=True)
    if not made.is_valid:
        # GEOS 3.14 can leave two areas of a multipolygon with an edge in common, where a ring runs along itself.
        made = shapely.union_all(_parts(made))
    return made


def _parts(geometry: BaseGeometry) -> list[BaseGeometry]:
    """The single geometries it is made of, those of nested collections too."""
    parts: list[BaseGeometry] = []
    for part in shapely.get_parts(geometry).tolist():
        if shapely.get_type_id(part) >= GeometryType.MULTIPOINT:
            parts.extend(_parts(part))
        elif not part.is_empty:
            parts.append(part)
    return parts


def _dimension(geometry: BaseGeometry) -> int:
    return int(shapely.get_dimensions(geometry))

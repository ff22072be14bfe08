"""The zones of a hazard layer around a place, and where it is known that there are none."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

import numpy as np
import numpy.typing as npt
import shapely
from psycopg import sql
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE
from geo.grid import Bounds, Grid, bounds_in
from layers.catalogue import catalogue
from services.database.failures import store_errors
from services.ogc.analysis.city import DISTRICTS
from services.ogc.analysis.database import DatabaseLayers
from services.ogc.analysis.speaking import area_spoken_for
from services.ogc.source import Source

_MARGIN_CELLS = 3  # what is cut off lies so far outside that its cut edge touches no cell


@dataclass(frozen=True, slots=True)
class Zone:
    """What all zones of one kind say: class (None: unknown) and interval of depth in metres.

    ``upper_m`` is infinite where the class has no upper limit, None where nothing is known of the depth.
    """

    hazard_class: str | None
    lower_m: float | None
    upper_m: float | None


Polygons = npt.NDArray[np.object_]


def zones(source: Source, grid: Grid, chosen: str | None, *, detail: float | None = None) -> Mapping[Zone, Polygons]:
    """The polygons around a grid by what they say, in the grid's system; the deepest last.

    chosen:
        The value of the layer's ``Style.one_of`` field.
    detail:
        Leave out vertices nearer to the one before than this (in the unit of the system); for pictures.
    """
    reach = _within_reach(grid.grown(_MARGIN_CELLS), source)
    if reach is None:
        return {}
    box = bounds_in(reach, grid.crs, STORAGE)
    shape: sql.Composable = sql.SQL("ST_ClipByBox2D(geometry, box)")
    if grid.crs != STORAGE:
        shape = sql.SQL("ST_Transform({}, {})").format(shape, sql.Literal(grid.crs))
    if detail is not None:
        shape = sql.SQL("ST_RemoveRepeatedPoints({}, {})").format(shape, sql.Literal(detail))
    statement = sql.SQL(
        "SELECT hazard_class, depth_lower_m, depth_upper_m, ST_AsBinary({shape}) "
        "FROM {relation}, ST_MakeEnvelope(%s, %s, %s, %s, {storage}) AS box WHERE geometry && box{only}"
    ).format(
        shape=shape,
        relation=source.relation,
        storage=sql.Literal(STORAGE),
        only=_only(source, chosen),
    )
    values = [*box, *([chosen] if chosen is not None else [])]
    with store_errors(), source.pool.connection() as connection:
        rows = connection.cursor(binary=True).execute(statement, values).fetchall()
    found: dict[Zone, list[bytes]] = {}
    for hazard_class, lower_m, upper_m, shape_wkb in rows:
        if shape_wkb is not None:
            open_ended = upper_m is None and lower_m is not None
            found.setdefault(Zone(hazard_class, lower_m, inf if open_ended else upper_m), []).append(shape_wkb)
    order = _order(source)
    deepest_last = sorted(found, key=lambda zone: (_depth(zone), order.get(zone.hazard_class, 0)))
    return {zone: shapely.from_wkb(np.array(found[zone], dtype=object)) for zone in deepest_last}


def _within_reach(grid: Grid, source: Source) -> Bounds | None:
    """The part of a grid that lies around the layer: a box of the whole world cannot be expressed in every system."""
    if source.bounds is None:
        return None
    layer = bounds_in(source.bounds, STORAGE, grid.crs)
    size_x, size_y = grid.resolution
    left, bottom = max(grid.bounds[0], layer[0] - size_x), max(grid.bounds[1], layer[1] - size_y)
    right, top = min(grid.bounds[2], layer[2] + size_x), min(grid.bounds[3], layer[3] + size_y)
    return (left, bottom, right, top) if left < right and bottom < top else None


def _depth(zone: Zone) -> float:
    """By what the worst is told: the upper bound; an unknown depth gives way to a known one."""
    return -1.0 if zone.upper_m is None else zone.upper_m


def _order(source: Source) -> Mapping[str | int | bool | None, int]:
    return {entry.value: place for place, entry in enumerate(source.layer.style.classes, 1)}


def _only(source: Source, chosen: str | None) -> sql.Composable:
    if chosen is None or source.layer.style.one_of is None:
        return sql.SQL("")
    return sql.SQL(" AND {} = %s").format(sql.Identifier(source.layer.style.one_of))


def studied(source: Source, chosen: str | None) -> BaseGeometry | None:
    """The part of the city's area, EPSG:6668, that the data of a layer (and scenario) speaks for; None where none does.

    Only there can a place be said to lie outside of the zones; elsewhere it is unknown.
    """
    territory = source.territory
    if territory is None:
        return None
    districts = Source.unmeasured(
        catalogue()[DISTRICTS], source.face, territory.state, source.pool, source.plane_crs, source.rasters
    )
    layers = DatabaseLayers({source.layer.id: source, DISTRICTS: districts})
    return area_spoken_for(source.layer, layers, territory.city, chosen)

"""What a simple map shows beneath the hazards: waters, the outline of the city, and the names of towns."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE, transform_geometry, transform_xy
from geo.offline.packing import Packer
from services.ogc.analysis.city import city_area
from services.ogc.processes._model import Context
from services.ogc.processes._place import TOWNS, may_be_of

_DM = 10.0
_COARSE_M = 2.0
"""By so much lines that are looked at and not reckoned with may be off."""
_WATERWAYS = "waterways"


def packed_map(context: Context) -> bytes:
    """Lines in decimetres of the city's plane, and towns with their names."""
    city = city_area(context.layers, context.city)
    waters = [each.geometry for each in context.layers.features(_WATERWAYS) if each.geometry is not None]
    packer = Packer()
    for name, shapes in (("city", [] if city is None else [shapely.boundary(city)]), ("water", waters)):
        _lines(packer, name, shapes, context.city.plane_crs)
    return packer.packed(towns=_towns(context))


def _lines(packer: Packer, name: str, shapes: Iterable[BaseGeometry], plane: int) -> None:
    flat = [transform_geometry(shape, STORAGE, plane) for shape in shapes]
    simple = shapely.simplify(np.array(flat, object), _COARSE_M) if flat else np.empty(0, object)
    parts = [part for part in shapely.get_parts(simple) if part.geom_type in ("LineString", "LinearRing")]
    points = np.rint(shapely.get_coordinates(np.array(parts, object)) * _DM) if parts else np.empty((0, 2))
    packer.plain(f"{name} points", [len(part.coords) for part in parts])
    packer.deltas(f"{name} x", points[:, 0]).deltas(f"{name} y", points[:, 1])


def _towns(context: Context) -> list[list[Any]]:
    found = []
    for each in context.layers.features(TOWNS):
        if each.geometry is not None and each.properties.get("name") and may_be_of(each, context.city):
            where = each.geometry.representative_point()
            x, y = transform_xy(where.x, where.y, STORAGE, context.city.plane_crs)
            found.append([each.properties["name"], round(float(x), 1), round(float(y), 1)])
    return found

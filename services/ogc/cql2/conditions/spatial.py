"""Spatial functions (S_*): those of simple features, by PostGIS.

The literal is brought into the system of the column, never the column into another, so that its index serves.
"""

from collections.abc import Mapping
from itertools import product
from types import MappingProxyType
from typing import Any

import shapely
from psycopg import sql

from geo.crs import STORAGE
from services.ogc.cql2.conditions.operands import NAMES, Kind, Operand, either, joined, unfit
from services.ogc.cql2.refusal import refused

_FUNCTIONS: Mapping[str, str] = MappingProxyType(
    {
        "s_contains": "ST_Contains",
        "s_crosses": "ST_Crosses",
        "s_equals": "ST_Equals",
        "s_overlaps": "ST_Overlaps",
        "s_touches": "ST_Touches",
        "s_within": "ST_Within",
    }
)
_COLLECTION = shapely.GeometryType.GEOMETRYCOLLECTION
_MAX_PARTS = 8
COLUMN = Operand(Kind.GEOMETRY, sql.Identifier("geometry"))
"""The geometry of the features."""


def of_shape(shape: Any) -> Operand:
    """A geometry literal, given as shapely geometry in ``geo.crs.STORAGE``."""
    return Operand(
        Kind.GEOMETRY, sql.SQL(f"ST_GeomFromWKB(%s::bytea, {STORAGE})"), (shapely.to_wkb(shape),), literal=shape
    )


def relate(function: str, first: Operand, second: Operand) -> Operand:
    """One of ``tree.SPATIAL``; ``ParameterError`` for what is no geometry.

    A collection of several dimensions (points, lines, areas) is taken by S_INTERSECTS and S_DISJOINT only: of most
    others simple features do not say what they are for one, and the versions of GEOS do not agree.
    """
    for operand in (first, second):
        if operand.kind is not Kind.GEOMETRY:
            raise unfit(function.upper(), operand, NAMES[Kind.GEOMETRY])
    if function in ("s_intersects", "s_disjoint"):
        pairs = product(_parts(first), _parts(second))
        met = either([joined(Kind.FLAG, "ST_Intersects({}, {})", one, other) for one, other in pairs])
        return met if function == "s_intersects" else joined(Kind.FLAG, "(NOT {})", met)
    if any(shapely.get_type_id(operand.literal) == _COLLECTION for operand in (first, second)):
        raise refused(
            f"点、線、面が混ざった図形は「{function.upper()}」には使えません。S_INTERSECTSとS_DISJOINTだけです。",
            f"only S_INTERSECTS and S_DISJOINT take points, lines and areas together, not {function.upper()}.",
        )
    return joined(Kind.FLAG, f"{_FUNCTIONS[function]}({{}}, {{}})", first, second)


def _parts(geometry: Operand) -> list[Operand]:
    """A box across 180 degrees and the like in its parts: the index is asked for each, not for the whole world."""
    shape = geometry.literal
    if shape is None or not 1 < shapely.get_num_geometries(shape) <= _MAX_PARTS:
        return [geometry]
    return [of_shape(part) for part in shapely.get_parts(shape)]

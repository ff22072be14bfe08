"""The coordinate reference systems that features are served in, each with the axis order its authority defines.

Storage is JGD2011 (EPSG:6668).  It and WGS 84 (CRS84, EPSG:4326) are taken as the same datum: the official
transformation between them is the null one, with an accuracy of about a metre.
"""

from dataclasses import dataclass
from functools import cache
from math import isfinite

from pyproj import Transformer

from geo.crs import STORAGE
from layers.model import Text
from services.ogc.errors import ParameterError

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class ServedCrs:
    """One system of answers.

    srid:
        EPSG code into which the database transforms; ``STORAGE`` for none.
    flip:
        True where the first axis is the northern one (latitude, northing).
    digits:
        Decimals written: 9 of a degree and 4 of a metre are both 0.1 mm.
    """

    uri: str
    srid: int
    flip: bool
    digits: int

    @property
    def is_geographic(self) -> bool:
        return self.srid == STORAGE

    @property
    def epsg(self) -> int:
        """Code under which files know it; CRS84 is 4326 with x before y, as files write every system."""
        return 4326 if self.uri == CRS84 else int(self.uri.removeprefix(_EPSG))


@cache
def served_crs(plane_crs: int) -> dict[str, ServedCrs]:
    """The systems by URI, CRS84 first; ``plane_crs`` is the city's plane-rectangular zone (northing, easting)."""
    every = (
        ServedCrs(CRS84, STORAGE, flip=False, digits=9),
        ServedCrs(f"{_EPSG}6668", STORAGE, flip=True, digits=9),
        ServedCrs(f"{_EPSG}4326", STORAGE, flip=True, digits=9),
        ServedCrs(f"{_EPSG}{plane_crs}", plane_crs, flip=True, digits=4),
        ServedCrs(f"{_EPSG}3857", 3857, flip=False, digits=4),
    )
    return {each.uri: each for each in every}


def lonlat_bounds(bbox: list[float], uri: str, plane_crs: int) -> Bounds:
    """West, south, east, north in degrees, from a ``bbox`` of 4 or 6 numbers in the axis order of its CRS.

    In geographic systems west may be greater than east: the box then crosses 180 degrees.

    Raises
    ------
    ParameterError
        If the CRS is not served, or the box lies where it cannot be transformed.
    """
    crs = served_crs(plane_crs).get(uri)
    if crs is None:
        raise ParameterError(
            "bbox-crs", Text(f"この座標参照系には対応していません（{uri}）。", f"{uri} is not served here.")
        )
    if len(bbox) == 6:
        bbox = [bbox[0], bbox[1], bbox[3], bbox[4]]
    first, second, third, fourth = bbox
    box = (second, first, fourth, third) if crs.flip else (first, second, third, fourth)
    if crs.srid == STORAGE:
        return box
    west, south, east, north = to_storage(crs.srid).transform_bounds(*box, densify_pts=21)
    if not all(map(isfinite, (west, south, east, north))):
        raise ParameterError(
            "bbox",
            Text("この座標参照系で表せない範囲です。", "The box lies outside of its reference system."),
        )
    return west, south, east, north


@cache
def to_storage(srid: int) -> Transformer:
    """From a served system into storage, x (easting, longitude) before y on both sides."""
    return Transformer.from_crs(srid, STORAGE, always_xy=True)

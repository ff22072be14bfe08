"""The reference systems that grids are asked for and answered in, and the names of their axes."""

import re
from dataclasses import dataclass
from functools import cache

import pyproj
from pyproj.exceptions import CRSError

from geo.crs import DEGREES, STORAGE
from layers.model import Text
from services.ogc.crs import CRS84, served_crs
from services.ogc.errors import ParameterError, ResourceError
from services.ogc.source import Source

_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
_FORMS = re.compile(
    r"https?://www\.opengis\.net/def/crs/(?:(EPSG)/[0-9.]+/([0-9]{4,6})|OGC/[0-9.]+/(CRS84))"
    r"|urn:ogc:def:crs:(?:(EPSG):[0-9.]*:([0-9]{4,6})|OGC:[0-9.]*:(CRS84))"
    r"|\[?(?:(EPSG):([0-9]{4,6})|OGC:(CRS84))\]?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class System:
    """One system.

    epsg:
        As it is written; of CRS84 that of WGS 84, whose order of axes differs.
    crs:
        EPSG code computed with: ``STORAGE`` for all systems of degrees that are one datum with it.
    northing_first:
        Whether the first axis is the northern one.
    x_names, y_names:
        What the eastward and the northward axis may be called; the first is the one we use.
    """

    uri: str
    epsg: int
    crs: int
    northing_first: bool
    x_names: tuple[str, ...]
    y_names: tuple[str, ...]

    @property
    def axes(self) -> tuple[str, str]:
        """Our names of the axes in the order of the system."""
        return (self.y_names[0], self.x_names[0]) if self.northing_first else (self.x_names[0], self.y_names[0])

    def ordered(self, x: object, y: object) -> tuple[object, object]:
        """A pair that belongs to x and y in the order of the axes."""
        return (y, x) if self.northing_first else (x, y)


_LON: tuple[str, ...] = ("Lon", "lon", "Long", "long", "Longitude", "longitude")
_LAT: tuple[str, ...] = ("Lat", "lat", "Latitude", "latitude")
_EAST = ("E", "e", "Easting", "easting")
_NORTH = ("N", "n", "Northing", "northing")


@cache
def system_of(epsg: int) -> System:
    """The system of an EPSG code; ``ResourceError`` where it is unknown or not of two horizontal axes."""
    try:
        crs = pyproj.CRS.from_epsg(epsg)
    except CRSError:
        raise _unfit(epsg) from None
    directions = [axis.direction for axis in crs.axis_info]
    if sorted(directions) != ["east", "north"]:
        raise _unfit(epsg)
    named = {axis.direction: axis.abbrev for axis in crs.axis_info}
    if crs.is_geographic:
        x_names, y_names = _LON, _LAT
    else:  # also by the names its authority gives: X is the northing of a Japanese plane, the easting of EPSG:3857
        x_names = (*_EAST, *_cased(named["east"]))
        y_names = (*_NORTH, *_cased(named["north"]))
    return System(
        f"{_EPSG}{epsg}", epsg, STORAGE if epsg in DEGREES else epsg, directions[0] == "north", x_names, y_names
    )


def _unfit(epsg: int) -> ResourceError:
    return ResourceError(
        Text(
            f"EPSG:{epsg}の格子には対応していません。",
            f"Grids of EPSG:{epsg} are not served: it has no two level axes.",
        )
    )


def _cased(name: str) -> tuple[str, ...]:
    return () if name.upper() in ("E", "N") else tuple(dict.fromkeys((name, name.lower())))


CRS84_SYSTEM = System(CRS84, 4326, STORAGE, northing_first=False, x_names=_LON, y_names=_LAT)


def served_systems(source: Source) -> tuple[str, ...]:
    """URIs of the systems that every grid is offered in; beside them comes the one it is stored in."""
    return tuple(served_crs(source.plane_crs))


def parsed(parameter: str, text: str) -> str | int:
    """``CRS84`` or an EPSG code out of a URI, a URN, a CURIE (``[EPSG:6668]``) or ``EPSG:6668``.

    Raises ``ParameterError`` for anything else.
    """
    found = _FORMS.fullmatch(text.strip())
    if found is None:
        raise ParameterError(
            parameter,
            Text(
                "http://www.opengis.net/def/crs/EPSG/0/6668 か [EPSG:6668] の形で指定してください。",
                "give http://www.opengis.net/def/crs/EPSG/0/6668 or [EPSG:6668].",
            ),
        )
    code = found[2] or found[5] or found[8]
    return int(code) if code else "CRS84"


def required(parameter: str, text: str, source: Source, native: int) -> System:
    """The system that a parameter names, one of the served ones or ``native`` (an EPSG code).

    Raises
    ------
    ParameterError
        If it is another.
    """
    code = parsed(parameter, text)
    if code == "CRS84":
        return CRS84_SYSTEM
    served = [*served_systems(source), f"{_EPSG}{native}"]
    if f"{_EPSG}{code}" in served:
        return system_of(int(code))
    names = ", ".join(dict.fromkeys(served))
    raise ParameterError(parameter, Text(f"次のいずれかを指定してください: {names}", f"give one of {names}."))

"""Names of coordinate reference systems as files write them -> EPSG code and axis order."""

import re
from functools import cache

from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.crs import JGD2000, PLANE_JGD2000, PLANE_JGD2011, PLANE_TOKYO, STORAGE, TOKYO, WGS84

# Names of the Japanese standards (JPGIS), which no registry knows: geographic, latitude before longitude.
_JPGIS = (
    (re.compile(r"jgd\s?2024", re.IGNORECASE), STORAGE),  # horizontal positions are those of JGD2011
    (re.compile(r"jgd\s?2011", re.IGNORECASE), STORAGE),
    (re.compile(r"jgd\s?2000", re.IGNORECASE), JGD2000),
    (re.compile(r"(^|[:.\s])(td|tokyo)\b", re.IGNORECASE), TOKYO),
)
_PLANE_ZONE = re.compile(r"\((\d{1,2})\s*\(\s*X\s*,\s*Y\s*\)|/\s*(\d{1,2})\s*\(\s*X", re.IGNORECASE)
_PLANES = {STORAGE: PLANE_JGD2011, JGD2000: PLANE_JGD2000, TOKYO: PLANE_TOKYO}
_REGISTERED_PLANE = re.compile(r"plane ?rectangular|utm", re.IGNORECASE)
_CODE = re.compile(r"(?:^|[:/#])(?:EPSG|epsg)(?:[:/]|\.xml#)(?:[\d.]*[:/])?(\d{4,6})$")


def epsg_of_name(name: str) -> int | None:
    """EPSG code of a horizontal CRS named as ``EPSG:6668``, an OGC URN or URL, ``CRS84`` or a JPGIS name.

    A compound CRS (EPSG:6697) gives its horizontal part.  None where the name is not understood.
    """
    name = name.strip()
    if "CRS84" in name:
        return WGS84
    code = _CODE.search(name)
    if code:
        return _horizontal(int(code.group(1)))
    if _REGISTERED_PLANE.search(name):
        return epsg_of_definition(name)
    for pattern, geographic in _JPGIS:
        if pattern.search(name):
            zone = _PLANE_ZONE.search(name)
            return _PLANES[geographic].get(int(zone.group(1) or zone.group(2))) if zone else geographic
    return epsg_of_definition(name)


def is_north_first(name: str) -> bool:
    """Whether coordinates in a GML with this ``srsName`` give north (latitude, X) before east.

    True for the axis order of the authority (URN, ``http://www.opengis.net/def/crs/``) where it is so, and for JPGIS
    names; False for the short ``EPSG:n`` and the old ``epsg.xml#n``, by which longitude before latitude is written.
    """
    name = name.strip()
    if "CRS84" in name:
        return False
    if name.upper().startswith("EPSG:") or "epsg.xml#" in name:
        return False
    code = _CODE.search(name)
    if code:
        return _axis_is_north(int(code.group(1)))
    return any(pattern.search(name) for pattern, _ in _JPGIS)


@cache
def epsg_of_definition(definition: str) -> int | None:
    """EPSG code of a CRS given as WKT (``.prj``), PROJ string or name; None where none is meant beyond doubt."""
    try:
        crs = CRS.from_user_input(definition)
        if crs.is_compound:
            crs = crs.sub_crs_list[0]
        return crs.to_epsg(min_confidence=70)
    except CRSError:
        return None


@cache
def _horizontal(code: int) -> int | None:
    try:
        crs = CRS.from_epsg(code)
    except CRSError:
        return None
    return crs.sub_crs_list[0].to_epsg() if crs.is_compound else code


@cache
def _axis_is_north(code: int) -> bool:
    try:
        return str(CRS.from_epsg(code).axis_info[0].direction) == "north"
    except (CRSError, IndexError):
        return False

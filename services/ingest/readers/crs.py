"""Names of coordinate reference systems as files write them -> EPSG code and axis order."""

import re
from functools import cache

from pyproj import CRS
from pyproj.exceptions import CRSError

# Names of the Japanese standards (JPGIS), which no registry knows: geographic, latitude before longitude.
_JPGIS = (
    (re.compile(r"jgd\s?2024", re.IGNORECASE), 6668),  # horizontal positions are those of JGD2011
    (re.compile(r"jgd\s?2011", re.IGNORECASE), 6668),
    (re.compile(r"jgd\s?2000", re.IGNORECASE), 4612),
    (re.compile(r"(^|[:.\s])(td|tokyo)\b", re.IGNORECASE), 4301),
)
_PLANE_ZONE = re.compile(r"\((\d{1,2})\s*\(\s*X\s*,\s*Y\s*\)|/\s*(\d{1,2})\s*\(\s*X", re.IGNORECASE)
_PLANE_BASE = {6668: 6668, 4612: 2442, 4301: 30160}  # code of zone N = base + N (zones I-XIX)
_CODE = re.compile(r"(?:^|[:/#])(?:EPSG|epsg)(?:[:/]|\.xml#)(?:[\d.]*[:/])?(\d{4,6})$")


def epsg_of_name(name: str) -> int | None:
    """EPSG code of a horizontal CRS named as ``EPSG:6668``, an OGC URN or URL, ``CRS84`` or a JPGIS name.

    A compound CRS (EPSG:6697) gives its horizontal part.  None where the name is not understood.
    """
    name = name.strip()
    if "CRS84" in name:
        return 4326
    code = _CODE.search(name)
    if code:
        return _horizontal(int(code.group(1)))
    for pattern, geographic in _JPGIS:
        if pattern.search(name):
            zone = _PLANE_ZONE.search(name)
            if zone:
                return _PLANE_BASE[geographic] + int(zone.group(1) or zone.group(2))
            return geographic
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

"""JIS X 0410 grid squares (地域メッシュ), levels 1-6, both directions.

========  ==========================  ==============  ======
level     name                        cell (lat, lon)  digits
========  ==========================  ==============  ======
1         第1次地域区画 (about 80 km)  40', 1 degree      4
2         第2次地域区画 (10 km)        5', 7.5'           6
3         基準地域メッシュ (1 km)       30", 45"           8
4         2分の1 (500 m)              15", 22.5"         9
5         4分の1 (250 m)              7.5", 11.25"      10
6         8分の1 (125 m)              3.75", 5.625"     11
========  ==========================  ==============  ======

Cells are of latitude and longitude in JGD; a cell holds its southern and western border, not the others.  All
arithmetic is on whole numbers of the finest cell, so that a point on a border never slips into a neighbour by
rounding: coordinates are taken to 1e-9 degrees (0.1 mm).
"""

import re
from collections.abc import Iterator
from math import floor, isfinite

import numpy as np
import numpy.typing as npt
from shapely.geometry import Polygon, box

from geo.errors import InputError

LEVELS = (1, 2, 3, 4, 5, 6)

# The finest cell (level 6) is the unit: 960 to a degree of latitude, 640 to a degree of longitude.
_LAT_PER_DEGREE = 960
_LON_PER_DEGREE = 640
# Cell size of each level in that unit, the same number both ways: a level-1 cell is 640 x 640 units.
_UNITS = {1: 640, 2: 80, 3: 8, 4: 4, 5: 2, 6: 1}
# Levels 4-6 halve the cell, again and again; digit 1 = SW, 2 = SE, 3 = NW, 4 = NE.
_SUBDIVISIONS = (4, 2, 1)
_DIGITS = {1: 4, 2: 6, 3: 8, 4: 9, 5: 10, 6: 11}
_LEVEL_OF_DIGITS = {digits: level for level, digits in _DIGITS.items()}
_TOLERANCE_DEGREES = 1e-9
_WEST = 100  # the code counts longitude from 100 degrees E
_PATTERN = re.compile(r"[0-9]{4}(?:[0-7]{2}(?:[0-9]{2}[1-4]{0,3})?)?")


def mesh_code(lon: float, lat: float, level: int) -> str:
    """The code of the cell of ``level`` that holds a point.

    >>> mesh_code(135.3415, 34.7376, 5)
    '5235028732'

    Parameters
    ----------
    lon, lat:
        Degrees, JGD2011 (EPSG:6668); 0 <= lat < 66 2/3 and 100 <= lon < 180 can be coded.

    Raises
    ------
    InputError
        If the level is not 1-6 or the point cannot be coded (outside, NaN, infinite).
    """
    _require_level(level)
    if not (isfinite(lon) and isfinite(lat)):
        raise InputError(f"There is no mesh cell for lon {lon}, lat {lat}.")
    x = floor((lon - _WEST + _TOLERANCE_DEGREES) * _LON_PER_DEGREE)
    y = floor((lat + _TOLERANCE_DEGREES) * _LAT_PER_DEGREE)
    return _encode(x, y, level, lon, lat)


def mesh_codes(lon: npt.ArrayLike, lat: npt.ArrayLike, level: int) -> npt.NDArray[np.int64]:
    """The codes of many points at once, as integers (no code begins with a zero inside Japan).

    Parameters
    ----------
    lon, lat:
        Arrays of one shape, degrees, JGD2011.

    Raises
    ------
    InputError
        As ``mesh_code``, if any point cannot be coded.
    """
    _require_level(level)
    lons = np.asarray(lon, dtype=np.float64)
    lats = np.asarray(lat, dtype=np.float64)
    if lons.shape != lats.shape:
        raise InputError(f"lon has the shape {lons.shape}, lat {lats.shape}.")
    if not (np.isfinite(lons).all() and np.isfinite(lats).all()):
        raise InputError("There is no mesh cell for a coordinate that is not a number.")
    x = np.floor((lons - _WEST + _TOLERANCE_DEGREES) * _LON_PER_DEGREE).astype(np.int64)
    y = np.floor((lats + _TOLERANCE_DEGREES) * _LAT_PER_DEGREE).astype(np.int64)
    if ((x < 0) | (x >= 80 * 640) | (y < 0) | (y >= 100 * 640)).any():
        raise InputError("A coordinate lies outside the area that JIS X 0410 codes (lon 100-180, lat 0-66.67).")
    codes = (y // 640) * 100 + x // 640
    if level >= 2:
        codes = codes * 100 + (y % 640 // 80) * 10 + x % 640 // 80
    if level >= 3:
        codes = codes * 100 + (y % 80 // 8) * 10 + x % 80 // 8
    for size in _SUBDIVISIONS[: max(0, level - 3)]:
        codes = codes * 10 + 2 * (y // size % 2) + x // size % 2 + 1
    return np.asarray(codes, dtype=np.int64)


def mesh_level(code: str | int) -> int:
    """The level of a code; raises ``InputError`` if it is none (a wrong length or an impossible digit)."""
    text = str(code)
    level = _LEVEL_OF_DIGITS.get(len(text))
    if level is None or not _PATTERN.fullmatch(text):
        raise InputError(f"{text!r} is not a JIS X 0410 mesh code of level 1-6.")
    return level


def mesh_bounds(code: str | int) -> tuple[float, float, float, float]:
    """West, south, east, north of a cell in degrees, JGD2011; raises ``InputError`` if the code is none.

    >>> mesh_bounds("5235028732")
    (135.340625, 34.7375, 135.34375, 34.739583333333336)
    """
    x, y, size = _decode(code)
    return (
        _WEST + x / _LON_PER_DEGREE,
        y / _LAT_PER_DEGREE,
        _WEST + (x + size) / _LON_PER_DEGREE,
        (y + size) / _LAT_PER_DEGREE,
    )


def mesh_place(code: str | int) -> tuple[int, int]:
    """Column and row of a cell among those of its level, counted eastwards from 100 degrees E and northwards from 0.

    >>> mesh_place("5235028732"), mesh_place("5235028734")
    ((11309, 16674), (11309, 16675))
    """
    x, y, size = _decode(code)
    return x // size, y // size


def mesh_children(code: str | int, level: int) -> list[str]:
    """The cells of a finer (or the same) ``level`` that a cell is made of; ``InputError`` if it is coarser."""
    x, y, size = _decode(code)
    _require_level(level)
    part = _UNITS[level]
    if part > size:
        raise InputError(f"{code} is of level {mesh_level(code)}: it has no cells of level {level}.")
    return [
        _encode(column, row, level, 0.0, 0.0) for row in range(y, y + size, part) for column in range(x, x + size, part)
    ]


def mesh_polygon(code: str | int) -> Polygon:
    """The cell as a polygon, EPSG:6668, x = longitude; raises ``InputError`` if the code is none."""
    return box(*mesh_bounds(code))


def mesh_cells(bounds: tuple[float, float, float, float], level: int) -> Iterator[str]:
    """The codes of all cells that share an area with west, south, east, north (degrees), south to north.

    Raises
    ------
    InputError
        If the bounds are not ordered, not finite or cannot be coded.
    """
    _require_level(level)
    west, south, east, north = bounds
    if not (west <= east and south <= north and all(isfinite(value) for value in bounds)):
        raise InputError(f"The bounds {bounds} are not west, south, east, north.")
    size = _UNITS[level]
    first_x = floor((west - _WEST + _TOLERANCE_DEGREES) * _LON_PER_DEGREE) // size
    first_y = floor((south + _TOLERANCE_DEGREES) * _LAT_PER_DEGREE) // size
    # The eastern and northern borders belong to the next cells, so a border there does not reach into them.
    last_x = max(first_x, _last_unit((east - _WEST) * _LON_PER_DEGREE) // size)
    last_y = max(first_y, _last_unit(north * _LAT_PER_DEGREE) // size)
    for y in range(first_y, last_y + 1):
        for x in range(first_x, last_x + 1):
            yield _encode(x * size, y * size, level, west, south)


def _last_unit(value: float) -> int:
    tolerance = _TOLERANCE_DEGREES * _LAT_PER_DEGREE
    return -floor(-(value - tolerance)) - 1


def _require_level(level: int) -> None:
    if level not in _UNITS:
        raise InputError(f"Mesh level {level} is not one of 1-6.")


def _encode(x: int, y: int, level: int, lon: float, lat: float) -> str:
    first_x, x = divmod(x, 640)
    first_y, y = divmod(y, 640)
    if not (0 <= first_x < 80 and 0 <= first_y < 100):
        raise InputError(f"lon {lon}, lat {lat} lies outside the area that JIS X 0410 codes.")
    code = f"{first_y:02d}{first_x:02d}"
    if level >= 2:
        code += f"{y // 80}{x // 80}"
    if level >= 3:
        code += f"{y % 80 // 8}{x % 80 // 8}"
    for size in _SUBDIVISIONS[: max(0, level - 3)]:
        code += str(2 * (y // size % 2) + x // size % 2 + 1)
    return code


def _decode(code: str | int) -> tuple[int, int, int]:
    """South-western corner and size of a cell, in units."""
    level = mesh_level(code)
    text = str(code)
    y, x = int(text[:2]) * 640, int(text[2:4]) * 640
    if level >= 2:
        y, x = y + int(text[4]) * 80, x + int(text[5]) * 80
    if level >= 3:
        y, x = y + int(text[6]) * 8, x + int(text[7]) * 8
    for digit, size in zip(text[8:], _SUBDIVISIONS, strict=False):
        y, x = y + (int(digit) - 1) // 2 * size, x + (int(digit) - 1) % 2 * size
    return x, y, _UNITS[level]

"""Terrain as pictures and as numbers in pictures: shading, tints by height, and heights encoded as colours.

All arrays have row 0 in the north and are in metres; a height that is not known is NaN.
"""

from collections.abc import Sequence
from math import cos, radians, sin
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.errors import InputError

Heights = npt.NDArray[np.floating[Any]]
"""Of single or double precision; answers have that of what was given."""
Pixels = npt.NDArray[np.uint8]

LIGHT_AZIMUTH_DEG = 315.0
"""Light from the north-west: the convention of relief maps, and the default of ``gdaldem hillshade``."""
LIGHT_ALTITUDE_DEG = 45.0


def hillshade(
    heights: Heights,
    size_x_m: npt.ArrayLike,
    size_y_m: npt.ArrayLike,
    *,
    azimuth_deg: float = LIGHT_AZIMUTH_DEG,
    altitude_deg: float = LIGHT_ALTITUDE_DEG,
) -> Heights:
    """Share of the light (0-1) that each cell catches.

    The slope is that of Horn (1981), Hill shading and the reflectance map, Proceedings of the IEEE 69(1), 14-47,
    doi:10.1109/PROC.1981.11918: differences over the eight neighbours with the weights 1, 2, 1.  The light falls on a
    Lambertian surface.

    Parameters
    ----------
    heights:
        Shape ``(rows + 2, columns + 2)``: one cell more on every side than is answered.
    size_x_m, size_y_m:
        Size of a cell on the ground; scalars, or one value for each answered row.

    Returns
    -------
    Shape ``(rows, columns)``; NaN where the height is.  A neighbour whose height is not known counts as level with
    the cell.
    """
    rows, columns = heights.shape[0] - 2, heights.shape[1] - 2
    if rows < 1 or columns < 1:
        raise InputError("Shading needs a cell more on every side.")
    centre = heights[1:-1, 1:-1]
    gap = bool(np.isnan(heights).any())

    def neighbour(down: int, right: int) -> Heights:
        found = heights[1 + down : 1 + down + rows, 1 + right : 1 + right + columns]
        return np.where(np.isnan(found), centre, found) if gap else found

    north_west, north, north_east = neighbour(-1, -1), neighbour(-1, 0), neighbour(-1, 1)
    south_west, south, south_east = neighbour(1, -1), neighbour(1, 0), neighbour(1, 1)
    west, east = neighbour(0, -1), neighbour(0, 1)
    eastward = (north_east + 2 * east + south_east) - (north_west + 2 * west + south_west)
    northward = (north_west + 2 * north + north_east) - (south_west + 2 * south + south_east)
    rise_east = eastward * _reciprocal(size_x_m, heights)
    rise_north = northward * _reciprocal(size_y_m, heights)
    azimuth, altitude = radians(azimuth_deg), radians(altitude_deg)
    towards_light = rise_east * (cos(altitude) * sin(azimuth)) + rise_north * (cos(altitude) * cos(azimuth))
    light = (sin(altitude) - towards_light) / np.sqrt(1 + rise_east * rise_east + rise_north * rise_north)
    shade: Heights = np.clip(light, 0, 1)
    if gap:
        shade[np.isnan(centre)] = np.nan  # which the differences of its neighbours do not see
    return shade


def _reciprocal(size_m: npt.ArrayLike, heights: Heights) -> Heights:
    """1 / (8 cells), for each row where the size is."""
    size = np.asarray(size_m, dtype=np.float64)
    return np.asarray(1 / (8 * (size[:, np.newaxis] if size.ndim else size)), dtype=heights.dtype)


class Tints:
    """Colours by height, linear between stops; beyond the first and last stop their colour."""

    _STEPS = 4096

    def __init__(self, stops: Sequence[tuple[float, str]]) -> None:
        """``stops``: height in metres, ascending, and colour ``#rrggbb``; two of one height make a sharp edge."""
        heights = [height for height, _ in stops]
        if len(stops) < 2 or heights != sorted(heights):
            raise InputError("Tints need two stops or more, in ascending order.")
        colours = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for _, colour in stops], dtype=float)
        self._low, high = heights[0], heights[-1]
        self._per_m = (self._STEPS - 1) / (high - self._low)
        levels = np.linspace(self._low, high, self._STEPS)
        bands = [np.interp(levels, heights, colours[:, band]) for band in range(3)]
        self._table = np.stack(bands, axis=-1).astype(np.float32)

    def __call__(self, heights: Heights) -> npt.NDArray[np.float32]:
        """Red, green and blue, 0-255, in one more dimension; of an unknown height those of the lowest stop."""
        level = (heights - self._low) * self._per_m
        level = np.fmin(np.fmax(level, 0), self._STEPS - 1)  # of NaN the other
        found: npt.NDArray[np.float32] = self._table[(level + 0.5).astype(np.int32)]
        return found


_MAPBOX_BASE_M = -10_000.0
_MAPBOX_STEP_M = 0.1
_GSI_STEP_M = 0.01
_GSI_MISSING = 1 << 23  # (128, 0, 0)
_LEVELS = 1 << 24


def mapbox_terrain_rgb(heights: Heights) -> Pixels:
    """Heights as the colours of Mapbox Terrain-RGB, exact to 0.05 m: ``-10000 + (R 65536 + G 256 + B) 0.1``.

    The encoding (Mapbox Terrain-RGB v1, the ``mapbox`` encoding of MapLibre) has no value for an unknown height: such a
    cell is at 0 m.  Raises ``InputError`` for a height it cannot hold (below -10,000 m, above 1,667,721.5 m).
    """
    level = np.rint((np.nan_to_num(heights, nan=0.0, posinf=np.inf, neginf=-np.inf) - _MAPBOX_BASE_M) / _MAPBOX_STEP_M)
    if level.size and (level.min() < 0 or level.max() >= _LEVELS):
        raise InputError("A height lies outside of what Terrain-RGB can hold.")
    return _bytes_of(level.astype(np.uint32))


def gsi_dem_png(heights: Heights) -> Pixels:
    """Heights as the colours of GSI's elevation tiles, exact to 0.005 m; an unknown height is (128, 0, 0).

    標高タイルの詳細仕様 (GSI): ``x = R 65536 + G 256 + B``, height ``0.01 x`` below 2^23 and ``0.01 (x - 2^24)`` above.
    Raises ``InputError`` for a height beyond +-83,886.07 m.
    """
    level = np.rint(np.nan_to_num(heights, nan=0.0, posinf=np.inf, neginf=-np.inf) / _GSI_STEP_M)
    if level.size and np.abs(level).max() >= _GSI_MISSING:
        raise InputError("A height lies outside of what an elevation tile can hold.")
    wrapped = np.where(np.isnan(heights), _GSI_MISSING, level % _LEVELS)
    return _bytes_of(wrapped.astype(np.uint32))


def _bytes_of(level: npt.NDArray[np.uint32]) -> Pixels:
    return np.stack([level >> 16 & 255, level >> 8 & 255, level & 255], axis=-1).astype(np.uint8)

"""The ground of the sample city: a plain at the sea, a ridge of 900 m, a valley of 150-250 m behind it.

Heights are a sum of a few smooth shapes and waves of random direction, cut by the rivers' valleys, computed once on
a grid of 30 m and interpolated from it everywhere else.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike

from services.ingest.sample.boundary import Boundary
from services.ingest.sample.plane import Flags, Floats, path, to_plane
from services.ingest.sample.rivers import River

CELL_M = 30.0
_MARGIN_M = 240.0
ISLAND_HEIGHT_M = 3.6

# Northern edge of the plain, and the shore, as longitude and latitude from west to east.
_FOOT = ((135.22, 34.7560), (135.3050, 34.7620), (135.3200, 34.7665), (135.3400, 34.7720), (135.3560, 34.7765),
         (135.3750, 34.7720), (135.40, 34.7700))  # fmt: skip
_SHORE = ((135.22, 34.7190), (135.3320, 34.7205), (135.3430, 34.7178), (135.3535, 34.7140), (135.3570, 34.7078),
          (135.3655, 34.7068), (135.3700, 34.7012), (135.3785, 34.6960), (135.40, 34.6990))  # fmt: skip

# Mountains: longitude, latitude, height over their surroundings, half-widths east-west and north-south in metres.
_MOUNTAINS = (
    (135.2860, 34.7990, 430.0, 1300.0, 850.0),
    (135.2680, 34.8060, 380.0, 1600.0, 620.0),
    (135.3040, 34.7900, 230.0, 1200.0, 850.0),
    (135.3220, 34.7970, 250.0, 1300.0, 900.0),
    (135.3190, 34.7790, 235.0, 380.0, 380.0),
    (135.3330, 34.8080, 190.0, 700.0, 900.0),
    (135.3080, 34.8080, 210.0, 1300.0, 600.0),
    (135.2380, 34.8280, 130.0, 350.0, 900.0),
    (135.2680, 34.8400, 170.0, 800.0, 900.0),
    (135.3030, 34.8340, 110.0, 900.0, 420.0),
)


@dataclass(frozen=True)
class Terrain:
    """Heights in metres on a grid of ``CELL_M``; row 0 is the south, ``x0`` and ``y0`` the centre of cell (0, 0).

    ``land`` tells which cells lie in the city; heights are also known a little outside of it, and NaN beyond.
    ``river_distance_m`` and ``river_bed_m`` hold, for each river, the distance to its centre line and the height of
    its bed at the nearest place.
    """

    x0: float
    y0: float
    height: Floats
    land: Flags
    river_distance_m: Floats
    river_bed_m: Floats

    def centres(self) -> tuple[Floats, Floats]:
        """Eastings and northings of all cells, each of the grid's shape."""
        rows, columns = self.height.shape
        x, y = np.meshgrid(self.x0 + CELL_M * np.arange(columns), self.y0 + CELL_M * np.arange(rows))
        return x, y

    def at(self, x: ArrayLike, y: ArrayLike, grid: Floats | None = None) -> Floats:
        """Bilinear value of ``grid`` (default: the height) at positions in the plane; NaN outside."""
        values = self.height if grid is None else grid
        rows, columns = values.shape
        column = (np.asarray(x, float) - self.x0) / CELL_M
        row = (np.asarray(y, float) - self.y0) / CELL_M
        outside = (column < 0) | (row < 0) | (column > columns - 1) | (row > rows - 1)
        left = np.clip(np.floor(column).astype(int), 0, columns - 2)
        low = np.clip(np.floor(row).astype(int), 0, rows - 2)
        u, v = column - left, row - low
        bottom = values[low, left] * (1 - u) + values[low, left + 1] * u
        top = values[low + 1, left] * (1 - u) + values[low + 1, left + 1] * u
        return np.where(outside, np.nan, bottom * (1 - v) + top * v)

    def gradient(self) -> tuple[Floats, Floats]:
        """Rise per metre to the east and to the north, on the grid."""
        north, east = np.gradient(self.height, CELL_M)
        return np.asarray(east), np.asarray(north)

    def slope(self) -> Floats:
        """Steepest rise per metre (the tangent of the slope), on the grid."""
        east, north = self.gradient()
        return np.hypot(east, north)


def waves(x: Floats, y: Floats, wavelengths_m: ArrayLike, random: np.random.Generator, each: int = 7) -> Floats:
    """Smooth noise of about unit amplitude: for every wavelength some waves of random direction and phase."""
    total = np.zeros(np.shape(x))
    wavelengths = np.asarray(wavelengths_m, float)
    weight = wavelengths / wavelengths.max()
    for wavelength, share in zip(wavelengths, weight, strict=True):
        for angle, phase in random.uniform(0, 2 * np.pi, (each, 2)):
            total += share * np.cos(2 * np.pi / wavelength * (x * np.cos(angle) + y * np.sin(angle)) + phase)
    return np.asarray(total / np.sqrt(each / 2 * np.sum(weight**2)) / 1.6)


def raise_ground(boundary: Boundary, rivers: tuple[River, ...], random: np.random.Generator) -> Terrain:
    """The terrain under the given outline, cut by the given rivers."""
    west, south, east, north = boundary.land.bounds
    x0, y0 = west - _MARGIN_M, south - _MARGIN_M
    columns = int((east - west + 2 * _MARGIN_M) / CELL_M) + 1
    rows = int((north - south + 2 * _MARGIN_M) / CELL_M) + 1
    x, y = np.meshgrid(x0 + CELL_M * np.arange(columns), y0 + CELL_M * np.arange(rows))
    wide = boundary.land.buffer(_MARGIN_M)
    shapely.prepare(wide)
    shapely.prepare(boundary.land)
    known = shapely.contains_xy(wide, x, y)
    height = _uncut(x, y, random)
    distance = np.full((len(rivers), rows, columns), np.inf)
    bed = np.full((len(rivers), rows, columns), np.nan)
    points = shapely.points(x[known], y[known])
    for index, river in enumerate(rivers):
        course = shapely.simplify(river.line, 4.0)
        distance[index][known] = shapely.distance(course, points)
        along = shapely.line_locate_point(course, points)
        vertices = river.points
        uncut = _sample(height, x0, y0, vertices)
        # Water runs downhill: the bed is the lowest ground so far.
        profile = np.minimum.accumulate(uncut) - np.where(uncut > 60.0, 8.0, 1.5)
        stations = shapely.line_locate_point(course, shapely.points(vertices))
        bed[index][known] = np.interp(along, stations, profile)
    spurs = 1.0 + 0.22 * waves(x, y, (1700.0, 900.0), random)
    for index, river in enumerate(rivers):
        aside = np.maximum(0.0, distance[index] - river.bank_m) * spurs
        valley = bed[index] + 1.5 + 0.03 * aside + (aside / 62.0) ** 2
        height = np.where(known, np.minimum(height, np.where(np.isfinite(valley), valley, np.inf)), height)
        height = np.where(distance[index] < river.bank_m, np.minimum(height, bed[index]), height)
    for island in boundary.islands:
        on_island = shapely.contains_xy(island.buffer(_MARGIN_M / 2), x, y)
        height = np.where(on_island, ISLAND_HEIGHT_M + 0.4 * np.sin(x / 160.0) * np.cos(y / 210.0), height)
    land = shapely.contains_xy(boundary.land, x, y)
    return Terrain(x0, y0, np.where(known, height, np.nan), land, distance, bed)


def _uncut(x: Floats, y: Floats, random: np.random.Generator) -> Floats:
    """Heights before the rivers cut in."""
    foot, shore = path(_FOOT), path(_SHORE)
    beyond_foot = y - np.interp(x, foot[:, 0], foot[:, 1])
    from_shore = np.maximum(0.0, y - np.interp(x, shore[:, 0], shore[:, 1]))
    plain = 0.9 + 21.0 * (np.minimum(from_shore, 6500.0) / 6000.0) ** 1.5
    rise = np.clip(beyond_foot / 4200.0, 0.0, 1.0)
    plateau = 165.0 * rise * rise * (3.0 - 2.0 * rise)
    mountains = np.zeros(np.shape(x))
    for longitude, latitude, peak, half_x, half_y in _MOUNTAINS:
        at_x, at_y = to_plane(longitude, latitude)
        mountains += peak * np.exp(-0.5 * (((x - at_x) / half_x) ** 2 + ((y - at_y) / half_y) ** 2))
    rough = np.clip((beyond_foot - 200.0) / 1500.0, 0.0, 1.0)
    relief = waves(x, y, (1900.0, 950.0, 520.0, 330.0), random)
    broad = waves(x, y, (2600.0, 1400.0), random)
    hills = rough * (22.0 + 0.22 * np.minimum(mountains, 380.0)) * relief
    return np.maximum(0.4, plain + plateau + mountains + hills + 0.5 * broad * np.clip(from_shore / 1500.0, 0, 1))


def _sample(height: Floats, x0: float, y0: float, points: Floats) -> Floats:
    column = np.rint((points[:, 0] - x0) / CELL_M).astype(int)
    row = np.rint((points[:, 1] - y0) / CELL_M).astype(int)
    return np.asarray(height[np.clip(row, 0, height.shape[0] - 1), np.clip(column, 0, height.shape[1] - 1)])

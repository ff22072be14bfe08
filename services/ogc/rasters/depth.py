"""Depths: what the zones of a hazard layer say, burnt into cells; three states, the worst of what touches a cell.

A cell is *inside* where a zone reaches into it, *outside* where none does and its middle lies in the city, for which
zones were published, else *unknown*.  Outside never means safe.
"""

from collections.abc import Sequence
from math import nan

import numpy as np
import numpy.typing as npt
import shapely

from geo import burning
from geo.crs import STORAGE, is_geographic, transform_geometry
from geo.grid import Grid, aligned, bounds_in
from layers.model import Text
from services.ogc.errors import ResourceError
from services.ogc.rasters.cells import Band, Category, FloatGrid, Reader
from services.ogc.rasters.zones import Zone, studied, zones
from services.ogc.source import Source

UNKNOWN, OUTSIDE, INSIDE = 0, 1, 2
CELL_DEG = 0.2 / 3600
"""0.2 seconds, the cell of GSI's 5 m elevation models (基盤地図情報 DEM5A), of which a 1 km mesh has 150 x 225."""
CELL_M = 5.0

UPPER = Band(
    "depth_upper_m",
    Text("浸水深の上限", "Depth, upper bound"),
    Text(
        "区分の上限（この値を含まない）。安全の判断にはこの値を使う。上限のない区分は無限大。不明な深さと区域外には値がない。",
        "Upper bound of the class, exclusive; decisions on safety use it. Infinite where the class has no limit; "
        "absent where the depth is unknown and outside of the zones.",
    ),
    unit="m",
)
LOWER = Band(
    "depth_lower_m",
    Text("浸水深の下限", "Depth, lower bound"),
    Text("区分の下限（この値を含む）。", "Lower bound of the class, inclusive."),
    unit="m",
)
STATE = Band(
    "state",
    Text("想定区域の内外", "Inside or outside of the zones"),
    Text(
        "0は不明、1は区域外、2は区域内。区域外は安全を意味しない。",
        "0 unknown, 1 outside, 2 inside; outside does not mean safe.",
    ),
    categories=(
        Category(UNKNOWN, "unknown", Text("不明（想定のデータがない）", "Unknown: there is no data here")),
        Category(
            OUTSIDE,
            "outside",
            Text("区域外（安全を意味しない）", "Outside of the published zones, which does not mean safe"),
        ),
        Category(INSIDE, "inside", Text("区域内", "Inside of a published zone")),
    ),
)


class DepthCells:
    """The zones of one layer; ``chosen`` is the value of its ``Style.one_of`` field, where it has one."""

    epsg = crs = STORAGE

    def __init__(self, source: Source, chosen: str | None) -> None:
        self.source = source
        self.chosen = chosen
        self.classes = _classes(source)
        self.bands: Sequence[Band] = (UPPER, LOWER, self.classes, STATE)

    def whole(self, crs: int) -> Grid:
        """Cells of 0.2 seconds or 5 m, aligned to the origin of the system, over all zones of the layer."""
        if self.source.bounds is None:
            raise ResourceError(Text("データがありません。", "There is no data."))
        size = CELL_DEG if is_geographic(crs) else CELL_M
        return aligned(crs, bounds_in(self.source.bounds, STORAGE, crs), (size, size))

    def open(self, grid: Grid, bands: Sequence[Band]) -> Reader:
        burn = self.burner(grid)

        def read(part: Grid) -> list[FloatGrid]:
            state, index, kinds = burn(part)
            tables = {band.name: self._table(band, kinds) for band in bands if band is not STATE}
            found = []
            for band in bands:
                values = state.astype(np.float32) if band is STATE else tables[band.name][index]
                found.append(np.ma.masked_array(np.nan_to_num(values, nan=0.0, posinf=np.inf), mask=np.isnan(values)))
            return found

        return read

    def burner(self, grid: Grid, *, detail: float | None = None) -> "Burner":
        """What burns parts of ``grid``; ``detail`` as for ``zones``."""
        return Burner(self, grid, detail)

    def _table(self, band: Band, kinds: Sequence[Zone]) -> npt.NDArray[np.float32]:
        """The value of a band for each kind of zone; first of no zone."""
        numbers = {category.code: float(category.number) for category in self.classes.categories}
        values = [nan]
        for zone in kinds:
            value = {
                UPPER.name: zone.upper_m,
                LOWER.name: zone.lower_m,
                self.classes.name: numbers.get(str(zone.hazard_class)),
            }[band.name]
            values.append(nan if value is None else value)
        return np.array(values, dtype=np.float32)


class Burner:
    """Burns the zones around a grid into parts of it."""

    def __init__(self, cells: DepthCells, grid: Grid, detail: float | None) -> None:
        found = zones(cells.source, grid, cells.chosen, detail=detail)
        self._kinds = tuple(found)
        self._polygons = tuple(found.values())
        territory = studied(cells.source, cells.chosen)
        self._territory = None if territory is None else transform_geometry(territory, STORAGE, grid.crs)

    def __call__(self, part: Grid) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.intp], tuple[Zone, ...]]:
        """State and kind of each cell, and the kinds; kind n is ``kinds[n - 1]``, 0 is no zone."""
        index = np.zeros((part.height, part.width), dtype=np.intp)
        for number, polygons in enumerate(self._polygons, 1):
            near = polygons[_reaches(polygons, part)]
            if near.size:
                index[burning.touched(near, part)] = number
        state = np.full(index.shape, UNKNOWN, dtype=np.uint8)
        if self._territory is not None:
            state[burning.centred(np.array([self._territory], dtype=object), part)] = OUTSIDE
        state[index > 0] = INSIDE
        return state, index, self._kinds


def _reaches(polygons: npt.NDArray[np.object_], part: Grid) -> npt.NDArray[np.bool_]:
    bounds = shapely.bounds(polygons)
    left, bottom, right, top = part.bounds
    reaches: npt.NDArray[np.bool_] = (
        (bounds[:, 0] <= right) & (bounds[:, 2] >= left) & (bounds[:, 1] <= top) & (bounds[:, 3] >= bottom)
    )
    return reaches


def _classes(source: Source) -> Band:
    field = source.layer.by_name["hazard_class"]
    codes = field.codes.codes if field.codes is not None else ()
    return Band(
        field.name,
        field.title,
        Text("公表された区分。値のない所は区分が不明か区域外。", "Class as published; absent: unknown, or outside."),
        categories=tuple(Category(number, str(code.value), code.title) for number, code in enumerate(codes, 1)),
    )

"""Heights: the cells as they were published, or computed from them where another grid is asked for."""

from collections.abc import Sequence
from functools import cached_property
from math import ceil, floor

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.windows import Window

from geo.grid import Grid, aligned, bounds_in, cell_size_in
from geo.resampling import Kernel, Positions, positions, sample
from layers.model import Text
from services.ogc.errors import ResourceError
from services.ogc.rasters.cells import Band, FloatGrid, Reader
from services.ogc.rasters.library import gdal
from services.ogc.rasters.stored import StoredGrid, readable, stored_grids
from services.ogc.source import Source

ELEVATION = Band(
    "elevation",
    Text("標高", "Elevation"),
    Text(
        "標高。値のない所は不明。表層モデルの値は建物や樹木の高さを含む。",
        "Height above sea level; absent: unknown. Values of a surface model include buildings and trees.",
    ),
    unit="m",
)
_REACH = 2  # cells around a window that the widest kernel looks at
_SAME = 1e-6  # of a cell


class ElevationCells:
    """The heights of a raster layer.  Where files overlap, the finer one counts, cell by cell."""

    bands: Sequence[Band] = (ELEVATION,)

    def __init__(self, source: Source) -> None:
        self.source = source

    @cached_property
    def stored(self) -> tuple[StoredGrid, ...]:
        found = stored_grids(self.source)
        if not found:
            raise ResourceError(Text("データがありません。", "There is no data."))
        return found

    @property
    def epsg(self) -> int:
        return self.stored[0].epsg

    @property
    def crs(self) -> int:
        return self.stored[0].grid.crs

    def whole(self, crs: int) -> Grid:
        """The grid of the first file, stretched over all; in another system with cells of the same size."""
        first = self.stored[0].grid
        boxes = [bounds_in(each.grid.bounds, each.grid.crs, first.crs) for each in self.stored]
        around = (
            min(box[0] for box in boxes),
            min(box[1] for box in boxes),
            max(box[2] for box in boxes),
            max(box[3] for box in boxes),
        )
        native = aligned(first.crs, around, first.resolution, (first.bounds[0], first.bounds[3]))
        if crs == first.crs:
            return native
        box = bounds_in(native.bounds, first.crs, crs)
        return aligned(crs, box, cell_size_in(native, crs), (box[0], box[3]))

    def open(self, grid: Grid, bands: Sequence[Band]) -> Reader:  # noqa: ARG002 - there is one band
        def read(part: Grid) -> list[FloatGrid]:
            values, present = self.heights(part, Kernel.BILINEAR)
            return [np.ma.masked_array(values.astype(np.float32), mask=~present)]

        return read

    def heights(self, grid: Grid, kernel: Kernel) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """Heights in metres and whether they are known, of shape ``(height, width)``.

        Cells that coincide with those of a file are its cells, whatever the kernel.
        """
        values = np.zeros((grid.height, grid.width))
        present = np.zeros(values.shape, dtype=bool)
        for stored in self.stored:
            with readable(self.source):
                found, known = _read(stored, grid, kernel)
            fresh = known & ~present
            values[fresh] = found[fresh]
            present |= known
            if present.all():
                break
        return values, present


def _read(stored: StoredGrid, grid: Grid, kernel: Kernel) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    factor, level = _overview(stored, grid)
    source = stored.grid.resized(ceil(stored.grid.width / factor), ceil(stored.grid.height / factor))
    at = positions(grid, source)
    window = _window(at, source)
    if window is None:
        nothing = np.zeros((grid.height, grid.width))
        return nothing, nothing > 0
    options = {} if level is None else {"overview_level": level}
    with gdal(), rasterio.open(stored.path, **options) as file:
        cells = file.read(1, window=window)
        nodata = file.nodata
    known = np.isfinite(cells) if cells.dtype.kind == "f" else np.ones(cells.shape, dtype=bool)
    if nodata is not None:
        known &= cells != nodata
    at = at.moved(window.col_off, window.row_off)
    if _coincide(at):
        kernel = Kernel.NEAREST
    return sample(np.where(known, cells, 0).astype(np.float64), known, at, kernel)


def _overview(stored: StoredGrid, grid: Grid) -> tuple[int, int | None]:
    """Factor and number of the coarsest copy that is not coarser than ``grid``; the file itself has no number.

    It follows from the size of the cells alone, not from where the grid lies, so that neighbours use the same.
    """
    asked = cell_size_in(Grid(grid.crs, _around(stored.grid, grid), 1, 1), stored.grid.crs)
    own = stored.grid.resolution
    ratio = min(asked[0] / own[0], asked[1] / own[1]) * (1 + _SAME)
    fitting = [(factor, level) for level, factor in enumerate(stored.overviews) if factor <= ratio]
    return fitting[-1] if fitting else (1, None)


def _around(stored: Grid, grid: Grid) -> tuple[float, float, float, float]:
    """One cell of the size of ``grid``'s in the middle of the file."""
    left, bottom, right, top = bounds_in(stored.bounds, stored.crs, grid.crs)
    x, y = (left + right) / 2, (bottom + top) / 2
    size_x, size_y = grid.resolution
    return x, y, x + size_x, y + size_y


def _window(at: Positions, source: Grid) -> Window | None:
    """The cells that are looked at; None where the file is not reached."""
    if not (np.isfinite(at.columns).all() and np.isfinite(at.rows).all()):
        return None
    first_column = max(0, floor(at.columns.min()) - _REACH)
    first_row = max(0, floor(at.rows.min()) - _REACH)
    last_column = min(source.width, ceil(at.columns.max()) + _REACH + 1)
    last_row = min(source.height, ceil(at.rows.max()) + _REACH + 1)
    if first_column >= last_column or first_row >= last_row:
        return None
    return Window(first_column, first_row, last_column - first_column, last_row - first_row)


def _coincide(at: Positions) -> bool:
    return at.apart and all(bool((np.abs(each - np.rint(each)) < _SAME).all()) for each in (at.columns, at.rows))

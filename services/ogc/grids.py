"""The grids behind a raster layer: where they are, and windows of them in any reference system."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from psycopg import sql
from rasterio.enums import Resampling
from rasterio.transform import from_bounds
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform_bounds

from geo.errors import StoreError
from services.database.failures import store_errors
from services.ogc.source import Source

Bounds = tuple[float, float, float, float]
FloatGrid = np.ma.MaskedArray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, slots=True)
class Grid:
    """A regular grid: EPSG code, left, bottom, right, top in its units, and its number of cells."""

    crs: int
    bounds: Bounds
    width: int
    height: int

    @property
    def resolution(self) -> tuple[float, float]:
        left, bottom, right, top = self.bounds
        return (right - left) / self.width, (top - bottom) / self.height


def grid_files(source: Source) -> list[Path]:
    """The files of the layer's rows, in the order of their ids.

    Raises
    ------
    StoreError
        If a file that the database knows is not on this machine's disk.
    """
    query = sql.SQL("SELECT file_sha256 FROM {} ORDER BY id").format(source.relation)
    with store_errors(), source.pool.connection() as connection:
        rows = connection.execute(query).fetchall()
    files = [source.rasters / f"{sha256}.tif" for (sha256,) in rows]
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        raise StoreError(
            f"The grid of {source.layer.id} is not on this machine ({len(missing)} of {len(files)} files).",
            fix="Restart `ngis serve`: it writes them again from the database.",
        )
    return files


def native_grid(files: Sequence[Path]) -> Grid:
    """The grid of the first file, stretched over the bounds of all."""
    boxes: list[Bounds] = []
    with rasterio.open(files[0]) as first:
        crs, (size_x, size_y) = first.crs, first.res
        left, top = first.bounds.left, first.bounds.top
    for file in files:
        with rasterio.open(file) as dataset:
            same = dataset.crs == crs
            boxes.append(tuple(dataset.bounds) if same else transform_bounds(dataset.crs, crs, *dataset.bounds))
    whole = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    return _aligned(crs.to_epsg(), whole, (left, top), (size_x, size_y))


def clip(grid: Grid, lonlat: Bounds) -> Grid | None:
    """The part of a grid whose cells touch a box in degrees; None where none does."""
    box = transform_bounds(6668, grid.crs, *lonlat, densify_pts=21)
    left, bottom, right, top = grid.bounds
    inner = (max(left, box[0]), max(bottom, box[1]), min(right, box[2]), min(top, box[3]))
    if inner[0] >= inner[2] or inner[1] >= inner[3]:
        return None
    return _aligned(grid.crs, inner, (left, top), grid.resolution)


def read(files: Sequence[Path], grid: Grid, resampling: Resampling) -> FloatGrid:
    """The values on a grid, shape ``(height, width)``, north first; masked where no file has data."""
    transform = from_bounds(*grid.bounds, grid.width, grid.height)
    found: FloatGrid = np.ma.masked_all((grid.height, grid.width), dtype=np.float32)
    for file in files:
        with (
            rasterio.open(file) as dataset,
            WarpedVRT(
                dataset,
                crs=grid.crs,
                transform=transform,
                width=grid.width,
                height=grid.height,
                resampling=resampling,
                dtype="float32",
                nodata=dataset.nodata if dataset.nodata is not None else -9999.0,
            ) as warped,
        ):
            values = np.ma.masked_invalid(warped.read(1, masked=True))
        present: NDArray[np.bool_] = ~np.ma.getmaskarray(values)
        found[present] = values[present]
    return found


def _aligned(crs: int, box: Bounds, origin: tuple[float, float], size: tuple[float, float]) -> Grid:
    """The grid of ``size`` cells through ``origin`` (its upper left corner) that covers ``box``."""
    slack = 1e-6  # of a cell: what floating point adds at an edge is no further cell
    first_x = int(np.floor((box[0] - origin[0]) / size[0] + slack))
    last_x = int(np.ceil((box[2] - origin[0]) / size[0] - slack))
    first_y = int(np.floor((origin[1] - box[3]) / size[1] + slack))
    last_y = int(np.ceil((origin[1] - box[1]) / size[1] - slack))
    bounds = (
        origin[0] + first_x * size[0],
        origin[1] - last_y * size[1],
        origin[0] + last_x * size[0],
        origin[1] - first_y * size[1],
    )
    return Grid(crs, bounds, max(1, last_x - first_x), max(1, last_y - first_y))

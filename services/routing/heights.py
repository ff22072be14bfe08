"""Heights of the ground under the roads: read once, when a network is built."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import rasterio
from psycopg import sql
from rasterio.errors import RasterioError
from rasterio.windows import Window

from geo.crs import STORAGE, transform_xy
from geo.grid import bounds_in
from geo.resampling import Kernel, Positions, sample
from geo.routing.graph import FloatArray, Int64Array
from layers import elevation
from services.database.failures import store_errors
from services.database.revisions import Schema
from services.ogc.rasters.library import gdal
from services.ogc.rasters.stored import StoredGrid, by_precedence, opened

logger = logging.getLogger(__name__)

Connection = psycopg.Connection[tuple[Any, ...]]

_BLOCK = 512  # rows that are read at once
_REACH = 2  # cells around a place that its height is made of


@dataclass(frozen=True, slots=True)
class Grids:
    """Grids in the order in which they count, and a digest of them; ``missing``: files that could not be read."""

    stored: tuple[StoredGrid, ...]
    digest: str
    missing: tuple[str, ...]


def read_grids(connection: Connection, schema: Schema, rasters: Path) -> Grids:
    """The elevation grids of one side, whose files are in ``rasters``; a file that is not there is reported.

    Raises
    ------
    StoreError
        The database is away, or the layer is not there.
    """
    statement = sql.SQL('SELECT id, file_sha256, model, crs_epsg FROM {} ORDER BY id COLLATE "C"')
    with store_errors():
        rows = connection.execute(statement.format(sql.Identifier(schema, elevation.LAYER.table))).fetchall()
    found: list[StoredGrid] = []
    missing: list[str] = []
    for row_id, key, model, epsg in rows:
        file = rasters / f"{key}.tif"
        try:
            found.append(opened(file, row_id, key, model, epsg))
        except (OSError, RasterioError):
            logger.warning("%s cannot be read: slopes there are unknown", file.name)
            missing.append(file.name)
    stored = by_precedence(found)
    names = [(each.key, each.model, each.epsg) for each in stored]
    return Grids(stored, blake2b(repr(names).encode(), digest_size=16).hexdigest(), tuple(missing))


def heights_at(grids: Sequence[StoredGrid], lon: FloatArray, lat: FloatArray) -> FloatArray:
    """Metres above the sea at places (EPSG:6668, degrees), NaN where no grid knows; the first grid that knows counts.

    Between the middles of cells heights are bilinear.
    """
    heights = np.full(len(lon), np.nan)
    for stored in grids:
        wanted = np.flatnonzero(np.isnan(heights))
        left, bottom, right, top = bounds_in(stored.grid.bounds, stored.grid.crs, STORAGE)
        inside = (lon[wanted] >= left) & (lon[wanted] <= right) & (lat[wanted] >= bottom) & (lat[wanted] <= top)
        wanted = wanted[inside]
        if len(wanted):
            heights[wanted] = _heights(stored, lon[wanted], lat[wanted])
    return heights


def _heights(stored: StoredGrid, lon: FloatArray, lat: FloatArray) -> FloatArray:
    grid = stored.grid
    x, y = transform_xy(lon, lat, STORAGE, grid.crs)
    size_x, size_y = grid.resolution
    columns = (x - grid.bounds[0]) / size_x - 0.5
    rows = (grid.bounds[3] - y) / size_y - 0.5
    found = np.full(len(lon), np.nan)
    with gdal(), rasterio.open(stored.path) as file:
        block = np.floor(rows / _BLOCK).astype(np.int64)
        order = np.argsort(block, kind="stable")
        for members in np.split(order, np.flatnonzero(np.diff(block[order])) + 1):
            found[members] = _in_window(file, columns, rows, members)
    return found


def _in_window(file: Any, columns: FloatArray, rows: FloatArray, members: Int64Array) -> FloatArray:
    column, row = columns[members], rows[members]
    first_column, first_row = max(0, int(column.min()) - _REACH), max(0, int(row.min()) - _REACH)
    last_column = min(file.width, int(column.max()) + _REACH + 2)
    last_row = min(file.height, int(row.max()) + _REACH + 2)
    if first_column >= last_column or first_row >= last_row:
        return np.full(len(members), np.nan)
    cells = file.read(1, window=Window(first_column, first_row, last_column - first_column, last_row - first_row))
    known = np.isfinite(cells)
    if file.nodata is not None:
        known &= cells != file.nodata
    at = Positions(column[np.newaxis, :] - first_column, row[np.newaxis, :] - first_row, apart=False)
    values, present = sample(np.where(known, cells, 0).astype(np.float64), known, at, Kernel.BILINEAR)
    return np.where(present[0], values[0], np.nan)

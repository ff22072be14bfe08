"""The grids that rows of a raster layer name: cloud-optimised GeoTIFFs on this machine's disk."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import rasterio
from psycopg import sql
from rasterio.errors import RasterioError

from geo.crs import DEGREES, STORAGE
from geo.errors import StoreError
from geo.grid import Grid, ground_size_m
from services.database.failures import store_errors
from services.ogc.rasters.library import gdal
from services.ogc.rasters.per_stamp import PerStamp
from services.ogc.source import Source


@dataclass(frozen=True, slots=True)
class StoredGrid:
    """One file.

    epsg:
        As the file says; ``grid.crs`` is ``STORAGE`` for all systems of degrees that are one datum with it.
    overviews:
        Factors by which its smaller copies are coarser, ascending.
    """

    row_id: str
    key: str
    path: Path
    epsg: int
    grid: Grid
    overviews: tuple[int, ...]
    size_bytes: int
    model: str | None


def _stored_grids(source: Source) -> tuple[StoredGrid, ...]:
    query = sql.SQL("SELECT id, file_sha256, model, crs_epsg FROM {} ORDER BY id").format(source.relation)
    with store_errors(), source.pool.connection() as connection:
        rows = connection.execute(query).fetchall()
    paths = [source.rasters / f"{key}.tif" for _, key, *_ in rows]
    with readable(source):
        found = [opened(path, *row) for path, row in zip(paths, rows, strict=True)]
    return by_precedence(found)


@contextmanager
def readable(source: Source) -> Iterator[None]:
    """``StoreError`` where a file that the database knows is not on this machine's disk, or cannot be read."""
    try:
        yield
    except (OSError, RasterioError) as error:
        raise StoreError(
            f"A grid of {source.layer.id} cannot be read on this machine.",
            fix="Restart `ngis serve`: it writes missing grids again from the database.",
        ) from error


stored_grids = PerStamp(_stored_grids)
"""The files of a layer in the order in which they count where they overlap: the finer one, ground before roofs.

Raises
------
StoreError
    If a file that the database knows is not on this machine's disk, or the database is away.
"""


def opened(path: Path, row_id: str, key: str, model: str | None, stated: int | None) -> StoredGrid:
    """The grid in a file, by its row; ``RasterioError`` where it cannot be read."""
    with gdal(), rasterio.open(path) as file:
        epsg = stated or file.crs.to_epsg()
        grid = Grid(STORAGE if epsg in DEGREES else epsg, tuple(file.bounds), file.width, file.height)
        return StoredGrid(row_id, key, path, epsg, grid, tuple(file.overviews(1)), path.stat().st_size, model)


def by_precedence(grids: Iterable[StoredGrid]) -> tuple[StoredGrid, ...]:
    """Grids in the order in which they count where they overlap."""
    return tuple(sorted(grids, key=_precedence))


def _precedence(stored: StoredGrid) -> tuple[float, bool, str]:
    size_x, size_y = ground_size_m(stored.grid)
    middle = stored.grid.height // 2
    return round(float(size_x[middle] * size_y[middle]), 1), stored.model != "terrain", stored.row_id

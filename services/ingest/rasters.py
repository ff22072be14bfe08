"""Grids: one row with the footprint for each, and the grid itself as a cloud-optimised GeoTIFF under ``var/rasters``.

The grid's own bytes are in ``raw.file_part``; the GeoTIFF is made from them and may be deleted at any time.
"""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import rasterio.shutil
import shapely
from rasterio._err import CPLE_BaseError  # what copying raises; rasterio.errors has no name for it
from rasterio.errors import RasterioError

from geo.errors import NotFoundError, SourceError
from services.ingest.model import Raster, Record, Table
from services.ingest.readers import open_file
from services.settings import Settings

_EDGE_POINTS = 32  # points along each edge of a footprint, for its edges are curved in another reference system


def raster_tables(rasters: Sequence[Raster], sha256: str, settings: Settings) -> tuple[Table, ...]:
    """A table of one record for each grid of a file, its GeoTIFF written beforehand.

    Columns are the fields of the layer: file_sha256 (the key of the GeoTIFF), crs_epsg, width, height, resolution_x,
    resolution_y, nodata, minimum_m, maximum_m, and whatever else the reader says.  The geometry is the outline of the
    grid in its own reference system.
    """
    tables = []
    for number, raster in enumerate(rasters, 1):
        key = raster_key(sha256, raster, single=len(rasters) == 1)
        write_cog(raster.path, raster_path(key, settings))
        said = raster.metadata
        values: dict[str, object] = {
            **said,
            "file_sha256": key,
            "crs_epsg": raster.crs,
            "minimum_m": said.get("minimum"),
            "maximum_m": said.get("maximum"),
        }
        outline = shapely.box(*(float(said[side]) for side in ("west", "south", "east", "north")))
        outline = shapely.segmentize(outline, outline.length / 4 / _EDGE_POINTS)
        record = Record(number, values, outline)
        tables.append(
            Table(
                name=said.get("name", ""),
                container="raster",
                columns=tuple(values),
                records=_just(record),
                crs=raster.crs,
                metadata=said,
                findings=raster.findings,
            )
        )
    return tuple(tables)


def raster_key(sha256: str, raster: Raster, *, single: bool) -> str:
    """The checksum that names a grid: of its file, or of file and member where a file has several."""
    if single:
        return sha256
    return hashlib.sha256(f"{sha256}/{raster.metadata.get('name', raster.path.name)}".encode()).hexdigest()


def rasters_folder(var: Path) -> Path:
    """Where the grids are kept; ``var`` of ``Settings``."""
    return var / "rasters"


def raster_path(key: str, settings: Settings) -> Path:
    """Where the GeoTIFF of a grid is, or will be."""
    return rasters_folder(settings.var) / f"{key}.tif"


def write_cog(source: Path, target: Path) -> None:
    """Write a cloud-optimised GeoTIFF with overviews, whole or not at all, unless it is there."""
    if target.is_file():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f"{target.stem}.{os.getpid()}.tmp.tif")
    try:
        rasterio.shutil.copy(
            source,
            temporary,
            driver="COG",
            COMPRESS="DEFLATE",
            PREDICTOR="YES",
            OVERVIEW_RESAMPLING="AVERAGE",
            BIGTIFF="IF_SAFER",
        )
        temporary.replace(target)
    except (RasterioError, CPLE_BaseError) as error:
        raise SourceError(
            f"{source.name}: its grid cannot be written to {target.parent}: {error}.",
            fix="Check whether the file is whole, and the room on the disk.",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def raster_file(connection: psycopg.Connection[Any], key: str, settings: Settings) -> Path:
    """The GeoTIFF of a grid, made anew from the file as received where it is missing.

    Parameters
    ----------
    connection:
        Of a role that reads ``raw`` and ``core``.
    key:
        ``file_sha256`` of the row in the elevation layer.

    Raises
    ------
    NotFoundError
        If no loaded grid has this key.
    """
    path = raster_path(key, settings)
    if path.is_file():
        return path
    row = connection.execute(
        """
        SELECT load.file_id, file.name, file.sha256 FROM core.elevation AS grid
          JOIN ngis.load ON load.id = grid.load_id JOIN raw.file ON file.id = load.file_id
         WHERE grid.file_sha256 = %s LIMIT 1""",
        (key,),
    ).fetchone()
    if row is None:
        raise NotFoundError(f"There is no grid {key}.", fix="Load the elevation again.")
    file_id, name, sha256 = row
    with tempfile.TemporaryDirectory(prefix="ngis-raster-") as folder:
        copy = Path(folder) / Path(name).name
        with copy.open("wb") as file, connection.cursor(name="parts") as cursor:
            cursor.itersize = 8
            cursor.execute("SELECT content FROM raw.file_part WHERE file_id = %s ORDER BY part", (file_id,))
            for (content,) in cursor:
                file.write(content)
        with open_file(copy, max_unpacked_bytes=settings.max_unpacked_bytes, selectors={}) as opened:
            for raster in opened.rasters:
                if raster_key(sha256, raster, single=len(opened.rasters) == 1) == key:
                    write_cog(raster.path, path)
                    return path
    raise NotFoundError(f"The file {name} no longer gives the grid {key}.", fix="Load the elevation again.")


def _just(record: Record) -> Any:
    return lambda: iter((record,))

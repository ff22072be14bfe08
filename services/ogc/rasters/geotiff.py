"""Coverages as GeoTIFF, plain or cloud-optimised, written piece by piece so that a whole city needs little memory."""

from collections.abc import Iterator, Mapping

import numpy as np
import rasterio
import rasterio.shutil
from rasterio.io import MemoryFile
from rasterio.transform import from_bounds
from rasterio.windows import Window

from geo.grid import Grid
from services.database.lending import refuse_abandoned
from services.ogc.rasters.cells import Band, Reader
from services.ogc.rasters.library import gdal

NODATA = -9999.0
_BLOCK = 512  # cells along a tile's side
_PIECE = 2 * _BLOCK  # columns that are made at once


def geotiff(
    grid: Grid, epsg: int, bands: tuple[Band, ...], read: Reader, tags: Mapping[str, str], *, cloud_optimised: bool
) -> bytes:
    """The bands as float32 with ``NODATA`` where there is no value.

    Cloud-optimised: OGC 21-026, tiles of 512, overviews by the nearest cell, directories before the data.
    """
    is_tiled = cloud_optimised or grid.height > _BLOCK or grid.width > _BLOCK
    profile = {
        "driver": "GTiff",
        "width": grid.width,
        "height": grid.height,
        "count": len(bands),
        "dtype": "float32",
        "crs": f"EPSG:{epsg}",
        "transform": from_bounds(*grid.bounds, grid.width, grid.height),
        "nodata": NODATA,
        "compress": "deflate",
        "predictor": 3,
        "zlevel": 6,
        "interleave": "band",
        **({"tiled": True, "blockxsize": _BLOCK, "blockysize": _BLOCK} if is_tiled else {}),
    }
    with gdal(), MemoryFile() as memory:
        with memory.open(**profile) as file:
            file.update_tags(**tags)
            for number, band in enumerate(bands, 1):
                file.set_band_description(number, band.name)
                file.update_tags(number, **_band_tags(band))
                if band.unit:
                    file.set_band_unit(number, band.unit)
            for row, column, part in _pieces(grid):
                refuse_abandoned()
                window = Window(column, row, part.width, part.height)
                for number, values in enumerate(read(part), 1):
                    file.write(values.filled(NODATA).astype(np.float32), number, window=window)
        return _as_cog(memory) if cloud_optimised else memory.read()


def _pieces(grid: Grid) -> Iterator[tuple[int, int, Grid]]:
    """Pieces of whole tiles, each with its first row and column."""
    for row in range(0, grid.height, _BLOCK):
        height = min(_BLOCK, grid.height - row)
        for column in range(0, grid.width, _PIECE):
            yield row, column, grid.part(row, column, height, min(_PIECE, grid.width - column))


def _band_tags(band: Band) -> dict[str, str]:
    categories = {
        f"CATEGORY_{each.number}": f"{each.code} {each.title.ja} / {each.title.en}" for each in band.categories
    }
    return {
        "TITLE": f"{band.title.ja} / {band.title.en}",
        "ABOUT": f"{band.description.ja} / {band.description.en}",
    } | categories


def _as_cog(memory: MemoryFile) -> bytes:
    with MemoryFile(ext=".tif") as target:
        rasterio.shutil.copy(
            memory.name,
            target.name,
            driver="COG",
            COMPRESS="DEFLATE",
            PREDICTOR="FLOATING_POINT",
            BLOCKSIZE=_BLOCK,
            OVERVIEW_RESAMPLING="NEAREST",
        )
        found: bytes = target.read()
        return found

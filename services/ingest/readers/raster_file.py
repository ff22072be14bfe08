"""GeoTIFF through rasterio: opened, read once to the end so that a truncated file is refused, and described."""

import math
import warnings
from pathlib import Path

import numpy as np
import rasterio
from rasterio.errors import NotGeoreferencedWarning, RasterioError

from geo.errors import SourceError
from services.ingest.model import Action, Finding, Raster
from services.ingest.readers.opened import Contents

_FIX_TRUNCATED = "Get the file again; it may be truncated."


def read_geotiff(path: Path, *, name: str = "", crs: int | None = None) -> Contents:
    """The one grid of a GeoTIFF.

    ``Raster.metadata`` (all text; numbers in the unit of the CRS or of band 1): width, height, bands, dtype, nodata
    ("" for none), resolution_x, resolution_y (positive), west, south, east, north, minimum, maximum (of the cells
    that have a value; absent where none has).

    Raises
    ------
    SourceError
        If it cannot be read to the end, is not georeferenced, or has no CRS and ``crs`` gives none.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        try:
            with rasterio.open(path, driver="GTiff") as grid:
                return Contents(rasters=(_describe(path, grid, name, crs),))
        except RasterioError as error:
            reason = str(error.__cause__ or error).replace(str(path), path.name)
            raise SourceError(f"{path.name}: the GeoTIFF cannot be read ({reason}).", fix=_FIX_TRUNCATED) from error


def _describe(path: Path, grid: rasterio.DatasetReader, name: str, given: int | None) -> Raster:
    if grid.transform.is_identity:
        raise SourceError(
            f"{path.name}: the image is not georeferenced: no position of its cells is stated.",
            fix="Write it with its position, for example with gdal_translate -a_ullr and -a_srs.",
        )
    code = grid.crs.to_epsg(confidence_threshold=70) if grid.crs else None
    findings: list[Finding] = []
    if code is None:
        if given is None:
            raise SourceError(
                f"{path.name}: the GeoTIFF does not say its coordinate reference system (or none with an EPSG code).",
                fix="Give it, for example: gdal_edit.py -a_srs EPSG:6668 FILE.",
            )
        findings.append(Finding("crs-assumed", Action.NOTED, new=f"EPSG:{given}"))
        code = given
    low, high = _extremes(grid)
    left, bottom, right, top = grid.bounds
    metadata = {
        "name": name,
        "width": str(grid.width),
        "height": str(grid.height),
        "bands": str(grid.count),
        "dtype": grid.dtypes[0],
        "nodata": "" if grid.nodata is None else repr(float(grid.nodata)),
        "resolution_x": repr(abs(grid.transform.a)),
        "resolution_y": repr(abs(grid.transform.e)),
        "west": repr(left),
        "south": repr(bottom),
        "east": repr(right),
        "north": repr(top),
    }
    if low <= high:
        metadata |= {"minimum": repr(low), "maximum": repr(high)}
    return Raster(path=path, crs=code, metadata=metadata, findings=tuple(findings))


def _extremes(grid: rasterio.DatasetReader) -> tuple[float, float]:
    """Least and greatest value of band 1, block by block; (inf, -inf) where no cell has a value."""
    low, high = math.inf, -math.inf
    for _, window in grid.block_windows(1):
        cells = grid.read(1, window=window, masked=True).compressed()
        cells = cells[np.isfinite(cells)]
        if cells.size:
            low, high = min(low, float(cells.min())), max(high, float(cells.max()))
    return low, high

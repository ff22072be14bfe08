"""基盤地図情報 数値標高モデル (DEM5A/5B/5C/10B; JPGIS GML) to GeoTIFF: the tiles of one resolution become one grid.

Format: 基盤地図情報 ファイル仕様書 (GSI).  ``gml:low``/``gml:high`` are the first and last column and row, rows run
from the north-west corner eastwards (``+x-y``), ``startPoint`` is the cell of the first tuple; cells before and after
the tuples, and -9999, have no value.  Heights are of the ground (a terrain model), in metres.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import RasterioError
from rasterio.transform import from_origin
from rasterio.windows import Window

from geo.errors import SourceError
from services.ingest.model import Raster
from services.ingest.readers.crs import epsg_of_name
from services.ingest.readers.gml_file import Document, features
from services.ingest.readers.gml_geometry import Node
from services.ingest.readers.opened import Limits
from services.ingest.readers.raster_file import read_geotiff

NODATA = -9999.0
_MAX_CELLS = 2_000_000_000  # about a prefecture at 5 m
_MAX_TILE_CELLS = 100_000_000
_FIX = "Get the file again from 基盤地図情報ダウンロードサービス."


@dataclass(frozen=True, slots=True)
class Tile:
    """Where one DEM file lies.  Degrees; ``columns`` x ``rows`` cells, the first row is the northernmost."""

    path: Path
    mesh: str
    kind: str
    crs: int
    west: float
    north: float
    step_x: float
    step_y: float
    columns: int
    rows: int


def read_dem_tile(path: Path, *, limits: Limits) -> tuple[Tile, NDArray[np.float32]]:
    """One DEM file: its place and its heights in metres, shape (rows, columns), ``NODATA`` where there is none.

    Raises
    ------
    SourceError
        If it is damaged, or does not say what a DEM must.
    """
    node = next((one for one in features(path, Document(), limits) if one.name == "DEM"), None)
    if node is None:
        raise SourceError(f"{path.name}: the file holds no DEM.", fix=_FIX)
    envelope = next(node.all_named("Envelope"), None)
    srs = envelope.attributes.get("srsName", "") if envelope is not None else ""
    crs = epsg_of_name(srs)
    if crs is None:
        raise SourceError(f"{path.name}: the coordinate reference system {srs!r} of the DEM is not known.", fix=_FIX)
    try:
        south, west = _numbers(node, "lowerCorner")[:2]
        north, east = _numbers(node, "upperCorner")[:2]
        low_x, low_y = (int(value) for value in _numbers(node, "low"))
        high_x, high_y = (int(value) for value in _numbers(node, "high"))
        start_x, start_y = (int(value) for value in _numbers(node, "startPoint"))
        columns, rows = high_x - low_x + 1, high_y - low_y + 1
        if columns < 1 or rows < 1 or columns * rows > _MAX_TILE_CELLS or not (east > west and north > south):
            raise ValueError(f"{columns} x {rows} cells between {west}, {south} and {east}, {north}")
        heights = np.full(columns * rows, NODATA, dtype=np.float32)
        first = (start_y - low_y) * columns + (start_x - low_x)
        values = _tuples(node)
        if first < 0 or first + len(values) > heights.size:
            raise ValueError(f"{len(values)} values from cell {first} on, but {heights.size} cells")
    except (ValueError, LookupError) as error:
        raise SourceError(f"{path.name}: the DEM cannot be understood ({error}).", fix=_FIX) from error
    heights[first : first + len(values)] = values
    tile = Tile(
        path,
        mesh=_text(node, "mesh"),
        kind=_text(node, "type"),
        crs=crs,
        west=west,
        north=north,
        step_x=(east - west) / columns,
        step_y=(north - south) / rows,
        columns=columns,
        rows=rows,
    )
    return tile, heights.reshape(rows, columns)


def mosaic(paths: Iterable[Path], folder: Path, *, limits: Limits) -> tuple[Raster, ...]:
    """Write the DEM files as one GeoTIFF per resolution into ``folder``.

    Where tiles overlap, the first in order of file name that has a value counts (5A before 5B before 5C).
    ``Raster.metadata`` is that of ``read_geotiff`` and ``model`` "terrain", ``source_tiles``, ``mesh`` (``;`` between).
    """
    groups: dict[tuple[int, str, int, int], list[Tile]] = {}
    for path in sorted(paths, key=lambda one: one.name):
        tile, _ = read_dem_tile(path, limits=limits)
        # Resolutions are compared in 1e-9 degrees, a tenth of a millimetre.
        key = (tile.crs, tile.kind, round(tile.step_x * 1e9), round(tile.step_y * 1e9))
        groups.setdefault(key, []).append(tile)
    rasters = []
    for number, tiles in enumerate(groups.values(), start=1):
        target = folder / f"dem-{number}.tif"
        _write(tiles, target, limits)
        raster = read_geotiff(target).rasters[0]
        metadata = {
            **raster.metadata,
            "model": "terrain",
            "dem_type": tiles[0].kind,
            "source_tiles": str(len(tiles)),
            "mesh": ";".join(tile.mesh for tile in tiles),
        }
        rasters.append(Raster(target, raster.crs, metadata, raster.findings))
    return tuple(rasters)


def _write(tiles: list[Tile], target: Path, limits: Limits) -> None:
    west, north = min(tile.west for tile in tiles), max(tile.north for tile in tiles)
    step_x, step_y = tiles[0].step_x, tiles[0].step_y
    east = max(tile.west + tile.columns * step_x for tile in tiles)
    south = min(tile.north - tile.rows * step_y for tile in tiles)
    width, height = round((east - west) / step_x), round((north - south) / step_y)
    if width * height > _MAX_CELLS:
        raise SourceError(
            f"{tiles[0].path.name} and {len(tiles) - 1} more DEM tiles span {width} x {height} cells: too many.",
            fix="Give the tiles of one city at a time.",
        )
    try:
        with rasterio.open(
            target,
            "w+",
            driver="GTiff",
            width=width,
            height=height,
            count=1,
            dtype="float32",
            crs=f"EPSG:{tiles[0].crs}",
            transform=from_origin(west, north, step_x, step_y),
            nodata=NODATA,
            tiled=True,
            blockxsize=256,
            blockysize=256,
            sparse_ok=True,
            bigtiff="IF_SAFER",
        ) as grid:
            for tile in tiles:
                _, heights = read_dem_tile(tile.path, limits=limits)
                window = Window(
                    round((tile.west - west) / step_x), round((north - tile.north) / step_y), tile.columns, tile.rows
                )
                before = grid.read(1, window=window)
                grid.write(np.where(before == NODATA, heights, before), 1, window=window)
    except (RasterioError, OSError) as error:
        raise SourceError(
            f"{tiles[0].path.name}: the DEM cannot be written to a temporary file ({error}).",
            fix="Free space on the disk of the temporary folder.",
        ) from error


def _tuples(node: Node) -> NDArray[np.float32]:
    """Heights of ``地表面,12.34`` lines.  ``データなし`` has no value whatever number stands beside it."""
    lines = next(node.all_named("tupleList")).text.split()
    values = np.empty(len(lines), dtype=np.float32)
    for index, line in enumerate(lines):
        kind, _, number = line.partition(",")
        value = NODATA if kind == "データなし" else float(number)
        values[index] = value if math.isfinite(value) else NODATA
    return values


def _numbers(node: Node, name: str) -> list[float]:
    return [float(value) for value in _text(node, name).split()]


def _text(node: Node, name: str) -> str:
    found = next(node.all_named(name), None)
    if found is None:
        raise LookupError(f"{name} is missing")
    return found.text.strip()

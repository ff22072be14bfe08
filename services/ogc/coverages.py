"""The coverage provider: the grid of a raster layer as GeoTIFF or CoverageJSON, cells as they were published."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from pygeoapi.provider.base import BaseProvider
from rasterio.enums import Resampling
from rasterio.io import MemoryFile
from rasterio.transform import from_bounds

from layers.model import Text
from services.ogc import grids
from services.ogc.crs import CRS84, lonlat_bounds
from services.ogc.errors import ParameterError, ResourceError
from services.ogc.source import Source

MAX_CELLS = 25_000_000
MAX_JSON_CELLS = 1_000_000
FIELD = "elevation"
_NODATA = -9999.0


@dataclass(frozen=True, slots=True)
class LazyRange:
    """The ``NdArray`` of a CoverageJSON document, read only when the document is written."""

    provider: "CoverageProvider"
    grid: grids.Grid

    def to_plain(self) -> dict[str, Any]:
        if self.grid.width * self.grid.height > MAX_JSON_CELLS:
            raise _too_large(MAX_JSON_CELLS)
        values = self.provider.read(self.grid)
        return {
            "type": "NdArray",
            "dataType": "float",
            "axisNames": ["y", "x"],
            "shape": [self.grid.height, self.grid.width],
            "values": [None if value is None else round(value, 3) for value in values.ravel().tolist()],
        }


class CoverageProvider(BaseProvider):  # type: ignore[misc]  # pygeoapi has no types
    """The grid in its own reference system; ``bbox`` and ``subset`` in degrees of longitude and latitude."""

    def __init__(self, provider_def: dict[str, Any]) -> None:
        self.source: Source = provider_def["data"]
        self.name = provider_def["name"]
        self.type = "coverage"
        self.data = self.source.layer.id
        self.id_field = self.time_field = self.title_field = self.uri_field = None
        self.editable = False
        self.properties: list[str] = []
        self.axes = ["Lon", "Lat"]
        self.filename = f"{self.source.layer.id}.tif"

    def get_fields(self) -> dict[str, Any]:
        return {FIELD: {"type": "number", "x-ogc-unit": "m", "title": self.source.layer.title.en}}

    @property
    def fields(self) -> dict[str, Any]:
        return self.get_fields()

    @property
    def _coverage_properties(self) -> dict[str, Any]:
        grid = self._grid()
        size_x, size_y = grid.resolution
        return {"width": grid.width, "height": grid.height, "resx": size_x, "resy": size_y}

    def query(
        self,
        bbox: list[float] | None = None,
        bbox_crs: str | None = None,
        subsets: dict[str, list[Any]] | None = None,
        format_: str = "json",
        **_unused: Any,
    ) -> Any:
        """The cells that touch the box (all where none is given), as GeoTIFF bytes or a CoverageJSON document."""
        grid = self._grid()
        box: tuple[float, ...] | None = None
        if bbox:
            box = lonlat_bounds(bbox, bbox_crs or CRS84, self.source.plane_crs)
        if subsets:
            box = _from_subsets(subsets, box or self.source.bounds or (-180.0, -90.0, 180.0, 90.0))
        if box is not None:
            part = grids.clip(grid, (box[0], box[1], box[2], box[3]))
            if part is None:
                raise ResourceError(Text("この範囲にはデータがありません。", "There is no data in this box."))
            grid = part
        return self._geotiff(grid) if format_ == "GTiff" else self._document(grid)

    def read(self, grid: grids.Grid) -> grids.FloatGrid:
        return grids.read(grids.grid_files(self.source), grid, Resampling.nearest)

    def _grid(self) -> grids.Grid:
        files = grids.grid_files(self.source)
        if not files:
            raise ResourceError(Text("データがありません。", "There is no data."))
        return grids.native_grid(files)

    def _geotiff(self, grid: grids.Grid) -> bytes:
        if grid.width * grid.height > MAX_CELLS:
            raise _too_large(MAX_CELLS)
        profile = {
            "driver": "GTiff",
            "width": grid.width,
            "height": grid.height,
            "count": 1,
            "dtype": "float32",
            "crs": f"EPSG:{grid.crs}",
            "transform": from_bounds(*grid.bounds, grid.width, grid.height),
            "nodata": _NODATA,
            "compress": "deflate",
            "predictor": 3,
        }
        with MemoryFile() as memory:
            with memory.open(**profile) as file:
                file.write(self.read(grid).filled(_NODATA).astype(np.float32), 1)
                file.set_band_description(1, FIELD)
                file.update_tags(**self._said())
            content: bytes = memory.read()
        return content

    def _said(self) -> dict[str, str]:
        """What an exported file says of itself."""
        state = self.source.state
        oldest = state.oldest.isoformat() if state.oldest else "unknown"
        return {
            "LAYER": self.source.layer.id,
            "AS_OF": oldest,
            "FICTITIOUS": "架空データ" if state.fictitious else "no",
        }

    def _document(self, grid: grids.Grid) -> dict[str, Any]:
        left, bottom, right, top = grid.bounds
        half_x, half_y = (size / 2 for size in grid.resolution)
        title = self.source.layer.title
        return {
            "type": "Coverage",
            "domain": {
                "type": "Domain",
                "domainType": "Grid",
                "axes": {
                    "x": {"start": left + half_x, "stop": right - half_x, "num": grid.width},
                    "y": {"start": top - half_y, "stop": bottom + half_y, "num": grid.height},
                },
                "referencing": [
                    {
                        "coordinates": ["x", "y"],
                        "system": {
                            "type": "GeographicCRS" if abs(right) <= 180 else "ProjectedCRS",
                            "id": f"http://www.opengis.net/def/crs/EPSG/0/{grid.crs}",
                        },
                    }
                ],
            },
            "parameters": {
                FIELD: {
                    "type": "Parameter",
                    "description": {"ja": title.ja, "en": title.en},
                    "unit": {"symbol": "m"},
                    "observedProperty": {"label": {"ja": title.ja, "en": title.en}},
                }
            },
            "ranges": {FIELD: LazyRange(self, grid)},
            "fictitious": self.source.state.fictitious,
        }

    def __repr__(self) -> str:
        return f"<CoverageProvider {self.source.layer.id}>"


def _from_subsets(subsets: dict[str, list[Any]], box: tuple[float, ...]) -> tuple[float, float, float, float]:
    west, south, east, north = box
    try:
        if "Lon" in subsets:
            west, east = map(float, subsets["Lon"])
        if "Lat" in subsets:
            south, north = map(float, subsets["Lat"])
    except (TypeError, ValueError):
        raise ParameterError(
            "subset",
            Text("Lon(西:東),Lat(南:北) の形で指定してください。", "give Lon(west:east),Lat(south:north)."),
        ) from None
    return west, south, east, north


def _too_large(cells: int) -> ParameterError:
    return ParameterError(
        "bbox",
        Text(
            f"範囲が大きすぎます。{cells:,}格子以下になるようbboxで絞ってください。",
            f"that is too much at once; give a box of at most {cells:,} cells.",
        ),
    )

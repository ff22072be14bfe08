"""Maps of elevation: coloured by height and shaded by slope, as PNG."""

import struct
import zlib
from math import cos, radians
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pygeoapi.provider.base import BaseProvider
from rasterio.enums import Resampling

from geo.crs import STORAGE, WEB_MERCATOR
from layers.model import Text
from services.ogc import grids
from services.ogc.errors import ParameterError
from services.ogc.source import Source

MAX_PIXELS = 2048
"""Longest side of a map."""
WORLD = [-180, -90, 180, 90]  # what pygeoapi takes where no bbox is given

# Height in metres and the colour there: sea blue below 0, lowland green, hills brown, light at the top of Rokko.
_STOPS = (-5.0, -0.01, 0.0, 10.0, 50.0, 150.0, 400.0, 950.0)
_COLOURS = (
    (120, 160, 200),
    (160, 195, 220),
    (190, 220, 190),
    (170, 208, 160),
    (214, 214, 150),
    (208, 178, 120),
    (170, 130, 95),
    (240, 236, 230),
)
_AZIMUTH_DEG = 315.0  # light from the north-west, as on Japanese relief maps
_ALTITUDE_DEG = 45.0
_DEGREE_M = 111_320.0


class ReliefProvider(BaseProvider):  # type: ignore[misc]  # pygeoapi has no types
    """Relief of an elevation layer in CRS84, EPSG:6668, 4326 or 3857."""

    def __init__(self, provider_def: dict[str, Any]) -> None:
        self.source: Source = provider_def["data"]
        self.name = provider_def["name"]
        self.type = "map"
        self.data = self.source.layer.id
        self.time_field = None
        self._fields: dict[str, Any] = {}

    def get_fields(self) -> dict[str, Any]:
        return {}

    def query(
        self,
        bbox: list[float] | None = None,
        width: int = 500,
        height: int = 300,
        crs: str = "",
        transparent: Any = True,
        **_unused: Any,
    ) -> bytes:
        """The map of a box whose numbers are west, south, east, north in the units of ``crs``."""
        srid = map_crs(crs)
        box = list(bbox or WORLD)
        if box == WORLD and srid == STORAGE and self.source.bounds is not None:
            box = list(self.source.bounds)
        if not 0 < width <= MAX_PIXELS or not 0 < height <= MAX_PIXELS:
            raise ParameterError("width", Text(f"1～{MAX_PIXELS}で指定してください。", f"give 1 to {MAX_PIXELS}."))
        if box[0] >= box[2] or box[1] >= box[3]:
            raise ParameterError("bbox", Text("範囲が空です。", "the box is empty."))
        grid = grids.Grid(srid, (box[0], box[1], box[2], box[3]), width, height)
        heights = grids.read(grids.grid_files(self.source), grid, Resampling.bilinear)
        see_through = str(transparent).lower() not in ("false", "0")
        return png(relief(heights, grid, see_through=see_through))

    def __repr__(self) -> str:
        return f"<ReliefProvider {self.source.layer.id}>"


def map_crs(uri: str) -> int:
    """EPSG code of a map's reference system, whose axes are always x, y; ``ParameterError`` for any other."""
    text = uri.lower()
    if text.endswith(("/3857", ":3857")):
        return WEB_MERCATOR
    if not text or text.endswith(("crs84", "/6668", ":6668", "/4326", ":4326")):
        return STORAGE
    raise ParameterError(
        "crs", Text("CRS84かEPSG:3857で指定してください。", "give CRS84 or http://www.opengis.net/def/crs/EPSG/0/3857.")
    )


def relief(heights: grids.FloatGrid, grid: grids.Grid, *, see_through: bool) -> NDArray[np.uint8]:
    """RGBA picture, shape ``(height, width, 4)``; what has no height is left empty (or white)."""
    missing = np.ma.getmaskarray(heights)
    values = heights.filled(0.0).astype(np.float64)
    colours = np.array(_COLOURS, dtype=np.float64)
    base = np.stack([np.interp(values, _STOPS, colours[:, band]) for band in range(3)], axis=-1)
    shade = hillshade(values, grid)[..., np.newaxis]
    rgba = np.empty((*values.shape, 4), dtype=np.uint8)
    rgba[..., :3] = np.clip(base * (0.45 + 0.75 * shade), 0, 255)
    rgba[..., 3] = 255
    rgba[missing] = (0, 0, 0, 0) if see_through else (255, 255, 255, 255)
    return rgba


def hillshade(heights: NDArray[np.float64], grid: grids.Grid) -> NDArray[np.float64]:
    """Share of light 0-1 on each cell (Horn's cosine law with central differences)."""
    if min(heights.shape) < 2:
        return np.full(heights.shape, 0.7)
    size_x, size_y = _cell_m(grid)
    down, right = np.gradient(heights, size_y, size_x)
    slope = np.arctan(np.hypot(right, down))
    aspect = np.arctan2(down, -right)
    light, height = radians(360.0 - _AZIMUTH_DEG + 90.0), radians(_ALTITUDE_DEG)
    shade: NDArray[np.float64] = np.sin(height) * np.cos(slope) + np.cos(height) * np.sin(slope) * np.cos(
        light - aspect
    )
    return shade.clip(0.0, 1.0)


def png(rgba: NDArray[np.uint8]) -> bytes:
    """An 8-bit RGBA PNG (RFC 2083) of a picture of shape ``(height, width, 4)``."""
    height, width, _ = rgba.shape
    rows = np.zeros((height, 1 + width * 4), dtype=np.uint8)  # a leading 0 in each row: no filter
    rows[:, 1:] = rgba.reshape(height, width * 4)

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", zlib.compress(rows.tobytes(), 6)),
            chunk(b"IEND", b""),
        )
    )


def _cell_m(grid: grids.Grid) -> tuple[float, float]:
    """Size of a cell on the ground in metres, near enough for shading."""
    size_x, size_y = grid.resolution
    middle = (grid.bounds[1] + grid.bounds[3]) / 2
    if grid.crs == WEB_MERCATOR:
        latitude = np.degrees(2 * np.arctan(np.exp(middle / 6_378_137.0)) - np.pi / 2)
        return size_x * cos(radians(latitude)), size_y * cos(radians(latitude))
    return size_x * _DEGREE_M * cos(radians(middle)), size_y * _DEGREE_M

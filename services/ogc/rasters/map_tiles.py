"""Map tiles: the tile matrix sets pictures are offered in, and where each tile lies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.crs import STORAGE, WEB_MERCATOR
from geo.grid import Bounds, Grid, bounds_in
from layers.model import Text
from services.ogc.errors import ResourceError

TILE_PIXELS = 256
MIN_ZOOM, MAX_ZOOM = 5, 17


@dataclass(frozen=True, slots=True)
class TileScheme:
    """A tile matrix set of square tiles, twice as many along each axis with every zoom.

    origin:
        Upper left corner of the tile 0, 0, x before y.
    side:
        Of the one tile of zoom 0, in the unit of the system.
    """

    id: str
    uri: str
    crs: int
    crs_uri: str
    origin: tuple[float, float]
    side: float

    def grid(self, zoom: int, row: int, column: int) -> Grid:
        """The pixels of a tile."""
        size = self.side / 2**zoom
        left, top = self.origin[0] + column * size, self.origin[1] - row * size
        return Grid(self.crs, (left, top - size, left + size, top), TILE_PIXELS, TILE_PIXELS)

    def limits(self, bounds: Bounds) -> list[dict[str, Any]]:
        """``tileMatrixSetLimits``: the tiles of each zoom that a box in degrees touches."""
        left, bottom, right, top = bounds_in(bounds, STORAGE, self.crs)
        found = []
        for zoom in range(MIN_ZOOM, MAX_ZOOM + 1):
            size, last = self.side / 2**zoom, 2**zoom - 1

            def place(distance: float, size: float = size, last: int = last) -> int:
                return min(max(int(distance // size), 0), last)

            found.append(
                {
                    "tileMatrix": str(zoom),
                    "minTileRow": place(self.origin[1] - top),
                    "maxTileRow": place(self.origin[1] - bottom),
                    "minTileCol": place(left - self.origin[0]),
                    "maxTileCol": place(right - self.origin[0]),
                }
            )
        return found


_MERCATOR_M = 40_075_016.685578488  # 2 pi 6,378,137 m

SCHEMES: Mapping[str, TileScheme] = {
    "WebMercatorQuad": TileScheme(
        id="WebMercatorQuad",
        uri="http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad",
        crs=WEB_MERCATOR,
        crs_uri="http://www.opengis.net/def/crs/EPSG/0/3857",
        origin=(-_MERCATOR_M / 2, _MERCATOR_M / 2),
        side=_MERCATOR_M,
    )
}


def scheme_named(name: str) -> TileScheme:
    """The tile matrix set; ``ResourceError`` where pictures are not offered in it."""
    found = SCHEMES.get(name)
    if found is None:
        known = ", ".join(SCHEMES)
        raise ResourceError(Text(f"地図画像のタイル方式は {known} です。", f"Map tiles are offered in {known}."))
    return found


def tile_grid(name: str, z: str, y: str, x: str) -> Grid:
    """The pixels of a tile by the words of its address; ``ResourceError`` where there is no such tile."""
    scheme = scheme_named(name)
    if all(part.isascii() and part.isdigit() and len(part) <= 9 for part in (z, y, x)):
        zoom, row, column = int(z), int(y), int(x)
        if MIN_ZOOM <= zoom <= MAX_ZOOM and max(row, column) < 2**zoom:
            return scheme.grid(zoom, row, column)
    raise ResourceError(Text("このタイルはありません。", "There is no such tile."))

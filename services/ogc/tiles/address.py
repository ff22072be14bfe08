"""Which tile is meant: tile matrix set, zoom, row and column as they stand in a path."""

from collections.abc import Mapping
from typing import Any

from geo.tile_matrix import WEB_MERCATOR_QUAD, Box, TileMatrixSet, plane_rectangular
from layers.model import Text
from services.ogc.errors import ParameterError, ResourceError
from services.tiles.drawing import MAX_ZOOM


def schemes(plane_crs: int) -> Mapping[str, TileMatrixSet]:
    """The tile matrix sets of a city by id; ``plane_crs`` is its plane-rectangular zone."""
    return {each.id: each for each in (WEB_MERCATOR_QUAD, plane_rectangular(plane_crs))}


def scheme_named(name: str, plane_crs: int) -> TileMatrixSet:
    """The tile matrix set with this id; ``ResourceError`` where there is none."""
    known = schemes(plane_crs)
    if name not in known:
        names = ", ".join(known)
        raise ResourceError(Text(f"タイル方式は次のとおりです: {names}", f"The tile matrix sets are {names}."))
    return known[name]


def require_web_mercator(scheme: TileMatrixSet) -> None:
    """``ParameterError`` where TileJSON is asked for of a set that it cannot describe."""
    if scheme != WEB_MERCATOR_QUAD:
        raise ParameterError(
            "f",
            Text("TileJSONはWebMercatorQuadだけを表せます。", "TileJSON describes WebMercatorQuad and no other."),
        )


def tile_address(z: str, y: str, x: str) -> tuple[int, int, int]:
    """Zoom, column and row of a tile; ``ResourceError`` where there is no such tile."""
    if all(part.isascii() and part.isdigit() and len(part) <= 9 for part in (z, y, x)):
        zoom, row, column = int(z), int(y), int(x)
        if zoom <= MAX_ZOOM and row < 2**zoom and column < 2**zoom:
            return zoom, column, row
    raise ResourceError(Text("このタイルはありません。", "There is no such tile."))


def limits(scheme: TileMatrixSet, bounds: Box, first: int, last: int) -> list[dict[str, Any]]:
    """``tileMatrixSetLimits``: the tiles of zooms ``first`` to ``last`` that a box in degrees touches."""
    found = []
    for zoom in range(first, last + 1):
        touched = scheme.tile_range(bounds, zoom)
        if touched is None:
            continue
        first_column, first_row, last_column, last_row = touched
        found.append(
            {
                "tileMatrix": str(zoom),
                "minTileRow": first_row,
                "maxTileRow": last_row,
                "minTileCol": first_column,
                "maxTileCol": last_column,
            }
        )
    return found

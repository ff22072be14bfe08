"""Map tiles: of which zoom levels pictures are offered, and where each lies."""

from geo.grid import Grid
from geo.tile_matrix import TILE_PIXELS
from layers.model import Text
from services.ogc.errors import ResourceError
from services.ogc.tiles.address import scheme_named, tile_address

MIN_ZOOM, MAX_ZOOM = 5, 17


def tile_grid(scheme: str, plane_crs: int, z: str, y: str, x: str) -> Grid:
    """The pixels of a tile by the words of its address; ``ResourceError`` where there is no such tile."""
    known = scheme_named(scheme, plane_crs)
    zoom, column, row = tile_address(z, y, x)
    if not MIN_ZOOM <= zoom <= MAX_ZOOM:
        raise ResourceError(Text("このタイルはありません。", "There is no such tile."))
    return Grid(known.srid, known.tile_box(zoom, column, row), TILE_PIXELS, TILE_PIXELS)

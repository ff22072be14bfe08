"""The bytes of tiles: from the store where they stand, else drawn now."""

from collections.abc import Sequence

from geo.tile_matrix import TileMatrixSet
from services.database.failures import store_errors
from services.ogc.source import Column, Source
from services.tiles.drawing import Drawing, draw
from services.tiles.pyramid import KEPT_ZOOM, SCHEME
from services.tiles.renderer import catalogue_drawings
from services.tiles.store import standing


def drawing_of(source: Source) -> Drawing:
    """How a layer is drawn on the face of its source."""
    known = catalogue_drawings().get((source.face.schema, source.layer.id))
    return known or Drawing(source.layer, source.face.schema)


def tile_columns(source: Source) -> list[Column]:
    """The properties that tiles carry beside ``id`` and ``feature_count``."""
    return [source.columns[name] for name in drawing_of(source).columns]


def tile(sources: Sequence[Source], scheme: TileMatrixSet, zoom: int, column: int, row: int) -> bytes:
    """One tile of layers of one face, in their order; empty where it holds nothing.

    A tile of several layers is theirs one after the other: that is what the format says of layers.
    """
    shown = [source for source in sources if zoom >= source.layer.style.min_zoom]
    if not shown:
        return b""
    drawings = [drawing_of(source) for source in shown]
    with store_errors(), shown[0].pool.connection() as connection:
        kept = (
            standing(connection, drawings, scheme, zoom, column, row) if scheme == SCHEME and zoom <= KEPT_ZOOM else {}
        )
        return b"".join(
            kept[drawing.layer.id] if drawing.layer.id in kept else draw(connection, drawing, scheme, zoom, column, row)
            for drawing in drawings
        )

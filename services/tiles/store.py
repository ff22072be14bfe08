"""The tiles kept in the database: which of them stand, read in one statement that sees one moment."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from psycopg import Connection, sql

from geo.tile_matrix import Box, TileMatrixSet
from services.database.revisions import Schema
from services.tiles.drawing import MARGIN, Drawing

# One statement sees one moment: the tile, and no change that waits and touches it.
_STANDING = sql.SQL(
    """SELECT kept.layer_id, kept.west, kept.south, kept.east, kept.north, tile.layer_id IS NULL, tile.content
         FROM unnest(%(layers)s::text[], %(definitions)s::text[]) AS asked (layer_id, definition)
         JOIN {tileset} AS kept ON kept.side = %(side)s AND kept.layer_id = asked.layer_id
              AND kept.scheme = %(scheme)s AND kept.definition = asked.definition AND kept.max_zoom >= %(z)s
         LEFT JOIN {tile} AS tile ON tile.side = %(side)s AND tile.layer_id = kept.layer_id
              AND tile.scheme = %(scheme)s AND tile.z = %(z)s AND tile.x = %(x)s AND tile.y = %(y)s
        WHERE NOT EXISTS (
            SELECT FROM {change} AS change WHERE change.side = %(side)s AND change.layer_id = kept.layer_id
               AND (change.west IS NULL OR (change.west <= %(around_east)s AND change.east >= %(around_west)s
                    AND change.south <= %(around_north)s AND change.north >= %(around_south)s)))"""
)


def standing(
    connection: Connection[tuple[Any, ...]],
    drawings: Sequence[Drawing],
    scheme: TileMatrixSet,
    zoom: int,
    column: int,
    row: int,
) -> Mapping[str, bytes]:
    """The tiles that are as they would be drawn now, by layer id; empty bytes where a layer has nothing there.

    All drawings are of one side.  A layer that is missing has to be drawn.
    """
    around = scheme.lonlat_box(zoom, column, row, MARGIN)
    if around is None or not drawings:
        return {drawing.layer.id: b"" for drawing in drawings}
    side = drawings[0].side
    values = {
        "layers": [drawing.layer.id for drawing in drawings],
        "definitions": [drawing.definition for drawing in drawings],
        "side": side,
        "scheme": scheme.id,
        "z": zoom,
        "x": column,
        "y": row,
        **dict(zip(("around_west", "around_south", "around_east", "around_north"), around, strict=True)),
    }
    found: dict[str, bytes] = {}
    cursor = connection.cursor(binary=True)
    for layer_id, west, south, east, north, is_empty, content in cursor.execute(_statement(side), values):
        if is_kept(scheme, (west, south, east, north), zoom, column, row) and (is_empty or content is not None):
            found[layer_id] = b"" if is_empty else bytes(content)
    return found


def is_kept(scheme: TileMatrixSet, domain: Box, zoom: int, column: int, row: int) -> bool:
    """Whether a tile is one of those that are kept of a box in degrees."""
    kept = _range(scheme, domain, zoom)
    return kept is not None and kept[0] <= column <= kept[2] and kept[1] <= row <= kept[3]


@lru_cache(maxsize=1024)
def _range(scheme: TileMatrixSet, domain: Box, zoom: int) -> tuple[int, int, int, int] | None:
    return scheme.tile_range(domain, zoom, MARGIN)


def _statement(side: Schema) -> sql.Composed:
    return _STANDING.format(
        **{name: sql.Identifier("tiles", f"{side}_{name}") for name in ("tileset", "tile", "change")}
    )

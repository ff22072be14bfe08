"""From changes to tiles: which tiles a change touches, and drawing them again in short transactions.

Two steps, each resumed where it was broken off.  *Planning* takes up the waiting changes of a layer and marks the
tiles they touch, all in one transaction.  *Drawing* takes some marked tiles at a time.  Both see one moment of the
database (``REPEATABLE READ``): a change that is committed meanwhile still waits afterwards, so that no tile is taken
for current that is not.  Readers are never blocked, nor is a load.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from geo.tile_matrix import WEB_MERCATOR_QUAD, Box, TileMatrixSet
from services.database.revisions import Schema
from services.tiles.drawing import MARGIN, Drawing, draw

logger = logging.getLogger(__name__)

Connection = psycopg.Connection[tuple[Any, ...]]
Key = tuple[Schema, str]
"""Side and layer id."""

SCHEME = WEB_MERCATOR_QUAD
"""The set whose tiles are kept; those of others are drawn when they are asked for."""
KEPT_ZOOM = 16
"""Last zoom of which tiles are kept: deeper ones are quickly drawn, and most are never asked for."""
_BATCH_S = 1.0
_BATCH_TILES = 256
_MOST_FAILURES = 3
_CELLS_PER_DEGREE = 50  # as the triggers count

_OF_TILE = sql.SQL("WHERE side = %s AND layer_id = %s AND scheme = %s AND z = %s AND x = %s AND y = %s")
_KEEP = sql.SQL("UPDATE tiles.tile SET content = %s, revision = %s ") + _OF_TILE
_FAILED = sql.SQL("UPDATE tiles.tile SET failures = failures + 1 ") + _OF_TILE
_EMPTY = sql.SQL("DELETE FROM tiles.tile ") + _OF_TILE


@dataclass(frozen=True, slots=True)
class Plan:
    """Where tiles are kept: ``domain`` in degrees, up to and including ``max_zoom``."""

    domain: Box
    max_zoom: int = KEPT_ZOOM
    scheme: TileMatrixSet = SCHEME

    def touched(self, boxes: Iterable[Box], min_zoom: int) -> list[tuple[int, int, int]]:
        """Zoom, column and row of the tiles of the domain that show something of the boxes (degrees), each once."""
        found: set[tuple[int, int, int]] = set()
        boxes = set(boxes)
        for zoom in range(min_zoom, self.max_zoom + 1):
            domain = self.scheme.tile_range(self.domain, zoom, MARGIN)
            if domain is None:
                continue
            for box in boxes:
                touched = self.scheme.tile_range(box, zoom, MARGIN)
                if touched is None:
                    continue
                columns = range(max(domain[0], touched[0]), min(domain[2], touched[2]) + 1)
                rows = range(max(domain[1], touched[1]), min(domain[3], touched[3]) + 1)
                found.update((zoom, column, row) for column in columns for row in rows)
        return sorted(found)


def waiting(connection: Connection, drawings: Mapping[Key, Drawing], plan: Plan) -> list[Key]:
    """The layers whose tiles have to be planned: changed since, never planned, or drawn another way now."""
    changed = set(connection.execute("SELECT DISTINCT side, layer_id FROM tiles.change").fetchall())
    kept = {
        (side, layer_id): (definition, domain, max_zoom)
        for side, layer_id, definition, max_zoom, *domain in connection.execute(
            "SELECT side, layer_id, definition, max_zoom, west, south, east, north FROM tiles.tileset "
            "WHERE scheme = %s",
            (plan.scheme.id,),
        )
    }
    return [
        key
        for key, drawing in drawings.items()
        if key in changed or kept.get(key) != (drawing.definition, list(plan.domain), plan.max_zoom)
    ]


def plan_layer(connection: Connection, drawing: Drawing, plan: Plan) -> int:
    """Marks the tiles of a layer that have to be drawn, and takes up the changes that said so; how many it marked."""
    layer_id, side = drawing.layer.id, drawing.side
    with _moment(connection):
        changes = connection.execute(
            "SELECT id, west, south, east, north FROM tiles.change WHERE side = %s AND layer_id = %s", (side, layer_id)
        ).fetchall()
        if _is_planned(connection, drawing, plan) and all(change[1] is not None for change in changes):
            boxes = [change[1:] for change in changes]
        else:
            _forget(connection, drawing, plan)
            boxes = _boxes(connection, drawing)
        tiles = plan.touched(boxes, drawing.layer.style.min_zoom)
        columns = [list(each) for each in zip(*tiles, strict=True)] or [[], [], []]
        connection.execute(
            "INSERT INTO tiles.tile (side, layer_id, scheme, z, x, y) "
            "SELECT %s, %s, %s, * FROM unnest(%s::smallint[], %s::integer[], %s::integer[]) "
            "ON CONFLICT (side, layer_id, scheme, z, x, y) DO UPDATE SET content = NULL, failures = 0",
            (side, layer_id, plan.scheme.id, *columns),
        )
        connection.execute(
            "DELETE FROM tiles.change WHERE side = %s AND id = ANY(%s)", (side, [change[0] for change in changes])
        )
    return len(tiles)


def draw_some(connection: Connection, drawings: Mapping[Key, Drawing], plan: Plan) -> int:
    """Draws marked tiles for about a second, in one transaction; how many, 0 where none is marked.

    The deepest come first: they are the ones looked at, and quick, while those of small scales show all of a layer.

    A tile that cannot be drawn stays marked, is tried three times, and is drawn for each who asks meanwhile.
    """
    until = time.monotonic() + _BATCH_S
    done = 0
    with _moment(connection):
        revisions = _revisions(connection)
        marked = connection.execute(
            "SELECT side, layer_id, z, x, y FROM tiles.tile WHERE content IS NULL AND failures < %s AND scheme = %s "
            "AND (side, layer_id) IN (SELECT * FROM unnest(%s::text[], %s::text[])) "
            "ORDER BY z DESC, layer_id, x, y LIMIT %s",
            (_MOST_FAILURES, plan.scheme.id, [key[0] for key in drawings], [key[1] for key in drawings], _BATCH_TILES),
        ).fetchall()
        for side, layer_id, z, x, y in marked:
            _draw_one(connection, drawings[side, layer_id], plan, (z, x, y), revisions[side, layer_id])
            done += 1
            if time.monotonic() > until:
                break
    return done


def _draw_one(connection: Connection, drawing: Drawing, plan: Plan, tile: tuple[int, int, int], revision: int) -> None:
    key = (drawing.side, drawing.layer.id, plan.scheme.id, *tile)
    content: bytes | None = None
    try:
        with connection.transaction():
            content = draw(connection, drawing, plan.scheme, *tile)
    except psycopg.Error as error:
        if connection.broken:
            raise
        logger.warning("the tile %s of %s cannot be drawn", tile, drawing.layer.id, exc_info=error)
    if content is None:
        connection.execute(_FAILED, key)
    elif content:
        connection.execute(_KEEP, (content, revision, *key))
    else:
        connection.execute(_EMPTY, key)


def _is_planned(connection: Connection, drawing: Drawing, plan: Plan) -> bool:
    found = connection.execute(
        "SELECT definition, max_zoom, west, south, east, north FROM tiles.tileset "
        "WHERE side = %s AND layer_id = %s AND scheme = %s",
        (drawing.side, drawing.layer.id, plan.scheme.id),
    ).fetchone()
    return found == (drawing.definition, plan.max_zoom, *plan.domain)


def _forget(connection: Connection, drawing: Drawing, plan: Plan) -> None:
    """Removes all tiles of a layer, which is planned anew."""
    key = (drawing.side, drawing.layer.id, plan.scheme.id)
    connection.execute("DELETE FROM tiles.tile WHERE side = %s AND layer_id = %s AND scheme = %s", key)
    connection.execute("DELETE FROM tiles.tileset WHERE side = %s AND layer_id = %s AND scheme = %s", key)
    connection.execute(
        "INSERT INTO tiles.tileset (side, layer_id, scheme, definition, max_zoom, west, south, east, north) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (*key, drawing.definition, plan.max_zoom, *plan.domain),
    )


def _boxes(connection: Connection, drawing: Drawing) -> list[Box]:
    """Boxes that hold all features, one for each cell, as the triggers would have recorded them."""
    query = sql.SQL(
        "SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box) FROM ("
        "SELECT ST_Extent(geometry) AS box FROM {} WHERE NOT ST_IsEmpty(geometry) "
        "GROUP BY floor(ST_XMin(geometry) * {n}), floor(ST_YMin(geometry) * {n})) AS boxes"
    ).format(drawing.relation, n=sql.Literal(_CELLS_PER_DEGREE))
    return [(west, south, east, north) for west, south, east, north in connection.execute(query)]


def _revisions(connection: Connection) -> dict[Key, int]:
    rows = connection.execute("SELECT id, revision, public_revision FROM ngis.layer").fetchall()
    of_core: dict[Key, int] = {("core", layer_id): revision for layer_id, revision, _ in rows}
    return of_core | {("published", layer_id): revision for layer_id, _, revision in rows}


@contextmanager
def _moment(connection: Connection) -> Iterator[None]:
    """A transaction that sees one moment of the database."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield

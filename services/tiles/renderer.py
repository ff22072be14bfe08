"""Keeping the tiles up to date over one connection: what ``ngis tiles`` and the server's own process do."""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from geo.tile_matrix import Box
from layers.catalogue import catalogue
from layers.model import Geometry, Layer, Visibility
from services.database.connect import connect
from services.database.failures import store_errors
from services.database.locks import Lock
from services.tiles.drawing import Drawing
from services.tiles.pyramid import Connection, Key, Plan, draw_some, plan_layer, waiting

_TILE_TIMEOUT_S = 120


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a pass did: layers and tiles it found outdated, tiles it drew, and how long that took."""

    layers: int
    marked: int
    drawn: int
    seconds: float


@dataclass(frozen=True, slots=True)
class LayerTiles:
    """The tiles kept of one layer on one side.

    ``to_draw``: marked and not drawn yet.  ``changes``: boxes that wait to be planned.
    """

    side: str
    layer_id: str
    kept: int
    to_draw: int
    failed: int
    size_bytes: int
    changes: int


def drawn_layers(layers: Collection[Layer]) -> dict[Key, Drawing]:
    """Every layer with vector tiles on the sides it has; ``published`` comes first."""
    drawn = [layer for layer in layers if layer.geometry not in (Geometry.NONE, Geometry.RASTER)]
    public: dict[Key, Drawing] = {
        ("published", layer.id): Drawing(layer, "published") for layer in drawn if layer.visibility is Visibility.PUBLIC
    }
    return public | {("core", layer.id): Drawing(layer, "core") for layer in drawn}


@cache
def catalogue_drawings() -> dict[Key, Drawing]:
    """``drawn_layers`` of the whole catalogue; not to be changed."""
    return drawn_layers(list(catalogue().values()))


def render_changed(
    url: str,
    domain: Box,
    layers: Collection[Layer] | None = None,
    *,
    on_batch: Callable[[int], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Rendered:
    """Draws all kept tiles that are outdated, or missing; waits where another renderer is at work.

    Parameters
    ----------
    url:
        Of the role for ingest.
    domain:
        Box in degrees of which tiles are kept.
    layers:
        All of the catalogue where not given.
    on_batch:
        Told after each batch how many tiles it drew.
    stop:
        Asked between batches.

    Raises
    ------
    StoreError
        The database is away or not migrated.
    """
    with store_errors(url), renderer_connection(url) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (Lock.TILE_RENDERER,))
        return render_pass(connection, domain, layers, on_batch=on_batch, stop=stop)


def render_pass(
    connection: Connection,
    domain: Box,
    layers: Collection[Layer] | None = None,
    *,
    on_batch: Callable[[int], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Rendered:
    """One pass of ``render_changed`` over a connection that holds the lock."""
    started = time.monotonic()
    every = catalogue_drawings() if layers is None else drawn_layers(layers)
    drawings = {key: drawing for key, drawing in every.items() if drawing.layer.keeps_tiles}
    plan = Plan(domain)
    outdated = waiting(connection, drawings, plan)
    marked = sum(plan_layer(connection, drawings[key], plan) for key in outdated)
    drawn = 0
    while not stop() and (batch := draw_some(connection, drawings, plan)):
        drawn += batch
        on_batch(batch)
    return Rendered(len(outdated), marked, drawn, time.monotonic() - started)


def lock_taken(connection: Connection) -> bool:
    """Takes the renderer's lock for this session; False where another has it."""
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (Lock.TILE_RENDERER,)).fetchone()
    return row is not None and bool(row[0])


@contextmanager
def renderer_connection(url: str) -> Iterator[Connection]:
    """A connection in autocommit whose statements may take as long as a large tile does."""
    with connect(
        url, application_name="ngis-tiles", statement_timeout_s=_TILE_TIMEOUT_S, autocommit=True
    ) as connection:
        yield connection


def tile_counts(connection: Connection) -> list[LayerTiles]:
    """What is kept and what waits, by side and layer; ``StoreError`` where the database is not migrated."""
    with store_errors():
        rows = connection.execute(
            "SELECT side, layer_id, count(content), count(*) FILTER (WHERE content IS NULL AND failures < 3), "
            "count(*) FILTER (WHERE content IS NULL AND failures >= 3), coalesce(sum(length(content)), 0), "
            "(SELECT count(*) FROM tiles.change c WHERE c.side = s.side AND c.layer_id = s.layer_id) "
            "FROM tiles.tileset s LEFT JOIN tiles.tile t USING (side, layer_id, scheme) "
            "GROUP BY side, layer_id ORDER BY side DESC, layer_id"
        ).fetchall()
    return [LayerTiles(*row) for row in rows]

"""The tiles kept: as drawn now, redrawn where something changed and nowhere else, whatever is broken off."""

import threading
import time
from typing import Any

import numpy as np
import psycopg
import pytest
from psycopg import errors, sql
from shapely import MultiPolygon, Point, box

from geo.tile_matrix import WEB_MERCATOR_QUAD
from layers.catalogue import layer_named
from services.database.connect import connect
from services.database.publish import undo
from services.database.revisions import Schema
from services.tiles import pyramid, watch
from services.tiles.drawing import MARGIN, Drawing, draw
from services.tiles.pyramid import KEPT_ZOOM, Plan, draw_some, plan_layer
from services.tiles.renderer import Rendered, drawn_layers, render_changed, tile_counts
from services.tiles.store import standing
from tests.conftest import DatabaseUnderTest
from tests.services.tiles.ground import CITY, add, publish_all, run

SITES, HAZARD = "emergency-sites", "hazard-inland-flood"
LAYERS = [layer_named(SITES), layer_named(HAZARD)]
Tile = tuple[int, int, int]


def fill(database: DatabaseUnderTest) -> None:
    random = np.random.default_rng(7)
    spots = zip(135.24 + 0.13 * random.random(60), 34.68 + 0.17 * random.random(60), strict=True)
    add(database, SITES, {f"p{number}": Point(*spot) for number, spot in enumerate(spots)}, name="公園")
    areas = {f"a{n}": MultiPolygon([box(135.30, y, 135.32, y + 0.004)]) for n, y in enumerate((34.72, 34.75, 34.80))}
    add(database, HAZARD, areas, hazard_class="depth-3")


def render(database: DatabaseUnderTest) -> Rendered:
    return render_changed(database.urls.ingest, CITY, LAYERS)


def kept(database: DatabaseUnderTest, layer_id: str, side: Schema = "core") -> dict[Tile, bytes]:
    rows = run(
        database,
        "SELECT z, x, y, content FROM tiles.tile WHERE layer_id = %s AND side = %s AND content IS NOT NULL",
        (layer_id, side),
    )
    return {(z, x, y): bytes(content) for z, x, y, content in rows}


def touched(*boxes: tuple[float, float, float, float]) -> set[Tile]:
    return {
        (zoom, column, row)
        for zoom in range(KEPT_ZOOM + 1)
        for each in boxes
        for column, row in WEB_MERCATOR_QUAD.tiles(each, zoom, MARGIN)
    }


def assert_as_drawn(database: DatabaseUnderTest, side: Schema) -> None:
    """Every tile of the city that stands is what a reader would draw, and all of them stand."""
    url = database.urls.public if side == "published" else database.urls.internal
    with connect(url, autocommit=True) as connection:
        for layer in LAYERS:
            drawing = Drawing(layer, side)
            for zoom in (*range(14), 16):
                for column, row in list(WEB_MERCATOR_QUAD.tiles(CITY, zoom))[:: 1 if zoom < 14 else 97]:
                    found = standing(connection, [drawing], WEB_MERCATOR_QUAD, zoom, column, row)
                    expected = draw(connection, drawing, WEB_MERCATOR_QUAD, zoom, column, row)
                    assert found == {layer.id: expected}, (layer.id, zoom, column, row)


def test_kept_tiles_are_as_drawn_now(database: DatabaseUnderTest) -> None:
    fill(database)
    publish_all(database, [SITES, HAZARD])
    done = render(database)
    assert done.layers == 4
    assert done.drawn == done.marked > 0
    assert_as_drawn(database, "core")
    assert_as_drawn(database, "published")
    assert render(database).marked == 0


def test_only_the_tiles_a_change_touches_are_drawn_again_and_all_of_those(database: DatabaseUnderTest) -> None:
    fill(database)
    render(database)
    before = kept(database, SITES)
    ((x, y),) = run(database, "SELECT ST_X(geometry), ST_Y(geometry) FROM core.emergency_sites WHERE id = 'p5'")
    run(database, "UPDATE core.emergency_sites SET geometry = ST_Translate(geometry, 0.01, 0.01) WHERE id = 'p5'")
    expected = touched((x, y, x, y), (x + 0.01, y + 0.01, x + 0.01, y + 0.01))
    done = render(database)
    assert done.layers == 1
    after = kept(database, SITES)
    changed = {tile for tile in before.keys() | after.keys() if before.get(tile) != after.get(tile)}
    assert changed <= expected
    assert {zoom for zoom, _, _ in changed} >= {14, 15, 16}
    assert 17 <= done.drawn <= len(expected) + 4  # boxes are kept a hair too large
    assert_as_drawn(database, "core")


def test_a_change_is_seen_before_it_is_drawn(database: DatabaseUnderTest) -> None:
    fill(database)
    render(database)
    drawing = Drawing(layer_named(SITES), "core")
    ((x, y),) = run(database, "SELECT ST_X(geometry), ST_Y(geometry) FROM core.emergency_sites WHERE id = 'p9'")
    column, row = next(WEB_MERCATOR_QUAD.tiles((x, y, x, y), 14))
    with connect(database.urls.internal, autocommit=True) as reader:
        assert standing(reader, [drawing], WEB_MERCATOR_QUAD, 14, column, row)
        run(database, "DELETE FROM core.emergency_sites WHERE id = 'p9'")
        assert standing(reader, [drawing], WEB_MERCATOR_QUAD, 14, column, row) == {}
        with connect(database.urls.ingest, autocommit=True) as renderer:
            assert plan_layer(renderer, drawing, Plan(CITY)) > 0
        assert standing(reader, [drawing], WEB_MERCATOR_QUAD, 14, column, row) == {}
        render(database)
        assert standing(reader, [drawing], WEB_MERCATOR_QUAD, 14, column, row)
    assert_as_drawn(database, "core")


def test_publishing_and_undoing_draw_the_public_side_again(database: DatabaseUnderTest) -> None:
    fill(database)
    publish_all(database, [SITES, HAZARD])
    render(database)
    first = kept(database, SITES, "published")
    run(database, "UPDATE core.emergency_sites SET name = '別の公園' WHERE id = 'p3'")
    render(database)
    assert kept(database, SITES, "published") == first  # loaded is not published
    publish_all(database, [SITES])
    done = render(database)
    assert done.layers == 1
    assert kept(database, SITES, "published") != first
    assert_as_drawn(database, "published")
    with connect(database.urls.owner, autocommit=True) as connection:
        ((last,),) = connection.execute("SELECT max(id) FROM ngis.publication").fetchall()
        undo(connection, last, "test")
    assert_stale_or_right(database)
    render(database)
    assert kept(database, SITES, "published") == first


def assert_stale_or_right(database: DatabaseUnderTest) -> None:
    """What stands before the renderer has worked is right all the same."""
    drawing = Drawing(layer_named(SITES), "published")
    with connect(database.urls.public, autocommit=True) as connection:
        for column, row in WEB_MERCATOR_QUAD.tiles(CITY, 12):
            found = standing(connection, [drawing], WEB_MERCATOR_QUAD, 12, column, row)
            expected = draw(connection, drawing, WEB_MERCATOR_QUAD, 12, column, row)
            assert found.get(SITES, expected) == expected


def test_work_goes_on_where_it_was_broken_off(database: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(database)
    monkeypatch.setattr(pyramid, "_BATCH_TILES", 20)
    drawings, plan = drawn_layers(LAYERS), Plan(CITY)
    with connect(database.urls.ingest, autocommit=True) as connection:
        marked = plan_layer(connection, drawings["core", SITES], plan)
        assert draw_some(connection, drawings, plan) == 20
    ((left,),) = run(database, "SELECT count(*) FROM tiles.tile WHERE content IS NULL")
    assert left == marked - 20
    done = render(database)
    assert done.drawn == done.marked + left
    assert_as_drawn(database, "core")


def test_a_renderer_that_is_killed_leaves_nothing_wrong(
    database: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database)
    count = 0

    def draw_and_die(connection: psycopg.Connection[Any], *arguments: Any) -> bytes:
        nonlocal count
        count += 1
        if count == 30:
            with connect(database.urls.ingest, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
        return draw(connection, *arguments)

    monkeypatch.setattr(pyramid, "draw", draw_and_die)
    with pytest.raises(Exception, match="database"):
        render(database)
    monkeypatch.setattr(pyramid, "draw", draw)
    assert kept(database, SITES) == {}  # its batch was undone as a whole
    render(database)
    assert_as_drawn(database, "core")


def test_changes_during_the_drawing_are_not_lost(database: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(database)
    done = False

    def draw_while_others_write(connection: psycopg.Connection[Any], *arguments: Any) -> bytes:
        nonlocal done
        if not done:
            done = True
            add(database, SITES, {"late": Point(135.3, 34.75)}, name="後から")
        return draw(connection, *arguments)

    monkeypatch.setattr(pyramid, "draw", draw_while_others_write)
    render(database)
    assert_as_drawn_or_missing(database)
    render(database)
    assert_as_drawn(database, "core")


def assert_as_drawn_or_missing(database: DatabaseUnderTest) -> None:
    drawing = Drawing(layer_named(SITES), "core")
    with connect(database.urls.internal, autocommit=True) as connection:
        for zoom in (0, 9, 12, 14):
            column, row = next(WEB_MERCATOR_QUAD.tiles((135.3, 34.75, 135.3, 34.75), zoom))
            assert standing(connection, [drawing], WEB_MERCATOR_QUAD, zoom, column, row) == {}


def test_a_tile_that_cannot_be_drawn_stands_in_nobodys_way(
    database: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database)

    def fail_at_one(connection: Any, drawing: Drawing, scheme: Any, zoom: int, column: int, row: int) -> bytes:
        if (drawing.layer.id, zoom) == (SITES, 11):
            raise errors.QueryCanceled("too slow")
        return draw(connection, drawing, scheme, zoom, column, row)

    monkeypatch.setattr(pyramid, "draw", fail_at_one)
    render(database)
    with connect(database.urls.ingest, autocommit=True) as connection:
        counts = {(each.side, each.layer_id): each for each in tile_counts(connection)}
        assert counts["core", SITES].failed > 0
        assert counts["core", SITES].to_draw == 0
        column, row = next(WEB_MERCATOR_QUAD.tiles((135.3, 34.75, 135.3, 34.75), 11))
        assert standing(connection, [Drawing(layer_named(SITES), "core")], WEB_MERCATOR_QUAD, 11, column, row) == {}


def test_a_table_that_is_emptied_has_empty_tiles(database: DatabaseUnderTest) -> None:
    fill(database)
    render(database)
    run(database, "TRUNCATE core.emergency_sites")
    render(database)
    assert kept(database, SITES) == {}
    assert_as_drawn(database, "core")


def test_tiles_drawn_another_way_are_worthless(database: DatabaseUnderTest) -> None:
    fill(database)
    render(database)
    run(database, "UPDATE tiles.tileset SET definition = 'of an older program' WHERE layer_id = %s", (SITES,))
    with connect(database.urls.internal, autocommit=True) as connection:
        drawing = Drawing(layer_named(SITES), "core")
        assert standing(connection, [drawing], WEB_MERCATOR_QUAD, 0, 0, 0) == {}
    assert render(database).layers == 2  # both sides of it
    assert_as_drawn(database, "core")


def test_the_public_role_reads_public_tiles_only(database: DatabaseUnderTest) -> None:
    with connect(database.urls.public, autocommit=True) as connection:
        for name in ("tile", "tileset", "change"):
            connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("tiles", f"published_{name}")))
            for hidden in (name, f"core_{name}"):
                with pytest.raises(errors.InsufficientPrivilege):
                    connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("tiles", hidden)))
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier("tiles", f"published_{name}")))


def test_outside_of_the_city_nothing_is_kept_and_nothing_is_wrong(database: DatabaseUnderTest) -> None:
    add(database, SITES, {"far": Point(139.7, 35.6)}, name="東京")
    render(database)
    drawing = Drawing(layer_named(SITES), "core")
    column, row = next(WEB_MERCATOR_QUAD.tiles((139.7, 35.6, 139.7, 35.6), 14))
    with connect(database.urls.internal, autocommit=True) as connection:
        assert standing(connection, [drawing], WEB_MERCATOR_QUAD, 14, column, row) == {}
        assert draw(connection, drawing, WEB_MERCATOR_QUAD, 14, column, row)


def test_the_watch_draws_what_moves(database: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "LOOK_S", 0.1)
    stop = threading.Event()
    thread = threading.Thread(target=watch.watch, args=(database.settings, stop))
    thread.start()
    try:
        add(database, SITES, {"one": Point(135.3, 34.75)}, name="公園")
        until = time.monotonic() + 120
        while len(kept(database, SITES)) < KEPT_ZOOM + 1 and time.monotonic() < until:
            time.sleep(0.2)
        assert len(kept(database, SITES)) >= KEPT_ZOOM + 1
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()

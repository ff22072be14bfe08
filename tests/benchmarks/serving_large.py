"""What a page in a box costs of a layer a hundred times as large; ``make bench BENCH=serving_large``, some minutes."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
from psycopg import sql

from services.database.connect import connect
from services.tiles.renderer import lock_taken, renderer_connection
from tests.benchmarks.comparison import servers
from tests.benchmarks.comparison.data import POINT_ROWS, POINTS, boxes, database, insert_points
from tests.benchmarks.comparison.load import load
from tests.benchmarks.comparison.servers import Server
from tests.benchmarks.machine import open_folder
from tests.benchmarks.measures import Measure

ONLY_WHEN_NAMED = True
ROWS = 10_000_000
BOXES = 300
SECONDS = 5
TABLE = sql.Identifier("publication", POINTS.replace("-", "_"))


def measure() -> Iterator[Measure]:
    """The same server before and after the layer has grown, asked without its cache."""
    with ExitStack() as stack:
        _, urls = stack.enter_context(database())
        folder = stack.enter_context(open_folder())
        owner = stack.enter_context(connect(urls.owner, autocommit=True))
        # The server's own process draws no tiles meanwhile: one of the two cores is its for minutes.
        renderer = stack.enter_context(renderer_connection(urls.ingest))
        while not lock_taken(renderer):
            time.sleep(0.1)
        ours = stack.enter_context(servers.ours(urls, folder, cache=False))
        few = boxes(owner, POINTS, BOXES)
        before = _seconds_per_page(ours, few)
        yield Measure(f"page of 100 in a box, {POINT_ROWS:,} points", before * 1000, "ms")
        _grow(owner)
        _wait_until_noticed(ours)
        after = _seconds_per_page(ours, boxes(owner, POINTS, BOXES))
        what = f"{ROWS:,} points, as a multiple of {POINT_ROWS:,}"
        yield Measure(f"page of 100 in a box that holds 100 of {what}", after / before, "x", limit=2)
        same = _seconds_per_page(ours, few)
        # A page is in the order of ids, so that nothing is lost between pages: all in the box are sorted for it.
        yield Measure(f"page of 100 in a box that holds {100 * ROWS // POINT_ROWS:,} of {what}", same / before, "x")
        yield Measure("memory of the worker afterwards", ours.memory_mib(), "MiB", limit=300)


def _seconds_per_page(ours: Server, found: list[str]) -> float:
    paths = [ours.items(POINTS, {"limit": "100", "bbox": box}) for box in found]
    load(ours.address, paths, 1)
    speed = load(ours.address, paths, SECONDS)
    return 1 / speed.per_second


def _wait_until_noticed(ours: Server) -> None:
    """A worker counts the rows of a new revision once."""
    while json.loads(ours.get(ours.items(POINTS, {"limit": "1"}))[1])["numberMatched"] != ROWS:
        time.sleep(1)


def _grow(owner: psycopg.Connection[Any]) -> None:
    """Fills the published table anew, with its indexes made afterwards, and moves the revision on."""
    indexes = owner.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'publication' AND tablename = %s "
        "AND indexname NOT LIKE '%%_pkey'",
        (POINTS.replace("-", "_"),),
    ).fetchall()
    for name, _ in indexes:
        owner.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier("publication", name)))
    owner.execute(sql.SQL("TRUNCATE {}").format(TABLE))
    insert_points(owner, TABLE, ROWS)
    for _, definition in indexes:
        owner.execute(definition.encode())
    owner.execute(sql.SQL("VACUUM ANALYZE {}").format(TABLE))
    owner.execute("UPDATE ngis.layer SET public_revision = public_revision + 1 WHERE id = %s", (POINTS,))

"""Our public face against stock pygeoapi and TiPg: the same rows, one worker each, eight connections, in turns."""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError

from psycopg import Connection

from services.database.connect import connect
from tests.benchmarks.comparison import servers
from tests.benchmarks.comparison.contest import SECONDS, compare
from tests.benchmarks.comparison.data import BUILDINGS, POINTS, boxes, database
from tests.benchmarks.comparison.load import load
from tests.benchmarks.comparison.requests import VARIETY, requests, tiles
from tests.benchmarks.comparison.servers import Server
from tests.benchmarks.machine import open_folder
from tests.benchmarks.measures import Comparison, Measure, Speed


def measure() -> Iterator[Measure | Comparison]:
    """The rows of the table, then what only our server has: its cache, its memory, its start."""
    with ExitStack() as stack:
        _, urls = stack.enter_context(database())
        folder = stack.enter_context(open_folder())
        owner = stack.enter_context(connect(urls.owner, autocommit=True))
        peers = [stack.enter_context(servers.stock(urls, folder)), stack.enter_context(servers.tipg(urls, folder))]
        found = boxes(owner, BUILDINGS, VARIETY)
        with servers.ours(urls, folder, cache=False) as ours:
            for request in requests(found):
                comparison = compare(request, [ours, *peers], owner)
                yield comparison
            yield Measure("memory of a worker after the load, without cache", ours.memory_mib(), "MiB", limit=300)
        with servers.ours(urls, folder, cache=True) as ours:
            yield from _from_cache(ours, tiles(found).paths(ours), comparison.speeds["tipg"], owner)
            yield Measure("memory of a worker after the load, with cache", ours.memory_mib(), "MiB", limit=300)
            yield Measure("a worker was killed: until its successor answers", _replaced(ours), "s", limit=2)


def _from_cache(
    ours: Server, drawn: Sequence[str], peer: Speed | str, owner: Connection[Any]
) -> Iterator[Measure | Comparison]:
    """Tiles against TiPg, which draws them anew; a page of every sort; the short answer to who has it already."""
    for path in dict.fromkeys(drawn):
        ours.get(path)
    yield Comparison(
        "vector tile, zoom 15, from our cache",
        {"ours": load(ours.address, drawn, SECONDS), "tipg": peer},
        {"tipg": 100},
    )
    pages = [
        ours.items(BUILDINGS, {"limit": "10"}),
        ours.items(BUILDINGS, {"limit": "10", "f": "html"}),
        ours.item(POINTS, "p00000001"),
        ours.conformance(),
        drawn[0],
    ]
    for path in pages:
        ours.get(path)
    yield Comparison("any page, warm", {"ours": load(ours.address, pages, SECONDS)}, floor=5_000)
    tag = ours.get(pages[0])[0].get("ETag", "")
    if not _is_not_modified(ours, pages[0], tag):
        yield Comparison("304 by ETag", {"ours": "not offered"}, floor=10_000)
        return
    # Looks for new revisions, outdated tiles and jobs go on whatever is asked.
    before = _transactions(owner)
    time.sleep(SECONDS)
    idle = (_transactions(owner) - before) / SECONDS
    before = _transactions(owner)
    speed = load(ours.address, pages[:1], SECONDS, {"If-None-Match": tag})
    yield Comparison("304 by ETag", {"ours": speed}, floor=10_000)
    looks = _transactions(owner) - before - 1  # one look at the beginning of the load, then one a second
    queries = looks / speed.seconds
    yield Measure(
        "304 by ETag: queries of the database, more than when nothing is asked", queries - idle, "/s", limit=1
    )


def _is_not_modified(ours: Server, path: str, tag: str) -> bool:
    try:
        ours.get(path, {"If-None-Match": tag})
    except HTTPError as error:
        return error.code == HTTPStatus.NOT_MODIFIED
    return False


def _transactions(owner: Connection[Any]) -> int:
    time.sleep(1.5)  # sessions report what they did once a second
    row = owner.execute("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()").fetchone()
    assert row is not None
    return int(str(row[0]))


def _replaced(ours: Server) -> float:
    """Seconds from the death of the worker to the first answer of the one that takes its place."""
    os.kill(ours.worker(), signal.SIGKILL)
    started = time.perf_counter()
    ours.get("/readyz")  # the parent holds the listening socket: the question waits in its line
    return time.perf_counter() - started

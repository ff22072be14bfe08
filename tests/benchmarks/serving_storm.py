"""Whether pages that need no rows are answered while every slow request there is room for is being worked on."""

import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit

from services.database.cluster import ADMIN
from services.database.connect import connect
from tests.benchmarks.comparison import servers
from tests.benchmarks.comparison.data import BUILDINGS, CENTRE, DATABASE, database, tile_at
from tests.benchmarks.comparison.servers import Server
from tests.benchmarks.machine import open_folder
from tests.benchmarks.measures import Measure

SLOW_REQUESTS = 6
SECONDS = 10
PATIENCE_S = 60
WHOLE_CITY = tile_at(*CENTRE, 9)
CROWDED = tile_at(*CENTRE, 15)
"""Stock pygeoapi needs minutes for this one."""


def measure() -> Iterator[Measure]:
    """Latency of ``/conformance`` in the storm, and what the database still works on when the askers have gone."""
    with ExitStack() as stack:
        cluster, urls = stack.enter_context(database())
        folder = stack.enter_context(open_folder())
        admin = stack.enter_context(connect(cluster.url(ADMIN, DATABASE), autocommit=True))
        with servers.ours(urls, folder, cache=False) as ours:
            path = ours.tile(BUILDINGS, *WHOLE_CITY)
            started = time.perf_counter()
            ours.get(path)
            yield Measure("the slow tile, all 200,000 buildings, alone", time.perf_counter() - started, "s")
            waits = sorted(_in_the_storm(ours, path, SECONDS))
            yield Measure(
                f"/conformance during {SLOW_REQUESTS} slow tiles: p99 of {len(waits)}",
                waits[int(len(waits) * 0.99)] * 1000,
                "ms",
                limit=100,
            )
            time.sleep(1)
            row = admin.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ngis-public' AND state = 'active'"
            ).fetchone()
            assert row is not None
            yield Measure("queries that run on 1 s after their askers hung up", float(row[0]), "", limit=0)
        with servers.stock(urls, folder) as stock:
            waits = _in_the_storm(stock, stock.tile(BUILDINGS, *CROWDED), SECONDS)
            yield Measure(
                f"stock pygeoapi: longest /conformance during slow tiles (at most {PATIENCE_S} s)", max(waits), "s"
            )


def _in_the_storm(server: Server, slow: str, seconds: float) -> list[float]:
    """Seconds that each ``/conformance`` took while slow requests were kept in hand; then these are hung up on."""
    asked = [_ask(server, slow) for _ in range(SLOW_REQUESTS)]
    waits: list[float] = []
    try:
        time.sleep(0.5)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for answered in select.select(asked, [], [], 0)[0]:
                answered.close()
                asked[asked.index(answered)] = _ask(server, slow)
            started = time.perf_counter()
            with suppress(TimeoutError):
                server.get(server.conformance(), timeout_s=PATIENCE_S)
            waits.append(time.perf_counter() - started)
            time.sleep(0.02)
    finally:
        for each in asked:
            each.close()
    return waits


def _ask(server: Server, path: str) -> socket.socket:
    """A connection on which a request was sent whose answer nobody has read yet."""
    address = urlsplit(server.address)
    connection = socket.create_connection((str(address.hostname), int(address.port or 80)))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n\r\n".encode())
    return connection

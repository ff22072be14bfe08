"""Our public face against stock pygeoapi and TiPg: the same rows, one worker each, eight connections, in turns."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError

import psycopg

from services.database.connect import connect
from tests.benchmarks.comparison import answers, servers
from tests.benchmarks.comparison.data import BUILDINGS, CATEGORIES, POINT_ROWS, POINTS, USAGES, boxes, database, tile_at
from tests.benchmarks.comparison.load import FailedRequestsError, load
from tests.benchmarks.comparison.servers import Server
from tests.benchmarks.machine import open_folder
from tests.benchmarks.measures import Comparison, Measure, Speed

SECONDS, ROUNDS, WARM_UP_S = 5, 2, 1
PATIENCE_S = 30
"""How long a single answer may take before the server counts as not finishing."""
VARIETY = 500  # different requests of a kind that is random

Connection = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of request: its paths at a server, what of the answers must agree, and how many times the peers'
    requests per second ours should reach."""

    what: str
    paths: Callable[[Server], Sequence[str]]
    alike: Callable[[bytes, bytes], bool]
    targets: Mapping[str, float] = field(default_factory=dict)


def measure() -> Iterator[Measure | Comparison]:
    """The rows of the table, then what only our server has: its cache, its memory, its start."""
    with ExitStack() as stack:
        _, urls = stack.enter_context(database())
        folder = stack.enter_context(open_folder())
        owner = stack.enter_context(connect(urls.owner, autocommit=True))
        peers = [stack.enter_context(servers.stock(urls, folder)), stack.enter_context(servers.tipg(urls, folder))]
        table, tiles = rows(owner)
        tile_speed: Speed | str = ""
        with servers.ours(urls, folder, cache=False) as ours:
            for row in table:
                found = compare(row, [ours, *peers], owner)
                yield found
            tile_speed = found.speeds["tipg"]
            yield Measure("memory of a worker after the load, without cache", ours.memory_mib(), "MiB", limit=300)
        with servers.ours(urls, folder, cache=True) as ours:
            yield from _from_cache(ours, tiles, tile_speed, owner)
            yield Measure("memory of a worker after the load, with cache", ours.memory_mib(), "MiB", limit=300)
            yield Measure("a worker was killed: until its successor answers", _replaced(ours), "s", limit=2)


def rows(owner: Connection) -> tuple[list[Row], Row]:
    """The rows in order; and of these the one of the tiles."""
    found = boxes(owner, BUILDINGS, VARIETY)
    drawn = [tile_at(west, south, 15) for west, south in ((*map(float, box.split(",")[:2]),) for box in found)]
    tiles = Row(
        "vector tile, zoom 15, random",
        lambda server: [server.tile(BUILDINGS, *tile) for tile in drawn],
        answers.same_tile,
        {"tipg": 1.8},
    )

    def items(layer_id: str, *queries: Mapping[str, str]) -> Callable[[Server], Sequence[str]]:
        return lambda server: [server.items(layer_id, query) for query in queries]

    filters = [f"usage='{usage}' AND storeys>={storeys}" for storeys in range(2, 9) for usage in USAGES]
    return [
        Row("items, 10", items(BUILDINGS, {"limit": "10"}), answers.same_page, {"stock": 10, "tipg": 10}),
        Row("items, 1,000", items(BUILDINGS, {"limit": "1000"}), answers.same_page, {"stock": 10, "tipg": 7}),
        Row(
            "random bbox, 100",
            items(BUILDINGS, *({"limit": "100", "bbox": box} for box in found)),
            answers.same_page,
            {"stock": 25, "tipg": 5},
        ),
        Row(
            "property filter, 100",
            items(POINTS, *({"limit": "100", "category": category} for category in CATEGORIES)),
            answers.same_page,
            {"stock": 5, "tipg": 4},
        ),
        Row(
            "CQL2 filter, 100",
            items(BUILDINGS, *({"limit": "100", "filter": each, "filter-lang": "cql2-text"} for each in filters)),
            answers.same_page,
            {"stock": 2, "tipg": 1.7},
        ),
        Row(
            "one item, random",
            lambda server: [server.item(POINTS, f"p{n * 7919 % POINT_ROWS + 1:08}") for n in range(VARIETY)],
            answers.same_item,
            {"stock": 5, "tipg": 3},
        ),
        Row(
            "items as HTML, 10",
            items(BUILDINGS, {"limit": "10", "f": "html"}),
            answers.same_html,
            {"stock": 20, "tipg": 3},
        ),
        tiles,
    ], tiles


def compare(row: Row, compared: Sequence[Server], owner: Connection) -> Comparison:
    """Checks that the servers answer alike, then loads them in turns; who does not is not measured."""
    speeds: dict[str, Speed | str] = {}
    first: bytes | None = None
    for server in compared:
        try:
            content = server.get(row.paths(server)[0], timeout_s=PATIENCE_S)[1]
        except HTTPError as error:
            speeds[server.name] = f"not offered ({error.code})"
        except TimeoutError:
            speeds[server.name] = f"not within {PATIENCE_S} s"
            _end_queries(owner)
        else:
            first = content if first is None else first
            if not row.alike(first, content):
                speeds[server.name] = "answers differently"
    measured: dict[str, list[Speed]] = {server.name: [] for server in compared if server.name not in speeds}
    for turn in range(ROUNDS):
        for server in compared:
            if server.name in speeds:
                continue
            try:
                if turn == 0:
                    load(server.address, row.paths(server), WARM_UP_S)
                measured[server.name].append(load(server.address, row.paths(server), SECONDS))
            except FailedRequestsError as error:
                speeds[server.name] = str(error)
    done = {name: Speed.of(rounds) for name, rounds in measured.items() if name not in speeds}
    return Comparison(row.what, {**speeds, **done}, row.targets)


def _from_cache(ours: Server, tiles: Row, tile_speed: Speed | str, owner: Connection) -> Iterator[Measure | Comparison]:
    paths = tiles.paths(ours)
    for path in dict.fromkeys(paths):
        ours.get(path)
    yield Comparison(
        "vector tile, zoom 15, from our cache",
        {"ours": load(ours.address, paths, SECONDS), "tipg": tile_speed},
        {"tipg": 100},
    )
    pages = [
        ours.items(BUILDINGS, {"limit": "10"}),
        ours.items(BUILDINGS, {"limit": "10", "f": "html"}),
        ours.item(POINTS, "p00000001"),
        ours.conformance(),
        paths[0],
    ]
    for path in pages:
        ours.get(path)
    yield Comparison("any page, warm", {"ours": load(ours.address, pages, SECONDS)}, floor=5_000)
    tag = ours.get(pages[0])[0].get("ETag")
    if tag is None:
        yield Comparison("304 by ETag", {"ours": "not offered (no ETag)"}, floor=10_000)
        return
    before = _transactions(owner)
    started = time.perf_counter()
    speed = load(ours.address, pages[:1], SECONDS, {"If-None-Match": tag})
    seconds = time.perf_counter() - started
    yield Comparison("304 by ETag", {"ours": speed}, floor=10_000)
    # Some a second are the look for new revisions and this benchmark's own.
    queries = (_transactions(owner) - before) / seconds
    yield Measure("304 by ETag: queries of the database a second, all told", queries, "/s", limit=5)


def _end_queries(owner: Connection) -> None:
    """Ends what a server that was given up on still asks of the database; both peers are this role."""
    owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE usename = current_user AND pid <> pg_backend_pid() AND state = 'active'"
    )


def _transactions(owner: Connection) -> int:
    time.sleep(1.5)  # sessions report what they did once a second
    row = owner.execute("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()").fetchone()
    assert row is not None
    return int(str(row[0]))


def _replaced(ours: Server) -> float:
    """Seconds from the death of the worker to the first answer of the one that takes its place."""
    children = Path(f"/proc/{ours.process.pid}/task/{ours.process.pid}/children").read_text().split()
    worker = max(map(int, children), key=lambda pid: int(Path(f"/proc/{pid}/statm").read_text().split()[1]))
    os.kill(worker, signal.SIGKILL)
    started = time.perf_counter()
    ours.get("/readyz")  # the parent holds the listening socket: the question waits in its line
    return time.perf_counter() - started

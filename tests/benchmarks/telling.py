"""How soon the screens are told: of an evacuation order all, of a closure on its way a vehicle; over HTTP, streamed."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from queue import Queue
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
import shapely

from layers.model import Role
from services.database import accounts
from tests.benchmarks.measures import Measure
from tests.benchmarks.sample_server import AREA, Served, served_city

_ROUNDS, _PATIENCE_S = 10, 60.0
_OF_BENCH = (
    "source_id, dataset, fictitious, position_quality, load_id, raw_number) "
    "VALUES (%s, %s, %s, ST_GeomFromText(%s, 6668), {} 'bench', 'bench', true, 'as-published', 0, 0)"
)
_ORDER = (
    'INSERT INTO core.evacuation_orders (id, "from", "until", geometry, level, area_name, public, '
    + _OF_BENCH.format("4, '試験町', true,")
)
_CLOSURE = 'INSERT INTO core.road_closures (id, "from", "until", geometry, ' + _OF_BENCH.format("")


def measure() -> Iterator[Measure]:
    """Both faces with two workers each, as ``ngis up`` starts them; from the commit until the message is read."""
    with served_city() as served, psycopg.connect(served.database_url, autocommit=True) as connection:
        orders = [_told_of_an_order(served, connection) for _ in range(_ROUNDS)]
        yield Measure("commit of an evacuation order to the stream of all, worst", max(orders), "ms", 2_000)
        cuts = [_told_of_a_cut(served, connection) for _ in range(_ROUNDS)]
        yield Measure("commit of a closure to the vehicle whose way it cuts, worst", max(cuts), "ms", 1_000)


@contextmanager
def _listening(address: str) -> Iterator["Queue[tuple[str, Any, float]]"]:
    """Kind, content and time of what a client of a stream is told, once it is told the first."""
    told: Queue[tuple[str, Any, float]] = Queue()
    over = threading.Event()

    def listen() -> None:
        kind = ""
        with httpx.stream("GET", address, timeout=_PATIENCE_S, trust_env=False) as answer:
            for line in answer.iter_lines():
                if over.is_set():
                    return
                name, _, value = line.partition(": ")
                if name == "event":
                    kind = value
                elif name == "data":
                    told.put((kind, json.loads(value), time.perf_counter()))

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    first = told.get(timeout=_PATIENCE_S)
    told.put(first)
    try:
        yield told
    finally:
        over.set()
        thread.join(_PATIENCE_S)


def _told_of_an_order(served: Served, connection: psycopg.Connection[Any]) -> float:
    with _listening(f"http://127.0.0.1:{served.public_port}/changes") as told:
        before = told.get()[1]["stamp"]
        committed = _add(connection, _ORDER, shapely.MultiPolygon([shapely.box(*AREA)]))
        try:
            while (heard := told.get(timeout=_PATIENCE_S))[1]["stamp"] == before:
                pass
        finally:
            connection.execute("DELETE FROM core.evacuation_orders WHERE id = 'bench'")
            time.sleep(3)  # that it is gone has been told, too
    return (heard[2] - committed) * 1000


def _told_of_a_cut(served: Served, connection: psycopg.Connection[Any]) -> float:
    address = f"http://127.0.0.1:{served.internal_port}"
    name = f"bench-{time.time_ns()}"
    auth = name, accounts.add(connection, name, "計測", [Role.FIRE])
    row = connection.execute("SELECT call_sign FROM core.vehicles WHERE geometry IS NOT NULL ORDER BY 1").fetchone()
    if row is None:
        raise RuntimeError("the sample city has no vehicle")
    west, south, east, north = AREA
    asked = {"origin": [west + 0.01, south + 0.02], "destination": [east - 0.01, north - 0.02]}
    path = f"{address}/ogc/collections/vehicles/routes/{quote(row[0])}"
    answer = httpx.put(path, json=asked, auth=auth, timeout=_PATIENCE_S, trust_env=False).raise_for_status()
    way = shapely.geometry.shape(answer.json()["route"]["geometry"])
    time.sleep(3)  # the watch has seen it
    with _listening(f"{address}/events?kinds=route-cut") as told:
        committed = _add(connection, _CLOSURE, way.interpolate(0.5, normalized=True).buffer(0.0003))
        try:
            while (heard := told.get(timeout=_PATIENCE_S))[0] != "route-cut":
                pass
        finally:
            connection.execute("DELETE FROM core.road_closures WHERE id = 'bench'")
            httpx.delete(path, auth=auth, timeout=_PATIENCE_S, trust_env=False)
            time.sleep(1)
    return (heard[2] - committed) * 1000


def _add(connection: psycopg.Connection[Any], statement: str, area: shapely.Geometry) -> float:
    now = datetime.now(UTC)
    given = ("bench", now - timedelta(minutes=1), now + timedelta(hours=2), area.wkt)
    connection.execute(statement.encode(), given)
    return time.perf_counter()

"""Routes as the desk gets them: over HTTP, with geometry and steps, in the sample city; how soon a closure holds."""

import http.client
import json
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import shapely

from tests.benchmarks.comparison.load import CONNECTIONS, load
from tests.benchmarks.measures import Measure
from tests.benchmarks.sample_server import AREA, posted, served_city

_PAIRS, _SECONDS, _CLOSURES = 500, 10, 10
_LIMITS_S = (120, 240, 360, 480)
_SET = "pumper|tank:2,ambulance:1"


def measure() -> Iterator[Measure]:
    """The internal face with two workers, as ``ngis up`` starts it."""
    with served_city() as served:
        port, url = served.internal_port, served.database_url
        spots = np.random.default_rng(28204).uniform(AREA[:2], AREA[2:], (_PAIRS, 2, 2)).round(6).tolist()
        bodies = [json.dumps({"inputs": {"origin": a, "destination": b, "details": ["steps"]}}) for a, b in spots]
        whole = [json.dumps({"inputs": {"origin": a, "destination": b}}) for a, b in spots]
        address = f"http://127.0.0.1:{port}/ogc/processes/route/execution"
        load(address, bodies, 3)
        alone = [_timed(port, "route", {"origin": a, "destination": b, "details": ["steps"]}) for a, b in spots]
        yield Measure("route with geometry and steps, one after another, p50", float(np.percentile(alone, 50)), "ms")
        speed = load(address, bodies, _SECONDS)
        yield Measure(f"route with geometry and steps, {CONNECTIONS} connections, p50", speed.p50_ms, "ms", 5)
        yield Measure("the same, p99", speed.p99_ms, "ms", 20)
        yield Measure("routes a second", speed.per_second, "/s")
        speed = load(address, whole, _SECONDS)
        yield Measure(f"route with the hazards and limits on it, {CONNECTIONS} connections, p50", speed.p50_ms, "ms")
        yield Measure("the same, p99", speed.p99_ms, "ms")
        areas = [_timed(port, "isochrone", {"origins": [a], "limits_s": _LIMITS_S}) for a, _ in spots[:40]]
        yield Measure(
            "isochrones of 120, 240, 360 and 480 s with areas, p50", float(np.percentile(areas[5:], 50)), "ms", 50
        )
        units = [_timed(port, "nearest-units", {"location": a, "dispatch_set": _SET}) for a, _ in spots[:40]]
        yield Measure("nearest units, p50", float(np.percentile(units[5:], 50)), "ms")
        with psycopg.connect(url, autocommit=True) as connection:
            held = [_until_held(connection, port, a, b) for a, b in spots[:_CLOSURES]]
        yield Measure("commit of a closure to routes that honour it, in every worker, worst", max(held), "ms", 250)


def _timed(port: int, process: str, inputs: Mapping[str, Any]) -> float:
    started = time.perf_counter()
    status, content = posted(port, process, inputs)
    if status != http.client.OK:
        raise RuntimeError(f"{process}: {status} {content[:300]!r}")
    return (time.perf_counter() - started) * 1000


def _until_held(connection: psycopg.Connection[Any], port: int, origin: object, destination: object) -> float:
    """Milliseconds from the commit of a closure until each of eight askers, by new connections, was led around it."""

    def way() -> shapely.Geometry | None:
        found = json.loads(posted(port, "route", {"origin": origin, "destination": destination})[1])["routes"]
        return shapely.geometry.shape(found[0]["geometry"]) if found else None

    before = way()
    if before is None:
        return 0.0
    closed = before.interpolate(0.5, normalized=True).buffer(0.0003)

    def honoured(since: float) -> float:
        while (now := way()) is not None and now.intersects(closed):
            pass
        return (time.perf_counter() - since) * 1000

    begins = datetime.now(UTC) - timedelta(hours=1)
    connection.execute(
        'INSERT INTO core.road_closures (id, "from", "until", geometry, source_id, dataset, fictitious, '
        "position_quality, load_id, raw_number) VALUES ('bench', %s, %s, ST_GeomFromText(%s, 6668), 'bench', 'bench', "
        "true, 'as-published', 0, 0)",
        (begins, begins + timedelta(hours=2), closed.wkt),
    )
    try:
        committed = time.perf_counter()
        with ThreadPoolExecutor(CONNECTIONS) as threads:
            return max(threads.map(honoured, [committed] * CONNECTIONS))
    finally:
        connection.execute("DELETE FROM core.road_closures WHERE id = 'bench'")
        time.sleep(1)

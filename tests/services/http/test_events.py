"""The stream of events against a real server: who is told what, how soon, once, in order, and after coming back."""

import json
import re
import shlex
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
import pytest
import shapely
from shapely.geometry import mapping, shape

from layers.model import Role
from services.database.cluster import EmbeddedCluster
from services.database.connect import connect
from services.settings import ROOT
from tests.conftest import _database
from tests.services.http.conftest import SmallCity, _dataset, account_of
from tests.services.http.serving import await_ready, end, environment, start
from tests.services.routing.streets import CORNERS, add_streets
from tests.services.tracking.fleets import add_vehicles, report
from tests.waiting import until

ORIGIN, DESTINATION = map(list, CORNERS)
ROUTE = f"/ogc/collections/vehicles/routes/{quote('試験1')}"
WORKERS = 2
SOON_S = 10.0
"""On a machine that has much else to do; how soon it is, ``make bench BENCH=telling`` measures."""


@dataclass
class Server:
    """A server with several worker processes, and an account of the fire service."""

    city: SmallCity
    address: str
    auth: tuple[str, str]

    def send(self, method: str, path: str, content: Any = None, **headers: str) -> httpx.Response:
        return httpx.request(
            method, self.address + path, json=content, auth=self.auth, headers=headers, timeout=20, trust_env=False
        )

    def report(self, place: tuple[float, float] | None = None, **more: Any) -> None:
        content = report("試験1", datetime.now(UTC), place, **more)
        answer = self.send("POST", "/ogc/collections/vehicles/positions", content)
        assert answer.json()["accepted"] == 1, answer.text

    def close(self, area: shapely.Geometry, **properties: Any) -> str:
        """Draws a closure; where it is."""
        now = datetime.now(UTC)
        given = {"from": now.isoformat(), "until": (now + timedelta(hours=1)).isoformat(), **properties}
        feature = {"type": "Feature", "geometry": mapping(area), "properties": given}
        answer = self.send("POST", "/ogc/collections/road-closures/items", feature)
        assert answer.status_code == 201, answer.text
        return answer.headers["location"].removeprefix(self.address)


@dataclass
class Heard:
    """What a client was told: id, kind and content of each event, and when it came."""

    events: list[tuple[int | None, str, Any, float]] = field(default_factory=list)
    beats: int = 0
    over: bool = False

    @property
    def numbered(self) -> list[tuple[int, str]]:
        return [(number, kind) for number, kind, _, _ in self.events if number is not None]

    def of(self, *kinds: str) -> list[Any]:
        return [content for _, kind, content, _ in self.events if kind in kinds]

    def at(self, kind: str) -> float:
        return next(at for _, each, _, at in self.events if each == kind)


@contextmanager
def listening(server: Server, **parameters: str) -> Iterator[Heard]:
    """A client of the stream for the time of a ``with`` block; it is told that it is heard first."""
    heard, stop = Heard(), threading.Event()
    headers = {name.replace("_", "-"): value for name, value in parameters.items() if name == "last_event_id"}
    query = {name: value for name, value in parameters.items() if name not in headers and name != "last_event_id"}

    def listen() -> None:
        with httpx.stream(
            "GET", f"{server.address}/events", params=query, headers=headers, timeout=30, trust_env=False
        ) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            message: dict[str, str] = {}
            for line in answer.iter_lines():
                if stop.is_set():
                    return
                if line.startswith(":"):
                    heard.beats += 1
                elif line:
                    name, _, value = line.partition(": ")
                    message[name] = value
                elif "event" in message:
                    number = int(message["id"]) if "id" in message else None
                    heard.events.append((number, message["event"], json.loads(message["data"]), time.time()))
                    message = {}
            heard.over = True

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        until(lambda: bool(heard.events))
        yield heard
    finally:
        stop.set()


@pytest.fixture(scope="module")
def server(cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    for database in _database(cluster, template, tmp_path_factory.mktemp("events")):
        add_streets(database)
        with connect(database.urls.owner) as connection:
            for layer in ("roads", "vehicles"):
                _dataset(connection, layer, 1, fictitious=True)
        add_vehicles(database, ["試験1", "中央1"])
        city = SmallCity(database)
        env = environment(city)
        process = start(env, "--internal", "--workers", str(WORKERS))
        try:
            await_ready(process)
            found = Server(city, f"http://127.0.0.1:{env['NGIS_INTERNAL_PORT']}", account_of(city, "avm", Role.FIRE))
            with listening(found) as heard:  # the watch begins a moment later than the faces
                until(lambda: any(content["current"] for content in heard.of("state")), 30)
            yield found
            with listening(found) as heard:
                assert end(process) == 0
                until(lambda: heard.over)  # as it should end, and not cut off when the patience with it is over
        finally:
            end(process)


def go(server: Server) -> shapely.LineString:
    """The vehicle sets out; its way."""
    answer = server.send("PUT", ROUTE, {"origin": ORIGIN, "destination": DESTINATION, "incident_id": "災害1"})
    assert answer.status_code == 200, answer.text
    line: shapely.LineString = shape(answer.json()["route"]["geometry"])
    return line


def test_a_vehicle_whose_way_is_cut_is_told_at_once_by_every_worker_and_once(server: Server) -> None:
    line = go(server)
    registered = server.send("GET", ROUTE).json()
    assert (registered["has_way"], registered["profile"]) == (True, "pumper")
    time.sleep(1.5)  # the watch has seen it
    area = line.interpolate(0.5, normalized=True).buffer(0.0004)
    clients = [listening(server) for _ in range(6)]  # of both worker processes, as good as surely
    heard = [each.__enter__() for each in clients]
    drawn = server.close(area)
    drawn_at = time.time()
    for each in heard:
        until(lambda each=each: each.of("route-cut") != [])  # type: ignore[misc]
        assert each.at("route-cut") - drawn_at < SOON_S
        (cut,) = each.of("route-cut")
        assert (cut["call_sign"], cut["incident_id"]) == ("試験1", "災害1")
        assert drawn.endswith(cut["closures"][0]["id"])
        assert not shape(cut["route"]["geometry"]).intersects(area)
    assert server.send("DELETE", drawn).status_code == 204
    for each in heard:
        until(lambda each=each: each.of("closure-ended") != [])  # type: ignore[misc]
        kinds = [kind for _, kind in each.numbered]
        assert kinds == ["closure-set", "route-cut", "closure-ended"]
        assert each.numbered == heard[0].numbered
        numbers = [number for number, _ in each.numbered]
        assert numbers == sorted(set(numbers))
    for client in clients:
        client.__exit__(None, None, None)
    assert server.send("DELETE", ROUTE).status_code == 204
    assert server.send("GET", ROUTE).status_code == 404


def test_a_closure_that_expires_ends_by_itself(server: Server) -> None:
    with listening(server, kinds="closure-ended") as heard:
        soon = datetime.now(UTC) + timedelta(seconds=2)
        server.close(shapely.Point(135.30, 34.80), until=soon.isoformat())
        until(lambda: heard.of("closure-ended") != [])
        assert heard.of("closure-ended")[0]["because"] == "expired"
        assert 0 <= heard.at("closure-ended") - soon.timestamp() < SOON_S
        assert heard.of("closure-set") == []


def test_who_comes_back_is_told_what_was_missed(server: Server) -> None:
    with listening(server) as stayed:
        with listening(server) as left:
            for number in range(3):
                place = (135.35, 34.74 + number * 1e-5)
                server.report(place)
                until(lambda number=number: len(left.of("positions")) > number)  # type: ignore[misc]
        last = left.numbered[-1][0]
        server.report(status="出動")
        until(lambda: stayed.of("status") != [])
        with listening(server, last_event_id=str(last)) as back:
            until(lambda: back.of("status") != [])
            server.report(status="帰署")
            until(lambda: len(back.of("status")) == 2 and len(stayed.of("status")) == 2)
        assert [each["status"] for each in back.of("status")] == ["dispatched", "returned"]
        assert left.numbered + back.numbered == stayed.numbered
        (vehicle,) = stayed.of("positions")[0]["vehicles"]
        assert (vehicle["call_sign"], vehicle["lon"], vehicle["lat"]) == ("試験1", 135.35, 34.74)
    with listening(server, after="999999999") as lost:
        until(lambda: lost.of("gap") != [])


def test_silence_is_broken_so_that_both_ends_notice_a_connection_that_is_gone(server: Server) -> None:
    with listening(server) as heard:
        until(lambda: heard.beats > 0, 15)


def test_a_database_that_is_away_is_said_and_nothing_is_missed(server: Server, cluster: EmbeddedCluster) -> None:
    name = server.city.database.name
    with listening(server) as heard, cluster._admin("postgres") as admin:
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        try:
            _cut_off(admin, name)
            until(lambda: heard.of("state")[-1]["current"] is False)
        finally:
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())
        until(lambda: heard.of("state")[-1]["current"] is True, 30)
        drawn = server.close(shapely.Point(135.30, 34.81))
        until(lambda: heard.of("closure-set") != [])
        assert server.send("DELETE", drawn).status_code == 204
        until(lambda: heard.of("closure-ended") != [])
        assert [kind for _, kind in heard.numbered] == ["closure-set", "closure-ended"]


def _cut_off(admin: psycopg.Connection[Any], name: str) -> None:
    admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()", (name,)
    )


@pytest.mark.parametrize("query", ["kinds=nonsense", "after=-1", "after=x", "after=1&after=2", "unknown=1"])
def test_what_cannot_be_honoured_is_refused(server: Server, query: str) -> None:
    answer = server.send("GET", f"/events?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_head_is_answered_without_a_stream(server: Server) -> None:
    answer = server.send("HEAD", "/events")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_what_is_no_route_is_refused(server: Server) -> None:
    missing = f"/ogc/collections/vehicles/routes/{quote('ない')}"
    assert server.send("PUT", missing, {"destination": DESTINATION}).status_code == 404
    assert server.send("GET", missing).status_code == 404
    assert server.send("DELETE", missing).status_code == 404
    assert server.send("PUT", ROUTE, {}).status_code == 422
    assert server.send("PUT", ROUTE, {"destination": DESTINATION, "incident_id": "a\0b"}).status_code == 422
    assert server.send("PUT", ROUTE, {"destination": [400, 0]}).status_code == 400
    sea = server.send("PUT", ROUTE, {"destination": [135.0, 34.0]}).json()
    assert (sea["route"], sea["refusal"]["reason"]) == (None, "off-the-network")
    assert server.send("GET", ROUTE).json()["has_way"] is False
    assert server.send("DELETE", ROUTE).status_code == 204
    unknown = httpx.put(server.address + ROUTE, json={"destination": DESTINATION}, trust_env=False)
    assert unknown.status_code == 401


def test_what_the_guide_types_is_answered(server: Server) -> None:
    guide = (ROOT / "services" / "ogc" / "README.md").read_text(encoding="utf-8")
    section = guide.split("## Vehicles under way")[1].split("\n## ")[0]
    (block,) = re.findall(r"^```text\n(.*?)^```", section, flags=re.DOTALL | re.MULTILINE)
    typed = block.replace("\\\n", " ").replace("…now…", datetime.now(UTC).isoformat()).splitlines()
    assert len(typed) == 5
    for line in typed:
        words = [word.replace("http://127.0.0.1:8001", server.address) for word in shlex.split(line)[1:]]
        words = [":".join(server.auth) if word == "avm" else word for word in words]
        asked = [*words, "--noproxy", "*", "--silent", "--max-time", "5", "--write-out", "%{stderr}%{http_code}"]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=False)
        assert done.stderr in ("200", "204"), done.stderr + done.stdout
        if "-N" in words:
            assert done.returncode == 28  # it would go on
            assert "event: state" in done.stdout
        else:
            assert done.returncode == 0

"""Messages of a real broker, through a real server: positions in their layer, and sensors that close roads at once."""

import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from shapely.geometry import LineString, shape

from layers.model import Role
from services.database.cluster import EmbeddedCluster
from services.database.connect import connect
from services.settings import ROOT
from tests.conftest import _database
from tests.services.http.conftest import SmallCity, _dataset, account_of
from tests.services.http.serving import await_ready, end, environment, start
from tests.services.messaging.brokers import PASSWORD, USER, Mosquitto, running
from tests.services.routing.streets import CORNERS, SOUTH, STEP, WEST, add_streets
from tests.services.sensors.sensors import add_sensor
from tests.services.tracking.fleets import add_vehicles
from tests.waiting import until

ROUTE = "/ogc/processes/route/execution"
VEHICLE = "/ogc/collections/vehicles/items/id-%E8%A9%A6%E9%A8%931"


@dataclass
class Server:
    city: SmallCity
    address: str
    broker: Mosquitto
    auth: tuple[str, str]

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.address + path, timeout=20, trust_env=False)

    def ask_route(self) -> httpx.Response:
        inputs = {"origin": CORNERS[0], "destination": CORNERS[1], "profile": "pumper"}
        return httpx.post(self.address + ROUTE, json={"inputs": inputs}, timeout=20, trust_env=False)

    def route(self) -> LineString:
        answer = self.ask_route()
        assert answer.status_code == 200, answer.text
        found: LineString = shape(answer.json()["routes"][0]["geometry"])
        return found

    def vehicle(self) -> dict[str, Any]:
        answer = self.get(VEHICLE)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def state(self) -> str | None:
        answer = self.get("/readyz")
        assert answer.status_code == 200
        assert answer.json()["ready"] is True
        found: str | None = answer.json().get("mqtt")
        return found

    def reported(self, call_sign: str) -> int:
        """How many positions of a vehicle are kept."""
        with connect(self.city.database.urls.owner) as connection:
            row = connection.execute("SELECT count(*) FROM tracking.position WHERE call_sign = %s", (call_sign,))
            return int((row.fetchone() or (0,))[0])

    def counted(self, outcome: str) -> int:
        """Messages by now: figures are told once a second."""
        before, found = -1, self.messages(outcome)
        while found != before:
            time.sleep(2.5)
            before, found = found, self.messages(outcome)
        return found

    def messages(self, outcome: str) -> int:
        found = re.search(
            rf'^ngis_mqtt_messages_total{{.*outcome="{outcome}"}} (\d+)$', self.get("/metrics").text, re.M
        )
        return 0 if found is None else int(found[1])


@pytest.fixture(scope="module")
def server(cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    for database in _database(cluster, template, tmp_path_factory.mktemp("messaging")):
        add_streets(database)
        with connect(database.urls.owner) as connection:
            for layer in ("roads", "vehicles", "road-sensors"):
                _dataset(connection, layer, 1, fictitious=True)
        add_vehicles(database, ["試験1", "試験2", "中央1"])
        add_sensor(database, "S1", f"POINT({WEST} {SOUTH})")
        add_sensor(database, "冠水1", f"POINT({WEST + 5.5 * STEP} {SOUTH + 3 * STEP})")
        city = SmallCity(database)
        with running(tmp_path_factory.mktemp("broker")) as broker:
            url = f"mqtt://{USER}:{quote(PASSWORD, safe='')}@{broker.address}"
            env = environment(city, NGIS_MQTT_URL=url)
            process = start(env, "--internal", "--workers", "1")
            try:
                await_ready(process)
                address = f"http://127.0.0.1:{env['NGIS_INTERNAL_PORT']}"
                found = Server(city, address, broker, account_of(city, "avm", Role.FIRE))
                _await(found)
                yield found
            finally:
                end(process)


def _await(server: Server) -> None:
    """Until messages are listened to and the network is built."""
    until(lambda: server.state() == "connected")
    until(lambda: server.ask_route().is_success, 90)


def now() -> str:
    return datetime.now(UTC).isoformat()


def test_a_position_by_message_is_in_the_layer_with_the_road_it_is_on(server: Server) -> None:
    for step in range(3):
        place = {"lon": WEST + 0.0005 + step * 1e-4, "lat": SOUTH + 2 * STEP + 4e-5}
        server.broker.publish([("ngis/vehicles/試験1/position", {"time": now(), **place, "accuracy_m": 8})])
    server.broker.publish([("ngis/vehicles/試験1/status", {"time": now(), "status": "出動"})])
    until(lambda: server.vehicle()["properties"].get("status") == "dispatched")
    until(lambda: server.vehicle()["properties"].get("road_match") == "matched")
    vehicle = server.vehicle()
    assert vehicle["geometry"]["coordinates"] == pytest.approx([WEST + 0.0007, SOUTH + 2 * STEP + 4e-5], abs=1e-6)
    about = vehicle["properties"]
    assert (about["road_way_id"], about["position_source"]) == ("3", "avm")
    assert about["road_distance_m"] == pytest.approx(4e-5 * 110_940, abs=0.2)


def test_a_sensor_closes_a_road_at_once_and_opens_it_again(server: Server) -> None:
    """A route that lies over it avoids it once the water is too deep for the vehicle, and comes back."""
    before = server.route()
    # Many ways are as long: the sensor lies on the one that was given.
    with connect(server.city.database.urls.owner, autocommit=True) as connection:
        on = before.interpolate(0.5, normalized=True)
        connection.execute(
            "UPDATE core.road_sensors SET geometry = ST_SetSRID(ST_MakePoint(%s, %s), 6668) WHERE sensor_id = 'S1'",
            (on.x, on.y),
        )
    server.broker.publish([("ngis/sensors/S1", {"time": now(), "depth_cm": 60})])
    began = time.monotonic()
    until(lambda: server.route().distance(on) > 1e-4)
    assert time.monotonic() - began < 20  # `make bench BENCH=telling` measures how soon it is
    until(lambda: bool(_closures(server)))  # answers of layers are as of the last second, routes of this moment
    (closure,) = _closures(server)
    assert (closure["reason"], closure["depth_m"]) == ("flooding", 0.6)
    assert "S1" in closure["declared_by"]
    until(lambda: _sensor(server, "S1")["state"] == "flooded")
    server.broker.publish([("ngis/sensors/S1", {"time": now(), "depth_cm": 15})])
    until(lambda: _sensor(server, "S1")["depth_cm"] == 15)
    assert server.route().distance(on) > 1e-4  # neither deep nor dry
    server.broker.publish([("ngis/sensors/S1", {"time": now(), "depth_cm": 2})])
    until(lambda: server.route().distance(on) < 1e-6)
    until(lambda: _closures(server)[0]["until"] is not None)


def _closures(server: Server) -> list[dict[str, Any]]:
    features = server.get("/ogc/collections/road-closures/items").json()["features"]
    return [each["properties"] for each in features]


def _sensor(server: Server, name: str) -> dict[str, Any]:
    features = server.get("/ogc/collections/road-sensors/items").json()["features"]
    (found,) = (each["properties"] for each in features if each["properties"]["sensor_id"] == name)
    return dict(found)


def test_a_broker_that_is_away_is_told_and_nothing_is_lost(server: Server) -> None:
    with server.broker.publisher() as client:
        server.broker.stop()
        until(lambda: server.state() == "disconnected")
        for number in range(20):
            content = f'{{"time": "{now()}", "lon": 135.34, "lat": {SOUTH + number * 1e-5}}}'
            client.publish("ngis/vehicles/試験2/position", content, qos=1)
            time.sleep(0.01)
        server.broker.start()
        until(lambda: server.reported("試験2") == 20, 40)
    until(lambda: server.state() == "connected")


def test_what_is_wrong_is_counted(server: Server) -> None:
    unreadable = server.counted("unreadable")
    server.broker.publish([("ngis/sensors/S1", b"nonsense"), ("ngis/sensors/S1", {"time": now(), "depth_cm": -4})])
    until(lambda: server.messages("unreadable") == unreadable + 2)
    assert 'ngis_mqtt_connected{face="internal"} 1' in server.get("/metrics").text


def test_readings_over_http_say_what_became_of_each(server: Server) -> None:
    path = f"{server.address}/ogc/collections/road-sensors/readings"

    def send(content: Any, **more: Any) -> httpx.Response:
        return httpx.post(path, json=content, timeout=20, trust_env=False, **more)

    assert send({"sensor_id": "冠水1", "time": now(), "depth_cm": 30}).status_code == 401
    at = now()
    answer = send(
        [{"sensor_id": "冠水1", "time": at, "depth_cm": 30}, {"sensor_id": "無", "time": at, "depth_cm": 1}, 7],
        auth=server.auth,
    )
    assert answer.status_code == 200
    assert [each["outcome"] for each in answer.json()["results"]] == ["accepted", "refused", "refused"]
    assert answer.json()["results"][0]["closed"] is True
    assert send({"sensor_id": "冠水1", "time": at, "depth_cm": 5}, auth=server.auth).json()["duplicate"] == 1
    assert send({"sensor_id": "無", "time": now(), "depth_cm": 5}, auth=server.auth).status_code == 422
    assert send([], auth=server.auth).status_code == 422
    answer = send({"sensor_id": "冠水1", "time": now(), "depth_cm": 5}, auth=server.auth)
    assert answer.json()["results"] == [{"outcome": "accepted", "sensor_id": "冠水1", "closed": False}]
    elsewhere = httpx.post(
        f"{server.address}/ogc/collections/vehicles/readings", json={}, auth=server.auth, timeout=20, trust_env=False
    )
    assert elsewhere.status_code in (404, 405)


def test_what_the_guide_types_is_taken_up(server: Server) -> None:
    guide = (ROOT / "services" / "ogc" / "README.md").read_text(encoding="utf-8")
    section = guide.split("## Messages of a broker, and sensors on roads")[1].split("\n## ")[0]
    (block,) = re.findall(r"^```text\n(.*?)^```", section, flags=re.DOTALL | re.MULTILINE)
    lines = block.replace("\\\n", " ").splitlines()
    assert len(lines) == 5
    accepted = server.counted("accepted")
    for line in lines:
        words = shlex.split(line.replace("…now…", now()))[1:]
        words = [word.replace("http://127.0.0.1:8001", server.address) for word in words]
        words = [":".join(server.auth) if word == "avm" else word for word in words]
        if words[0] == "mosquitto_pub":
            words += ["-h", "127.0.0.1", "-p", str(server.broker.port), "-u", USER, "-P", PASSWORD]
        else:
            words += ["--noproxy", "*", "--silent", "--max-time", "5", "--fail"]
        done = subprocess.run(words, capture_output=True, text=True, timeout=20, check=False)
        assert done.returncode == 0, done.stderr + done.stdout
        if words[0] == "mosquitto_pub":
            accepted += 1
            until(lambda: server.messages("accepted") == accepted)  # noqa: B023
    assert '"accepted": 1' in done.stdout or "ngis_mqtt" in done.stdout

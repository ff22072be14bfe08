"""Positions reported over HTTP: who may, what is answered, and when the layer shows it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from layers.model import Role
from services.http.app import Face
from tests.services.http.conftest import Desk, SmallCity, account_of, client_of
from tests.services.http.serving import served
from tests.services.tracking.fleets import HERE, add_vehicles, report
from tests.waiting import until

POSITIONS = "/ogc/collections/vehicles/positions"


@pytest.fixture
def desk(own_city: SmallCity) -> Iterator[Desk]:
    """A terminal with an account of the fire service."""
    add_vehicles(own_city.database, ["中央1", "中央2"])
    auth = account_of(own_city, "avm", Role.FIRE)
    with client_of(own_city, Face.INTERNAL) as client:
        yield Desk(own_city, client, auth)


def send(desk: Desk, content: Any, **more: Any) -> httpx.Response:
    return desk.send("POST", POSITIONS, content, content_type="application/json", **more)


def now(seconds: float = 0.0) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_one_report_and_many(desk: Desk) -> None:
    answer = send(desk, report("中央1", now(), status="出動"))
    assert answer.status_code == 200
    assert answer.json() == {
        "accepted": 1, "late": 0, "duplicate": 0, "refused": 0,
        "results": [{"outcome": "accepted", "call_sign": "中央1"}],
    }  # fmt: skip
    mixed = [
        report("中央1", now(-5)),
        report("中央9", now()),
        {"time": "?"},
        report("中央2", now(3600)),
        report("中央2", now()),
    ]
    answer = send(desk, mixed, accept_language="en")
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [each["outcome"] for each in results] == ["late", "refused", "refused", "refused", "accepted"]
    assert results[1]["reason"] == "There is no such vehicle."
    assert "/2/time" in results[2]["reason"]
    assert "3600 s ahead" in results[3]["reason"] or "3599 s ahead" in results[3]["reason"]


def test_where_nothing_can_be_taken_every_reason_is_named(desk: Desk) -> None:
    answer = send(desk, {"call_sign": "中央1", "lon": 200})
    assert answer.status_code == 422
    assert {each["pointer"] for each in answer.json()["errors"]} == {"#/time", "#/lon"}
    answer = send(desk, [report("中央9", now()), report("中央1", now(60))])
    assert [each["pointer"] for each in answer.json()["errors"]] == ["#/0", "#/1"]
    for content in ([], [report("中央1", now())] * 1001, "text", None):
        assert send(desk, content if content is not None else b"null").status_code == 422
    assert send(desk, b"{").status_code == 400


def test_only_accounts_of_the_fire_service_report(desk: Desk, own_public: TestClient) -> None:
    sent = report("中央1", now())
    assert desk.client.post(POSITIONS, json=sent).status_code == 401
    assert desk.client.post(POSITIONS, json=sent, auth=("avm", "wrong")).status_code == 401
    other = account_of(desk.city, "office", Role.DISASTER)
    assert send(desk, sent, auth=other).status_code == 403
    assert send(desk, sent, origin="https://elsewhere.example").status_code == 403
    assert own_public.post(POSITIONS, json=sent).status_code == 404
    assert desk.client.post("/ogc/collections/incidents/positions", json=sent, auth=desk.auth).status_code == 404
    assert desk.client.get(POSITIONS).status_code == 405


def test_the_definition_knows_it(desk: Desk) -> None:
    paths = desk.client.get("/ogc/openapi?f=json").json()["paths"]
    assert list(paths["/collections/vehicles/positions"]) == ["post"]
    assert not [path for path in paths if path.endswith("/positions") and "vehicles" not in path]


def test_the_layer_follows_two_hundred_vehicles(own_city: SmallCity) -> None:
    """Against a real server with its own watch: all vehicles move once a second."""
    names = [f"車両{number}" for number in range(200)]
    add_vehicles(own_city.database, names)
    auth = account_of(own_city, "avm", Role.FIRE)
    with (
        served(own_city, "--internal", "--workers", "2") as address,
        httpx.Client(base_url=address, auth=auth, timeout=20) as client,
    ):
        for second in range(5):
            at = now()
            batch = [report(name, at, (HERE[0], HERE[1] + second * 1e-4), speed_kph=40) for name in names]
            answer = client.post(POSITIONS, json=batch)
            assert answer.json()["accepted"] == len(names), answer.text
            time.sleep(0.2)

        def shown() -> set[tuple[float, ...]]:
            found = client.get("/ogc/collections/vehicles/items?limit=200&f=json").json()["features"]
            return {tuple(each["geometry"]["coordinates"]) for each in found}

        until(lambda: shown() == {(HERE[0], round(HERE[1] + 4e-4, 7))})

"""Routes are found in the event loop where all is at hand, in a thread elsewhere, and are the same."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from services.database.cluster import EmbeddedCluster
from services.database.connect import connect
from services.http.work import Workbench
from services.ogc.face import Face
from services.routing import roads
from services.routing.watch import build_now
from tests.conftest import _database
from tests.services.http.conftest import _dataset
from tests.services.http.processes.asking import client_of
from tests.services.routing.streets import CORNERS, add_streets

ROUTE = "/ogc/processes/route/execution"


@pytest.fixture(scope="module")
def streets(cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    for database in _database(cluster, template, tmp_path_factory.mktemp("streets")):
        add_streets(database)
        with connect(database.urls.owner) as connection:
            _dataset(connection, "roads", 1, fictitious=True)
        build_now(database.settings)
        with client_of(database, Face.INTERNAL) as client:
            yield client


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The answers that threads made."""
    found: list[str] = []
    do = Workbench.do

    async def counting[T](self: Workbench, work: Callable[[], T]) -> T:
        if (name := work.__qualname__).startswith("_work"):
            found.append(name)
        return await do(self, work)

    monkeypatch.setattr(Workbench, "do", counting)
    return found


def ask(client: TestClient, **more: Any) -> dict[str, Any]:
    found = client.post(ROUTE, json={"inputs": {"origin": CORNERS[0], "destination": CORNERS[1], **more}})
    assert found.status_code == 200, found.text
    document: dict[str, Any] = found.json()
    return document


def test_what_is_at_hand_takes_no_thread(
    streets: TestClient, threads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roads, "CLOSURES_HOLD_S", 60.0)
    first = ask(streets)
    assert len(threads) == 1, "nothing is known before"
    assert ask(streets) == first
    query = f"origin={CORNERS[0][0]},{CORNERS[0][1]}&destination={CORNERS[1][0]},{CORNERS[1][1]}"
    by_get = streets.get(f"{ROUTE}?{query}", headers={"Accept": "application/json"})
    assert by_get.json() == first
    assert len(threads) == 1


@pytest.mark.parametrize("more", [{"alternatives": 1}, {"destination": [CORNERS[1][0], 34.0]}])
def test_what_takes_long_takes_a_thread(
    streets: TestClient, threads: list[str], monkeypatch: pytest.MonkeyPatch, more: dict[str, Any]
) -> None:
    monkeypatch.setattr(roads, "CLOSURES_HOLD_S", 60.0)
    ask(streets)
    threads.clear()
    ask(streets, **more)
    assert len(threads) == 1


def test_closures_are_read_in_a_thread(
    streets: TestClient, threads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roads, "CLOSURES_HOLD_S", -1.0)
    assert ask(streets) == ask(streets)
    assert len(threads) == 2


def test_a_page_takes_a_thread(streets: TestClient, threads: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roads, "CLOSURES_HOLD_S", 60.0)
    ask(streets)
    threads.clear()
    query = f"origin={CORNERS[0][0]},{CORNERS[0][1]}&destination={CORNERS[1][0]},{CORNERS[1][1]}&f=html"
    assert streets.get(f"{ROUTE}?{query}").status_code == 200
    assert len(threads) == 1

"""The stream that everybody may listen to: what is released and what holds is told at once, and none of its content."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.database.cluster import EmbeddedCluster
from tests.conftest import _database
from tests.services.http.conftest import SmallCity, account_of
from tests.services.http.serving import await_ready, end, environment, start
from tests.waiting import until

AREA = {"type": "Polygon", "coordinates": [[[135.3, 34.7], [135.4, 34.7], [135.4, 34.8], [135.3, 34.8], [135.3, 34.7]]]}
HERE = "/?lon=135.35&lat=34.75&lang=ja"
SOON_S = 10.0
"""On a machine that has much else to do; how soon it is, ``make bench BENCH=telling`` measures."""


@dataclass
class City:
    """A server of both faces, and an account of the staff."""

    public: str
    internal: str
    auth: tuple[str, str]

    def issue(self, **properties: Any) -> str:
        """Where the order is that the staff has issued."""
        given = {"level": 4, "area_name": "試験町", "from": datetime.now(UTC).isoformat(), "public": True, **properties}
        feature = {"type": "Feature", "geometry": AREA, "properties": given}
        answer = self.send("POST", "/ogc/collections/evacuation-orders/items", feature)
        assert answer.status_code == 201, answer.text
        return answer.headers["location"].removeprefix(self.internal)

    def send(self, method: str, path: str, content: Any = None) -> httpx.Response:
        return httpx.request(method, self.internal + path, json=content, auth=self.auth, timeout=20, trust_env=False)

    def page(self, address: str = HERE) -> str:
        return httpx.get(self.public + address, timeout=30, trust_env=False).text


@pytest.fixture(scope="module")
def city(cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    for database in _database(cluster, template, tmp_path_factory.mktemp("changes")):
        small = SmallCity(database)
        auth = account_of(small)
        env = environment(small)
        process = start(env, "--workers", "1")
        try:
            await_ready(process)
            public, internal = (f"http://127.0.0.1:{env[f'NGIS_{face}_PORT']}" for face in ("PUBLIC", "INTERNAL"))
            yield City(public, internal, auth)
        finally:
            end(process)


@dataclass
class Heard:
    """What a listener was told, and when it came."""

    messages: list[tuple[dict[str, Any], float]] = field(default_factory=list)
    raw: str = ""
    over: bool = False

    def wait(self, count: int) -> dict[str, Any]:
        until(lambda: len(self.messages) >= count)
        return self.messages[count - 1][0]


@contextmanager
def listening(address: str) -> Iterator[Heard]:
    heard = Heard()

    def listen() -> None:
        with httpx.stream("GET", f"{address}/changes", timeout=30, trust_env=False) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert answer.headers["cache-control"] == "no-store"
            for line in answer.iter_lines():
                if heard.over:
                    return
                heard.raw += line + "\n"
                if line.startswith("data: "):
                    heard.messages.append((json.loads(line.removeprefix("data: ")), time.monotonic()))

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        heard.over = True
        thread.join(15)


def test_an_order_is_told_and_on_the_page_at_once_and_so_is_its_end(city: City) -> None:
    assert "避難情報が発令されているかどうかは、ここでは分からない" in city.page()
    with listening(city.public) as heard:
        first = heard.wait(1)
        assert first["current"] is True
        told = len(heard.messages)
        issued = time.monotonic()
        where = city.issue(reason="秘密ではない", remarks="内部の備考")
        heard.wait(told + 1)
        assert heard.messages[told][1] - issued < SOON_S
        assert heard.messages[told][0]["stamp"] != first["stamp"]
        page = city.page()
        assert "警戒レベル4 避難指示" in " ".join(page.replace("<", " <").split()) or "避難指示" in page
        assert "試験町" in page
        assert f'data-stamp="{heard.messages[told][0]["stamp"]}"' in page, "who reads it now has nothing to ask for"
        assert "試験町" in city.page("/?lang=ja"), "on the first page too"
        told = len(heard.messages)
        until = (datetime.now(UTC) + timedelta(seconds=3)).isoformat()
        etag = city.send("GET", where).headers["etag"]
        answer = httpx.patch(
            city.internal + where,
            content=json.dumps({"type": "Feature", "properties": {"until": until}}),
            headers={"content-type": "application/merge-patch+json", "if-match": etag},
            auth=city.auth,
            timeout=20,
            trust_env=False,
        )
        assert answer.status_code in (200, 204), answer.text
        heard.wait(told + 2)  # that it will end, and that it has
        assert "発令中の避難情報は確認されていない" in city.page()
        for secret in ("内部の備考", "秘密", "試験町"):
            assert secret not in heard.raw
    assert "内部の備考" not in page


def test_what_is_not_released_is_neither_told_nor_shown_outside(city: City) -> None:
    with listening(city.public) as heard:
        heard.wait(1)
        city.issue(area_name="内輪町", public=None)
        assert "内輪町" not in city.page()
        internal = httpx.get(city.internal + HERE, timeout=30, trust_env=False).text
        assert "内輪町" in internal


def test_it_says_that_the_database_is_away_and_when_it_was_seen_last(
    cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for database in _database(cluster, template, tmp_path_factory.mktemp("away")):
        small = SmallCity(database)
        env = environment(small)
        began = time.time()
        process = start(env, "--public", "--workers", "1")
        try:
            await_ready(process)
            address = f"http://127.0.0.1:{env['NGIS_PUBLIC_PORT']}"
            with listening(address) as heard:
                assert heard.wait(1)["current"] is True
                told = len(heard.messages)
                with cluster._admin("postgres") as owner:
                    owner.autocommit = True
                    owner.execute(f'ALTER DATABASE "{database.name}" ALLOW_CONNECTIONS false'.encode())
                    owner.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database.name,)
                    )
                    try:
                        away = heard.wait(told + 1)
                        assert away["current"] is False
                        assert began < away["seen_at"] < time.time()
                        page = httpx.get(f"{address}/?lang=ja", timeout=30, trust_env=False)
                        assert page.status_code == 200
                        assert "避難情報が発令されているかどうかは、ここでは分からない" in page.text
                    finally:
                        owner.execute(f'ALTER DATABASE "{database.name}" ALLOW_CONNECTIONS true'.encode())
                assert heard.wait(told + 2)["current"] is True
        finally:
            end(process)

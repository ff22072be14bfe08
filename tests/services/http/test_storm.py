"""When everything is slow: pages that need no rows are quick, queries end with their askers, lines are bounded."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from services.database.connect import connect
from tests.services.http.conftest import SmallCity
from tests.services.http.serving import served
from tests.waiting import until

ITEMS = "/ogc/collections/emergency-sites/items"
PAGE = "LIMIT"
"""What the queries of ``ITEMS`` have, and the question that a worker answers at its start has not."""


@contextmanager
def table_locked(city: SmallCity, address: str) -> Iterator[None]:
    """No query of the sites ends before this block does; what is served is known by then."""
    assert httpx.get(f"{address}/ogc/conformance", timeout=20).status_code == 200
    with connect(city.database.urls.owner) as owner:
        owner.execute("LOCK TABLE publication.emergency_sites IN ACCESS EXCLUSIVE MODE")
        yield
        owner.rollback()


def waiting(city: SmallCity, words: str = "") -> int:
    """Queries of the public face, with these words in them, that the server has in hand."""
    with connect(city.database.urls.public, autocommit=True) as same_role:
        row = same_role.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
            "AND application_name IN ('ngis-public', 'ngis-public-questions') AND strpos(query, %s) > 0",
            [words],
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_slow_tiles_do_not_hold_up_what_needs_no_rows(own_city: SmallCity) -> None:
    with served(own_city, NGIS_STATEMENT_TIMEOUT_S="60") as address, table_locked(own_city, address):
        tiles = [
            f"{address}/ogc/collections/emergency-sites/tiles/WebMercatorQuad/12/1625/{3587 + n}" for n in range(6)
        ]
        askers = [threading.Thread(target=_ask, args=(tile,)) for tile in tiles]
        for asker in askers:
            asker.start()
        until(lambda: waiting(own_city) >= 4)  # the whole pool
        times = []
        with httpx.Client(timeout=20) as client:
            for number in range(20):
                started = time.perf_counter()
                # Each in other words, so that none is answered out of the cache.
                answer = client.get(f"{address}/ogc/conformance", headers={"Accept-Language": f"ja;q=0.{number + 10}"})
                times.append(time.perf_counter() - started)
                assert answer.status_code == 200
        assert sorted(times)[len(times) // 2] < 2, sorted(times)  # who waited for a tile would wait for a minute
        assert waiting(own_city) >= 4  # all that time
    for asker in askers:
        asker.join(20)


@pytest.mark.parametrize("form", ["json", "html"])  # asked in the event loop, and in threads
def test_a_query_ends_when_its_asker_is_gone(own_city: SmallCity, form: str) -> None:
    with (
        served(own_city, NGIS_POOL_SIZE="8", NGIS_STATEMENT_TIMEOUT_S="300") as address,
        table_locked(own_city, address),
    ):
        host, port = address.removeprefix("http://").split(":")
        clients = []
        for number in range(4):
            client = socket.create_connection((host, int(port)), timeout=20)
            client.sendall(f"GET {ITEMS}?f={form}&limit={number + 1} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
            clients.append(client)
        until(lambda: waiting(own_city, PAGE) == 4)
        for client in clients:
            client.close()
        until(lambda: waiting(own_city, PAGE) == 0)


def test_one_query_for_all_who_ask_the_same_and_it_goes_on_for_who_stays(own_city: SmallCity) -> None:
    with served(own_city) as address:
        host, port = address.removeprefix("http://").split(":")
        request = f"GET {ITEMS}?limit=3 HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode()
        with table_locked(own_city, address):
            clients = [socket.create_connection((host, int(port)), timeout=15) for _ in range(20)]
            for client in clients:
                client.sendall(request)
            until(lambda: waiting(own_city, PAGE) >= 1)
            time.sleep(0.3)
            assert waiting(own_city, PAGE) == 1
            for client in clients[:19]:
                client.close()
            time.sleep(0.3)
            assert waiting(own_city, PAGE) == 1
        last = clients[19]
        received = b""
        while piece := last.recv(65536):
            received += piece
        last.close()
        assert received.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("form", ["json", "html"])
def test_more_than_can_wait_is_refused_and_not_piled_up(own_city: SmallCity, form: str) -> None:
    settings = {"NGIS_POOL_SIZE": "1", "NGIS_STATEMENT_TIMEOUT_S": "3"}
    with served(own_city, "--public", "--workers", "1", **settings) as address, table_locked(own_city, address):
        statuses: list[int] = []
        askers = [
            threading.Thread(target=lambda n=n: statuses.append(_ask(f"{address}{ITEMS}?f={form}&limit={n}")))
            for n in range(1, 61)
        ]
        for asker in askers:
            asker.start()
        until(lambda: len(statuses) >= 20, within_s=30)
        assert set(statuses) == {503}
        assert httpx.get(f"{address}/healthz", timeout=20).status_code == 200
    for asker in askers:
        asker.join(30)


@pytest.mark.parametrize("form", ["json", "html"])
def test_a_query_that_takes_too_long_is_ended(own_city: SmallCity, form: str) -> None:
    with served(own_city, NGIS_STATEMENT_TIMEOUT_S="0.5") as address:
        with table_locked(own_city, address):
            answer = httpx.get(f"{address}{ITEMS}?f={form}&limit=2", timeout=20)
            assert answer.status_code == 503
            assert answer.headers["retry-after"]
            assert "SQL" not in answer.text
            assert waiting(own_city, PAGE) == 0
        assert httpx.get(f"{address}{ITEMS}?limit=2", timeout=20).status_code == 200


@pytest.mark.parametrize("bytes_sent", [0, 30])
def test_a_hundred_silent_clients_do_not_disturb(own_city: SmallCity, bytes_sent: int) -> None:
    with served(own_city) as address:
        host, port = address.removeprefix("http://").split(":")
        silent = [socket.create_connection((host, int(port)), timeout=20) for _ in range(100)]
        for client in silent:
            client.sendall(f"GET {ITEMS} HTTP/1.1\r\nHost: x".encode()[:bytes_sent])
        assert httpx.get(f"{address}{ITEMS}?limit=2", timeout=20).status_code == 200
        for client in silent:
            client.close()


def _ask(address: str) -> int:
    try:
        return httpx.get(address, timeout=30).status_code
    except httpx.HTTPError:
        return 0

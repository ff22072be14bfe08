"""Slow and endless clients against a real server: they are cut off, and others are answered meanwhile."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from services.http import protocol
from services.http.protocol import BoundedProtocol
from tests.conftest import free_port
from tests.waiting import until

LARGE = b"x" * 8_000_000
head_was_read = threading.Event()


async def answers(scope: Scope, receive: Receive, send: Send) -> None:
    assert scope["type"] == "http"
    body = LARGE if scope["path"] == "/large" else b"ok"
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if scope["path"] == "/late":
        while not head_was_read.is_set():
            await asyncio.sleep(0.01)
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(protocol, "HEAD_S", 0.5)
    monkeypatch.setattr(protocol, "UNREAD_S", 0.5)
    number = free_port()
    config = uvicorn.Config(answers, port=number, http=BoundedProtocol, lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started)
    yield number
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def answered(port: int) -> bool:
    with connected(port) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        return b" 200 " in client.recv(1000)


def dated(port: int) -> float:
    with connected(port) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        head = client.recv(1000).decode().lower()
    (date,) = (line for line in head.split("\r\n") if line.startswith("date: "))
    return parsedate_to_datetime(date.removeprefix("date: ")).timestamp()


def is_cut(client: socket.socket, within_s: float) -> bool:
    client.settimeout(within_s)
    try:
        while client.recv(65536):
            pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


def test_an_answer_says_the_second_it_was_asked_in(port: int) -> None:
    """Around a second's end above all, when a date that is written once a second is of the one before."""
    for _ in range(3):
        time.sleep(1 - time.time() % 1)
        began = time.time()
        assert int(began) <= dated(port) <= time.time()


def test_a_head_that_does_not_come_is_not_waited_for(port: int) -> None:
    with connected(port) as silent, connected(port) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost:")
        assert answered(port)
        assert is_cut(silent, 5)
        assert is_cut(slow, 5)


def test_a_trickle_is_not_progress(port: int) -> None:
    with connected(port) as slow, pytest.raises(ConnectionError):  # noqa: PT012 - cut off at some byte
        for byte in b"GET / HTTP/1.1\r\nX-Slow: " + b"a" * 200:
            slow.sendall(bytes([byte]))
            time.sleep(0.05)


def test_an_endless_head_is_refused(port: int) -> None:
    with connected(port) as endless:
        with pytest.raises(ConnectionError):  # noqa: PT012 - cut off at some piece
            endless.sendall(b"GET / HTTP/1.1\r\n")
            for number in range(10_000):
                endless.sendall(b"X-%d: %b\r\n" % (number, b"y" * 1000))
        assert answered(port)


def test_a_kept_connection_is_as_bounded_as_a_new_one(port: int) -> None:
    with connected(port) as client:
        for _ in range(3):
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b" 200 " in client.recv(1000)
        client.sendall(b"GET / HTTP/1.1\r\nHos")
        assert is_cut(client, 5)


def test_an_answer_that_is_not_read_is_dropped(port: int) -> None:
    with connected(port) as client:
        client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(2.5)
        received = 0
        client.settimeout(5)
        try:
            while piece := client.recv(1_000_000):
                received += len(piece)
        except ConnectionError:
            pass
        assert received < len(LARGE)
        assert answered(port)


def test_an_answer_that_is_read_slowly_arrives_whole(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "UNREAD_S", 2.0)
    started = time.monotonic()
    with connected(port) as client:
        client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received = 0
        while piece := client.recv(400_000):
            received += len(piece)
            time.sleep(0.12)
        assert received >= len(LARGE)
    assert time.monotonic() - started > protocol.UNREAD_S


def test_more_clients_than_may_be_are_told_so(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MOST_CONNECTIONS", 20)
    monkeypatch.setattr(protocol, "HEAD_S", 3.0)
    held = [connected(port) for _ in range(60)]
    try:
        refused = sum(client.recv(1000) == protocol._BUSY for client in held)
        assert refused == 40  # the others were cut off without a word, when their heads did not come
        assert answered(port)
    finally:
        for client in held:
            client.close()


def test_head_and_content_leave_together_and_neither_waits_for_the_other(port: int) -> None:
    with connected(port) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(1000).endswith(b"\r\n\r\nok")
        client.sendall(b"GET /late HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(1000).endswith(b"\r\n\r\n")
        head_was_read.set()
        assert client.recv(1000) == b"ok"
        client.sendall(b"HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert client.recv(1000).endswith(b"\r\n\r\n")
        assert client.recv(1000) == b""

"""The workers of a face take connections in turn, and none of them waits for one that does not come."""

import socket
from collections.abc import Iterator
from time import monotonic

import pytest

from services.http.sharing import PATIENCE_S, SharedSocket

_SOON_S = 100 * PATIENCE_S


@pytest.fixture
def shared() -> Iterator[tuple[SharedSocket, SharedSocket, list[int]]]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        held = [7, 7]  # of workers that were here before
        with SharedSocket(listening.dup(), held, 0) as one, SharedSocket(listening.dup(), held, 1) as other:
            yield one, other, held


def test_what_waits_is_shared_out(shared: tuple[SharedSocket, SharedSocket, list[int]]) -> None:
    one, other, held = shared
    assert held == [0, 0]
    clients = [socket.create_connection(one.getsockname()) for _ in range(4)]
    taken = []
    for first, second in ((one, other), (other, one)):
        taken.append(first.accept()[0])
        with pytest.raises(BlockingIOError):
            first.accept()
        taken.append(second.accept()[0])
    assert held == [2, 2]
    for connection in (*clients, *taken):
        connection.close()
    del connection
    taken.clear()
    assert held == [0, 0]


def test_a_worker_that_does_not_come_is_not_waited_for(shared: tuple[SharedSocket, SharedSocket, list[int]]) -> None:
    one, _, held = shared
    with socket.create_connection(one.getsockname()), socket.create_connection(one.getsockname()):
        first, _ = one.accept()
        began = monotonic()
        second = None
        while second is None and monotonic() - began < _SOON_S:
            try:
                second, _ = one.accept()
            except BlockingIOError:
                continue
        assert second is not None
        assert monotonic() - began >= PATIENCE_S
        assert held == [2, 0]
        first.close()
        second.close()

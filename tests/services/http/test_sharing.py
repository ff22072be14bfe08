"""The workers of a face take connections in turn, and none of them waits for one that does not come."""

import asyncio
import errno
import socket
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any, ClassVar

import pytest
import uvloop

from services.http import sharing
from services.http.sharing import PATIENCE_S, SharedListener

_SOON_S = 100 * PATIENCE_S


type Shared = tuple[SharedListener, SharedListener, list[int], tuple[str, int]]


@pytest.fixture
def shared() -> Iterator[Shared]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        held = [7, 7]  # of workers that were here before
        one, other = (SharedListener(listening.dup(), held, place) for place in (0, 1))
        yield one, other, held, listening.getsockname()
        one.close()
        other.close()


def test_what_waits_is_shared_out(shared: Shared) -> None:
    one, other, held, address = shared
    assert held == [0, 0]
    clients = [socket.create_connection(address) for _ in range(4)]
    taken = []
    for first, second in ((one, other), (other, one)):
        taken.append(first.take())
        assert first.take() is None
        taken.append(second.take())
    assert held == [2, 2]
    assert one.take() is None  # none waits
    for connection in (*clients, *taken):
        assert connection is not None
        connection.close()
    del connection
    taken.clear()
    assert held == [0, 0]


def test_a_worker_that_does_not_come_is_not_waited_for(shared: Shared) -> None:
    one, _, held, address = shared
    with socket.create_connection(address), socket.create_connection(address):
        began = monotonic()
        first = one.take()
        assert first is not None
        second = None
        while second is None and monotonic() - began < _SOON_S:
            second = one.take()
        assert second is not None
        assert monotonic() - began >= PATIENCE_S
        assert held == [2, 0]
        first.close()
        second.close()


class Echo(asyncio.Protocol):
    open: ClassVar[set["Echo"]] = set()
    """Loops do not hold them, as uvicorn does."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.open.discard(self)

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_loops_of_all_kinds_get_what_is_taken(
    shared: Shared, new_loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    one, other, held, address = shared

    async def asked() -> None:
        one.hand_over(Echo, None)
        other.hand_over(Echo, None)
        pairs = [await asyncio.open_connection(*address) for _ in range(8)]
        for reader, writer in pairs:
            writer.write(b"!")
            assert await asyncio.wait_for(reader.readexactly(1), 10) == b"!"
        assert held == [4, 4]
        one.close()
        for reader, writer in pairs:
            writer.write(b"?")
            assert await asyncio.wait_for(reader.readexactly(1), 10) == b"?"
            writer.close()
            await writer.wait_closed()
        until = monotonic() + 10
        while held != [0, 0] and monotonic() < until:
            await asyncio.sleep(0.01)
        assert held == [0, 0]

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(asked())


def test_a_process_without_room_takes_more_when_it_has_some(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    one, _, _, address = shared
    refused = [OSError(errno.EMFILE, "Too many open files")]
    take = one.take

    def without_room() -> socket.socket | None:
        if refused:
            raise refused.pop()
        return take()

    async def asked() -> None:
        monkeypatch.setattr(one, "take", without_room)
        monkeypatch.setattr(sharing, "_RECOVERY_S", 0.05)
        one.hand_over(Echo, None)
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"!")
        assert await asyncio.wait_for(reader.readexactly(1), 10) == b"!"
        assert not refused
        writer.close()

    asyncio.run(asked())

"""HTTP connections that cannot hold a worker: late, endless and unread ones are cut off, and their number is bounded.

uvicorn waits for ever for a request's head and for a reader of its answer; ten thousand slow clients would take its
memory and its file descriptors.
"""

import asyncio
import resource
import time
from asyncio.events import TimerHandle
from email.utils import formatdate
from functools import lru_cache
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_S = 10.0
"""How long a request's head may take to arrive."""
HEAD_BYTES = 64 * 1024
"""The largest head of a request."""
UNREAD_S = 10.0
"""How often it is looked at whether an answer is being read."""
READ_BYTES = 10_000
"""What has to be read of an answer between two looks."""
MOST_CONNECTIONS = 2_000
"""Open connections of a worker; one more is refused."""
_RESERVED_FILES = 100  # for the database, files served, and pipes

_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nRetry-After: 5\r\n"
    b'Content-Length: 63\r\nConnection: close\r\n\r\n{"type":"about:blank","title":"Too many clients","status":503}\n'
)


def raise_file_limit() -> None:
    """Lets this process open as many files as it may, and no more connections than it has files for."""
    global MOST_CONNECTIONS
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + _RESERVED_FILES
    soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    MOST_CONNECTIONS = max(10, min(MOST_CONNECTIONS, soft - _RESERVED_FILES))


class _Gathering:
    """A transport on which the head of an answer leaves with the content, where that follows at once: in one packet.

    uvicorn writes the two one after the other, and whoever waits for them would be woken twice.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._held = b""
        self.is_closing, self.get_extra_info = transport.is_closing, transport.get_extra_info

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if self._held:
            held, self._held = self._held, b""
            self._transport.writelines((held, data))
        else:
            self._held = data
            self._loop.call_soon(self._send)

    def get_write_buffer_size(self) -> int:
        return len(self._held) + self._transport.get_write_buffer_size()

    def close(self) -> None:
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._held:
            held, self._held = self._held, b""
            self._transport.write(held)


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with those bounds."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._reading_head = True
        self._head_bytes = 0
        self._unread_bytes = 0
        self._late: TimerHandle | None = None
        self._unread: TimerHandle | None = None
        if len(self.connections) >= MOST_CONNECTIONS:
            self.transport = transport
            transport.write(_BUSY)
            transport.close()
            return
        super().connection_made(_Gathering(transport, self.loop))  # type: ignore[arg-type]
        self._late = self.loop.call_later(HEAD_S, self._cut)

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._late, self._unread):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self._reading_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self.send_400_response("The request's head is too large.")
                return
        super().data_received(data)
        if self._reading_head and self._late is None and not self.transport.is_closing():
            self._late = self.loop.call_later(HEAD_S, self._cut)

    def on_message_begin(self) -> None:
        self._reading_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._reading_head = False
        self._head_bytes = 0
        if self._late is not None:
            self._late.cancel()
            self._late = None
        # Devices whose clocks are wrong go by it; uvicorn writes it anew once a second, when it has been wrong for one.
        self.server_state.default_headers = _dated(int(time.time()))
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._unread is None and (size := self.transport.get_write_buffer_size()):
            self._unread_bytes = size
            self._unread = self.loop.call_later(UNREAD_S, self._look_at_unread)

    def _look_at_unread(self) -> None:
        self._unread = None
        size = self.transport.get_write_buffer_size()
        if size == 0:
            return
        if size > self._unread_bytes - READ_BYTES:
            self.transport.abort()
            return
        self._unread_bytes = size
        self._unread = self.loop.call_later(UNREAD_S, self._look_at_unread)

    def _cut(self) -> None:
        self._late = None
        if not self.transport.is_closing():
            self.transport.abort()


@lru_cache(maxsize=1)
def _dated(second: int) -> list[tuple[bytes, bytes]]:
    return [(b"date", formatdate(second, usegmt=True).encode())]


def protocol() -> Any:
    """The protocol for uvicorn's ``http`` setting, with the files it needs."""
    raise_file_limit()
    return BoundedProtocol

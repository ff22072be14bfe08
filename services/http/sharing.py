"""One listening socket for several worker processes, each of which gets its share of the connections.

asyncio takes as many connections as wait, so those of a browser, which opens several at once, would all go to the
worker that wakes first, while the others have nothing to do.
"""

import socket
import weakref
from collections.abc import MutableSequence
from time import monotonic
from typing import Any

PATIENCE_S = 0.02
"""So long a connection is left to a worker that has fewer; it may be busy, or gone."""


class SharedSocket(socket.socket):
    """The listening socket as one worker has it.  It takes over the descriptor of ``listening``.

    held:
        Shared by the workers: how many connections each of them has open, as each writes it at its own ``place``.
    """

    def __init__(self, listening: socket.socket, held: MutableSequence[int], place: int) -> None:
        super().__init__(fileno=listening.detach())
        self.setblocking(False)
        self._open: set[weakref.ref[socket.socket]] = set()
        self._held, self._place = held, place
        self._left_at = 0.0
        held[place] = 0

    def accept(self) -> tuple[socket.socket, Any]:
        """As of any socket; ``BlockingIOError`` also where the connection that waits is left to another worker."""
        if min(self._held) < self._held[self._place] and self._is_patient():
            raise BlockingIOError
        found, address = super().accept()
        self._left_at = 0.0
        self._open.add(weakref.ref(found, self._forget))
        self._held[self._place] = len(self._open)
        return found, address

    def _is_patient(self) -> bool:
        now = monotonic()
        waited = now - self._left_at
        if waited > 10 * PATIENCE_S:  # that was another connection, which somebody took
            self._left_at, waited = now, 0.0
        return waited < PATIENCE_S

    def _forget(self, connection: "weakref.ref[socket.socket]") -> None:
        self._open.discard(connection)
        self._held[self._place] = len(self._open)

"""One listening socket for several worker processes, each of which gets its share of the connections.

Event loops take connections by themselves, uvloop's in C and asyncio's as many as wait: those of a browser, which opens
several at once, would mostly go to the worker that wakes first, while the others have nothing to do.  So they are taken
here, one by one, and handed to the loop.
"""

import asyncio
import logging
import socket
import ssl
import weakref
from collections.abc import Callable, MutableSequence
from contextlib import suppress
from time import monotonic

PATIENCE_S = 0.02
"""So long a connection is left to a worker that has fewer; it may be busy, or gone."""
_AGAIN_S = 0.002
"""After so long it is looked whether it is still there."""
_RECOVERY_S = 1.0
"""So long nothing is taken where the process has no room for it."""

logger = logging.getLogger(__name__)


class SharedListener:
    """The listening socket as one worker has it.

    listening:
        Closed with this.
    held:
        Shared by the workers: how many connections each of them has open, as each writes it at its own ``place``.
    """

    def __init__(self, listening: socket.socket, held: MutableSequence[int], place: int) -> None:
        self._listening = listening
        listening.setblocking(False)
        self._open: set[weakref.ref[socket.socket]] = set()
        self._held, self._place = held, place
        self._left_at = 0.0
        self._is_left = False
        self._handed: set[asyncio.Task[None]] = set()
        self._again: asyncio.TimerHandle | None = None
        held[place] = 0

    def take(self) -> socket.socket | None:
        """A connection; None where none waits, or where it is left to another worker.

        Raises
        ------
        OSError
            If the process has no room for another.
        """
        self._is_left = min(self._held) < self._held[self._place] and self._is_patient()
        if self._is_left:
            return None
        try:
            found, _ = self._listening.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return None
        self._left_at = 0.0
        self._open.add(weakref.ref(found, self._forget))
        self._held[self._place] = len(self._open)
        return found

    def hand_over(self, protocol: Callable[[], asyncio.BaseProtocol], encryption: ssl.SSLContext | None) -> None:
        """Takes connections from now on, each of which the running loop gets with a protocol of its own."""
        loop = asyncio.get_running_loop()

        async def hand(connection: socket.socket) -> None:
            try:
                await loop.connect_accepted_socket(protocol, connection, ssl=encryption)
            except OSError:  # it is gone, or has no part in encryption
                connection.close()

        def look() -> None:
            try:
                connection = self.take()
            except OSError as error:
                logger.warning("no connection can be taken: %s", error)
                wait(_RECOVERY_S)
                return
            if connection is not None:
                connection.setblocking(False)
                task = loop.create_task(hand(connection))
                self._handed.add(task)
                task.add_done_callback(self._handed.discard)
            elif self._is_left:
                wait(_AGAIN_S)

        def listen() -> None:
            loop.add_reader(self._listening, look)

        def wait(seconds: float) -> None:
            loop.remove_reader(self._listening)
            self._again = loop.call_later(seconds, listen)

        listen()

    def close(self) -> None:
        """Takes none any more; those that are open stay."""
        if self._again is not None:
            self._again.cancel()
        with suppress(RuntimeError):  # no loop runs: none was handed over
            asyncio.get_running_loop().remove_reader(self._listening)
        self._listening.close()

    def _is_patient(self) -> bool:
        now = monotonic()
        waited = now - self._left_at
        if waited > 10 * PATIENCE_S:  # that was another connection, which somebody took
            self._left_at, waited = now, 0.0
        return waited < PATIENCE_S

    def _forget(self, connection: "weakref.ref[socket.socket]") -> None:
        self._open.discard(connection)
        self._held[self._place] = len(self._open)

"""Connections lent for a piece of work, which another thread can stop: a query ends when nobody waits for it."""

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import psycopg
from psycopg_pool import ConnectionPool

from geo.errors import StoreError
from services.database.waiting import require_thread

Connection = psycopg.Connection[tuple[Any, ...]]
Pool = ConnectionPool[Connection]


class Connections(Protocol):
    """A pool: lends a connection for the time of a ``with`` block."""

    def connection(self) -> AbstractContextManager[Connection]: ...


_CANCEL_TIMEOUT_S = 2.0
_PAUSES_S = (0.1, 0.2, 0.5, 1.0)
TRUSTED_S = 1.0
"""How long a connection that answered is taken to be alive."""


class AbandonedError(StoreError):
    """Nobody waits for the answer any more."""


class Cancellation:
    """Stops the queries of one piece of work, now and from now on; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connections: list[Connection] = []
        self.cancelled = False

    def cancel(self) -> None:
        """Asks the server to end what runs; blocks for a moment, so not to be called in an event loop's thread."""
        self.cancelled = True
        for pause_s in _PAUSES_S:  # what arrives between two queries of one piece of work ends neither
            with self._lock:
                # Under the lock: a connection that is given back meanwhile may already be another asker's.
                for connection in self._connections:
                    connection.cancel_safe(timeout=_CANCEL_TIMEOUT_S)
                if not self._connections:
                    return
            time.sleep(pause_s)

    @contextmanager
    def using(self, connection: Connection) -> Iterator[None]:
        """What is cancelled ends this connection's query; ``AbandonedError`` where it is cancelled already."""
        with self._lock:
            if self.cancelled:
                raise AbandonedError("Nobody waits for the answer any more.")
            self._connections.append(connection)
        try:
            yield
        finally:
            with self._lock:
                self._connections.remove(connection)


_work: ContextVar[Cancellation | None] = ContextVar("work", default=None)
_bulk: ContextVar[bool] = ContextVar("bulk", default=False)


def working_under(cancellation: Cancellation, *, bulk: bool) -> None:
    """What this context borrows from now on can be cancelled; ``bulk`` work borrows from the pool for long reads."""
    _work.set(cancellation)
    _bulk.set(bulk)


def refuse_abandoned() -> None:
    """Raises ``AbandonedError`` where nobody waits for this context's work any more; for work in many steps."""
    work = _work.get()
    if work is not None and work.cancelled:
        raise AbandonedError("Nobody waits for the answer any more.")


class Lender:
    """Lends connections out of a pool for short queries, or out of one for long reads."""

    def __init__(self, short: Pool, bulk: Pool) -> None:
        self._short = short
        self._bulk = bulk

    def connection(self) -> AbstractContextManager[Connection]:
        """A connection for the time of a ``with`` block; errors are psycopg's, for ``store_errors``.

        ``NeedsThreadError`` in the event loop.
        """
        require_thread()
        return self._lend(self._bulk if _bulk.get() else self._short)

    def get_stats(self) -> dict[str, int]:
        """The figures of the pool for short queries."""
        return self._short.get_stats()

    def close(self) -> None:
        for pool in (self._short, self._bulk):
            pool.close()

    @contextmanager
    def _lend(self, pool: Pool) -> Iterator[Connection]:
        cancellation = _work.get()
        with pool.connection() as connection:
            try:
                if cancellation is None:
                    yield connection
                else:
                    with cancellation.using(connection):
                        yield connection
            finally:
                _used_at[connection] = time.monotonic()


_used_at: WeakKeyDictionary[Connection, float] = WeakKeyDictionary()


def check_unless_just_used(connection: Connection) -> None:
    """A pool's check of a connection before it is lent: the server is asked, unless it answered within the last second.

    What breaks within that second is tried once more by the one who asked (``ConnectionLostError``).
    """
    if time.monotonic() - _used_at.get(connection, -TRUSTED_S) >= TRUSTED_S:
        ConnectionPool.check_connection(connection)

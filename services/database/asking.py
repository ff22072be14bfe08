"""Questions to the database that do not say who waits: a generator yields each query and is sent its first row.

The same questions are asked from a thread (``ask``) and from an event loop (``Asker``), where they need no thread and
end as soon as the task that waits is cancelled.
"""

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.database.failures import store_errors
from services.database.lending import TRUSTED_S, Connections

AsyncConnection = psycopg.AsyncConnection[tuple[Any, ...]]
AsyncPool = AsyncConnectionPool[AsyncConnection]


@dataclass(frozen=True, slots=True)
class Query:
    """One statement, its values, and whether the server keeps its plan; its answer is one row, or none."""

    statement: bytes
    values: Sequence[Any] = ()
    prepare: bool | None = None


type Row = tuple[Any, ...] | None
type Asking[T] = Generator[Query, Row, T]


@dataclass(frozen=True, slots=True)
class _Result[T]:
    value: T


def ask[T](connections: Connections, asking: Asking[T]) -> T:
    """What ``asking`` returns, asked over one connection from this thread; ``StoreError`` where the database fails."""
    step = _next(asking, None)
    if isinstance(step, Query):
        with store_errors(), connections.connection() as connection:
            cursor = connection.cursor(binary=True)
            while isinstance(step, Query):
                row = cursor.execute(step.statement, step.values, prepare=step.prepare).fetchone()
                step = _next(asking, row)
    return step.value


class Asker:
    """Asks over the connections of a pool from an event loop; to be opened and closed in it."""

    def __init__(self, pool: AsyncPool) -> None:
        self._pool = pool

    async def open(self) -> None:
        """Opens the pool without waiting for a connection."""
        await self._pool.open()

    async def close(self) -> None:
        await self._pool.close()

    async def ask[T](self, asking: Asking[T]) -> T:
        """What ``asking`` returns, asked over one connection; ``StoreError`` where the database fails.

        Where the task is cancelled, the query that runs is ended.
        """
        step = _next(asking, None)
        if isinstance(step, Query):
            with store_errors():
                async with self._pool.connection() as connection:
                    cursor = connection.cursor(binary=True)
                    while isinstance(step, Query):
                        await cursor.execute(step.statement, step.values, prepare=step.prepare)
                        step = _next(asking, await cursor.fetchone())
                    _used_at[connection] = time.monotonic()
        return step.value

    def get_stats(self) -> dict[str, int]:
        """The figures of the pool."""
        return self._pool.get_stats()


def _next[T](asking: Asking[T], row: Row) -> Query | _Result[T]:
    try:
        return asking.send(row)
    except StopIteration as over:
        return _Result(over.value)


_used_at: WeakKeyDictionary[AsyncConnection, float] = WeakKeyDictionary()


async def check_unless_just_used(connection: AsyncConnection) -> None:
    """As ``lending.check_unless_just_used``, for a pool of an event loop."""
    if time.monotonic() - _used_at.get(connection, -TRUSTED_S) >= TRUSTED_S:
        await AsyncConnectionPool.check_connection(connection)

"""The events of the database handed on to all who listen at one worker process: read once, over one connection.

A listener that does not keep up is let go: it comes back and is told what it has missed.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from typing import Any

import psycopg

from services.database.connect import connect_from_loop
from services.tracking.events import AFTER, CHANNEL, FRESH_S, STATE, Event

logger = logging.getLogger(__name__)

LOOK_S = 1.0
_TIMEOUT_S = 10.0
MOST_WAITING = 1_000
"""Events that a listener may leave unread."""
MOST_LISTENERS = 500
"""Of one worker process."""


@dataclass(frozen=True, slots=True)
class State:
    """Whether what happens is heard of.

    current:
        The database answers, and the process that writes events is at work; else silence means nothing.
    seen_at:
        When that was last so; None: never.
    """

    current: bool
    seen_at: datetime | None


class OverError(Exception):
    """A listener is let go: it did not keep up, or the process ends."""


@dataclass(eq=False)
class Listener:
    """One that listens: what it has not read yet.  ``after``: the id of the last event before those it is told."""

    after: int
    _queue: "asyncio.Queue[Event | State]" = dataclass_field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    _over: bool = False

    def tell(self, what: Event | State) -> None:
        try:
            self._queue.put_nowait(what)
        except asyncio.QueueFull:
            self.let_go()

    def let_go(self) -> None:
        """What waits is not told any more."""
        self._over = True
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(State(False, None))  # wakes it

    async def next(self, patience_s: float) -> Event | State | None:
        """What comes next; None where nothing does for so long.  ``OverError`` where it was let go."""
        found: Event | State | None = None
        with suppress(TimeoutError):
            found = await asyncio.wait_for(self._queue.get(), patience_s)
        if self._over:
            raise OverError
        return found


class Hub:
    """To be used from one event loop.  It reads nothing before somebody listens.

    url:
        Of the internal face's role.
    ending:
        Whether the process is to end.
    """

    def __init__(self, url: str, ending: Callable[[], bool] = lambda: False) -> None:
        self._url = url
        self._ending = ending
        self._listeners: set[Listener] = set()
        self._task: asyncio.Task[None] | None = None
        self._began = asyncio.Event()
        self._last = 0
        self.state = State(False, None)

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners)

    @asynccontextmanager
    async def listening(self, patience_s: float) -> AsyncIterator[Listener | None]:
        """A listener for the time of a ``with`` block; None where the database was not reached within that time."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._began.wait(), patience_s)
        if not self._began.is_set():
            yield None
            return
        listener = Listener(self._last)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    async def close(self) -> None:
        """Lets all go."""
        self._let_all_go()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _work(self) -> None:
        while not self._ending():
            try:
                async with await connect_from_loop(
                    self._url, application_name="ngis-events", statement_timeout_s=_TIMEOUT_S
                ) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}".encode())
                    await self._read(connection)
            except (psycopg.Error, OSError) as error:
                logger.warning("events are not heard of now: %s", type(error).__name__)
                self._set(State(False, self.state.seen_at))
                await asyncio.sleep(LOOK_S)
        self._let_all_go()

    async def _read(self, connection: "psycopg.AsyncConnection[tuple[Any, ...]]") -> None:
        """Hands on what is new, for as long as the connection holds."""
        while not self._ending():
            row = await (await connection.execute(STATE, (FRESH_S,))).fetchone()
            newest, current, seen_at = row or (0, False, None)
            if not self._began.is_set():
                self._last = newest
                self._began.set()
            if 0 < newest < self._last:  # another database, or one from a copy: who comes back is told of the gap
                self._last = newest
                self._let_all_go()
            while self._last < newest:
                found = await connection.execute(AFTER, (self._last, newest, None, None, MOST_WAITING // 2))
                events = [Event(*each) for each in await found.fetchall()]
                for event in events:
                    for listener in self._listeners:
                        listener.tell(event)
                self._last = events[-1].id if events else newest
            self._set(State(current, seen_at))
            async for _ in connection.notifies(timeout=LOOK_S, stop_after=1):
                pass

    def _let_all_go(self) -> None:
        for listener in self._listeners:
            listener.let_go()

    def _set(self, state: State) -> None:
        changed, self.state = state.current != self.state.current, state
        if changed:
            for listener in self._listeners:
                listener.tell(state)

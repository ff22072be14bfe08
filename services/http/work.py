"""Where work is done: questions to the database in the event loop, all that blocks in threads of our own.

There are as many threads as database connections for them.  Pages that need no rows have threads of their own, so that
slow queries never hold them up; so has what streams a whole layer.  What cannot be taken up soon is refused instead of
piling up, and what nobody waits for any more is stopped.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from typing import Any

from services.database.asking import Asker, Asking
from services.database.lending import Cancellation, working_under
from services.ogc.errors import BusyError

PAGE_THREADS = 2
BULK_THREADS = 2
LINE_PER_THREAD = 32
"""How many requests may wait for each thread, or connection, before the next is refused with 503."""
STALL_S = 30.0
"""How long a client may leave a piece of a stream unread."""


class _Line:
    """So many at once are served or wait; one more is refused."""

    def __init__(self, served: int) -> None:
        self._most = served * (1 + LINE_PER_THREAD)
        self.in_hand = 0

    def __enter__(self) -> None:
        if self.in_hand >= self._most:
            raise BusyError("The line of waiting requests is full.")
        self.in_hand += 1

    def __exit__(self, *_: object) -> None:
        self.in_hand -= 1


class AskingBench:
    """Questions to the database over so many connections, with a bounded line before them."""

    def __init__(self, asker: Asker, connections: int) -> None:
        self._asker = asker
        self._line = _Line(connections)

    @property
    def in_hand(self) -> int:
        """How many are asked or wait."""
        return self._line.in_hand

    async def do[T](self, asking: Asking[T]) -> T:
        """What ``asking`` returns; ``BusyError`` where the line is full.

        Where the task that waits is cancelled, the query is ended too.
        """
        with self._line:
            return await self._asker.ask(asking)


class Workbench:
    """One pool of threads with a bounded line before it."""

    def __init__(self, name: str, threads: int, *, bulk: bool = False) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._line = _Line(threads)
        self._threads = threads
        self._bulk = bulk

    @property
    def in_hand(self) -> int:
        """How many pieces of work are done or wait."""
        return self._line.in_hand

    async def do[T](self, work: Callable[[], T]) -> T:
        """The result of ``work``, done in a thread; ``BusyError`` where the line is full.

        Where the task that waits is cancelled, the work's queries are ended too.
        """
        with self._line:
            cancellation, context = self._context()
            submitted = self._executor.submit(context.run, work)
            try:
                return await asyncio.wrap_future(submitted)
            except asyncio.CancelledError:
                if not submitted.cancelled():  # it has begun
                    await asyncio.get_running_loop().run_in_executor(None, cancellation.cancel)
                raise

    async def stream(self, work: Callable[[], Iterator[bytes]]) -> AsyncGenerator[bytes]:
        """The pieces that ``work`` gives, each made in a thread; closed where the reader stops reading.

        No more streams than threads are open at once.
        """
        loop = asyncio.get_running_loop()
        if self.in_hand >= self._threads:
            raise BusyError("As many streams are open as may be.")
        with self._line:
            cancellation, context = self._context()
            step: asyncio.Future[Any] | None = None

            async def run[R](each: Callable[[], R]) -> R:
                nonlocal step
                made = step = loop.run_in_executor(self._executor, context.run, each)
                return await asyncio.shield(made)  # a thread goes on where its asker does not

            chunks: Iterator[bytes] = iter(())
            try:
                chunks = await run(work)
                while (chunk := await run(lambda: next(chunks, None))) is not None:
                    yield chunk
            finally:
                await asyncio.shield(self._end(cancellation, context, step, chunks))

    async def _end(
        self, cancellation: Cancellation, context: Context, step: "asyncio.Future[Any] | None", chunks: Iterator[bytes]
    ) -> None:
        """Stops the queries of a step that still runs, waits for it, and closes what it made."""
        loop = asyncio.get_running_loop()
        cancellation.cancelled = True
        if step is not None and not step.done():
            await loop.run_in_executor(None, cancellation.cancel)
            await asyncio.wait([step])
        close = getattr(chunks, "close", None)
        if close is not None:
            await loop.run_in_executor(self._executor, context.run, close)

    def close(self) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _context(self) -> tuple[Cancellation, Context]:
        cancellation, context = Cancellation(), copy_context()
        context.run(working_under, cancellation, bulk=self._bulk)
        return cancellation, context

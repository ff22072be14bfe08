"""Where blocking work is done: threads of our own, as many as there are database connections.

Pages that need no rows have threads of their own, so that slow queries never hold them up; what cannot be taken up
soon is refused instead of piling up.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from services.http.problems import BusyError

PAGE_THREADS = 2
LINE_PER_THREAD = 32
"""How many requests may wait for each thread before the next is refused with 503."""


class Workbench:
    """One pool of threads with a bounded line before it."""

    def __init__(self, name: str, threads: int) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._most = threads * (1 + LINE_PER_THREAD)
        self.in_hand = 0

    async def do[T](self, work: Callable[[], T]) -> T:
        """The result of ``work``, done in a thread; ``BusyError`` where the line is full."""
        if self.in_hand >= self._most:
            raise BusyError("The line of waiting requests is full.")
        self.in_hand += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        finally:
            self.in_hand -= 1

    def close(self) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)

"""Worker processes at their posts: started, watched, replaced where they die, and ended with their parent.

Workers end with their parent even where that was killed, because each holds the end of a pipe that only the parent
keeps open.  There are workers of several kinds: those that answer, and those that run jobs.
"""

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from geo.errors import StoreError
from services.ogc.face import Face
from services.settings import Settings

logger = logging.getLogger(__name__)

GRACE_S = 5
"""How long what is under way may take to finish once the stop was asked for."""
_START_TIMEOUT_S = 60.0
_QUICK_DEATH_S = 5.0
_QUICK_DEATHS = 5  # of workers of a face in a row, before the server gives up
_LONGEST_PAUSE_S = 60.0  # before one is replaced that dies as soon as it starts, and that the server can do without
_context = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True, eq=False)
class Post:
    """What one worker process at a time is there for.

    target:
        Called in the process with settings, face, the end of its lifeline, and ``arguments``.
    essential:
        The server is ready when it is, and gives up where it dies as soon as it starts, again and again.
    """

    face: Face
    name: str
    target: Callable[..., None]
    arguments: tuple[Any, ...] = ()
    essential: bool = True


@dataclass(slots=True)
class _Worker:
    """The process at a post.  ``quick_deaths``: how many there in a row died as soon as they started."""

    process: SpawnProcess
    lifeline: "Connection[Any, Any]"
    started_at: float
    quick_deaths: int = 0
    replace_at: float | None = None


class Supervisor:
    """Keeps a worker at every post."""

    def __init__(self, settings: Settings, posts: Sequence[Post]) -> None:
        self._settings = settings
        self._posts = posts
        self._workers: dict[Post, _Worker] = {}
        self._quick_deaths = 0
        self._stopping = False

    def run(self, on_ready: Callable[[], None]) -> None:
        with _stop_signals(self._stop):
            try:
                self._man(essential=True)
                self._wait_until_ready()
                if not self._stopping:
                    on_ready()
                    self._man(essential=False)  # not before: they would keep those from starting that are waited for
                while not self._stopping:
                    alive = [worker.process.sentinel for worker in self._workers.values() if worker.replace_at is None]
                    wait(alive, timeout=0.5)
                    self._replace_the_dead()
            finally:
                self._end_all()

    def _stop(self) -> None:
        self._stopping = True

    def _man(self, *, essential: bool) -> None:
        for post in self._posts:
            if post.essential == essential and not self._stopping:
                self._workers[post] = self._start(post)

    def _start(self, post: Post) -> _Worker:
        ours, theirs = _context.Pipe()
        process = _context.Process(
            target=post.target, args=(self._settings, post.face, theirs, *post.arguments), name=post.name
        )
        process.start()
        theirs.close()
        return _Worker(process, ours, time.monotonic())

    def _wait_until_ready(self) -> None:
        waiting: dict[Face, list[_Worker]] = {}
        for post, worker in self._workers.items():
            waiting.setdefault(post.face, []).append(worker)
        until = time.monotonic() + _START_TIMEOUT_S
        while waiting and not self._stopping:
            if time.monotonic() > until:
                raise StoreError("No worker became ready in time.", fix="See the messages above, and `ngis doctor`.")
            for face in list(waiting):
                if any(not w.lifeline.closed and w.lifeline.poll(0.05) for w in waiting[face] if w.process.is_alive()):
                    del waiting[face]
                elif not any(w.process.is_alive() for w in waiting[face]):
                    raise StoreError(
                        f"No worker of the {face} face could start.", fix="See the messages above, and `ngis doctor`."
                    )

    def _replace_the_dead(self) -> None:
        for post, worker in list(self._workers.items()):
            if worker.process.is_alive() or self._stopping:
                continue
            if worker.replace_at is None:
                self._bury(post, worker)
            if worker.replace_at is not None and time.monotonic() >= worker.replace_at:
                successor = self._start(post)
                successor.quick_deaths = worker.quick_deaths
                self._workers[post] = successor

    def _bury(self, post: Post, worker: _Worker) -> None:
        """Decides when a worker that died is replaced: at once, or after a pause that grows with each quick death."""
        worker.process.join()
        worker.lifeline.close()
        lived_s = time.monotonic() - worker.started_at
        worker.quick_deaths = worker.quick_deaths + 1 if lived_s < _QUICK_DEATH_S else 0
        pause_s = 0.0
        if not post.essential:
            pause_s = min(_LONGEST_PAUSE_S, 2.0**worker.quick_deaths) if worker.quick_deaths else 0.0
        else:
            self._quick_deaths = self._quick_deaths + 1 if lived_s < _QUICK_DEATH_S else 0
            if self._quick_deaths >= _QUICK_DEATHS:
                raise StoreError(
                    f"Workers of the {post.face} face die as soon as they start.",
                    fix="See the messages above, and `ngis doctor`.",
                )
        worker.replace_at = time.monotonic() + pause_s
        logger.warning("a worker of %s ended (%s); starting another", post.name, worker.process.exitcode)

    def _end_all(self) -> None:
        for worker in self._workers.values():
            if worker.process.is_alive():
                worker.process.terminate()
        until = time.monotonic() + GRACE_S + 2
        for worker in self._workers.values():
            worker.process.join(max(0.0, until - time.monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.lifeline.close()


@contextmanager
def _stop_signals(stop: Callable[[], None]) -> Iterator[None]:
    names = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {name: signal.signal(name, lambda *_: stop()) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def end_when_told(lifeline: "Connection[Any, Any]", end: Callable[[], None]) -> None:
    """Calls ``end`` on SIGTERM and where the parent is gone; then the process has as long as an answer may take."""

    def end_with_parent() -> None:
        try:
            lifeline.recv()
        except (EOFError, OSError):
            end()
            time.sleep(GRACE_S + 1)
            os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: end())
    threading.Thread(target=end_with_parent, daemon=True).start()

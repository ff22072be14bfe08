"""Processes that work beside the faces: started, watched and ended by the server, and answering nobody.

One that dies is started again after a pause; its death never ends the serving.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from services.http.lifelines import end_when_told, log_to_stderr, told_to_stop
from services.http.processes import Context, starting
from services.ogc.face import Face
from services.settings import Settings

logger = logging.getLogger(__name__)

_PAUSE_S = 5.0
_END_S = 5.0


@dataclass(frozen=True, slots=True)
class Worker:
    """What works beside the faces.

    function:
        ``module:function``, called with the settings and an event; it works until the event is set.
    of_each_face:
        How many processes there are for each face that is served, which is then the third argument; where it is not
        given, there is one process in all.
    wanted:
        Whether there is anything for it to do with these settings.
    """

    function: str
    of_each_face: Callable[[Settings], int] | None = None
    wanted: Callable[[Settings], bool] = lambda _: True


JOBS = Worker("services.ogc.jobs.worker:work", lambda settings: settings.job_workers)
WORKERS = (
    Worker("services.tiles.watch:watch"),
    Worker("services.routing.watch:watch"),
    Worker("services.tracking.watch:watch"),
    Worker("services.messaging.subscriber:subscribe", wanted=lambda settings: settings.mqtt_url is not None),
    Worker("services.offline.watch:watch", wanted=lambda settings: settings.offline_quiet_s > 0),
    Worker("services.http.measuring:watch", wanted=lambda settings: settings.sizes_quiet_s > 0),
    JOBS,
)
"""What runs."""


@dataclass(frozen=True, slots=True)
class _Post:
    """What one process at a time is there for."""

    name: str
    function: str
    arguments: tuple[Any, ...]


@dataclass(slots=True)
class _Running:
    process: BaseProcess
    lifeline: "Connection[Any, Any]"
    started_at: float


class Background:
    """The processes of ``workers``.  To be used from the main thread."""

    def __init__(
        self, settings: Settings, context: Context, faces: Sequence[Face], workers: Sequence[Worker] = WORKERS
    ) -> None:
        self._settings = settings
        self._context = context
        self._posts = [post for worker in workers for post in _posts(worker, settings, faces)]
        self._running: dict[str, _Running] = {}

    def start_missing(self) -> None:
        """Starts what does not run; what died a moment ago waits."""
        for post in self._posts:
            running = self._running.get(post.name)
            if running is not None and running.process.is_alive():
                continue
            if running is not None:
                if time.monotonic() - running.started_at < _PAUSE_S:
                    continue
                running.process.join()
                running.lifeline.close()
                logger.warning("%s ended (%s); starting it again", post.name, running.process.exitcode)
            self._running[post.name] = self._start(post)

    def ask_to_end(self) -> None:
        """Asks all to end soon."""
        for running in self._running.values():
            if running.process.is_alive():
                running.process.terminate()

    def end(self) -> None:
        """Waits for those that were asked, and ends those that do not."""
        until = time.monotonic() + _END_S
        for running in self._running.values():
            running.process.join(max(0.0, until - time.monotonic()))
            if running.process.is_alive():
                running.process.kill()
                running.process.join()
            running.lifeline.close()

    def _start(self, post: _Post) -> _Running:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(post, self._settings, theirs), name=f"ngis-{post.name}")
        process.start()
        theirs.close()
        return _Running(process, ours, time.monotonic())


def run_alone(settings: Settings, faces: Sequence[Face], workers: Sequence[Worker]) -> None:
    """Runs workers until SIGINT or SIGTERM, and serves nothing; to be called from the main thread."""
    stop = False

    def stop_soon() -> None:
        nonlocal stop
        stop = True

    background = Background(settings, starting(), faces, workers)
    with told_to_stop(stop_soon):
        try:
            while not stop:
                background.start_missing()
                time.sleep(0.5)
        finally:
            background.ask_to_end()
            background.end()


def _posts(worker: Worker, settings: Settings, faces: Sequence[Face]) -> list[_Post]:
    if not worker.wanted(settings):
        return []
    if worker.of_each_face is None:
        return [_Post(worker.function, worker.function, ())]
    count = worker.of_each_face(settings)
    return [
        _Post(f"{worker.function} {number} of the {face} face", worker.function, (face,))
        for face in faces
        for number in range(1, count + 1)
    ]


def _work(post: _Post, settings: Settings, lifeline: "Connection[Any, Any]") -> None:
    """One process, from start to end."""
    log_to_stderr()
    stop = threading.Event()
    end_when_told(lifeline, stop.set)
    module, _, function = post.function.partition(":")
    with ThreadPoolExecutor(1) as thread:  # since the main thread, which takes the signals, may not wait for the event
        thread.submit(getattr(import_module(module), function), settings, stop, *post.arguments).result()

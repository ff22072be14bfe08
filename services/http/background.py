"""Processes that work beside the faces: started, watched and ended by the server, and answering nobody.

A worker is a function ``(settings, stop)`` that works until the event is set.  One that dies is started again after a
pause; its death never ends the serving.
"""

import logging
import os
import signal
import threading
import time
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from services.http.processes import Context
from services.settings import Settings

logger = logging.getLogger(__name__)

WORKERS = ("services.tiles.watch:watch",)
"""What runs, as ``module:function``; one process for each."""
_PAUSE_S = 5.0
_END_S = 5.0
_LAST_WORDS_S = 1.0


@dataclass(slots=True)
class _Running:
    process: BaseProcess
    lifeline: "Connection[Any, Any]"
    started_at: float


class Background:
    """The processes of ``WORKERS``.  To be used from the server's main thread."""

    def __init__(self, settings: Settings, context: Context) -> None:
        self._settings = settings
        self._context = context
        self._running: dict[str, _Running] = {}

    def start_missing(self) -> None:
        """Starts what does not run; what died a moment ago waits."""
        for name in WORKERS:
            running = self._running.get(name)
            if running is not None and running.process.is_alive():
                continue
            if running is not None:
                if time.monotonic() - running.started_at < _PAUSE_S:
                    continue
                running.process.join()
                running.lifeline.close()
                logger.warning("%s ended (%s); starting it again", name, running.process.exitcode)
            self._running[name] = self._start(name)

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

    def _start(self, name: str) -> _Running:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(name, self._settings, theirs), name=f"ngis-{name}")
        process.start()
        theirs.close()
        return _Running(process, ours, time.monotonic())


def _work(name: str, settings: Settings, lifeline: "Connection[Any, Any]") -> None:
    """One process, from start to end; it ends with its parent too."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    stop = threading.Event()

    def end_with_parent() -> None:
        try:
            lifeline.recv()
        except (EOFError, OSError):
            stop.set()
            time.sleep(_LAST_WORDS_S)  # what is cut off is a transaction that does not happen
            os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's is for the parent, which then asks for the end
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threading.Thread(target=end_with_parent, daemon=True).start()
    module, _, function = name.partition(":")
    getattr(import_module(module), function)(settings, stop)

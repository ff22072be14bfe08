"""How the processes of a server come to their end: told by a signal, or because their parent is gone.

The parent keeps one end of a pipe to each of its processes open, so that they notice even where it was killed.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

GRACE_S = 5
"""How long what is under way may take to finish once the stop was asked for."""


@contextmanager
def told_to_stop(stop: Callable[[], None]) -> Iterator[None]:
    """In the parent: calls ``stop`` on SIGINT, SIGTERM and SIGHUP.  To be used from the main thread."""
    names = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {name: signal.signal(name, lambda *_: stop()) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def end_when_told(lifeline: "Connection[Any, Any]", end: Callable[[], None]) -> None:
    """In a process of its own: calls ``end`` on SIGTERM, and where the parent is gone; then little time is left.

    A signal is taken by the main thread between any two steps of it: that must hold no lock that ``end`` wants.
    """

    def end_with_parent() -> None:
        try:
            lifeline.recv()
        except (EOFError, OSError):
            end()
            time.sleep(GRACE_S + 1)
            os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's is for the parent, which then asks for the end
    signal.signal(signal.SIGTERM, lambda *_: end())
    threading.Thread(target=end_with_parent, daemon=True).start()


def log_to_stderr() -> None:
    """The log of a process of its own."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # it reports each attempt to reach a server that is away
    logging.getLogger("pygeoapi").setLevel(logging.ERROR)  # it warns of every request without an offset

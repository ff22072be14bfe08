"""Looking at a database again and again, for as long as a process lives."""

import fcntl
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.errors import StoreError

AWAY_S = 5.0
"""How long a database that is away is left alone."""


def keep_looking(look: Callable[[], None], stop: threading.Event, every_s: float, what: str) -> None:
    """Calls ``look`` until ``stop`` is set, ``every_s`` after it has returned; a database that is away is waited for.

    ``what`` is not done meanwhile: it begins the sentence of the log that says so.
    """
    while not stop.is_set():
        pause_s = every_s
        try:
            look()
        except StoreError as error:
            logging.getLogger(look.__module__).warning("%s now: %s", what, error.message)
            pause_s = AWAY_S
        stop.wait(pause_s)


@contextmanager
def one_at_a_time(file: Path, stop: threading.Event) -> Iterator[None]:
    """One process at a time holds the file, as servers may share a folder; the others wait in its place.

    It is entered without the file where ``stop`` is set first.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        while not stop.is_set():
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                stop.wait(AWAY_S)
        yield

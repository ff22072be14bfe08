"""Who may wait: a thread may, the event loop may not, since everybody else waits with it.

What is answered from memory in a millisecond is answered in the event loop: to hand it to a thread and back costs as
much again.  Where something turns out not to be at hand, the work is given up and done in a thread from its beginning.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_in_loop: ContextVar[bool] = ContextVar("in_loop", default=False)


class NeedsThreadError(Exception):
    """The work has to wait for something, or takes long: it is none for the event loop."""


@contextmanager
def in_the_loop() -> Iterator[None]:
    """What is done within must neither wait nor take long; ``NeedsThreadError`` comes out where it would."""
    token = _in_loop.set(True)
    try:
        yield
    finally:
        _in_loop.reset(token)


def require_thread() -> None:
    """To be called before what waits or takes long: ``NeedsThreadError`` in the event loop, nothing elsewhere."""
    if _in_loop.get():
        raise NeedsThreadError


@contextmanager
def holding(lock: threading.Lock) -> Iterator[None]:
    """The lock, waited for where one may wait; ``NeedsThreadError`` elsewhere if another thread has it."""
    if not lock.acquire(blocking=not _in_loop.get()):
        raise NeedsThreadError
    try:
        yield
    finally:
        lock.release()

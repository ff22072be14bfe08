"""Arrays that a computation writes on, one set for each that runs at a time, made when one is missing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Workspaces[T]:
    """A store of workspaces; threads may take from it at once.  One whose computation failed is not used again."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._free: list[T] = []

    @contextmanager
    def one(self) -> Iterator[T]:
        """A workspace for the time of a ``with`` block."""
        try:
            space = self._free.pop()
        except IndexError:
            space = self._make()
        yield space
        self._free.append(space)

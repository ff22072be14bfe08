"""Values kept for as long as the state of a layer they were made from stands."""

import threading
from collections.abc import Callable, Hashable
from typing import Any
from weakref import WeakKeyDictionary

from services.ogc.source import Source


class PerStamp[T]:
    """What ``make`` gives for a layer, made once per state of it and process; of each layer the latest is kept.

    Threads that ask at the same moment may make it twice.
    """

    def __init__(self, make: Callable[..., T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        # By pool: several databases may be served in one process, with states that look alike.
        self._kept: WeakKeyDictionary[Any, dict[Hashable, tuple[str, T]]] = WeakKeyDictionary()

    def __call__(self, source: Source, *more: Hashable) -> T:
        """``make(source, *more)``."""
        key = (source.layer.id, *more)
        with self._lock:
            known = self._kept.setdefault(source.pool, {}).get(key)
        if known is not None and known[0] == source.stamp:
            return known[1]
        made = self._make(source, *more)
        with self._lock:
            self._kept[source.pool][key] = (source.stamp, made)
        return made

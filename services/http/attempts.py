"""How often somebody may be wrong: failures counted for a minute, in one process."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

WINDOW_S = 60.0
_MOST_KEYS = 10_000


class Attempts:
    """Failures by key; ``most`` of them are allowed in a window.

    Keys that failed longest ago are forgotten first where there are too many.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._failures: OrderedDict[Hashable, list[float]] = OrderedDict()

    def failed(self, key: Hashable) -> None:
        """Counts a failure."""
        self._failures.setdefault(key, []).append(self._clock())
        self._failures.move_to_end(key)
        if len(self._failures) > _MOST_KEYS:
            self._failures.popitem(last=False)

    def wait_s(self, key: Hashable) -> float:
        """Seconds until another attempt is allowed; 0 for now."""
        now = self._clock()
        recent = [each for each in self._failures.get(key, ()) if now - each < WINDOW_S]
        if not recent:
            self._failures.pop(key, None)
            return 0.0
        self._failures[key] = recent
        return 0.0 if len(recent) < self._most else recent[-self._most] + WINDOW_S - now

"""Waiting for what comes about in another thread or process."""

import time
from collections.abc import Callable


def until(holds: Callable[[], object], within_s: float = 60.0) -> None:
    """Until ``holds()``; fails where it does not come true in this time, which is for what never would."""
    over = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < over, "It did not come true in time."
        time.sleep(0.02)

"""Waiting for what a browser, or the server behind it, will show."""

from collections.abc import Callable
from time import monotonic

from playwright.sync_api import Page

PATIENCE_S = 30.0


def eventually[T](page: Page, what: Callable[[], T], wanted: T) -> None:
    """Until ``what()`` is ``wanted``; the page goes on meanwhile."""
    over = monotonic() + PATIENCE_S
    while (found := what()) != wanted and monotonic() < over:
        page.wait_for_timeout(100)
    assert found == wanted

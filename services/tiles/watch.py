"""The process that keeps the tiles up to date while the server runs: it looks every second, and draws what moved."""

import logging
import threading

from services.database.connect import role_urls
from services.database.failures import store_errors
from services.database.watching import AWAY_S, keep_looking
from services.settings import Settings
from services.tiles.renderer import lock_taken, render_pass, renderer_connection

logger = logging.getLogger(__name__)

LOOK_S = 1.0


def watch(settings: Settings, stop: threading.Event) -> None:
    """Draws what is outdated until ``stop`` is set; a database that is away is waited for.

    Where another process renders for this database, this one waits in its place.
    """

    def look() -> None:
        _render(settings, stop)

    keep_looking(look, stop, LOOK_S, "the tiles are not kept up to date")


def _render(settings: Settings, stop: threading.Event) -> None:
    """Looks over one connection for as long as it holds."""
    url = role_urls(settings).ingest
    with store_errors(url), renderer_connection(url) as connection:
        while not stop.is_set():
            if lock_taken(connection):
                break
            stop.wait(AWAY_S)
        while not stop.is_set():
            done = render_pass(connection, settings.city.bbox, stop=stop.is_set)
            if done.drawn:
                logger.info("drew %d tiles of %d layers in %.1f s", done.drawn, done.layers, done.seconds)
            stop.wait(LOOK_S)

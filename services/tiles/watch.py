"""The process that keeps the tiles up to date while the server runs: it looks every second, and draws what moved."""

import logging
import threading

from geo.errors import StoreError
from services.database.connect import role_urls
from services.database.failures import store_errors
from services.settings import Settings
from services.tiles.renderer import lock_taken, render_pass, renderer_connection

logger = logging.getLogger(__name__)

LOOK_S = 1.0
_AWAY_S = 5.0


def watch(settings: Settings, stop: threading.Event) -> None:
    """Draws what is outdated until ``stop`` is set; a database that is away is waited for.

    Where another process renders for this database, this one waits in its place.
    """
    while not stop.is_set():
        pause_s = LOOK_S
        try:
            _render(settings, stop)
        except StoreError as error:
            logger.warning("the tiles are not kept up to date now: %s", error.message)
            pause_s = _AWAY_S
        stop.wait(pause_s)


def _render(settings: Settings, stop: threading.Event) -> None:
    """Looks over one connection for as long as it holds."""
    url = role_urls(settings).ingest
    with store_errors(url), renderer_connection(url) as connection:
        while not stop.is_set():
            if lock_taken(connection):
                break
            stop.wait(_AWAY_S)
        while not stop.is_set():
            done = render_pass(connection, settings.city.bbox, stop=stop.is_set)
            if done.drawn:
                logger.info("drew %d tiles of %d layers in %.1f s", done.drawn, done.layers, done.seconds)
            stop.wait(LOOK_S)

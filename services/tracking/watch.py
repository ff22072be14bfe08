"""The process that watches over vehicles under way while the server runs: it looks every second, or when it is told.

One of them works for a database, whatever the number of servers; others wait in its place.
"""

import logging
import threading
import time
from datetime import timedelta
from typing import Any

import psycopg

from services.database.connect import connect, role_urls
from services.database.editing.locks import LayerBusyError
from services.database.failures import store_errors
from services.database.watching import AWAY_S, keep_looking
from services.settings import Settings
from services.tracking.folding import fold

logger = logging.getLogger(__name__)

Connection = psycopg.Connection[tuple[Any, ...]]

LOOK_S = 1.0
CHANNEL = "ngis_watch"
"""Where the database says that there is something to look at before the second is over."""
_LOCK = 28204_0003  # advisory lock: one watch over a database at a time
_TIMEOUT_S = 10.0
_TIDY_S = 60.0


def watch(settings: Settings, stop: threading.Event) -> None:
    """Watches until ``stop`` is set; a database that is away is waited for."""

    def look() -> None:
        url = role_urls(settings).internal
        with (
            store_errors(url),
            connect(
                url, application_name="ngis-tracking", statement_timeout_s=_TIMEOUT_S, autocommit=True
            ) as connection,
        ):
            while not stop.is_set() and not _lock_taken(connection):
                stop.wait(AWAY_S)
            if not stop.is_set():
                _Watch(settings, connection).run(stop)

    keep_looking(look, stop, LOOK_S, "vehicles under way are not watched")


def _lock_taken(connection: Connection) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
    return row is not None and bool(row[0])


class _Watch:
    """What is done over one connection, for as long as it holds."""

    def __init__(self, settings: Settings, connection: Connection) -> None:
        self._settings = settings
        self._connection = connection
        self._looked_at = self._tidied_at = -_TIDY_S

    def run(self, stop: threading.Event) -> None:
        self._connection.execute(f"LISTEN {CHANNEL}".encode())
        while not stop.is_set():
            now = time.monotonic()
            if now - self._looked_at >= LOOK_S:
                self._looked_at = now
                self._fold()
            if now - self._tidied_at >= _TIDY_S:
                self._tidied_at = now
                tidy(self._connection, timedelta(hours=self._settings.tracking_retention_h))
            for _ in self._connection.notifies(timeout=LOOK_S / 4, stop_after=1):
                pass

    def _fold(self) -> None:
        try:
            fold(self._connection, self._settings.city.time_zone)
        except LayerBusyError:
            logger.info("the vehicles are being loaded or edited; their positions follow")


def tidy(connection: Connection, retention: timedelta) -> None:
    """Removes what was kept for long enough."""
    with store_errors():
        connection.execute("DELETE FROM tracking.position WHERE received_at < now() - %s", (retention,))
        connection.execute("DELETE FROM tracking.event WHERE at < now() - %s", (retention,))

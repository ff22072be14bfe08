"""The process that watches over vehicles under way while the server runs: it looks twice a second, or when it is told.

One of them works for a database, whatever the number of servers; others wait in its place.
"""

import logging
import threading
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from services.database.connect import connect, open_pool, role_urls
from services.database.editing.locks import LayerBusyError
from services.database.failures import store_errors
from services.database.locks import Lock
from services.database.watching import AWAY_S, keep_looking
from services.sensors.watching import look as look_at_sensors
from services.settings import Settings
from services.tracking import keys
from services.tracking.closures import tell_changes
from services.tracking.events import Kind, beat, tell
from services.tracking.folding import Moved, Pressed, fold
from services.tracking.judging import BEHIND
from services.tracking.on_roads import VehiclesOnRoads
from services.tracking.underway import Underway

logger = logging.getLogger(__name__)

Connection = psycopg.Connection[tuple[Any, ...]]

LOOK_S = 0.5
FOLD_S = 1.0
"""Between two writes of positions into the layer of vehicles."""
POSITIONS_KEPT = timedelta(minutes=15)
"""Events of positions are made again every second, and are kept no longer."""
CHANNEL = "ngis_watch"
"""Where the database says that there is something to look at before the second is over."""
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
                with open_pool(
                    url, 2, application_name="ngis-tracking", statement_timeout_s=_TIMEOUT_S, min_size=0
                ) as pool:
                    _Watch(settings, connection, Underway(settings, pool), VehiclesOnRoads(settings, pool)).run(stop)

    keep_looking(look, stop, LOOK_S, "vehicles under way are not watched")


def _lock_taken(connection: Connection) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (Lock.TRACKING_WATCH,)).fetchone()
    return row is not None and bool(row[0])


class _Watch:
    """What is done over one connection, for as long as it holds."""

    def __init__(
        self, settings: Settings, connection: Connection, underway: Underway, on_roads: VehiclesOnRoads
    ) -> None:
        self._settings = settings
        self._connection = connection
        self._underway = underway
        self._on_roads = on_roads
        self._folded_at = self._tidied_at = -_TIDY_S

    def run(self, stop: threading.Event) -> None:
        self._connection.execute(f"LISTEN {CHANNEL}".encode())
        while not stop.is_set():
            now = time.monotonic()
            if now - self._folded_at >= FOLD_S:
                self._folded_at = now
                self._fold()
            at = datetime.now(UTC)
            self._look_at_sensors(at)
            tell_changes(self._connection, at)
            self._underway.look(self._connection, at)
            beat(self._connection)
            if now - self._tidied_at >= _TIDY_S:
                self._tidied_at = now
                tidy(self._connection, timedelta(hours=self._settings.tracking_retention_h))
            for _ in self._connection.notifies(timeout=LOOK_S, stop_after=1):
                pass

    def _look_at_sensors(self, at: datetime) -> None:
        try:
            look_at_sensors(self._connection, at, self._settings.city.time_zone)
        except LayerBusyError:
            logger.info("closures or sensors are being loaded or edited; what sensors said follows")

    def _fold(self) -> None:
        self._on_roads.look(self._connection)
        try:
            with self._connection.transaction():
                folded = fold(self._connection, self._settings.city.time_zone)
                if folded.moved:
                    tell(self._connection, Kind.POSITIONS, {"vehicles": [_document(each) for each in folded.moved]})
                for each in folded.pressed:
                    tell(self._connection, Kind.STATUS, _document(each))
        except LayerBusyError:
            logger.info("the vehicles are being loaded or edited; their positions follow")
        try:
            keys.take_over(self._connection)
        except LayerBusyError:
            logger.info("the dispatches are being loaded or edited; the times of keys follow")


def _document(found: Moved | Pressed) -> dict[str, Any]:
    return {**asdict(found), "at": found.at.isoformat()}


def tidy(connection: Connection, retention: timedelta) -> None:
    """Removes what was kept for long enough."""
    with store_errors():
        connection.execute("DELETE FROM tracking.position WHERE received_at < now() - %s", (retention,))
        connection.execute(
            "DELETE FROM tracking.event WHERE at < now() - %s OR (kind = %s AND at < now() - %s)",
            (retention, Kind.POSITIONS, min(retention, POSITIONS_KEPT)),
        )
        # For as long as a report that is sent again would be believed.
        connection.execute("DELETE FROM tracking.report WHERE received_at < now() - %s", (max(retention, BEHIND),))

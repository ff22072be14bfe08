"""The process that listens to the broker while the server runs.

One of them works for a database, whatever the number of servers; others wait in its place.  The session at the broker
is persistent, and a message is acknowledged when what it says is committed: what comes while nobody listens, or is lost
on the way by a process that ends, is handed over again, and taking it up twice is harmless.
"""

import logging
import queue
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import psycopg
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from geo.errors import InputError
from services.database.connect import connect, role_urls
from services.database.failures import store_errors
from services.database.locks import Lock
from services.database.watching import AWAY_S, keep_looking
from services.messaging.broker import Broker, broker_of
from services.messaging.state import subscriber_state, tell_state
from services.messaging.taking import TOPICS, Message, take_messages
from services.settings import Settings

logger = logging.getLogger(__name__)

Connection = psycopg.Connection[tuple[Any, ...]]

MOST_AT_ONCE = 200
"""Messages of one transaction."""
_LOOK_S = 0.25
_TELL_S = 1.0
_KEEP_ALIVE_S = 15
_BACKOFF_S = (1, 30)
_TIMEOUT_S = 10.0
_COMPLAINTS_A_MINUTE = 20


def subscribe(settings: Settings, stop: threading.Event) -> None:
    """Listens until ``stop`` is set; a broker or a database that is away is waited for."""
    try:
        broker = broker_of(settings)
    except InputError as error:
        logger.error("no broker is listened to: %s %s", error.message, error.fix or "")
        broker = None
    if broker is None:
        stop.wait()
        return

    def look() -> None:
        url = role_urls(settings).internal
        with (
            store_errors(url),
            connect(url, application_name="ngis-mqtt", statement_timeout_s=_TIMEOUT_S, autocommit=True) as connection,
        ):
            while not stop.is_set() and not _lock_taken(connection):
                stop.wait(AWAY_S)
            if not stop.is_set():
                _Subscriber(settings, broker, connection).run(stop)

    keep_looking(look, stop, _LOOK_S, "messages are not taken up")


def _lock_taken(connection: Connection) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (Lock.SUBSCRIBER,)).fetchone()
    return row is not None and bool(row[0])


class _Subscriber:
    """What is done over one connection to the database, for as long as it holds.

    The client has a thread of its own, which connects, keeps the connection and comes back to it; it only puts what
    comes into a line.
    """

    def __init__(self, settings: Settings, broker: Broker, connection: Connection) -> None:
        self._time_zone = settings.city.time_zone
        self._broker = broker
        self._connection = connection
        self._line: queue.SimpleQueue[tuple[int, mqtt.MQTTMessage]] = queue.SimpleQueue()
        self._counts = Counter(subscriber_state(connection).messages)
        self._complaints = _Complaints()
        self._session = 0  # how often it was connected: an acknowledgement is for the connection it came by
        self._is_connected = False
        self._told_at = -_TELL_S
        self._client = self._made()

    def run(self, stop: threading.Event) -> None:
        """Takes up what comes until ``stop`` is set; ``StoreError`` where the database goes away."""
        self._client.connect_async(self._broker.host, self._broker.port, _KEEP_ALIVE_S)
        self._client.loop_start()
        try:
            while not stop.is_set():
                if batch := self._next():
                    self._take(batch)
                self._tell()
        finally:
            # What was not acknowledged is handed over again: to whoever listens next.
            self._client.disconnect()
            self._client.loop_stop()
        self._is_connected = False
        self._tell(now=True)

    def _take(self, batch: list[tuple[int, mqtt.MQTTMessage]]) -> None:
        messages = [Message(_topic(each), bytes(each.payload)) for _, each in batch]
        for became in take_messages(self._connection, messages, datetime.now(UTC), self._time_zone):
            self._counts[became.outcome] += 1
            if became.reason is not None:
                self._complaints.tell(became.topic, became.outcome, became.reason)
        for session, message in batch:
            if session == self._session:
                self._client.ack(message.mid, message.qos)

    def _next(self) -> list[tuple[int, mqtt.MQTTMessage]]:
        found = []
        try:
            found.append(self._line.get(timeout=_LOOK_S))
            while len(found) < MOST_AT_ONCE:
                found.append(self._line.get_nowait())
        except queue.Empty:
            pass
        return found

    def _tell(self, *, now: bool = False) -> None:
        if now or time.monotonic() - self._told_at >= _TELL_S:
            self._told_at = time.monotonic()
            tell_state(self._connection, is_connected=self._is_connected, messages=self._counts)

    # --- called in the client's thread -------------------------------------------------------------------------

    def _made(self) -> mqtt.Client:
        broker = self._broker
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=broker.client_id, clean_session=False, manual_ack=True
        )
        if broker.user is not None:
            client.username_pw_set(broker.user, broker.password)
        if broker.is_encrypted:
            client.tls_set(ca_certs=None if broker.ca_file is None else str(broker.ca_file))
        client.reconnect_delay_set(*_BACKOFF_S)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_connect_fail = self._on_connect_fail
        client.on_message = lambda _client, _data, message: self._line.put((self._session, message))
        return client

    def _on_connect(self, client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            logger.warning("%s refuses the connection: %s", self._broker.address, reason)
            return
        self._session += 1
        self._is_connected = True
        client.subscribe([(topic, 1) for topic in TOPICS])
        logger.info("listening to %s", self._broker.address)

    def _on_disconnect(self, _client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if self._is_connected and reason.is_failure:
            logger.warning("%s is not connected any more: %s; trying again", self._broker.address, reason)
        self._is_connected = False

    def _on_connect_fail(self, _client: mqtt.Client, _data: Any) -> None:
        logger.warning("%s cannot be reached; trying again", self._broker.address)


def _topic(message: mqtt.MQTTMessage) -> str:
    try:
        return message.topic
    except UnicodeDecodeError:
        return "ngis/sensors/\ufffd"  # no name is so: it is counted as what nobody can read


class _Complaints:
    """Tells what is wrong with messages, up to so many a minute: a sender that is broken does not fill the log."""

    def __init__(self) -> None:
        self._minute = 0
        self._told = 0

    def tell(self, topic: str, outcome: str, reason: str) -> None:
        minute = int(time.monotonic() // 60)
        if minute != self._minute:
            if self._told > _COMPLAINTS_A_MINUTE:
                logger.warning("%d more messages were not taken up", self._told - _COMPLAINTS_A_MINUTE)
            self._minute, self._told = minute, 0
        self._told += 1
        if self._told <= _COMPLAINTS_A_MINUTE:
            # A topic may have whatever characters its sender likes.
            logger.warning("a message to %r was %s: %.300s", topic[:200], outcome, reason)

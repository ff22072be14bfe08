"""What comes from a real broker is taken up once and for all, whatever dies meanwhile."""

import json
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from services.database.connect import connect
from services.database.failures import store_errors
from services.messaging import taking
from services.messaging.state import subscriber_state
from services.messaging.subscriber import subscribe
from services.messaging.taking import Message, take_messages
from services.settings import Settings
from services.tracking import positions
from services.tracking.reports import Report
from tests.conftest import DatabaseUnderTest
from tests.services.messaging.brokers import PASSWORD, USER, Mosquitto, running
from tests.services.sensors.sensors import add_sensor, reading
from tests.services.tracking.fleets import add_vehicles, report
from tests.waiting import until

Connection = psycopg.Connection[tuple[Any, ...]]
VEHICLE = "試験1"
POSITION, STATUS = f"ngis/vehicles/{VEHICLE}/position", f"ngis/vehicles/{VEHICLE}/status"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    folder = tmp_path / "broker"
    folder.mkdir()
    with running(folder) as found:
        yield found


@pytest.fixture
def desk(database: DatabaseUnderTest) -> Iterator[Connection]:
    add_vehicles(database, [VEHICLE, "a/b+c#%"])
    add_sensor(database, "S1", "LINESTRING(135.34 34.735, 135.341 34.735)")
    with connect(database.urls.internal, autocommit=True) as connection:
        yield connection


def settings_of(database: DatabaseUnderTest, broker: Mosquitto) -> Settings:
    url = f"mqtt://{USER}:{quote(PASSWORD, safe='')}@{broker.address}"
    return database.settings.model_copy(update={"mqtt_url": Settings(mqtt_url=url).mqtt_url})


@contextmanager
def listening(settings: Settings) -> Iterator[None]:
    """The subscriber, for the time of a ``with`` block."""
    stop = threading.Event()
    thread = threading.Thread(target=subscribe, args=(settings, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(15)
        assert not thread.is_alive()


def now_with(seconds: float, **more: Any) -> dict[str, Any]:
    """A position of so many seconds ago."""
    return {**report(VEHICLE, datetime.now(UTC) - timedelta(seconds=seconds), **more)}


def kept(connection: Connection) -> int:
    row = connection.execute("SELECT count(*) FROM tracking.position").fetchone()
    return 0 if row is None else int(row[0])


def is_connected(connection: Connection) -> bool:
    return subscriber_state(connection).is_connected


def counts(connection: Connection) -> dict[str, int]:
    return dict(subscriber_state(connection).messages)


def test_what_is_wrong_is_counted_and_told_and_stops_nothing(
    database: DatabaseUnderTest, desk: Connection, broker: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    wrong: list[tuple[str, Any]] = [
        (POSITION, b"\xff\xfe"),
        (POSITION, b"{"),
        (POSITION, b"[" * 100_000),
        (POSITION, []),
        (POSITION, {"time": "yesterday", "lon": 1, "lat": 2}),
        (POSITION, {**now_with(1), "call_sign": "another"}),
        (POSITION, b" " * (taking.LARGEST_BYTES + 1)),
        (STATUS, now_with(2)),
        (POSITION, {**now_with(3, place=None), "status": "出動"}),
        ("ngis/sensors/S1", {"time": "2026-06-01T00:00:00Z"}),
    ]
    refused: list[tuple[str, Any]] = [
        ("ngis/vehicles/nobody/position", {**now_with(4), "call_sign": "nobody"}),
        (POSITION, now_with(-3600)),
    ]
    with caplog.at_level(logging.INFO), listening(settings_of(database, broker)):
        until(lambda: is_connected(desk))
        broker.publish([*wrong, *refused, (POSITION, now_with(5)), (POSITION, now_with(5))])
        until(lambda: sum(counts(desk).values()) >= len(wrong) + 4)
        found = counts(desk)
        assert (found["unreadable"], found["refused"]) == (len(wrong), 2)
        assert found["accepted"] == 2  # two different moments of now
        assert is_connected(desk)
    assert not is_connected(desk)
    complaints = [record.getMessage() for record in caplog.records if "a message to" in record.getMessage()]
    assert len(complaints) == len(wrong) + 2
    assert PASSWORD not in caplog.text
    assert quote(PASSWORD, safe="") not in caplog.text


def test_positions_status_keys_and_sensors_come_by_their_topics(
    database: DatabaseUnderTest, desk: Connection, broker: Mosquitto
) -> None:
    position, at = now_with(1, accuracy_m=5.0), datetime.now(UTC)
    del position["call_sign"]  # the topic says it
    odd = {key: value for key, value in now_with(1).items() if key != "call_sign"}
    with listening(settings_of(database, broker)):
        until(lambda: is_connected(desk))
        broker.publish(
            [
                (POSITION, position),
                (STATUS, {"time": at.isoformat(), "status": "現着"}),
                (f"ngis/vehicles/{quote('a/b+c#%', safe='')}/position", [odd]),
                ("ngis/sensors/S1", {key: value for key, value in reading("S1", at, 30).items() if key != "sensor_id"}),
                ("ngis/unheard/of", position),
            ]
        )
        until(lambda: counts(desk).get("accepted", 0) >= 4)
    rows = desk.execute("SELECT call_sign, lon IS NOT NULL, status FROM tracking.latest").fetchall()
    assert sorted(rows) == [("a/b+c#%", True, None), (VEHICLE, True, "on-scene")]
    assert desk.execute("SELECT depth_m FROM core.road_closures").fetchall() == [(0.3,)]
    assert desk.execute("SELECT DISTINCT reported_by FROM tracking.position").fetchall() == [("mqtt",)]


def test_what_comes_while_nobody_listens_is_taken_up_later(
    database: DatabaseUnderTest, desk: Connection, broker: Mosquitto
) -> None:
    settings = settings_of(database, broker)
    with listening(settings):
        until(lambda: is_connected(desk))
    broker.publish((POSITION, now_with(100 - number)) for number in range(60))
    assert kept(desk) == 0
    with listening(settings):
        until(lambda: kept(desk) == 60)
    with listening(settings):
        until(lambda: is_connected(desk))
    # What was kept when the connection ended, and not yet acknowledged, comes once more and is not kept again.
    assert counts(desk)["accepted"] == kept(desk) == 60


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_broker_that_dies_and_comes_back_loses_nothing(
    database: DatabaseUnderTest, desk: Connection, broker: Mosquitto, how: signal.Signals
) -> None:
    with listening(settings_of(database, broker)):
        until(lambda: is_connected(desk))
        with broker.publisher() as client:
            for number in range(90):
                if number == 30:
                    if how is signal.SIGKILL:  # what it has not handed over is on its own disk, or is not
                        until(lambda: kept(desk) == 30)
                    broker.stop(how)
                    until(lambda: not is_connected(desk))
                if number == 60:
                    broker.start()
                payload = json.dumps(now_with(100 - number))
                client.publish(POSITION, payload, qos=1)
            until(lambda: kept(desk) == 90, 30)
        until(lambda: is_connected(desk))
    assert counts(desk).get("refused", 0) == 0


def test_a_message_is_not_acknowledged_before_it_is_committed(
    database: DatabaseUnderTest, desk: Connection, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away just when messages are taken up: they come again."""
    failed = threading.Event()
    take = positions.take

    def fail_once(connection: Connection, *others: Any) -> Any:
        if not failed.is_set():
            failed.set()
            connection.close()
        return take(connection, *others)

    monkeypatch.setattr(positions, "take", fail_once)
    with listening(settings_of(database, broker)):
        until(lambda: is_connected(desk))
        broker.publish((POSITION, now_with(10 - number)) for number in range(5))
        until(lambda: kept(desk) == 5, 30)
    assert failed.is_set()


def test_one_of_two_listens(database: DatabaseUnderTest, desk: Connection, broker: Mosquitto) -> None:
    """Both would have the same session at the broker, and throw each other out for ever."""
    settings = settings_of(database, broker)
    with listening(settings), listening(settings):
        until(lambda: is_connected(desk))
        broker.publish((POSITION, now_with(20 - number)) for number in range(10))
        until(lambda: kept(desk) == 10)
    assert counts(desk) == {"accepted": 10}


def test_a_mistake_of_ours_costs_one_message(
    desk: Connection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    take = positions.take

    def fail(connection: Connection, reports: list[Report], *others: Any) -> Any:
        if any(each.speed_kph == 13 for each in reports):
            raise ZeroDivisionError
        if any(each.speed_kph == 14 for each in reports):
            with store_errors(), connection.transaction():
                connection.execute("SELECT 'x'::integer")
        return take(connection, reports, *others)

    monkeypatch.setattr(positions, "take", fail)
    messages = [
        Message(POSITION, json.dumps(now_with(10 - speed / 10, speed_kph=speed)).encode())
        for speed in (11, 12, 13, 14, 15)
    ]
    found = take_messages(desk, messages, datetime.now(UTC), "Asia/Tokyo")
    assert [each.outcome for each in found] == ["accepted", "accepted", "failed", "failed", "accepted"]
    assert kept(desk) == 3


# The client leaves the socket of a handshake that failed to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_encrypted_broker_is_checked_by_its_certificate(
    database: DatabaseUnderTest, desk: Connection, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And the password is one in a file; whom nobody vouches for gets neither."""
    (tmp_path / "broker").mkdir()
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD)
    with running(tmp_path / "broker", encrypted=True) as broker:
        url = Settings(mqtt_url=f"mqtts://{USER}@{broker.address}").mqtt_url
        settings = database.settings.model_copy(update={"mqtt_url": url, "mqtt_password_file": secret})
        with caplog.at_level(logging.WARNING), listening(settings):
            until(lambda: "cannot be reached" in caplog.text)
            assert not is_connected(desk)
        with listening(settings.model_copy(update={"mqtt_ca_file": broker.certificate})):
            until(lambda: is_connected(desk))
            broker.publish([(POSITION, now_with(1))])
            until(lambda: kept(desk) == 1)


def test_a_password_that_is_refused_is_told_and_not_shown(
    database: DatabaseUnderTest, desk: Connection, broker: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    url = Settings(mqtt_url=f"mqtt://{USER}:hush-hush@{broker.address}").mqtt_url
    with (
        caplog.at_level(logging.DEBUG),
        listening(database.settings.model_copy(update={"mqtt_url": url})),
    ):
        until(lambda: "refuses the connection" in caplog.text)
        assert not is_connected(desk)
    assert "hush-hush" not in caplog.text


def test_without_an_address_that_can_be_read_it_says_so_and_waits(
    database: DatabaseUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = Settings(mqtt_url="http://desk:hush@nowhere").mqtt_url
    with caplog.at_level(logging.ERROR), listening(database.settings.model_copy(update={"mqtt_url": wrong})):
        until(lambda: "no broker is listened to" in caplog.text)
    assert "hush" not in caplog.text

"""Status keys with ids of their own: once and in order, whatever is repeated, turned round or ends in between."""

import random
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import psycopg
import pytest
from psycopg import sql

from services.database.connect import connect
from services.database.editing.locks import editing_turn
from services.tracking import keys
from services.tracking.folding import fold
from services.tracking.judging import BEHIND
from services.tracking.positions import take
from services.tracking.reports import Report, read
from services.tracking.watch import tidy
from tests.conftest import DatabaseUnderTest
from tests.services.tracking.fleets import START, add_vehicles, report

Connection = psycopg.Connection[tuple[Any, ...]]
NOW = START + timedelta(minutes=30)
ZONE = "Asia/Tokyo"
PRESSED = (("出動", 60), ("現着", 360), ("放水", 420), ("引揚", 1200), ("帰署", 1700))
"""The keys of one mission, with seconds after ``START``."""


@pytest.fixture
def desk(database: DatabaseUnderTest) -> Iterator[Connection]:
    """As the internal face is connected, with two vehicles; one was sent at ``START``."""
    add_vehicles(database, ["中央1", "中央2"])
    add_dispatch(database, "d1", "中央1", START)
    with connect(database.urls.internal, autocommit=True) as connection:
        yield connection


def add_dispatch(database: DatabaseUnderTest, name: str, call_sign: str, at: datetime) -> None:
    with connect(database.urls.owner) as connection:
        connection.execute(
            "INSERT INTO core.dispatches (id, incident_id, call_sign, dispatched_at, source_id, dataset, fictitious, "
            "position_quality, load_id, raw_number) VALUES (%s, 'i', %s, %s, 'test', 'test', true, 'none', 0, 0)",
            (name, call_sign, at),
        )


def key(status: str, second: float, report_id: str | None = None, call_sign: str = "中央1") -> Any:
    return report(call_sign, second, None, status=status, report_id=report_id or f"{status}-{second}")


MISSION = [key(status, second) for status, second in PRESSED]


def sent(connection: Connection, *given: Any, now: datetime = NOW) -> list[str]:
    found = [read(each) for each in given]
    assert all(isinstance(each, Report) for each in found), found
    return [str(each.outcome) for each in take(connection, found, "test", now)]  # type: ignore[arg-type]


def status_of(connection: Connection, call_sign: str = "中央1") -> tuple[str, datetime]:
    fold(connection, ZONE)
    row = connection.execute(
        "SELECT status, status_at FROM core.vehicles WHERE call_sign = %s", (call_sign,)
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def seconds(connection: Connection, name: str = "d1") -> Sequence[float | None]:
    """The times of a dispatch, in seconds after ``START``, after what waits was taken over."""
    keys.take_over(connection)
    row = connection.execute(
        "SELECT on_scene_at, pumping_at, withdrawing_at, returned_at FROM core.dispatches WHERE id = %s", (name,)
    ).fetchone()
    assert row is not None
    return [None if at is None else (at - START).total_seconds() for at in row]


def count(connection: Connection, table: str) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("tracking", table))).fetchone()
    assert row is not None
    return int(row[0])


# --- once ------------------------------------------------------------------------------------------------------


def test_a_time_that_is_only_the_latest_is_told_in_the_remarks_of_the_dispatch(desk: Connection) -> None:
    desk.execute("UPDATE core.dispatches SET remarks = '増隊' WHERE id = 'd1'")
    earliest = (START + timedelta(seconds=290)).isoformat()
    unsure = {**key("現着", 360), "not_before": earliest}
    assert sent(desk, unsure, key("放水", 420)) == ["accepted", "accepted"]
    assert seconds(desk)[:2] == [360, 420]
    (told,) = desk.execute("SELECT remarks FROM core.dispatches WHERE id = 'd1'").fetchone() or ()
    assert told == "増隊 現着時刻は最大2分早い可能性あり（端末の休止または時計の変更）。"


def test_what_is_sent_again_is_a_duplicate_whatever_else_it_says(desk: Connection) -> None:
    assert sent(desk, key("現着", 10, "a")) == ["accepted"]
    assert sent(desk, key("現着", 10, "a"), key("放水", 50, "a"), key("放水", 60, "b")) == [
        "duplicate", "duplicate", "accepted",
    ]  # fmt: skip
    assert status_of(desk) == ("pumping", START + timedelta(seconds=60))
    assert count(desk, "key") == 2


def test_one_id_in_one_request_counts_once_and_vehicles_have_ids_of_their_own(desk: Connection) -> None:
    assert sent(desk, key("現着", 10, "a"), key("現着", 10, "a"), key("現着", 10, "a", "中央2")) == [
        "accepted", "duplicate", "accepted",
    ]  # fmt: skip


def test_a_repeated_report_is_no_refusal_though_it_is_too_old_by_now(desk: Connection) -> None:
    """The answer to the first was lost in the tunnel, and the device was switched off for the night."""
    much_later = NOW + BEHIND
    assert sent(desk, key("現着", 10, "a")) == ["accepted"]
    assert sent(desk, key("現着", 10, "a"), key("放水", 20, "b"), now=much_later) == ["duplicate", "refused"]


def test_a_key_at_the_very_time_of_a_position_is_not_taken_for_it(desk: Connection) -> None:
    assert sent(desk, report("中央1", 10)) == ["accepted"]
    assert sent(desk, report("中央1", 10, status="現着", report_id="a")) == ["accepted"]
    assert sent(desk, report("中央1", 10, status="放水")) == ["duplicate"]  # it has no id: its time is its name
    assert status_of(desk) == ("on-scene", START + timedelta(seconds=10))
    assert count(desk, "position") == 1


def test_many_devices_that_send_the_same_at_once_are_heard_once(database: DatabaseUnderTest, desk: Connection) -> None:
    outcomes: list[str] = []
    failed: list[BaseException] = []

    def send(seed: int) -> None:
        order = random.Random(seed).sample(MISSION, len(MISSION))  # noqa: S311
        try:
            with connect(database.urls.internal, autocommit=True) as connection:
                outcomes.extend(sent(connection, *order))
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [threading.Thread(target=send, args=(seed,)) for seed in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not failed
    assert sorted(outcomes) == ["accepted"] * len(MISSION) + ["duplicate"] * 3 * len(MISSION)
    assert count(desk, "key") == len(MISSION) - 1  # the first is the desk's own


# --- in order --------------------------------------------------------------------------------------------------


def test_in_whatever_order_keys_arrive_the_end_is_the_same(database: DatabaseUnderTest, desk: Connection) -> None:
    """Every order of the four keys, one by one and taken over after each: a dispatch of its own for each order."""
    orders: Mapping[str, tuple[tuple[str, float], ...]] = {
        f"v{number}": order for number, order in enumerate(permutations(PRESSED[1:]))
    }
    add_vehicles(database, list(orders))
    for name in orders:
        add_dispatch(database, name, name, START)
    for place in range(4):
        sent(desk, *(key(*order[place], call_sign=name) for name, order in orders.items()))
        keys.take_over(desk)
    assert {tuple(seconds(desk, name)) for name in orders} == {(360.0, 420.0, 1200.0, 1700.0)}
    assert {status_of(desk, name) for name in orders} == {("returned", START + timedelta(seconds=1700))}


def test_keys_belong_to_the_dispatch_that_their_vehicle_was_on(database: DatabaseUnderTest, desk: Connection) -> None:
    add_dispatch(database, "d2", "中央1", START + timedelta(seconds=1800))
    assert sent(desk, *MISSION, key("現着", 1790, "late")) == ["accepted"] * 6
    assert sent(desk, key("現着", 1795.5, "second")) == ["accepted"]
    assert seconds(desk) == [360, 420, 1200, 1700]  # pressed again after it was back: no time of this dispatch
    assert seconds(desk, "d2") == [None] * 4
    assert sent(desk, key("現着", 1805, "third"), now=NOW + timedelta(minutes=1)) == ["accepted"]
    assert seconds(desk, "d2") == [1805, None, None, None]


def test_no_time_contradicts_the_order_of_the_keys_and_the_first_press_stands(desk: Connection) -> None:
    assert sent(desk, key("放水", 100), key("現着", 200), key("現着", 50), key("放水", 300)) == ["accepted"] * 4
    assert seconds(desk) == [50, 100, None, None]


# --- nothing is lost, nothing is done twice ----------------------------------------------------------------------


def test_whatever_ends_before_the_commit_leaves_nothing_and_may_be_sent_again(
    desk: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends(*_: object) -> None:
        raise RuntimeError("the process ends here")

    with monkeypatch.context() as patched:
        patched.setattr(keys, "keep", ends)
        with pytest.raises(RuntimeError):
            sent(desk, *MISSION)
    assert [count(desk, table) for table in ("report", "key", "position", "latest")] == [0, 0, 0, 0]
    assert sent(desk, *MISSION) == ["accepted"] * 5


def test_what_ends_between_taking_up_and_taking_over_loses_no_key(
    desk: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(desk, *MISSION)
    with monkeypatch.context() as patched:
        patched.setattr(keys, "_PRESS", {"on-scene": keys._PRESS["on-scene"]})  # it fails at the second
        with pytest.raises(KeyError):
            keys.take_over(desk)
    assert count(desk, "key") == 4
    assert seconds(desk) == [360, 420, 1200, 1700]
    assert keys.take_over(desk) == 0


def test_a_layer_that_is_busy_is_waited_for(database: DatabaseUnderTest, desk: Connection) -> None:
    from services.database.editing.locks import LayerBusyError

    sent(desk, MISSION[1])
    with (
        connect(database.urls.internal, autocommit=True) as other,
        editing_turn(other, keys.LAYER.id),
        pytest.raises(LayerBusyError),
    ):
        keys.take_over(desk)
    assert seconds(desk) == [360, None, None, None]


def test_reports_with_an_id_are_on_disk_when_they_are_answered(desk: Connection) -> None:
    def commits_at_once(*given: Any) -> str:
        with desk.transaction():
            sent(desk, *given)
            row = desk.execute("SHOW synchronous_commit").fetchone()
        assert row is not None
        return str(row[0])

    usual = desk.execute("SHOW synchronous_commit").fetchone()
    assert usual is not None
    assert commits_at_once(report("中央1", 1)) == "off"
    assert commits_at_once(report("中央1", 2), MISSION[0]) == usual[0]


def test_ids_are_kept_for_as_long_as_a_repeated_report_would_be_believed(desk: Connection) -> None:
    sent(desk, key("現着", 10, "a"))
    desk.execute("UPDATE tracking.report SET received_at = now() - interval '5 hours'")
    tidy(desk, timedelta(hours=1))
    assert count(desk, "report") == 1
    desk.execute("UPDATE tracking.report SET received_at = now() - interval '7 hours'")
    tidy(desk, timedelta(hours=1))
    assert count(desk, "report") == 0


@pytest.mark.parametrize("report_id", ["", "a\x00", "a" * 101, 7, ["a"]])
def test_what_is_no_id_is_named(report_id: Any) -> None:
    found = read(report("中央1", report_id=report_id))
    assert isinstance(found, list)
    assert [flaw.pointer for flaw in found] == ["/report_id"]

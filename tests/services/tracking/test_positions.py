"""Reports taken up in the database, whatever their order, and what the layer of vehicles takes over of them."""

import random
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from services.database.connect import connect
from services.database.revisions import layer_states
from services.tracking.folding import fold
from services.tracking.positions import take
from services.tracking.reports import Report, read
from services.tracking.watch import tidy
from tests.conftest import DatabaseUnderTest
from tests.services.tracking.fleets import HERE, START, add_vehicles, report

Connection = psycopg.Connection[tuple[Any, ...]]
NOW = START + timedelta(minutes=5)
ZONE = "Asia/Tokyo"


@pytest.fixture
def desk(database: DatabaseUnderTest) -> Iterator[Connection]:
    """As the internal face is connected, with three vehicles."""
    add_vehicles(database, ["中央1", "中央2", "東部1"])
    with connect(database.urls.internal, autocommit=True) as connection:
        yield connection


def reports(*given: Any) -> list[Report]:
    found = [read(each) for each in given]
    assert all(isinstance(each, Report) for each in found)
    return found  # type: ignore[return-value]


def outcomes(connection: Connection, *given: Any) -> list[str]:
    return [str(each.outcome) for each in take(connection, reports(*given), "test", NOW)]


def vehicle(connection: Connection, call_sign: str = "中央1") -> tuple[Any, ...]:
    found = connection.execute(
        "SELECT ST_X(geometry), ST_Y(geometry), position_at, position_source, position_quality, position_error_m, "
        "as_of::text, status, status_at FROM core.vehicles WHERE call_sign = %s",
        (call_sign,),
    ).fetchone()
    assert found is not None
    return found


def moved(metres: float) -> tuple[float, float]:
    return HERE[0], HERE[1] + metres / 110_940


def test_the_newest_counts_and_nothing_older_replaces_it(desk: Connection) -> None:
    assert outcomes(desk, report("中央1", 10, moved(10))) == ["accepted"]
    assert outcomes(desk, report("中央1", 5, moved(5))) == ["late"]
    assert outcomes(desk, report("中央1", 10, moved(99))) == ["duplicate"]
    assert outcomes(desk, report("中央1", 20, (135.9, 34.735))) == ["refused"]
    fold(desk, ZONE)
    assert vehicle(desk)[:3] == (*moved(10), START + timedelta(seconds=10))
    kept = desk.execute("SELECT reported_at FROM tracking.position ORDER BY reported_at").fetchall()
    assert [each for (each,) in kept] == [START + timedelta(seconds=5), START + timedelta(seconds=10)]


def test_what_a_vehicle_kept_while_it_had_no_connection_arrives_at_once(desk: Connection) -> None:
    sent = [report("中央1", second, moved(second * 10)) for second in (3, 1, 2, 2)]
    assert outcomes(desk, *sent) == ["accepted", "accepted", "accepted", "duplicate"]
    fold(desk, ZONE)
    assert vehicle(desk)[:2] == moved(30)


def test_a_status_has_a_time_of_its_own(desk: Connection) -> None:
    assert outcomes(desk, report("中央1", 10, status="現着")) == ["accepted"]
    assert outcomes(desk, report("中央1", 20, None, status="放水")) == ["accepted"]
    assert outcomes(desk, report("中央1", 15, moved(3))) == ["accepted"]
    assert outcomes(desk, report("中央1", 12, status="出動")) == ["late"]
    fold(desk, ZONE)
    assert vehicle(desk)[:3] == (*moved(3), START + timedelta(seconds=15))
    assert vehicle(desk)[7:] == ("pumping", START + timedelta(seconds=20))


def test_vehicles_that_are_not_there_or_not_clear_are_refused_alone(desk: Connection) -> None:
    by_id = {**report("x"), "call_sign": None, "vehicle_id": "id-中央2"}
    taken = take(desk, reports(report("中央9"), report("中央1"), by_id), "test", NOW)
    assert [(str(each.outcome), each.call_sign) for each in taken] == [
        ("refused", None), ("accepted", "中央1"), ("accepted", "中央2"),
    ]  # fmt: skip
    desk.execute("UPDATE core.vehicles SET call_sign = '中央1' WHERE id = 'id-東部1'")
    assert outcomes(desk, report("中央1", 60), report("中央2", 60)) == ["refused", "accepted"]


def test_what_the_layer_takes_over_says_where_it_is_from(desk: Connection) -> None:
    before = layer_states(desk, "core")
    outcomes(desk, report("中央1", 0, accuracy_m=7.5), report("中央2", 0, None, status="出動"))
    assert layer_states(desk, "core") == before
    folded = fold(desk, ZONE)
    assert [each.call_sign for each in folded.moved] == ["中央1"]
    assert [(each.call_sign, each.before, each.status) for each in folded.pressed] == [
        ("中央2", "standby", "dispatched")
    ]
    assert vehicle(desk)[3:7] == ("avm", "reported", 7.5, "2026-06-01")
    assert vehicle(desk, "東部1")[3:7] == (None, "as-published", None, "2026-04-01")
    assert layer_states(desk, "core")["vehicles"].revision == before["vehicles"].revision + 1
    assert not fold(desk, ZONE).moved
    assert layer_states(desk, "core")["vehicles"].revision == before["vehicles"].revision + 1
    row = desk.execute("SELECT count(*) FROM ngis.edit").fetchone()
    assert row == (0,)


def test_what_is_newer_in_the_layer_stands_and_what_a_load_puts_back_is_taken_over_again(desk: Connection) -> None:
    outcomes(desk, report("中央1", 10))
    fold(desk, ZONE)
    desk.execute("UPDATE core.vehicles SET position_at = '2026-04-01', geometry = NULL WHERE call_sign = '中央1'")
    assert fold(desk, ZONE).moved[0].call_sign == "中央1"
    desk.execute(
        "UPDATE core.vehicles SET position_at = %s WHERE call_sign = '中央1'", (START + timedelta(seconds=30),)
    )
    assert outcomes(desk, report("中央1", 20)) == ["late"]
    assert not fold(desk, ZONE).moved
    assert outcomes(desk, report("中央1", 40)) == ["accepted"]
    assert fold(desk, ZONE).moved


def test_no_tile_is_drawn_again_for_a_vehicle_that_moves(desk: Connection) -> None:
    for second in range(3):
        outcomes(desk, report("中央1", second))
        fold(desk, ZONE)
    assert desk.execute("SELECT count(*) FROM tiles.change WHERE layer_id = 'vehicles'").fetchone() == (0,)


def test_whoever_comes_first_the_newest_stands(database: DatabaseUnderTest, desk: Connection) -> None:
    """Many at once, in any order, in batches that name the same vehicles in different orders."""
    names = ["中央1", "中央2", "東部1"]
    sent = [report(name, second, moved(second)) for name in names for second in range(60)]
    random.Random(4).shuffle(sent)  # noqa: S311
    failed: list[BaseException] = []

    def send(part: list[Any]) -> None:
        try:
            with connect(database.urls.internal, autocommit=True) as connection:
                for start in range(0, len(part), 5):
                    take(connection, reports(*part[start : start + 5]), "test", NOW)
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [threading.Thread(target=send, args=(sent[number::4],)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not failed
    fold(desk, ZONE)
    for name in names:
        assert vehicle(desk, name)[:3] == (*moved(59), START + timedelta(seconds=59))
    assert desk.execute("SELECT count(*) FROM tracking.position").fetchone() == (180,)


def test_two_hundred_ask_the_database_no_more_than_one(database: DatabaseUnderTest, desk: Connection) -> None:
    class Counting(psycopg.Cursor[tuple[Any, ...]]):
        count = 0

        def execute(self, *given: Any, **options: Any) -> Any:
            Counting.count += 1
            return super().execute(*given, **options)

    names = [f"車両{number}" for number in range(200)]
    add_vehicles(database, names)
    desk.cursor_factory = Counting
    asked = []
    for at, some in ((1, names[:1]), (2, names)):
        Counting.count = 0
        assert outcomes(desk, *(report(name, at) for name in some)) == ["accepted"] * len(some)
        asked.append(Counting.count)
    assert asked[0] == asked[1] > 0


def test_positions_are_kept_for_a_time(desk: Connection) -> None:
    outcomes(desk, report("中央1", 0), report("中央1", 1))
    desk.execute(
        "UPDATE tracking.position SET received_at = now() - interval '25 hours' WHERE reported_at = %s", (START,)
    )
    tidy(desk, timedelta(hours=24))
    assert desk.execute("SELECT reported_at FROM tracking.position").fetchall() == [(START + timedelta(seconds=1),)]


def test_the_public_face_and_loads_see_none_of_it(database: DatabaseUnderTest) -> None:
    for url in (database.urls.public, database.urls.ingest):
        with connect(url, autocommit=True) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM tracking.latest")

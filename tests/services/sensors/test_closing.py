"""Readings draw, deepen and end closures, by two thresholds; silence opens nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers import road_closures
from services.database.connect import connect
from services.database.editing.session import Editor, editing
from services.database.revisions import layer_states
from services.routing.closures import closures_now
from services.sensors.closing import Taken, take
from services.sensors.judging import Thresholds, Verdict, depth_m
from services.sensors.readings import Reading, read
from services.sensors.watching import look
from tests.conftest import DatabaseUnderTest
from tests.services.sensors.sensors import START, add_sensor, reading

Connection = psycopg.Connection[tuple[Any, ...]]
ZONE = "Asia/Tokyo"
LINE = "LINESTRING(135.34 34.735, 135.341 34.735)"


@dataclass
class Desk:
    database: DatabaseUnderTest
    connection: Connection

    def say(self, *depths: tuple[float, float], sensor: str = "S1", now: float | None = None) -> list[Taken]:
        """Readings of seconds and centimetres, all at once."""
        given = [read(reading(sensor, at, depth)) for at, depth in depths]
        assert all(isinstance(each, Reading) for each in given), given
        clock = START + timedelta(seconds=max(at for at, _ in depths) if now is None else now)
        return take(self.connection, given, clock, ZONE)  # type: ignore[arg-type]

    def look(self, at: float) -> None:
        look(self.connection, START + timedelta(seconds=at), ZONE)

    @property
    def closures(self) -> list[dict[str, Any]]:
        cursor = self.connection.execute(
            'SELECT id, "from", "until", reason, depth_m, declared_by, remarks, applies_to, '
            "ST_AsText(geometry) AS line "
            "FROM core.road_closures ORDER BY id"
        )
        assert cursor.description is not None
        names = [each.name for each in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def sensor(self, name: str = "S1") -> tuple[Any, ...]:
        row = self.connection.execute(
            "SELECT state, depth_cm, read_at, closure_id FROM core.road_sensors WHERE sensor_id = %s", (name,)
        ).fetchone()
        assert row is not None
        return row

    def holding(self, at: float) -> list[float | None]:
        return [each.depth_m for each in closures_now(self.connection, "core", START + timedelta(seconds=at)).drawn]


@pytest.fixture
def desk(database: DatabaseUnderTest) -> Iterator[Desk]:
    add_sensor(database, "S1", LINE, silent_after_s=600)
    add_sensor(database, "S2", LINE)
    with connect(database.urls.internal, autocommit=True) as connection:
        yield Desk(database, connection)


def second(at: float) -> datetime:
    return START + timedelta(seconds=at)


def test_a_road_is_closed_at_one_threshold_and_opened_below_the_other(desk: Desk) -> None:
    assert [(str(each.outcome), each.closed) for each in desk.say((0, 19.9))] == [("accepted", False)]
    assert desk.closures == []
    assert [each.closed for each in desk.say((60, 20.0))] == [True]
    (closure,) = desk.closures
    assert (closure["from"], closure["until"], closure["reason"], closure["depth_m"]) == (
        second(60),
        None,
        "flooding",
        0.2,
    )
    assert closure["line"] == LINE.replace(", ", ",")
    assert closure["applies_to"] is None  # by depth: who wades deeper may pass
    assert "S1" in closure["declared_by"]
    assert "20 cm" in closure["remarks"]
    assert "2026-06-01T09:01:00+09:00" in closure["remarks"]
    assert [each.closed for each in desk.say((120, 12.0))] == [True]  # neither deep nor dry
    assert [each.closed for each in desk.say((180, 10.0))] == [True]
    assert [each.closed for each in desk.say((240, 9.9))] == [False]
    (closure,) = desk.closures
    assert closure["until"] == second(240)
    assert desk.holding(239) == [0.1]
    assert desk.holding(240) == []
    assert [each.closed for each in desk.say((300, 15.0))] == [False]
    assert len(desk.closures) == 1
    desk.say((360, 50.0))
    assert len(desk.closures) == 2


def test_citizens_see_what_a_sensor_closes_where_that_was_approved(desk: Desk) -> None:
    with connect(desk.database.urls.owner) as connection:
        connection.execute("UPDATE core.road_sensors SET closes_publicly = true WHERE sensor_id = 'S1'")
    for sensor in ("S1", "S2"):
        desk.say((0, 30.0), sensor=sensor)
    assert len(desk.closures) == 2
    with connect(desk.database.urls.public) as connection:
        shown = connection.execute("SELECT reason, depth_m, geometry IS NULL FROM published.road_closures").fetchall()
    assert shown == [("flooding", 0.3, False)]


def test_the_depth_follows_what_is_read_and_is_never_less(desk: Desk) -> None:
    desk.say((0, 25.1))
    assert desk.holding(0) == [0.26]
    before = layer_states(desk.connection, "core")["road-closures"].revision
    desk.say((60, 25.9))
    assert layer_states(desk.connection, "core")["road-closures"].revision == before  # the same to the centimetre
    desk.say((120, 80.0))
    assert desk.holding(120) == [0.8]
    assert layer_states(desk.connection, "core")["road-closures"].revision == before + 1


def test_every_change_is_an_edit_in_the_name_of_the_sensor(desk: Desk) -> None:
    desk.say((0, 30))
    desk.say((60, 0))
    rows = desk.connection.execute("SELECT operation, edited_by FROM ngis.edit ORDER BY id").fetchall()
    assert rows == [("create", "sensor:S1"), ("update", "sensor:S1")]


def test_only_what_is_newer_counts_in_whatever_order_it_comes(desk: Desk) -> None:
    outcomes = [str(each.outcome) for each in desk.say((120, 5), (0, 30), (60, 30), (60, 30))]
    assert outcomes == ["accepted", "accepted", "accepted", "duplicate"]
    assert desk.holding(120) == []
    assert [str(each.outcome) for each in desk.say((90, 40), now=200)] == ["late"]
    assert [str(each.outcome) for each in desk.say((120, 40), now=200)] == ["duplicate"]
    assert desk.holding(130) == []


def test_what_is_not_believed_neither_closes_nor_opens(desk: Desk) -> None:
    desk.say((0, 30))
    for at, now in ((100.0, 80.0), (0.0, 7 * 3600.0)):
        (taken,) = desk.say((at, 0), now=now)
        assert str(taken.outcome) == "refused"
        assert taken.reason is not None
    (taken,) = desk.say((60, 30), sensor="S9")
    assert (str(taken.outcome), taken.reason is not None) == ("refused", True)
    assert desk.holding(100) == [0.3]
    assert desk.connection.execute("SELECT count(*) FROM tracking.sensor WHERE sensor_id <> 'S1'").fetchone() == (0,)
    desk.say((7 * 3600, 30), sensor="S2", now=7 * 3600 - 5)  # a clock a little ahead does not keep a road open
    assert len(desk.holding(7 * 3600 - 5)) == 2


def test_a_sensor_that_falls_silent_opens_no_road_and_says_so(desk: Desk) -> None:
    desk.say((0, 30))
    desk.say((0, 5), sensor="S2")
    desk.look(600)
    assert desk.sensor()[0] == "flooded"
    desk.look(601)
    assert desk.sensor() == ("silent", 30, second(0), desk.closures[0]["id"])
    assert desk.holding(86_400) == [0.3]
    (closure,) = desk.closures
    assert "途絶" in closure["remarks"]
    assert "Silent since 2026-06-01T09:00:00+09:00" in closure["remarks"]
    assert desk.sensor("S2")[0] == "not-flooded"
    desk.look(901)  # as long as where nothing else is declared
    assert desk.sensor("S2")[0] == "silent"
    edits = desk.connection.execute("SELECT count(*) FROM ngis.edit").fetchone()
    desk.look(2000)
    assert desk.connection.execute("SELECT count(*) FROM ngis.edit").fetchone() == edits


def test_a_sensor_that_is_heard_again_is_silent_no_more(desk: Desk) -> None:
    desk.say((0, 30))
    desk.look(700)
    desk.say((800, 30))
    desk.look(801)
    assert desk.sensor()[0] == "flooded"
    assert "Silent" not in desk.closures[0]["remarks"]
    desk.look(1500)
    desk.say((1600, 0))
    desk.look(1601)
    assert desk.sensor() == ("not-flooded", 0, second(1600), None)
    assert "Silent" not in desk.closures[0]["remarks"]
    assert "Depth 0 cm" in desk.closures[0]["remarks"]
    assert desk.holding(1600) == []


def test_what_somebody_ended_by_hand_is_drawn_anew_only_while_it_is_deep(desk: Desk) -> None:
    desk.say((0, 30))
    with connect(desk.database.urls.owner, autocommit=True) as owner:
        owner.execute('UPDATE core.road_closures SET "until" = %s', (second(30),))
        assert [each.closed for each in desk.say((60, 15))] == [False]
        assert [each.closed for each in desk.say((120, 30))] == [True]
        assert len(desk.holding(120)) == 1
        owner.execute("DELETE FROM core.road_closures")
    assert [each.closed for each in desk.say((180, 0))] == [False]


def test_a_closure_that_somebody_has_changed_by_hand_is_theirs(desk: Desk) -> None:
    """A desk that closes the road altogether is not overruled by a sensor, and the sensor goes on by itself."""
    desk.say((0, 30))
    with editing(desk.connection, road_closures.LAYER, Editor("desk", START.date())) as session:
        stored = session.find(desk.closures[0]["id"])
        assert stored is not None
        session.change(stored, "update", {**stored.values, "depth_m": None, "remarks": "landslide too"}, None)
    assert [each.closed for each in desk.say((60, 40))] == [True]
    assert sorted(desk.holding(60), key=str) == [0.4, None]
    desk.look(700)
    assert [each["remarks"] for each in desk.closures if each["depth_m"] is None] == ["landslide too"]
    assert [each.closed for each in desk.say((800, 0))] == [False]
    assert desk.holding(800) == [None]


def test_a_sensor_that_two_rows_name_or_that_stands_nowhere_is_refused(desk: Desk) -> None:
    with connect(desk.database.urls.owner, autocommit=True) as owner:
        owner.execute("UPDATE core.road_sensors SET sensor_id = 'S1'")
        assert str(desk.say((0, 30))[0].outcome) == "refused"
        owner.execute("UPDATE core.road_sensors SET sensor_id = id, geometry = NULL")
        assert str(desk.say((0, 30))[0].outcome) == "refused"
    assert desk.closures == []


@given(st.floats(1, 100), st.floats(0.1, 200), st.lists(st.floats(0, 200), max_size=20))
def test_thresholds_never_flutter_and_never_contradict(close: float, reopen: float, depths: list[float]) -> None:
    thresholds = Thresholds(close, reopen)
    for depth in depths:
        verdict = thresholds.verdict(depth)
        assert (verdict is Verdict.CLOSE) == (depth >= close)
        if verdict is Verdict.OPEN:
            assert depth < reopen
            assert depth < close


@given(st.floats(0, 1000))
def test_whole_centimetres_are_never_less_than_read(depth_cm: float) -> None:
    assert depth_cm / 100 <= depth_m(depth_cm) + 1e-8 < depth_cm / 100 + 0.0101


@pytest.mark.parametrize(
    "wrong",
    [
        [], {}, {"sensor_id": "S1", "time": "2026-06-01T00:00:00Z"}, {**reading("S1", 0, 1), "depth_cm": "1"},
        reading("S1", 0, -1), reading("S1", 0, 1001), reading("S1\x00", 0, 1), {**reading("S1", 0, 1), "x": 1},
        {**reading("S1", 0, 1), "time": "2026-06-01T00:00:00"}, {**reading("S1", 0, 1), "depth_cm": True},
    ],
)  # fmt: skip
def test_what_is_no_reading_says_why(wrong: Any) -> None:
    found = read(wrong)
    assert isinstance(found, list)
    assert all(flaw.reason.ja and flaw.reason.en for flaw in found)


def test_a_reading_sent_for_a_sensor_is_of_no_other() -> None:
    sent = {"time": "2026-06-01T00:00:00Z", "depth_cm": 3}
    assert isinstance(read(sent, sensor_id="S1"), Reading)
    assert isinstance(read(reading("S2", 0, 1), sensor_id="S1"), list)

"""Closures as routes see them: those that hold at a time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.travel.closing import Closure
from services.database.connect import connect
from services.routing.closures import Closures, closures_now
from tests.conftest import DatabaseUnderTest

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def connection(database: DatabaseUnderTest) -> Iterator[Connection]:
    with connect(database.urls.owner, autocommit=True) as made:
        yield made


def draw(
    connection: Connection,
    name: str,
    begins: datetime,
    ends: datetime | None = None,
    *,
    geometry: str | None = "POINT(135.34 34.74)",
    depth_m: float | None = None,
    applies_to: list[str] | None = None,
) -> None:
    connection.execute(
        'INSERT INTO core.road_closures (id, "from", "until", depth_m, applies_to, geometry, source_id, dataset, '
        "fictitious, position_quality, load_id, raw_number) VALUES (%s, %s, %s, %s, %s, ST_GeomFromText(%s, 6668), "
        "'test', 'test', true, 'as-published', 0, 0)",
        (name, begins, ends, depth_m, applies_to, geometry),
    )


def test_what_a_closure_says_is_what_routes_get(connection: Connection) -> None:
    area = "POLYGON((135.3 34.7,135.31 34.7,135.31 34.71,135.3 34.7))"
    draw(connection, "b", NOON, geometry=area, depth_m=0.0, applies_to=["pumper", "car"])
    draw(connection, "a", NOON, geometry="LINESTRING(135.3 34.7,135.31 34.7)")
    closed, flooded = closures_now(connection, "core", NOON).drawn
    assert closed == Closure("a", shapely.from_wkt("LINESTRING(135.3 34.7,135.31 34.7)"))
    assert flooded == Closure("b", shapely.from_wkt(area), 0.0, frozenset({"pumper", "car"}))


def test_a_profile_that_nobody_knows_closes_for_all(connection: Connection) -> None:
    draw(connection, "a", NOON, applies_to=["pumper", "chemical"])
    draw(connection, "b", NOON, applies_to=[])
    assert [each.profiles for each in closures_now(connection, "core", NOON).drawn] == [None, None]


def test_a_closure_without_a_place_closes_nothing(connection: Connection) -> None:
    draw(connection, "a", NOON, geometry=None)
    assert closures_now(connection, "core", NOON).drawn == ()


def test_begin_is_inclusive_and_end_is_not(connection: Connection) -> None:
    draw(connection, "a", NOON, NOON + HOUR)
    tick = timedelta(microseconds=1)
    active = {at: bool(closures_now(connection, "core", at).drawn) for at in (NOON - tick, NOON, NOON + HOUR - tick)}
    assert list(active.values()) == [False, True, True]
    assert not closures_now(connection, "core", NOON + HOUR).drawn


hours = st.integers(0, 12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(hours, st.none() | st.integers(1, 6)), max_size=6))
def test_any_closures_hold_in_their_spans(connection: Connection, spans: list[tuple[int, int | None]]) -> None:
    connection.execute("TRUNCATE core.road_closures")
    for number, (begins, length) in enumerate(spans):
        start = NOON + begins * HOUR
        draw(connection, str(number), start, None if length is None else start + length * HOUR)
    for hour in range(-1, 20):
        at = NOON + hour * HOUR
        expected = {
            str(number)
            for number, (begins, length) in enumerate(spans)
            if begins <= hour and (length is None or hour < begins + length)
        }
        assert {each.id for each in closures_now(connection, "core", at).drawn} == expected


def test_the_public_side_is_told_of_those_that_are_marked(database: DatabaseUnderTest, connection: Connection) -> None:
    draw(connection, "a", NOON)
    with connect(database.urls.public, autocommit=True) as public:
        assert closures_now(public, "published", NOON).drawn == ()
        draw(connection, "b", NOON)
        connection.execute("UPDATE core.road_closures SET public = true WHERE id = 'b'")
        assert [each.id for each in closures_now(public, "published", NOON).drawn] == ["b"]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            public.execute("SELECT * FROM core.road_closures")


def test_the_internal_face_reads_them(database: DatabaseUnderTest, connection: Connection) -> None:
    draw(connection, "a", NOON)
    with connect(database.urls.internal, autocommit=True) as internal:
        assert [each.id for each in closures_now(internal, "core", NOON).drawn] == ["a"]


def test_a_time_without_offset_is_no_time(connection: Connection) -> None:
    with pytest.raises(InputError, match="offset"):
        closures_now(connection, "core", datetime(2026, 6, 1))  # noqa: DTZ001 - that is the mistake


def test_no_water_is_not_the_same_as_closed() -> None:
    point = shapely.Point(135.3, 34.7)
    assert Closures.of([Closure("a", point, 0.0)]).key != Closures.of([Closure("a", point)]).key

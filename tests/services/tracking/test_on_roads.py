"""Positions matched to roads as the watch does it: the layer says the road beside what was reported."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from services.database.cluster import EmbeddedCluster
from services.database.connect import connect, open_pool
from services.routing.watch import build_now
from services.tracking.folding import fold
from services.tracking.on_roads import REMEMBERED, VehiclesOnRoads
from services.tracking.positions import take
from services.tracking.reports import Report, read
from tests.conftest import DatabaseUnderTest, _database
from tests.services.http.conftest import _dataset
from tests.services.routing.streets import SOUTH, STEP, WEST, add_streets
from tests.services.tracking.fleets import START, add_vehicles, report

METRE = 1 / 110_940
"""In degrees of latitude."""
NOW = START + timedelta(minutes=10)
Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture(scope="module")
def streets(
    cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DatabaseUnderTest]:
    for database in _database(cluster, template, tmp_path_factory.mktemp("on-roads")):
        add_streets(database)
        add_vehicles(database, ["試験1", "試験2"])
        with connect(database.urls.owner) as connection:
            for layer in ("roads", "vehicles"):
                _dataset(connection, layer, 1, fictitious=True)
        build_now(database.settings)
        yield database


class Desk:
    """The watch, one step at a time."""

    def __init__(self, database: DatabaseUnderTest, connection: Connection, pool: Any) -> None:
        self.database, self.connection, self.pool = database, connection, pool
        self.on_roads = VehiclesOnRoads(database.settings, pool)

    def send(self, *given: Any) -> None:
        reports = [read(each) for each in given]
        assert all(isinstance(each, Report) for each in reports), reports
        take(self.connection, reports, "test", NOW)  # type: ignore[arg-type]

    def look(self) -> list[Any]:
        self.on_roads.look(self.connection)
        return list(fold(self.connection, "Asia/Tokyo").moved)

    def row(self, call_sign: str = "試験1") -> dict[str, Any]:
        cursor = self.connection.execute(
            "SELECT road_match, road_way_id, road_lon, road_lat, road_distance_m, road_matched_at, position_at, "
            "ST_X(geometry) AS lon, ST_Y(geometry) AS lat FROM core.vehicles WHERE call_sign = %s",
            (call_sign,),
        )
        row = cursor.fetchone()
        assert row is not None
        assert cursor.description is not None
        return dict(zip([each.name for each in cursor.description], row, strict=True))


@pytest.fixture
def desk(streets: DatabaseUnderTest) -> Iterator[Desk]:
    with connect(streets.urls.internal, autocommit=True) as connection, open_pool(streets.urls.internal, 1) as pool:
        yield Desk(streets, connection, pool)
    with connect(streets.urls.owner, autocommit=True) as connection:
        connection.execute("TRUNCATE tracking.latest, tracking.position")
        connection.execute(
            "UPDATE core.vehicles SET position_at = '2026-04-01', road_match = NULL, road_matched_at = NULL"
        )


def eastward(second: float, metres_off: float, **more: Any) -> Any:
    """On the third street from the south, 10 m further each second."""
    place = (WEST + 0.0005 + second * 0.0001, SOUTH + 2 * STEP + metres_off * METRE)
    return report("試験1", second, place, accuracy_m=8.0, **more)


def test_the_layer_says_the_road_and_keeps_what_was_reported(desk: Desk) -> None:
    desk.send(*(eastward(second, 6.0) for second in range(5)))
    (moved,) = desk.look()
    row = desk.row()
    assert (row["road_match"], row["road_way_id"]) == ("matched", "3")
    assert (row["lon"], row["lat"]) == pytest.approx((WEST + 0.0009, SOUTH + 2 * STEP + 6 * METRE))
    assert (row["road_lon"], row["road_lat"]) == pytest.approx((WEST + 0.0009, SOUTH + 2 * STEP), abs=1e-7)
    assert row["road_distance_m"] == pytest.approx(6.0, abs=0.1)
    assert row["road_matched_at"] == row["position_at"] == START + timedelta(seconds=4)
    assert (moved.road_match, moved.road_way_id, moved.road_lat) == ("matched", "3", row["road_lat"])
    assert desk.look() == []


def test_off_every_road_and_too_coarse_it_says_so(desk: Desk) -> None:
    field = (WEST + STEP / 2, SOUTH + 2.5 * STEP)
    desk.send(report("試験1", 0, field, accuracy_m=5.0), report("試験2", 0, field, accuracy_m=500.0))
    desk.look()
    for call_sign, quality in (("試験1", "off-road"), ("試験2", "too-coarse")):
        row = desk.row(call_sign)
        assert (row["road_match"], row["road_way_id"], row["road_lon"], row["road_distance_m"]) == (
            quality, None, None, None,
        )  # fmt: skip
        assert (row["lon"], row["lat"]) == pytest.approx(field)


def test_a_match_is_never_that_of_another_position(desk: Desk) -> None:
    desk.send(eastward(0, 0.0))
    desk.look()
    desk.send(eastward(5, 0.0))
    fold(desk.connection, "Asia/Tokyo")  # before it is matched
    row = desk.row()
    assert (row["position_at"], row["road_match"], row["road_way_id"]) == (START + timedelta(seconds=5), None, None)
    assert len(desk.look()) == 1  # the match follows, though the vehicle has not moved
    assert desk.row()["road_way_id"] == "3"
    assert desk.look() == []


def test_a_process_that_begins_reads_what_came_before(desk: Desk) -> None:
    """Step by step in one process, or at once in another, comes to the same."""
    for second in range(10, 15):
        desk.send(eastward(second, 5.0))
        desk.look()
    desk.send(report("試験1", 15.5, (WEST + STEP - 3 * METRE, SOUTH + 2 * STEP + 4 * METRE), accuracy_m=8.0))
    desk.look()
    first = desk.row()
    assert first["road_match"] is not None
    desk.connection.execute("UPDATE tracking.latest SET matched_at = NULL, match_quality = NULL, edge = NULL")
    desk.connection.execute("UPDATE core.vehicles SET road_matched_at = NULL, road_way_id = NULL")
    desk.on_roads = VehiclesOnRoads(desk.database.settings, desk.pool)
    desk.look()
    assert desk.row() == first


def test_after_a_while_without_a_position_a_trace_begins_anew(desk: Desk) -> None:
    desk.send(eastward(0, 0.0))
    desk.look()
    later = REMEMBERED.total_seconds() + 60
    desk.send(report("試験1", later, (WEST + 0.5 * STEP, SOUTH + 7 * STEP), accuracy_m=8.0))
    desk.look()
    assert desk.row()["road_way_id"] == "8"


def test_without_a_network_nothing_is_said_of_roads(database: DatabaseUnderTest) -> None:
    add_vehicles(database, ["試験1"])
    with connect(database.urls.internal, autocommit=True) as connection, open_pool(database.urls.internal, 1) as pool:
        desk = Desk(database, connection, pool)
        desk.send(eastward(0, 0.0))
        assert len(desk.look()) == 1
        assert (desk.row()["road_match"], desk.row()["road_matched_at"]) == (None, None)

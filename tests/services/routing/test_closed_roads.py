"""A closure drawn on the internal face: the next route keeps off it, and goes through again when it has expired."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import Any

import pytest
import shapely

from services.database.connect import connect
from services.ogc.face import Face
from services.ogc.processes import processes
from services.ogc.processes._model import Context
from services.routing.roads import CLOSURES_HOLD_S
from tests.conftest import DatabaseUnderTest
from tests.services.routing.cities import with_roads

ORIGIN, DESTINATION = [135.3415, 34.7376], [135.3618, 34.7214]


@pytest.fixture(scope="module")
def city(loaded_city: DatabaseUnderTest) -> Iterator[Context]:
    """As the internal face sees it."""
    with with_roads(loaded_city, Face.INTERNAL) as context:
        yield context


@pytest.fixture
def closures(loaded_city: DatabaseUnderTest) -> Iterator[Any]:
    """Draws a closure for some seconds from now on; all of them are gone afterwards."""

    def draw(area: shapely.Geometry, seconds: float, applies_to: list[str] | None = None) -> None:
        begins = datetime.now(UTC) - timedelta(hours=1)
        connection.execute(
            'INSERT INTO core.road_closures (id, "from", "until", applies_to, geometry, source_id, dataset, '
            "fictitious, position_quality, load_id, raw_number) VALUES (%s, %s, %s, %s, ST_GeomFromText(%s, 6668), "
            "'test', 'test', true, 'as-published', 0, 0)",
            ("closed", begins, datetime.now(UTC) + timedelta(seconds=seconds), applies_to, area.wkt),
        )
        sleep(CLOSURES_HOLD_S)

    with connect(loaded_city.urls.owner, autocommit=True) as connection:
        yield draw
        connection.execute("DELETE FROM core.road_closures WHERE id = 'closed'")
        sleep(CLOSURES_HOLD_S)


def route(city: Context, **inputs: Any) -> dict[str, Any]:
    given = {"profile": "pumper", "alternatives": 0, "origin": ORIGIN, "destination": DESTINATION, **inputs}
    answer: dict[str, Any] = processes()["route"].run(given, city)["answer"]
    return answer


def test_the_next_route_keeps_off_a_closure(city: Context, closures: Any) -> None:
    (before,) = route(city)["routes"]
    line = shapely.geometry.shape(before["geometry"])
    middle = line.interpolate(0.5, normalized=True).buffer(0.0004)
    closures(middle, 3_600)
    for _ in range(3):  # searched at first, then by the hierarchy
        (around,) = route(city)["routes"]
        assert around["travel_time_s"] > before["travel_time_s"]
        assert not shapely.geometry.shape(around["geometry"]).intersects(middle)


def test_a_closure_for_others_is_none(city: Context, closures: Any) -> None:
    (before,) = route(city)["routes"]
    line = shapely.geometry.shape(before["geometry"])
    closures(line.interpolate(0.5, normalized=True).buffer(0.0004), 3_600, ["ladder"])
    assert route(city)["routes"][0]["travel_time_s"] == before["travel_time_s"]


def test_one_that_has_expired_is_none(city: Context, closures: Any) -> None:
    (before,) = route(city)["routes"]
    line = shapely.geometry.shape(before["geometry"])
    closures(line.interpolate(0.5, normalized=True).buffer(0.0004), -1)
    assert route(city)["routes"][0]["travel_time_s"] == before["travel_time_s"]


def test_a_destination_that_is_cut_off_says_so(city: Context, closures: Any) -> None:
    ring = shapely.Point(DESTINATION).buffer(0.004).boundary.buffer(0.0003)
    closures(ring, 3_600)
    answer = route(city, language="en")
    assert answer["routes"] == []
    assert answer["refusal"]["reason"] == "excluded"
    assert "closed" in answer["refusal"]["text"]
    assert answer["refusal"]["in_the_way"][0]["rule"] == "closed"
    assert answer["refusal"]["nearest"]["distance_m"] < 600


def test_the_public_face_says_that_it_knows_no_closures(loaded_city: DatabaseUnderTest, city: Context) -> None:
    assert not any("考慮していない" in note for note in route(city)["notes"])
    with with_roads(loaded_city, Face.PUBLIC) as public:
        assert any("考慮していない" in note for note in route(public)["notes"])

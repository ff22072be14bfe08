"""A closure drawn on the internal face: the next route keeps off it, and goes through again when it has expired."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import Any

import numpy as np
import pytest
import shapely

from geo.errors import InputError
from geo.network.profiles import PROFILES
from geo.travel.closing import Closed
from geo.travel.conditions import closed_off, conditions
from services.database.connect import connect
from services.ogc.analysis.database import DatabaseLayers
from services.ogc.face import Face
from services.ogc.processes import processes
from services.ogc.processes._model import Context
from services.routing.roads import CLOSURES_HOLD_S, SourceRoads
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


@pytest.fixture
def citizen(loaded_city: DatabaseUnderTest, city: Context) -> Iterator[Context]:
    """As the public face sees it."""
    with with_roads(loaded_city, Face.PUBLIC) as context:
        yield context


def test_a_citizen_keeps_off_what_was_made_public_and_is_told_which(
    citizen: Context, closures: Any, loaded_city: DatabaseUnderTest
) -> None:
    (before,) = route(citizen, profile="walking")["routes"]
    middle = shapely.geometry.shape(before["geometry"]).interpolate(0.5, normalized=True).buffer(0.0004)
    closures(middle, 3_600)
    inside = route(citizen, profile="walking", language="en")
    assert inside["routes"][0]["travel_time_s"] == before["travel_time_s"]
    assert any("only those are honoured that the city has made public (as of 20" in each for each in inside["notes"])
    with connect(loaded_city.urls.owner, autocommit=True) as connection:
        connection.execute("UPDATE core.road_closures SET public = true WHERE id = 'closed'")
    sleep(CLOSURES_HOLD_S)
    answer = route(citizen, profile="walking")
    assert not shapely.geometry.shape(answer["routes"][0]["geometry"]).intersects(middle)
    assert any("公開したもの" in each for each in answer["notes"])
    assert "road-closures" in [each["layer"] for each in answer["sources"]]


def test_the_staff_are_not_told_of_a_choice(city: Context) -> None:
    assert not any("made public" in each for each in route(city, language="en")["notes"])


def route(city: Context, **inputs: Any) -> dict[str, Any]:
    usual = {"profile": "pumper", "alternatives": 0, "origin": ORIGIN, "destination": DESTINATION, "details": []}
    given = {**usual, **inputs}
    answer: dict[str, Any] = processes()["route"].run(given, city)["answer"]
    return answer


def test_closing_roads_gives_what_making_all_anew_gives(city: Context) -> None:
    """For every vehicle, on roads with restrictions, barriers and dead ends: whatever is closed, and however much."""
    topology, random = city.roads.conditions("pumper").topology, np.random.default_rng(28)
    stretches = len(topology.network.stretches)
    for vehicle in PROFILES.values():
        open_ = conditions(topology, vehicle)
        for share in (0.0, 0.0005, 0.02, 0.4, 1.0):
            meant = np.flatnonzero(random.random(stretches) < share)
            closed = np.isin(topology.network.stretch, meant)
            if share == 0.02:
                closed &= random.random(len(closed)) < 0.7  # of some streets one direction alone
            found = closed_off(open_, Closed(closed, np.zeros(stretches), (), ()))
            anew = conditions(topology, vehicle, closed=closed)
            assert np.array_equal(found.weights, anew.weights)
            for column in ("weights", "rule", "doubt"):
                assert np.array_equal(getattr(found.impedance, column), getattr(anew.impedance, column)), column
    with pytest.raises(InputError, match="water"):
        closed_off(open_, Closed(closed, np.ones(stretches), (), ()))


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


def test_who_sees_no_closures_at_all_says_so(city: Context, citizen: Context) -> None:
    for context in (city, citizen):
        assert not any("考慮していない" in note for note in route(context)["notes"])
    sources = dict(citizen.layers.sources)  # type: ignore[attr-defined]
    del sources["road-closures"]
    blind = replace(citizen, layers=DatabaseLayers(sources), roads=SourceRoads(sources, citizen.city))
    assert any("考慮していない" in note for note in route(blind)["notes"])

"""What a way met, on both faces: closures by name, hazard zones in metres. A citizen is told of public ones only."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import Any

import pytest
import shapely
from jsonschema import Draft202012Validator
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE, transform_geometry
from services.database.connect import connect
from services.database.lending import Connection
from services.database.waiting import NeedsThreadError, in_the_loop
from services.ogc.execution.inputs import checked
from services.ogc.face import Face
from services.ogc.processes import processes
from services.ogc.processes._model import Context
from services.routing import roads
from services.routing.roads import CLOSURES_HOLD_S
from tests.conftest import DatabaseUnderTest
from tests.services.routing.cities import with_roads

HALL, EAST = [135.3415, 34.7376], [135.3618, 34.7214]
ENDS = datetime(2099, 3, 1, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def desk(loaded_city: DatabaseUnderTest) -> Iterator[Context]:
    with with_roads(loaded_city, Face.INTERNAL) as context:
        yield context


@pytest.fixture(scope="module")
def citizen(loaded_city: DatabaseUnderTest, desk: Context) -> Iterator[Context]:
    with with_roads(loaded_city, Face.PUBLIC) as context:
        yield context


class Desk:
    """Draws what somebody in charge draws."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def closure(self, closure_id: str, area: BaseGeometry, **given: Any) -> None:
        begins = datetime.now(UTC) - timedelta(hours=1)
        self._add("road_closures", area, {"id": closure_id, "from": begins, "declared_by": "指令課", **given})

    def sensor(self, sensor_id: str, place: BaseGeometry, **given: Any) -> None:
        depths = {"close_depth_cm": 5, "reopen_depth_cm": 3}
        self._add("road_sensors", place, {"id": sensor_id, "sensor_id": sensor_id, **depths, **given})

    def clear(self) -> None:
        for table in ("road_closures", "road_sensors"):
            self._connection.execute(f"DELETE FROM core.{table} WHERE dataset = 'test'".encode())  # noqa: S608
        sleep(CLOSURES_HOLD_S)

    def _add(self, table: str, area: BaseGeometry, given: dict[str, Any]) -> None:
        of_test = dict.fromkeys(("source_id", "dataset"), "test") | dict.fromkeys(("load_id", "raw_number"), 0)
        values = {**of_test, "fictitious": True, "position_quality": "as-published", **given}
        names, marks = (", ".join(each) for each in ((f'"{name}"' for name in values), ["%s"] * len(values)))
        self._connection.execute(
            f"INSERT INTO core.{table} ({names}, geometry) VALUES ({marks}, ST_GeomFromText(%s, 6668))".encode(),  # noqa: S608
            [*values.values(), area.wkt],
        )
        sleep(CLOSURES_HOLD_S)


@pytest.fixture
def draw(loaded_city: DatabaseUnderTest) -> Iterator[Desk]:
    """All that was drawn is gone afterwards."""
    with connect(loaded_city.urls.owner, autocommit=True) as connection:
        drawing = Desk(connection)
        yield drawing
        drawing.clear()


def ask(city: Context, process_id: str = "route", **inputs: Any) -> dict[str, Any]:
    """The answer, which fits its schema."""
    process = processes()[process_id]
    given = {"origin": HALL, "destination": EAST, "language": "en"} if process_id == "route" else {"language": "en"}
    answer: dict[str, Any] = process.run(checked(process, {**given, **inputs}), city)["answer"]
    Draft202012Validator(dict(process.outputs["answer"].schema)).validate(answer)
    return answer


def line(answer: dict[str, Any]) -> BaseGeometry:
    return shapely.geometry.shape(answer["routes"][0]["geometry"])


def spot(answer: dict[str, Any], share: float = 0.5, reach: float = 0.0004) -> BaseGeometry:
    return line(answer).interpolate(share, normalized=True).buffer(reach)


def effects(answer: dict[str, Any], route: int = 0) -> dict[str, str]:
    return {each["id"]: each["effect"] for each in answer["routes"][route]["closures"]}


def test_closures_kept_off_are_told_with_reason_end_and_source(desk: Context, citizen: Context, draw: Desk) -> None:
    before = ask(desk)
    assert before["routes"][0]["closures"] == []
    draw.closure("a", spot(before), name="本通り", reason="fire", until=ENDS, public=True)
    draw.closure("far", shapely.Point(135.33, 34.80).buffer(0.001))
    first = ask(desk)
    draw.closure("b", spot(first))  # not for the public
    staff, public = ask(desk), ask(citizen)
    assert effects(staff) == {"a": "avoided", "b": "avoided"}
    assert effects(public) == {"a": "avoided"}
    assert line(public).equals(line(first)), "the closure that is not public is none there"
    told = staff["routes"][0]["closures"][0]
    assert told["text"] == (
        "Closure “本通り” (Fire ground, until 2099-03-01 17:30): kept off; else the way would be another one."
    )
    assert (told["reason"]["id"], told["source"], told["until"]) == ("fire", "指令課", ENDS.isoformat())
    (seen,) = public["routes"][0]["closures"]
    assert seen["source"] == "City of Nishinomiya"
    assert "指令課" not in json.dumps(public, ensure_ascii=False)
    assert "通行止め（当分の間）：避けた" in ask(desk, language="ja")["routes"][0]["closures"][1]["text"]


def test_a_closure_for_others_and_one_that_makes_no_difference_are_not_told(desk: Context, draw: Desk) -> None:
    before = ask(desk)
    draw.closure("others", spot(before), applies_to=["ladder"])
    assert effects(ask(desk)) == {}
    draw.closure("side", shapely.Point(135.3200, 34.7500).buffer(0.0005))
    assert effects(ask(desk)) == {}


def test_only_a_closure_that_makes_a_difference_takes_a_thread(
    desk: Context, draw: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ask(desk)
    draw.closure("side", shapely.Point(135.3200, 34.7500).buffer(0.0005))
    ask(desk)
    monkeypatch.setattr(roads, "CLOSURES_HOLD_S", 60.0)
    with in_the_loop():
        assert ask(desk) == before
    monkeypatch.undo()
    draw.closure("a", spot(before))
    told = ask(desk)
    monkeypatch.setattr(roads, "CLOSURES_HOLD_S", 60.0)
    with in_the_loop(), pytest.raises(NeedsThreadError):
        ask(desk)
    assert ask(desk) == told


def test_water_on_the_way_and_its_sensor(desk: Context, citizen: Context, draw: Desk) -> None:
    """The whole of the town is under a little water: no way keeps off it, and each goes through it."""
    area = line(ask(desk)).envelope.buffer(0.02)
    draw.closure("w", area, reason="flooding", depth_m=0.1, public=True)
    draw.sensor("S1", shapely.Point(*HALL), name="地下道", depth_cm=10, closure_id="w")
    answer = ask(desk, profile="car", alternatives=1)
    assert [effects(answer, route) for route in range(len(answer["routes"]))] == [{"w": "crossed"}] * len(
        answer["routes"]
    )
    (told,) = answer["routes"][0]["closures"]
    assert told["text"].startswith("Flooded road, 0.1 m deep (Flooding, until further notice): the way goes through")
    assert told["sensor"]["id"] == "S1"
    assert told["sensor"]["depth_cm"] == 10
    assert ask(citizen, profile="car")["routes"][0]["closures"][0]["sensor"] is None


def test_areas_of_the_request_and_closures_are_told_apart(desk: Context, draw: Desk) -> None:
    before = ask(desk, profile="car")
    area = json.loads(shapely.to_geojson(spot(before, 0.3).envelope))
    around = ask(desk, profile="car", avoid=[area])
    draw.closure("a", spot(around, 0.6))
    answer = ask(desk, profile="car", avoid=[area])
    assert [each["effect"] for each in answer["met"]] == ["avoided"]
    assert effects(answer) == {"a": "avoided"}


def test_a_refusal_names_the_closures_that_are_in_the_way(desk: Context, citizen: Context, draw: Desk) -> None:
    ring = shapely.Point(EAST).buffer(0.004).boundary.buffer(0.0003)
    draw.closure("ring", ring, name="環", reason="event")
    draw.closure("far", shapely.Point(135.33, 34.80).buffer(0.001))
    refusal = ask(desk)["refusal"]
    assert refusal["reason"] == "excluded"
    assert [each["id"] for each in refusal["closures"]] == ["ring"]
    assert refusal["text"].endswith("Closure “環” (Event, until further notice): it blocks the way.")
    assert all(each["closures"] == ["ring"] for each in refusal["in_the_way"])
    assert all(each["way"] and each["position"] for each in refusal["in_the_way"])
    assert refusal["nearest"]["distance_m"] < 600
    assert ask(citizen)["refusal"] is None
    # A ladder truck that stands where it has but narrow streets is told of the closure, not of these.
    assert {each["rule"] for each in ask(desk, profile="ladder")["refusal"]["in_the_way"]} == {"closed"}


def test_a_place_whose_roads_are_all_closed_names_the_closure(desk: Context, draw: Desk) -> None:
    draw.closure("field", shapely.Point(EAST).buffer(0.009), name="一帯")
    for places, end in (((HALL, EAST), "destination"), ((EAST, HALL), "origin")):
        refusal = ask(desk, origin=places[0], destination=places[1])["refusal"]
        assert refusal["reason"] == "off-the-network"
        assert end in refusal["text"]
        assert "“一帯”" in refusal["text"]
        assert [each["id"] for each in refusal["closures"]] == ["field"]
        assert (refusal["nearest"] is None) == (end == "origin")


def test_metres_in_hazard_zones_are_those_of_the_areas(desk: Context, citizen: Context) -> None:
    plane = desk.city.plane_crs
    for city, profile in ((desk, "pumper"), (citizen, "walking")):
        (route,) = ask(city, profile=profile)["routes"]
        drawn = transform_geometry(shapely.geometry.shape(route["geometry"]), STORAGE, plane)
        assert {each["layer"] for each in route["hazards"]} >= {"hazard-flood", "hazard-tsunami", "hazard-landslide"}
        for each in route["hazards"]:
            scenario = each["scenario"] and each["scenario"]["id"]
            equal = {} if scenario is None else {"scenario": scenario}
            zones = city.layers.features(each["layer"], equal=equal)
            area = shapely.union_all([zone.geometry for zone in zones if zone.geometry is not None])
            inside = drawn.intersection(transform_geometry(area, STORAGE, plane)).length
            assert each["inside_m"] == pytest.approx(inside, abs=1.0), each["text"]
            assert each["inside_m"] == pytest.approx(sum(zone["length_m"] for zone in each["zones"]), abs=0.3)
            total = each["inside_m"] + each["outside_m"] + each["unknown_m"]
            assert total == pytest.approx(route["length_m"], abs=0.3)
            assert each["as_of"] is not None
            assert each["fictitious"] is True
    assert any(each["state"] == "inside" for each in route["hazards"])


def test_a_way_out_of_the_city_is_unknown_there(desk: Context) -> None:
    """Where no district of the city lies nothing is outside of a zone."""
    (route,) = ask(desk, profile="walking")["routes"]
    assert all(each["unknown_m"] == 0 for each in route["hazards"] if each["outside_m"] > 0)


def test_who_flees_is_told_of_closures_too(desk: Context, draw: Desk) -> None:
    before = ask(desk, "evacuation-route", origin=HALL, hazard="tsunami", routes=1)
    (flight,) = before["routes"]
    assert flight["closures"] == []
    assert {each["layer"] for each in flight["hazards"]} >= {"hazard-tsunami"}
    draw.closure("a", spot(before), reason="fallen-tree")
    (after,) = ask(desk, "evacuation-route", origin=HALL, hazard="tsunami", routes=1)["routes"]
    assert [(each["id"], each["effect"]) for each in after["closures"]] == [("a", "avoided")]
    draw.closure("field", shapely.Point(HALL).buffer(0.009), name="一帯")
    refusal = ask(desk, "evacuation-route", origin=HALL, hazard="tsunami", routes=1)["refusal"]
    assert refusal["reason"] == "off-the-network"
    assert "field" in {each["id"] for each in refusal["closures"]}
    assert "“一帯”" in refusal["text"]


def test_the_route_of_the_first_unit_is_told_of_closures_too(desk: Context, draw: Desk) -> None:
    before = ask(desk, "nearest-units", location=EAST, route=True)["route"]
    assert before["closures"] == []
    draw.closure("a", spot({"routes": [before]}, reach=0.0003))
    after = ask(desk, "nearest-units", location=EAST, route=True)
    assert after["route"]["geometry"] != before["geometry"]
    if after["first_arrival"]["id"] == ask(desk, "nearest-units", location=EAST)["first_arrival"]["id"]:
        assert [each["id"] for each in after["route"]["closures"]] == ["a"]
    assert after["route"]["hazards"]

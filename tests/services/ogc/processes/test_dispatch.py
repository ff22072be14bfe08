"""nearest-units and nearest-water on the sample city: what they say is what single routes say, and unknown stays so."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from services.ogc.errors import ParameterError, UnanswerableError
from services.ogc.face import Face
from services.ogc.processes import processes
from services.ogc.processes._model import Context
from tests.conftest import DatabaseUnderTest
from tests.services.routing.cities import with_roads

HALL = [135.3415, 34.7376]
SEA = [135.33, 34.5]


@pytest.fixture(scope="module")
def desk(loaded_city: DatabaseUnderTest) -> Iterator[Context]:
    """As the internal face sees the city."""
    with with_roads(loaded_city, Face.INTERNAL) as context:
        yield context


def ask(city: Context, process_id: str, **inputs: Any) -> dict[str, Any]:
    """The answer, which fits its schema; defaults filled in as the server does."""
    process = processes()[process_id]
    defaults = {name: each.schema["default"] for name, each in process.inputs.items() if "default" in each.schema}
    for name, value in inputs.items():
        Draft202012Validator(dict(process.inputs[name].schema)).validate(value)
    answer: dict[str, Any] = process.run({**defaults, **inputs}, city)["answer"]
    Draft202012Validator(dict(process.outputs["answer"].schema)).validate(answer)
    return answer


@pytest.mark.parametrize("process_id", ["nearest-units", "nearest-water"])
def test_the_examples_run_on_both_faces(city: Context, desk: Context, process_id: str) -> None:
    for example in processes()[process_id].examples:
        for face in (city, desk):
            for language in ("ja", "en"):
                answer = ask(face, process_id, **example, language=language)
                assert answer["fictitious"] is True
                assert any(("架空データ" if language == "ja" else "fictitious") in note for note in answer["notes"])


def test_every_unit_takes_as_long_as_its_route(desk: Context) -> None:
    answer = ask(desk, "nearest-units", location=HALL, route=True)
    assert answer["dispatch"] is None
    assert answer["refusal"] is None
    units = answer["units"]
    assert len(units) + len(answer["not_available"]) == len(desk.layers.features("vehicles"))
    there = [each for each in units if each["rank"] is not None]
    assert there == units[: len(there)]
    assert [each["rank"] for each in there] == list(range(1, len(there) + 1))
    assert [each["travel_time_s"] for each in there] == sorted(each["travel_time_s"] for each in there)
    for each in units:
        routes = ask(desk, "route", origin=each["position"], destination=HALL, profile=each["unit"])["routes"]
        assert each["travel_time_s"] == (routes[0]["travel_time_s"] if routes else None)
        assert (each["why_not"] is None) == bool(routes)
    assert answer["first_arrival"]["id"] == units[0]["id"]
    assert answer["second_arrival"]["id"] == units[1]["id"]
    assert answer["route"]["travel_time_s"] == units[0]["travel_time_s"]
    assert len(answer["stations"]) == 8
    for each in answer["stations"]:
        (route,) = ask(desk, "route", origin=each["position"], destination=HALL)["routes"]
        assert each["travel_time_s"] == route["travel_time_s"]
    assert sum(each["ready_units"] for each in answer["stations"]) == len(units)


def test_what_is_out_of_service_is_named_with_the_reason(desk: Context) -> None:
    (inspected,) = ask(desk, "nearest-units", location=HALL)["not_available"]
    assert (inspected["status"], inspected["travel_time_s"]) == ("out-of-service", None)
    assert "点検" in inspected["why_not"]["text"]
    assert inspected["position_age_s"] > 0


def test_a_set_is_filled_and_what_is_missing_is_told(desk: Context) -> None:
    dispatch = ask(desk, "nearest-units", location=HALL, dispatch_set="pumper|tank:2,ladder:5,car:1")["dispatch"]
    assert not dispatch["complete"]
    assert [each["for"] for each in dispatch["chosen"]].count("pumper") == 2
    assert {each["unit"] for each in dispatch["chosen"] if each["stands_in"]} <= {"tank"}
    ladders, cars = dispatch["unfilled"]
    assert (ladders["unit"], cars["unit"], cars["missing"]) == ("ladder", "car", 1)
    assert ladders["missing"] == 5 - sum(each["for"] == "ladder" for each in dispatch["chosen"])
    assert ladders["no_way"] == 2 - (5 - ladders["missing"]), "the city has two"
    times = [each["travel_time_s"] for each in dispatch["chosen"]]
    assert times == sorted(times)
    as_objects = [
        {"unit": "pumper", "count": 2, "stand_ins": ["tank"]},
        {"unit": "ladder", "count": 5},
        {"unit": "car"},
    ]
    assert ask(desk, "nearest-units", location=HALL, dispatch_set=as_objects)["dispatch"] == dispatch


def test_a_plan_is_followed_and_named_as_fictitious(desk: Context) -> None:
    first = ask(desk, "nearest-units", location=HALL, kind="fire")
    assert first["dispatch"]["strike_levels"] == ["first"]
    assert first["dispatch"]["complete"]
    assert len(first["dispatch"]["chosen"]) == 7
    assert "response-plans" in [each["layer"] for each in first["sources"] if each["fictitious"]]
    both = ask(desk, "nearest-units", location=HALL, kind="fire", strike_level="second", with_lower_levels=True)
    assert both["dispatch"]["strike_levels"] == ["first", "second"]
    assert sum(each["count"] for each in both["dispatch"]["demands"]) == 7 + 6
    none = ask(desk, "nearest-units", location=HALL, kind="wildland", strike_level="third")
    assert (none["dispatch"], none["refusal"]["reason"]) == (None, "no-plan")


def test_the_public_face_knows_stations_only(city: Context) -> None:
    answer = ask(city, "nearest-units", location=HALL, dispatch_set="pumper:1", route=True)
    assert (answer["units"], answer["not_available"], answer["dispatch"]) == (None, None, None)
    assert answer["refusal"]["reason"] == "vehicles-not-served"
    assert answer["stations"][0]["ready_units"] is None
    assert answer["route"]["travel_time_s"] == answer["stations"][0]["travel_time_s"]
    with pytest.raises(UnanswerableError, match="not served"):
        ask(city, "nearest-units", incident="架空-2026-0001")


def test_an_incident_brings_its_place_kind_and_level(desk: Context) -> None:
    answer = ask(desk, "nearest-units", incident="架空-2026-0001")
    assert answer["dispatch"]["kind"] == "fire"
    assert answer["dispatch"]["strike_levels"] == ["first"]
    assert any("終了" in note for note in answer["notes"])
    assert ask(desk, "nearest-water", incident="架空-2026-0001")["features"]
    with pytest.raises(ParameterError, match="no incident"):
        ask(desk, "nearest-units", incident="?")


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"location": HALL, "incident": "架空-2026-0001"},
        {"location": HALL, "kind": "fire", "dispatch_set": "pumper:1"},
        {"location": HALL, "strike_level": "second"},
        {"location": HALL, "dispatch_set": "pumper|pumper:1"},
        {"location": HALL, "dispatch_set": "pumper:99,tank:99"},
    ],
)
def test_what_makes_no_sense_is_refused(desk: Context, inputs: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        ask(desk, "nearest-units", **inputs)


def test_off_the_network_nobody_arrives_and_no_hose_reaches(desk: Context) -> None:
    answer = ask(desk, "nearest-units", location=SEA, dispatch_set="pumper:1", route=True)
    assert {each["why_not"]["reason"] for each in answer["units"]} == {"incident-off-the-network"}
    assert (answer["first_arrival"], answer["route"]) == (None, None)
    assert answer["dispatch"]["unfilled"][0]["no_way"] > 0
    water = ask(desk, "nearest-water", location=SEA)
    assert (water["features"], water["refusal"]["reason"]) == ([], "off-the-network")


def test_water_is_by_hose_and_says_what_is_known(city: Context, desk: Context) -> None:
    answer = ask(desk, "nearest-water", location=HALL)
    about = [each["properties"] for each in answer["features"]]
    assert len(about) == 10
    assert [each["length_m"] for each in about] == sorted(each["length_m"] for each in about)
    for each in about:
        assert each["straight_m"] <= each["length_m"] + 0.1
        assert each["hoses"] * 20 >= each["length_m"] - 0.1 > (each["hoses"] - 1) * 20 - 0.2
        assert each["condition"] == "unknown"
    public = ask(city, "nearest-water", location=HALL)
    assert [each["id"] for each in public["features"]] == [each["id"] for each in answer["features"]]
    assert all(each["properties"]["capacity_m3"] is None for each in public["features"])
    (only,) = {
        each["properties"]["kind"] for each in ask(desk, "nearest-water", location=HALL, kinds=["cistern"])["features"]
    }
    assert only == "cistern"
    near = ask(desk, "nearest-water", location=HALL, most=1)["features"]
    assert near == answer["features"][:1]


def test_without_roads_there_is_no_answer(desk: Context) -> None:
    for process_id in ("nearest-units", "nearest-water"):
        with pytest.raises(UnanswerableError):
            ask(Context(desk.layers, desk.city), process_id, location=HALL)

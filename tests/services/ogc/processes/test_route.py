"""route: an answer that fits its schema for every pair of places, or the reason why not."""

from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from geo.network.profiles import PROFILES
from services.ogc.errors import ContentError, ParameterError, UnanswerableError
from services.ogc.execution.inputs import checked
from services.ogc.processes import processes
from services.ogc.processes._model import Context

ROUTE = processes()["route"]
DETAILS = ROUTE.inputs["details"].schema["default"]
HALL, EAST = [135.3415, 34.7376], [135.3618, 34.7214]


def ask(city: Context, **inputs: Any) -> dict[str, Any]:
    """The answer, which fits its schema; defaults filled in as the server does."""
    usual = {"profile": "pumper", "alternatives": 0, "origin": HALL, "destination": EAST, "details": DETAILS}
    given = {**usual, **inputs}
    answer: dict[str, Any] = ROUTE.run(given, city)["answer"]
    Draft202012Validator(dict(ROUTE.outputs["answer"].schema)).validate(answer)
    return answer


def test_a_route_with_its_steps_in_both_languages(city: Context) -> None:
    japanese, english = ask(city, alternatives=2), ask(city, alternatives=2, language="en")
    for answer in (japanese, english):
        first, *others = answer["routes"]
        assert answer["refusal"] is None
        assert answer["fictitious"] is True
        layers = [each["layer"] for each in answer["sources"]]
        assert layers == ["roads", "turn-restrictions", "road-barriers", "road-closures"]
        assert all(each["as_of"] is not None and "架空データ" in each["source"] for each in answer["sources"])
        assert first["steps"][0]["maneuver"] == "depart"
        assert first["steps"][-1]["maneuver"] == "arrive"
        assert sum(step["length_m"] for step in first["steps"]) == pytest.approx(first["length_m"], abs=1)
        assert all(first["travel_time_s"] <= other["travel_time_s"] for other in others)
        assert first["geometry"]["coordinates"][0] == first["start"]["position"]
        assert first["geometry"]["coordinates"][-1] == first["end"]["position"]
    assert japanese["routes"][0]["geometry"] == english["routes"][0]["geometry"]
    assert "進む" in japanese["routes"][0]["steps"][0]["text"]
    assert english["routes"][0]["steps"][0]["text"].startswith("Head ")
    assert any("架空" in note for note in japanese["notes"])


@pytest.mark.parametrize("profile", ["pumper", "walking"])
def test_what_is_not_asked_for_is_not_told(city: Context, profile: str) -> None:
    whole = ask(city, profile=profile)
    for details in ([], ["steps"], ["hazards"], ["limits", "steps"]):
        fewer = ask(city, profile=profile, details=details)
        left_out = set(DETAILS) - set(details)
        (route,) = whole["routes"]
        assert fewer == {**whole, "routes": [{name: route[name] for name in route if name not in left_out}]}


@pytest.mark.parametrize("profile", list(PROFILES))
def test_any_two_places_have_a_route_or_a_reason(city: Context, profile: str) -> None:
    random = np.random.default_rng(list(PROFILES).index(profile))
    found = 0
    for origin, destination in random.uniform([135.30, 34.69], [135.39, 34.80], (25, 2, 2)).tolist():
        answer = ask(city, origin=origin, destination=destination, profile=profile)
        assert bool(answer["routes"]) != (answer["refusal"] is not None)
        found += len(answer["routes"])
    assert found > 5


def test_an_address_is_a_place_too(city: Context) -> None:
    towns = city.layers.features("towns")
    name = str(towns[0].properties["name"])
    answer = ask(city, destination=name)
    assert answer["destination"]["town"] is not None
    assert answer["destination"]["position_error_m"] > 0
    with pytest.raises(ParameterError, match="town"):
        ask(city, destination="そんな町はない")


def test_off_the_network_says_which_end(city: Context) -> None:
    for end in ("origin", "destination"):
        refusal = ask(city, **{end: [135.33, 34.5]}, language="en")["refusal"]
        assert refusal["reason"] == "off-the-network"
        assert end in refusal["text"]


def test_positions_that_are_none_are_refused(city: Context) -> None:
    for wrong in ([200, 34.7], [34.7, 135.3], [float("nan"), 34.7]):
        with pytest.raises(ParameterError, match=r"origin|longitude"):
            ask(city, origin=wrong)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"heading_deg": -1}, "heading_deg"),
        ({"heading_deg": 360.5}, "heading_deg"),
        ({"heading_deg": "north"}, "heading_deg"),
        ({"profile": "hovercraft"}, "profile"),
        ({"alternatives": 99}, "alternatives"),
        ({"origin": [135.34]}, "origin"),
    ],
)
def test_what_no_input_can_be_is_named(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(ContentError) as caught:
        checked(ROUTE, {"origin": HALL, "destination": EAST, "profile": "pumper", **wrong})
    assert [name.split("[")[0] for name in caught.value.problems] == [named]


def test_a_place_to_itself(city: Context) -> None:
    (route,) = ask(city, destination=HALL)["routes"]
    assert route["travel_time_s"] == 0
    assert route["length_m"] == 0
    assert len(route["geometry"]["coordinates"]) == 2


def test_without_roads_there_is_no_answer(city: Context) -> None:
    with pytest.raises(UnanswerableError):
        ask(Context(city.layers, city.city))


@pytest.mark.parametrize("profile", ["walking", "wheelchair"])
def test_on_foot_the_slope_is_told(city: Context, profile: str) -> None:
    """There and back the same ways climb what they descend; who drives is not told."""
    there = ask(city, origin=[135.322, 34.828], destination=[135.330, 34.822], profile=profile, language="en")
    back = ask(city, origin=[135.330, 34.822], destination=[135.322, 34.828], profile=profile, language="en")
    (one,), (other,) = there["routes"], back["routes"]
    if one["geometry"]["coordinates"] == other["geometry"]["coordinates"][::-1]:
        assert one["slope"]["climb_m"] == pytest.approx(other["slope"]["descent_m"], abs=0.2)
    net = one["slope"]["climb_m"] - one["slope"]["descent_m"]
    assert net == pytest.approx(other["slope"]["descent_m"] - other["slope"]["climb_m"], abs=3)
    assert abs(one["slope"]["slope_percent"]) > 5
    assert any("Steep: up to" in step["text"] for step in one["steps"]) or profile == "walking"
    assert "elevation" in [each["layer"] for each in there["sources"]]
    assert any("Tobler" in note for note in there["notes"])
    steep = [each for each in one["doubts"] if each["rule"] == "too-steep"]
    assert bool(steep) == (one["slope"]["too_steep_m"] > 0)
    assert "slope" not in ask(city)["routes"][0]

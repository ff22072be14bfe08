"""cost-matrix and isochrone: answers that fit their schemas and say what single routes say."""

from typing import Any

import numpy as np
import pytest
import shapely
from jsonschema import Draft202012Validator

from services.ogc.errors import ParameterError, TooMuchError, UnanswerableError
from services.ogc.processes import processes
from services.ogc.processes._model import Context

HALL = [135.3415, 34.7376]
SEA = [135.33, 34.5]


def ask(city: Context, process_id: str, **inputs: Any) -> dict[str, Any]:
    """The answer, which fits its schema; defaults filled in as the server does."""
    process = processes()[process_id]
    defaults = {name: each.schema["default"] for name, each in process.inputs.items() if "default" in each.schema}
    answer: dict[str, Any] = process.run({**defaults, **inputs}, city)["answer"]
    Draft202012Validator(dict(process.outputs["answer"].schema)).validate(answer)
    return answer


@pytest.mark.parametrize("process_id", ["route", "cost-matrix", "isochrone"])
def test_the_examples_run(city: Context, process_id: str) -> None:
    for example in processes()[process_id].examples:
        assert ask(city, process_id, **example)["fictitious"] is True


def test_the_matrix_says_what_routes_say(city: Context) -> None:
    random = np.random.default_rng(1)
    origins, destinations = random.uniform([135.33, 34.70], [135.37, 34.75], (2, 4, 2)).tolist()
    answer = ask(city, "cost-matrix", origins=[*origins, SEA], destinations=destinations, lengths=True)
    for row, origin in enumerate([*origins, SEA]):
        for column, destination in enumerate(destinations):
            routes = ask(city, "route", origin=origin, destination=destination)["routes"]
            expected = routes[0] if routes else {"travel_time_s": None, "length_m": None}
            assert answer["travel_times_s"][row][column] == expected["travel_time_s"]
            assert answer["lengths_m"][row][column] == expected["length_m"]
    assert answer["travel_times_s"][-1] == [None] * 4
    assert ask(city, "cost-matrix", origins=[HALL], destinations=[HALL])["lengths_m"] is None


def test_too_many_pairs_are_refused(city: Context) -> None:
    with pytest.raises(TooMuchError):
        ask(city, "cost-matrix", origins=[HALL] * 80, destinations=[HALL] * 80, lengths=True)
    with pytest.raises(ParameterError):
        ask(city, "cost-matrix", origins=[[999, 0]], destinations=[HALL])


def test_isochrones_are_nested_and_hold_what_is_reached_in_time(city: Context) -> None:
    answer = ask(city, "isochrone", origins=[HALL], limits_s=[300, 60, 120], roads=True)
    features = answer["features"]
    assert [each["properties"]["limit_s"] for each in features] == [60, 120, 300]
    lengths = [each["properties"]["length_m"] for each in features]
    assert lengths == sorted(lengths)
    assert lengths[0] > 0
    areas = [shapely.geometry.shape(each["geometry"]) for each in features]
    assert all(each.is_valid for each in areas)
    grown = [shapely.buffer(each, 1e-6, quad_segs=1) for each in areas]
    for each in grown:
        shapely.prepare(each)
    random = np.random.default_rng(2)
    for destination in random.uniform([135.335, 34.733], [135.348, 34.742], (30, 2)).tolist():
        routes = ask(city, "route", origin=HALL, destination=destination)["routes"]
        if not routes:
            continue
        end = shapely.Point(routes[0]["end"]["position"])
        for limit, within in zip((60, 120, 300), grown, strict=True):
            if abs(routes[0]["travel_time_s"] - limit) > 0.5:
                assert within.contains(end) == (routes[0]["travel_time_s"] < limit), destination


def test_several_origins_reach_what_each_of_them_does(city: Context) -> None:
    both = ask(city, "isochrone", origins=[HALL, [135.36, 34.72], SEA], limits_s=[90])["features"][0]
    alone = [ask(city, "isochrone", origins=[each], limits_s=[90])["features"][0] for each in (HALL, [135.36, 34.72])]
    assert both["properties"]["length_m"] <= sum(each["properties"]["length_m"] for each in alone) + 0.2
    assert both["properties"]["length_m"] >= max(each["properties"]["length_m"] for each in alone)
    with pytest.raises(UnanswerableError):
        ask(city, "isochrone", origins=[SEA])

"""Areas in a request: no answer goes through one that is kept out of, and each answer says what it did with them."""

import json
from typing import Any

import pytest
import shapely
from jsonschema import Draft202012Validator
from shapely.geometry.base import BaseGeometry

from services.ogc.errors import ContentError, ParameterError, TooMuchError
from services.ogc.execution.inputs import checked
from services.ogc.processes import processes
from services.ogc.processes._model import Context

HALL, EAST = [135.3415, 34.7376], [135.3618, 34.7214]


def ask(city: Context, process_id: str, **inputs: Any) -> dict[str, Any]:
    """The answer, which fits its schema; inputs are checked as the server does."""
    process = processes()[process_id]
    answer: dict[str, Any] = process.run(checked(process, inputs), city)["answer"]
    Draft202012Validator(dict(process.outputs["answer"].schema)).validate(answer)
    return answer


def route(city: Context, **inputs: Any) -> dict[str, Any]:
    return ask(city, "route", **{"origin": HALL, "destination": EAST, "profile": "car", "language": "en", **inputs})


def middle(answer: dict[str, Any], half: float = 0.0004) -> dict[str, Any]:
    """A square on the middle of a route."""
    line = shapely.geometry.shape(answer["routes"][0]["geometry"])
    at = line.interpolate(0.5, normalized=True)
    return square(at.x, at.y, half)


def square(lon: float, lat: float, half: float) -> dict[str, Any]:
    return geojson(shapely.box(lon - half, lat - half, lon + half, lat + half))


def geojson(shape: BaseGeometry) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return found


def test_a_route_keeps_out_of_an_area_and_says_so(city: Context) -> None:
    before = route(city)
    assert before["met"] == []
    area, sea = middle(before), square(135.33, 34.6, 0.001)
    after = route(city, avoid=[area, sea], alternatives=2)
    shape = shapely.geometry.shape(area)
    assert after["routes"][0]["travel_time_s"] > before["routes"][0]["travel_time_s"]
    for each in after["routes"]:
        assert not shapely.geometry.shape(each["geometry"]).intersects(shape)
    assert [each["effect"] for each in after["met"]] == ["avoided", "touches-no-road"]
    assert after["met"][0]["text"] == "Area 1 to avoid: kept out of; the way without it would go through it."
    again = route(city, avoid=[middle(before), square(135.30, 34.80, 0.01)])
    assert again["met"][1]["effect"] == "not-met"


def test_shallow_water_slows_and_deep_water_is_gone_round(city: Context) -> None:
    before = route(city)
    half = 0.002
    shallow = route(city, flooded=[{"area": middle(before, half), "depth_m": 0.1}])
    deep = route(city, flooded=[{"area": middle(before, half), "depth_m": 1.0}])
    assert shallow["met"][0]["effect"] in ("crossed", "avoided")
    assert deep["met"][0]["effect"] == "avoided"
    assert (
        before["routes"][0]["travel_time_s"]
        <= shallow["routes"][0]["travel_time_s"]
        <= deep["routes"][0]["travel_time_s"]
    )
    truck = route(city, profile="walking", flooded=[{"area": middle(before, half), "depth_m": 0.1}])
    assert truck["met"][0]["depth_m"] == 0.1


def test_a_refusal_names_the_areas_in_the_way(city: Context) -> None:
    ring = shapely.Point(*EAST).buffer(0.004).difference(shapely.Point(*EAST).buffer(0.0035))
    far = square(135.30, 34.80, 0.01)
    answer = route(city, avoid=[far, geojson(ring)])
    assert answer["routes"] == []
    assert answer["refusal"]["reason"] == "excluded"
    assert "Area 2 to avoid: it blocks the way." in answer["refusal"]["text"]
    assert "Area 1" not in answer["refusal"]["text"]
    assert [each["effect"] for each in answer["met"]] == ["not-met", "in-the-way"]
    assert {each["rule"] for each in answer["refusal"]["in_the_way"]} == {"closed"}
    flooded = route(city, flooded=[{"area": geojson(ring), "depth_m": 3}], language="ja")
    assert "浸水範囲1：道をふさいでいる。" in flooded["refusal"]["text"]


def test_ends_in_an_area(city: Context) -> None:
    start = route(city, avoid=[square(HALL[0], HALL[1], 0.0008)])
    assert start["met"][0]["holds"] == ["origin"]
    assert "begins on the nearest road outside" in start["met"][0]["text"]
    assert start["routes"][0]["start"]["distance_m"] > 50
    lost = route(city, avoid=[square(HALL[0], HALL[1], 0.02)])
    assert lost["refusal"]["reason"] == "off-the-network"
    assert lost["met"][0]["effect"] == "in-the-way"
    assert "Area 1 to avoid" in lost["refusal"]["text"]


def test_an_outline_that_crosses_itself_is_mended_and_named(city: Context) -> None:
    west, south, east, north = shapely.geometry.shape(middle(route(city))).bounds
    bow = [[west, south], [east, north], [east, south], [west, north], [west, south]]
    answer = route(city, avoid=[{"type": "Polygon", "coordinates": [bow]}])
    assert "Self-intersection" in answer["met"][0]["mended"]
    assert "mended" in answer["met"][0]["text"]
    halves = shapely.make_valid(shapely.Polygon(bow))
    for each in answer["routes"]:
        assert not shapely.geometry.shape(each["geometry"]).intersects(halves)


@pytest.mark.parametrize(
    "area",
    [
        {"type": "Point", "coordinates": [135.3, 34.7]},
        {"type": "Polygon", "coordinates": [[[135.3, 34.7], [135.4, 34.7], [135.3, 34.7]]]},
        {"type": "Polygon", "coordinates": [[[135.3, "a"], [135.4, 34.7], [135.4, 34.8], [135.3, 34.7]]]},
        {"type": "Polygon", "coordinates": [135.3, 34.7]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon"},
        {"type": "GeometryCollection", "geometries": []},
        [135.3, 34.7],
        None,
    ],
)
def test_what_is_no_polygon_is_refused(city: Context, area: Any) -> None:
    for inputs in ({"avoid": [area]}, {"flooded": [{"area": area, "depth_m": 0.2}]}):
        with pytest.raises(ContentError):
            route(city, **inputs)


def polygon(*ring: list[float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(ring)]}


@pytest.mark.parametrize(
    ("area", "told"),
    [
        (polygon([135.3, 34.7], [135.4, 34.7], [135.4, 34.8], [135.3, 34.8]), "begins"),
        (polygon([34.7, 135.3], [34.7, 135.4], [34.8, 135.4], [34.7, 135.3]), "longitude"),
        (polygon([135.3, 34.7], [135.4, 34.7], [135.5, 34.7], [135.3, 34.7]), "nothing"),
        (polygon([135.3, 1e400], [135.4, 34.7], [135.4, 34.8], [135.3, 1e400]), "longitude"),
        ({"type": "MultiPolygon", "coordinates": []}, "nothing"),
    ],
)
def test_outlines_that_cannot_be_are_named(city: Context, area: dict[str, Any], told: str) -> None:
    with pytest.raises(ParameterError, match=rf"avoid\[1\].*{told}"):
        route(city, avoid=[square(135.3, 34.8, 0.001), area])


def test_too_many_areas(city: Context) -> None:
    every = [square(135.3, 34.8, 0.001)] * 30
    with pytest.raises(TooMuchError):
        route(city, avoid=every, flooded=[{"area": each, "depth_m": 1} for each in every])
    with pytest.raises(ContentError):
        route(city, avoid=every * 2)
    with pytest.raises(TooMuchError):
        route(city, avoid=[geojson(shapely.Point(135, 34).buffer(0.001, quad_segs=6000))])


def test_areas_hold_for_reach_and_matrices_too(city: Context) -> None:
    area = middle(route(city))
    answer = route(city, avoid=[area])
    matrix = ask(city, "cost-matrix", origins=[HALL], destinations=[EAST], profile="car", avoid=[area])
    # As a closure one may turn back before it.
    assert matrix["travel_times_s"][0][0] <= answer["routes"][0]["travel_time_s"] + 0.01
    assert matrix["travel_times_s"][0][0] > route(city)["routes"][0]["travel_time_s"]
    assert [each["effect"] for each in matrix["met"]] == ["applied"]
    reached = ask(city, "isochrone", origins=[HALL], profile="car", avoid=[area], limits_s=[600], roads=True)
    roads = shapely.geometry.shape(reached["features"][0]["properties"]["roads"])
    assert not roads.intersects(shapely.geometry.shape(area).buffer(-1e-5))
    assert reached["met"][0]["effect"] == "applied"

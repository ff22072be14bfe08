"""coverage: figures worked by hand, sums that hold, and on the sample city what routes and runs without one say."""

import json
from collections import defaultdict
from math import inf
from typing import Any

import numpy as np
import pytest
import shapely
from jsonschema import Draft202012Validator

from geo.mesh import mesh_code
from services.ogc.errors import ContentError, ParameterError, UnanswerableError
from services.ogc.execution.results import encoded
from services.ogc.processes import processes
from services.ogc.processes._model import Context
from tests.services.ogc.processes.planning import KPH, MESH, cell, outputs, points, rows_of, small_town
from tests.services.ogc.processes.town import DISTRICTS

STATIONS = points((0, {"name": "西"}), (1000, {"name": "東", "units": 2}))
PEOPLE = points(
    (100, {"weight": 10, "town": "甲"}),
    (600, {"weight": 20, "town": "甲"}),
    (2000, {"weight": 5, "town": "乙"}),
    (300, {"weight": 0, "town": "乙"}),
    (400, {"weight": None, "town": "乙"}),
    (500, {"weight": 7, "town": "丙", "reason": "施設入所"}),
)


def by_hand(**inputs: Any) -> dict[str, Any]:
    """At ten metres a second from 0 m (one unit) and 1,000 m (two)."""
    given = {"facilities": STATIONS, "demand": PEOPLE, "straight_line_kph": KPH, "limits_s": [45, 120], **inputs}
    answer: dict[str, Any] = outputs("coverage", small_town(), **given)["answer"]
    return answer


def test_figures_worked_by_hand() -> None:
    """First arrivals: 10 s (west), 40 s (east), 100 s (east); second: 90 s, 40 s and 100 s (both from the east)."""
    answer = by_hand(second_limit_s=45)
    near, far = answer["limits"]
    assert [near[name] for name in ("total", "covered", "uncovered", "unreachable", "excluded")] == [42, 30, 5, 0, 7]
    assert near["share"] == pytest.approx(30 / 35)
    assert (far["covered"], far["uncovered"]) == (35, 0)
    assert [(each["percent"], round(each["time_s"])) for each in answer["first"]["percentiles"]] == [
        (50, 40),
        (90, 100),
        (95, 100),
    ]
    assert answer["second"]["within"]["covered"] == answer["second"]["both"]["covered"] == 20
    assert answer["overlap"] == [
        {"facilities": 0, "demand": 5},
        {"facilities": 1, "demand": 30},
        {"facilities": 2, "demand": 0},
    ]
    (worst, *others) = answer["towns"]
    assert (worst["town"], worst["uncovered"], worst["covered"], round(worst["longest_s"])) == ("乙", 5, 0, 100)
    assert {each["town"]: (each["covered"], each["excluded"]) for each in others} == {"甲": (30, 0), "丙": (0, 7)}
    west, east = answer["facilities"]
    assert (west["served"], west["lost_if_it_fails"], round(west["delay_if_it_fails_s"])) == (10, 10, 80)
    assert (east["served"], east["lost_if_it_fails"]) == (25, 20)
    assert {each["reason"]: (each["points"], each["demand"]) for each in answer["demand"]["excluded"]} == {
        "missing": (1, 0),
        "施設入所": (1, 7),
    }
    assert answer["demand"]["empty_points"] == 1
    assert (answer["vehicle"], answer["cut"], answer["ages"]) == (None, None, None)
    assert "30（85.7%）" in answer["headline"]


def test_turning_out_takes_time_and_none_are_sent_where_there_are_none() -> None:
    assert by_hand(turnout_s=36)["limits"][0]["covered"] == 0
    assert by_hand(turnout_s=4)["limits"][0]["covered"] == 30
    idle = by_hand(units=0)
    assert idle["facilities"][0]["units"] == 0
    assert idle["facilities"][0]["served"] == 0
    assert any("1か所" in note for note in idle["notes"])


def test_one_sentence_in_each_language_and_what_it_rests_on() -> None:
    answer = by_hand(language="en")
    assert answer["headline"].startswith("Of 35 (demand) 30 (85.7%) are reached within 45 s from 2 (facilities)")
    told = answer["parameters"]
    assert told["demand"]["features"] == 6
    assert told["demand"]["digest"] != told["facilities"]["digest"]
    assert by_hand(language="en", limits_s=[45.0, 120])["parameters"]["demand"] == told["demand"]
    assert answer["code"]["process"].startswith("coverage ")
    assert len(answer["code"]["digest"]) == 32
    assert any("straight" in each for each in answer["assumptions"])


def test_cells_of_the_census_and_what_is_not_known_of_them() -> None:
    town = small_town()
    found = outputs("coverage", town, straight_line_kph=KPH, limits_s=[30])
    answer = found["answer"]
    (only,) = answer["limits"]
    assert (only["total"], only["covered"], only["excluded"]) == (160, 160, 0)
    assert answer["demand"]["excluded"] == [
        {
            "reason": "suppressed",
            "text": "統計で秘匿されているか、値がない",
            "points": 1,
            "demand": 0,
            "without_number": 1,
        }
    ]
    assert len(answer["facilities"]) == 2, "the corps' post has no crew"
    ages = {each["id"]: each["total"] for each in answer["ages"]}
    assert ages == {
        "aged_under_15": 30,
        "aged_15_to_64": 50,
        "aged_65_to_74": 15,
        "aged_75_to_84": 20,
        "aged_85_plus": 5,
        "age_not_stated": 40,
    }
    assert any("年齢の一部" in note and "1ある" in note for note in answer["notes"])
    assert {each["town"] for each in answer["towns"]} <= {"六湛寺町", "田中町"}
    households = outputs("coverage", town, straight_line_kph=KPH, limits_s=[30], weight="households")["answer"]
    assert (households["limits"][0]["total"], households["ages"]) == (70, None)
    assert [each["layer"] for each in answer["sources"]] == ["fire-stations", "population-mesh", "towns"]


def test_a_prefecture_is_all_of_it_that_is_loaded() -> None:
    """The city and its neighbour, of one prefecture: the cells of both."""
    both = [{**each, "prefecture_name": "兵庫県"} for each in DISTRICTS]
    east = cell(mesh_code(135.45, 34.75, 5), population=1000)
    where = small_town(districts=both, population_mesh=[*MESH, east])
    told = [
        outputs("coverage", where, straight_line_kph=KPH, **asked)["answer"]["limits"][0]["total"]
        for asked in ({}, {"area": "西宮市"}, {"area": "28202"}, {"area": "兵庫県"})
    ]
    assert told == [160, 160, 1000, 1160]
    with pytest.raises(ParameterError, match="no such district"):
        outputs("coverage", where, straight_line_kph=KPH, area="大阪府")


def test_facilities_that_may_be_one_are_counted() -> None:
    twice = points((0, {}), (40, {}), (900, {}))
    answer = by_hand(facilities=twice)
    assert any("100m以内" in note and "2か所" in note for note in answer["notes"])
    chosen = outputs("coverage", small_town(), straight_line_kph=KPH, where={"kind": ["branch", "corps-post"]})[
        "answer"
    ]
    assert [each["name"] for each in chosen["facilities"]] == ["乙分署", "丙分団"]


SEA = {"type": "Polygon", "coordinates": [[[135.5, 34.5], [135.6, 34.5], [135.6, 34.6], [135.5, 34.5]]]}


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"demand": points((0, {"weight": -1}))}, "0 or more"),
        ({"demand": points((0, {"weight": "many"}))}, "0 or more"),
        ({"demand": points((0, {}))}, "missing"),
        ({"demand": points((0, {"weight": 0}), (1, {"weight": None}))}, "no demand counts: 2 points"),
        ({"demand": {"type": "FeatureCollection", "features": []}}, "no features"),
        ({"demand": points((0, {"weight": 1}), crs="urn:ogc:def:crs:EPSG::6673")}, "transform it"),
        ({"facilities": points((0, {"units": 1.5}))}, "whole number"),
        ({"facilities": points((1e8, {}))}, "are these metres"),
        ({"demand": points((-9.5e6, {"weight": 1}))}, "not in Japan .* are these metres"),
        ({"demand": points((0, {"weight": 1, "aged_75_plus": -1}))}, "aged_75_plus is a number of 0 or more"),
        ({"demand": points((0, {"weight": 3, "reason": "施設入所"}))}, "1 are excluded for a reason"),
        (
            {"facilities": {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": None}]}},
            "no place",
        ),
        ({"facilities": "shelters"}, "not loaded"),
        ({"facilities": "fire-stations", "where": {"colour": "red"}}, "no such property"),
        ({"facilities": "fire-stations", "where": {"kind": "headquarters"}}, "no such facilities"),
        ({"where": {"kind": "station"}}, "layer only"),
        ({"demand": "population-mesh", "weight": "mesh_size_m"}, "one of population"),
        ({"demand": "population-mesh", "area": SEA}, "no demand counts: 0 points"),
        ({"area": SEA}, r"0 are excluded for a reason; [1-9][0-9]* more lie outside"),
        ({"hazard": "hazard-flood"}, "no roads to be cut"),
        ({"limits_s": []}, "1 or more"),
        ({"limits_s": [-1]}, "0 or more"),
    ],
)
def test_what_cannot_be_is_refused(inputs: dict[str, Any], told: str) -> None:
    with pytest.raises((ParameterError, UnanswerableError, ContentError), match=told):
        by_hand(**inputs)


def test_that_nobody_is_reached_for_long_is_a_report_too() -> None:
    far = points((30_000, {"weight": 5}))
    found = outputs("coverage", small_town(), facilities=STATIONS, demand=far, straight_line_kph=KPH, limits_s=[45])
    assert found["answer"]["limits"][0]["covered"] == 0
    assert found["answer"]["headline"] in found["report"]


def test_an_id_that_is_there_twice_is_refused() -> None:
    twice = points((0, {"weight": 1}), (9, {"weight": 1}))
    twice["features"][1]["id"] = "p0"
    with pytest.raises(ParameterError, match="twice"):
        by_hand(demand=twice)


# --- on the roads of the sample city -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(city: Context) -> Any:
    """All outputs of the eight stations, and what a hazard leaves of them."""
    return outputs("coverage", city, limits_s=[240, 480], hazard="hazard-tsunami", second_limit_s=300)


def features_of(found: Any) -> list[dict[str, Any]]:
    document = json.loads(found["layer"])
    assert document["code"] == found["answer"]["code"]
    return list(document["features"])


def test_the_sums_hold_in_every_form(whole: Any) -> None:
    answer, features = whole["answer"], features_of(whole)
    near = answer["limits"][0]
    total = sum(each["properties"]["demand"] or 0 for each in features)
    assert near["total"] == total == near["covered"] + near["uncovered"] + near["excluded"]
    assert near["covered"] == sum(each["properties"]["demand"] for each in features if each["properties"]["covered"])
    assert sum(each["total"] for each in answer["ages"]) == total
    assert sum(each["demand"] for each in answer["overlap"]) == total
    *towns, whole_row = rows_of(whole["table"])
    assert len(towns) == answer["towns_in_all"] > 20
    for name in ("total", "covered", "uncovered", "uncovered_aged_85_plus"):
        assert sum(float(each[name]) for each in towns) == float(whole_row[name])
    assert float(whole_row["covered"]) == near["covered"]
    uncovered = [float(each["uncovered"]) for each in towns]
    assert uncovered == sorted(uncovered, reverse=True)
    assert [each["town"] for each in answer["towns"]] == [each["town"] for each in towns[:20]]


def test_every_time_is_that_of_the_fastest_route(city: Context, whole: Any) -> None:
    random = np.random.default_rng(3)
    features = features_of(whole)
    stations = whole["answer"]["facilities"]
    shapes = [shapely.geometry.shape(each["geometry"]) for each in features]
    # Of cells that were merged the centre is that of the first.
    single = [row for row, shape in enumerate(shapes) if shape.equals(shape.envelope)]
    assert len(single) > 100
    for row in random.choice(single, 12, replace=False).tolist():
        west, south, east, north = shapes[row].bounds
        centre = [(west + east) / 2, (south + north) / 2]
        times = []
        for each in stations:
            routes = outputs("route", city, origin=[each["lon"], each["lat"]], destination=centre)["answer"]["routes"]
            times.append(routes[0]["travel_time_s"] if routes else inf)
        told = features[row]["properties"]
        assert told["first_s"] == pytest.approx(min(times), abs=0.002)
        assert told["first_by"] == stations[int(np.argmin(times))]["name"]
        assert told["second_s"] == pytest.approx(sorted(times)[1], abs=0.002)
        assert told["facilities_within"] == sum(time <= 240 for time in times)


def test_what_a_failure_takes_away_is_what_a_run_without_it_lacks(city: Context, whole: Any) -> None:
    stations = whole["answer"]["facilities"]
    covered = whole["answer"]["limits"][0]["covered"]
    for gone in (0, 3):
        left = {
            "type": "FeatureCollection",
            "features": [
                {"geometry": {"type": "Point", "coordinates": [each["lon"], each["lat"]]}, "id": each["id"]}
                for number, each in enumerate(stations)
                if number != gone
            ],
        }
        without = outputs("coverage", city, facilities=left, limits_s=[240])["answer"]
        assert covered - without["limits"][0]["covered"] == stations[gone]["lost_if_it_fails"] > 0
        more = outputs("coverage", city, facilities=left, limits_s=[300])["answer"]
        assert more["limits"][0]["covered"] >= without["limits"][0]["covered"]


def test_towns_and_percentiles_by_counting_one_by_one(whole: Any) -> None:
    answer = whole["answer"]
    uncovered: dict[str, float] = defaultdict(float)
    times: list[tuple[float, float]] = []
    for each in features_of(whole):
        about = each["properties"]
        uncovered[about["town"]] += 0 if about["covered"] else about["demand"]
        times.append((inf if about["first_s"] is None else about["first_s"], about["demand"]))
    for each in answer["towns"]:
        assert uncovered[each["town"]] == each["uncovered"]
    times.sort()
    total, reached, marks = sum(weight for _, weight in times), 0.0, iter(answer["first"]["percentiles"])
    mark = next(marks)
    for time, weight in times:
        reached += weight
        while mark is not None and reached * 100 >= total * mark["percent"]:
            assert mark["time_s"] == time
            mark = next(marks, None)
    assert mark is None


def test_a_hazard_only_takes_away(whole: Any) -> None:
    answer = whole["answer"]
    cut, near = answer["cut"], answer["limits"][0]
    assert cut["hazard"] == "hazard-tsunami"
    assert cut["lost"] > 100 * cut["gained"]
    assert near["covered"] - cut["covered"]["covered"] == cut["lost"] - cut["gained"]
    assert cut["kept"] + cut["lost"] + cut["gained"] + cut["never"] + cut["excluded"] == near["total"]
    assert cut["cut_off"] >= cut["on_roads_cut"] > 0
    for each in features_of(whole):
        about = each["properties"]
        # Where an arm of a crossing is cut off, there is a bend, which costs no time to turn.
        assert about["cut_first_s"] is None or about["first_s"] <= about["cut_first_s"] + 5
    assert "hazard-tsunami" in [each["layer"] for each in answer["sources"]]
    assert any("橋を含む" in each for each in answer["assumptions"])


def test_that_no_area_cuts_anything_is_not_called_safe(city: Context) -> None:
    answer = outputs("coverage", city, hazard="hazard-tsunami", minimum_rank=99)["answer"]
    assert (answer["cut"]["areas"], answer["cut"]["lost"]) == (0, 0)
    assert any("安全を意味しない" in note for note in answer["notes"])
    with pytest.raises(ParameterError, match="give a hazard too"):
        outputs("coverage", city, scenario="planned")


def test_an_area_that_is_drawn_cuts_as_avoiding_it_does(city: Context) -> None:
    west, south, east, north = 135.335, 34.72, 135.345, 34.75
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    area = {"type": "Polygon", "coordinates": [ring]}
    outside = points((-2000, {"weight": 3}), (2500, {"weight": 4}))
    station = points((-1500, {}))
    answer = outputs("coverage", city, facilities=station, demand=outside, avoid=[area], limits_s=[600])
    places = [each["geometry"]["coordinates"] for each in (*station["features"], *outside["features"])]
    matrix = outputs("cost-matrix", city, origins=places[:1], destinations=places[1:], avoid=[area])["answer"]
    told = [each["properties"]["cut_first_s"] for each in features_of(answer)]
    assert told == matrix["travel_times_s"][0]
    plain = outputs("cost-matrix", city, origins=places[:1], destinations=places[1:])["answer"]["travel_times_s"][0]
    assert [each["properties"]["first_s"] for each in features_of(answer)] == plain
    assert answer["answer"]["cut"]["met"][0]["effect"] == "applied"


def test_to_the_facilities_and_by_other_demand(city: Context) -> None:
    near = outputs("coverage", city, demand="population-areas", profile="walking", limits_s=[900])["answer"]
    back = outputs(
        "coverage", city, demand="population-areas", profile="walking", limits_s=[900], direction="to-facilities"
    )["answer"]
    assert near["limits"][0]["total"] == back["limits"][0]["total"] > 400_000
    assert near["limits"][0] != back["limits"][0], "slopes are slower upwards"
    assert near["demand"]["statistics"]["table"] == "municipal-population"
    assert [each["total"] for each in near["ages"]][-1] < near["limits"][0]["total"] / 2


def test_off_the_network_nobody_is_reached_and_all_are_counted(city: Context) -> None:
    at_sea = points((0, {"weight": 5}), (30_000, {"weight": 7}))
    answer = outputs("coverage", city, demand=at_sea, limits_s=[3600])["answer"]
    (only,) = answer["limits"]
    assert (only["covered"], only["uncovered"], only["unreachable"]) == (5, 7, 7)
    assert answer["demand"]["off_the_network"] == {"points": 1, "demand": 7}
    assert answer["first"]["percentiles"][2] == {"percent": 95, "time_s": None, "reached": False}


def test_the_report_needs_nothing_else_and_says_what_is_fictitious(whole: Any) -> None:
    page = whole["report"]
    assert page.startswith("<!doctype html>")
    assert 'lang="ja"' in page
    assert "size: A4" in page
    for outside in ("src=", "href=", "url(", "@import", "<script"):
        assert outside not in page
    assert "架空データによるものである" in page
    assert whole["answer"]["headline"] in page
    assert whole["answer"]["code"]["digest"] in page
    for each in whole["answer"]["facilities"]:
        assert each["name"] in page
    assert page.count("<circle") == 8


def test_only_what_is_asked_for_is_handed_over(whole: Any) -> None:
    process = processes()["coverage"]
    (table,) = encoded(process, whole, ["table"])
    assert table.media_type == "text/csv"
    for example in process.examples:
        for name, value in example.items():
            Draft202012Validator(dict(process.inputs[name].schema)).validate(value)


def test_without_roads_there_is_no_answer(city: Context) -> None:
    with pytest.raises(UnanswerableError):
        outputs("coverage", Context(city.layers, city.city))

"""facility-location: brute force on a small town, and on the sample city what coverage says of the sites chosen."""

import itertools
import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from services.ogc.errors import ContentError, ParameterError, UnanswerableError
from services.ogc.processes import processes
from services.ogc.processes._model import Context
from tests.services.ogc.processes.planning import KPH, outputs, points, rows_of, small_town

DEMAND = ((0, 10), (400, 20), (900, 15), (1300, 5), (2200, 30), (2600, 12), (9000, 4))
PEOPLE = points(*((at, {"weight": weight, "town": f"町{at // 1000}"}) for at, weight in DEMAND))
EXISTING = points((200, {"name": "今"}))
CANDIDATES = points(*((at, {"name": f"候補{at}"}) for at in (100, 800, 1200, 2400, 2900)))
GIVEN = {"facilities": EXISTING, "candidates": CANDIDATES, "demand": PEOPLE, "straight_line_kph": KPH, "limit_s": 45}


def by_hand(**inputs: Any) -> dict[str, Any]:
    answer: dict[str, Any] = outputs("facility-location", small_town(), **{**GIVEN, **inputs})["answer"]
    return answer


def covered(places: tuple[float, ...], limit_m: float = 450) -> int:
    return sum(weight for at, weight in DEMAND if min(abs(at - place) for place in places) <= limit_m)


def chosen(plan: dict[str, Any]) -> set[str]:
    return {each["name"] for each in plan["opened"] if each["kind"] != "existing"}


@pytest.mark.parametrize("method", ["exact", "heuristic"])
def test_the_most_covered_is_what_trying_all_finds(method: str) -> None:
    answer = by_hand(sites=2, compare=[3, 4], method=method)
    assert answer["today"]["covered"]["covered"] == covered((200,)) == 30
    for plan in answer["plans"]:
        more = plan["sites"] - 1
        tried = [(200, *choice) for choice in itertools.combinations((100, 800, 1200, 2400, 2900), more)]
        best = max(map(covered, tried))
        assert plan["covered"]["covered"] == plan["objective"] == best
        assert plan["bound"] >= best - 1e-6
        assert covered((200, *(float(name.removeprefix("候補")) for name in chosen(plan)))) == best
        told = plan["change"]
        assert (told["gained"], told["lost"]) == (best - 30, 0)
        assert told["kept"] + told["gained"] + told["lost"] + told["never"] == 96
        assert sum(each["gained"] for each in plan["towns_gaining"]) == best - 30
    assert [each["sites"] for each in answer["plans"]] == [2, 3, 4]
    values = [each["covered"]["covered"] for each in answer["plans"]]
    assert values == sorted(values)
    assert ("証明した" in answer["headline"]) == (answer["plans"][0]["gap"] < 1e-9)


def test_progress_moves_and_an_abandoned_search_ends() -> None:
    random, heard = np.random.default_rng(7), list[int]()
    people, places = (random.integers(0, 40_000, size).tolist() for size in (400, 60))
    asked = {
        **GIVEN,
        "demand": points(*((at, {"weight": 1 + at % 7}) for at in people)),
        "candidates": points(*((at, {}) for at in places)),
        "sites": 12,
        "compare": [13],
        "method": "heuristic",
    }
    town = replace(small_town(), report=lambda percent, _: heard.append(percent))
    outputs("facility-location", town, **asked)
    assert heard == sorted(heard)
    assert {5, 15, 40, 65} <= set(heard)

    def abandoned() -> None:
        if heard[-1] >= 65:
            raise KeyError

    heard.clear()
    with pytest.raises(KeyError):
        outputs("facility-location", replace(town, check=abandoned), **asked)


def test_least_time_and_least_longest_time_by_trying_all() -> None:
    every = (100, 800, 1200, 2400, 2900)
    tried = [(200, *choice) for choice in itertools.combinations(every, 2)]

    def times(places: tuple[float, ...]) -> list[tuple[float, int]]:
        return [(min(abs(at - place) for place in places) / 10, weight) for at, weight in DEMAND]

    median = by_hand(model="p-median", sites=3)["plans"][0]
    assert median["objective"] == pytest.approx(min(sum(t * w for t, w in times(each)) for each in tried), rel=1e-3)
    assert sum(each["serves"] for each in median["opened"]) == 96
    center = by_hand(model="p-center", sites=3)["plans"][0]
    assert center["objective"] == pytest.approx(min(max(t for t, _ in times(each)) for each in tried), rel=1e-3)


def test_rules_hold() -> None:
    required = by_hand(sites=2, required=["p4"])["plans"][0]
    assert chosen(required) == {"候補2900"}
    assert required["opened"][-1]["kind"] == "required"
    without = by_hand(sites=2, forbidden=["p3"])["plans"][0]
    assert "候補2400" not in chosen(without)
    assert without["covered"]["covered"] <= by_hand(sites=2)["plans"][0]["covered"]["covered"]
    moved = by_hand(sites=1, relocations=1)["plans"][0]
    assert [each["name"] for each in moved["given_up"]] == ["今"]
    assert moved["change"]["lost"] == 30
    assert moved["change"]["gained"] == moved["covered"]["covered"] == 42
    assert moved["towns_losing"][0]["lost"] == 30
    nothing = by_hand(facilities="none", sites=1)
    assert nothing["today"] is None
    assert nothing["plans"][0]["change"] is None


def test_a_site_serves_so_many_and_no_more() -> None:
    every = outputs("facility-location", small_town(), **GIVEN, sites=2, capacity=25, compare=[3])
    found = every["answer"]
    plan = found["plans"][0]
    assert plan["served"] == plan["objective"] <= 50
    assert all(each["serves"] <= each["capacity"] == 25 for each in plan["opened"])
    assert plan["covered"]["covered"] >= plan["served"], "who is near is more than who has room"
    assert found["today"]["covered"]["covered"] == 30
    assert found["today"]["served_in_time"] == 25, "today's one site reaches thirty and has room for fewer"
    assert f"定員の中で受け持てるのは25（26.0%）から{plan['served']:.0f}（" in found["headline"]
    layer = [each["properties"] for each in json.loads(every["layer"])["features"]]
    assert sum(each["served"] for each in layer) == plan["served_in_time"] == plan["served"]
    assert all(each["served"] == 0 for each in layer if not each["covered"])
    assert sum(each["served_today"] for each in layer) == 25
    assert all(each["served_today"] == 0 for each in layer if not each["covered_today"])
    full = [each for each in layer if each["covered"] and each["served"] < each["demand"]]
    assert sum(each["demand"] - each["served"] for each in full) == plan["covered"]["covered"] - plan["served"] > 0
    assert sum(float(each["served"]) for each in rows_of(every["table"])) == plan["served"]
    assert sum(float(each["served_today"]) for each in rows_of(every["table"])) == 25
    page = every["report"]
    assert page.count('fill="#b35806"') >= 1, "who is near and has no place is not shown as reached"
    assert all(text in page for text in ("届くが定員が足りない", "定員の中"))
    assert "What to mind" not in page + outputs("facility-location", small_town(), **GIVEN, language="en")["report"]
    moment = datetime.fromisoformat(found["answered_at"]).astimezone(ZoneInfo("Asia/Tokyo"))
    assert f"{moment:%Y-%m-%d %H:%M}</p>" in page, "on the clocks of the city"
    without = outputs("facility-location", small_town(), **GIVEN, sites=2)
    assert "定員の中" not in without["answer"]["headline"] + without["report"]
    assert without["answer"]["plans"][0]["served_in_time"] is None


def test_a_place_beyond_the_limit_is_no_place_in_time() -> None:
    plan = by_hand(sites=3, model="p-median", capacity=40)["plans"][0]
    assert plan["served"] == 96
    assert plan["served_in_time"] < plan["covered"]["covered"] < 96


def test_the_other_models_answer_and_say_what_they_are() -> None:
    near = points(*((at, {"weight": weight}) for at, weight in DEMAND[:-1]))
    lscp = by_hand(model="lscp", demand=near, limit_s=60)["plans"][0]
    assert lscp["objective"] == lscp["sites"] == 3
    assert lscp["covered"]["uncovered"] == 0
    twice = by_hand(model="bacop1", demand=near, limit_s=130, sites=4)["plans"][0]
    assert twice["objective"] == twice["served_twice"]
    balanced = by_hand(model="bacop2", sites=4, share=1)["plans"][0]
    assert balanced["objective"] == by_hand(sites=4)["plans"][0]["objective"]
    double = by_hand(model="dsm", demand=near, limit_s=60, long_limit_s=130, share=0.3, sites=5)["plans"][0]
    assert double["units"] == 5
    busy = by_hand(model="mexclp", sites=4, busy_fraction=0)["plans"][0]
    assert busy["objective"] == pytest.approx(by_hand(sites=4)["plans"][0]["objective"])


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"sites": 9}, "9 cannot be: 1 are given, and at most 6"),
        ({"sites": 3, "compare": [7]}, "compare: 7 cannot be"),
        ({"sites": 1, "required": ["p0"]}, "2 are given"),
        ({"candidates": {"type": "FeatureCollection", "features": []}}, "candidates: there are no features"),
        ({"candidates": "aeds"}, "not loaded"),
        ({"candidates": "nosuch"}, 'candidates: give one of at-demand, .*aeds.*, not "nosuch"'),
        ({"facilities": "nosuch"}, "facilities: give one of none, .*fire-stations"),
        ({"demand": {**PEOPLE, "type": "Feature"}}, "demand.type: give one of FeatureCollection"),
        ({"candidates": {**CANDIDATES, "features": [{}] * 2001}}, "candidates.features: its length is 2000 or less"),
        ({"required": ["nowhere"]}, "no candidate is named"),
        ({"required": ["p1"], "forbidden": ["p1"]}, "required too"),
        ({"relocations": 2}, "there are 1 existing"),
        ({"model": "lscp"}, r"No site covers 1 points \(4 in all\) within 45 s: 町9 \(p6\) by 565 s too late"),
        ({"model": "lscp", "sites": 3}, "what lscp finds"),
        ({"model": "dsm", "long_limit_s": 10}, "at least limit_s"),
        ({"model": "p-center", "capacity": 5}, "capacities are for"),
        ({"model": "p-center", "method": "heuristic"}, "heuristic is for"),
        ({"model": "lscp", "capacity": 1, "limit_s": 900}, "No plan keeps all the rules"),
        ({"candidates": points((0, {"capacity": 5}), (9, {}))}, "sites have no capacity"),
        ({"model": "no-such"}, "one of lscp"),
        ({"demand": points((0, {"weight": 0}))}, "no demand counts"),
    ],
)
def test_what_cannot_be_is_refused(inputs: dict[str, Any], told: str) -> None:
    with pytest.raises((ParameterError, UnanswerableError, ContentError), match=told):
        by_hand(**inputs)


def test_demand_that_does_not_count_is_counted() -> None:
    some = points(
        (0, {"weight": 3}), (100, {"weight": None}), (200, {"weight": 5, "reason": "x"}), (300, {"weight": 0})
    )
    answer = by_hand(demand=some, sites=2)
    cover = answer["plans"][0]["covered"]
    assert (cover["total"], cover["covered"], cover["excluded"]) == (8, 3, 5)
    assert {each["reason"] for each in answer["demand"]["excluded"]} == {"missing", "x"}


# --- on the roads of the sample city -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ninth(city: Context) -> Any:
    return outputs("facility-location", city, candidates="public-facilities", compare=[10], limit_s=240)


def test_what_it_says_of_its_sites_is_what_coverage_says_of_them(city: Context, ninth: Any) -> None:
    answer = ninth["answer"]
    today = outputs("coverage", city, limits_s=[240])["answer"]
    assert answer["today"]["covered"] == {name: today["limits"][0][name] for name in answer["today"]["covered"]}
    for plan in answer["plans"]:
        sites = {
            "type": "FeatureCollection",
            "features": [
                {"geometry": {"type": "Point", "coordinates": [each["lon"], each["lat"]]}, "id": each["id"]}
                for each in plan["opened"]
            ],
        }
        then = outputs("coverage", city, facilities=sites, limits_s=[240])["answer"]
        assert plan["covered"]["covered"] == then["limits"][0]["covered"] == plan["objective"]
        assert plan["percentiles"] == then["first"]["percentiles"]
        assert plan["status"] == "optimal"
        assert {each["id"] for each in plan["opened"]} >= {each["id"] for each in today["facilities"]}
    best, rival = answer["plans"][0], None
    others = city.layers.features("public-facilities")
    random = np.random.default_rng(6)
    for row in random.choice(len(others), 4, replace=False).tolist():
        point = others[row].geometry
        assert point is not None
        rival = outputs(
            "coverage",
            city,
            limits_s=[240],
            facilities={
                "type": "FeatureCollection",
                "features": [
                    *(
                        {"geometry": {"type": "Point", "coordinates": [each["lon"], each["lat"]]}, "id": each["id"]}
                        for each in today["facilities"]
                    ),
                    {"geometry": {"type": "Point", "coordinates": [point.x, point.y]}, "id": "rival"},
                ],
            },
        )["answer"]["limits"][0]["covered"]
        assert rival <= best["covered"]["covered"]


def test_every_form_tells_the_same(ninth: Any) -> None:
    answer, towns = ninth["answer"], rows_of(ninth["table"])
    plan = answer["plans"][0]
    assert sum(float(each["gained"]) for each in towns) == plan["change"]["gained"]
    assert sum(float(each["covered"]) for each in towns) == plan["covered"]["covered"]
    layer = [each["properties"] for each in json.loads(ninth["layer"])["features"]]
    gained = sum(each["demand"] for each in layer if each["covered"] and not each["covered_today"])
    assert gained == plan["change"]["gained"] > 0
    sites = json.loads(ninth["sites"])["features"]
    assert [each["properties"]["sites"] for each in sites].count(9) == 9
    page = ninth["report"]
    for outside in ("src=", "href=", "url(", "@import", "<script"):
        assert outside not in page
    assert answer["headline"] in page
    assert page.count("<circle") == 9


def test_at_demand_no_candidate_is_in_a_pocket_of_roads(city: Context) -> None:
    answer = outputs("facility-location", city, model="p-median", sites=9, limit_s=240, method="heuristic")["answer"]
    plan = answer["plans"][0]
    assert plan["gap"] < 0.05
    assert plan["covered"]["unreachable"] <= answer["today"]["covered"]["unreachable"]
    assert plan["change"]["lost"] == 0, "existing facilities stay"


def test_where_no_road_leads_to_any_demand_nothing_covers_all_of_it(city: Context) -> None:
    at_sea = points((30_000, {"weight": 5}))
    for model in ("lscp", "bacop1", "dsm"):
        with pytest.raises(UnanswerableError, match="no site there is a way"):
            outputs("facility-location", city, demand=at_sea, candidates="public-facilities", model=model)
    answer = outputs("facility-location", city, demand=at_sea, candidates="public-facilities")["answer"]
    assert (answer["plans"][0]["covered"]["unreachable"], answer["reached_by_no_site"]) == (5, 5)


def test_examples_fit_their_schemas_and_without_roads_there_is_no_answer(city: Context) -> None:
    process = processes()["facility-location"]
    for example in process.examples:
        for name, value in example.items():
            Draft202012Validator(dict(process.inputs[name].schema)).validate(value)
    with pytest.raises(UnanswerableError):
        outputs("facility-location", Context(city.layers, city.city))

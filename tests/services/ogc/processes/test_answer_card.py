"""The answer for a place: found by whatever people write, every hazard told, and the right sites with the way there."""

import gc
import json
import re
from typing import Any
from unittest.mock import Mock

import pytest
from jsonschema import Draft202012Validator

from geo.travel.boards import Boards
from geo.travel.finding import fastest, stands
from layers.translations import languages
from services.ogc.analysis.frames import FrameLayers
from services.ogc.analysis.roads import NO_ROADS
from services.ogc.errors import ParameterError
from services.ogc.processes import processes
from services.ogc.processes._evacuation import ends
from services.ogc.processes._model import Context
from tests.geo.travel.streets import position
from tests.services.ogc.processes.places import POSTAL_CODES, SITES, answer, context, streets

HERE = list(position(210, 110))
SCHEMA = processes()["answer-card"].outputs["answer"].schema


@pytest.fixture(scope="module")
def town() -> Context:
    return context()


def hazard(found: dict[str, Any], kind: str) -> dict[str, Any]:
    (one,) = (each for each in found["hazards"] if each["type"] == kind)
    return dict(one)


# --- finding the place ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("石在町", "石在町"),
        ("西宮市石在町3-1", "石在町"),
        ("〒662-0911 兵庫県西宮市石在町３丁目１", "石在町"),
        ("いしざいちょう", "石在町"),
        ("イシザイチョウ 3-1", "石在町"),
        ("いしざいちよう３ー１", "石在町"),
        ("662-0911", "石在町"),
        ("〒６６２ー０９１１", "石在町"),
        ("名塩2-3", "名塩二丁目"),
        ("なじお２ちょうめ", "名塩二丁目"),
        ("ナジオ三丁目5番", "名塩三丁目"),
        ("甲小学校", "甲小学校"),  # in two lists, at one place
        ("こうしょうがっこう", "甲小学校"),
        ("34.74, 135.34", "34.74, 135.34"),
        ("135.34 34.74", "135.34 34.74"),
    ],
)
def test_a_place_is_found(town: Context, query: str, title: str) -> None:
    found = answer(town, query=query)
    assert (found["outcome"], found["place"]["title"]) == ("found", title)
    assert len(found["hazards"]) >= 8


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("名塩", ["名塩一丁目", "名塩二丁目", "名塩三丁目", "名塩四丁目"]),
        ("なじお", ["名塩一丁目", "名塩二丁目", "名塩三丁目", "名塩四丁目"]),
        ("662-0918", ["六湛寺町", "田中町"]),
        ("乙図書館", ["乙図書館", "乙図書館"]),
        ("公園", ["乙公園", "丙公園", "丁公園", "戊公園"]),
    ],
)
def test_several_places_are_offered_and_none_is_guessed(town: Context, query: str, titles: list[str]) -> None:
    found = answer(town, query=query)
    assert (found["outcome"], [each["title"] for each in found["choices"]]) == ("choose", titles)
    assert found["total"] == len(titles)
    assert (found["place"], found["hazards"]) == (None, [])
    for each in found["choices"]:  # each leads to itself
        asked = {"query": each["ask"]} if each["ask"] else {"location": [each["lon"], each["lat"]], "query": "x"}
        again = answer(town, **asked)
        assert (again["outcome"], again["place"]["lon"]) == ("found", each["lon"])


@pytest.mark.parametrize(
    ("query", "outcome"),
    [
        ("西宮市", "city-alone"),
        ("兵庫県 西宮市", "city-alone"),
        ("芦屋市大原町1-1", "other-municipality"),
        ("大阪府大阪市北区梅田", "other-municipality"),
        ("530-0001", "unknown-postal-code"),
        ("ほげ町", "not-found"),
        ("<script>alert(1)</script>", "not-found"),
        ("😀🌊", "not-found"),
        ("'; DROP TABLE towns; --", "not-found"),
        ("\x00\u202e", "not-found"),
        ("ア" * 200, "not-found"),
        ("999.9, 135", "not-found"),
    ],
)
def test_what_is_no_place_of_the_city_is_said_to_be_none(town: Context, query: str, outcome: str) -> None:
    found = answer(town, query=query)
    assert (found["outcome"], found["place"], found["hazards"], found["choices"]) == (outcome, None, [], [])


def test_without_towns_and_facilities_there_is_nothing_to_search_in() -> None:
    nothing = Context(FrameLayers({}), context().city)
    assert answer(nothing, query="石在町")["outcome"] == "no-names"
    assert {each["state"] for each in answer(nothing, location=HERE)["hazards"]} == {"unknown"}


def test_nothing_asked_is_refused(town: Context) -> None:
    with pytest.raises(ParameterError):
        answer(town)


# --- hazards ----------------------------------------------------------------------------------------------------


def test_the_hazards_are_those_of_hazard_at_point(town: Context) -> None:
    found = answer(town, location=HERE)["hazards"]
    alone = processes()["hazard-at-point"].run({"location": HERE}, town)["answer"]["hazards"]
    for each in alone:
        (same,) = (other for other in found if other["id"] == each["id"])
        assert {name: same[name] for name in each} == each
    assert [each["type"] for each in found][:8] == [
        *("flood", "landslide", "storm_surge", "earthquake", "tsunami", "large_fire", "inland_flood", "volcano")
    ]


def test_what_has_no_areas_or_was_not_loaded_is_unknown(town: Context) -> None:
    found = answer(town, location=HERE)
    assert hazard(found, "earthquake")["state"] == hazard(found, "inland_flood")["state"] == "unknown"
    assert (hazard(found, "flood")["state"], hazard(found, "landslide")["state"]) == ("inside", "outside")
    lost = answer(context(without="hazard-flood"), location=HERE)
    assert hazard(lost, "flood")["state"] == "unknown"
    assert "読み込まれていません" in hazard(lost, "flood")["scenarios"][0]["reason"]


def test_out_of_the_city_nothing_is_known_and_no_site_is_named(town: Context) -> None:
    found = answer(town, location=[135.29, 34.65])
    assert found["place"]["in_city"] is False
    assert {each["state"] for each in found["hazards"]} == {"unknown"}
    assert {str(each["sites"]) for each in found["hazards"]} == {"None"}
    assert "市域の外" in found["notes"][0]


def test_an_address_says_how_far_off_it_may_be_and_takes_the_worst(town: Context) -> None:
    found = answer(town, query="石在町")
    assert found["place"]["position_error_m"] > 0
    assert "石在町" in found["notes"][0]


# --- sites ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["flood", "tsunami", "landslide", "earthquake", "volcano"])
def test_only_designated_sites_are_named_and_the_nearest_first(town: Context, kind: str) -> None:
    sites = hazard(answer(town, location=HERE), kind)["sites"]
    designated = {each["name"] for each in SITES if each.get(f"for_{kind}") is True}
    names = [each["site"]["name"] for each in sites["nearest"]]
    assert set(names) <= designated
    assert len(names) == min(3, len(designated)) == len(set(names))
    assert sites["designated"] == len(designated)
    assert (sites["refusal"] is None) == bool(designated)
    # Against a route to each of them: the streets are level, and for floods all lie in the zone, so none is closed.
    now = streets()

    def seconds(name: str) -> float:
        there = next(each["geometry"] for each in SITES if each["name"] == name)
        places = ((HERE[0], HERE[1]), (there.x, there.y))
        ends = [now.topology.places.near(lon, lat, now.usable, 500, 1)[0] for lon, lat in places]
        way = fastest(now, stands(now, ends[0]), stands(now, ends[1]))
        assert way is not None
        return way.cost / 1000 + sum(end.distance_m for end in ends)

    if kind == "flood":
        assert names == sorted(designated, key=seconds)[:3]
        for each in sites["nearest"]:
            assert each["walk"]["travel_time_s"] == pytest.approx(seconds(each["site"]["name"]), abs=1)
            assert each["walk"]["minutes"] == -(-each["walk"]["travel_time_s"] // 60)


def test_the_way_is_told_in_steps_with_the_floor_to_go_to(town: Context) -> None:
    found = hazard(answer(town, location=HERE), "tsunami")["sites"]["nearest"]
    (school,) = (each for each in found if each["site"]["name"] == "甲小学校")
    walk = school["walk"]
    assert walk["before"][0].startswith("甲小学校まで、約")
    assert walk["steps"][0].endswith("メートル進む。")
    assert walk["steps"][-1].startswith("到着。")
    assert school["site"]["from_floor"] == 3
    assert "3階以上に上がること（1階は地上階）。" in walk["behind"]
    assert any("地震の約" in line for line in walk["behind"])


def test_asked_often_it_says_what_it_said_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ends, "WORTH", 1)
    often = context()
    places = [list(position(x, y)) for x, y in ((210, 110), (13, 7), (153, 321), (391, 58), (267, 255))]

    def told() -> list[Any]:
        """Of each site how long it takes and how far it is: on a grid many ways take the same time."""
        hazards = [each for place in places for each in answer(often, location=place)["hazards"]]
        walked = ("minutes", "travel_time_s", "length_m")
        return [
            [(near["site"], near["straight_m"], *(near["walk"][name] for name in walked)) for near in sites["nearest"]]
            for sites in (each["sites"] for each in hazards)
        ]

    first = told()
    ends._builder.submit(lambda: None).result(60)
    read = Mock(side_effect=Boards.read)
    monkeypatch.setattr(Boards, "read", lambda *given: read(*given))
    assert told() == first
    assert read.call_count == len(places)


def test_an_answer_leaves_nothing_behind(town: Context) -> None:
    """What is found for one is freed at once: left to the garbage collector it took a tenth of the time of all."""
    answer(town, location=HERE)
    gc.collect()
    gc.disable()
    try:
        for _ in range(5):
            answer(town, location=HERE)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_without_roads_the_sites_are_told_as_the_crow_flies() -> None:
    sites = hazard(answer(context(roads=NO_ROADS), location=HERE), "flood")["sites"]
    assert [each["site"]["name"] for each in sites["nearest"]] == ["甲小学校", "乙公園", "戊公園"]
    assert {each["walk"] for each in sites["nearest"]} == {None}
    assert sites["nearest"][0]["straight_m"] == pytest.approx(142, abs=1)
    assert len(sites["notes"]) == 1


def test_without_sites_that_is_said(town: Context) -> None:
    sites = hazard(answer(context(without="emergency-sites"), location=HERE), "flood")["sites"]
    assert sites["nearest"] == []
    assert "市の避難情報に従ってください" in sites["refusal"]


# --- the answer as a whole --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", languages())
def test_it_fits_its_schema_in_every_language(town: Context, language: str) -> None:
    for asked in ({"location": HERE}, {"query": "名塩"}, {"query": "ほげ"}, {"location": [135.305, 34.705]}):
        found = answer(town, **asked, language=language)
        Draft202012Validator(dict(SCHEMA)).validate(found)
        assert re.findall(r"\{[a-z_]+(?::[^}]*)?\}", json.dumps(found, ensure_ascii=False)) == []  # all is filled in


def test_names_are_never_translated(town: Context) -> None:
    for language in languages():
        found = answer(town, query="石在町", language=language)
        assert found["place"]["title"] == POSTAL_CODES[0]["town"]
        named = {each["site"]["name"] for one in found["hazards"] for each in one["sites"]["nearest"]}
        assert named <= {each["name"] for each in SITES}

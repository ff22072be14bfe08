"""Inside, outside, unknown: said of a town whose areas are known by heart, without a database or a server."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from shapely.affinity import translate
from shapely.geometry import box

from geo.errors import InputError
from layers.advice import LEAVE, NOT_COLOURED, STAY, UNKNOWN
from layers.catalogue import catalogue
from services.ogc.errors import ParameterError, UnanswerableError
from services.ogc.processes import processes
from services.ogc.processes._hazard.at_place import hazard_layers
from tests.services.ogc.processes.town import (
    DISTRICTS,
    EVERY,
    FLOOD,
    LANDSLIDE,
    TOWNS,
    ask,
    at,
    context,
    flood,
)

PROCESS = processes()["hazard-at-point"]


def scenario(hazard: dict[str, Any], name: str | None = None) -> dict[str, Any]:
    return next(each for each in hazard["scenarios"] if each["id"] == name)


def words(hazard: dict[str, Any]) -> list[str]:
    return [each["id"] for each in hazard["what_to_do"]]


# --- the three states ------------------------------------------------------------------------------------------


def test_inside_with_depth_class_source_date_and_words() -> None:
    found = at(135.35, 34.72)["hazard-flood"]
    assert found["state"] == "inside"
    maximum = scenario(found, "maximum")
    area = maximum["areas"][0]
    assert (area["rank"], area["class"]["id"], area["class"]["color"]) == (3, "depth-3", "#ffb7b7")
    assert area["depth"] == {
        "lower_m": 3.0,
        "upper_m": 5.0,
        "text": None,
        "meaning": "2階床上～軒下浸水",
        "dry_floor": 3,
    }
    assert (area["source"], area["licence"], area["as_of"]) == ("兵庫県", "CC-BY-4.0", "2024-03-31")
    assert area["attributes"] == {"river_name": "甲川"}
    # Of all that was used: both credits, and no date younger than the oldest.
    assert found["source"].startswith("兵庫県、")
    assert found["as_of"] == "2022-03-31"
    assert found["datasets"] == ["ksj-a31a-maximum/maximum/1", "ksj-a31a-collapse/collapse/1"]


def test_outside_says_that_it_is_not_safe_and_of_what_it_speaks() -> None:
    found = at(135.38, 34.78)["hazard-flood"]
    assert found["state"] == "outside"
    assert "安全を意味しません" in found["statement"]
    maximum = scenario(found, "maximum")
    assert maximum["stated_for"] == ["甲川"]
    assert "安全を意味しません" in maximum["reason"]
    assert (found["source"], found["as_of"]) == ("兵庫県", "2024-03-31")
    assert words(found) == [NOT_COLOURED.id]


def test_a_scenario_without_data_is_unknown_beside_one_that_is_known() -> None:
    found = at(135.38, 34.78)["hazard-flood"]
    assert scenario(found, "duration")["state"] == "unknown"
    assert "公表されたデータがありません" in scenario(found, "duration")["reason"]


@pytest.mark.parametrize("layer_id", ["hazard-inland-flood", "hazard-storm-surge"])
def test_a_layer_that_is_not_loaded_is_unknown(layer_id: str) -> None:
    found = at(135.35, 34.72)[layer_id]
    assert found["state"] == "unknown"
    assert "データが読み込まれていません" in found["statement"]
    assert "安全を意味しません" in found["statement"]
    assert words(found) == [UNKNOWN.id]
    assert (found["source"], found["as_of"], found["datasets"]) == (None, None, [])


def test_beyond_the_city_everything_is_unknown_unless_it_is_inside() -> None:
    found = at(135.45, 34.72)
    assert {each["state"] for each in found.values()} == {"unknown"}
    assert "市域の外" in found["hazard-flood"]["statement"]
    beyond = EVERY | {"hazard-flood": [*FLOOD, flood("f9", "maximum", 2, box(135.44, 34.70, 135.46, 34.75))]}
    assert at(135.45, 34.72, context(beyond))["hazard-flood"]["state"] == "inside"


def test_without_the_boundary_of_the_city_nothing_is_outside() -> None:
    found = at(135.38, 34.78, context(without="districts"))
    assert {each["state"] for each in found.values()} == {"unknown"}
    assert "境界" in found["hazard-tsunami"]["statement"]


def test_a_boundary_without_codes_is_known_by_the_name_of_the_city() -> None:
    unnamed = EVERY | {"districts": [{**row, "municipality_code": None} for row in DISTRICTS]}
    assert at(135.38, 34.78, context(unnamed))["hazard-tsunami"]["state"] == "outside"


@pytest.mark.parametrize(
    ("lon", "lat"), [(135.30, 34.72), (135.34, 34.75), (135.32, 34.70), (135.30, 34.70), (135.36, 34.75)]
)
def test_on_the_edge_is_inside(lon: float, lat: float) -> None:
    assert at(lon, lat)["hazard-flood"]["state"] == "inside"


def test_on_the_edge_of_two_classes_the_worse_comes_first() -> None:
    areas = scenario(at(135.34, 34.72)["hazard-flood"], "maximum")["areas"]
    assert [area["rank"] for area in areas] == [3, 2]


def test_an_area_of_unknown_depth_is_inside_and_says_so() -> None:
    unknown = EVERY | {"hazard-flood": [*FLOOD, flood("f9", "maximum", None, box(135.37, 34.76, 135.39, 34.79))]}
    found = at(135.38, 34.78, context(unknown))["hazard-flood"]
    assert found["state"] == "inside"
    assert "区分は不明" in found["statement"]
    area = scenario(found, "maximum")["areas"][0]
    assert (area["class"], area["depth"], area["rank"]) == (None, None, None)


def test_an_open_class_has_no_dry_floor() -> None:
    deep = EVERY | {"hazard-flood": [flood("f9", "maximum", 6, box(135.30, 34.70, 135.40, 34.80))]}
    depth = scenario(at(135.35, 34.72, context(deep))["hazard-flood"], "maximum")["areas"][0]["depth"]
    assert (depth["lower_m"], depth["upper_m"], depth["dry_floor"]) == (20.0, None, None)


# --- which data speaks for the place ---------------------------------------------------------------------------


def test_a_river_that_does_not_reach_the_city_does_not_speak_for_it() -> None:
    elsewhere = EVERY | {"hazard-flood": [flood("f9", "maximum", 2, box(135.44, 34.70, 135.46, 34.75))]}
    assert at(135.38, 34.78, context(elsewhere))["hazard-flood"]["state"] == "unknown"


def test_an_area_that_only_touches_the_city_does_not_speak_for_it() -> None:
    neighbour = EVERY | {"hazard-flood": [flood("f9", "maximum", 2, box(135.40, 34.70, 135.45, 34.75))]}
    assert at(135.38, 34.78, context(neighbour))["hazard-flood"]["state"] == "unknown"


def test_another_prefecture_does_not_speak_for_the_city() -> None:
    osaka = EVERY | {"hazard-landslide": [{**row, "prefecture_code": "27"} for row in LANDSLIDE]}
    assert at(135.38, 34.78, context(osaka))["hazard-landslide"]["state"] == "unknown"


def test_rows_without_a_code_speak_for_the_municipality_they_lie_in() -> None:
    uncoded = EVERY | {"hazard-landslide": [{**row, "prefecture_code": None} for row in LANDSLIDE]}
    assert at(135.38, 34.78, context(uncoded))["hazard-landslide"]["state"] == "outside"


def test_a_sheet_speaks_for_its_cell_only() -> None:
    sheets = [{**row, "dataset": "plateau-landslide/28/523502", "source_id": "plateau-landslide"} for row in LANDSLIDE]
    where = context(EVERY | {"hazard-landslide": sheets})
    assert at(135.345, 34.745, where)["hazard-landslide"]["state"] == "outside"  # 523502 ends at 34.75
    assert at(135.345, 34.76, where)["hazard-landslide"]["state"] == "unknown"
    assert at(135.32, 34.78, where)["hazard-landslide"]["state"] == "inside"  # whatever the sheet is called


def test_a_sheet_without_a_number_speaks_for_nothing() -> None:
    sheets = [{**row, "dataset": "plateau-landslide/28/-", "source_id": "plateau-landslide"} for row in LANDSLIDE]
    assert at(135.345, 34.745, context(EVERY | {"hazard-landslide": sheets}))["hazard-landslide"]["state"] == "unknown"


def test_every_hazard_layer_says_what_its_data_speaks_for_and_what_to_do() -> None:
    assert set(hazard_layers()) == {layer.id for layer in catalogue().values() if layer.id.startswith("hazard-")}
    for layer in hazard_layers().values():
        assert layer.hazard is not None
        assert layer.hazard.speaks_for.reason.ja


# --- what to do ------------------------------------------------------------------------------------------------


def test_in_a_house_collapse_zone_staying_is_not_offered() -> None:
    assert words(at(135.355, 34.72)["hazard-flood"]) == ["leave", "leave-collapse-zone", "alert-levels"]
    assert words(at(135.33, 34.72)["hazard-flood"]) == [LEAVE.id, STAY.id, "alert-levels"]


def test_landslide_zones_by_their_legal_kind() -> None:
    yellow, red = at(135.312, 34.772)["hazard-landslide"], at(135.32, 34.78)["hazard-landslide"]
    assert scenario(yellow)["areas"][0]["zone"]["id"] == "yellow"
    assert [area["zone"]["id"] for area in scenario(red)["areas"]] == ["red", "yellow"]
    assert "著しい危害" in scenario(red)["areas"][0]["zone"]["meaning"]
    assert words(red) == ["leave-landslide-zone", "alert-levels"]
    assert scenario(red)["areas"][0]["attributes"]["phenomenon"] == "土石流"


def test_the_city_has_its_own_words_for_tsunami() -> None:
    inside = at(135.33, 34.71)["hazard-tsunami"]
    assert words(inside) == [
        "leave-at-once",
        "nishinomiya-horizontal",
        "nishinomiya-vertical",
        "nishinomiya-stay",
    ]
    assert "鳴尾御影線より北側" in inside["what_to_do"][1]["words"]
    assert words(at(135.38, 34.78)["hazard-tsunami"]) == ["outside-is-not-safe", "nishinomiya-wider-area"]
    assert words(at(135.45, 34.78)["hazard-tsunami"]) == ["unknown-is-not-safe"]  # the rule of another city


def test_every_word_has_its_source() -> None:
    for lon in (135.35, 135.32, 135.38, 135.45):
        for hazard in at(lon, 34.78).values():
            for advice in hazard["what_to_do"]:
                assert advice["source"]["url"].startswith("https://")
                assert advice["source"]["publisher"]


# --- addresses -------------------------------------------------------------------------------------------------


def test_an_address_within_one_state_is_certain_about_it() -> None:
    answer = ask({"address": "西宮市名塩1-5-3"})
    assert answer["place"]["position_quality"] == "town-inferred"
    assert answer["place"]["town"] == "名塩一丁目"
    assert answer["place"]["position_error_m"] > 0
    assert answer["hazards"]["hazard-tsunami"]["possible_states"] == ["outside"]


def test_an_address_near_an_edge_may_be_either_and_the_worst_is_said() -> None:
    answer = ask({"address": "西宮市六湛寺町10-3"})
    flood_there = answer["hazards"]["hazard-flood"]
    assert flood_there["possible_states"] == ["inside"]
    # Its circle reaches from 0.5-3 m into 3-5 m: the deeper is told first.
    assert [area["rank"] for area in scenario(flood_there, "maximum")["areas"]] == [3, 2]
    edge = EVERY | {"hazard-flood": [flood("f1", "maximum", 2, box(135.30, 34.70, 135.3394, 34.75))]}
    answer = ask({"address": "西宮市六湛寺町10-3"}, context(edge))
    assert answer["hazards"]["hazard-flood"]["possible_states"] == ["inside", "outside"]
    assert any("変わりうる" in note for note in answer["notes"])
    assert "可能性" in answer["hazards"]["hazard-flood"]["statement"]


def test_an_address_at_the_border_of_the_city_may_be_unknown() -> None:
    border = [{**row, "geometry": translate(row["geometry"], 0.0195)} for row in TOWNS]
    answer = ask({"address": "西宮市名塩1-5-3"}, context(EVERY | {"towns": border}))
    assert answer["hazards"]["hazard-tsunami"]["possible_states"] == ["unknown", "outside"]
    assert answer["hazards"]["hazard-tsunami"]["state"] == "unknown"


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({}, "どちらか一方"),
        ({"location": [135.3, 34.7], "address": "六湛寺町"}, "どちらか一方"),
        ({"location": [34.7, 135.3]}, "経度、緯度の順"),
        ({"location": [float("nan"), 34.7]}, "経度、緯度の順"),
        ({"address": "大阪市北区1-1"}, "西宮市の住所ではありません"),
        ({"address": "福岡県行橋市西宮市3-1"}, "西宮市の住所ではありません"),
        ({"address": "存在しない町1-1"}, "この町はありません"),
        ({"address": "　"}, "空です"),
        ({"location": [135.3, 34.7], "hazards": ["hazard-frogs"]}, "はありません"),
    ],
)
def test_what_cannot_be_answered_says_why(inputs: dict[str, Any], told: str) -> None:
    with pytest.raises(ParameterError) as caught:
        ask(inputs)
    assert told in caught.value.reason.ja
    assert isinstance(caught.value, InputError)


def test_an_address_without_towns() -> None:
    with pytest.raises(UnanswerableError, match="No towns are loaded"):
        ask({"address": "六湛寺町10-3"}, context(without="towns"))


# --- the form of the answer ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(
    "inputs",
    [
        {"location": [135.355, 34.72]},
        {"location": {"type": "Point", "coordinates": [135.32, 34.78]}},
        {"location": [139.7, 35.7]},
        {"address": "六湛寺町"},
    ],
)
def test_answers_fit_the_declared_schema(inputs: dict[str, Any], language: str) -> None:
    outputs = PROCESS.run({**inputs, "language": language}, context())
    Draft202012Validator(dict(PROCESS.outputs["answer"].schema)).validate(outputs["answer"])


def test_some_hazards_only_in_the_order_asked() -> None:
    found = at(135.35, 34.72, hazards=["hazard-tsunami", "hazard-flood"])
    assert list(found) == ["hazard-tsunami", "hazard-flood"]


def test_english() -> None:
    answer = ask({"location": [135.38, 34.78], "language": "en"})
    assert "This does not mean safe" in answer["hazards"]["hazard-flood"]["statement"]
    assert answer["hazards"]["hazard-flood"]["title"] == "Flood inundation areas"


def test_fictitious_data_says_so() -> None:
    made_up = EVERY | {"hazard-tsunami": [{**row, "fictitious": True} for row in EVERY["hazard-tsunami"]]}
    answer = ask({"location": [135.33, 34.71]}, context(made_up))
    assert answer["fictitious"]
    assert answer["hazards"]["hazard-tsunami"]["fictitious"]
    assert not answer["hazards"]["hazard-flood"]["fictitious"]
    assert any("架空" in note for note in answer["notes"])

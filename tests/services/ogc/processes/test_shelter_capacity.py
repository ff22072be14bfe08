"""shelter-capacity: figures worked by hand, what is not known, and the sample city with walks asked one by one."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from jsonschema import Draft202012Validator

from geo.sheltering import assignment
from layers.hazard_types import DESIGNATED_HAZARDS
from services.ogc.errors import ContentError, ParameterError, TooMuchError, UnanswerableError
from services.ogc.processes import processes
from services.ogc.processes._model import Context
from services.planning import shelter_capacity
from tests.services.ogc.processes.planning import KPH, MESH, outputs, points, rows_of, small_town
from tests.services.ogc.processes.test_coverage import features_of
from tests.services.ogc.processes.town import FLOOD, LANDSLIDE, Rows, flood
from tests.services.planning.test_frames import frame
from web_map import folium_map

SITES = points(
    (0, {"name": "西小", "floor_area_m2": 70, "designated": True}),
    (1000, {"name": "東小", "capacity": 30, "designated": True}),
    (1500, {"name": "公民館", "remarks": "洪水は２階以上が対象", "designated": True}),
    (50, {"name": "集会所", "designated": False, "capacity": 999}),
    (60, {"name": "寺", "designated": None, "capacity": 999}),
    (2500, {"name": "丘", "designated": None, "capacity": 5}),
)
PEOPLE = points(
    (100, {"weight": 25, "town": "甲"}),  # west only
    (600, {"weight": 20, "town": "甲"}),  # both schools
    (1200, {"weight": 20, "town": "乙"}),  # east and the hall
    (1700, {"weight": 3, "town": "乙"}),  # the hall
    (1000, {"weight": 7, "town": "丙", "reason": "施設入所"}),
    (1900, {"weight": 40, "town": "丙"}),  # outside of the zones
    (5600, {"weight": 2, "town": "丙"}),  # in the next city, for which nothing speaks
    (4000, {"weight": None, "town": "丙"}),
)
GIVEN: dict[str, Any] = {
    "hazard": "hazard-flood", "sites": SITES, "demand": PEOPLE, "straight_line_kph": KPH, "reach_s": 62,
}  # fmt: skip


def wet_town(**more: Rows) -> Context:
    return small_town(hazard_flood=FLOOD, **more)


def by_hand(where: Context | None = None, **inputs: Any) -> dict[str, Any]:
    answer: dict[str, Any] = outputs("shelter-capacity", where or wet_town(), **{**GIVEN, **inputs})["answer"]
    return answer


def parts(answer: dict[str, Any], number: int = 0) -> list[float]:
    told = answer["standards"][number]
    return [told[name] for name in ("assigned", "room_unknown", "overflowed", "too_far")]


def test_figures_worked_by_hand() -> None:
    """Within 620 m. At 3.5 m2 the west holds 20 and the east 30; at 2.0 m2 the west holds 35."""
    found = outputs("shelter-capacity", wet_town(), **GIVEN)
    answer = found["answer"]
    assert found["report"].count("入れるか不明") == 1, "the hall alone: nobody knows whether it takes the 13"
    people = answer["people"]
    assert people == {"total": 117, "in_zones": 68, "zone_unknown": 2, "outside": 40, "excluded": 7}
    assert [each["m2_per_person"] for each in answer["standards"]] == [3.5, 2.0]
    assert [each["room"] for each in answer["standards"]] == [50, 65]
    # The east takes 20 from 600 m and 10 from 1,200 m; ten of these and the last three have the hall alone.
    assert parts(answer) == [50, 13, 5, 0]
    # The west has room for ten from 600 m, so that the east takes all from 1,200 m.
    assert parts(answer, 1) == [65, 3, 0, 0]
    assert answer["standards"][0]["share"] == 50 / 68
    west, east, hall, *others = answer["sites"]
    assert [(each["room"], each["taken"], each["full"]) for each in (west, east, hall)] == [
        (20, 20, True), (30, 30, True), (None, 13, None),
    ]  # fmt: skip
    assert hall["from_floor"] == 2
    assert [each["zone"] for each in answer["sites"]] == ["inside"] * 5 + ["outside"]
    assert not any(each["used"] or each["taken"] for each in others)
    assert west["overflowed_within_reach"] == 5
    # All to the nearest: 25 + 0 to the west, 20 + 20 to the east, 3 to the hall; 600 m is nearer to the east.
    nearest = answer["standards"][0]["nearest_only"]
    assert (nearest["turned_away"], nearest["sites"], nearest["room_unknown"]) == (5 + 10, 2, 3)
    towns = {each["town"]: each for each in answer["towns"]}
    assert next(iter(towns)) == "甲"
    assert [towns[each]["standards"][0]["overflowed"] for each in "甲乙丙"] == [5, 0, 0]
    assert towns["丙"]["zone_unknown"] == 2
    assert answer["site_counts"] == {
        "in_all": 6, "designated": 3, "not_designated": 1, "not_stated": 2, "used": 3, "with_known_room": 2,
        "in_zones": 3, "full": 2,
    }  # fmt: skip
    assert answer["designations"] is None
    assert "最大50人（73.5%）" in answer["headline"]
    assert "区域内か分からない人が2人" in answer["headline"]


def test_what_is_put_in_is_said_and_what_is_not_stated_stays_out() -> None:
    answer = by_hand(area_where_unknown_m2=35)
    assert parts(answer) == [60, 0, 8, 0]
    assert answer["sites"][2]["assumes_area"]
    assert any("35m2を仮に置いた" in note for note in answer["notes"])
    wider = by_hand(without_designation=True, reach_s=80)
    used = [each["name"] for each in wider["sites"] if each["used"]]
    assert used == ["西小", "東小", "公民館", "丘"], "not the temple, which lies in the zone"
    assert any("指定の記載がない所も" in each for each in wider["assumptions"])
    assert parts(by_hand(capacity_m2_per_person=1.75))[0] == 20 + 15
    assert by_hand(sites=points((0, {"capacity": 3})))["site_counts"]["designated"] == 1
    assert parts(by_hand(m2_per_person=[100]))[0] == 30, "a capacity of unknown standard is taken as it is"


def test_more_room_and_longer_walks_take_nobodys_place() -> None:
    before = 0.0
    for reach in (5, 20, 45, 62, 120):
        now = by_hand(reach_s=reach)
        assert sum(parts(now)) == now["people"]["in_zones"] == 68
        assert before <= parts(now)[0] <= parts(now, 1)[0]
        before = parts(now)[0]


def test_cells_partly_in_a_zone_and_partly_unknown() -> None:
    """A zone over the west half of a cell, the city's border through the east half of another."""
    one, two = MESH[0]["geometry"].bounds, MESH[1]["geometry"].bounds
    half = shapely.box(one[0], one[1], (one[0] + one[2]) / 2, one[3])
    town = small_town(hazard_flood=[flood("f", "maximum", 2, half)])
    found = outputs("shelter-capacity", town, hazard="hazard-flood", sites=SITES, straight_line_kph=KPH)
    answer = found["answer"]
    assert answer["people"]["in_zones"] == pytest.approx(50, abs=1 / 64)
    assert answer["people"]["zone_unknown"] == 0
    assert answer["demand"]["excluded"][0]["without_number"] == 1
    first = features_of(found)[0]["properties"]
    assert first["in_zones"] + first["outside"] == 100
    # With a boundary that ends in the middle of the second cell all its people are taken to live within it.
    border = shapely.box(135.30, 34.70, 135.40, two[1] + 0.6 * (two[3] - two[1]))
    districts = [{"id": "d1", "municipality_code": "28204", "name": "西宮市", "geometry": border}]
    flooded = flood("f", "maximum", 2, shapely.box(*two))
    town = small_town(hazard_flood=[flooded], districts=districts)
    answer = outputs("shelter-capacity", town, hazard="hazard-flood", sites=SITES, straight_line_kph=KPH)["answer"]
    assert answer["people"]["in_zones"] == 60


def test_an_outline_that_crosses_itself_covers_what_its_parts_cover() -> None:
    (west, north), half = (135.34, 34.745), 1e-3
    corners = [
        (west - half, north - half),
        (west + half, north + half),
        (west + half, north - half),
        (west - half, north + half),
    ]
    home = {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}
    given = points((0, {"weight": 8}))
    given["features"][0]["geometry"] = home
    people = by_hand(demand=given)["people"]
    assert people["total"] == people["in_zones"] == 8


def test_others_than_everybody_are_named() -> None:
    town = wet_town()
    asked = {"hazard": "hazard-flood", "sites": SITES, "straight_line_kph": KPH, "weight": "aged_75_plus"}
    answer = outputs("shelter-capacity", town, **asked)["answer"]
    assert answer["people"]["in_zones"] == 25
    assert "区域内の25人（75歳以上" in answer["headline"]


def test_unknown_is_never_outside() -> None:
    """Nothing is published of this scenario for the city: nobody is outside."""
    answer = by_hand(small_town(hazard_flood=[FLOOD[2]]))
    people = answer["people"]
    assert (people["in_zones"], people["outside"], people["zone_unknown"]) == (0, 0, 110)
    assert not answer["hazard"]["speaks_for_the_city"]
    assert any("安全を意味しない" in note for note in answer["notes"])
    planned = by_hand(scenario="planned")["people"]
    assert planned["in_zones"] == 0
    assert planned["outside"] == 108
    assert by_hand(minimum_rank=3)["people"]["in_zones"] == 68


LISTED: Rows = [
    {"id": "e1", "name": "西小", "for_flood": True, "capacity_text": "約1,200人",
     "geometry": shapely.Point(135.34, 34.74)},
    {"id": "e2", "name": "西小", "for_flood": None, "for_landslide": False, "capacity_text": None,
     "geometry": shapely.Point(135.3401, 34.74)},
    {"id": "e3", "name": "高台", "for_flood": None, "capacity_text": "屋内30、屋外50",
     "geometry": shapely.Point(135.365, 34.74)},
]  # fmt: skip


def test_designations_by_hazard_and_what_two_lists_say_of_one_site() -> None:
    town = wet_town(emergency_sites=LISTED, hazard_landslide=LANDSLIDE)
    answer = by_hand(town, sites="emergency-sites")
    assert [(each["name"], each["capacity"], each["used"]) for each in answer["sites"]] == [
        ("西小", 1200, True), ("高台", None, False),
    ]  # fmt: skip
    gaps = {each["hazard"]: each for each in answer["designations"]}
    assert len(gaps) == 8
    assert (gaps["flood"]["designated"], gaps["flood"]["not_stated"], gaps["flood"]["with_known_room"]) == (1, 1, 1)
    assert (gaps["landslide"]["designated"], gaps["landslide"]["not_designated"]) == (0, 1)
    assert any("崖崩れ、土石流及び地滑り" in note and "火山現象" in note for note in answer["notes"])
    none = by_hand(town, sites="emergency-sites", hazard="hazard-landslide", demand="population-mesh")
    assert none["site_counts"]["used"] == 0
    inside = {"type": "Polygon", "coordinates": [[[135.31, 34.77], [135.33, 34.77], [135.33, 34.79], [135.31, 34.77]]]}
    people = points((0, {"weight": 9}))
    people["features"][0]["geometry"]["coordinates"] = [135.32, 34.775]
    none = by_hand(town, sites="emergency-sites", hazard="hazard-landslide", demand=people, area=inside)
    assert parts(none) == [0, 0, 0, 9]
    assert "使える指定緊急避難場所が0か所" in none["headline"]


@pytest.mark.real_data
def test_the_real_city_has_none_for_three_hazards(real_data: Path) -> None:
    """Of 2025-10-27, and whatever its neighbours have designated (landslides: 50 sites) is theirs."""
    rows: Rows = []
    for path in sorted(real_data.glob("shelters/**/*emergency_28*.geojson")):
        for number, each in enumerate(json.loads(path.read_text("utf-8"))["features"]):
            about = each["properties"]
            flags = {f"for_{hazard}": about[name] == "1" or None for hazard, name, _ in DESIGNATED_HAZARDS}
            code = about["共通ID"][1:6]
            row = {"id": f"{path.stem}{number}", "name": about["施設・場所名"], "municipality_code": code, **flags}
            rows.append({**row, "geometry": shapely.geometry.shape(each["geometry"])})
    answer = by_hand(wet_town(emergency_sites=rows), sites="emergency-sites")
    assert answer["site_counts"]["in_all"] > 108
    assert {each["hazard"]: each["designated"] for each in answer["designations"]} == {
        "flood": 86, "landslide": 0, "storm_surge": 86, "earthquake": 22, "tsunami": 97, "large_fire": 22,
        "inland_flood": 0, "volcano": 0,
    }  # fmt: skip
    assert {each["not_designated"] for each in answer["designations"]} == {0}
    assert any("崖崩れ、土石流及び地滑り、内水氾濫、火山現象" in note for note in answer["notes"])
    assert any("市外" in note for note in answer["notes"])


def test_shelters_by_what_they_open_for() -> None:
    shelters: Rows = [
        {"id": "s1", "name": "体育館", "opens_for_storm_flood": True, "floor_area_m2": 350.0, "capacity": None,
         "geometry": shapely.Point(135.34, 34.74)},
        {"id": "s2", "name": "公民館", "opens_for_storm_flood": None, "floor_area_m2": 700.0, "capacity": 50,
         "geometry": shapely.Point(135.37, 34.74)},
    ]  # fmt: skip
    answer = by_hand(wet_town(shelters=shelters), sites="shelters", reach_s=300, without_designation=True)
    assert [(each["room"], each["used"]) for each in answer["sites"]] == [(100, True), (50, True)]
    assert parts(answer) == [68, 0, 0, 0]


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"hazard": "hazard-tsunami"}, "not loaded"),
        ({"hazard": "hazard-rain"}, "hazard"),
        ({"scenario": "biblical"}, "the scenarios of this hazard"),
        ({"sites": points((0, {"capacity": -1}))}, "0 or more"),
        ({"sites": points((0, {"floor_area_m2": "wide"}))}, "0 or more"),
        ({"sites": points((0, {"designated": "yes"}))}, "true, false or null"),
        ({"sites": "emergency-sites"}, "not loaded"),
        ({"sites": {"type": "FeatureCollection", "features": []}}, "no features"),
        ({"demand": points((0, {"weight": -1}))}, "0 or more"),
        ({"demand": "population-mesh", "weight": "households"}, "count people"),
        ({"sites": points((0, {"position_error_m": "far"}))}, "0 or more"),
        ({"keeps_out": True}, "straight"),
        ({"pace_mps": 1}, "straight"),
        ({"m2_per_person": [0]}, "m2_per_person"),
        ({"m2_per_person": []}, "m2_per_person"),
        ({"reach_s": -1}, "reach_s"),
        ({"profile": "pumper"}, "profile"),
    ],
)
def test_what_cannot_be_is_refused(inputs: dict[str, Any], told: str) -> None:
    with pytest.raises((ParameterError, UnanswerableError, ContentError), match=told):
        by_hand(**inputs)


def test_what_is_too_much_at_once_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assignment, "MOST_PAIRS", 1)
    with pytest.raises(
        TooMuchError, match=r"\d pairs .* 1 can be assigned .* reach_s below 62, .*population-areas"
    ) as told:
        by_hand()
    assert "reach_s をいまの62より短くする" in told.value.reason.ja


def test_frames_say_what_the_process_says() -> None:
    given = {name: value for name, value in GIVEN.items() if name not in ("sites", "demand", "hazard")}
    found = shelter_capacity("hazard-flood", frame(SITES).to_crs(6673), frame(PEOPLE), context=wet_town(), **given)
    plain = by_hand()
    for name in ("headline", "standards", "towns", "people"):
        assert found.answer[name] == plain[name]
    assert found.towns["overflowed_at_3.5_m2"].sum() == 5
    assert found.towns["total"].sum() == 117
    assert found.sites.loc["p0", "full"]
    assert found.demand["in_zones"].sum() == 68
    assert found.report.startswith("<!doctype html>")
    assert "場所のない人がいる" in folium_map(found).html
    about = frame(SITES).assign(position_error_m=5000.0)
    doubtful = shelter_capacity("hazard-flood", about, frame(PEOPLE), context=wet_town(), **given).sites
    assert set(doubtful["zone"]) <= {"inside", "unknown"} < {*found.sites["zone"], "unknown"}, "as places are not exact"


# --- on the roads of the sample city -----------------------------------------------------------------------------

ASKED: dict[str, Any] = {"hazard": "hazard-flood", "area_where_unknown_m2": 400, "reach_s": 900}


@pytest.fixture(scope="module")
def whole(city: Context) -> Any:
    return outputs("shelter-capacity", city, **ASKED)


def test_the_sums_hold_in_every_form(whole: Any) -> None:
    answer, features = whole["answer"], [each["properties"] for each in features_of(whole)]
    people, first = answer["people"], answer["standards"][0]
    assert people["total"] == sum(each["demand"] or 0 for each in features)
    assert people["total"] == sum(people[name] for name in ("in_zones", "zone_unknown", "outside", "excluded"))
    assert sum(parts(answer)) == sum(parts(answer, 1)) == people["in_zones"] > 50_000
    assert parts(answer)[0] < parts(answer, 1)[0]
    for name in ("in_zones", "assigned", "overflowed", "too_far"):
        assert sum(each[name] for each in features) == (people | first)[name]
    sites = [each["properties"] for each in json.loads(whole["sites"])["features"]]
    assert sites == answer["sites"]
    assert sum(each["taken"] for each in sites) == first["assigned"]
    assert all(each["taken"] <= each["room"] for each in sites if each["used"])
    *towns, total = rows_of(whole["table"])
    assert len(towns) == answer["towns_in_all"]
    for name in ("total", "in_zones", "assigned_at_2_m2", "overflowed_at_3.5_m2"):
        assert sum(float(each[name]) for each in towns) == float(total[name])
    page = whole["report"]
    for outside in ("src=", "href=", "url(", "@import", "<script"):
        assert outside not in page
    assert answer["headline"] in page
    gaps = {each["hazard"]: each["designated"] for each in answer["designations"]}
    assert gaps["flood"] == answer["site_counts"]["designated"]
    assert gaps["volcano"] == 0


def test_people_in_the_zones_are_those_of_exposure(city: Context, whole: Any) -> None:
    """But for cells at the coast and the border, whose people are taken to live on the city's ground."""
    told = processes()["exposure"].run({"hazard": "hazard-flood", "k": 3, "rounding": 1, "facilities": []}, city)
    exposed = told["exposure"]["population"]["totals"]["total"]
    assert whole["answer"]["people"]["in_zones"] == pytest.approx(exposed, rel=0.02)


def test_walks_are_those_of_the_fastest_route(city: Context) -> None:
    """Where the zones may be entered: to the nearest site by ``cost-matrix``, and the straight ends."""
    found = outputs("shelter-capacity", city, **{**ASKED, "keeps_out": False, "reach_s": 3600})
    kept_out = outputs("shelter-capacity", city, **{**ASKED, "reach_s": 3600})
    sites = [each for each in found["answer"]["sites"] if each["used"]]
    features, others = features_of(found), features_of(kept_out)
    whole_cells = [
        (each, other) for each, other in zip(features, others, strict=True)
        if each["properties"]["in_zones"] == each["properties"]["demand"] and each["properties"]["nearest_s"]
    ]  # fmt: skip
    random = np.random.default_rng(5)
    checked = 0
    for row in random.choice(len(whole_cells), 12, replace=False).tolist():
        each, other = whole_cells[row]
        (shape, *more) = shapely.get_parts(shapely.geometry.shape(each["geometry"]))
        told, kept = each["properties"]["nearest_s"], other["properties"]["nearest_s"]
        assert kept is None or told <= kept + 0.1, "keeping out is never quicker"
        if more or len(shape.exterior.coords) != 5:
            continue  # cells that were merged: the centre is that of the first
        answer = outputs(
            "cost-matrix", city, origins=[[shape.centroid.x, shape.centroid.y]], profile="walking",
            destinations=[[site["lon"], site["lat"]] for site in sites],
        )["answer"]  # fmt: skip
        on_roads = min(time for time in answer["travel_times_s"][0] if time is not None)
        assert on_roads - 0.2 <= told <= on_roads + 500
        checked += 1
    assert checked > 5


def test_examples_are_asked_as_they_stand() -> None:
    process = processes()["shelter-capacity"]
    for example in process.examples:
        for name, value in example.items():
            Draft202012Validator(dict(process.inputs[name].schema)).validate(value)

"""water-supply-coverage: figures worked by hand, cells square by square, and the sample city."""

import json
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from geo.crs import transform_xy
from geo.mesh import mesh_bounds
from layers.patterns import UNKNOWN
from services.ogc.errors import ContentError, ParameterError, UnanswerableError
from services.ogc.processes import processes
from services.ogc.processes._model import Context
from services.planning import water_supply_coverage
from tests.services.ogc.processes.planning import outputs, points, rows_of, small_town
from tests.services.ogc.processes.test_coverage import features_of
from tests.services.planning.test_frames import frame
from web_map import folium_map

WATER = points(
    (0, {"kind": "hydrant", "main_diameter_mm": 150}),
    (300, {"kind": "cistern", "capacity_m3": 40}),
    (600, {"kind": "hydrant"}),
    (900, {"kind": "cistern", "capacity_m3": 400, "pumps": 5}),
    (1500, {"kind": "cistern", "capacity_m3": 20}),
    (1800, {"kind": "cistern", "capacity_m3": 60, "condition": "out-of-service"}),
)
BUILDINGS = points(
    (90, {"weight": 1, "zone": "商業地域"}),  # hydrant within 100 m
    (410, {"weight": 2, "zone": "第一種住居地域"}),  # cistern within 120 m
    (410, {"weight": 4, "zone": "商業地域"}),  # too far for 100 m
    (590, {"weight": 8, "zone": "商業地域"}),  # a hydrant of which nothing is known
    (1035, {"weight": 16, "zone": "商業地域"}),  # an ample cistern within 140 m
    (1500, {"weight": 32, "zone": "商業地域"}),  # too small a cistern
    (1800, {"weight": 64, "zone": "商業地域"}),  # out of use
    (2000, {"weight": None, "zone": "商業地域"}),
)
GIVEN = {"sources": WATER, "demand": BUILDINGS, "built_up": True, "wind_m_s": 3.9}


def by_hand(**inputs: Any) -> dict[str, Any]:
    answer: dict[str, Any] = outputs("water-supply-coverage", small_town(), **{**GIVEN, **inputs})["answer"]
    return answer


def test_figures_worked_by_hand() -> None:
    answer = by_hand()
    water = answer["water"]
    assert [water[name] for name in ("total", "covered", "unknown", "uncovered", "excluded")] == [127, 19, 8, 100, 0]
    earthquake = answer["in_an_earthquake"]
    assert (earthquake["covered"], earthquake["unknown"], earthquake["uncovered"]) == (18, 0, 109)
    assert answer["by_hydrants_only"] == 1
    told = answer["sources_of_water"]
    assert [told[name] for name in ("in_all", "hydrants", "meeting", "unknown", "failing")] == [6, 2, 3, 1, 2]
    assert answer["demand"]["excluded"][0]["without_number"] == 1
    assert answer["hard_to_fight_fires"] is None
    assert any("消防活動困難区域は分からない" in note for note in answer["notes"])
    assert [each["gains"] for each in answer["next_cisterns"]["sites"]] == [64, 32, 8, 4]
    assert answer["next_cisterns"]["gain"] == 108 <= answer["next_cisterns"]["bound"]
    assert by_hand(without_hydrants=True)["water"] == earthquake


def test_what_is_not_known_asks_for_the_least_distance() -> None:
    windy = by_hand(wind_m_s=4.0)["water"]
    assert windy["covered"] == 16, "80 and 100 m leave the ample cistern alone"
    unknown = {name: value for name, value in GIVEN.items() if name != "wind_m_s"}
    assert outputs("water-supply-coverage", small_town(), **unknown)["answer"]["water"] == windy
    assert by_hand(built_up=False)["water"]["covered"] == 1 + 2 + 4 + 16


def test_cells_are_looked_at_square_by_square() -> None:
    found = outputs("water-supply-coverage", small_town(), sources=points((0, {"kind": "cistern", "capacity_m3": 40})))
    (first, *_) = features_of(found)
    west, south, east, north = mesh_bounds("5235028732")
    at = np.array(transform_xy(135.34, 34.74, 6668, 6673))
    inside = 0
    for row in range(8):
        for column in range(8):
            lon, lat = west + (column + 0.5) / 8 * (east - west), south + (row + 0.5) / 8 * (north - south)
            inside += np.hypot(*(np.array(transform_xy(lon, lat, 6668, 6673)) - at)) <= 80
    assert first["id"] == "5235028732"
    assert first["properties"]["covered"] == inside / 64
    answer = found["answer"]
    assert answer["water"]["total"] == 160
    assert answer["water"]["covered"] == sum(
        each["properties"]["demand"] * each["properties"]["covered"] for each in features_of(found)[:2]
    )
    towns = rows_of(found["table"])
    assert sum(float(each["total"]) for each in towns) == 160


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"sources": points((0, {"kind": "fountain"}))}, "no kind"),
        ({"sources": points((0, {"kind": "cistern", "capacity_m3": -1}))}, "0 or more"),
        ({"sources": "fire-water-sources"}, "No fire water sources are loaded"),
        ({"sources": {"type": "FeatureCollection", "features": []}}, "no features"),
        ({"demand": points((0, {"weight": 1, "zone": "農地"}))}, "zone"),
        ({"zone": "農地"}, "zone"),
        ({"demand": points((0, {"weight": 1, "built_up": "no"}))}, "built_up is true, false or null"),
        ({"wind_m_s": -1}, "0 or more"),
        ({"demand": points((0, {"weight": -1}))}, "0 or more"),
    ],
)
def test_what_cannot_be_is_refused(inputs: dict[str, Any], told: str) -> None:
    with pytest.raises((ParameterError, UnanswerableError, ContentError), match=told):
        by_hand(**inputs)


def test_frames_say_what_the_process_says() -> None:
    found = water_supply_coverage(
        frame(WATER).to_crs(6673), frame(BUILDINGS), context=small_town(), built_up=True, wind_m_s=3.9
    )
    assert found.answer["water"] == by_hand()["water"]
    assert found.towns["covered"].sum() == 19
    assert len(found.next_cisterns) == 4
    assert found.demand.loc["p0", "covered"] == 1
    classes = found.demand["result_class"]
    assert [classes[f"p{number}"] for number in range(8)] == [
        *("all", "all", "less", "unknown", "all", "less", "less", "excluded")
    ]
    (ground,) = found.drawings()[1:]
    assert ground.patterns["unknown"] is ground.patterns["excluded"] is UNKNOWN
    assert "#9e9ac8" in found.report
    assert "不明（確かなのは25％未満）" in folium_map(found).html


def test_the_sample_city_in_every_form(city: Context) -> None:
    process = processes()["water-supply-coverage"]
    for example in process.examples:
        for name, value in example.items():
            Draft202012Validator(dict(process.inputs[name].schema)).validate(value)
    found = outputs("water-supply-coverage", city, wind_m_s=2.5)
    answer = found["answer"]
    before, after = answer["with_hydrants"], answer["in_an_earthquake"]
    assert before["covered"] - after["covered"] == answer["by_hydrants_only"] > 0
    assert answer["sources_of_water"]["unknown"] > 700, "the public sees no volumes"
    hard = answer["hard_to_fight_fires"]
    assert sum(hard.values()) == before["covered"] + before["unknown"] + before["uncovered"]
    gains = [each["gains"] for each in answer["next_cisterns"]["sites"]]
    assert gains == sorted(gains, reverse=True)
    assert len(json.loads(found["layer"])["features"]) == answer["demand"]["points"]
    page = found["report"]
    for outside in ("src=", "href=", "url(", "@import", "<script"):
        assert outside not in page
    assert answer["headline"] in page


def test_along_roads_less_has_water_than_in_straight_lines(city: Context) -> None:
    """A hose is as long as the straight line or longer, so that nobody gains; what is left out is the same."""
    straight, along = (outputs("water-supply-coverage", city, wind_m_s=2.5, along_roads=each) for each in (False, True))
    for mode in ("with_hydrants", "in_an_earthquake"):
        near, far = straight["answer"][mode], along["answer"][mode]
        assert far["covered"] <= near["covered"]
        assert far["uncovered"] > near["uncovered"]
        assert (far["total"], far["excluded"]) == (near["total"], near["excluded"])
    assert 0 < along["answer"]["water"]["covered"] < straight["answer"]["water"]["covered"]
    cells = [
        {each["id"]: each["properties"] for each in json.loads(found["layer"])["features"]}
        for found in (straight, along)
    ]
    assert all(cells[1][key]["covered"] <= cells[0][key]["covered"] for key in cells[0])
    assert "道路に沿って" in along["answer"]["headline"]
    assert any("ホース" in each or "道に沿った" in each for each in along["answer"]["assumptions"])
    assert along["answer"]["hard_to_fight_fires"] == straight["answer"]["hard_to_fight_fires"]


def test_what_has_no_road_is_counted(city: Context) -> None:
    water = points(*((at, {"kind": "cistern", "capacity_m3": 40}) for at in (0, 30_000, 31_000)))
    homes = points((0, {"weight": 3}), (30_000, {"weight": 5}))
    answer = outputs("water-supply-coverage", city, sources=water, demand=homes, along_roads=True, language="en")[
        "answer"
    ]
    assert [answer["water"][name] for name in ("total", "covered", "uncovered")] == [8, 3, 5]
    assert any(each.startswith("2 sources have no road") for each in answer["notes"])
    assert any(each.startswith("A demand of 5 has no road") for each in answer["notes"])


def test_without_roads_nothing_is_said_of_distances_along_them() -> None:
    with pytest.raises(UnanswerableError, match="No roads are loaded"):
        by_hand(along_roads=True)

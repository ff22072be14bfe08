"""accessibility: figures worked by hand, moment by moment, and the sample city against the formula as it is printed."""

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import shapely
from jsonschema import Draft202012Validator

from services.ogc.errors import ContentError, ParameterError, UnanswerableError
from services.ogc.processes import processes
from services.ogc.processes._accessibility.classes import classed
from services.ogc.processes._model import Context
from services.planning import accessibility
from tests.services.ogc.processes.planning import KPH, outputs, points, rows_of, small_town
from tests.services.ogc.processes.test_coverage import features_of
from tests.services.ogc.processes.town import Rows
from tests.services.planning.test_frames import frame
from web_map import folium_map

OFFICE = {"open_days": "月火水木金", "opens_at": "09:00", "closes_at": "17:00"}
ALWAYS = {"open_days": "毎日", "opens_at": "00:00", "closes_at": "23:59"}
HOSPITALS = points(
    (0, {"name": "西病院", "supply": 10, **ALWAYS}),
    (1000, {"name": "東病院", "supply": 30, **OFFICE}),
    (1200, {"name": "新病院", "supply": None, **ALWAYS}),
    (1300, {"name": "古病院", "supply": 7, "open_days": "要問合せ"}),
)
PEOPLE = points(
    (100, {"weight": 100, "town": "甲"}),  # west
    (500, {"weight": 100, "town": "甲"}),  # both, and not the others
    (1100, {"weight": 200, "town": "乙"}),  # all but the west
    (1700, {"weight": 40, "town": "乙"}),  # the two of which something is not known
    (5000, {"weight": 60, "town": "丙"}),
    (100, {"weight": 7, "town": "丙", "reason": "施設入所"}),
    (100, {"weight": None, "town": "丙"}),
)
GIVEN: dict[str, Any] = {
    "facilities": HOSPITALS, "demand": PEOPLE, "straight_line_kph": KPH, "reach_s": 60, "weights": "2sfca",
}  # fmt: skip
MONDAY, NIGHT = "mon 10:00", "sun 03:00"


def by_hand(**inputs: Any) -> dict[str, Any]:
    answer: dict[str, Any] = outputs("accessibility", small_town(), **{**GIVEN, **inputs})["answer"]
    return answer


def test_figures_worked_by_hand() -> None:
    """By the clock on Monday: the west's 10 for 200 people, the east's 30 for 300; at night the west alone."""
    answer = by_hand(moments=[MONDAY, NIGHT])
    day, night = answer["moments"]
    assert [day[each] for each in ("open", "closed", "hours_unknown", "supply_unknown", "idle")] == [3, 0, 1, 2, 0]
    assert [night[each] for each in ("open", "closed", "hours_unknown", "supply_unknown")] == [2, 1, 1, 2]
    people = [day[each] for each in ("total", "reached", "perhaps", "unreached", "excluded")]
    assert people == [507, 400, 40, 60, 7]
    assert [night[each] for each in ("reached", "perhaps", "unreached")] == [200, 240, 60]
    assert day["supply_shared"] == 40
    assert day["per_1000"] == 80
    assert night["per_1000"] == 20
    # 50, 150 and 100 for 1,000 people in the three first places.
    towns = {each["town"]: each for each in answer["towns"]}
    assert (towns["甲"]["per_1000"], towns["甲"]["least_per_1000"]) == (100, 50)
    assert towns["乙"]["per_1000"] == round(100 * 200 / 240, 4)
    assert list(towns) == ["丙", "乙", "甲"]
    assert [each["per_1000"] for each in towns["甲"]["per_1000_by_moment"]] == [100, 50]
    everyone = np.repeat([50, 150, 100, 0, 0], [100, 100, 200, 40, 60])
    pairs = np.abs(everyone[:, None] - everyone).mean()
    assert day["gini"] == pytest.approx(pairs / 2 / everyone.mean(), abs=1e-6)
    assert day["share_below_half_the_mean"] == 100 / 500
    assert [each["per_1000"] for each in day["percentiles"]] == [0, 100, 150]
    west, east, new, old = answer["facilities"]
    assert (west["per_1000"], west["people_in_reach"], east["per_1000"]) == (50, 200, 100)
    assert (new["per_1000"], old["per_1000"], old["open"], new["open"]) == (None, None, None, True)
    assert answer["supply"]["known"] == 3
    assert "月曜日10:00に直線で1分以内" in answer["headline"]
    assert "60" in answer["headline"]
    assert any("1か所は供給" in note for note in answer["notes"])


def test_without_moments_hours_are_not_considered() -> None:
    (only,) = by_hand()["moments"]
    assert (only["moment"], only["open"], only["supply_unknown"]) == (None, 4, 1)
    assert only["supply_shared"] == 47
    assert only["unreached"] == 60
    assert any("考えていない" in note for note in by_hand()["notes"])


@pytest.mark.parametrize(
    ("weights", "at_10_s", "at_50_s"),
    [
        ("gaussian", np.exp(-((1 / 6) ** 2) / 2), np.exp(-((5 / 6) ** 2) / 2)),
        ("gradual", 1.0, 0.22),
        ("steep", 1.0, 0.09),
    ],
)
def test_what_is_farther_counts_less(weights: str, at_10_s: float, at_50_s: float) -> None:
    if weights == "gaussian":
        at_10_s, at_50_s = ((each - np.exp(-0.5)) / (1 - np.exp(-0.5)) for each in (at_10_s, at_50_s))
    one = points((0, {"supply": 10}))
    found = outputs("accessibility", small_town(), **{**GIVEN, "facilities": one, "weights": weights})
    rows = [each["properties"] for each in features_of(found)]
    ratio = 10 / (100 * at_10_s + 100 * at_50_s)
    assert rows[0]["per_1000"] == pytest.approx(1000 * ratio * at_10_s, rel=1e-3)
    assert rows[1]["per_1000"] == pytest.approx(1000 * ratio * at_50_s, rel=1e-3)
    assert found["answer"]["weights"]["reach_s"] == 60
    zones = [each["up_to_s"] for each in found["answer"]["weights"]["zones"]]
    assert zones == ([] if weights == "gaussian" else [20, 40, 60])


def test_layers_have_their_own_supply() -> None:
    medical: Rows = [
        {"id": f"m{number}", "name": name, "kind": kind, "beds": beds, "geometry": shapely.Point(135.34, 34.74)}
        for number, (name, kind, beds) in enumerate(
            (("病院", "hospital", 20), ("医院", "clinic-without-beds", None), ("診療所", "clinic", None))
        )
    ]
    town = small_town(
        medical_facilities=medical, aeds=[{"id": "a", "name": "駅", "geometry": shapely.Point(135.34, 34.74)}]
    )
    answer = outputs("accessibility", town, straight_line_kph=KPH)["answer"]
    assert [each["supply"] for each in answer["facilities"]] == [20, 0, None], "only of a 無床診療所 it is known"
    assert answer["weights"]["reach_s"] == 1800
    each = outputs("accessibility", town, straight_line_kph=KPH, supply="each", where={"kind": "clinic"})["answer"]
    assert (each["supply"]["total"], each["supply"]["facilities"]) == (1, 1)
    found = outputs("accessibility", town, straight_line_kph=KPH, facilities="aeds", moments=[MONDAY])["answer"]
    assert (found["weights"]["reach_s"], found["supply"]["property"]) == (300, "each")
    assert found["moments"][0]["perhaps"] == found["moments"][0]["total"] == 160, (
        "hours that are not known are not open"
    )


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"facilities": points((0, {"supply": -1}))}, "0 or more"),
        ({"facilities": points((0, {"supply": "many"}))}, "0 or more"),
        ({"facilities": points((0, {}))}, "missing"),
        ({"facilities": {"type": "FeatureCollection", "features": []}}, "no features"),
        ({"facilities": "aeds"}, "not loaded"),
        ({"facilities": "fire-stations"}, "facilities"),
        ({"where": {"kind": "hospital"}}, "layer only"),
        ({"moments": ["mon 24:00"]}, "moments"),
        ({"moments": ["someday"]}, "moments"),
        ({"weights": "linear"}, "weights"),
        ({"reach_s": 0}, "reach_s"),
        ({"demand": points((0, {"weight": 0}))}, "no demand counts"),
    ],
)
def test_what_cannot_be_is_refused(inputs: dict[str, Any], told: str) -> None:
    with pytest.raises((ParameterError, UnanswerableError, ContentError), match=told):
        by_hand(**inputs)


def test_a_supply_that_the_layer_does_not_have() -> None:
    aeds: Rows = [{"id": "a", "name": "駅", "geometry": shapely.Point(135.34, 34.74)}]
    with pytest.raises(ParameterError, match="one of each"):
        outputs("accessibility", small_town(aeds=aeds), straight_line_kph=KPH, facilities="aeds", supply="name")


def test_frames_say_what_the_process_says() -> None:
    given = {name: value for name, value in GIVEN.items() if name not in ("facilities", "demand")}
    found = accessibility(
        frame(HOSPITALS).to_crs(6673), frame(PEOPLE), context=small_town(), moments=[MONDAY, NIGHT], **given
    )
    plain = by_hand(moments=[MONDAY, NIGHT])
    assert found.answer["headline"] == plain["headline"]
    assert found.answer["moments"] == plain["moments"]
    assert list(found.moments["per_1000"]) == [80, 20]
    assert found.towns["total"].sum() == 507
    assert found.demand.loc["p3", "state"] == "perhaps"
    assert list(found.demand["per_1000_at_sun_0300"][:3]) == [50, 50, 0]
    assert found.towns["per_1000_at_sun_0300"].max() == 50
    assert found.facilities["supply"].isna().sum() == 1
    assert found.report.startswith("<!doctype html>")
    _, people = found.drawings()
    classes = {each.value: each.title.en for each in people.style.classes}
    drawn = people.frame["result_class"].map(classes)
    assert drawn["p3"] == "not known whether there is any"
    assert (drawn["p4"], drawn["p5"]) == ("none in reach", "excluded (not computed)")
    assert "あるか分からない" in folium_map(found).html


# --- on the roads of the sample city -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(city: Context) -> Any:
    return outputs("accessibility", city, where={"kind": "hospital"}, weights="gradual", moments=[MONDAY, NIGHT])


def test_the_sums_hold_in_every_form(whole: Any) -> None:
    answer, features = whole["answer"], [each["properties"] for each in features_of(whole)]
    first, night = answer["moments"]
    assert first["total"] == sum(each["demand"] or 0 for each in features)
    for state in ("reached", "perhaps", "unreached"):
        counted = [each["demand"] for each in features if each["state"] == state and not each["excluded"]]
        assert first[state] == sum(counted)
    *towns, total = rows_of(whole["table"])
    assert sum(float(each["total"]) for each in towns) == float(total["total"]) == first["total"]
    assert [each["town"] for each in answer["towns"]] == [each["town"] for each in towns[:20]]
    means = [float(each["per_1000"]) for each in towns if each["per_1000"]]
    assert means == sorted(means)
    # Nothing of the supply is lost or made: what people have is what open facilities offer.
    had = sum(each["per_1000"] * each["demand"] for each in features if not each["excluded"]) / 1000
    assert had == pytest.approx(first["supply_shared"], rel=1e-3)
    assert 0 < night["open"] < first["open"] + first["hours_unknown"]
    assert 0 < first["gini"] < 1
    page = whole["report"]
    for outside in ("src=", "href=", "url(", "@import", "<script"):
        assert outside not in page
    assert answer["headline"] in page
    assert json.loads(whole["layer"])["fictitious"]


def test_the_index_is_that_of_the_paper_on_the_times_of_cost_matrix(city: Context) -> None:
    """All cells to three hospitals that are given: steps 1 and 2 written out."""
    where = [[135.3415, 34.7376], [135.36, 34.72], [135.33, 34.76]]
    given = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "id": str(number), "properties": {"supply": 10 * (number + 1)},
             "geometry": {"type": "Point", "coordinates": place}}
            for number, place in enumerate(where)
        ],
    }  # fmt: skip
    random = np.random.default_rng(2)
    homes = random.uniform([135.33, 34.72], [135.37, 34.76], (25, 2)).round(6).tolist()
    people = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "id": str(number), "properties": {"weight": number + 1, "town": "甲"},
             "geometry": {"type": "Point", "coordinates": place}}
            for number, place in enumerate(homes)
        ],
    }  # fmt: skip
    found = outputs("accessibility", city, facilities=given, demand=people, weights="steep", reach_s=600)
    told = outputs("cost-matrix", city, origins=homes, destinations=where, profile="car")["answer"]["travel_times_s"]
    times = np.array([[np.inf if each is None else each for each in row] for row in told])
    weights = np.where(times <= 200, 1.0, np.where(times <= 400, 0.42, np.where(times <= 600, 0.09, 0.0)))
    ratios = np.array([10, 20, 30]) / (weights * np.arange(1, 26)[:, None]).sum(axis=0)
    index = [each["properties"]["per_1000"] for each in features_of(found)]
    assert index == pytest.approx(1000 * (weights * ratios).sum(axis=1), rel=1e-3)


def test_examples_are_asked_as_they_stand() -> None:
    process = processes()["accessibility"]
    for example in process.examples:
        for name, value in example.items():
            Draft202012Validator(dict(process.inputs[name].schema)).validate(value)


def test_where_nobody_has_anything_nobody_has_as_much_as_the_mean() -> None:
    first = SimpleNamespace(
        found=SimpleNamespace(index=np.zeros(3)),
        mean=0.0,
        reached=np.array([True, False, False]),
        perhaps=np.array([False, True, False]),
    )
    people: Any = SimpleNamespace(demand=SimpleNamespace(weights=np.ones(3), counts=np.ones(3, bool)))
    found: Any = SimpleNamespace(first=first)
    assert classed(found, people).values == ("less", "unknown", "none")

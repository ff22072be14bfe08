"""What holds now at a place: orders before all else, closures near by and on the way; nothing known is never safe."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import geopandas as gpd
import pytest
from jsonschema import Draft202012Validator
from shapely.geometry import Point, box

from geo.travel.closing import Closure, closed_by
from geo.travel.conditions import Conditions, closed_off
from layers import evacuation_orders
from layers.translations import languages
from services.ogc.analysis.frames import FrameLayers
from services.ogc.processes import processes
from services.ogc.processes._model import Context
from services.routing.closures import Notice
from tests.geo.travel.streets import position
from tests.services.ogc.processes import places
from tests.services.ogc.processes.holding import NOW, closure, order, town
from tests.services.ogc.processes.places import answer, every
from tests.services.ogc.processes.town import CITY

HERE = list(position(210, 110))
SCHEMA = processes()["answer-card"].outputs["answer"].schema
AROUND = box(*position(100, 0), *position(300, 200))
FAR = box(*position(500, 500), *position(600, 600))


# --- orders -----------------------------------------------------------------------------------------------------


def test_the_gravest_order_for_the_place_comes_first_and_says_all_about_itself() -> None:
    found = answer(
        town([order("a", 3, AROUND), order("b", 5, AROUND), order("c", 4, FAR), order("x", 5, AROUND, exercise=True)]),
        location=HERE,
    )["orders"]
    assert [(each["id"], each["level"], each["certain"]) for each in found["here"]] == [
        ("b", 5, True),
        ("a", 3, True),
        ("x", 5, True),
    ], "an exercise comes behind what is meant"
    assert found["elsewhere"] == 1
    gravest = found["here"][0]
    assert gravest["title"] == "警戒レベル5 緊急安全確保"
    assert gravest["action"] == "命の危険 直ちに安全確保！"
    assert (gravest["hazard"]["title"], gravest["reason"], gravest["until"]) == ("洪水", "甲川の水位上昇", None)
    assert (gravest["position_quality"], gravest["source"]) == ("edited", "西宮市")
    assert "2026-09-01 12:00現在" in found["text"]


def test_an_order_begins_with_its_first_moment_and_ends_before_its_last() -> None:
    at = [NOW]
    spell = {"from": NOW.isoformat(), "until": (NOW + timedelta(hours=1)).isoformat()}
    where = town([order("a", 4, AROUND, **spell)], clock=lambda: at[0])
    for moment, holds in (
        (NOW - timedelta(microseconds=1), False),
        (NOW, True),
        (NOW + timedelta(hours=1, microseconds=-1), True),
        (NOW + timedelta(hours=1), False),
        (NOW, True),  # a clock may be set back
    ):
        at[0] = moment
        assert bool(answer(where, location=HERE)["orders"]["here"]) is holds, moment


def test_a_place_known_by_its_town_may_lie_in_the_area() -> None:
    lon, lat = position(0, 0)
    half = box(lon - 1, lat - 1, 135.33, lat + 1)  # the point of 石在町 lies on its edge
    (found,) = answer(town([order("a", 4, half)]), query="石在町3-1")["orders"]["here"]
    assert found["certain"] is False


@pytest.mark.parametrize("language", languages())
def test_no_order_known_is_not_safe_and_not_kept_is_said_otherwise(language: str) -> None:
    none = answer(town([]), location=HERE, language=language)["orders"]
    unkept = answer(town(), location=HERE, language=language)["orders"]
    assert (none["known"], unkept["known"]) == (True, False)
    assert none["here"] == unkept["here"] == []
    assert none["text"] != unkept["text"]
    assert "2026-09-01 12:00" in none["text"]
    safe = {"ja": "安全という意味ではない", "en": "does not mean safe"}
    if language in safe:
        assert safe[language] in none["text"]
        assert safe[language] in unkept["text"]


@pytest.mark.parametrize("language", languages())
def test_all_of_it_fits_its_schema(language: str) -> None:
    where = town([order("a", 4, AROUND), order("b", 3, FAR)], [closure("k", Point(HERE), depth_m=0.4)])
    for asked in ({"location": HERE}, {"query": "名塩"}, {"query": "ほげ"}):
        Draft202012Validator(dict(SCHEMA)).validate(answer(where, **asked, language=language))


def test_where_no_one_place_is_meant_the_orders_of_the_city_are_told() -> None:
    found = answer(town([order("a", 4, AROUND), order("b", 3, FAR)]), query="名塩")
    assert found["outcome"] == "choose"
    assert [each["id"] for each in found["orders"]["here"]] == ["a", "b"]


def test_orders_are_read_once_for_each_state_of_their_layer() -> None:
    class Counting(FrameLayers):
        asked = 0

        def features(self, layer_id: str, **options: Any) -> Any:
            self.asked += layer_id == evacuation_orders.LAYER.id
            return super().features(layer_id, **options)

    frames = every()
    frames[evacuation_orders.LAYER.id] = gpd.GeoDataFrame([order("a", 4, AROUND)], geometry="geometry", crs=6668)
    layers = Counting(frames)
    options: Any = {"roads": places.Streets(), "clock": lambda: NOW}
    where = Context(layers, CITY, **options)
    for _ in range(3):
        assert answer(where, location=HERE)["orders"]["here"]
    assert layers.asked == 1


# --- closures ---------------------------------------------------------------------------------------------------


def test_closures_near_by_are_told_with_reason_and_times_the_nearest_first() -> None:
    closures = [
        closure("far", Point(*position(4_000, 4_000))),
        closure("b", Point(*position(600, 110)), name="乙橋", reason="roadworks", until="2026-09-02T00:00:00+09:00"),
        closure("a", Point(*position(300, 110)), depth_m=0.4),
        closure("over", Point(HERE), until=NOW.isoformat()),
    ]
    found = answer(town(closures=closures), location=HERE)["closures"]
    assert [(each["id"], round(each["distance_m"])) for each in found["near"]] == [("a", 90), ("b", 390)]
    assert found["others"] == 1
    assert found["near"][0]["text"] == "冠水、水深0.4m、2026-09-01 10:00から、当分の間"
    assert found["near"][1]["text"] == "通行止め、工事、2026-09-01 10:00から、2026-09-02 00:00まで"


def test_no_closure_known_and_none_kept_are_told_apart() -> None:
    none = answer(town(closures=[]), location=HERE)["closures"]
    unkept = answer(town(), location=HERE)["closures"]
    assert (none["known"], unkept["known"]) == (True, False)
    assert "確認されていない通行止めや冠水もあり得る" in none["text"]
    assert "分からない" in unkept["text"]


@dataclass(frozen=True)
class ClosedStreets(places.Streets):
    """The streets under closures."""

    drawn: tuple[Closure, ...] = ()

    def conditions(self, _profile_id: str, *, metric: bool = True) -> Conditions:  # noqa: ARG002
        free = places.streets()
        return closed_off(free, closed_by(free.topology, self.drawn, "walking"))

    def without_closures(self, _now: Conditions) -> Conditions:
        return places.streets()

    def notice(self, closure_id: str) -> Notice:
        return Notice(NOW, None, f"橋{closure_id}", "flooding")

    def knows_closures(self) -> bool:
        return True


def test_the_closure_that_the_way_keeps_off_is_named_and_one_that_cuts_all_ways_too() -> None:
    free = answer(town(), location=HERE)
    nearest = {each["type"]: each["sites"] for each in free["hazards"]}["flood"]
    assert nearest["closures"] == []
    first = nearest["nearest"][0]["walk"]
    on_way = Closure("k", box(*position(190, 20), *position(210, 80)))
    found = answer(town(roads=ClosedStreets((on_way,))), location=HERE)
    sites = {each["type"]: each["sites"] for each in found["hazards"]}["flood"]
    assert [(each["id"], each["effect"]) for each in sites["closures"]] == [("k", "avoided")]
    assert sites["closures"][0]["text"].startswith("通行止め「橋k」（冠水、当分の間）")
    assert sites["nearest"][0]["walk"]["travel_time_s"] >= first["travel_time_s"]
    ring = Closure("r", box(*position(50, 50), *position(350, 250)).boundary)
    cut = answer(town(roads=ClosedStreets((ring,))), location=HERE)
    sites = {each["type"]: each["sites"] for each in cut["hazards"]}["flood"]
    assert sites["nearest"] == []
    assert sites["refusal"]
    assert [(each["id"], each["effect"]) for each in sites["closures"]] == [("r", "in-the-way")]


def test_a_site_that_is_closed_is_named_with_its_time() -> None:
    frames = every()
    rows: Any = [
        {
            "id": "o1",
            "common_id": "s1",
            "status": "closed",
            "updated_at": (NOW - timedelta(hours=1)).isoformat(),
            "geometry": Point(HERE),
        }
    ]
    frames["site-status"] = gpd.GeoDataFrame(rows, geometry="geometry", crs=6668)
    where = replace(town(), layers=FrameLayers(frames))
    sites = {each["type"]: each["sites"] for each in answer(where, location=HERE)["hazards"]}["flood"]
    assert sites["closed"] == [{"name": "甲小学校", "text": "閉鎖されている（2026-09-01 11:00現在）。"}]

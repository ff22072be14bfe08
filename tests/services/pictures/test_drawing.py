"""Pictures of the surroundings of a place in the town of squares: what is on them, and what they say of what is not."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from layers.catalogue import catalogue
from layers.model import Text
from layers.patterns import patterns_of
from layers.translations import languages
from services.http.around import code_of
from services.ogc.errors import UnanswerableError
from services.ogc.processes._place import Place
from services.pictures.drawing import SHAPE, picture
from services.pictures.surroundings import Reached, ground_layers, surroundings
from tests.geo.travel.streets import position
from tests.services.ogc.processes.places import answer, context

HERE = position(210, 110)
FLOOD = catalogue()["hazard-flood"]


def drawn(layer_id: str = "hazard-flood", language: str = "ja", *, without: str = "", error_m: float = 0.0) -> str:
    town = context(without=without).speaking(language)
    return picture(surroundings(Place(*HERE, error_m=error_m), catalogue()[layer_id], SHAPE, town), language)


def words(svg: str) -> str:
    return " ".join(ElementTree.fromstring(svg).itertext())  # noqa: S314 - our own


def test_it_shows_the_official_colours_with_their_patterns_the_place_the_sites_and_the_ways() -> None:
    svg = drawn()
    for key in ("depth-2", "depth-3"):
        (entry,) = (each for each in FLOOD.style.classes if each.value == key)
        assert f'fill="{entry.color}"' in svg
        assert f"url(#{patterns_of(FLOOD)[key].id})" in svg
    assert "depth-1" not in svg
    said = words(svg)
    for name in ("甲小学校", "乙公園", "戊公園", "洪水浸水想定区域", "色がない＝安全、ではありません", "国土数値情報"):
        assert name in said
    assert svg.count('stroke="#0b57d0"') == 3


def test_sites_and_ways_are_those_of_the_card_in_its_order() -> None:
    around = surroundings(Place(*HERE), FLOOD, SHAPE, context())
    card = answer(context(), location=list(HERE), language="ja")
    (flood,) = (each for each in card["hazards"] if each["id"] == FLOOD.id)
    told = [(each["site"]["name"], each["walk"]["minutes"]) for each in flood["sites"]["nearest"]]
    assert [(each.name, each.minutes) for each in around.sites] == told
    for each in around.sites:
        (x, y), box = each.at, around.frame.box.bounds
        assert box[0] <= x <= box[2]
        assert box[1] <= y <= box[3]


def test_what_holds_for_a_time_is_not_drawn_where_there_is_no_clock() -> None:
    drawn = ground_layers()
    assert "roads" in {each.id for each in drawn}
    assert [each.id for each in drawn if each.holds is not None] == []  # an order that was lifted looked like one


def test_a_hazard_without_data_is_hatched_and_said_to_be_unknown() -> None:
    svg = drawn(without="hazard-flood")
    assert 'fill="url(#unknown)"' in svg
    assert "不明です。安全という意味ではありません" in words(svg)


def test_where_there_is_no_colour_it_says_that_this_is_not_safe() -> None:
    said = words(drawn("hazard-landslide"))
    assert "色はありません" in said
    assert "安全という意味ではありません" in said


def test_without_roads_the_sites_are_shown_and_no_way() -> None:
    town = context(roads=_NoRoads())
    around = surroundings(Place(*HERE), FLOOD, SHAPE, town)
    assert len(around.sites) == 3
    assert all(not each.way and each.minutes is None for each in around.sites)


class _NoRoads:
    def conditions(self, _profile_id: str, *, metric: bool = True) -> object:  # noqa: ARG002

        raise UnanswerableError(Text("道路がない。", "No roads."))


@pytest.mark.parametrize("language", languages())
def test_it_is_a_document_in_every_language_and_without_readings(language: str) -> None:
    svg = drawn(language=language, error_m=120)
    assert ElementTree.fromstring(svg).get("lang") == language  # noqa: S314 - our own
    assert "《" not in svg
    assert "stroke-dasharray" in svg  # the circle that the true place lies in
    assert len(svg) < 20_000


def test_names_are_never_markup() -> None:
    around = surroundings(Place(*HERE), FLOOD, SHAPE, context())
    evil = Reached("<script>&", around.sites[0].at, (), None)
    svg = picture(replace(around, sites=(evil,)), "ja")
    assert "<script>" not in svg
    assert "<script>&" in words(svg)


def test_the_code_is_one_of_the_address() -> None:
    one, other = code_of("https://bousai.city.example/?lon=135.1"), code_of("https://bousai.city.example/?lon=135.2")
    assert one == code_of("https://bousai.city.example/?lon=135.1")
    assert one != other
    assert ElementTree.fromstring(one).tag.endswith("svg")  # noqa: S314 - our own

"""What the comparison of servers rests on: the check of answers, and the arithmetic of speeds."""

import json

import pytest
from shapely import Point

from tests.benchmarks.comparison import answers
from tests.benchmarks.measures import Comparison, Measure, Speed
from tests.web_map import vector_tiles


def page(*ids: str, matched: int = 9, **properties: object) -> bytes:
    features = [{"id": each, "geometry": None, "properties": {"name": each, **properties}} for each in ids]
    return json.dumps({"features": features, "numberMatched": matched}).encode()


def test_pages_are_the_same_but_for_an_id_among_the_properties() -> None:
    assert answers.same_page(page("b1", "b2"), page("b1", "b2", id="x"))


@pytest.mark.parametrize("other", [page("b2", "b1"), page("b1"), page("b1", "b2", more=1)])
def test_pages_differ_in_order_number_or_properties(other: bytes) -> None:
    assert not answers.same_page(page("b1", "b2"), other)


def test_counted_pages_differ_in_their_count_too() -> None:
    assert answers.same_counted_page(page("b1"), page("b1"))
    assert not answers.same_counted_page(page("b1"), page("b1", matched=8))
    assert not answers.same_counted_page(page("b1"), page("b2"))


def test_pages_for_people_show_features() -> None:
    assert answers.same_html(b"<td>b00000001</td>", b'<a href="items/b00000001">')
    assert not answers.same_html(b"<p>error</p>", b"<p>error</p>")


@pytest.mark.parametrize(("ours", "theirs", "alike"), [(40, 40, True), (40, 39, True), (40, 20, False), (0, 0, False)])
def test_tiles_are_the_same_by_what_they_draw(ours: int, theirs: int, alike: bool) -> None:
    def tile(count: int) -> bytes:
        return vector_tiles.tile("a", [(Point(0.1, 0.1), {"name": f"名称{n}", "n": n}) for n in range(count)], 0, 0, 0)

    assert answers.same_tile(tile(ours), tile(theirs)) is alike


def test_rounds_become_one_speed() -> None:
    both = Speed.of([Speed(300, 1, 2, 10), Speed(100, 1, 6, 30)])
    assert both == Speed(400, 2, 3, 15)
    assert both.per_second == 200


def test_a_ratio_needs_both_speeds() -> None:
    fast, slow, none = Speed(1000, 1, 1, 1), Speed(100, 1, 1, 1), Speed(0, 1, 0, 0)
    found = Comparison("page", {"ours": fast, "stock": slow, "tipg": "not offered", "idle": none})
    assert [found.ratio(peer) for peer in ("stock", "tipg", "idle", "unknown")] == [10, None, None, None]


@pytest.mark.parametrize(
    ("measure", "reached"),
    [
        (Measure("a", 2, "s"), None),
        (Measure("a", 2, "s", limit=2), True),
        (Measure("a", 2.1, "s", limit=2), False),
        (Measure("a", 2, "s", floor=2), True),
        (Measure("a", 1.9, "s", floor=2), False),
    ],
)
def test_bounds_are_inclusive(measure: Measure, reached: bool | None) -> None:
    assert measure.reached is reached

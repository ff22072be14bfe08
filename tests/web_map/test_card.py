"""The answer page as HTML: complete without a script, escaped, in the asker's language, and small."""

import re
from html.parser import HTMLParser

import brotli
import pytest

from layers.translations import languages
from tests.web_map import cards
from web_map.card import CardAsked, CardUrls, card_view
from web_map.pages import STATIC_FOLDER

FIRST_LOAD_BYTES = 30 * 1024


class Outline(HTMLParser):
    """Tags with their attributes, headings with their level, and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[int] = []
        self.text = ""
        self.feed(html)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_data(self, data: str) -> None:
        self.text += data

    def count(self, tag: str) -> int:
        return sum(each == tag for each, _ in self.tags)


def drawn(name: str, language: str = "ja") -> Outline:
    return Outline(cards.page(name, language))


def test_the_card_says_state_depth_floor_advice_sites_way_source_and_date() -> None:
    text = drawn("inside").text
    for said in (
        "洪水：区域の中",
        "浸水の深さ 3m以上5m未満：2階床上～軒下浸水。",
        "水につからないと見込まれるのは3階から上（1階は地上階）。",
        "(甲川)",
        "災害の危険があるので、原則として、自宅の外に避難が必要です。",
        "警戒レベル4「避難指示」で危険な場所から全員避難。",
        "甲小学校",
        "歩いて約4分",
        "2階以上へ",
        "開いているかは分からない。",
        "メートル進む。",
        "崖崩れ、土石流及び地滑り：区域の外",
        "火山現象：不明",
        "「区域の外」も「不明」も、安全という意味ではありません。",
        "この答えの時刻 2026-09-01 12:00",
    ):
        assert said in text, said


def test_what_is_unknown_comes_before_what_is_outside_and_after_what_is_inside() -> None:
    text = drawn("inside").text
    order = [text.index(each) for each in ("危険が想定されている災害", "分かっていない災害", "想定区域の外にある災害")]
    assert order == sorted(order)


def test_advice_that_all_of_a_group_share_is_said_once() -> None:
    assert (
        drawn("outside").text.count("着色されていないところでも災害が起こる可能性があります。色が塗られていなくても")
        == 1
    )


@pytest.mark.parametrize("name", ["elsewhere", "choices", "nothing", "other-city", *cards.PROBLEMS])
def test_a_page_without_an_answer_never_looks_safe(name: str) -> None:
    text = drawn(name).text
    assert "区域の外（" not in text
    assert "：区域の外" not in text
    if name != "choices":
        assert "安全という意味ではありません" in text or "国土交通省" in text or "200文字" in text


def test_the_choices_lead_to_one_place_each() -> None:
    links = [attributes["href"] or "" for tag, attributes in drawn("choices").tags if tag == "a"]
    chosen = [link for link in links if "q=%E5%90%8D%E5%A1%A9" in link and "%E4%B8%81%E7%9B%AE" in link]
    assert len(chosen) == 4
    assert all(link.startswith("/?q=") and link.endswith("lang=ja") for link in chosen)


def test_another_city_is_named_as_such_with_where_to_ask() -> None:
    page = drawn("other-city")
    assert "この市の住所ではありません" in page.text
    assert ("a", {"href": "https://disaportal.gsi.go.jp/", "rel": "noopener"}) in page.tags


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", cards.NAMES)
def test_every_page_is_a_whole_document_in_its_language(name: str, language: str) -> None:
    html = cards.page(name, language)
    page = Outline(html)
    assert ("html", {"lang": language}) in page.tags
    for landmark in ("header", "main", "footer", "nav", "search", "h1"):
        assert page.count(landmark) >= 1, landmark
    assert page.count("h1") == page.count("main") == 1
    jumps = [after - before for before, after in zip(page.headings, page.headings[1:], strict=False)]
    assert max(jumps, default=0) <= 1
    ids = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    for _, attributes in page.tags:
        for reference in ("aria-labelledby", "aria-describedby", "for"):
            if attributes.get(reference):
                assert attributes[reference] in ids
        assert "style" not in attributes
        assert not any(each.startswith("on") for each in attributes)
    assert page.count("style") == 0
    scripts = [attributes for tag, attributes in page.tags if tag == "script"]
    assert [each["src"] for each in scripts] == ["/static/card.mjs"]
    assert not re.search(r"\{[a-z_]+\}|[《》]", page.text)
    links = {attributes.get("hreflang") for tag, attributes in page.tags if tag == "a" and attributes.get("hreflang")}
    assert links == set(languages())


def test_what_people_write_is_never_markup() -> None:
    html = cards.page("nothing", "ja")
    assert "alert(1)</script>" not in html
    assert 'value="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in html


def test_the_address_holds_all_that_was_asked_in_every_language() -> None:
    asked = CardAsked("甲 & 乙=丙#", 135.5, 34.25)
    assert asked.address(CardUrls(), "ko") == (
        "/?q=%E7%94%B2+%26+%E4%B9%99%3D%E4%B8%99%23&lon=135.500000&lat=34.250000&lang=ko"
    )
    assert CardAsked().address(CardUrls(), "ja") == "/?lang=ja"


def test_readings_stand_over_words_and_not_in_labels() -> None:
    html = cards.page("inside", "ja-x-yasashii")
    assert "<ruby>区域<rp>(</rp><rt>くいき</rt><rp>)</rp></ruby>" in html
    for attribute in re.findall(r'(?:aria-label|content|data-\w+|value)="([^"]*)"', html):
        assert "《" not in attribute
        assert "<" not in attribute
    assert "《" not in html


@pytest.mark.parametrize("language", languages())
def test_the_first_load_is_small(language: str) -> None:
    files = [STATIC_FOLDER / "card.css", STATIC_FOLDER / "card.mjs", STATIC_FOLDER / "icon.svg"]
    loaded = [cards.page("inside", language).encode(), *(file.read_bytes() for file in files)]
    assert sum(len(brotli.compress(each, quality=5)) for each in loaded) <= FIRST_LOAD_BYTES


def test_the_page_knows_no_hazard_by_name() -> None:
    """A hazard that was never heard of is drawn like any other."""
    hazard = {
        "id": "hazard-comet",
        "type": "comet",
        "title": "隕石",
        "name": "隕石",
        "state": "unknown",
        "possible_states": ["unknown"],
        "scenarios": [],
        "what_to_do": [],
        "sites": None,
    }
    answer = {
        "text": "",
        "outcome": "found",
        "choices": [],
        "total": 1,
        "place": {"title": "x", "lon": 135.0, "lat": 34.0},
        "orders": {},
        "closures": {},
        "hazards": [hazard],
        "notes": [],
        "sources": [],
        "fictitious": False,
        "answered_at": "2026-09-01T00:00:00+00:00",
    }
    (group,) = card_view(answer, CardUrls(), "ja")["groups"]
    assert group["state"] == "unknown"
    assert [each["name"] for each in group["hazards"]] == ["隕石"]


def test_orders_stand_above_all_else_with_level_name_action_and_times() -> None:
    page = drawn("orders")
    text = page.text
    assert (
        text.index("警戒レベル5 緊急安全確保") < text.index("警戒レベル4 避難指示") < text.index("この場所の災害リスク")
    )
    for said in (
        "命の危険 直ちに安全確保！",
        "【訓練】これは訓練です。",
        "発令2026-09-01 11:00",
        "解除解除されるまで有効",
        "解除2026-09-01 15:00",
        "出典：西宮市 (位置の質：職員が指定した座標) 架空データ",
        "2026-09-01 12:00現在、この場所に避難情報が出ている。市内のほかの場所に出ている避難情報：1件。",
        "甲橋 冠水、水深0.4m、2026-09-01 10:00から、当分の間",
    ):
        assert said in text, said


@pytest.mark.parametrize("name", ["inside", "home", "choices", "nothing"])
def test_where_no_order_is_known_the_page_says_that_this_is_not_safe(name: str) -> None:
    assert "避難情報が発令されているかどうかは、ここでは分からない。安全という意味ではない。" in drawn(name).text

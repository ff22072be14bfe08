"""The answer page in a real Chromium: no barrier that axe finds, at any size, in any colours, on paper, by keyboard."""

import re
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from layers.translations import languages
from tests.web_map import cards
from tests.web_map.conftest import AXE, Server, Visit

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
REVIEWED: frozenset[str] = frozenset()
"""Rules of axe's incomplete list that a person has looked at: none is left."""


@cache
def axe() -> str:
    return AXE.read_text(encoding="utf-8")


def barriers(page: Page) -> dict[str, Any]:
    """What axe finds and what it leaves to be looked at, by rule with the first element."""
    page.evaluate(axe())
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations', 'incomplete']})", RULES
    )
    return {
        each["id"]: each["nodes"][0]["html"][:200]
        for kind in ("violations", "incomplete")
        for each in found[kind]
        if kind == "violations" or each["id"] not in REVIEWED
    }


def test_axe_finds_nothing_on_any_page_in_any_language(server: Server, visit: Visit) -> None:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for language in languages():
        found |= {("inside", language): barriers(visit.card(server, "inside", language))}
    for name in cards.NAMES:
        found |= {(name, "ja"): barriers(visit.card(server, name))}
    assert {page: each for page, each in found.items() if each} == {}
    assert visit.complaints == []
    assert visit.outside == []


def test_axe_finds_nothing_with_every_way_open_and_in_forced_colours(server: Server, visit: Visit) -> None:
    page = visit.card(server, "inside")
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert barriers(page) == {}
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    assert barriers(page) == {}
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


@pytest.mark.parametrize("language", ["ja", "ja-x-yasashii", "pt", "vi"])
def test_nothing_is_cut_off_at_320_pixels_which_is_400_per_cent_of_1280(
    server: Server, visit: Visit, language: str
) -> None:
    visit.page.set_viewport_size({"width": 320, "height": 256})
    page = visit.card(server, "inside", language)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    wider = page.evaluate(
        "[...document.querySelectorAll('main *')].filter(each => !each.closest('.unseen')"
        " && each.getBoundingClientRect().right > innerWidth + 1).map(each => each.outerHTML.slice(0, 80))"
    )
    assert wider == []


def test_the_keyboard_goes_from_the_skip_link_through_search_to_the_answer(server: Server, visit: Visit) -> None:
    page = visit.card(server, "inside")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#q")).to_be_focused()
    order = []
    for _ in range(14):
        page.keyboard.press("Tab")
        order.append(page.evaluate("Math.round(document.activeElement.getBoundingClientRect().top + scrollY)"))
    assert order[2:] == sorted(order[2:])
    way = page.locator("summary").first
    way.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details[open] ol li").first).to_be_visible()


def test_without_a_script_everything_is_there_and_the_form_asks(server: Server, visit: Visit) -> None:
    context = visit.page.context.browser
    assert context is not None
    plain = context.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{server.url}/cards/inside/ja")
    expect(page.locator("h1")).to_contain_text("指定した位置")
    expect(page.locator("#locate")).to_be_hidden()
    page.locator("summary").first.click()
    expect(page.locator("details[open] ol li").first).to_be_visible()
    page.fill("#q", "石在町 & 3")
    page.click("button[type=submit]")
    expect(page).to_have_url(re.compile(r"/\?q=%E7%9F%B3%E5%9C%A8%E7%94%BA\+%26\+3&lang=ja$"))
    plain.close()


@pytest.mark.parametrize("language", ["ja", "pt"])
def test_it_prints_on_one_sheet_of_a4(server: Server, visit: Visit, language: str) -> None:
    page = visit.card(server, "inside", language)
    printed = page.pdf(format="A4", print_background=True, prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1
    if language != "ja":
        return
    page.emulate_media(media="print")
    for kept in ("洪水：区域の中", "甲小学校", "この答えの時刻", "安全という意味ではありません", "出典"):
        expect(page.get_by_text(kept).first).to_be_visible()


@pytest.mark.parametrize("language", ["ja", "pt", "ja-x-yasashii"])
def test_many_orders_print_on_the_sheet_too(server: Server, visit: Visit, language: str) -> None:
    page = visit.card(server, "orders", language)
    page.evaluate(
        "() => { const list = document.querySelector('.order-list'); const again = list.cloneNode(true);"
        " list.append(...again.children); }"
    )
    expect(page.locator(".order")).to_have_count(8)
    printed = page.pdf(format="A4", print_background=True, prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1
    page.set_viewport_size({"width": 711, "height": 1039})  # what a sheet has within its margins
    page.emulate_media(media="print")
    gravest = page.locator(".order").first
    for part in (".order-action", ".source", "dt", "dd"):
        expect(gravest.locator(part).last).to_be_visible()
    for other in page.locator(".order ~ .order").all():
        expect(other.locator(".order-name")).to_be_visible()
        expect(other.locator("dd").first).to_be_visible()
    expect(page.locator(".order ~ .order .order-exercise").first).to_be_visible()
    code, orders = page.locator(".code").bounding_box(), page.locator(".orders").bounding_box()
    assert code is not None
    assert orders is not None
    assert code["y"] + code["height"] <= orders["y"] + 1


@pytest.mark.parametrize("count", range(3, 9))
def test_no_hazard_runs_off_the_sheet(server: Server, visit: Visit, count: int) -> None:
    """Columns of what is not to be broken did: a printer cuts there, or shrinks all."""
    page = visit.card(server, "inside", "ja-x-yasashii")
    page.set_viewport_size({"width": 711, "height": 1039})
    page.emulate_media(media="print")
    page.evaluate(
        "count => { const all = [...document.querySelectorAll('.group.outside .hazard')];"
        " for (let n = all.length; n < count; n += 1) all[0].after(all[n % all.length].cloneNode(true)); }",
        count,
    )
    group = page.locator(".group.outside")
    expect(group.locator(".hazard")).to_have_count(count)
    boxes = [each.bounding_box() for each in [*group.locator(".hazard").all(), group]]
    *hazards, whole = (each for each in boxes if each is not None)
    assert len(hazards) == count
    assert all(each["x"] + each["width"] <= whole["x"] + whole["width"] + 1 for each in hazards)
    assert all(each["y"] + each["height"] <= whole["y"] + whole["height"] + 1 for each in hazards)
    assert len({round(each["y"]) for each in hazards}) <= -(-count // 3)


def test_the_position_of_the_device_asks_and_a_refusal_is_said(server: Server, visit: Visit) -> None:
    context = visit.page.context
    context.grant_permissions(["geolocation"], origin=server.url)
    context.set_geolocation({"longitude": 135.34, "latitude": 34.74})
    page = visit.card(server, "home")
    page.click("#locate")
    expect(page).to_have_url(re.compile(r"/\?lang=ja&lon=135\.340000&lat=34\.740000$"))
    context.clear_permissions()
    page = visit.card(server, "home")
    page.click("#locate")
    expect(page.locator("#locate-status")).to_contain_text("現在地が分かりませんでした")
    expect(page.locator("#locate")).to_be_enabled()


def test_links_to_the_map_that_stood_here_still_lead_to_it(server: Server, visit: Visit) -> None:
    page = visit.page
    page.goto(f"{server.url}/cards/home/ja?lang=en#lon=135.33&lat=34.74&zoom=15&layers=sites")
    expect(page).to_have_url(re.compile(r"/map\?lang=en#lon=135\.33"))
    page.wait_for_selector("body.with-map", timeout=60_000)

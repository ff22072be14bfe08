"""The map inside the answer page in a real Chromium: fetched when asked for, and never an empty one that looks safe."""

import re
from itertools import pairwise

import brotli
import pytest
from playwright.sync_api import Page, expect

from layers.translations import languages
from tests.web_map.conftest import Server, Visit
from tests.web_map.test_card_browser import barriers
from web_map.pages import MAPLIBRE_FOLDER, STATIC_FOLDER

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

FIRST_LOAD_BYTES = 30 * 1024
MAP_BYTES = 480_000


_NO_WEBGL = """
const { getContext } = HTMLCanvasElement.prototype;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return /webgl/.test(kind) ? null : getContext.call(this, kind, ...rest); // axe draws text to measure its contrast
};
"""


def loaded(page: Page) -> list[str]:
    """The addresses that the page fetches from now on."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url))
    return found


def ask_for_map(page: Page) -> None:
    page.locator("#around-show").wait_for()  # shown by the script that hears it
    page.evaluate("document.getElementById('around-show').click()")


def open_map(page: Page) -> None:
    ask_for_map(page)
    expect(page.locator("#around-list li")).not_to_have_count(0, timeout=60_000)


def test_the_map_comes_when_it_is_asked_for_and_no_earlier(server: Server, visit: Visit) -> None:
    fetched = loaded(visit.page)
    page = visit.card(server, "inside")
    page.wait_for_selector("#around-stage:not([hidden])", state="attached")
    page.wait_for_load_state("networkidle")
    assert not [each for each in fetched if re.search("maplibre|/around/map|/picture|/code|/ogc/", each)]
    first = [server.url + "/cards/inside/ja", *(each for each in fetched if "/static/" in each)]
    sizes = [len(brotli.compress(page.request.get(each).body(), quality=5)) for each in first]
    assert sum(sizes) <= FIRST_LOAD_BYTES
    fetched.clear()
    open_map(page)
    files = {each.split("/static/")[1].partition("?")[0] for each in fetched if "/static/" in each}
    assert "vendor/maplibre-gl/maplibre-gl.mjs" in files
    folders = {True: MAPLIBRE_FOLDER, False: STATIC_FOLDER}
    paths = [folders[each.startswith("vendor/")] / each.removeprefix("vendor/maplibre-gl/") for each in files]
    assert sum(len(_gzip(path.read_bytes())) for path in paths) <= MAP_BYTES


def _gzip(content: bytes) -> bytes:
    import gzip

    return gzip.compress(content, 9)


def test_it_shows_what_its_list_says_and_no_barrier(server: Server, visit: Visit) -> None:
    page = visit.card(server, "inside")
    open_map(page)
    expect(page.locator("#around-list")).to_contain_text("浸水の深さ 3m以上5m未満：見えている区域 1")
    listed = page.locator("#around-list li").all_inner_texts()
    assert listed[0] == "この場所"
    assert [re.sub(r"\d\. 避難先: (\S+).*", r"\1", each) for each in listed[1:4]] == ["甲小学校", "乙公園", "戊公園"]
    expect(page.locator(".around-mark.mark-site")).to_have_text(["1", "2", "3"])
    expect(page.locator("#around-status")).to_have_text("地図を押すと、その地点を調べられます。")
    assert barriers(page) == {}
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    assert barriers(page) == {}
    assert visit.complaints == []
    assert visit.outside == []


def test_at_320_pixels_nothing_is_cut_off(server: Server, visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 320, "height": 256})
    page = visit.card(server, "inside", "pt")
    open_map(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_address_holds_hazard_and_view(server: Server, visit: Visit) -> None:
    page = visit.card(server, "inside")
    open_map(page)
    page.evaluate("document.querySelector('a[data-hazard=hazard-tsunami]').click()")
    expect(page.locator("a[data-hazard=hazard-tsunami]")).to_have_attribute("aria-current", "true")
    expect(page.locator("#around-list")).to_contain_text("津波の色はありません")
    expect(page).to_have_url(re.compile(r"/\?lon=135\.\d+&lat=34\.\d+&show=hazard-tsunami&lang=ja$"))
    page.locator(".maplibregl-ctrl-zoom-in").click()
    expect(page).to_have_url(re.compile(r"show=hazard-tsunami&lang=ja#map=\d+\.\d+/34\.\d+/135\.\d+$"))
    shared = page.url.partition("?")[2]
    page.goto(f"{server.url}/cards/inside/ja?{shared}")
    expect(page.locator("#around-list li")).not_to_have_count(0, timeout=60_000)
    expect(page.locator("a[data-hazard=hazard-tsunami]")).to_have_attribute("aria-current", "true")


def test_a_press_and_the_keyboard_offer_the_answer_for_a_spot(server: Server, visit: Visit) -> None:
    page = visit.card(server, "inside")
    open_map(page)
    page.locator(".maplibregl-canvas").focus()
    page.keyboard.press("Enter")
    link = page.locator("#around-ask a")
    expect(link).to_contain_text("この地点を調べる")
    assert re.search(r"^/\?lon=135\.\d{6}&lat=34\.\d{6}&lang=ja&show=hazard-flood$", link.get_attribute("href") or "")


def test_scrolling_to_it_loads_it_unless_data_are_to_be_saved(server: Server, visit: Visit) -> None:
    page = visit.card(server, "inside")
    page.wait_for_selector("#around-stage:not([hidden])", state="attached")
    page.locator("#around-stage").scroll_into_view_if_needed()
    expect(page.locator("#around-list li")).not_to_have_count(0, timeout=60_000)
    page.add_init_script("Object.defineProperty(navigator, 'connection', {value: {saveData: true}})")
    fetched = loaded(page)
    page.reload()
    page.wait_for_selector("#around-stage:not([hidden])", state="attached")
    page.locator("#around-stage").scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    assert not [each for each in fetched if "maplibre" in each]
    expect(page.locator("#around-show")).to_be_visible()


def test_without_webgl_there_is_a_picture_and_a_sentence(server: Server, visit: Visit) -> None:
    visit.page.add_init_script(_NO_WEBGL)
    page = visit.card(server, "inside")
    ask_for_map(page)
    expect(page.locator("#around-status")).to_contain_text("画像で示しています", timeout=60_000)
    picture = page.locator("#around figure.picture img")
    expect(picture).to_be_visible()
    page.wait_for_function("document.querySelector('#around figure.picture img').naturalWidth > 0")
    assert "色がない所も、安全という意味ではありません" in (picture.get_attribute("alt") or "")
    assert barriers(page) == {}


def test_where_the_picture_fails_too_it_is_said_that_this_is_not_safe(server: Server, visit: Visit) -> None:
    server.failing |= {"around", "picture"}
    page = visit.card(server, "inside")
    ask_for_map(page)
    expect(page.locator("#around-status")).to_contain_text("地図が見えないことは、安全という意味ではありません")
    expect(page.locator("#around figure.picture")).to_be_hidden()


def test_without_a_script_the_picture_stands_in_the_page(server: Server, visit: Visit) -> None:
    browser = visit.page.context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{server.url}/cards/inside/ja?show=hazard-tsunami")
    expect(page.locator("#around figure.plain img")).to_be_visible()
    expect(page.locator("#around-show")).to_be_hidden()
    assert "show=hazard-tsunami" in (page.locator("#around figure.plain img").get_attribute("src") or "")
    plain.close()


def test_areas_that_do_not_load_are_unknown_and_ways_that_do_not_are_said(server: Server, visit: Visit) -> None:
    server.failing |= {"hazard-flood", "routes"}
    page = visit.card(server, "inside")
    open_map(page)
    expect(page.locator("#around-status")).to_contain_text("表示されていない場所は「不明」です")
    expect(page.locator("#around-list")).to_contain_text("表示されていない場所は「不明」です")
    expect(page.locator("#around-list")).not_to_contain_text("色はありません")


def test_a_hazard_without_data_is_said_to_be_unknown(server: Server, visit: Visit) -> None:
    visit.page.goto(f"{server.url}/cards/inside/ja?show=hazard-storm-surge")
    open_map(visit.page)
    expect(visit.page.locator("#around-status")).to_contain_text("不明です。安全という意味ではありません")


@pytest.mark.parametrize("language", languages())
def test_it_prints_on_one_sheet_with_map_legend_and_code(server: Server, visit: Visit, language: str) -> None:
    fetched = loaded(visit.page)
    page = visit.card(server, "inside", language)
    printed = page.pdf(format="A4", print_background=True, prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1
    assert [each for each in fetched if "/picture?" in each]
    assert [each for each in fetched if "/code?" in each]
    page.emulate_media(media="print")
    # Nothing of it lies upon anything else of it.
    parts = ".card > header, .card > .notes, .card > .group, .card > .around, .levels, .colophon"
    edges = page.locator(parts).evaluate_all(
        "all => all.map(each => each.getBoundingClientRect()).map(({top, bottom}) => [top, bottom])"
    )
    assert all(lower[0] >= upper[1] - 1 for upper, lower in pairwise(edges))
    box = page.locator("#around figure.sheet-only img").bounding_box()
    assert box is not None
    assert box["height"] > 120
    for shown in (".code img", "#around-legend", "#answered-at"):
        expect(page.locator(shown)).to_be_visible()

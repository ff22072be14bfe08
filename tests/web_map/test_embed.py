"""The map in a page of another site, and the pages of the data, in a real Chromium."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from layers.translations import languages
from tests.web_map import small_city
from tests.web_map.conftest import Server, Visit
from tests.web_map.test_card_browser import barriers
from tests.web_map.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

STATE = "lon=135.307&lat=34.76675&zoom=14.00&layers=flood,sites&only=flood:planned&opacity=flood:40"


def framing(page: Page, server: Server, code: str) -> None:
    """A page of another site with this code in it."""
    elsewhere = server.url.replace("127.0.0.1", "localhost")
    page.goto(f"{elsewhere}/other-site?{urlencode({'code': code})}")


def test_the_code_of_the_map_shows_the_same_map_in_a_page_of_another_site(server: Server, visit: Visit) -> None:
    page = visit.open(server, f"/map?lang=en#{STATE}")
    page.uncheck("input[value=sites]")
    page.locator("#embed summary").click()
    page.click("#embed-copy")
    expect(page.locator("#embed-said")).to_have_text("Copied.")
    code = page.input_value("#embed-code")
    framing(page, server, code)
    frame = page.frame_locator("iframe")
    frame.locator("body.with-map").wait_for(timeout=60_000)
    expect(frame.locator(".credits li")).to_have_count(1)
    expect(frame.locator(".credits")).to_contain_text("国の<省>")
    expect(frame.locator(".credits")).to_contain_text("2022-01-01")
    expect(frame.locator("select[data-one-of=flood]")).to_have_value("planned")
    expect(frame.locator("input[data-opacity=flood]")).to_have_value("40")
    full = frame.locator("#full").get_attribute("href") or ""
    assert full.startswith(f"{server.url}/map?lang=en#lon=135.30700&lat=34.76675&zoom=14.00&layers=flood&only=")
    assert visit.complaints == []


def test_no_other_page_is_shown_in_a_frame_of_another_site(server: Server, visit: Visit) -> None:
    framing(visit.page, server, f'<iframe src="{server.url}/map?lang=en"></iframe>')
    refused = ["chrome-error://chromewebdata/"]
    eventually(visit.page, lambda: [frame.url for frame in visit.page.frames[1:]], refused)
    eventually(visit.page, lambda: any("frame-ancestors" in each for each in visit.complaints), True)


def test_a_framed_map_says_what_is_unknown_and_reads_without_a_script(server: Server, visit: Visit) -> None:
    browser = visit.page.context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{server.url}/embed?lang=en&layers=flood,surge,gone")
    expect(page.locator(".embed-foot .caution").first).to_have_text(
        "Cannot be shown now (unknown): Surge, gone. This does not mean safe."
    )
    expect(page.locator(".notice a")).to_have_attribute("href", f"{server.url}/map?lang=en#layers=flood,surge,gone")
    plain.close()


def test_axe_finds_nothing_on_the_pages_of_maps_and_data(server: Server, visit: Visit) -> None:
    found: dict[str, dict[str, Any]] = {}
    page = visit.page
    for language in languages():
        for path in ("/layers", "/layers/flood"):
            page.goto(f"{server.url}{path}?lang={language}")
            found[f"{path} {language}"] = barriers(page)
    for path in (f"/embed?lang=ja&{STATE}", f"/map?lang=ja#{STATE}"):
        page.goto(server.url + path)
        page.wait_for_selector("body.with-map", timeout=60_000)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        found[path] = barriers(page)
    assert {page: each for page, each in found.items() if each} == {}
    assert visit.complaints == []


def test_a_layers_page_fits_a_phone_and_shows_its_map_on_demand(server: Server, visit: Visit) -> None:
    page = visit.page
    page.set_viewport_size({"width": 320, "height": 600})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server.url}/layers/flood?lang=pt")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.locator("script[src]").count() == 0
    legend = page.locator(".legend li")
    assert [each.locator(".hatch").count() for each in legend.all()] == [0, 1, 1], "as on its map"
    assert legend.last.locator(".hatch").evaluate("each => getComputedStyle(each).fill") == "none"
    assert not [each for each in asked if "/embed" in each or each.endswith(".mjs")]
    page.locator(".map-here summary").click()
    page.frame_locator("iframe").locator("body.with-map").wait_for(timeout=60_000)
    expect(page.locator("td").filter(has_text=small_city.EVIL)).to_have_count(1)
    assert re.search(r"/map\?lang=pt#layers=flood$", page.locator(".map-link a").get_attribute("href") or "")

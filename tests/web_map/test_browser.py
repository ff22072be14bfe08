"""The page in a real Chromium, against a server of the small city."""

import re
from io import BytesIO

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Page, Route, expect

from tests.web_map import small_city
from tests.web_map.conftest import Server, Visit
from tests.web_map.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

CLOSE = f"#lon={small_city.CENTRE[0]}&lat={small_city.CENTRE[1]}&zoom=14"


def ask_centre(page: Page) -> None:
    page.click("#ask-centre")
    page.wait_for_selector("#details:not([hidden])")
    expect(page.locator("#details [aria-busy]")).to_have_count(0)


def test_nothing_leaves_the_origin_and_nothing_complains(server: Server, visit: Visit) -> None:
    page = visit.open(server, "/?lang=ja" + CLOSE)
    expect(page.locator("#status")).to_have_text("")
    listed = page.locator("li[data-layer]").evaluate_all("items => items.map(item => item.dataset.layer)")
    assert sorted(listed) == sorted(layer.id for layer in small_city.LAYERS)
    ask_centre(page)
    assert visit.outside == []
    assert visit.complaints == []


def test_a_press_shows_every_feature_with_source_date_and_quality(server: Server, visit: Visit) -> None:
    page = visit.open(server, "/?lang=ja" + CLOSE)
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    details = page.locator("#details")
    expect(details.locator("h3")).to_have_text([small_city.EVIL, "武庫川"])
    for text in ("はい", "1,234.5 m", "0.5〜3m", "2026年4月2日", "架空データ", "誤差 約 180 m", "試験のCSV"):
        expect(details).to_contain_text(text)
    expect(details).to_contain_text("この地点では不明なもの（データがない、または表示できていない）：高潮")
    expect(page.locator("#details-heading")).to_be_focused()
    page.keyboard.press("Escape")
    expect(details).to_be_hidden()
    expect(page.locator(".maplibregl-canvas")).to_be_focused()


def test_the_keyboard_asks_too(server: Server, visit: Visit) -> None:
    page = visit.open(server, "/?lang=en" + CLOSE)
    page.locator(".maplibregl-canvas").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#details")).to_contain_text("Estimated from the address (town point)")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("li[data-layer=flood] .layer-title")).to_have_text("Flood")


def test_switching_a_layer_off_takes_it_from_map_and_address(server: Server, visit: Visit) -> None:
    page = visit.open(server, "/?lang=ja" + CLOSE)
    page.uncheck("input[value=sites]")
    expect(page).to_have_url(re.compile("layers=flood,surge,roads,relief$"))
    ask_centre(page)
    expect(page.locator("#details h3")).to_have_text(["武庫川"])
    page.click("#close-details")
    page.select_option("select[data-one-of=flood]", "planned")
    ask_centre(page)
    expect(page.locator("#details")).to_contain_text("色がないもの：洪水。色がない＝安全、ではありません")


def test_what_is_still_on_its_way_is_unknown_and_not_without_colour(server: Server, visit: Visit) -> None:
    page = visit.open(server, f"/?lang=ja{CLOSE}&layers=sites")
    held: list[Route] = []
    tiles = "**/collections/flood/tiles/**"
    page.route(tiles, lambda route: held.append(route))
    page.check("input[value=flood]")
    ask_centre(page)
    expect(page.locator("#details")).to_contain_text(
        "この地点では不明なもの（データがない、または表示できていない）：洪水"
    )
    expect(page.locator("#details")).not_to_contain_text("色がないもの：洪水")
    page.click("#show-seen")
    flood = page.locator("#seen-list h3", has_text="洪水")
    expect(flood.locator("+ p")).to_have_text("地図を読み込んでいます…")
    page.click("#ask-centre")  # and if it comes while one waits, it is there
    page.route(tiles, lambda route: route.continue_())
    for each in held:
        each.continue_()
    expect(page.locator("#details h3")).to_have_text([small_city.EVIL, "武庫川"])
    expect(flood).to_have_text("洪水 (2)")


def test_layers_asked_for_of_which_nothing_is_known_are_named_on_the_map(server: Server, visit: Visit) -> None:
    page = visit.open(server, "/?lang=ja#layers=surge,gone,<b>")
    expect(page.locator("#status")).to_have_text(
        "いま表示できないもの（不明）：高潮、gone、<b>。安全という意味ではありません。"
    )
    expect(page.locator("#status")).to_have_class(re.compile("failed"))


def test_the_address_holds_place_and_layers(server: Server, visit: Visit) -> None:
    page = visit.open(server, "/?lang=ja#lon=135.33&lat=34.74&zoom=15&layers=sites")
    assert page.locator("input[name=layers]:checked").evaluate_all("boxes => boxes.map(box => box.value)") == ["sites"]
    ask_centre(page)
    expect(page.locator("#details .place")).to_have_text("緯度 34.74000、経度 135.33000")
    page.click("a[hreflang=en]")
    expect(page).to_have_url(re.compile("lang=en.*lon=135.33"))
    page.wait_for_selector("body.with-map")


def test_tiles_not_found_are_said_to_be_unknown_and_come_back(server: Server, visit: Visit) -> None:
    page = visit.open(server, "/?lang=ja" + CLOSE)
    page.check("input[value=lost]")
    expect(page.locator("#status")).to_contain_text("土砂")
    expect(page.locator("li[data-layer=lost] .layer-state")).to_contain_text("読み込めません：データなし／不明")
    ask_centre(page)
    expect(page.locator("#details .caution").first).to_contain_text("土砂")
    small_city.FEATURES.setdefault("lost", [])
    server.failing.clear()
    expect(page.locator("li[data-layer=lost] .layer-state")).to_be_hidden(timeout=30_000)
    expect(page.locator("#status")).to_have_text("すべて読み込みました。")


def test_without_webgl_the_list_remains_and_the_page_says_so(server: Server, visit: Visit) -> None:
    visit.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null;")
    visit.page.goto(server.url + "/?lang=ja")
    expect(visit.page.locator("#status")).to_contain_text("地図を表示できません")
    expect(visit.page.locator("li[data-layer]")).to_have_count(len(small_city.LAYERS))


def test_without_webgl_the_server_draws_each_hazard_that_is_chosen(server: Server, visit: Visit) -> None:
    page = visit.page
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null;")
    page.goto(f"{server.url}/map?lang=en{CLOSE}&layers=flood,sites")
    pictures = page.locator("#pictures figure")
    expect(pictures).to_have_count(1)
    lon, lat = small_city.CENTRE
    expect(pictures.locator("img")).to_have_attribute("src", f"/picture?lon={lon:.5f}&lat={lat:.5f}&show=flood&lang=en")
    assert pictures.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 600
    page.check("input[value=lost]")
    expect(pictures).to_have_count(2)
    expect(pictures.last).to_contain_text("no data – unknown, not safe")
    page.goto(f"{server.url}/embed?lang=en&layers=flood")
    expect(pictures.locator("img")).to_be_visible()


def test_on_a_phone_the_list_is_a_drawer(server: Server, visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 360, "height": 740})
    page = visit.open(server)
    expect(page.locator("#side")).to_be_hidden()
    page.click("#toggle-side")
    expect(page.locator("li[data-layer=sites]")).to_be_visible()
    page.keyboard.press("Tab")
    page.locator("#side a").first.focus()
    page.keyboard.press("Escape")
    expect(page.locator("#side")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_hazards_change_their_colours_on_map_legend_and_address(server: Server, visit: Visit) -> None:
    page = visit.open(server, "/?lang=en" + CLOSE)
    first = page.locator("li[data-layer=flood] .legend rect").first
    expect(first).to_have_attribute("fill", "#f7f5a9")
    official = colour_of_flood(page)
    while official != (official := colour_of_flood(page)):
        page.wait_for_timeout(500)  # pictures under it fade in
    page.check("#safe-colours")
    expect(first).to_have_attribute("fill", "#fcfdbf")
    expect(page).to_have_url(re.compile("&palette=safe$"))
    # The second class of two is the darkest.
    eventually(page, lambda: sum(official) - sum(colour_of_flood(page)) > 200, True)
    page.uncheck("#safe-colours")
    expect(first).to_have_attribute("fill", "#f7f5a9")
    eventually(page, lambda: colour_of_flood(page), official)
    page.goto(f"{server.url}/embed?lang=en&{CLOSE[1:]}&palette=safe")
    page.wait_for_selector("body.with-map", timeout=60_000)
    expect(page.locator("li[data-layer=flood] .legend rect").first).to_have_attribute("fill", "#fcfdbf")
    assert "palette=safe" in (page.locator("#full").get_attribute("href") or "")
    assert visit.complaints == []


def colour_of_flood(page: Page) -> tuple[int, ...]:
    """Of a square of the pattern west of the middle, on average."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2 - 80, box["y"] + box["height"] / 2 - 80
    picture = Image.open(BytesIO(page.screenshot(clip={"x": x, "y": y, "width": 16, "height": 16})))
    return tuple(round(mean) for mean in ImageStat.Stat(picture.convert("RGB")).mean)

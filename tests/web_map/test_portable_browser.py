"""A map as a file, opened from a disk without any network, in a real Chromium."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import folium
import geopandas as gpd
import pytest
from playwright.sync_api import Browser, Page, expect
from shapely.geometry import Point, box

from layers.catalogue import catalogue
from layers.translations import languages
from tests.web_map.test_card_browser import barriers
from web_map import folium_map
from web_map.texts import texts

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

AT = datetime(2026, 9, 1, 3, tzinfo=UTC)
STRIP = [box(135.30 + 0.02 * place, 34.70, 135.32 + 0.02 * place, 34.72) for place in range(4)]
"""Areas side by side; the third of a place is half of the second."""


def flood() -> tuple[str, gpd.GeoDataFrame]:
    """The two shallowest classes, a class that nobody knows, and an area of no stated class."""
    style = catalogue()["hazard-flood"].style
    values = [style.classes[0].value, style.classes[1].value, "depth-99", None]
    columns = {str(style.by): values, "scenario": ["maximum"] * 4, "source_id": ["x"] * 4, "as_of": ["2026-04-01"] * 4}
    return "hazard-flood", gpd.GeoDataFrame(columns, geometry=STRIP, crs=6668)


def orders() -> tuple[str, gpd.GeoDataFrame]:
    """Level 5, an area of no level, and one that was lifted at that very moment."""
    hour = timedelta(hours=1)
    columns = {
        "level": [5.0, None, 4.0],
        "area_name": ["甲町", "乙町", "解除された町"],
        "from": [AT - hour] * 3,
        "until": [None, AT + hour, AT],
        "exercise": [1.0, None, 0.0],
    }
    areas = [box(*each.bounds) for each in (box(135.30, 34.73, 135.32, 34.75), box(135.32, 34.73, 135.34, 34.75))]
    return "evacuation-orders", gpd.GeoDataFrame(columns, geometry=[*areas, STRIP[3]], crs=6668)


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page of a file; whatever it would ask for, or complains of, fails the test."""
    sites = gpd.GeoDataFrame({"name": ["浜脇小学校", "どこか"]}, geometry=[Point(135.345, 34.735), None], crs=6668)
    circle = folium.CircleMarker((34.745, 135.37), radius=12, popup="<b>ここ</b>")
    file = folium_map(orders(), flood(), sites, title="地図", at=AT, extra=[circle]).save(tmp_path / "map.html")
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(file.as_uri())
    yield page
    assert asked == [file.as_uri()]
    # Of the tests' own reading of pixels.
    assert [each for each in complaints if "willReadFrequently" not in each] == []
    context.close()


COLOURS = """async ([index, west, south, east, north]) => {
  await new Promise(requestAnimationFrame); // what a change has drawn anew is drawn in the next frame, and before this
  const map = Object.entries(window).find(([name]) => name.startsWith("map_"))[1];
  const from = map.latLngToLayerPoint([north, west]), to = map.latLngToLayerPoint([south, east]);
  const canvas = document.querySelectorAll(".leaflet-overlay-pane canvas")[index];
  const at = L.DomUtil.getPosition(canvas), scale = canvas.width / parseFloat(canvas.style.width);
  const box = [from.x - at.x + 8, from.y - at.y + 8, to.x - from.x - 16, to.y - from.y - 16];
  const [x, y, w, h] = box.map(each => each * scale);
  const { data } = canvas.getContext("2d").getImageData(x, y, w, h);
  const found = new Map();
  for (let i = 0; i < data.length; i += 4) {
    const key = [...data.slice(i, i + 4)].join(" ");
    found.set(key, (found.get(key) ?? 0) + 1);
  }
  return [...found].sort((a, b) => b[1] - a[1]).map(([key]) => key.split(" ").map(Number));
}"""
"""The colours (red, green, blue, opacity) in a box of one layer's canvas, the most frequent first."""


STILL = """() => document.getAnimations().length === 0
  && !document.querySelector(".leaflet-pan-anim, .leaflet-zoom-anim")"""
"""Whether nothing moves or fades in any more, as a script."""


def colours(page: Page, layer: int, area: object) -> list[list[int]]:
    found: list[list[int]] = page.evaluate(COLOURS, [layer, *area.bounds])  # type: ignore[attr-defined]
    return found


def steps(page: Page, key: str) -> None:
    """Eight steps of the map; a key that is pressed while it moves is none."""
    for _ in range(8):
        page.wait_for_function(STILL)
        page.keyboard.press(key)
    page.wait_for_function(STILL)


def test_classes_are_told_apart_by_pattern_and_number_and_the_unknown_from_all(opened: Page) -> None:
    flood_on_map = [colours(opened, 1, area) for area in STRIP]
    assert len(flood_on_map[0]) == 1, "the mildest is plain"
    assert all(len(each) > 3 for each in flood_on_map[1:])
    assert flood_on_map[2][0] == flood_on_map[3][0] != flood_on_map[0][0]
    level_5, no_level = (colours(opened, 2, box(w, 34.73, w + 0.02, 34.75)) for w in (135.30, 135.32))
    assert sum(level_5[0][:3]) < 60, "black"
    assert level_5[0][3] > 180, "and not the grey of what is unknown"
    assert min(len(level_5), len(no_level)) > 3
    assert sum(no_level[0][:3]) > 300
    legend = opened.locator(".layer", has_text="洪水").locator(".legend li")
    expect(legend.first).to_have_text("B1 浸水深 0.5m未満 (1)")
    expect(legend.last).to_have_text("? その他・不明 (2)")
    assert legend.last.locator(".hatch").count() == 1


def test_palette_opacity_and_switch_change_the_map(opened: Page) -> None:
    official = colours(opened, 1, STRIP[0])
    opened.check("#safe-colours")
    safe = colours(opened, 1, STRIP[0])
    assert safe[0] != official[0]
    assert opened.locator(".legend rect[data-official]").count() > 5
    opened.locator("input[data-opacity=layer-1]").fill("0")
    assert colours(opened, 1, STRIP[0]) == [[0, 0, 0, 0]]
    opened.uncheck("#safe-colours")
    opened.locator("input[data-opacity=layer-1]").fill("60")
    opened.uncheck("input[value=layer-1]")
    opened.check("input[value=layer-1]")
    assert colours(opened, 1, STRIP[0])[0][:3] == official[0][:3]


def test_the_keyboard_reads_what_is_at_a_place_and_what_is_shown(opened: Page) -> None:
    expect(opened.locator(".map")).to_have_attribute("aria-label", texts("ja")["client.map_title"])
    opened.locator(".map").focus()
    steps(opened, "ArrowUp")
    opened.keyboard.press("Enter")
    expect(opened.locator(".answer")).to_be_focused()
    expect(opened.locator(".answer .caution")).to_contain_text("洪水浸水想定区域")
    opened.keyboard.press("Escape")
    expect(opened.locator(".map")).to_be_focused()
    steps(opened, "ArrowDown")
    opened.locator("#seen summary").focus()
    opened.keyboard.press("Enter")
    expect(opened.locator("#seen-said")).to_contain_text("3レイヤー、7件")
    listed = opened.locator("#seen-list")
    expect(listed).not_to_contain_text("解除された町")
    order = listed.get_by_role("button", name="甲町 A1 警戒レベル5 緊急安全確保")
    order.focus()
    opened.keyboard.press("Enter")
    expect(opened.locator(".answer dt", has_text="訓練")).to_have_count(1)
    expect(opened.locator(".answer dl")).to_contain_text("はい")
    expect(opened.locator(".answer details summary")).to_contain_text("記載のない項目")
    opened.keyboard.press("Escape")
    expect(order).to_be_focused()
    opened.uncheck("input[value=layer-0]")
    expect(listed).not_to_contain_text("甲町")


def test_a_press_names_all_that_lie_there_and_what_was_added_has_its_own(opened: Page) -> None:
    opened.evaluate(
        "Object.entries(window).find(([n]) => n.startsWith('map_'))[1].fire('click', {latlng: L.latLng(34.71, 135.35)})"
    )
    expect(opened.locator(".answer")).to_contain_text("1 件見つかりました")
    expect(opened.locator(".answer .kind")).to_have_text("? その他・不明")
    opened.keyboard.press("Escape")
    place = opened.evaluate(
        "() => { const m = Object.entries(window).find(([n]) => n.startsWith('map_'))[1];"
        "const p = m.latLngToContainerPoint([34.745, 135.37]), b = m.getContainer().getBoundingClientRect();"
        "return [p.x + b.x, p.y + b.y]; }"
    )
    expect(opened.locator(".leaflet-popup")).to_have_count(0)
    opened.mouse.click(*place)
    expect(opened.locator(".leaflet-popup-content")).to_have_text("ここ")


def test_it_says_of_when_and_where_from_and_is_printed_whole(opened: Page) -> None:
    said = opened.locator("aside")
    expect(said).to_contain_text("2026-09-01 12:00現在")
    expect(said).to_contain_text("クリエイティブ・コモンズ 表示 4.0 国際")
    expect(said).to_contain_text("場所の分からないもの 1")
    opened.uncheck("input[value=layer-2]")
    opened.evaluate("dispatchEvent(new Event('beforeprint'))")
    opened.emulate_media(media="print")
    assert opened.evaluate("Math.round(document.querySelector('.map').getBoundingClientRect().width)") == 703
    assert opened.locator(".layer:visible").count() == 2
    assert opened.locator("input:visible, button:visible").count() == 0
    assert len(colours(opened, 1, STRIP[1])) > 3
    opened.evaluate("dispatchEvent(new Event('afterprint'))")


def test_axe_finds_nothing_in_any_language_and_it_fits_a_phone(chromium: Browser, tmp_path: Path) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 640}, offline=True, reduced_motion="reduce")
    page = context.new_page()
    found = {}
    for language in languages():
        file = folium_map(orders(), flood(), title="map", at=AT, language=language).save(tmp_path / f"{language}.html")
        page.goto(file.as_uri())
        page.locator("#seen summary").click()
        page.locator(".map").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#seen-list li")).to_have_count(6)
        page.wait_for_function(STILL)  # the map moves for the answer to be seen
        found[language] = barriers(page)
        assert texts(language)["page.other_values"].split("《")[0] in page.locator(".legend").first.inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert {language: each for language, each in found.items() if each} == {}
    context.close()

"""Measuring, and the list of what the map shows: the geodesy by itself, the rest in a real Chromium."""

import json
import subprocess
from math import cos, radians, sin

import numpy as np
import pytest
from playwright.sync_api import expect
from pyproj import Geod

from tests.web_map import small_city
from tests.web_map.conftest import Server, Visit
from web_map.pages import STATIC_FOLDER

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

CLOSE = f"#lon={small_city.CENTRE[0]}&lat={small_city.CENTRE[1]}&zoom=14"
_SCRIPT = """
import { areaOf, farFrom, lengthOf } from "./geodesy.mjs";
import { readFileSync } from "node:fs";
const rings = JSON.parse(readFileSync(0, "utf8"));
const of = (ring) => [lengthOf(ring), areaOf(ring), farFrom([135, 34], { type: "Polygon", coordinates: [ring] })];
console.log(JSON.stringify(rings.map(of)));
"""


def test_lengths_and_areas_are_those_of_the_geodesic() -> None:
    random = np.random.default_rng(5)
    rings = []
    for size in [0.0003] * 20 + [0.01] * 20 + [0.2] * 20:
        lon, lat = random.uniform(135, 136), random.uniform(33, 36)
        reach = size * random.uniform(0.3, 1, 5)
        turns = [radians(72 * number) for number in range(5)]
        rings.append([[lon + r * cos(t), lat + r * sin(t)] for r, t in zip(reach, turns, strict=True)])
    rings.append([[134.9, 33.9], [135.1, 33.9], [135.1, 34.1], [134.9, 34.1]])
    command = ["node", "--input-type=module", "--eval", _SCRIPT]
    # What is imported is found from the folder in which the script runs.
    told = subprocess.run(
        command, input=json.dumps(rings), capture_output=True, text=True, check=True, cwd=STATIC_FOLDER
    )
    earth = Geod(ellps="GRS80")
    answers = json.loads(told.stdout)
    for ring, (length, area, _) in zip(rings, answers, strict=True):
        lons, lats = zip(*ring, strict=True)
        assert length == pytest.approx(earth.line_length(lons, lats), rel=2e-6)
        assert area == pytest.approx(abs(earth.polygon_area_perimeter(lons, lats)[0]), rel=2e-5)
    assert answers[-1][2] == 0  # the place is inside of the last
    assert all(far > 0 for _, _, far in answers[:-1] if far is not None)


@pytest.mark.browser
def test_a_line_is_measured_by_pointer_and_keyboard_and_told_in_words(server: Server, visit: Visit) -> None:
    page = visit.open(server, "/map?lang=en" + CLOSE)
    page.click("#measure")
    expect(page.locator("#measured")).to_have_text("Put the first point.")
    expect(page.locator(".maplibregl-canvas")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#measured")).to_have_text("The first point is there. Put the next one.")
    box = page.locator("#map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    # 100 pixels at zoom 14 in degrees of longitude, which is a length of the ellipsoid.
    step = 100 * 360 / (512 * 2**14)
    lon, lat = small_city.CENTRE
    length = Geod(ellps="GRS80").line_length([lon, lon + step], [lat, lat])
    page.mouse.click(x + 100, y)
    expect(page.locator("#measured")).to_have_text(f"Length {length:.1f} m (2 points, straight lines).")
    page.mouse.click(x + 100, y - 100)
    expect(page.locator("#measured")).to_contain_text("Area enclosed")
    page.click("#measure-back")
    expect(page.locator("#measured")).to_contain_text("(2 points")
    expect(page.locator("#details")).to_be_hidden()  # a press was a point, and no question
    page.keyboard.press("Escape")
    expect(page.locator("#measuring")).to_be_hidden()
    expect(page.locator("#measure")).to_be_focused()
    page.locator(".maplibregl-canvas").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#details")).to_be_visible()
    assert visit.complaints == []


@pytest.mark.browser
def test_the_list_holds_what_the_map_shows_and_follows_it(server: Server, visit: Visit) -> None:
    page = visit.open(server, "/map?lang=en" + CLOSE)
    page.check("input[value=lost]")
    page.click("#show-seen")
    listed = page.locator("#seen-list")
    expect(page.locator("#seen-heading")).to_be_focused()
    expect(listed.locator("li").first).to_have_text(f"{small_city.EVIL} at the centre")
    expect(listed).to_contain_text("武庫川 0.5-3 m at the centre")
    expect(listed).to_contain_text("No data – unknown, not safe")
    expect(listed).to_contain_text("Could not be loaded: no data – unknown, not safe")
    expect(listed).to_contain_text("A picture, which cannot be listed.")
    page.uncheck("input[value=roads]")
    expect(listed.locator("h3")).to_have_text(["Sites (1)", "Flood (2)", "Surge", "Landslide", "Elevation"])
    page.goto(f"{server.url}/map?lang=en&elsewhere#lon=135.24&lat=34.84&zoom=15&layers=sites,flood")
    page.wait_for_selector("body.with-map", timeout=60_000)
    page.click("#show-seen")
    expect(listed.locator("p")).to_have_text(["Nothing of this layer here (this does not mean safe)."] * 2)
    expect(page.locator("#seen-said")).to_have_text("0 things of 2 layers are shown.")
    page.keyboard.press("Escape")
    expect(page.locator("#show-seen")).to_be_focused()
    assert [each for each in visit.complaints if "404" not in each] == []

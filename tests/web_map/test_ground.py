"""The ground under the layers: its shade, in three dimensions, and GSI's maps only where the city offers them."""

import json
import re
import subprocess
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Page, expect

from geo.terrain import Pixels, gsi_dem_png, mapbox_terrain_rgb
from tests.web_map import small_city
from tests.web_map.conftest import Server, Visit
from tests.web_map.waiting import eventually
from web_map.pages import CONTENT_SECURITY_POLICY, STATIC_FOLDER, map_page, with_gsi_tiles
from web_map.view import MapUrls, map_view

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

CLOSE = f"#lon={small_city.CENTRE[0]}&lat={small_city.CENTRE[1]}&zoom=14"
_SCRIPT = """
import { shaded } from "./heights.mjs";
import { recoded } from "./raised.mjs";
import { readFileSync } from "node:fs";
const told = JSON.parse(readFileSync(0, "utf8")).map(([pixels, width]) => {
  const data = new Uint8ClampedArray(pixels);
  const light = new Uint8ClampedArray(pixels);
  recoded(data, width);
  shaded(light, width, 10);
  return [[...data], [...light]];
});
console.log(JSON.stringify(told));
"""


def test_heights_are_handed_on_and_what_is_unknown_goes_on_as_high_as_beside() -> None:
    unknown = np.nan
    tiles: tuple[tuple[list[list[float]], list[list[float]]], ...] = (
        (
            [[unknown, 5, unknown, 9.4, unknown], [unknown] * 5, [-3, -3, unknown, unknown, 1200.3]],
            [[5, 5, 9.4, 9.4, 9.4], [5, 5, 9.4, 9.4, 9.4], [-3, -3, -3, 1200.3, 1200.3]],
        ),
        ([[unknown] * 2] * 2, [[0] * 2] * 2),
        ([[0, 2, 4, 2, 0]], [[0, 2, 4, 2, 0]]),
    )
    given = [(_pixels(gsi_dem_png(np.array(heights))), len(heights[0])) for heights, _ in tiles]
    command = ["node", "--input-type=module", "--eval", _SCRIPT]
    told = subprocess.run(
        command, input=json.dumps(given), capture_output=True, text=True, check=True, cwd=STATIC_FOLDER
    )
    wanted = [_pixels(mapbox_terrain_rgb(np.array(heights, dtype=float))) for _, heights in tiles]
    answers = json.loads(told.stdout)
    assert [recoded for recoded, _ in answers] == wanted
    # The shade leaves open what is not known, and only that.
    for (heights, _), (_, light) in zip(tiles, answers, strict=True):
        assert all(
            not light[4 * at + 3]
            for at, height in enumerate(np.array(heights, dtype=float).ravel())
            if np.isnan(height)
        )
    # What rises to the east faces the light in the north-west, what falls lies in the shade.
    assert answers[2][1][:4] == answers[2][1][4:8]
    assert (answers[2][1][0], answers[2][1][3] > 0) == (255, True)
    assert (answers[2][1][16], answers[2][1][19] > 0) == (60, True)


def _pixels(rgb: Pixels) -> list[int]:
    return [int(part) for pixel in rgb.reshape(-1, 3) for part in (*pixel, 255)]


def _unevenness(page: Page) -> float:
    """How much the colours of the map's middle differ."""
    picture = Image.open(BytesIO(page.screenshot(clip={"x": 600, "y": 200, "width": 400, "height": 300})))
    return max(ImageStat.Stat(picture.convert("RGB")).stddev)


@pytest.mark.browser
def test_the_ground_is_shaded_or_plain_or_raised_and_the_address_says_so(server: Server, visit: Visit) -> None:
    page = visit.open(server, f"/map?lang=en{CLOSE}&layers=")
    eventually(page, lambda: _unevenness(page) > 2, True)
    page.select_option("#ground", "plain")
    expect(page).to_have_url(re.compile("&layers=&ground=plain$"))
    eventually(page, lambda: _unevenness(page), 0.0)
    page.check("#raised")
    expect(page).to_have_url(re.compile("&ground=plain&terrain=3d$"))
    page.uncheck("#raised")
    expect(page).to_have_url(re.compile("&ground=plain$"))
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{server.url}/map?lang=en&calm{CLOSE}&terrain=3d")
    page.wait_for_selector("body.with-map", timeout=60_000)
    expect(page.locator("#raised")).to_be_disabled()
    expect(page.locator("#raised")).not_to_be_checked()
    assert visit.outside == []
    assert visit.complaints == []


def test_maps_of_gsi_are_named_only_where_the_city_offers_them() -> None:
    gsi = "https://cyberjapandata.gsi.go.jp"
    for offered in (False, True):
        view = map_view(
            small_city.LAYERS, small_city.STATES, MapUrls(page="/map"), small_city.City(), gsi_tiles=offered
        )
        assert ('value="gsi-pale"' in map_page(view, "ja")) is offered
    assert gsi not in CONTENT_SECURITY_POLICY
    assert f"connect-src 'self' {gsi};" in with_gsi_tiles(CONTENT_SECURITY_POLICY)
    assert with_gsi_tiles(CONTENT_SECURITY_POLICY).count("https:") == 1

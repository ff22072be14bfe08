"""``python -m tests.golden [NAME ...]``: the screens of the sample city, photographed anew into this folder.

The pictures are for people: who renews one looks at it before it is committed.  They are not compared by a machine, as
fonts and drivers differ more than what should be seen.
"""

import sys
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from layers.model import Role
from services.database import accounts
from services.database.connect import connect
from tests.benchmarks.sample_server import Served, served_city
from tests.web_map.conftest import BROWSER_ARGUMENTS, CHROMIUM

HERE: Final = Path(__file__).resolve().parent
SIZES: Final[Mapping[str, tuple[int, int]]] = {"phone": (390, 844), "tablet": (820, 1180), "desk": (1440, 900)}
"""Width and height in CSS pixels, each of which is one of the picture."""
_IN_A_VEHICLE = (1180, 820)
_SPOT = (135.3415, 34.7376)
_INCIDENT = (135.3625, 34.7214)
_PLACE = f"lon={_SPOT[0]}&lat={_SPOT[1]}"


@dataclass
class Studio:
    """Both faces of the sample city, and a browser with an account of the staff."""

    served: Served
    browser: Browser
    _staff: tuple[str, str] | None = field(default=None)

    @contextmanager
    def page(self, size: tuple[int, int]) -> Any:
        """A page of somebody in Japan by day."""
        context = self._context(size)
        yield context.new_page()
        context.close()

    @contextmanager
    def staff_page(self, path: str, size: tuple[int, int], palette: str = "day") -> Any:
        """A page of the staff with its map, in this palette."""
        context = self._context(size)
        page: Page = context.new_page()
        page.goto(f"{self.internal}/sign-in?next={path}")
        page.fill("#name", self.staff[0])
        page.fill("#secret", self.staff[1])
        page.keyboard.press("Enter")
        page.wait_for_selector("body.with-map")
        if page.evaluate("document.documentElement.dataset.palette") != palette:
            page.click("#palette")
        yield page
        context.close()

    def _context(self, size: tuple[int, int]) -> BrowserContext:
        viewport: Any = {"width": size[0], "height": size[1]}
        context = self.browser.new_context(
            viewport=viewport, locale="ja-JP", timezone_id="Asia/Tokyo", color_scheme="light"
        )
        context.set_default_timeout(120_000)
        return context

    @property
    def public(self) -> str:
        return f"http://127.0.0.1:{self.served.public_port}"

    @property
    def internal(self) -> str:
        return f"http://127.0.0.1:{self.served.internal_port}"

    @property
    def staff(self) -> tuple[str, str]:
        """An account of the staff; with the first question for it there is a fire in the city too."""
        if self._staff is None:
            name = f"golden-{datetime.now(UTC):%H%M%S}"
            with connect(self.served.database_url, autocommit=True) as connection:
                secret = accounts.add(connection, name, "指令員", [Role.FIRE, Role.DISASTER])
            self._staff = name, secret
            self._report_fire(name, secret)
        return self._staff

    def _report_fire(self, name: str, secret: str) -> None:
        at = (datetime.now(UTC) - timedelta(minutes=3)).isoformat(timespec="seconds")
        about = {"incident_id": f"{at[:10]}-1", "kind": "fire", "strike_level": "first", "status": "received"}
        times = {"reported_at": at, "located_at": at, "address": "西宮市架空町1-2-3"}
        incident = {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": _INCIDENT},
            "properties": about | times,
        }
        context = self.browser.new_context(http_credentials={"username": name, "password": secret, "send": "always"})
        answer = context.request.post(
            f"{self.internal}/ogc/collections/incidents/items",
            data=incident,
            headers={"Content-Type": "application/geo+json"},
        )
        assert answer.status == 201, answer.text()
        context.close()


def _settled(page: Page) -> bytes:
    """What is seen once nothing is loaded any more."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1_500)  # a map draws on after its last tile has come
    return page.screenshot(animations="disabled", caret="hide")


def _public(path: str, prepare: Callable[[Page], object] | None = None) -> Callable[..., bytes]:
    """A public page at a size, after something was done in it."""

    def seen(studio: Studio, size: tuple[int, int]) -> bytes:
        with studio.page(size) as page:
            page.goto(studio.public + path)
            if prepare is not None:
                prepare(page)
            return _settled(page)

    return seen


def _wait_for_map(page: Page) -> None:
    page.wait_for_selector("body.with-map")


def _map_around(page: Page) -> None:
    """The map of the surroundings, which opens when it comes into view."""
    page.locator("#around").evaluate("each => each.scrollIntoView()")
    page.wait_for_selector("#around-map canvas")


def _sign_in(studio: Studio, size: tuple[int, int]) -> bytes:
    with studio.page(size) as page:
        page.goto(f"{studio.internal}/sign-in")
        return _settled(page)


def _responder(palette: str) -> Callable[..., bytes]:
    def seen(studio: Studio, size: tuple[int, int]) -> bytes:
        with studio.staff_page("/responder", size, palette) as page:
            page.select_option("#vehicle", index=1)
            page.locator("#incidents button[data-go]").first.click()
            page.wait_for_selector("#route-now .remaining strong")
            return _settled(page)

    return seen


def _desk(studio: Studio, size: tuple[int, int]) -> bytes:
    """Units by plan, and an evacuation order that is about to be issued."""
    with studio.staff_page("/desk", size) as page:
        page.locator("input[name=incident]").first.check()
        page.click("#plan")
        page.wait_for_selector("#proposal .unit")
        page.click("#order-form-box summary")
        form = page.locator("#order-form")
        form.get_by_label("警戒レベル4 避難指示").check()
        form.get_by_label("対象の災害").select_option(label="洪水")
        corners = [(-0.002, -0.001), (0.0005, -0.0015), (0.0025, 0.0005), (0.001, 0.002), (-0.0015, 0.0015)]
        written = [f"{_INCIDENT[0] + 1.2 * x:.6f}, {_INCIDENT[1] + y:.6f}" for x, y in corners]
        form.get_by_label("区域の角").fill("\n".join(written))
        form.get_by_label("対象地域").fill("架空町")
        form.locator("fieldset").first.scroll_into_view_if_needed()
        page.locator("#order-form-box").evaluate("each => each.scrollIntoView()")
        page.evaluate("document.activeElement.blur()")
        return _settled(page)


_ANSWER = f"/?{_PLACE}&lang=ja"
_SCREENS: Final[Mapping[str, Callable[..., bytes]]] = {
    "answer": _public(_ANSWER),
    "answer-map": _public(_ANSWER, _map_around),
    "map": _public(f"/map?lang=ja#{_PLACE}&zoom=14.2", _wait_for_map),
    "embed": _public(
        f"/embed?{_PLACE}&zoom=12.6&layers=hazard-flood,emergency-sites,waterways,districts&lang=ja", _wait_for_map
    ),
    "layers": _public("/layers?lang=ja"),
    "layer": _public("/layers/hazard-flood?lang=ja"),
    "sign-in": _sign_in,
}
"""What has a picture at each of ``SIZES``."""
PICTURES: Final[Mapping[str, tuple[Callable[..., bytes], tuple[int, int]]]] = {
    **{f"{name}-{size}": (seen, SIZES[size]) for name, seen in _SCREENS.items() for size in SIZES},
    "map-city": (_public("/map?lang=ja", _wait_for_map), SIZES["desk"]),
    "desk": (_desk, SIZES["desk"]),
    "responder-day": (_responder("day"), _IN_A_VEHICLE),
    "responder-night": (_responder("night"), _IN_A_VEHICLE),
}
"""What is photographed at which size, by the name of its file."""


def _small(seen: bytes) -> bytes:
    """The picture in a palette of its own: a third of the bytes, and what is to be seen is seen."""
    written = BytesIO()
    image = Image.open(BytesIO(seen)).convert("RGB")
    image.quantize(256, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    return written.getvalue()


def renew(served: Served, names: list[str]) -> None:
    """Photographs these of ``PICTURES``."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER_ARGUMENTS)
        studio = Studio(served, browser)
        for name in names:
            photograph, size = PICTURES[name]
            picture = _small(photograph(studio, size))
            (HERE / f"{name}.png").write_bytes(picture)
            sys.stdout.write(f"{name}.png: {len(picture) / 1000:.0f} kB\n")
        browser.close()


if __name__ == "__main__":
    with served_city() as city:
        renew(city, sys.argv[1:] or list(PICTURES))

"""What a phone of middle range meets on slow 4G, in a real Chromium: when the answer stands there, what moves, what is
asked for, what it weighs, and how long a way on foot takes with no network.
"""

import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Browser, Page, Request, sync_playwright

from layers.translations import languages
from tests.benchmarks.measures import Measure
from tests.web_map.conftest import BROWSER_ARGUMENTS, CHROMIUM
from tests.web_map.test_card_browser import barriers
from tests.web_map.weights import FIRST_LOAD_KB, MAP_KB, kilobytes

_SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
"""As Lighthouse has it: 150 ms, 1.6 Mbit/s down, 0.75 up."""
_SLOWDOWN = 4
_LOADS = 5
_WATCH = """
globalThis.shifted = 0; globalThis.painted = 0;
new PerformanceObserver(list => list.getEntries().forEach(each => {
  if (!each.hadRecentInput) globalThis.shifted += each.value;
})).observe({type: 'layout-shift', buffered: true});
new PerformanceObserver(list => list.getEntries().forEach(each => { globalThis.painted = each.startTime; }))
  .observe({type: 'largest-contentful-paint', buffered: true});
"""
_WAYS = """
async ([folder, places]) => {
  const { fetchBundle } = await import(`${folder}/offline/bundle.mjs`);
  const { City } = await import(`${folder}/offline/city.mjs`);
  const city = await City.open(await fetchBundle('/offline/'));
  await city.speaking('ja');
  const took = [];
  for (const [lon, lat] of places) for (const [hazard, known] of Object.entries(city.core.sites.by_hazard)) {
    const began = performance.now();
    city.walker(hazard, lon, lat, false, new Date()).answer(known.sites, 1);
    took.push(performance.now() - began);
  }
  return took;
}
"""


class Phone:
    """A browser of a phone that looks at one server."""

    def __init__(self, browser: Browser, base: str) -> None:
        self._browser = browser
        self._base = base
        self.outside = 0
        self.shift = 0.0

    @contextmanager
    def page(self, *, slow: bool = False) -> Iterator[Page]:
        """A page of a visitor who was never here before."""
        context = self._browser.new_context(viewport={"width": 412, "height": 823}, locale="ja-JP", is_mobile=True)
        context.add_init_script(_WATCH)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.on("request", self._look)
        if slow:
            session = context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", _SLOW_4G)
            session.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWDOWN})
        yield page
        context.close()

    def seconds(self, path: str) -> float:
        """From asking for a page to its largest part being painted, the median of some first visits."""
        found = []
        for _ in range(_LOADS):
            with self.page(slow=True) as page:
                page.goto(self._base + path)
                found.append(self._painted(page))
        return median(found)

    def seconds_of_search(self, text: str) -> float:
        """From sending the form on the first page to the answer being painted."""
        found = []
        for _ in range(_LOADS):
            with self.page(slow=True) as page:
                page.goto(f"{self._base}/?lang=ja")
                page.fill("#q", text)
                page.click(".search button[type=submit]")
                page.wait_for_selector("h1#place, .choices")
                found.append(self._painted(page))
        return median(found)

    def weight(self, path: str) -> float:
        """Kilobytes by gzip of all that a page asks for but tiles and answers; of a map without its page."""
        asked: list[str] = []
        with self.page() as page:
            page.on("request", lambda request: asked.append(request.url) if _ends(request) else None)
            page.goto(self._base + path)
            page.wait_for_timeout(1_000)
            if path.startswith("/map"):
                page.wait_for_selector("body.with-map")
                asked.remove(page.url.partition("#")[0])
        files = {each.partition("?v=")[0] for each in asked if not urlsplit(each).path.startswith("/ogc")}
        return kilobytes(_content(each) for each in files if each.startswith("http"))

    def barriers(self, paths: list[str]) -> int:
        """How many rules of axe are broken over pages in all languages, with what it leaves to be looked at."""
        count = 0
        with self.page() as page:
            for language in languages():
                for path in paths:
                    page.goto(f"{self._base}{path}{'&' if '?' in path else '?'}lang={language}")
                    if path.startswith(("/map", "/embed")):
                        page.wait_for_selector("body.with-map")
                    found = barriers(page)
                    if found:
                        sys.stderr.write(f"{path} {language}: {found}\n")
                    count += len(found)
        return count

    def ways(self, static: str, places: list[tuple[float, float]]) -> list[float]:
        """Milliseconds of each search of a way on foot in the saved city."""
        with self.page() as page:
            page.goto(f"{self._base}/?lang=ja")
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": _SLOWDOWN})
            found: list[float] = page.evaluate(_WAYS, [static, places])
            return found

    def _painted(self, page: Page) -> float:
        page.wait_for_load_state("load")
        page.wait_for_timeout(500)
        self.shift = max(self.shift, page.evaluate("globalThis.shifted"))
        return float(page.evaluate("globalThis.painted")) / 1000

    def _look(self, request: Request) -> None:
        if not request.url.startswith((f"{self._base}/", "data:", "blob:")):
            self.outside += 1


def measures(base: str, static: str, spot: tuple[float, float], places: list[tuple[float, float]]) -> Iterator[Measure]:
    """All that a browser measures.  ``spot``: where the answer is asked for; ``places``: whence ways are searched."""
    answer = f"/?{urlencode({'lon': spot[0], 'lat': spot[1]})}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER_ARGUMENTS)
        phone = Phone(browser, base)
        yield Measure("shared link to answer, slow 4G, CPU 4x slower", phone.seconds(f"{answer}&lang=ja"), "s", 1.5)
        found = phone.seconds_of_search(f"{spot[1]},{spot[0]}")
        yield Measure("search to answer, the same phone", found, "s", 2.5)
        yield Measure("layout shift, the most", phone.shift, "", 0.05)
        yield Measure("first load, gzip", phone.weight(f"{answer}&lang=ja"), "KB", FIRST_LOAD_KB)
        yield Measure("the map: library and modules, gzip", phone.weight("/map?lang=ja"), "KB", MAP_KB)
        ways = phone.ways(static, places)
        yield Measure("a way on foot in the saved city, CPU 4x slower, median", median(ways), "ms", 300)
        yield Measure("the same, the longest", max(ways), "ms", 300)
        pages = [answer, "/", "/?q=nowhere", "/map", "/embed", "/layers", "/layers/hazard-flood", "/offline/"]
        yield Measure(f"axe, {len(pages)} pages in {len(languages())} languages", phone.barriers(pages), "", 0)
        yield Measure("requests to elsewhere", phone.outside, "", 0)
        browser.close()


def _ends(request: Request) -> bool:
    """Not a stream of what happens."""
    return request.resource_type != "eventsource"


def _content(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=30) as answer:
        content: bytes = answer.read()
        return content

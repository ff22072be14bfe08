"""The city on duty in a browser: pages of the staff, opened and watched."""

from playwright.sync_api import BrowserContext, Page, Route

from tests.web_map.duty_city import DutyCity

TABLET = {"width": 1180, "height": 820}
LEAST_PX = 64
SMALL = """least => [...document.querySelectorAll('button, select, summary, input, textarea, a')]
  .map(each => [each, each.getBoundingClientRect()])
  .filter(([each, box]) => each.checkVisibility() && box.width > 0 && (box.width < least || box.height < least))
  .map(([each, box]) => `${each.outerHTML.slice(0, 80)} ${box.width}x${box.height}`)"""
"""Whatever is to be pressed and is smaller than this, as a script."""


def opened(crew: BrowserContext, city: DutyCity, path: str = "/responder") -> tuple[Page, list[str]]:
    """A page of the staff with its map, and what goes wrong in it or leaves the origin."""
    page = crew.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Security Policy" in said.text else None)
    page.on("request", lambda asked: complaints.append(asked.url) if not _is_own(asked.url, city.url) else None)
    page.goto(city.url + path)
    page.wait_for_selector("body.with-map", timeout=60_000)
    return page, complaints


def _is_own(address: str, origin: str) -> bool:
    return address.startswith((f"{origin}/", "data:"))


def lose_the_answer(route: Route) -> None:
    """What is asked arrives, and its answer does not."""
    route.fetch()
    route.abort()

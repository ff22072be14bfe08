"""The saved city in a real Chromium: kept by one press, answered with the network off, refused where it is spoilt."""

import re
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from services.http.offline import OfflineFiles, routes
from services.http.static import static_version
from services.ogc.processes._card.orders import orders_of_city
from tests.conftest import free_port
from tests.geo.travel.streets import position
from tests.waiting import until
from tests.web_map import cards
from tests.web_map.offline.comparing import asked
from tests.web_map.test_card_browser import barriers
from tests.web_map.waiting import eventually
from web_map.card import CardAsked, CardUrls
from web_map.pages import CONTENT_SECURITY_POLICY, STATIC_FOLDER, card_page

HERE, THERE = position(310, 260), position(610, 120)


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    """The public face as far as it has to do with this, without a database."""
    files = OfflineFiles(folder)
    urls = CardUrls(static=f"/static/{static_version()}")

    def page(request: Request) -> Response:
        given = request.query_params
        here = CardAsked("", float(given.get("lon", 0)), float(given.get("lat", 0)))
        language = given.get("lang", "ja")
        orders = orders_of_city(cards.in_force().speaking(language))
        html = card_page(here, None, cards.CITY, urls, language, orders=orders, offline=files.offered())
        return HTMLResponse(html, headers={"content-security-policy": CONTENT_SECURITY_POLICY})

    def internal(_request: Request) -> Response:
        return HTMLResponse("staff", headers={"Cache-Control": "no-store"})

    app = Starlette(
        routes=[
            Route("/", page),
            Route("/map", internal),
            Route("/responder", internal),
            *routes(files),
            Mount(urls.static, StaticFiles(directory=STATIC_FOLDER)),
        ]
    )
    port = free_port()
    running = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off", ws="none"))
    thread = Thread(target=running.run, daemon=True)
    thread.start()
    until(lambda: running.started)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def saved(chromium: Browser, site: str) -> Iterator[Page]:
    """A phone that visited a place and kept the city; its network is off."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="ja-JP")
    page = context.new_page()
    page.goto(f"{site}/?lon={HERE[0]:.6f}&lat={HERE[1]:.6f}&lang=ja")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.locator("#save button").click()
    expect(page.locator("#save a")).to_be_visible(timeout=30_000)
    for private in ("/map", "/responder"):
        page.goto(site + private)
    page.goto(f"{site}/?lon={HERE[0]:.6f}&lat={HERE[1]:.6f}&lang=ja")
    context.set_offline(True)
    yield page
    context.close()


def ready(page: Page, state: str = "true") -> None:
    page.wait_for_selector(f"body[data-ready='{state}']", timeout=30_000)


def test_a_page_that_was_seen_is_shown_again_and_says_so(saved: Page) -> None:
    expect(saved.locator(".orders-kept")).to_be_hidden()
    expect(saved.locator(".order")).not_to_have_count(0)
    saved.reload()
    expect(saved.locator("#kept")).to_be_visible()
    expect(saved.locator(".orders-kept")).to_have_text(re.compile("いまの避難情報は分かりません。"))
    expect(saved.locator(".orders-kept")).to_be_visible()


def test_any_place_is_answered_with_the_network_off(saved: Page, site: str, folder: Path) -> None:
    lon, lat = (round(each, 6) for each in THERE)
    saved.goto(f"{site}/?lon={lon}&lat={lat}&lang=en")
    ready(saved)
    assert saved.url.startswith(f"{site}/offline/?")
    expect(saved.locator(".saved").first).to_contain_text("What was decided since then")
    (answer,) = asked(folder, [{"ask": "answer", "lon": lon, "lat": lat, "language": "en"}])
    for hazard in answer["hazards"]:
        block = saved.locator(f"section.hazard[aria-labelledby='{hazard['id']}']")
        expect(block.locator("h3")).to_contain_text(hazard["name"])
        for entry in (hazard["sites"] or {"nearest": []})["nearest"]:
            expect(block).to_contain_text(f"{entry['walk']['minutes']} minutes on foot")
            expect(block.locator("h5", has_text=entry["site"]["name"])).to_have_count(1)
    saved.locator(".show-way").first.click()
    painted = (
        "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data"
        ".some((value, place) => place % 4 === 2 && value === 208)"
    )
    drawing = saved.locator(".saved-map canvas[tabindex]")
    eventually(saved, lambda: drawing.evaluate(painted), True)  # the way's blue
    saved.locator("a[hreflang=vi]").click()
    expect(saved.locator("html")).to_have_attribute("lang", "vi")
    ready(saved)


def test_orders_and_closures_are_said_to_be_unknown_whatever_was_in_force(saved: Page, site: str) -> None:
    lon, lat = (round(each, 6) for each in THERE)
    saved.goto(f"{site}/?lon={lon}&lat={lat}&lang=ja")
    ready(saved)
    orders = saved.locator("#orders")
    expect(orders).to_contain_text(
        "通信がないときは、いま避難情報が出ているかどうか分かりません。安全という意味ではありません。"
    )
    expect(orders.locator(".order")).to_have_count(0)
    expect(saved.locator("#closures")).to_contain_text("いまの通行止めや冠水は分かりません")
    expect(saved.locator("#live")).to_have_count(0)
    for sources in saved.locator(".sources li").all():
        expect(sources).not_to_contain_text("避難情報")


def test_an_address_is_found_with_the_network_off(saved: Page, site: str) -> None:
    saved.goto(f"{site}/?q=%E7%9F%B3%E5%9C%A8%E7%94%BA3-1&lang=ja")  # 石在町3-1
    ready(saved)
    assert saved.url.startswith(f"{site}/offline/?")
    expect(saved.locator("#place")).to_contain_text("石在町")
    saved.fill("#q", "公園")
    saved.click(".search button[type=submit]")
    saved.wait_for_selector(".choices li")
    ready(saved)
    assert saved.locator(".choices li a").count() > 3
    assert barriers(saved) == {}
    saved.locator(".choices li a", has_text="乙公園").click()
    ready(saved)
    expect(saved.locator("#place")).to_contain_text("乙公園")
    saved.fill("#q", "芦屋市大原町")
    saved.click(".search button[type=submit]")
    expect(saved.locator(".choices h1")).to_contain_text("見つかりません")
    expect(saved.locator(".choices")).to_contain_text("安全")
    saved.fill("#q", "兵庫県西宮市")
    saved.click(".search button[type=submit]")
    expect(saved.locator(".choices h1")).to_contain_text("市の名前だけでは")


def test_nothing_of_the_staff_was_kept(saved: Page) -> None:
    kept = saved.evaluate(
        "(async () => { const found = []; for (const name of await caches.keys())"
        " for (const each of await (await caches.open(name)).keys()) found.push(new URL(each.url).pathname);"
        " return found; })()"
    )
    assert "/" in kept
    assert not {"/map", "/responder"} & set(kept)


def test_an_old_copy_and_a_wrong_clock_are_told(saved: Page, site: str) -> None:
    saved.clock.set_system_time("2026-12-24T00:00:00Z")
    saved.goto(f"{site}/offline/?lon={THERE[0]}&lat={THERE[1]}&lang=en")
    ready(saved)
    expect(saved.get_by_role("alert").first).to_contain_text("past its limit of 30 days")
    saved.clock.set_system_time("2020-01-01T00:00:00Z")
    saved.reload()
    ready(saved)
    expect(saved.get_by_role("alert").first).to_contain_text("The clock of this device is before the time")


def test_a_spoilt_copy_is_no_empty_map(saved: Page, site: str) -> None:
    saved.evaluate(
        "(async () => { for (const name of await caches.keys()) { const cache = await caches.open(name);"
        " for (const each of await cache.keys()) if (each.url.includes('texts-ko'))"
        " await cache.put(each, new Response('ngisPart(\"x')); } })()"
    )
    saved.goto(f"{site}/offline/?lon={THERE[0]}&lat={THERE[1]}&lang=ko")
    ready(saved, "failed")
    expect(saved.locator("#failure-broken")).to_contain_text("This does not mean safe.")
    assert saved.locator("canvas").count() == 0


def test_a_folder_is_enough(chromium: Browser, folder: Path) -> None:
    page = chromium.new_page()
    outside: list[str] = []
    page.on("request", lambda request: None if request.url.startswith("file:") else outside.append(request.url))
    page.goto(f"{(folder / 'index.html').as_uri()}?lon={THERE[0]}&lat={THERE[1]}&lang=ja")
    ready(page)
    expect(page.locator("#place")).to_contain_text("指定した位置")
    assert not [each for each in outside if not each.startswith(("data:", "blob:"))]
    assert barriers(page) == {}
    page.close()


def test_what_is_kept_is_renewed_by_a_clock_that_is_years_behind(chromium: Browser, site: str) -> None:
    page = chromium.new_page()
    page.add_init_script("Date.now = () => Date.UTC(2020, 0, 1);")
    page.goto(f"{site}/?lang=en")
    page.locator("#save button").click()
    expect(page.locator("#save a")).to_be_visible(timeout=30_000)
    with page.expect_request(lambda each: each.url.endswith("/manifest.js") and "x-ngis-save" in each.headers):
        page.reload()
    page.close()


def test_storage_refused_is_said(chromium: Browser, site: str) -> None:
    page = chromium.new_page()
    page.add_init_script("CacheStorage.prototype.open = () => Promise.reject(new DOMException('full'))")
    page.goto(f"{site}/?lang=en")
    page.locator("#save button").click()
    expect(page.locator("#save [role=status]")).to_contain_text("It could not be saved")
    page.close()

"""The answer page and the map in a real Chromium while things change: told without a reload, lost, and back."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from threading import Thread
from typing import Any

import numpy as np
import pytest
import uvicorn
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from psycopg import sql

from layers import evacuation_orders, road_closures, site_status
from layers.model import Layer
from services.database.cluster import EmbeddedCluster
from services.database.connect import connect
from services.http.app import Face, create_app
from tests.conftest import DatabaseUnderTest, _database, free_port
from tests.services.http.conftest import _dataset, look_again
from tests.waiting import until
from tests.web_map.test_card_browser import barriers
from tests.web_map.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

HERE = (135.34, 34.74)
PHONE = {"width": 390, "height": 844}
AREA = "SRID=6668;MULTIPOLYGON(((135.3 34.7,135.38 34.7,135.38 34.78,135.3 34.78,135.3 34.7)))"
PLACE = f"SRID=6668;POINT({HERE[0] + 0.002} {HERE[1]})"
ROOM = """() => [false, true].map(hidden => {
  const line = document.getElementById("live");
  line.hidden = hidden;
  const { height } = line.getBoundingClientRect();
  line.hidden = false;
  return height;
})"""
"""How high the line is that says as of when the page is: shown, and before its script shows it."""
CLOCK = r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}"


@dataclass(frozen=True)
class LiveCity:
    """A public face over a database in which the staff enter things."""

    database: DatabaseUnderTest
    url: str
    cluster: EmbeddedCluster

    def enter(self, layer: Layer, key: str, geometry: str, **values: Any) -> None:
        columns = {
            "id": key,
            "geometry": geometry,
            **({} if layer.holds is None else {"from": datetime.now(UTC) - timedelta(minutes=1)}),
            "public": True,
            **values,
            **dict.fromkeys(("source_id", "dataset"), "test"),
            "position_quality": "edited",
            **dict.fromkeys(("load_id", "raw_number"), 0),
            "fictitious": True,
        }
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier("core", layer.table),
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join([sql.Placeholder()] * len(columns)),
        )
        with connect(self.database.urls.owner, autocommit=True) as connection:
            connection.execute(statement, list(columns.values()))

    def lift_all(self) -> None:
        with connect(self.database.urls.owner, autocommit=True) as connection:
            for layer in (evacuation_orders.LAYER, road_closures.LAYER):
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier("core", layer.table)))

    @contextmanager
    def without_database(self) -> Iterator[None]:
        name = self.database.name
        with self.cluster._admin("postgres") as admin:
            admin.autocommit = True
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
            try:
                yield
            finally:
                admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())


@pytest.fixture(scope="module")
def city(cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveCity]:
    for database in _database(cluster, template, tmp_path_factory.mktemp("live")):
        port = free_port()
        app = create_app(database.settings, Face.PUBLIC)
        served = uvicorn.Server(
            uvicorn.Config(app, port=port, log_level="error", ws="none", timeout_graceful_shutdown=1)
        )
        thread = Thread(target=served.run, daemon=True)
        thread.start()
        until(lambda served=served: served.started)  # type: ignore[misc]
        live = LiveCity(database, f"http://127.0.0.1:{port}", cluster)
        live.enter(evacuation_orders.LAYER, "before", AREA, level=3, area_name="前の町", until=datetime.now(UTC))
        live.enter(road_closures.LAYER, "before", PLACE, name="前の橋", until=datetime.now(UTC))
        live.enter(site_status.LAYER, "before", PLACE, common_id="E1", status="open", updated_at=datetime.now(UTC))
        with connect(database.urls.owner, autocommit=True) as connection:
            _dataset(connection, site_status.LAYER.id, 1, fictitious=True)
        look_again(app)
        yield live
        app.state.service.ending = True
        served.should_exit = True
        thread.join(20)


@pytest.fixture
def phone(chromium: Browser, city: LiveCity) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport=PHONE, locale="ja-JP")  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    yield context
    context.close()
    city.lift_all()


def answer(phone: BrowserContext, city: LiveCity) -> tuple[Page, list[str]]:
    """The answer page of a place, hearing of changes; what goes wrong in it, and every time that it was loaded."""
    page = phone.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("load", lambda _: wrong.append("loaded"))
    page.goto(f"{city.url}/?lon={HERE[0]}&lat={HERE[1]}&lang=ja")
    expect(page.locator("#live")).to_have_attribute("data-state", "connected")
    return page, wrong


def test_an_order_and_a_closure_appear_and_end_without_a_reload(phone: BrowserContext, city: LiveCity) -> None:
    page, wrong = answer(phone, city)
    orders, said = page.locator("#orders"), page.locator(".live-said")
    expect(orders).to_contain_text("発令中の避難情報は確認されていない。安全という意味ではない。")
    expect(page.locator(".live-as-of")).to_have_text(re.compile(f"新しい情報を自動で受け取っています（{CLOCK}現在）。"))
    shown, before = page.evaluate(ROOM)
    assert shown == before > 0  # nothing moves when it begins to speak
    page.locator("#q").focus()
    city.enter(evacuation_orders.LAYER, "o", AREA, level=4, area_name="試験町", hazard="flood", issued_by="市長")
    expect(orders.locator(".order-4 .order-name")).to_have_text("警戒レベル4 避難指示")
    expect(said).to_have_text(re.compile(f"{CLOCK}の情報に更新しました"))
    expect(page.locator("#q")).to_be_focused()
    assert barriers(page) == {}
    city.enter(road_closures.LAYER, "c", PLACE, name="試験橋", reason="flooding", depth_m=0.4)
    expect(page.locator("#closures li")).to_contain_text(["試験橋 冠水、水深0.4m"])
    with connect(city.database.urls.owner, autocommit=True) as connection:  # it will end by itself
        connection.execute("UPDATE core.evacuation_orders SET until = now() + interval '3 s' WHERE id = 'o'")
    expect(orders.locator(".order")).to_have_count(0)
    expect(orders).to_contain_text("確認されていない")
    assert wrong == ["loaded"]


def test_while_the_connection_or_the_database_is_lost_the_page_says_of_when_it_is(
    phone: BrowserContext, city: LiveCity
) -> None:
    city.enter(evacuation_orders.LAYER, "o", AREA, level=5, area_name="試験町")
    page, wrong = answer(phone, city)
    order, live, said = page.locator("#orders .order-5"), page.locator("#live"), page.locator(".live-said")
    expect(order).to_be_visible()
    phone.set_offline(True)
    expect(live).to_have_attribute("data-state", "lost")
    expect(said).to_have_text(re.compile(f"通信が切れています。ここにあるのは{CLOCK}の情報です。その後の避難情報"))
    expect(order).to_be_visible()  # the page goes on with what it has
    assert barriers(page) == {}
    city.lift_all()
    phone.set_offline(False)
    expect(live).to_have_attribute("data-state", "connected")
    expect(order).to_have_count(0)
    expect(said).to_have_text(re.compile(f"つながりました。{CLOCK}の情報に更新しました。"))
    with city.without_database():
        expect(live).to_have_attribute("data-state", "away")
        expect(said).to_contain_text("市のデータベースにつながらず、情報が更新されていません")
        assert barriers(page) == {}
    expect(live).to_have_attribute("data-state", "connected")
    expect(said).to_contain_text("つながりました")
    assert wrong == ["loaded"]


def test_the_map_draws_what_holds_and_says_so_in_its_list(phone: BrowserContext, city: LiveCity) -> None:
    page = phone.new_page()
    page.set_viewport_size({"width": 1280, "height": 800})
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{city.url}/map?lang=ja#lon={HERE[0]}&lat={HERE[1]}&zoom=13&layers=evacuation-orders,road-closures")
    page.wait_for_selector("body.with-map")
    state = page.locator("li[data-layer=evacuation-orders] .layer-state")
    expect(state).to_contain_text("確認されているものはありません（安全という意味ではありません）")
    assert not _painted(page)
    city.enter(evacuation_orders.LAYER, "o", AREA, level=4, area_name="試験町")
    expect(state).to_have_text(re.compile(r"発令・規制中のものだけを表示（\d{2}:\d{2}現在、1件）"))
    eventually(page, lambda: _painted(page), True)
    page.click("#ask-centre")
    expect(page.locator("#details h3")).to_have_text(["試験町"])
    expect(page.locator("#details")).to_contain_text("警戒レベル4 避難指示")
    page.click("#close-details")
    page.evaluate("document.querySelectorAll('.maplibregl-ctrl-scale').forEach(each => each.remove())")  # on a picture
    assert barriers(page) == {}
    phone.set_offline(True)
    expect(state).to_contain_text("更新できません。")
    phone.set_offline(False)
    expect(state).to_contain_text("1件")
    city.lift_all()
    expect(state).to_contain_text("確認されているものはありません")
    assert wrong == []


def test_the_map_goes_by_the_clock_of_the_server(phone: BrowserContext, city: LiveCity) -> None:
    city.enter(evacuation_orders.LAYER, "o", AREA, level=4, area_name="試験町")
    try:
        page = phone.new_page()
        page.clock.set_system_time(datetime(2019, 1, 1, tzinfo=UTC))
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(f"{city.url}/map?lang=ja#lon={HERE[0]}&lat={HERE[1]}&zoom=13&layers=evacuation-orders")
        assert page.evaluate("new Date().getFullYear()") == 2019
        state = page.locator("li[data-layer=evacuation-orders] .layer-state")
        expect(state).to_have_text(re.compile(r"発令・規制中のものだけを表示（\d{2}:\d{2}現在、1件）"))
    finally:
        city.lift_all()


def test_orders_that_cannot_be_read_are_said_to_be_unknown_over_the_map(phone: BrowserContext, city: LiveCity) -> None:
    page = phone.new_page()
    page.route("**/changes", lambda route: route.abort())
    page.route("**/evacuation-orders/items*", lambda route: route.abort())
    page.goto(f"{city.url}/map?lang=ja#lon={HERE[0]}&lat={HERE[1]}&zoom=13&layers=evacuation-orders")
    page.wait_for_selector("body.with-map")
    status = page.locator("#status.failed")
    expect(status).to_contain_text("読み込めないレイヤーがあります：避難情報（警戒レベル）")
    page.click("#show-seen")
    expect(page.locator("#seen-list")).to_contain_text("不明（安全という意味ではありません）")
    page.unroute_all()
    expect(page.locator("#status")).to_have_text("すべて読み込みました。", timeout=30_000)


def test_orders_that_could_not_be_read_before_there_was_a_map_are_said_to_be_unknown_with_it(
    phone: BrowserContext, city: LiveCity
) -> None:
    page = phone.new_page()
    held: list[Route] = []
    page.route("**/map.mjs", lambda route: held.append(route))  # a builtin is no handler of Playwright's
    page.route("**/evacuation-orders/items*", lambda route: route.abort())
    page.goto(f"{city.url}/map?lang=ja#lon={HERE[0]}&lat={HERE[1]}&zoom=13&layers=evacuation-orders")
    expect(page.locator("li[data-layer=evacuation-orders] .layer-state")).to_contain_text("読み込めません")
    eventually(page, lambda: len(held), 1)
    held[0].continue_()
    page.wait_for_selector("body.with-map")
    expect(page.locator("#status.failed")).to_contain_text("避難情報（警戒レベル）", timeout=2_000)


def test_what_failed_once_is_read_again(phone: BrowserContext, city: LiveCity) -> None:
    page = phone.new_page()
    asked: list[str] = []

    def once(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.abort()
        else:
            route.continue_()

    page.route("**/evacuation-orders/items*", once)
    page.goto(f"{city.url}/map?lang=ja#lon={HERE[0]}&lat={HERE[1]}&zoom=13&layers=evacuation-orders")
    state = page.locator("li[data-layer=evacuation-orders] .layer-state")
    expect(state).to_contain_text("確認されているものはありません", timeout=30_000)
    assert len(asked) == 2


def test_the_map_draws_openings_from_the_tiles_of_the_state_they_are_in(phone: BrowserContext, city: LiveCity) -> None:
    page = phone.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/site-status/tiles/" in request.url else None)
    page.goto(f"{city.url}/map?lang=ja#lon={HERE[0]}&lat={HERE[1]}&zoom=13&layers=site-status")
    page.wait_for_selector("body.with-map")

    def revisions() -> set[str]:
        return {url.rpartition("revision=")[2] for url in asked}

    eventually(page, lambda: len(revisions()), 1)
    city.enter(site_status.LAYER, "now", PLACE, common_id="E2", status="closed", updated_at=datetime.now(UTC))
    eventually(page, lambda: len(revisions()), 2)


def _painted(page: Page) -> bool:
    """Whether the map beside its middle is tinted with the purple of level 4, laid over the ground."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2 + 40, box["y"] + box["height"] / 2 + 40
    shot = page.screenshot(clip={"x": x, "y": y, "width": 4, "height": 4})
    red, green, blue = (int(each) for each in np.asarray(Image.open(BytesIO(shot)).convert("RGB"))[1, 1])
    return abs(red - blue) < 25 and red - green > 40

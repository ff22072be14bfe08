"""The responder's screen and the desk in a real Chromium: a mission from its order to its last key, and a tunnel."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from layers import dispatches, road_closures
from layers.model import Role
from services.database import accounts
from services.database.cluster import EmbeddedCluster
from services.database.connect import connect
from tests.conftest import _database, free_port
from tests.web_map.duty_city import ADDRESS, INCIDENT, PLACE, VEHICLE, DutyCity, on_duty
from tests.web_map.test_card_browser import barriers

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

TABLET = {"width": 1180, "height": 820}
LEAST_PX = 64
KEYS = ("出動", "現着", "放水", "引揚", "帰署")
_SMALL = """least => [...document.querySelectorAll('button, select, summary, input, textarea, a')]
  .map(each => [each, each.getBoundingClientRect()])
  .filter(([each, box]) => each.checkVisibility() && box.width > 0 && (box.width < least || box.height < least))
  .map(([each, box]) => `${each.outerHTML.slice(0, 80)} ${box.width}x${box.height}`)"""


@pytest.fixture(scope="module")
def city(cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DutyCity]:
    for database in _database(cluster, template, tmp_path_factory.mktemp("duty")):
        with on_duty(database, free_port()) as served:
            yield served


@pytest.fixture(scope="module")
def crew(chromium: Browser, city: DutyCity) -> Iterator[BrowserContext]:
    """A tablet that is signed in."""
    context = chromium.new_context(viewport=TABLET, locale="ja-JP")  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    expect.set_options(timeout=30_000)
    page = context.new_page()
    page.goto(f"{city.url}/responder")
    assert page.url == f"{city.url}/sign-in?next=/responder"
    assert barriers(page) == {}
    assert page.evaluate(_SMALL, LEAST_PX) == []
    page.fill("#name", city.account[0])
    page.fill("#secret", city.account[1])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{city.url}/responder")
    page.close()
    yield context
    expect.set_options(timeout=5_000)
    context.close()


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


def statuses(city: DutyCity) -> list[str]:
    """The keys that the server has, in the order of their times."""
    rows = city.ask("SELECT status FROM tracking.position WHERE status IS NOT NULL ORDER BY reported_at")
    return [status for (status,) in rows]


def eventually(page: Page, what: Any, wanted: Any) -> None:
    for _ in range(100):
        if what() == wanted:
            return
        page.wait_for_timeout(100)
    assert what() == wanted


def test_from_the_incident_to_the_way_there_and_what_closes_ahead(crew: BrowserContext, city: DutyCity) -> None:
    page, complaints = opened(crew, city)
    expect(page.locator("#incidents .card h2")).to_have_text([f"火災 {ADDRESS}"])
    for key in page.locator("button[data-key]").all():
        expect(key).to_be_disabled()  # of whose vehicle?
    page.select_option("#vehicle", VEHICLE)
    assert page.evaluate(_SMALL, LEAST_PX) == []
    assert barriers(page) == {}

    page.locator("#incidents .card button").click()
    expect(page.locator("#sheet-heading")).to_be_focused()
    expect(page.locator("#route-now .remaining strong")).to_have_text(re.compile(r"^\d+:\d\d$"))
    steps = page.locator("ol.steps > li")
    assert steps.count() >= 3
    expect(page.locator("#water li strong")).to_have_text(["消火栓", "防火水そう"])
    page.get_by_role("button", name="容量順").click()
    expect(page.locator("#water li strong")).to_have_text(["防火水そう", "消火栓"])
    expect(page.locator("#hazards li.unknown").first).to_be_visible()
    expect(page.locator("#notes")).to_contain_text("安全を意味しません")
    page.set_viewport_size({"width": 1180, "height": 2000})  # nothing lies under the edge of what is scrolled
    for palette in ("night", "day"):
        page.evaluate("value => { document.documentElement.dataset.palette = value; }", palette)
        assert page.evaluate(_SMALL, LEAST_PX) == []
        assert barriers(page) == {}, palette

    eventually(page, lambda: len(city.ask("SELECT 1 FROM tracking.route")), 1)
    before = page.locator("ol.steps").inner_text()
    ((lon, lat),) = city.ask(
        "SELECT ST_X(p), ST_Y(p) FROM tracking.route, LATERAL ST_LineInterpolatePoint(geometry, 0.5) AS p"
    )
    began = {"from": datetime.now(UTC) - timedelta(minutes=1)}
    city.add(road_closures.LAYER, place=(lon, lat), id="c1", name="試験通り", reason="fire", **began)
    expect(page.locator("#alerts .alert")).to_contain_text("経路が断たれました")
    expect(page.locator("ol.steps")).not_to_have_text(before)
    page.locator("#alerts button").click()
    expect(page.locator("#alerts .alert")).to_have_count(0)
    assert complaints == []
    page.close()


def test_keys_pressed_in_a_tunnel_arrive_once_and_in_order(crew: BrowserContext, city: DutyCity) -> None:
    ordered_at = datetime.now(UTC) - timedelta(minutes=1)
    city.add(dispatches.LAYER, id="d1", incident_id=INCIDENT, call_sign=VEHICLE, dispatched_at=ordered_at)
    page, _ = opened(crew, city)
    page.select_option("#vehicle", VEHICLE)
    expect(page.locator("#incidents .card.own .tag")).to_have_text("自隊に出動指令")
    # The first one arrives, and its answer is lost.
    page.route("**/positions", _lose_the_answer, times=1)
    page.get_by_role("button", name=KEYS[0]).click()
    eventually(page, lambda: statuses(city), ["dispatched"])
    expect(page.locator("#pending")).to_contain_text("送信待ち 1件")
    # The tunnel.
    crew.set_offline(True)
    for key in KEYS[1:4]:
        page.get_by_role("button", name=key).click()
    expect(page.locator("#pending")).to_contain_text("送信待ち 4件")
    expect(page.locator("#connection")).to_contain_text("接続なし", timeout=20_000)
    expect(page.locator("#incidents .card h2")).to_have_count(1)  # what is known stays
    expect(page.locator("#incidents-as-of")).to_contain_text("現在の情報")
    assert statuses(city) == ["dispatched"]
    page.close()  # the tablet is switched off, and on again behind the tunnel
    crew.set_offline(False)
    page, _ = opened(crew, city)
    expect(page.locator("#pending")).to_have_text("")
    assert statuses(city) == ["dispatched", "on-scene", "pumping", "withdrawing"]
    expect(page.locator("button[data-key=withdrawing]")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name=KEYS[4]).click()
    eventually(page, lambda: statuses(city)[4:], ["returned"])
    assert city.ask("SELECT count(*), count(DISTINCT report_id) FROM tracking.report") == [(5, 5)]
    filled = (
        "SELECT on_scene_at < pumping_at AND pumping_at < withdrawing_at AND withdrawing_at < returned_at "
        "FROM core.dispatches"
    )
    eventually(page, lambda: city.ask(filled), [(True,)])
    page.close()


def _lose_the_answer(route: Route) -> None:
    route.fetch()
    route.abort()


def test_the_desk_without_a_mouse(crew: BrowserContext, city: DutyCity) -> None:
    for statement in (
        "DELETE FROM core.dispatches RETURNING id",
        "DELETE FROM core.road_closures RETURNING id",
        "UPDATE core.vehicles SET status = 'standby' RETURNING id",
        "UPDATE core.incidents SET status = 'received' RETURNING id",
    ):
        city.ask(statement)
    page, complaints = opened(crew, city, "/desk")
    page.set_viewport_size({"width": 1440, "height": 2000})
    expect(page.locator("#units tbody th")).to_have_text([VEHICLE])
    _press(page, "input[name=incident]", "Space")
    _press(page, "#plan")
    expect(page.locator("#proposal .unit strong")).to_have_text([VEHICLE], timeout=30_000)
    assert barriers(page) == {}
    _press(page, "#order")
    expect(page.locator("#dispatch-said")).to_contain_text(VEHICLE)
    expect(page.locator("#sent li")).to_contain_text([f"{VEHICLE} 出動"])
    assert city.ask("SELECT incident_id, call_sign FROM core.dispatches") == [(INCIDENT, VEHICLE)]
    assert city.ask("SELECT status FROM core.incidents") == [("dispatched",)]
    assert city.ask("SELECT status FROM core.vehicles") == [("dispatched",)]
    _press(page, "#order")  # again: nobody is sent twice
    expect(page.locator("#dispatch-said")).to_contain_text("指令済み")
    assert city.ask("SELECT count(*) FROM core.dispatches") == [(1,)]

    _press(page, "#closure-form-box summary")
    form = page.locator("#closure-form")
    form.get_by_label("面").press("Space")
    _press(page, "#closure-form button[type=submit]")  # the browser says that positions are missing
    positions = form.locator("textarea")
    positions.fill(f"{PLACE[0]}, {PLACE[1]}\n{PLACE[0]}, {PLACE[1] + 0.001}")
    _press(page, "#closure-form button[type=submit]")
    expect(form.locator(".said")).to_contain_text("面には3点以上が必要です")
    positions.fill(f"{positions.input_value()}\n{PLACE[0] + 0.001} {PLACE[1]}")
    form.get_by_label("路線・区間").fill("試験広場")
    form.get_by_label("消防ポンプ自動車", exact=True).press("Space")
    assert barriers(page) == {}
    _press(page, "#closure-form button[type=submit]")
    expect(page.locator("#closures li")).to_contain_text(["試験広場"])
    drawn = city.ask(
        'SELECT ST_GeometryType(geometry), ST_IsPolygonCCW(geometry), applies_to, "until", declared_by '
        "FROM core.road_closures"
    )
    assert drawn == [("ST_Polygon", True, ["pumper"], None, "試験隊")]
    _press(page, "#closures li button")
    expect(page.locator("#closures li")).to_have_text(["通行止めはありません。"])
    # The page reckons the server's time out of answers that were under way for a moment.
    eventually(page, lambda: city.ask('SELECT "until" <= now() FROM core.road_closures'), [(True,)])

    # The database goes away: what is known stays, and the page says of when it is.
    page.route("**/ogc/**", lambda route: route.fulfill(status=503, json={"detail": "away"}))
    expect(page.locator("#connection")).to_contain_text("接続なし", timeout=20_000)
    expect(page.locator("#units tbody th")).to_have_text([VEHICLE])
    _press(page, "#plan")
    expect(page.locator("#dispatch-said")).to_contain_text("接続できません")
    assert complaints == []
    page.close()


def _press(page: Page, selector: str, key: str = "Enter") -> None:
    page.locator(selector).first.focus()
    page.keyboard.press(key)


def test_without_webgl_the_lists_do_it_all(crew: BrowserContext, city: DutyCity) -> None:
    page = crew.new_page()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null;")
    page.goto(f"{city.url}/desk?lang=en")
    expect(page.locator("#map-state")).to_contain_text("All lists work without it")
    expect(page.locator("#units tbody th")).to_have_text([VEHICLE])
    page.close()


def test_figures_of_the_modules(crew: BrowserContext, city: DutyCity) -> None:
    """Worked by hand: a route of two steps along 35° N, where a thousandth of a degree is 91.1 and 111.2 m."""
    page = crew.new_page()
    page.goto(f"{city.url}/sign-in")
    folder = _folder(page)
    step = {"maneuver": "turn", "text": "", "road": ""}
    route = {
        "geometry": {"type": "LineString", "coordinates": [[135.0, 35.0], [135.01, 35.0], [135.01, 35.01]]},
        "length_m": 2000.0,
        "travel_time_s": 300.0,
        "steps": [
            {**step, "length_m": 900.0, "travel_time_s": 100.0},
            {**step, "length_m": 1100.0, "travel_time_s": 200.0},
            {**step, "length_m": 0.0, "travel_time_s": 0.0},
        ],
    }
    found = page.evaluate(
        "async ([folder, route, places]) => { const { progressOf } = await import(`${folder}/progress.mjs`);"
        " return places.map(([lon, lat]) => progressOf(route, { lon, lat })); }",
        [folder, route, [[135.005, 35.001], [135.01, 35.005], [135.01, 35.01], [134.99, 35.0]]],
    )
    assert [each["step"] for each in found] == [0, 1, 2, 0]
    assert [round(each["remaining_s"] / 10) for each in found] == [25, 10, 0, 30]
    assert [round(each["off_m"]) for each in found] == pytest.approx([111, 0, 0, 911], abs=1)
    assert found[0]["remaining_m"] == pytest.approx(2000 - 455.5 / (911 + 1112) * 2000, abs=5)
    times = page.evaluate(
        "async (folder) => { const { fromLocal, toLocal } = await import(`${folder}/zoned.mjs`);"
        " return [fromLocal('2026-04-01T09:00', 'Asia/Tokyo'), toLocal(0, 'Asia/Tokyo'), fromLocal('', 'Asia/Tokyo'),"
        " fromLocal('2026-07-01T12:00', 'Europe/Paris'), fromLocal('2026-01-01T12:00', 'Europe/Paris')]; }",
        folder,
    )
    moments = [
        datetime(2026, 4, 1, tzinfo=UTC),
        datetime(2026, 7, 1, 10, tzinfo=UTC),
        datetime(2026, 1, 1, 11, tzinfo=UTC),
    ]
    ms = [each.timestamp() * 1000 for each in moments]
    assert times == [ms[0], "1970-01-01T09:00", None, ms[1], ms[2]]
    page.close()


def _folder(page: Page) -> str:
    """Where the modules are, as the page itself names its style sheet."""
    return str(page.locator("link[href$='/staff/staff.css']").get_attribute("href")).removesuffix("/staff.css")


# --- what the device keeps ------------------------------------------------------------------------------------------

_KEPT = """async () => {
  const database = await new Promise(resolve => {
    const request = indexedDB.open('ngis-staff', 1);
    request.onsuccess = () => resolve(request.result);
  });
  const read = name => new Promise(resolve => {
    const request = database.transaction(name).objectStore(name).getAllKeys();
    request.onsuccess = () => resolve(request.result);
  });
  const found = {kept: await read('kept'), waiting: (await read('waiting')).length, caches: {}};
  database.close();
  for (const name of await caches.keys()) {
    found.caches[name.replace(/-shell-.*/, '-shell')] = (await (await caches.open(name)).keys()).length;
  }
  return found;
}"""


@pytest.fixture
def tablet(chromium: Browser, city: DutyCity) -> Iterator[BrowserContext]:
    """A tablet that has never been here."""
    for statement in (
        "DELETE FROM core.dispatches RETURNING id",
        "DELETE FROM tracking.position RETURNING call_sign",
        "DELETE FROM tracking.report RETURNING report_id",
        "DELETE FROM core.road_closures RETURNING id",
        "UPDATE core.incidents SET status = 'received' RETURNING id",
    ):
        city.ask(statement)
    context = chromium.new_context(viewport=TABLET, locale="ja-JP")  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    expect.set_options(timeout=30_000)
    yield context
    expect.set_options(timeout=5_000)
    context.close()


def signed_in(tablet: BrowserContext, city: DutyCity, account: tuple[str, str]) -> Page:
    """One visit: signed in, the map drawn, and kept for a tunnel."""
    page = tablet.new_page()
    page.goto(f"{city.url}/sign-in")
    page.fill("#name", account[0])
    page.fill("#secret", account[1])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{city.url}/responder")
    expect(page.locator("#incidents .card h2")).to_have_count(1)
    page.wait_for_selector("body.with-map")
    eventually(page, lambda: page.evaluate("navigator.serviceWorker.controller !== null"), True)
    eventually(page, lambda: page.evaluate(_KEPT)["caches"].get("ngis-staff-page"), 1)
    return page


def test_after_one_visit_it_opens_in_a_tunnel_and_its_keys_arrive_once_and_in_order(
    tablet: BrowserContext, city: DutyCity
) -> None:
    page = signed_in(tablet, city, city.account)
    page.select_option("#vehicle", VEHICLE)
    page.locator("#incidents button[data-go]").click()
    expect(page.locator("#route ol.steps > li")).not_to_have_count(0)
    steps = page.locator("#route ol.steps > li").all_text_contents()
    page.close()
    tablet.set_offline(True)
    page = tablet.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{city.url}/responder")
    expect(page.locator("#sheet-heading")).to_contain_text(ADDRESS)
    assert page.locator("#route ol.steps > li").all_text_contents() == steps
    expect(page.locator("#connection")).to_contain_text(re.compile("接続なし：.*[0-9]{1,2}:[0-9]{2}.*現在の情報"))
    page.wait_for_selector("body.with-map")
    for key in KEYS[:2]:
        page.get_by_role("button", name=key).click()
    expect(page.locator("#pending")).to_contain_text("送信待ち 2件")
    page.reload()
    expect(page.locator("#pending")).to_contain_text("送信待ち 2件")
    page.get_by_role("button", name=KEYS[2]).click()
    expect(page.locator("#pending")).to_contain_text("送信待ち 3件")
    page.click("#back")
    expect(page.locator("#incidents-as-of")).to_contain_text("いまは読み込めません")
    assert barriers(page) == {}
    assert statuses(city) == []
    tablet.set_offline(False)
    expect(page.locator("#pending")).to_have_text("", timeout=60_000)
    assert statuses(city) == ["dispatched", "on-scene", "pumping"]
    assert city.ask("SELECT count(*) FROM tracking.report") == [(3,)]
    expect(page.locator("#connection")).not_to_contain_text("接続なし")
    assert complaints == []


def test_signing_out_leaves_nothing_and_waiting_keys_stay(tablet: BrowserContext, city: DutyCity) -> None:
    page = signed_in(tablet, city, city.account)
    page.select_option("#vehicle", VEHICLE)
    page.locator("#incidents button[data-go]").click()
    expect(page.locator("#route ol.steps > li")).not_to_have_count(0)
    before = page.evaluate(_KEPT)
    assert {"board:incidents", "sheet:open"} & set(before["kept"])
    assert before["caches"]["ngis-staff-page"] == 1
    tablet.set_offline(True)
    page.get_by_role("button", name=KEYS[0]).click()
    expect(page.locator("#pending")).to_contain_text("送信待ち 1件")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#leave button").click()
    expect(page.locator("main")).to_contain_text("サインアウトがサーバーに届いていません")
    tablet.set_offline(False)
    page.goto(f"{city.url}/sign-in")  # the session still stands: one is led on
    page.wait_for_url(f"{city.url}/responder")
    eventually(page, lambda: page.evaluate(_KEPT)["caches"].get("ngis-staff-page"), 1)
    expect(page.locator("#pending")).to_have_text("")
    assert statuses(city) == ["dispatched"]
    page.locator("#leave button").click()
    page.wait_for_url(f"{city.url}/sign-in")
    after = page.evaluate(_KEPT)
    assert set(after["kept"]) <= {"last-report-time"}
    assert {name for name, count in after["caches"].items() if count} <= {"ngis-staff-shell"}
    tablet.set_offline(True)
    page.goto(f"{city.url}/responder")
    expect(page.locator("main")).to_contain_text("まだ保存されていません")
    expect(page.locator("main")).not_to_contain_text(ADDRESS)


def test_another_account_sees_nothing_that_one_left(tablet: BrowserContext, city: DutyCity) -> None:
    with connect(city.database.urls.owner, autocommit=True) as connection:
        other = "tugi", accounts.add(connection, "tugi", "次の隊", [Role.FIRE])
    page = signed_in(tablet, city, city.account)
    page.locator("#incidents button[data-go]").click()
    expect(page.locator("#sheet-heading")).to_contain_text(ADDRESS)
    page.close()
    tablet.clear_cookies()  # its session has ended, and nobody signed out
    page = tablet.new_page()
    page.goto(f"{city.url}/responder")
    page.wait_for_url(f"{city.url}/sign-in?next=/responder")
    page.close()
    # The other reads nothing but the page: whatever is seen then is what was kept.
    tablet.route("**/ogc/**", lambda route: route.abort())
    page = tablet.new_page()
    page.goto(f"{city.url}/sign-in")
    page.fill("#name", other[0])
    page.fill("#secret", other[1])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{city.url}/responder")
    expect(page.locator("#incidents")).to_contain_text("不明")
    expect(page.locator("body")).not_to_contain_text(ADDRESS)
    kept = set(page.evaluate(_KEPT)["kept"])
    assert not {key for key in kept if key.startswith(("board:", "route:", "water:", "hazards:", "notes:"))}
    tablet.unroute_all()

"""The responder's screen in a real Chromium: a mission from its order to its last key, a tunnel, and what is kept."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from layers import dispatches, road_closures
from layers.model import Role
from services.database import accounts
from services.database.connect import connect
from tests.web_map.duty_browser import LEAST_PX, SMALL, TABLET, lose_the_answer, opened
from tests.web_map.duty_city import ADDRESS, INCIDENT, PLACE, VEHICLE, DutyCity
from tests.web_map.test_card_browser import barriers
from tests.web_map.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

KEYS = ("出動", "現着", "放水", "引揚", "帰署")


def statuses(city: DutyCity) -> list[str]:
    """The keys that the server has, in the order of their times."""
    rows = city.ask("SELECT status FROM tracking.position WHERE status IS NOT NULL ORDER BY reported_at")
    return [status for (status,) in rows]


def test_the_form_of_sign_in_leads_back(chromium: Browser, city: DutyCity) -> None:
    page = chromium.new_page(viewport=TABLET, locale="ja-JP")  # type: ignore[arg-type]
    page.goto(f"{city.url}/desk")
    assert page.url == f"{city.url}/sign-in?next=/desk"
    assert barriers(page) == {}
    assert page.evaluate(SMALL, LEAST_PX) == []
    page.close()


def test_from_the_incident_to_the_way_there_and_what_closes_ahead(crew: BrowserContext, city: DutyCity) -> None:
    page, complaints = opened(crew, city)
    expect(page.locator("#incidents .card h2")).to_have_text([f"火災 {ADDRESS}"])
    for key in page.locator("button[data-key]").all():
        expect(key).to_be_disabled()  # of whose vehicle?
    page.select_option("#vehicle", VEHICLE)
    assert page.evaluate(SMALL, LEAST_PX) == []
    assert barriers(page) == {}

    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url) if "/processes/route/" in each.url else None)
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
        assert page.evaluate(SMALL, LEAST_PX) == []
        assert barriers(page) == {}, palette

    eventually(page, lambda: len(city.ask("SELECT 1 FROM tracking.route")), 1)
    before = page.locator("ol.steps").inner_text()
    warnings, passes = page.locator("#route .warnings"), re.compile("内水.*は区域の中（浸水深 1m以上3m未満）")
    expect(warnings).to_contain_text(passes)
    expect(warnings).to_contain_text("次の災害想定は経路の全体で不明です。安全を意味しません: ")
    ((lon, lat),) = city.ask(
        "SELECT ST_X(p), ST_Y(p) FROM tracking.route, LATERAL ST_LineInterpolatePoint(geometry, 0.5) AS p"
    )
    began = {"from": datetime.now(UTC) - timedelta(minutes=1)}
    city.add(road_closures.LAYER, place=(lon, lat), id="c1", name="試験通り", reason="fire", **began)
    expect(page.locator("#alerts .alert")).to_contain_text("経路が断たれました")
    expect(page.locator("ol.steps")).not_to_have_text(before)
    expect(warnings).to_contain_text("通行止め「試験通り」（火災現場、当分の間）：避けた。")
    expect(warnings).to_contain_text(passes)
    expect(warnings).to_contain_text("次の災害想定は経路の全体で不明です。安全を意味しません: ")
    assert len(asked) == 1  # the event has it all
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
    page.route("**/positions", lose_the_answer, times=1)
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
    eventually(page, lambda: statuses(city), ["dispatched", "on-scene", "pumping", "withdrawing"])
    expect(page.locator("#pending")).to_have_text("")
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
    yield context
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


_REFUSED = "".join(
    f"Object.defineProperty(window, '{name}', {{get() {{ throw new DOMException('refused', 'SecurityError'); }}}});"
    for name in ("indexedDB", "localStorage", "caches")
)


def test_where_storage_is_refused_it_works_and_says_what_is_lost(tablet: BrowserContext, city: DutyCity) -> None:
    tablet.add_init_script(_REFUSED)
    page = tablet.new_page()
    page.goto(f"{city.url}/sign-in")
    page.fill("#name", city.account[0])
    page.fill("#secret", city.account[1])
    page.keyboard.press("Enter")
    expect(page.locator("#pending")).to_contain_text("この端末は送信待ちを保存できません")
    page.select_option("#vehicle", VEHICLE)
    page.get_by_role("button", name=KEYS[0]).click()
    eventually(page, lambda: statuses(city), ["dispatched"])
    page.close()


_FULL = """() => {
  for (const name of ["add", "put"])
    IDBObjectStore.prototype[name] = () => { throw new DOMException("full", "QuotaExceededError"); };
}"""


def test_keys_pressed_on_a_full_device_are_sent_in_order(tablet: BrowserContext, city: DutyCity) -> None:
    page = signed_in(tablet, city, city.account)
    page.select_option("#vehicle", VEHICLE)
    page.evaluate(_FULL)
    tablet.set_offline(True)
    for count, key in enumerate(KEYS[:2], 1):
        page.get_by_role("button", name=key).click()
        expect(page.locator("#pending")).to_contain_text(f"送信待ち {count}件")
    expect(page.locator("#pending")).to_contain_text("この端末は送信待ちを保存できません")
    tablet.set_offline(False)
    eventually(page, lambda: statuses(city), ["dispatched", "on-scene"])
    assert city.ask("SELECT count(*) FROM tracking.report") == [(2,)]
    page.close()


_YEARS_AHEAD = """{
  const [wall, origin] = [Date.now, performance.timeOrigin];
  Date.now = () => wall() + 1e11;
  Object.defineProperty(Performance.prototype, "timeOrigin", {get: () => origin + 1e11});
}"""


def test_keys_pressed_by_a_wrong_clock_before_the_server_is_heard_have_the_right_time(
    tablet: BrowserContext, city: DutyCity
) -> None:
    page = signed_in(tablet, city, city.account)
    page.select_option("#vehicle", VEHICLE)
    page.close()
    tablet.set_offline(True)
    tablet.add_init_script(_YEARS_AHEAD)
    page = tablet.new_page()
    page.goto(f"{city.url}/responder")
    began = datetime.now(UTC)
    page.get_by_role("button", name=KEYS[0]).click()
    expect(page.locator("#pending")).to_contain_text("送信待ち 1件")
    page.reload()
    page.get_by_role("button", name=KEYS[1]).click()
    expect(page.locator("#pending")).to_contain_text("送信待ち 2件")
    between = datetime.now(UTC)
    tablet.set_offline(False)
    expect(page.locator("#pending")).to_have_text("", timeout=60_000)
    page.get_by_role("button", name=KEYS[2]).click()
    eventually(page, lambda: statuses(city), ["dispatched", "on-scene", "pumping"])
    rows = city.ask("SELECT reported_at FROM tracking.position WHERE status IS NOT NULL ORDER BY reported_at")
    first, second, third = (at for (at,) in rows)
    slack = timedelta(seconds=1)  # a header has whole seconds
    assert began - slack < first < second < between + slack
    assert second < third < datetime.now(UTC) + slack
    expect(page.locator("button[data-key=pumping] .key-time")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    page.close()


_SLEEPS = """{
  const [ticks, slept] = [performance.now.bind(performance), [0]];
  performance.now = () => ticks() - slept[0];
  window.sleep = (ms) => { slept[0] += ms; };
}"""
"""The ticks of the page stand still; that the time of the others goes on is what is asked of them."""


def test_keys_pressed_after_a_sleep_are_on_time_and_those_before_one_say_what_they_may_be(
    tablet: BrowserContext, city: DutyCity
) -> None:
    ordered = datetime.now(UTC) - timedelta(minutes=30)
    about = {"id": "asleep", "incident_id": INCIDENT, "call_sign": VEHICLE, "dispatched_at": ordered}
    city.add(dispatches.LAYER, place=PLACE, **about)
    tablet.add_init_script(_SLEEPS)
    page = signed_in(tablet, city, city.account)
    page.select_option("#vehicle", VEHICLE)
    tablet.set_offline(True)
    page.evaluate("sleep(600_000)")
    began = datetime.now(UTC)
    page.get_by_role("button", name=KEYS[1]).click()
    expect(page.locator("#pending")).to_contain_text("送信待ち 1件")
    tablet.set_offline(False)
    expect(page.locator("#pending")).to_have_text("", timeout=60_000)
    slack = timedelta(seconds=2)  # a header has whole seconds
    (at,) = (at for (at,) in city.ask("SELECT reported_at FROM tracking.position WHERE status = 'on-scene'"))
    assert began - slack < at < datetime.now(UTC) + slack
    expect(page.locator("#alerts .alert")).to_have_count(0)

    tablet.set_offline(True)
    page.evaluate("sleep(600_000)")
    page.wait_for_timeout(3_000)  # between the keys there is time for a doubt, which a header in whole seconds is not
    page.get_by_role("button", name=KEYS[2]).click()
    expect(page.locator("#pending")).to_contain_text("送信待ち 1件")
    page.evaluate("sleep(600_000)")
    tablet.set_offline(False)
    expect(page.locator("#alerts .alert")).to_contain_text("確かではありません", timeout=60_000)
    remarks = "SELECT remarks FROM core.dispatches WHERE id = 'asleep'"
    eventually(page, lambda: "放水開始時刻は最大" in str(city.ask(remarks)), True)
    page.close()


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
    eventually(page, lambda: statuses(city), ["dispatched"])  # the line is empty before the queue is read, too
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

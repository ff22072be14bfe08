"""The desk in a real Chromium: units sent, closures drawn and evacuation orders issued, by keyboard alone."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from layers import road_closures
from layers.model import Role
from services.database import accounts
from services.database.connect import connect
from tests.web_map.duty_browser import lose_the_answer, opened
from tests.web_map.duty_city import INCIDENT, PLACE, VEHICLE, DutyCity
from tests.web_map.test_card_browser import barriers
from tests.web_map.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


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
    control = page.locator(selector).first
    expect(control).to_be_visible()
    expect(control).to_be_enabled()
    control.focus()
    page.keyboard.press(key)


def test_what_holds_is_not_left_out_by_a_clock_that_is_years_ahead(crew: BrowserContext, city: DutyCity) -> None:
    now = datetime.now(UTC)
    spell = {"from": now - timedelta(hours=1), "until": now + timedelta(hours=1)}
    city.add(road_closures.LAYER, place=PLACE, id="c-clock", name="時計通り", reason="fire", **spell)
    page = crew.new_page()
    page.add_init_script("const real = Date.now; Date.now = () => real() + 3.2e11;")
    asked: list[str] = []
    page.on("request", lambda each: asked.append(unquote(each.url)) if "closures/items" in each.url else None)
    page.goto(f"{city.url}/desk?lang=en")
    listed = page.locator("#closures li").filter(has_text="時計通り")
    expect(listed).to_contain_text(re.compile(r"\b\d\d:\d\d\b"))
    assert re.findall(r"TIMESTAMP\('(\d{4})", asked[0]) == [str((now - timedelta(days=1)).year)]
    connection = page.locator("#connection")
    expect(connection).to_contain_text("Connected")
    expect(connection).not_to_contain_text("is not confirmed")

    page.route(re.compile(r"/(collections/|healthz|session)"), lambda route: route.abort())
    page.reload()
    expect(connection).to_contain_text("What time it is now is not confirmed")
    expect(connection).to_contain_text(re.compile(r"is of \d+/\d+"))  # which day, where it is not known to be today
    expect(listed).to_be_visible()
    city.ask("DELETE FROM core.road_closures WHERE id = 'c-clock' RETURNING id")
    page.close()


def test_without_webgl_the_lists_do_it_all(crew: BrowserContext, city: DutyCity) -> None:
    page = crew.new_page()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null;")
    page.goto(f"{city.url}/desk?lang=en")
    expect(page.locator("#map-state")).to_contain_text("All lists work without it")
    expect(page.locator("#units tbody th")).to_have_text([VEHICLE])
    page.close()


def test_forms_stay_within_their_columns_and_everything_on_one_screen(crew: BrowserContext, city: DutyCity) -> None:
    page, _ = opened(crew, city, "/desk")
    page.set_viewport_size({"width": 1440, "height": 900})
    bottoms = page.evaluate(
        "() => { const list = document.querySelector('#orders');"
        " for (let n = 0; n < 30; n += 1) list.append(list.children[0].cloneNode(true));"
        " return [...document.querySelectorAll('.column h2')].map(each => each.getBoundingClientRect().bottom); }"
    )
    assert len(bottoms) == 5
    assert max(bottoms) < 900
    for box in ("#incident-form-box", "#closure-form-box", "#order-form-box"):
        _press(page, f"{box} summary")
        expect(page.locator(f"{box} button[type=submit]")).to_be_visible()
        assert (
            page.evaluate(
                "[...document.querySelectorAll('.column')].filter(each => each.scrollWidth > each.clientWidth).length"
            )
            == 0
        )
    page.close()


# --- evacuation orders ----------------------------------------------------------------------------------------------

_ORDERS = 'SELECT level, area_name, exercise, "from", "until" FROM {}.evacuation_orders ORDER BY area_name'
_CORNERS = [(PLACE[0] - 0.002, PLACE[1] - 0.002), (PLACE[0] + 0.002, PLACE[1] - 0.002), (PLACE[0], PLACE[1] + 0.002)]


def test_an_order_is_issued_changed_and_lifted_after_it_was_read_once_more(
    crew: BrowserContext, city: DutyCity
) -> None:
    page, complaints = opened(crew, city, "/desk")
    page.set_viewport_size({"width": 1440, "height": 2400})
    expect(page.locator("#orders li")).to_have_text(["発令中・予定の避難情報は登録されていません。"])
    _press(page, "#order-form-box summary")
    form, dialog = page.locator("#order-form"), page.locator("#confirm")
    expect(form.locator("[data-mode]")).to_be_hidden()
    form.get_by_label("警戒レベル3 高齢者等避難").press("Space")
    form.get_by_label("対象地域").fill("試験町")
    form.get_by_label("区域の角").fill("\n".join(f"{lon}, {lat}" for lon, lat in _CORNERS))
    form.get_by_label("対象の災害").select_option(label="洪水")
    assert barriers(page) == {}

    # It says in words what goes out, and who turns back has sent nothing.
    _press(page, "#order-form button[type=submit]")
    expect(dialog).to_contain_text("警戒レベル3 高齢者等避難")
    expect(dialog).to_contain_text("危険な場所から高齢者等は避難")
    expect(dialog).to_contain_text("訓練ではありません")
    expect(dialog).to_contain_text("市民に公開")
    assert barriers(page) == {}
    page.keyboard.press("Escape")
    expect(form.locator(".said")).to_have_text("送信していません。")
    assert city.ask(_ORDERS.format("core")) == []

    # The answer is lost on the way, and the order is there once.
    page.route("**/ogc/collections/*/items", lose_the_answer, times=1)
    _press(page, "#order-form button[type=submit]")
    _press(page, "#confirm [data-act]")
    expect(form.locator(".said")).to_contain_text("保存を確かめました：警戒レベル3 高齢者等避難 試験町")
    (issued,) = city.ask(_ORDERS.format("published"))
    assert issued[:3] == (3, "試験町", False)
    assert issued[4] is None
    card = page.locator("#orders > li")
    expect(card.locator(".order-name")).to_have_css("background-color", "rgb(255, 40, 0)")
    address = str(card.get_by_role("link").get_attribute("href"))

    # Somebody else lets it end meanwhile: that is told, and not overwritten.
    _press(page, "#orders [data-change]")
    expect(form.locator("[data-mode]")).to_have_text(re.compile("変更中：警戒レベル3 高齢者等避難 試験町"))
    city.ask("UPDATE core.evacuation_orders SET until = now() + interval '1 hour' RETURNING id")
    form.get_by_label("警戒レベル4 避難指示").press("Space")
    _press(page, "#order-form button[type=submit]")
    _press(page, "#confirm [data-act]")
    expect(form.locator(".said")).to_contain_text("最後に読まれたあとに変更されています")
    assert [row[0] for row in city.ask(_ORDERS.format("core"))] == [3]
    _press(page, "#orders [data-change]")
    expect(form.get_by_label("解除日時")).not_to_have_value("")
    form.get_by_label("警戒レベル4 避難指示").press("Space")
    form.get_by_label("解除日時").fill("")
    _press(page, "#order-form button[type=submit]")
    _press(page, "#confirm [data-act]")
    expect(card.locator(".order-name")).to_have_text("警戒レベル4 避難指示")
    assert [(row[0], row[4]) for row in city.ask(_ORDERS.format("published"))] == [(4, None)]

    # What citizens read there; the same page is on this face.
    seen = crew.new_page()
    seen.goto(city.url + re.sub(r"^https?://[^/]+", "", address))
    expect(seen.locator(".order-4")).to_contain_text("試験町")
    seen.close()

    _press(page, "#orders [data-lift]")
    expect(dialog).to_contain_text("市民の画面から消えます")
    _press(page, "#confirm [data-act]")
    expect(page.locator("#orders-said")).to_contain_text("解除しました")
    expect(card).to_have_text(["発令中・予定の避難情報は登録されていません。"])
    eventually(page, lambda: city.ask('SELECT "until" <= now() FROM core.evacuation_orders'), [(True,)])
    assert complaints == []
    page.close()


def test_an_exercise_far_ahead_for_a_town_by_its_name(crew: BrowserContext, city: DutyCity) -> None:
    city.ask("DELETE FROM core.evacuation_orders RETURNING id")
    page, _ = opened(crew, city, "/desk")
    # The towns of this city are not loaded: what the server says of a town is given here.
    place = {"lon": PLACE[0], "lat": PLACE[1], "address": "試験町", "town": "試験町", "position_error_m": 400.0}
    page.route("**/processes/hazard-at-point/execution", lambda route: route.fulfill(json={"place": place}))
    _press(page, "#order-form-box summary")
    form, dialog = page.locator("#order-form"), page.locator("#confirm")
    form.get_by_label("警戒レベル5 緊急安全確保").press("Space")
    form.get_by_label("町名・住所").fill("試験町")
    form.get_by_role("button", name="この町のまわりを").click()
    expect(form.locator(".said")).to_contain_text("半径 約400 m")
    expect(form.get_by_label("対象地域")).to_have_value("試験町")
    form.get_by_label("発令日時").fill((datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT09:00"))
    form.get_by_label("訓練", exact=True).press("Space")
    _press(page, "#order-form button[type=submit]")
    expect(dialog).to_contain_text("訓練の発令です")
    expect(dialog).to_contain_text(re.compile("09:00 から市民に公開"))
    expect(dialog).to_contain_text("約 0.52 km²")
    _press(page, "#confirm [data-act]")
    expect(page.locator("#orders > li .order-exercise")).to_have_text("訓練")
    within = city.ask(
        "SELECT bool_and(ST_Covers(o.geometry, ST_Project(p::geography, 400, a)::geometry)) "
        "FROM core.evacuation_orders AS o, ST_SetSRID(ST_Point(%s, %s), 6668) AS p, generate_series(0, 6.28, 0.1) AS a",
        *PLACE,
    )
    assert within == [(True,)]
    _press(page, "#orders [data-lift]")
    expect(dialog).to_contain_text("発令を取り消します")
    _press(page, "#confirm [data-act]")
    eventually(page, lambda: city.ask("SELECT count(*) FROM core.evacuation_orders"), [(0,)])
    page.close()


def test_what_was_being_written_is_there_again_and_goes_out_by_hand_alone(crew: BrowserContext, city: DutyCity) -> None:
    for statement in ("DELETE FROM core.evacuation_orders RETURNING id", "DELETE FROM core.road_closures RETURNING id"):
        city.ask(statement)
    page, complaints = opened(crew, city, "/desk")
    page.set_viewport_size({"width": 1440, "height": 2400})
    _press(page, "#closure-form-box summary")
    closure = page.locator("#closure-form")
    closure.get_by_label("線", exact=True).press("Space")
    page.locator("#closure-form [data-centre]").click()
    closure.get_by_label("消防ポンプ自動車", exact=True).press("Space")
    _press(page, "#order-form-box summary")
    form, dialog, draft = (
        page.locator("#order-form"),
        page.locator("#confirm"),
        page.locator(".draft:has(+ #order-form-box)"),
    )
    form.get_by_label("警戒レベル4 避難指示").press("Space")
    form.get_by_label("対象地域").fill("試験町")
    form.get_by_label("区域の角").fill("\n".join(f"{lon}, {lat}" for lon, lat in _CORNERS))
    form.get_by_label("訓練", exact=True).press("Space")
    expect(draft).to_be_hidden()
    _kept_on_device(page, "draft-of-order-form", "試験町")

    # The page is read again, as after a crash: all is there, is said to be a draft, and nothing was sent.
    page.reload()
    page.wait_for_selector("body.with-map")
    expect(draft).to_contain_text(re.compile(r"下書き（(\d+/\d+ )?\d\d:\d\d）・未発令"))
    expect(form.get_by_label("警戒レベル4 避難指示")).to_be_checked()
    expect(form.get_by_label("対象地域")).to_have_value("試験町")
    expect(form.get_by_label("区域の角")).to_have_value(re.compile(r"\n.*\n"))
    expect(form.get_by_label("訓練", exact=True)).to_be_checked()
    expect(form.get_by_label("公開", exact=False).last).to_be_checked()
    assert barriers(page) == {}
    other = page.locator(".draft:has(+ #closure-form-box)")
    expect(other).to_contain_text("未送信")
    expect(closure.get_by_label("線", exact=True)).to_be_checked()
    expect(closure.locator("textarea")).to_have_value(re.compile(r"^\d+\.\d+, \d+\.\d+$"))
    expect(closure.get_by_label("消防ポンプ自動車", exact=True)).to_be_checked()
    other.get_by_role("button").click()
    expect(other).to_be_hidden()
    expect(closure.locator("textarea")).to_have_value("")
    assert city.ask(_ORDERS.format("core")) == []
    _press(page, "#order-form button[type=submit]")
    expect(dialog).to_contain_text("警戒レベル4 避難指示")
    _press(page, "#confirm [data-act]")
    expect(form.locator(".said")).to_contain_text("保存を確かめました")
    expect(draft).to_be_hidden()

    # Of a change that was under way it is known what was changed, and that is over once it is given up.
    _press(page, "#orders [data-change]")
    expect(form.locator("[data-mode]")).to_be_visible()
    form.get_by_label("発令理由").fill("水位上昇")
    _kept_on_device(page, "draft-of-order-form", "水位上昇")
    page.reload()
    page.wait_for_selector("body.with-map")
    expect(form.locator("[data-mode]")).to_contain_text("変更中：警戒レベル4 避難指示 試験町")
    expect(form.get_by_label("発令理由")).to_have_value("水位上昇")
    draft.get_by_role("button").click()
    expect(form.locator("[data-mode]")).to_be_hidden()
    _kept_on_device(page, "draft-of-order-form", "null")
    page.reload()
    page.wait_for_selector("body.with-map")
    expect(draft).to_be_hidden()
    expect(form.get_by_label("対象地域")).to_have_value("")
    assert [row[:3] for row in city.ask(_ORDERS.format("core"))] == [(4, "試験町", True)]
    assert complaints == []
    page.close()


def test_another_account_reads_no_draft(crew: BrowserContext, city: DutyCity) -> None:
    page, _ = opened(crew, city, "/desk")
    _press(page, "#order-form-box summary")
    page.locator("#order-form").get_by_label("対象地域").fill("内緒町")
    _kept_on_device(page, "draft-of-order-form", "内緒町")
    with connect(city.database.urls.owner, autocommit=True) as connection:
        other = "kotai", accounts.add(connection, "kotai", "交替の者", [Role.DISASTER])
    mine = crew.cookies()
    crew.clear_cookies()  # the session ran out, and nobody signed out
    page.goto(f"{city.url}/sign-in?next=/desk")
    page.fill("#name", other[0])
    page.fill("#secret", other[1])
    page.keyboard.press("Enter")
    page.wait_for_selector("body.with-map")
    expect(page.locator("#order-form").get_by_label("対象地域")).to_have_value("")
    expect(page.locator(".draft").first).to_be_hidden()
    assert "内緒町" not in page.evaluate(_DRAFTS)
    crew.clear_cookies()
    crew.add_cookies(mine)  # type: ignore[arg-type]
    page.close()


_DRAFTS = """key => new Promise(resolve => {
  indexedDB.open('ngis-staff').onsuccess = ({ target: { result } }) => {
    const read = result.transaction('kept').objectStore('kept').getAll(key);
    read.onsuccess = () => { result.close(); resolve(JSON.stringify(read.result.map(({ value }) => value))); };
  };
})"""


def _kept_on_device(page: Page, key: str, text: str) -> None:
    """Waits until the device keeps something of this name with this text."""
    eventually(page, lambda: text in page.evaluate(_DRAFTS, key), True)

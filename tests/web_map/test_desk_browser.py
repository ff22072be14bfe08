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
    spells = [("ended", "-2", "-1"), ("holds", "-1", None), ("ends", "-1", "+1"), ("begins", "+1", None)]
    lists = page.evaluate(
        "async ([folder, spells]) => { const { Board } = await import(`${folder}/board.mjs`);"
        " const at = Date.UTC(2026, 3, 1), day = 86_400_000;"
        " const moment = (days) => days === null ? null : new Date(at + Number(days) * day).toISOString();"
        " const board = new Board({}, {}, []);"
        " board.read.closures.value = spells.map(([id, from, until]) => ({ id, properties:"
        "   { from: moment(from), until: moment(until) } }));"
        " return [board.from('closures', at), board.holding('closures', at), board.holding('closures', null)]"
        " .map((every) => every.map(({ id }) => id)); }",
        [folder, spells],
    )
    assert lists == [["holds", "ends", "begins"], ["holds", "ends"], ["ended", "holds", "ends", "begins"]]
    # When it is asked, when it answers, both by the clock of the page, and the header, to the second; all in seconds.
    heard = [(0, 0.2, 100), (1, 1.2, 102), (2, 9, 103), (20, 20.2, 200), (21, 21.2, None)]
    clock = page.evaluate(
        "async ([folder, heard]) => { const { serverClock } = await import(`${folder}/../server_clock.mjs?fresh`);"
        " let at = 0; performance.now = () => at * 1000; Date.now = () => 5e12 + at * 1000; const found = [];"
        " for (const [asked, answered, told] of heard) { at = answered;"
        "   const sent = { ticks: asked * 1000, wall: 5e12 + asked * 1000 };"
        "   serverClock.hear(told && new Date(told * 1000).toUTCString(), sent);"
        "   found.push(serverClock.heard / 1000 - at); } return found; }",
        [folder, heard],
    )
    # Within the second of the first, moved by no more than the second says, not by one that was long on its way.
    assert clock == pytest.approx([100.4, 100.8, 100.8, 179.8, 179.8], abs=0.01)
    page.close()


_MINUTE = 60


def test_a_device_that_slept_or_whose_clock_was_set_does_not_know_the_time(
    crew: BrowserContext, city: DutyCity
) -> None:
    page, _ = opened(crew, city, "/desk")
    # Now by the ticks of the page and by the clock on its wall, then where an answer has come: when it was asked for by
    # both, and what it says; all in seconds.
    moments = [
        (0, 0, (0, 0, 1000)),
        (100, 100, None),
        (102, 702, None),  # slept, or set forward
        (100, -3500, None),  # set back
        (104, 704, (104, 704, 1704)),
        (106, 1306, (104, 704, 1704)),  # the answer lay there while it slept
    ]
    known = page.evaluate(
        "async ([folder, moments]) => { const { serverClock } = await import(`${folder}/../server_clock.mjs?asleep`);"
        " let now = [0, 0]; performance.now = () => now[0] * 1000; Date.now = () => 5e12 + now[1] * 1000;"
        " return moments.map(([ticks, wall, heard]) => { now = [ticks, wall]; if (heard) { const [t, w, told] = heard;"
        "   serverClock.hear(new Date(told * 1000).toUTCString(), { ticks: t * 1000, wall: 5e12 + w * 1000 }); }"
        "   return serverClock.heard && Math.floor(serverClock.heard / 1000); }); }",
        [_folder(page), moments],
    )
    assert known == [1000, 1100, None, None, 1704, None]
    # Keys pressed at 0 by either clock, and when the server says that it is 10,000: what they may mean.
    spans = page.evaluate(
        "async ([folder, moments]) => { const { spanOf } = await import(`${folder}/queue.mjs`);"
        " return moments.map(([ticks, wall, after, same]) => spanOf({ pressed: 0, ticks: 0, after: after * 1000,"
        "   page: same ? performance.timeOrigin : 1 }, 1e7, { ticks: ticks * 1000, wall: wall * 1000 })); }",
        [
            _folder(page),
            [
                (_MINUTE, _MINUTE, 0, True),  # awake
                (_MINUTE, 11 * _MINUTE, 0, True),  # slept, or set forward
                (_MINUTE, 11 * _MINUTE, 9_700, True),  # but after the server was heard of last
                (_MINUTE, -1000, 0, True),  # set back: no sleep does that
                (_MINUTE, 11 * _MINUTE, 0, False),  # of a page that was closed since
                (0.2, 0.2, 10_000.5, True),  # the key before it by another header: their order stands
                (0.2, 600.2, 10_000.5, True),  # and leaves no doubt
                (0.2, 0.2, 20_000, True),  # the key before it by a clock that was far ahead
            ],
        ],
    )
    assert [(each["time"], each["notBefore"]) for each in spans] == [
        (9_940_000, None),
        (9_940_000, 9_340_000),
        (9_940_000, 9_700_001),
        (9_940_000, None),
        (9_340_000, None),
        (10_000_501, None),
        (10_000_501, None),
        (10_000_000, None),
    ]
    page.close()


def _folder(page: Page) -> str:
    """Where the modules are, as the page itself names its style sheet."""
    return str(page.locator("link[href$='/staff/staff.css']").get_attribute("href")).removesuffix("/staff.css")


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


def test_areas_of_the_form(crew: BrowserContext, city: DutyCity) -> None:
    page = crew.new_page()
    page.goto(f"{city.url}/sign-in")
    found = page.evaluate(
        "async (folder) => { const { hullOf, placeWithin } = await import(`${folder}/positions.mjs`);"
        " const square = [[0, 0], [1, 1], [0, 1], [1, 0], [0.5, 0.5], [0.5, 0]];"
        " const horseshoe = [[0, 0], [9, 0], [9, 4], [6, 4], [6, 1], [1, 1], [1, 4], [0, 4]];"
        " return [hullOf(square), placeWithin([horseshoe])]; }",
        _folder(page),
    )
    assert found[0] == [[0, 0], [1, 0], [1, 1], [0, 1]]
    assert found[1] == pytest.approx([7.5, 2.0])
    page.close()

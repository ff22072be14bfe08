"""What modules of the staff pages reckon by themselves, asked in a real Chromium."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.web_map.duty_browser import opened
from tests.web_map.duty_city import DutyCity

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


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


def _folder(page: Page) -> str:
    """Where the modules are, as the page itself names its style sheet."""
    return str(page.locator("link[href$='/staff/staff.css']").get_attribute("href")).removesuffix("/staff.css")

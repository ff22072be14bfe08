"""Speaking and listening, as devices offer it by themselves, in the page's language; and a clock that is wrong."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.web_map.conftest import Server, Visit
from tests.web_map.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

VOICES = """
window.said = [];
const voices = %s;
Object.defineProperty(window, "speechSynthesis", {value: {
  getVoices: () => voices, addEventListener() {}, cancel() { window.cancelled = true; },
  speak(utterance) {
    window.said.push([utterance.text, utterance.lang]);
    window.end = () => utterance.onend();
    if (!window.held) setTimeout(window.end, 5);
  },
}});
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""
RECOGNITION = """
window.SpeechRecognition = class {
  static async available(asked) { window.asked = asked; return "%s"; }
  start() {
    window.local = [this.processLocally, this.lang];
    setTimeout(() => { if (%s) this.onresult({results: [[{transcript: " 石在町3の1 "}]]}); this.onend(); }, 5);
  }
};
window.SpeechRecognition.prototype.processLocally = false;
"""


def voices(*known: tuple[str, bool]) -> str:
    listed = ", ".join(f'{{lang: "{lang}", localService: {str(local).lower()}}}' for lang, local in known)
    return VOICES % f"[{listed}]"


def settled(page: Page) -> Page:
    page.wait_for_load_state("networkidle")
    return page


@pytest.mark.parametrize(
    ("language", "known", "is_offered"),
    [
        ("ja", (("en-US", True), ("ja_JP", True)), True),
        ("ja-x-yasashii", (("ja-JP", True),), True),
        ("ja", (("ja-JP", False), ("en-US", True)), False),
        ("zh-Hant", (("zh-CN", True),), False),
        ("pt", (("pt-PT", True),), True),
    ],
)
def test_reading_aloud_is_offered_where_a_voice_of_the_device_speaks_the_language(
    server: Server, visit: Visit, language: str, known: tuple[tuple[str, bool], ...], is_offered: bool
) -> None:
    visit.page.add_init_script(voices(*known))
    page = settled(visit.card(server, "inside", language))
    expect(page.locator("#read-aloud")).to_be_visible(visible=is_offered)


def test_it_reads_the_answer_in_order_without_readings_and_stops_when_asked(server: Server, visit: Visit) -> None:
    visit.page.add_init_script(voices(("ja-JP", True)))
    page = settled(visit.card(server, "inside", "ja-x-yasashii"))
    button = page.locator("#read-aloud")
    page.evaluate("window.held = true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.evaluate("window.held = false; window.end()")
    expect(button).to_have_attribute("aria-pressed", "false", timeout=10_000)
    said = page.evaluate("window.said")
    assert {lang for _, lang in said} == {"ja-JP"}
    texts = [text for text, _ in said]
    assert not [text for text in texts if re.search("くいき|こうずい|[(（]くい", text)]
    order = [
        next(n for n, text in enumerate(texts) if word in text) for word in ("選んだ場所", "安全という意味", "甲小学校")
    ]
    assert order == sorted(order)
    page.evaluate("window.held = true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize(
    ("state", "is_offered"), [("available", True), ("downloadable", False), ("unavailable", False)]
)
def test_speaking_is_offered_where_nothing_is_sent_or_fetched(
    server: Server, visit: Visit, state: str, is_offered: bool
) -> None:
    visit.page.add_init_script(RECOGNITION % (state, "true"))
    page = settled(visit.card(server, "home", "ja"))
    eventually(page, lambda: page.evaluate("window.asked"), {"langs": ["ja-JP"], "processLocally": True})
    expect(page.locator("#dictate")).to_be_visible(visible=is_offered)
    if not is_offered:
        return
    page.click("#dictate")
    expect(page.locator("#q")).to_have_value("石在町3の1")
    expect(page.locator("#q")).to_be_focused()
    assert page.evaluate("window.local") == [True, "ja-JP"]


def test_what_is_not_understood_is_said_to_be_so(server: Server, visit: Visit) -> None:
    visit.page.add_init_script(RECOGNITION % ("available", "false"))
    page = settled(visit.card(server, "home", "ja"))
    page.click("#dictate")
    expect(page.locator("#dictate-status")).to_contain_text("聞き取れませんでした")
    expect(page.locator("#dictate")).to_be_enabled()


def test_a_browser_that_would_send_voices_away_offers_nothing(server: Server, visit: Visit) -> None:
    visit.page.add_init_script(
        "window.SpeechRecognition = class {}; window.webkitSpeechRecognition = window.SpeechRecognition;"
    )
    page = settled(visit.card(server, "home", "ja"))
    expect(page.locator("#dictate")).to_be_hidden()


def test_a_clock_that_differs_from_the_answers_is_said(server: Server, visit: Visit) -> None:
    page = settled(visit.card(server, "inside"))
    expect(page.locator("#clock")).to_be_hidden()
    page.clock.set_fixed_time("2026-09-01T05:00:00Z")
    page = settled(visit.card(server, "inside"))
    expect(page.locator("#clock")).to_contain_text("この答えの時刻（2026-09-01 12:00）と違います")

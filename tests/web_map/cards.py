"""Answer pages of the town of squares, as the public face would draw them: one for each thing that can be said."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from tests.geo.travel.streets import position
from tests.services.ogc.processes.places import answer, context
from web_map.card import CardAsked, CardUrls
from web_map.pages import card_page

HERE = position(210, 110)
EVIL = '"><script>alert(1)</script>'
FACTS = {
    "city": {"ja": "西宮市", "en": "Nishinomiya"},
    "contact_name": "災害対策課",
    "contact_url": "https://www.example.jp/",
    "time_zone": "Asia/Tokyo",
    "fictitious": False,
}
INPUTS: dict[str, dict[str, Any]] = {
    "inside": {"location": list(HERE)},
    "address": {"query": "石在町3-1"},
    "outside": {"location": [135.38, 34.76]},
    "elsewhere": {"location": [135.29, 34.65]},
    "choices": {"query": "名塩"},
    "nothing": {"query": EVIL},
    "other-city": {"query": "芦屋市大原町"},
}
PROBLEMS = {"away": ("card.away", "card.away_do", "card.unknown_not_safe"), "too-long": ("card.too_long",)}
NAMES = ("home", *INPUTS, *PROBLEMS)


def urls() -> CardUrls:
    return CardUrls()


@cache
def page(name: str, language: str) -> str:
    """One of ``NAMES`` in a language."""
    if name in PROBLEMS or name == "home":
        return card_page(CardAsked(), None, FACTS, urls(), language, problem=PROBLEMS.get(name, ()))
    inputs = INPUTS[name]
    lon, lat = inputs.get("location", (None, None))
    found = answer(_town(), **inputs, language=language)
    return card_page(CardAsked(inputs.get("query", ""), lon, lat), found, FACTS, urls(), language)


@cache
def _town() -> Any:
    return context(clock=lambda: datetime(2026, 9, 1, 3, 0, tzinfo=UTC))

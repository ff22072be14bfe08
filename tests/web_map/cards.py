"""Answer pages of the town of squares, as the public face would draw them: one for each thing that can be said."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from shapely.geometry import Point, box

from layers.text import Text
from services.http.around import legends
from services.ogc.processes._card.orders import orders_of_city
from services.ogc.processes._hazard.at_place import hazard_layers
from tests.geo.travel.streets import position
from tests.services.ogc.processes.holding import closure, order, town
from tests.services.ogc.processes.places import answer, context
from tests.services.ogc.processes.town import EVERY
from web_map.around import Mapped, around_view
from web_map.card import CardAsked, CardCity, CardUrls, Neighbour
from web_map.pages import card_page

NOW = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
HERE = position(210, 110)
EVIL = '"><script>alert(1)</script>'
CITY = CardCity(
    Text("西宮市", "Nishinomiya"),
    "災害対策課",
    "https://www.example.jp/",
    "Asia/Tokyo",
    (
        Neighbour(Text("芦屋市", "Ashiya"), "https://ashiya.example/"),
        Neighbour(Text("尼崎市", "Amagasaki"), "https://amagasaki.example/"),
    ),
)
INPUTS: dict[str, dict[str, Any]] = {
    "inside": {"location": list(HERE)},
    "orders": {"location": list(HERE)},
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
def page(name: str, language: str, show: str = "") -> str:
    """One of ``NAMES`` in a language; ``show`` as the address has it."""
    if name in PROBLEMS or name == "home":
        asked = CardAsked()
        return card_page(
            *(asked, None, CITY, urls(), language),
            orders=orders_of_city(quiet_town().speaking(language)) if name == "home" else None,
            problem=PROBLEMS.get(name, ()),
            sheet=_sheet(asked, language),
        )
    inputs = INPUTS[name]
    lon, lat = inputs.get("location", (None, None))
    asked = CardAsked(inputs.get("query", ""), lon, lat, show)
    found = answer(in_force() if name == "orders" else quiet_town(), **inputs, language=language)
    around = around_view(found, asked, urls(), legends(language))
    return card_page(asked, found, CITY, urls(), language, around=around, sheet=_sheet(asked, language))


@cache
def in_force() -> Any:
    """The town with orders of each level, an exercise among them, and closures."""
    around = box(*position(0, 0), *position(400, 300))
    orders = [
        *(order(str(level), level, around, fictitious=True) for level in (3, 4, 5)),
        order("x", 4, around, exercise=True, hazard=None, until="2026-09-01T15:00:00+09:00"),
        order("far", 3, box(*position(500, 500), *position(600, 600))),
    ]
    closures = [
        closure("a", Point(*position(300, 110)), depth_m=0.4),
        closure("b", Point(*position(500, 110)), name=None, reason="roadworks", until="2026-09-02T00:00:00+09:00"),
    ]
    return town(orders, closures)


def mapped() -> dict[str, Mapped]:
    """The hazards' layers; of some there are data in the town."""
    return {layer_id: Mapped(layer, layer_id in EVERY) for layer_id, layer in hazard_layers().items()}


def _sheet(asked: CardAsked, language: str) -> dict[str, str]:
    address = asked.address(urls(), language)
    return {"address": f"https://bousai.city.example{address}", "code": f"/code{address.removeprefix('/')}"}


@cache
def quiet_town() -> Any:
    """The town of squares, at one moment, with nothing in force."""
    return context(clock=lambda: NOW)

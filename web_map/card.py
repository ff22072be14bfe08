"""From the answer of the process ``answer-card`` to what the card is drawn from: grouped by state, each advice once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from layers.text import Text

STATES = ("inside", "unknown", "outside")
"""In the order in which they are read: what matters first.  What is not known comes before what is not expected."""
_ZOOM = 16

quoted = lru_cache(maxsize=256)(quote_plus)
"""For what stands in many addresses of every page: languages and layers."""


@dataclass(frozen=True, slots=True)
class CardUrls:
    """Where things are, as paths on the same origin; without a final slash but for ``page``.

    ``base`` is the address of the server, for who reads the page elsewhere, such as a search engine.
    """

    base: str = ""
    page: str = "/"
    map: str = "/map"
    layers: str = "/layers"
    ogc: str = "/ogc"
    static: str = "/static"
    around: str = "/around"
    picture: str = "/picture"
    code: str = "/code"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A municipality near by, and where its own page is."""

    name: Text
    url: str


@dataclass(frozen=True, slots=True, eq=False)
class CardCity:
    """Whose card it is; what is said of it is found once for as long as it is the same object."""

    name: Text
    contact_name: str
    contact_url: str
    time_zone: str
    neighbours: tuple[Neighbour, ...] = ()


@dataclass(frozen=True, slots=True)
class CardAsked:
    """What the address asks for, as it was given: a place in words, or a position in degrees, or neither.

    show:
        The layer of the hazard that the map of the surroundings shows; empty where the address names none.
    """

    query: str = ""
    lon: float | None = None
    lat: float | None = None
    show: str = ""

    def address(self, urls: CardUrls, language: str, show: str | None = None) -> str:
        """The address that asks the same in a language, and that the map shows another layer where one is given."""
        place = _asked(self.query, self.lon, self.lat)
        shown = self.show if show is None else show
        return f"{urls.page}?{place}{f'show={quoted(shown)}&' if shown else ''}lang={quoted(language)}"


@lru_cache(maxsize=64)  # asked for in every language
def _asked(query: str, lon: float | None, lat: float | None) -> str:
    named = f"q={quote_plus(query)}&" if query else ""
    return named if lon is None or lat is None else f"{named}lon={lon:.6f}&lat={lat:.6f}&"


def card_view(answer: Mapping[str, Any], urls: CardUrls, language: str) -> dict[str, Any]:
    """The parts of the card; ``groups`` are empty where the answer is of no one place."""
    place = answer["place"]
    return {
        "text": answer["text"],
        "outcome": answer["outcome"],
        "choices": [_choice(each, urls, language) for each in answer["choices"]],
        "more": max(0, answer["total"] - len(answer["choices"])) if answer["choices"] else 0,
        "place": place,
        "map": None if place is None else _map_address(place, urls, language),
        "closures": answer["closures"],
        "groups": _groups(answer["hazards"]),
        "notes": answer["notes"],
        "sources": answer["sources"],
        "fictitious": answer["fictitious"],
        "answered_at": answer["answered_at"],
    }


def _choice(place: Mapping[str, Any], urls: CardUrls, language: str) -> dict[str, Any]:
    """One place to choose, with the address of its answer."""
    if place["ask"] is not None:
        asked = CardAsked(place["ask"])
    else:
        asked = CardAsked(place["title"], place["lon"], place["lat"])
    return {**place, "address": asked.address(urls, language)}


def _map_address(place: Mapping[str, Any], urls: CardUrls, language: str) -> str:
    where = f"lon={place['lon']:.5f}&lat={place['lat']:.5f}&zoom={_ZOOM}"
    return f"{urls.map}?lang={language}#{where}"


def _groups(hazards: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The hazards by state, with the advice that all of a group share."""
    groups = []
    for state in STATES:
        members = [each for each in hazards if each["state"] == state]
        if not members:
            continue
        advised = [each["what_to_do"] for each in members if each["what_to_do"]]
        shared = [advice for advice in advised[0] if all(advice in each for each in advised)] if advised else []
        own = [{**each, "advice": [one for one in each["what_to_do"] if one not in shared]} for each in members]
        groups.append({"state": state, "advice": shared, "hazards": list(map(_parted, _without_repeats(own)))})
    return groups


def _parted(hazard: dict[str, Any]) -> dict[str, Any]:
    """What is said of a hazard apart from the sites, of which more depends on the place."""
    return {
        "id": hazard["id"],
        "name": hazard["name"],
        "state": hazard["state"],
        "sites": hazard.pop("sites"),
        "about": hazard,
    }


def _without_repeats(hazards: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The hazards, with ``same_as``: the one before it whose advice is all of its own too, None where there is none."""
    found: list[dict[str, Any]] = []
    for each in hazards:
        before = (other for other in found if each["advice"] and other["advice"] == each["advice"])
        same = next(before, None)
        found.append({**each, "same_as": same and {"id": same["id"], "name": same["name"]}})
    return found

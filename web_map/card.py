"""From the answer of the process ``answer-card`` to what the card is drawn from: grouped by state, each advice once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from layers.text import Text
from web_map.drawing import number_of

type Hazards = Sequence[dict[str, Any]]

STATES = ("inside", "unknown", "outside")
"""In the order in which they are read: what matters first.  What is not known comes before what is not expected."""
_ZOOM = 16
_MOST_CASES = 2_000
"""Each takes some kilobytes."""


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

    def begun(self, urls: CardUrls) -> str:
        """How every address begins that asks for the same place."""
        named = f"q={quote_plus(self.query)}&" if self.query else ""
        place = "" if self.lon is None or self.lat is None else f"lon={self.lon:.6f}&lat={self.lat:.6f}&"
        return f"{urls.page}?{named}{place}"

    def address(self, urls: CardUrls, language: str = "") -> str:
        """The address that asks the same in a language, which stands at its end."""
        shown = f"show={quote_plus(self.show)}&" if self.show else ""
        return f"{self.begun(urls)}{shown}lang={language}"


def card_view(answer: Mapping[str, Any], urls: CardUrls, language: str) -> dict[str, Any]:
    """The parts of the card: hazards in ``groups``, and the ``sites`` for each by its id, of which more depends on the
    place; both are empty where the answer is of no one place.
    """
    place = answer["place"]
    hazards = [dict(each) for each in answer["hazards"]]
    sites = {each["id"]: each.pop("sites") for each in hazards}
    return {
        "text": answer["text"],
        "outcome": answer["outcome"],
        "choices": [_choice(each, urls, language) for each in answer["choices"]],
        "more": max(0, answer["total"] - len(answer["choices"])) if answer["choices"] else 0,
        "place": place,
        "map": None if place is None else _map_address(place, urls, language),
        "closures": answer["closures"],
        "groups": _groups.of(hazards),
        "sites": sites,
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


class _Groups:
    """The hazards by state, made once for all places of which the same is said.

    Where to look tell the scenarios, which are the same objects then; that it is the same is compared, which is quick
    for what is the same object.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[int, ...], tuple[Hazards, Hazards]] = {}

    def of(self, hazards: Hazards) -> Hazards:
        key = tuple([number_of(each["scenarios"]) for each in hazards])
        found = self._made.get(key)
        if found is None or found[0] != hazards:
            if len(self._made) >= _MOST_CASES:
                self._made.clear()
            found = self._made[key] = hazards, _grouped(hazards)
        return found[1]


_groups = _Groups()


def _grouped(hazards: Hazards) -> Hazards:
    """The hazards by state, with the advice that all of a group share."""
    groups = []
    for state in STATES:
        members = [each for each in hazards if each["state"] == state]
        if not members:
            continue
        advised = [each["what_to_do"] for each in members if each["what_to_do"]]
        shared = [advice for advice in advised[0] if all(advice in each for each in advised)] if advised else []
        own = [{**each, "advice": [one for one in each["what_to_do"] if one not in shared]} for each in members]
        groups.append({"state": state, "advice": shared, "hazards": _without_repeats(own)})
    return groups


def _without_repeats(hazards: Hazards) -> list[dict[str, Any]]:
    """The hazards, with ``same_as``: the one before it whose advice is all of its own too, None where there is none."""
    found: list[dict[str, Any]] = []
    for each in hazards:
        before = (other for other in found if each["advice"] and other["advice"] == each["advice"])
        same = next(before, None)
        found.append({**each, "same_as": same and {"id": same["id"], "name": same["name"]}})
    return found

"""From what somebody wrote to one place, to a choice of some, or to the reason why there is none."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from geo.addresses import Gazetteer, Located, Refusal
from geo.names import Fit
from layers.text import Text
from services.ogc.processes._model import Context
from services.ogc.processes._place import Place, at_town, known_towns
from services.ogc.processes._places.gazetteer import Facility, facilities, readings, town_names

MOST = 20
"""So many are offered to choose from."""
_DASHES = str.maketrans("‐‑‒–—―−─ー", "---------")
_POSTAL_CODE = re.compile(r"〒?\s*([0-9]{3})-?([0-9]{4})")
_POSITION = re.compile(r"(-?[0-9]{1,3}(?:\.[0-9]+)?)\s*[,、\s]\s*(-?[0-9]{1,3}(?:\.[0-9]+)?)")
_LOT = re.compile(r"[0-9\-番地号丁目ノ]*")


class Outcome(StrEnum):
    """What came of a search."""

    FOUND = "found"
    CHOOSE = "choose"
    NOT_FOUND = "not-found"
    CITY_ALONE = "city-alone"
    OTHER_MUNICIPALITY = "other-municipality"
    UNKNOWN_POSTAL_CODE = "unknown-postal-code"
    NO_NAMES = "no-names"  # neither towns nor facilities are loaded


TEXTS = {
    Outcome.FOUND: Text("見つかりました。", "It was found."),
    Outcome.CHOOSE: Text("いくつか見つかりました。選んでください。", "There are several: choose one."),
    Outcome.NOT_FOUND: Text(
        "この住所や名前は見つかりません。町名から書くか、別の書き方を試してください。",
        "There is no such address or name here. Begin with the name of the town, or write it in another way.",
    ),
    Outcome.CITY_ALONE: Text(
        "市の名前だけでは場所が決まりません。町名、施設の名前、郵便番号まで書いてください。",
        "The name of the city alone is no place. Add a town, the name of a facility, or a postal code.",
    ),
    Outcome.OTHER_MUNICIPALITY: Text(
        "この住所は、この市の住所ではありません。", "This address is not one of this city."
    ),
    Outcome.UNKNOWN_POSTAL_CODE: Text(
        "この郵便番号は、この市では見つかりません。", "This postal code is not known in this city."
    ),
    Outcome.NO_NAMES: Text(
        "町や施設のデータが読み込まれていないため、探せません。", "No towns and facilities are loaded to search in."
    ),
}


@dataclass(frozen=True, slots=True)
class Named:
    """A place with what to call it.

    ask:
        What leads to this place and no other where it is searched for; None where only its position does.
    """

    title: str
    kind: Text
    detail: str | None
    place: Place
    ask: str | None


@dataclass(frozen=True, slots=True)
class Search:
    """``places`` are at most ``MOST`` of ``total``; exactly one where the outcome is ``FOUND``."""

    outcome: Outcome
    places: tuple[Named, ...] = ()
    total: int = 0


_TOWN = Text("町丁目", "Town")
_SPOT = Text("位置", "Position")


def search(text: str, context: Context) -> Search:
    """The places that are meant.

    A position in digits, a postal code, an address with its town, a town or its reading, a name of a facility or a part
    of it, in this order.  Nothing is guessed: where several fit, all of them are offered.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if (spot := _position(plain)) is not None:
        return Search(Outcome.FOUND, (spot,), 1)
    towns = known_towns(context)
    if towns is None and not facilities(context).every:
        return Search(Outcome.NO_NAMES)
    if towns is not None and (code := _POSTAL_CODE.fullmatch(plain.translate(_DASHES))) is not None:
        named = readings(context).by_code.get(code[1] + code[2], ())
        return _result(_towns(named, towns, context), Outcome.UNKNOWN_POSTAL_CODE)
    found = None if towns is None else towns.explain(plain)
    if isinstance(found, Located):
        return _result([_at(found, plain, context)], Outcome.NOT_FOUND)
    if towns is not None and towns.is_city_alone(plain):
        return Search(Outcome.CITY_ALONE)
    missing = Outcome.OTHER_MUNICIPALITY if found is Refusal.OTHER_MUNICIPALITY else Outcome.NOT_FOUND
    meant = [] if towns is None else _by_town(plain, towns, context)
    named_so = _by_name(plain if towns is None else towns.without_city(plain), context)
    whole = [each for each, fit in named_so if fit is Fit.WHOLE]
    if whole:
        return _result([*meant, *map(_facility, whole)], missing)
    return _result([*meant, *(_facility(each) for each, _ in named_so)], missing)


def _result(places: Iterable[Named], otherwise: Outcome) -> Search:
    """Each place once."""
    every = list({(each.title, each.place.lon, each.place.lat): each for each in places}.values())
    if not every:
        return Search(otherwise)
    outcome = Outcome.FOUND if len(every) == 1 else Outcome.CHOOSE
    return Search(outcome, tuple(every[:MOST]), len(every))


def _position(plain: str) -> Named | None:
    matched = _POSITION.fullmatch(plain)
    if matched is None:
        return None
    first, second = float(matched[1]), float(matched[2])
    lat, lon = (second, first) if abs(first) > 90 else (first, second)
    if abs(lat) > 90 or abs(lon) > 180:
        return None
    return Named(plain, _SPOT, None, Place(lon, lat), None)


def _by_town(plain: str, towns: Gazetteer, context: Context) -> list[Named]:
    """By a town of which the 丁目 is missing, and by readings, with what follows them."""
    members = towns.members(plain)
    if members:
        return [_at(each, each.town, context) for each in members]
    known = readings(context)
    entries, rest = known.by_reading.longest_beginning(towns.without_city(plain))
    if entries and _LOT.fullmatch(rest):
        return _towns([known.towns[each] + rest for each in entries], towns, context)
    parts = known.by_reading.find(towns.without_city(plain))
    beginning = [known.towns[each.entry] for each in parts if each.fit is not Fit.PART]
    names, index = town_names(towns, context)
    written = [names[each.entry] for each in index.find(towns.without_city(plain)) if each.fit is not Fit.PART]
    return [*_towns(beginning, towns, context), *_towns(written, towns, context)]


def _towns(names: Iterable[str], towns: Gazetteer, context: Context) -> list[Named]:
    """The places of these names; of a name without its 丁目 all of them."""
    found: list[Named] = []
    for name in names:
        exact = towns.explain(name)
        if isinstance(exact, Located):
            found.append(_at(exact, name, context))
        else:
            found += [_at(each, each.town, context) for each in towns.members(name)]
    return found


def _at(found: Located, asked: str, context: Context) -> Named:
    return Named(found.town, _TOWN, None, at_town(found, asked, context), asked)


def _by_name(plain: str, context: Context) -> list[tuple[Facility, Fit]]:
    known = facilities(context)
    return [(known.every[each.entry], each.fit) for each in known.by_name.find(plain)]


def _facility(found: Facility) -> Named:
    return Named(found.name, found.layer.title, found.address, found.place, None)

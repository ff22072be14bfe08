"""What a device finds by name: towns by name, reading and postal code, and facilities, each with its keys."""

from collections.abc import Iterator
from typing import Any

from geo.addresses import VARIANTS
from geo.names import name_key
from services.ogc.processes._model import Context
from services.ogc.processes._place import TOWNS, known_towns, may_be_of
from services.ogc.processes._places.gazetteer import facilities, readings

_DIGITS = 6
"""Of degrees: a tenth of a metre."""


def places_document(context: Context) -> dict[str, Any]:
    """``places``: title, detail, longitude, latitude and the keys by which each is found (``geo.names.name_key``).

    With what a device needs to make such a key of what somebody writes: ``variants``, and the names of the prefecture
    and of the city, which may stand before a town.
    """
    city = context.city
    return {
        "variants": VARIANTS,
        "before": [name_key(city.prefecture_ja), name_key(city.name_ja)],
        "places": [*_towns(context), *_facilities(context)],
    }


def _towns(context: Context) -> Iterator[list[Any]]:
    towns, read = known_towns(context), readings(context)
    if towns is None:
        return
    kana: dict[str, list[str]] = {}
    codes: dict[str, list[str]] = {}
    for town, spelled in zip(read.towns, read.spelled, strict=True):
        kana.setdefault(town, []).extend(each for each in spelled if each)
    for code, named in read.by_code.items():
        for town in named:
            codes.setdefault(town, []).append(code)
    for each in context.layers.features(TOWNS):
        name = each.properties.get("name")
        if not name or each.geometry is None or not may_be_of(each, context.city):
            continue
        where = each.geometry.representative_point()
        whole = max((town for town in read.towns if str(name).startswith(town)), key=len, default="")
        rest = str(name).removeprefix(whole)
        written = [towns.without_city(str(name)), *(f"{one}{rest}" for one in kana.get(whole, []))]
        keys = dict.fromkeys([*map(name_key, written), *codes.get(whole, [])])
        yield [name, "", round(where.x, _DIGITS), round(where.y, _DIGITS), list(keys)]


def _facilities(context: Context) -> Iterator[list[Any]]:
    known = facilities(context)
    for each, spelled in zip(known.every, known.spelled, strict=True):
        keys = list(dict.fromkeys(key for name in spelled if (key := name_key(name))))
        place = each.place
        yield [each.name, each.address or "", round(place.lon, _DIGITS), round(place.lat, _DIGITS), keys]

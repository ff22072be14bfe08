"""What there is to find: towns with their readings and postal codes, and facilities by their names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Any

from geo.addresses import Gazetteer
from geo.names import NameIndex, name_key
from layers.catalogue import catalogue
from layers.model import Geometry, Layer
from layers.postal_codes import LAYER as POSTAL_CODES
from services.ogc.processes._model import Context
from services.ogc.processes._place import AS_GIVEN, TOWNS, Place

_SAME_M = 300.0
"""Two lists that name a facility place it no farther apart."""
_DEGREE_M = 111_195.0


@dataclass(frozen=True, slots=True)
class Facility:
    """A named feature: where it is, and the layer that knows it."""

    layer: Layer
    name: str
    address: str | None
    place: Place


@dataclass(frozen=True, eq=False)
class Readings:
    """Towns without their 丁目 by reading and by postal code; ``spelled``: the readings of each."""

    towns: tuple[str, ...]
    spelled: tuple[tuple[str, ...], ...]
    by_reading: NameIndex
    by_code: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Facilities:
    """Facilities, each once, by their names in every spelling; ``spelled``: the spellings of each."""

    every: tuple[Facility, ...]
    spelled: tuple[tuple[str, ...], ...]
    by_name: NameIndex


def readings(context: Context) -> Readings:
    """Those of the city's postal codes; none where they are not served."""
    return context.layers.remember("town readings", [POSTAL_CODES.id], lambda: _readings(context))


def _readings(context: Context) -> Readings:
    towns: dict[str, list[str]] = {}
    codes: dict[str, list[str]] = {}
    for each in context.layers.features(POSTAL_CODES.id):
        given = each.properties
        code, town = given.get("municipality_code"), given.get("town")
        if not town or (code is not None and str(code)[:5] != context.city.code):
            continue
        towns.setdefault(town, []).append(given.get("town_kana") or "")
        codes.setdefault(str(given["postal_code"]), []).append(town)
    return Readings(
        tuple(towns),
        tuple(map(tuple, towns.values())),
        NameIndex(towns.values()),
        {code: tuple(dict.fromkeys(found)) for code, found in codes.items()},
    )


def town_names(towns: Gazetteer, context: Context) -> tuple[list[str], NameIndex]:
    """The names of the towns that are served, and the index of them without the city before them."""

    def make() -> tuple[list[str], NameIndex]:
        names = towns.names()
        return names, NameIndex([towns.without_city(name)] for name in names)

    return context.layers.remember("town names", [TOWNS], make)


def named_layers() -> list[Layer]:
    """The layers whose features people call by a name and an address, by their declarations."""
    wanted = {"name", "name_kana", "address"}
    return [each for each in catalogue().values() if each.geometry is Geometry.POINT and wanted <= set(each.by_name)]


def facilities(context: Context) -> Facilities:
    """Those of all layers that are served."""
    ids = [each.id for each in named_layers()]
    return context.layers.remember("facilities by name", ids, lambda: _facilities(context))


def _facilities(context: Context) -> Facilities:
    kept: list[Facility] = []
    spelled: list[Sequence[str]] = []
    by_key: dict[str, list[Facility]] = {}
    for layer in named_layers():
        for each in context.layers.features(layer.id):
            given, shape = each.properties, each.geometry
            name = str(given.get("name") or "")
            if not name or shape is None or shape.is_empty:
                continue
            where = shape.representative_point()
            found = Facility(layer, name, given.get("address"), _place(where.x, where.y, given))
            same = by_key.setdefault(name_key(name), [])
            if any(_apart_m(found.place, other.place) <= _SAME_M for other in same):
                continue
            same.append(found)
            kept.append(found)
            spelled.append([name, str(given.get("name_kana") or ""), str(given.get("name_english") or "")])
    return Facilities(tuple(kept), tuple(map(tuple, spelled)), NameIndex(spelled))


def _place(lon: float, lat: float, given: Mapping[str, Any]) -> Place:
    """Coordinates as published are exact; what was placed by its address is within its error."""
    quality, error_m = given.get("position_quality"), given.get("position_error_m")
    placed = str(quality).startswith("town")
    return Place(
        lon,
        lat,
        str(quality) if placed else AS_GIVEN,
        float(error_m or 0.0) if placed else 0.0,
        fictitious=bool(given.get("fictitious")),
    )


def _apart_m(one: Place, other: Place) -> float:
    return hypot((one.lon - other.lon) * cos(radians(one.lat)), one.lat - other.lat) * _DEGREE_M

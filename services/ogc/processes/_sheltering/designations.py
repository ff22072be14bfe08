"""How many of the city's emergency sites are designated for each hazard of the law, whoever lists them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import nan

from layers import emergency_sites
from layers.hazard_types import DESIGNATED_HAZARDS
from layers.text import Text
from services.ogc.analysis.layers import Feature
from services.ogc.processes._evacuation.sites import Named, is_same
from services.ogc.processes._model import Context
from services.ogc.processes._place import may_be_of
from services.ogc.processes._planning.facilities import Facility
from services.ogc.processes._planning.given import point_of


@dataclass(frozen=True, slots=True)
class Designation:
    """How many of the city's emergency sites are designated for a hazard, are not, or of how many nothing is stated."""

    hazard: str
    title: Text
    designated: int
    not_designated: int
    not_stated: int
    with_known_room: int


def designations(context: Context) -> tuple[Designation, ...] | None:
    """In the order of the law; None where the emergency sites are not loaded."""
    layer_id = emergency_sites.LAYER.id
    if context.layers.state(layer_id) is None:
        return None
    named = [
        Facility(each.id, str(each.properties.get("name")), *_place(each), None, each.properties)
        for each in context.layers.features(layer_id)
        if may_be_of(each, context.city)
    ]
    once: dict[int, list[Facility]] = {}
    for each, first in zip(named, same_sites(named), strict=True):
        once.setdefault(first, []).append(each)
    return tuple(_designation(hazard, title, list(once.values())) for hazard, _, title in DESIGNATED_HAZARDS)


def _place(site: Feature) -> tuple[float, float]:
    """Without one it is the same as no other."""
    return (nan, nan) if site.geometry is None else point_of(site.geometry)


def _designation(hazard: str, title: Text, sites: Sequence[Sequence[Facility]]) -> Designation:
    """Of sites, each with what every list says of it."""
    flags = [said_together(each.properties.get(f"for_{hazard}") for each in listed) for listed in sites]
    meant = [listed for listed, flag in zip(sites, flags, strict=True) if flag]
    rooms = [any(emergency_sites.persons(each.properties.get("capacity_text")) for each in listed) for listed in meant]
    return Designation(hazard, title, len(meant), flags.count(False), flags.count(None), rooms.count(True))


def said_together(flags: Iterable[bool | None]) -> bool | None:
    """What several lists say together: where one says that it is not designated it is not."""
    said = {each for each in flags if each is not None}
    return None if not said else False not in said


def same_sites(sites: Sequence[Named]) -> list[int]:
    """Of each the place of the first that is the same site."""
    firsts: dict[str, list[int]] = {}
    found = []
    for number, each in enumerate(sites):
        others = firsts.setdefault(each.name, [])
        first = next((other for other in others if is_same(each, sites[other])), number)
        if first == number:
            others.append(number)
        found.append(first)
    return found

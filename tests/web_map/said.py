"""Every text of the declarations and processes that the answer page can say: what each language has to translate."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from types import ModuleType
from typing import Any

from layers import advice, evacuation_orders, road_closures, site_status
from layers.hazard_types import DESIGNATED_HAZARDS
from layers.text import Text
from layers.tsunami_arrival import ARRIVALS
from services.ogc.processes import answer_card
from services.ogc.processes._card import closures, nearest_sites, orders
from services.ogc.processes._evacuation import answer as evacuation
from services.ogc.processes._evacuation import site_status as opening
from services.ogc.processes._evacuation import sites
from services.ogc.processes._hazard import answer as hazards
from services.ogc.processes._hazard.at_place import hazard_layers
from services.ogc.processes._model import Process
from services.ogc.processes._on_roads import closures_met, route_words, slope
from services.ogc.processes._places import searching
from services.ogc.processes._places.gazetteer import named_layers

_MODULES = (
    *(advice, answer_card, nearest_sites, orders, closures, evacuation, opening, sites, hazards),
    *(route_words, slope, closures_met, searching),
)


def texts_said() -> set[Text]:
    """All of them; names of places, facilities, rivers and sources are data and not among them."""
    found: set[Text] = set()
    for module in _MODULES:
        found |= set(_of_module(module))
    found |= {title for _, _, title in DESIGNATED_HAZARDS} | {code.title for code in site_status.STATES.codes}
    found |= {arrival.scenario for arrival in ARRIVALS.values()}
    found |= {code.title for codes in (evacuation_orders.LEVELS, road_closures.REASONS) for code in codes.codes}
    found |= set(evacuation_orders.ACTIONS.values())
    found |= {layer.title for layer in named_layers()}
    found |= {each.LAYER.title for each in (evacuation_orders, road_closures, site_status)}
    for layer in hazard_layers().values():
        hazard = layer.hazard
        assert hazard is not None
        found |= {layer.title, hazard.speaks_for.reason}
        found |= {text for zone in hazard.zones for text in (zone.title, zone.meaning)}
        if hazard.scenario is not None and (codes := layer.by_name[hazard.scenario].codes) is not None:
            found |= {code.title for code in codes.codes}
        classes = layer.by_name["hazard_class"].codes
        assert classes is not None
        # Depths and durations are told by their figures.
        found |= {code.title for code in classes.codes if code.lower is None and code.upper is None}
    return found - _UNSAID


_UNSAID = frozenset({slope.NOTE, slope.SURFACE, sites._LIFT, sites.NO_SITES})
"""Told by other processes only."""


def _of_module(module: ModuleType) -> Iterator[Text]:
    for name, value in vars(module).items():
        if not name.startswith("__"):
            yield from _of(value)


def _of(value: Any) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    elif isinstance(value, Process | type | ModuleType | Enum):
        return
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _of(item)
    elif isinstance(value, tuple | list | frozenset):
        for item in value:
            yield from _of(item)
    elif is_dataclass(value):
        for each in fields(value):
            yield from _of(getattr(value, each.name))

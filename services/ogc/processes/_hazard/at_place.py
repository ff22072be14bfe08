"""All hazards at one place, in one look at the database."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import shapely

from layers.catalogue import catalogue
from layers.model import Layer
from services.ogc.analysis.city import DISTRICTS, city_area
from services.ogc.analysis.layers import Feature
from services.ogc.analysis.speaking import Statement, statements
from services.ogc.processes._hazard.answer import hazard_document
from services.ogc.processes._hazard.states import Ground, ground, scenario_states
from services.ogc.processes._model import Context
from services.ogc.processes._place import Place

_MOST_CASES = 1_000
"""Of each hazard; each takes some kilobytes."""


@cache
def hazard_layers() -> Mapping[str, Layer]:
    """The hazard layers by id, found by their declarations, in the order of the catalogue."""
    return {layer.id: layer for layer in catalogue().values() if layer.hazard is not None}


def hazards_at(place: Place, layers: Sequence[Layer], context: Context) -> tuple[bool | None, list[dict[str, Any]]]:
    """Whether the place is in the city (None: its boundary is not known), and the document of each hazard there."""
    shape = place.shape(context.city.plane_crs)
    # What a dataset speaks for changes with its load only: it is known before the one look at the rows.
    spoken = {layer.id: statements(layer, context.layers, context.city) for layer in layers}
    met = context.layers.meeting([*(layer.id for layer in layers), DISTRICTS], shape, clipped=bool(place.error_m))
    has_boundary = city_area(context.layers, context.city) is not None
    where = ground(shape, met[DISTRICTS], context.city, has_boundary=has_boundary)
    return _in_city(where), [hazard_found(layer, met[layer.id], spoken[layer.id], where, context) for layer in layers]


def hazard_found(
    layer: Layer, areas: Sequence[Feature], spoken: Sequence[Statement], where: Ground, context: Context
) -> dict[str, Any]:
    """The document of one hazard at a place that meets these of its areas; it is not to be changed.

    At a point it follows from which areas these are, which datasets speak for it, and whether it is in the city: there
    are few such cases, and many points of each.
    """
    is_served = context.layers.state(layer.id) is not None

    def make() -> dict[str, Any]:
        states = scenario_states(layer, areas, spoken, where, is_served=is_served)
        return hazard_document(layer, states, context, in_city=bool(where.city_share))

    if not isinstance(where.shape, shapely.Point):
        return make()
    corners = where.corners
    case = (
        tuple([each.id for each in areas]),
        tuple([each.covers(corners) for each in spoken]),
        where.city_share,
        context.language,
    )
    known: dict[Any, dict[str, Any]] = context.layers.remember(
        f"hazard documents {layer.id} {context.city.code}", [layer.id, DISTRICTS], dict
    )
    if (found := known.get(case)) is None:
        if len(known) >= _MOST_CASES:
            known.clear()
        found = known[case] = make()
    return found


def _in_city(where: Ground) -> bool | None:
    return None if where.city_share is None else where.city_share > 0

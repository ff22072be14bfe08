"""All hazards at one place, in one look at the database."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

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

_MOST_CASES = 2_000
"""Each takes some kilobytes for each hazard."""


@cache
def hazard_layers() -> Mapping[str, Layer]:
    """The hazard layers by id, found by their declarations, in the order of the catalogue."""
    return {layer.id: layer for layer in catalogue().values() if layer.hazard is not None}


class AtPlace(NamedTuple):
    """Of some hazards at a place.

    in_city:
        None: the boundary of the city is not known.
    documents:
        Of each hazard; these are not to be changed.
    met:
        The hazards, by layer, of which the place meets an area; None where it is no point.
    """

    in_city: bool | None
    documents: Sequence[Mapping[str, Any]]
    met: frozenset[str] | None


def hazards_at(place: Place, layers: Sequence[Layer], context: Context) -> AtPlace:
    """What is known of the hazards at a place.

    At a point they follow from which areas it meets, which datasets speak for it, and whether it is in the city: there
    are few such cases, and many points of each.
    """
    read = [*(layer.id for layer in layers), DISTRICTS]
    # What a dataset speaks for changes with its load only: it is known before the one look at the rows.
    known = context.layers.remember(
        f"hazards of {context.city.code} at points", read, lambda: _Known.of(layers, context)
    )
    shape = place.shape(context.city.plane_crs)
    met = context.layers.meeting(read, shape, clipped=bool(place.error_m))
    where = ground(shape, met[DISTRICTS], context.city, has_boundary=known.has_boundary)

    if not isinstance(shape, shapely.Point):
        return AtPlace(_in_city(where), known.found(layers, met, where, context), None)
    corners = where.corners if known.by_sheet else []
    case = (
        tuple([tuple([each.id for each in met[layer.id]]) for layer in layers]),
        tuple([each.covers(corners) for each in known.by_sheet]),
        where.city_share,
        context.language,
    )
    inside = frozenset([layer.id for layer in layers if met[layer.id]])
    documents = known.documents(case, lambda: known.found(layers, met, where, context))
    return AtPlace(_in_city(where), documents, inside)


@dataclass(frozen=True, eq=False)
class _Known:
    """Of some hazards in one state of their layers: what speaks for places, and the documents of the cases there were.

    by_sheet:
        What speaks for some places only, of any hazard.
    """

    has_boundary: bool
    spoken: Sequence[Sequence[Statement]]
    by_sheet: Sequence[Statement]
    _documents: dict[Hashable, Sequence[Mapping[str, Any]]] = field(default_factory=dict)

    @classmethod
    def of(cls, layers: Sequence[Layer], context: Context) -> "_Known":
        spoken = [statements(layer, context.layers, context.city) for layer in layers]
        by_sheet = [each for of_layer in spoken for each in of_layer if each.sheet is not None]
        return cls(city_area(context.layers, context.city) is not None, spoken, by_sheet)

    def found(
        self, layers: Sequence[Layer], met: Mapping[str, Sequence[Feature]], where: Ground, context: Context
    ) -> Sequence[Mapping[str, Any]]:
        return [
            hazard_found(layer, met[layer.id], spoken, where, context)
            for layer, spoken in zip(layers, self.spoken, strict=True)
        ]

    def documents(self, case: Hashable, make: Callable[[], Sequence[Mapping[str, Any]]]) -> Sequence[Mapping[str, Any]]:
        found = self._documents.get(case)
        if found is None:
            if len(self._documents) >= _MOST_CASES:
                self._documents.clear()
            found = self._documents[case] = make()
        return found


def hazard_found(
    layer: Layer, areas: Sequence[Feature], spoken: Sequence[Statement], where: Ground, context: Context
) -> dict[str, Any]:
    """The document of one hazard at a place that meets these of its areas."""
    is_served = context.layers.state(layer.id) is not None
    states = scenario_states(layer, areas, spoken, where, is_served=is_served)
    return hazard_document(layer, states, context, in_city=bool(where.city_share))


def _in_city(where: Ground) -> bool | None:
    return None if where.city_share is None else where.city_share > 0

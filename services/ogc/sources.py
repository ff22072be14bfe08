"""The layers of a face as sources, for who reads their rows and counts none."""

from collections.abc import Mapping

from layers.catalogue import catalogue
from services.database.lending import Connections
from services.database.revisions import LayerState
from services.ogc.face import Face
from services.ogc.source import Source
from services.settings import Settings


def unmeasured_sources(
    states: Mapping[str, LayerState], face: Face, pool: Connections, settings: Settings
) -> dict[str, Source]:
    """A source for each layer that has a state, in the order of the catalogue."""
    return {
        layer_id: Source.unmeasured(layer, face, states[layer_id], pool, settings.city.plane_crs, settings.var)
        for layer_id, layer in catalogue().items()
        if layer_id in states
    }

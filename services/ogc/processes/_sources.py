"""Where the figures of an output come from: one line for each layer that was read."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from layers.catalogue import catalogue
from layers.model import Layer
from layers.translations import comma
from services.database.revisions import LayerState
from services.ogc import rights
from services.ogc.processes._model import Context, or_null

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["layer", "title", "source", "licence", "as_of", "fictitious", "revision"],
    "properties": {
        "layer": {"type": "string"},
        "title": {"type": "string"},
        "source": {"type": "string"},
        "licence": {"type": "array", "items": {"type": "string"}},
        "as_of": or_null({"type": "string", "format": "date"}),
        "fictitious": {"type": "boolean"},
        "revision": {"type": "integer"},
    },
}


def source_document(layer: Layer, context: Context, datasets: Sequence[str] | None = None) -> Mapping[str, Any] | None:
    """Credit, licences, date and revision of a layer, or of some of its datasets; None where it is not served.

    ``as_of`` is the oldest date, None where any is unknown.
    """
    state = context.layers.state(layer.id)
    return None if state is None else _document(state, context.language, None if datasets is None else tuple(datasets))


@lru_cache(maxsize=512)
def _document(state: LayerState, language: str, datasets: tuple[str, ...] | None) -> Mapping[str, Any]:
    layer = catalogue()[state.layer_id]
    used = [each for each in state.datasets if datasets is None or each.id in datasets]
    names = dict.fromkeys(rights.credit_of(layer, each, language) for each in used)
    dates = [each.as_of for each in used]
    known = [each.isoformat() for each in dates if each is not None]
    return {
        "layer": layer.id,
        "title": layer.title.in_language(language),
        "source": comma(language).join(names) or layer.attribution.in_language(language),
        "licence": list(dict.fromkeys(rights.licence_of(layer, each).id for each in used)),
        "as_of": min(known) if known and len(known) == len(dates) else None,
        "fictitious": any(each.fictitious for each in used),
        "revision": state.revision,
    }

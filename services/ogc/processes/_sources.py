"""Where the figures of an output come from: one line for each layer that was read."""

from collections.abc import Mapping, Sequence
from typing import Any

from layers.model import Layer
from layers.translations import comma
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


def source_document(layer: Layer, context: Context, datasets: Sequence[str] | None = None) -> dict[str, Any] | None:
    """Credit, licences, date and revision of a layer, or of some of its datasets; None where it is not served.

    ``as_of`` is the oldest date, None where any is unknown.
    """
    state = context.layers.state(layer.id)
    if state is None:
        return None
    used = [each for each in state.datasets if datasets is None or each.id in datasets]
    names = dict.fromkeys(rights.credit_of(layer, each, context.language) for each in used)
    dates = [each.as_of for each in used]
    known = [each.isoformat() for each in dates if each is not None]
    return {
        "layer": layer.id,
        "title": context.say(layer.title),
        "source": comma(context.language).join(names) or context.say(layer.attribution),
        "licence": list(dict.fromkeys(rights.licence_of(layer, each).id for each in used)),
        "as_of": min(known) if known and len(known) == len(dates) else None,
        "fictitious": any(each.fictitious for each in used),
        "revision": state.revision,
    }

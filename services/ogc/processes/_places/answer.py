"""A place that was found, as a document."""

from collections.abc import Mapping
from typing import Any

from services.ogc.processes._model import Context, or_null
from services.ogc.processes._places.searching import Named

CANDIDATE: Mapping[str, Any] = {
    "type": "object",
    "required": ["title", "kind", "detail", "ask", "lon", "lat", "position_quality", "position_error_m", "fictitious"],
    "properties": {
        "title": {"type": "string"},
        "kind": {"type": "string"},
        "detail": or_null({"type": "string"}),
        "ask": or_null({"type": "string"}),
        "lon": {"type": "number"},
        "lat": {"type": "number"},
        "position_quality": {"type": "string"},
        "position_error_m": {"type": "number", "minimum": 0},
        "fictitious": {"type": "boolean"},
    },
}
"""Of a place in an output: ``ask`` leads to it where it is asked for; where it is None, its position does."""


def candidate(named: Named, context: Context) -> dict[str, Any]:
    """One place; names are never translated."""
    place = named.place
    return {
        "title": named.title,
        "kind": context.say(named.kind),
        "detail": named.detail,
        "ask": named.ask,
        "lon": place.lon,
        "lat": place.lat,
        "position_quality": place.quality,
        "position_error_m": place.error_m,
        "town": place.town,
        "fictitious": place.fictitious,
    }

"""The JSON Schema of what is answered for one hazard."""

from collections.abc import Mapping
from typing import Any

from layers.advice import State
from services.ogc.processes._model import or_null

_TEXT = {"type": "string"}
_NUMBER = {"type": "number"}
_STATE = {"type": "string", "enum": [str(state) for state in State]}
_STATES = {"type": "array", "minItems": 1, "items": _STATE}
_SOURCED: Mapping[str, Any] = {
    "source": or_null(_TEXT),
    "licence": {"type": "array", "items": _TEXT},
    "as_of": or_null({"type": "string", "format": "date"}),
    "fictitious": {"type": "boolean"},
    "datasets": {"type": "array", "items": _TEXT},
}
_AREA: Mapping[str, Any] = {
    "type": "object",
    "required": ["id", "rank", "class", "zone", "depth", "duration", "dataset", "source", "as_of", "fictitious"],
    "properties": {
        "id": _TEXT,
        "name": or_null(_TEXT),
        "rank": or_null({"type": "integer"}),
        "class": or_null({"type": "object", "required": ["id", "title", "color"]}),
        "zone": or_null({"type": "object", "required": ["id", "title", "meaning"]}),
        "depth": or_null(
            {
                "type": "object",
                "required": ["lower_m", "upper_m", "text", "meaning", "dry_floor"],
                "properties": {
                    "lower_m": or_null(_NUMBER),
                    "upper_m": or_null(_NUMBER),
                    "text": or_null(_TEXT),
                    "meaning": _TEXT,
                    "dry_floor": or_null({"type": "integer"}),
                },
            }
        ),
        "duration": or_null({"type": "object", "required": ["lower_h", "upper_h"]}),
        "attributes": {"type": "object"},
        "dataset": or_null(_TEXT),
        "source": _TEXT,
        "licence": _TEXT,
        "as_of": or_null({"type": "string", "format": "date"}),
        "fictitious": {"type": "boolean"},
    },
}
AREA_MEMBERS: Mapping[str, Any] = _AREA["properties"]
"""Schemas of the members of an area, by name."""
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["id", "type", "title", "state", "possible_states", "statement", "scenarios", "what_to_do", *_SOURCED],
    "properties": {
        "id": _TEXT,
        "type": _TEXT,
        "title": _TEXT,
        "state": _STATE,
        "possible_states": _STATES,
        "statement": _TEXT,
        "scenarios": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["id", "title", "state", "possible_states", "reason", "stated_for", "areas"],
                "properties": {
                    "id": or_null(_TEXT),
                    "title": or_null(_TEXT),
                    "state": _STATE,
                    "possible_states": _STATES,
                    "reason": or_null(_TEXT),
                    "stated_for": {"type": "array", "items": _TEXT},
                    "areas": {"type": "array", "items": _AREA},
                },
            },
        },
        "what_to_do": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "required": ["id", "action", "words", "source"]},
        },
        **_SOURCED,
    },
}
"""Of the answer for one hazard."""

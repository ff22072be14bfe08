"""Schemas of OGC API Processes, Part 1, version 1.0 (OGC 18-062r2), as JSON Schema, for checking what is answered."""

from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

_TEXT = {"type": "string"}
_NUMBER = {"type": "number"}
_FLAG = {"type": "boolean"}
_SIZE = {"type": "integer", "minimum": 0}
_SCHEMAS = {"type": "array", "items": {"$ref": "#/$defs/schema"}}
_LINK = {
    "type": "object",
    "required": ["href"],
    "properties": {"href": _TEXT, "rel": _TEXT, "type": _TEXT, "hreflang": _TEXT, "title": _TEXT},
}
_DESCRIPTION = {
    "title": _TEXT,
    "description": _TEXT,
    "keywords": {"type": "array", "items": _TEXT},
}
# schema.yaml: a closed list of words, those of OpenAPI 3.0.
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys(("title", "pattern", "description", "format"), _TEXT),
        **dict.fromkeys(("contentMediaType", "contentEncoding", "contentSchema"), _TEXT),
        **dict.fromkeys(("multipleOf", "maximum", "minimum"), _NUMBER),
        **dict.fromkeys(("exclusiveMaximum", "exclusiveMinimum", "uniqueItems", "nullable"), _FLAG),
        **dict.fromkeys(("readOnly", "writeOnly", "deprecated"), _FLAG),
        **dict.fromkeys(
            ("maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties"),
            _SIZE,
        ),
        "required": {"type": "array", "items": _TEXT, "minItems": 1, "uniqueItems": True},
        "enum": {"type": "array", "minItems": 1},
        "type": {"type": "string", "enum": ["array", "boolean", "integer", "number", "object", "string"]},
        "not": {"$ref": "#/$defs/schema"},
        **dict.fromkeys(("allOf", "oneOf", "anyOf"), _SCHEMAS),
        "items": {"$ref": "#/$defs/schema"},
        "properties": {"type": "object", "additionalProperties": {"$ref": "#/$defs/schema"}},
        "additionalProperties": {"oneOf": [{"$ref": "#/$defs/schema"}, {"type": "boolean"}]},
        "default": {},
        "example": {},
    },
}
_SUMMARY = {
    "type": "object",
    "required": ["id", "version"],
    "properties": {
        **_DESCRIPTION,
        "id": _TEXT,
        "version": _TEXT,
        "jobControlOptions": {
            "type": "array",
            "items": {"type": "string", "enum": ["sync-execute", "async-execute", "dismiss"]},
        },
        "outputTransmission": {"type": "array", "items": {"type": "string", "enum": ["value", "reference"]}},
        "links": {"type": "array", "items": _LINK},
    },
}
_INPUT = {
    "type": "object",
    "required": ["schema"],
    "properties": {
        **_DESCRIPTION,
        "minOccurs": {"type": "integer"},
        "maxOccurs": {"oneOf": [{"type": "integer"}, {"type": "string", "enum": ["unbounded"]}]},
        "schema": {"$ref": "#/$defs/schema"},
    },
}
_OUTPUT = {
    "type": "object",
    "required": ["schema"],
    "properties": {**_DESCRIPTION, "schema": {"$ref": "#/$defs/schema"}},
}
PROCESS = {
    "$defs": {"schema": _SCHEMA},
    "allOf": [
        _SUMMARY,
        {
            "type": "object",
            "required": ["inputs", "outputs"],
            "properties": {
                "inputs": {"type": "object", "additionalProperties": _INPUT},
                "outputs": {"type": "object", "additionalProperties": _OUTPUT},
            },
        },
    ],
}
PROCESS_LIST = {
    "type": "object",
    "required": ["processes", "links"],
    "properties": {
        "processes": {"type": "array", "items": _SUMMARY},
        "links": {"type": "array", "items": _LINK},
    },
}
_MOMENT = {"type": "string", "format": "date-time"}
STATUS_INFO = {
    "type": "object",
    "required": ["jobID", "status", "type"],
    "properties": {
        "processID": _TEXT,
        "type": {"type": "string", "enum": ["process"]},
        "jobID": _TEXT,
        "status": {"type": "string", "enum": ["accepted", "running", "successful", "failed", "dismissed"]},
        "message": _TEXT,
        **dict.fromkeys(("created", "started", "finished", "updated"), _MOMENT),
        "progress": {"type": "integer", "minimum": 0, "maximum": 100},
        "links": {"type": "array", "items": _LINK},
    },
}
JOB_LIST = {
    "type": "object",
    "required": ["jobs", "links"],
    "properties": {
        "jobs": {"type": "array", "items": STATUS_INFO},
        "links": {"type": "array", "items": _LINK},
    },
}
_QUALIFIED = {
    "type": "object",
    "required": ["value"],
    "properties": {"value": {}, "mediaType": _TEXT, "encoding": _TEXT, "schema": {}},
    "additionalProperties": False,
}
RESULTS = {
    "type": "object",
    "additionalProperties": {
        "oneOf": [{"type": ["string", "number", "integer", "boolean", "array"]}, _QUALIFIED, _LINK],
    },
}
EXCEPTION = {
    "type": "object",
    "required": ["type"],
    "properties": {"type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT, "instance": _TEXT},
}


def require_valid(document: Any, schema: dict[str, Any]) -> None:
    """Raises ``ValidationError`` where the document does not fit the schema."""
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(document)

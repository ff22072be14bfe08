"""What the pages of processes and jobs answer, as JSON Schemas (OGC API Processes 1.0, Part 1)."""

from collections.abc import Mapping
from typing import Any

from services.ogc.jobs.model import Status
from services.ogc.processes._model import JSON_TYPE, Process, Schema

_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_LINKS: Schema = {"type": "array", "items": {"$ref": "#/components/schemas/link"}}
_SUMMARY: Mapping[str, Any] = {
    "id": _TEXT,
    "version": _TEXT,
    "title": _TEXT,
    "description": _TEXT,
    "keywords": _TEXTS,
    "jobControlOptions": _TEXTS,
    "outputTransmission": _TEXTS,
    "links": _LINKS,
}
PROCESS_LIST: Schema = {
    "type": "object",
    "required": ["processes", "links"],
    "properties": {
        "processes": {
            "type": "array",
            "items": {"type": "object", "required": ["id", "version"], "properties": _SUMMARY},
        },
        "links": _LINKS,
    },
}
PROCESS: Schema = {
    "type": "object",
    "required": ["id", "version", "inputs", "outputs"],
    "properties": {**_SUMMARY, "inputs": {"type": "object"}, "outputs": {"type": "object"}},
}
STATUS_INFO: Schema = {
    "type": "object",
    "required": ["jobID", "type", "status", "links"],
    "properties": {
        "jobID": {"type": "string", "format": "uuid"},
        "processID": _TEXT,
        "type": {"type": "string", "enum": ["process"]},
        "status": {"type": "string", "enum": [str(each) for each in Status]},
        "message": _TEXT,
        "progress": {"type": "integer", "minimum": 0, "maximum": 100},
        "created": _MOMENT,
        "started": _MOMENT,
        "finished": _MOMENT,
        "updated": _MOMENT,
        "links": _LINKS,
    },
}
JOB_LIST: Schema = {
    "type": "object",
    "required": ["jobs", "numberMatched", "numberReturned", "links"],
    "properties": {
        "jobs": {"type": "array", "items": STATUS_INFO},
        "numberMatched": {"type": "integer", "minimum": 0},
        "numberReturned": {"type": "integer", "minimum": 0},
        "links": _LINKS,
    },
}


def answer_schema(process: Process) -> Schema:
    """What running a process answers in JSON: its one output as it is, or a document of values by name."""
    outputs = process.outputs
    document: Schema = {"type": "object", "properties": {name: {} for name in outputs}}
    only = next(iter(outputs.values()))
    if len(outputs) > 1 or only.media_type != JSON_TYPE:
        return document
    return {"anyOf": [dict(only.schema), document]}

"""Processes as they are told of: the list, and each with its inputs and outputs (OGC API Processes, Part 1)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pygeoapi.api import APIRequest

from layers.text import Text
from services.ogc import geojson, rendering, words
from services.ogc.api import CityApi
from services.ogc.asked import current
from services.ogc.errors import NO_SUCH_PROCESS, ResourceError
from services.ogc.execution.inputs import queried, query_description, query_schema
from services.ogc.processes import processes
from services.ogc.processes._model import JSON_TYPE, Mode, Process

Reply = tuple[dict[str, Any], int, Any]

_REL = "http://www.opengis.net/def/rel/ogc/1.0/"


def named(process_id: str) -> Process:
    """The process with this id; ``ResourceError`` where there is none."""
    found = processes().get(process_id)
    if found is None:
        raise ResourceError(Text("このプロセスはありません。", "There is no such process."), NO_SUCH_PROCESS)
    return found


def list_processes(api: CityApi, _request: APIRequest) -> Reply:
    """All processes, without their inputs and outputs."""
    asked = current()
    limit = int(asked.given.get("limit", len(processes()) or 1))
    document = {
        "processes": [summary(process, asked.language, asked.base) for process in list(processes().values())[:limit]],
        "links": _alternates(f"{asked.base}/processes", asked.language),
    }
    return rendered(api, "processes/index.html", document)


def describe_process(api: CityApi, _request: APIRequest, process_id: str) -> Reply:
    """One process with its inputs and outputs."""
    asked = current()
    process = named(process_id)
    document = description(process, asked.language, asked.base, has_jobs=api.manager.is_async)
    if asked.format.name == "html":
        document["form"] = form(process, asked.language) if process.by_query else []
    return rendered(api, "processes/process.html", document)


def no_such_process(_api: CityApi, _request: APIRequest, process_id: str) -> Reply:
    """The answer to whoever runs a process that there is not; those that there are have pages of their own."""
    named(process_id)
    raise ResourceError(
        Text("このプロセスはこの方法では実行できません。", "This process cannot be run in this way."), NO_SUCH_PROCESS
    )


def rendered(api: CityApi, template: str, document: Mapping[str, Any], status: int = HTTPStatus.OK) -> Reply:
    """A document as JSON, or as the page that its template makes of it."""
    asked = current()
    if asked.format.name == "html":
        return {}, status, rendering.render(api.tpl_config, {}, template, dict(document), asked.language)
    return {}, status, geojson.dumps(document)


def summary(process: Process, language: str, base: str) -> dict[str, Any]:
    """processSummary.yaml, with links to the description and to where it is run."""
    url = f"{base}/processes/{process.id}"
    return {
        "id": process.id,
        "version": process.version,
        "title": process.title.in_language(language),
        "description": process.description.in_language(language),
        "keywords": list(process.keywords),
        "jobControlOptions": [*map(str, process.modes), *(["dismiss"] if Mode.ASYNC in process.modes else [])],
        "outputTransmission": ["value"],
        "links": [
            *_alternates(url, language),
            {
                "rel": f"{_REL}execute",
                "type": JSON_TYPE,
                "title": words.in_language("Run this process", language),
                "href": f"{url}/execution",
            },
        ],
    }


def description(process: Process, language: str, base: str, *, has_jobs: bool) -> dict[str, Any]:
    """process.yaml: the summary with inputs and outputs; values are given and taken as such, never by reference."""
    document = summary(process, language, base)
    if has_jobs:
        title = words.in_language("Jobs", language)
        document["links"].append({"rel": f"{_REL}job-list", "type": JSON_TYPE, "title": title, "href": f"{base}/jobs"})
    document["inputs"] = {
        name: {
            "title": each.title.in_language(language),
            "description": each.description.in_language(language),
            "minOccurs": 1 if each.required else 0,
            "maxOccurs": 1,
            "valuePassing": ["byValue"],
            "schema": dict(each.schema),
        }
        for name, each in process.inputs.items()
    }
    document["outputs"] = {
        name: {
            "title": each.title.in_language(language),
            "description": each.description.in_language(language),
            "schema": dict(each.schema)
            if each.media_type == JSON_TYPE
            else {**each.schema, "contentMediaType": each.media_type},
        }
        for name, each in process.outputs.items()
    }
    document["example"] = {"inputs": process.examples[0] if process.examples else {}}
    return document


def form(process: Process, language: str, given: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """The fields of a form that runs a process by its query parameters."""
    fields = []
    for name, each in queried(process).items():
        schema = query_schema(each)
        several = schema.get("type") == "array" and "enum" in schema["items"]
        fields.append(
            {
                "name": name,
                "title": each.title.in_language(language),
                "description": query_description(each).in_language(language),
                "choices": [] if several else list(schema.get("enum", ())),
                "required": each.required,
                "value": (given or {}).get(name, ""),
            }
        )
    return fields


def _alternates(url: str, language: str) -> list[dict[str, Any]]:
    asked = current().format.name
    return [
        {
            "rel": "self" if asked == name else "alternate",
            "type": media_type,
            "title": words.in_language(f"This document as {name.upper()}", language),
            "href": f"{url}?f={name}",
        }
        for name, media_type in (("json", JSON_TYPE), ("html", "text/html"))
    ]

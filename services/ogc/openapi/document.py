"""The OpenAPI 3.1 document: a path for each page, for each collection that offers it.

Collections are written out, since their properties are parameters: a client that reads the document knows every filter
and its type.
"""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from layers.model import Text
from services.ogc import parameters
from services.ogc.face import Face
from services.ogc.openapi import schemas
from services.ogc.pages import Page, pages
from services.ogc.pages.model import JSON, Format, Parameter, Schema
from services.ogc.source import Source
from services.settings import City

_PATH_TYPE = re.compile(r"{(\w+):\w+}")
_NO_OPERATION_ID = re.compile(r"[^A-Za-z0-9]+")


def openapi_document(
    city: City, face: Face, sources: Mapping[str, Source], providers: Mapping[str, frozenset[str]], language: str
) -> dict[str, Any]:
    """The document in one language, without ``servers``.

    ``providers`` are the types of provider that each collection has.
    """
    build = _Builder(language)
    paths: dict[str, dict[str, Any]] = {}
    for page in pages():
        if face not in page.faces or not page.documented:
            continue
        for source in _layers_of(page, sources, providers):
            path = _PATH_TYPE.sub(r"{\1}", page.path)
            if source is not None:
                path = path.replace("{collection}", source.layer.id)
            operations = paths.setdefault(path or "/", {})
            operations[page.method.lower()] = build.operation(page, source)
    title = Text(f"{city.name_ja} 統合型GIS OGC API", f"{city.name_en} integrated GIS OGC API")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title.in_language(language),
            "version": "1.0.0",
            "description": schemas.ABOUT.in_language(language),
            "contact": {"name": city.contact_name, "url": city.contact_url},
            "x-language": language,
        },
        "tags": [{"name": tag} for tag in dict.fromkeys(page.tag for page in pages() if face in page.faces)],
        "paths": paths,
        "components": build.components(sources),
    }


def _layers_of(
    page: Page, sources: Mapping[str, Source], providers: Mapping[str, frozenset[str]]
) -> Iterable[Source | None]:
    if "collection" not in page.arguments:
        return (None,)
    return [source for layer_id, source in sources.items() if page.is_offered(source, providers[layer_id])]


class _Builder:
    """Writes operations in one language; what many of them share is written once, as a component."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._parameters: dict[str, Any] = {}
        self._schemas: dict[str, Any] = {}

    def operation(self, page: Page, source: Source | None) -> dict[str, Any]:
        summary = page.summary.in_language(self._language)
        if source is not None:
            summary = f"{source.layer.title.in_language(self._language)}: {summary}"
        path = page.path.replace("{collection}", source.layer.id if source is not None else "")
        found: dict[str, Any] = {
            "tags": [page.tag],
            "operationId": _NO_OPERATION_ID.sub("_", f"{page.method.lower()}{path}").strip("_") or "landing",
            "summary": summary,
            "parameters": [*self._in_path(page, source), *self._in_query(page, source)],
            "responses": self._responses(page, source),
        }
        if page.roles is not None:
            found["security"] = [{name: []} for name in schemas.SECURITY]
        if page.headers:
            found["parameters"] += [self._written(each, source, "header") for each in page.headers]
        if page.body is not None:
            found["requestBody"] = {
                "description": page.body.description.in_language(self._language),
                "required": page.body.required,
                "content": {
                    media_type: {
                        "schema": schema(source) if callable(schema) and source is not None else schema,
                        **({"example": page.body.example(source)} if page.body.example is not None else {}),
                    }
                    for media_type, schema in page.body.schemas.items()
                },
            }
        return found

    def components(self, sources: Mapping[str, Source]) -> dict[str, Any]:
        features: dict[str, Any] = {}
        for source in sources.values():
            features |= schemas.of_layer(source, self._language)
        return {
            "parameters": self._parameters,
            "schemas": {**schemas.COMMON, **features, **self._schemas},
            "responses": schemas.problems(self._language),
            "headers": schemas.HEADERS,
            **({"securitySchemes": schemas.SECURITY} if any(each.is_editable for each in sources.values()) else {}),
        }

    def _in_path(self, page: Page, source: Source | None) -> list[dict[str, Any]]:
        declared = {each.name: each for each in page.path_parameters}
        found: list[dict[str, Any]] = []
        for name in page.arguments:
            if name == "collection":
                continue
            known = declared.get(name) or Parameter(name, Text("識別子", "Identifier."), {"type": "string"})
            found.append({**self._written(known, source, "path"), "required": True})
        return found

    def _in_query(self, page: Page, source: Source | None) -> list[dict[str, Any]]:
        formats = page.offer(source).formats
        found = [self._format(formats)] if len(formats) > 1 else []
        found.append(self._shared(parameters.LANG))
        found += [
            self._written(each, source) if callable(each.schema) or callable(each.example) else self._shared(each)
            for each in page.offer(source).parameters.values()
        ]
        if page.filters and source is not None:
            taken = {each.name for each in page.parameters} | {"f", "lang"}
            found += [
                {"name": name, "in": "query", "description": column.title.in_language(self._language)}
                | {"schema": schemas.filter_schema(column), "style": "form", "explode": False}
                for name, column in source.queryables.items()
                if name not in taken
            ]
        return found

    def _format(self, formats: tuple[Format, ...]) -> dict[str, Any]:
        names = [each.name for each in formats]
        key = f"f-{'-'.join(names)}"
        self._parameters[key] = {
            "name": "f",
            "in": "query",
            "description": Text("応答の形式。", "Form of the answer.").in_language(self._language),
            "schema": {"type": "string", "enum": names, "default": names[0]},
        }
        return {"$ref": f"#/components/parameters/{key}"}

    def _shared(self, parameter: Parameter) -> dict[str, Any]:
        written = self._written(parameter, None)
        key = parameter.name
        number = 2
        while self._parameters.setdefault(key, written) != written:  # another page's, of the same name
            key = f"{parameter.name}-{number}"
            number += 1
        return {"$ref": f"#/components/parameters/{key}"}

    def _written(self, parameter: Parameter, source: Source | None, place: str = "query") -> dict[str, Any]:
        schema = dict(parameter.schema_for(source))
        found: dict[str, Any] = {
            "name": parameter.name,
            "in": place,
            "description": parameter.description.in_language(self._language),
            "schema": schema,
        }
        if parameter.required:
            found["required"] = True
        if place == "query":
            found |= {"style": "form", "explode": parameter.explode}
        example = parameter.example(source) if callable(parameter.example) and source is not None else parameter.example
        if example is not None and not callable(example):
            found["example"] = example
        return found

    def _answered(self, page: Page, answer: Format, source: Source | None) -> Schema:
        """The schema of an answer; what processes answer is a component, as it would nest too deep where it is used.

        GDAL reads no document of more than 32 levels.
        """
        schema = schemas.of_answer(page, answer, source)
        if not answer.schema or page.tag != "Processes":
            return schema
        name = _NO_OPERATION_ID.sub("_", f"{page.path}_{answer.name}").strip("_")
        self._schemas[name] = schema
        return {"$ref": f"#/components/schemas/{name}"}

    def _responses(self, page: Page, source: Source | None) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for status, text in page.answers.items():
            answer: dict[str, Any] = {"description": text.in_language(self._language)}
            if status == HTTPStatus.OK:
                answer["content"] = {
                    each.bare_type: {"schema": self._answered(page, each, source)}
                    for each in page.offer(source).formats
                }
                if page.cacheable:
                    answer["headers"] = {"ETag": {"$ref": "#/components/headers/ETag"}}
            if status == HTTPStatus.CREATED:
                answer["headers"] = {"Location": {"$ref": "#/components/headers/Location"}}
                if page.created is not None:
                    answer["content"] = {JSON.media_type: {"schema": page.created}}
            found[str(status)] = answer
        if page.cacheable:
            found["304"] = {"$ref": "#/components/responses/NotModified"}
        for status in schemas.refusals(page):
            found[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
        return found

"""The schemas of the API definition: geometries, features of each layer, refusals.  No ``$ref`` leads outside."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from layers.model import FieldKind, Geometry, Text
from services.ogc.pages.model import Format, Page, Schema
from services.ogc.source import Column, Source

ABOUT = Text(
    "すべてのレイヤーと解析を OGC API として提供します。知らないパラメーターは400、誤りは RFC 9457 の形で答えます。",
    "Every layer and analysis as OGC API. Unknown parameters are answered with 400, errors as problem details.",
)

_POSITION: Schema = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 3}


def _geometry(kind: str, depth: int) -> Schema:
    coordinates: Mapping[str, Any] = _POSITION
    for _ in range(depth):
        coordinates = {"type": "array", "items": coordinates}
    return {
        "type": "object",
        "required": ["type", "coordinates"],
        "properties": {"type": {"const": kind}, "coordinates": coordinates},
    }


_DEPTHS = {"Point": 0, "LineString": 1, "Polygon": 2, "MultiLineString": 2, "MultiPolygon": 3}
_KINDS: Mapping[Geometry, tuple[str, ...]] = {
    Geometry.POINT: ("Point",),
    Geometry.LINE: ("LineString",),
    Geometry.MULTILINE: ("MultiLineString",),
    Geometry.MULTIPOLYGON: ("MultiPolygon",),
    Geometry.RASTER: ("MultiPolygon",),
    Geometry.ANY: tuple(_DEPTHS),
}

COMMON: Mapping[str, Schema] = {
    "link": {
        "type": "object",
        "required": ["href"],
        "properties": {
            "href": {"type": "string"},
            "rel": {"type": "string"},
            "type": {"type": "string"},
            "title": {"type": "string"},
            "hreflang": {"type": "string"},
        },
    },
    "problem": {
        "type": "object",
        "description": "RFC 9457",
        "required": ["type", "title", "status"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["pointer", "detail"],
                    "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
                },
            },
        },
    },
}

SECURITY: Mapping[str, Any] = {
    "basic": {"type": "http", "scheme": "basic"},
    "bearer": {"type": "http", "scheme": "bearer", "description": "name.secret"},
}
HEADERS: Mapping[str, Any] = {
    "ETag": {"description": "Strong validator: the state of the data and the request.", "schema": {"type": "string"}},
    "Location": {"description": "Address of what was made.", "schema": {"type": "string", "format": "uri"}},
    "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}},
}

_REFUSALS: Mapping[int, Text] = {
    400: Text("リクエストの誤り", "The request is wrong: a parameter is unknown, repeated or malformed."),
    401: Text("認証が必要", "An account is needed: RFC 7617 Basic, or RFC 6750 Bearer with name.secret."),
    403: Text("許可されていない", "The account has none of the roles needed, or a page of another site asks."),
    404: Text("存在しない", "There is no such thing."),
    409: Text("いまの状態と合わない", "It does not fit the state there is: a later edit stands."),
    412: Text("前提の条件を満たさない", "The feature was changed since it was read."),
    413: Text("大きすぎる", "Too much is asked for or sent."),
    415: Text("受け取れない形式", "The content is of a type not accepted here."),
    422: Text("内容に問題がある", "The content does not fit the layer's declaration; every flaw is named in errors."),
    429: Text("試行が多すぎる", "Too many wrong secrets; see Retry-After."),
    500: Text("内部の問題", "Something unforeseen; it should not happen."),
    503: Text("一時的に応答できない", "The database is away, or too many ask at once; see Retry-After."),
}


def problems(language: str) -> dict[str, Any]:
    """The refusals, as components of the document."""
    content = {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}},
        "text/html": {"schema": {"type": "string"}},  # for who asks for a page
    }
    found: dict[str, Any] = {
        f"Problem{status}": {"description": text.in_language(language), "content": content}
        for status, text in _REFUSALS.items()
    }
    found["Problem503"]["headers"] = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    found["NotModified"] = {
        "description": Text("変わっていない", "What was answered under this ETag still stands.").in_language(language)
    }
    return found


def refusals(page: Page) -> tuple[int, ...]:
    """The statuses with which a page may refuse."""
    found = {HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE}
    if page.arguments:
        found.add(HTTPStatus.NOT_FOUND)
    if page.body is not None:
        found |= {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE}
    if page.roles is not None:
        found |= {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}
        found |= {HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.UNPROCESSABLE_ENTITY}
    return tuple(sorted(found - set(page.answers)))


def geometry_schema(source: Source) -> Schema:
    """A geometry of a layer, or null."""
    if not source.has_geometry:
        return {"type": "null"}
    kinds = _KINDS[source.layer.geometry]
    return {"oneOf": [*(_geometry(kind, _DEPTHS[kind]) for kind in kinds), {"type": "null"}]}


def of_layer(source: Source, language: str) -> dict[str, Schema]:
    """Properties, feature and page of features of one layer, by the names of their components."""
    name = source.layer.id
    properties = {
        column.name: {**_value(column), "title": column.title.in_language(language)}
        for column in source.columns.values()
    }
    feature: Schema = {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": "string"},
            "geometry": geometry_schema(source),
            "properties": {"$ref": f"#/components/schemas/{name}-properties"},
            "links": {"type": "array", "items": {"$ref": "#/components/schemas/link"}},
        },
    }
    page: Schema = {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"const": "FeatureCollection"},
            "features": {"type": "array", "items": {"$ref": f"#/components/schemas/{name}-feature"}},
            "links": {"type": "array", "items": {"$ref": "#/components/schemas/link"}},
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0},
        },
    }
    return {
        f"{name}-properties": {"type": "object", "properties": properties, "additionalProperties": False},
        f"{name}-feature": feature,
        f"{name}-features": page,
    }


def of_answer(page: Page, answer: Format, source: Source | None) -> Schema:
    """The schema of one form of an answer."""
    if answer.bare_type == "application/geo+json" and source is not None and page.tag == "Features":
        return {"$ref": f"#/components/schemas/{source.layer.id}-feature{'' if 'item' in page.arguments else 's'}"}
    if answer.schema is not None:
        return answer.schema
    if answer.bare_type.endswith("json"):
        return {"type": "object"}
    return {"type": "string"}


def filter_schema(column: Column) -> Schema:
    """What a property filter accepts: one value, of a list one of its members."""
    if column.kind is FieldKind.TEXT_LIST:
        return {"type": "string"}
    schema = column.schema()
    if column.codes is not None:
        schema["enum"] = list(column.codes.by_value)
    return schema


def _value(column: Column) -> Schema:
    """What an answer holds: the value, or null where it is not stated."""
    schema = column.schema()
    if column.codes is not None:
        schema["enum"] = [*column.codes.by_value, None]
    schema["type"] = [schema["type"], "null"]
    return schema

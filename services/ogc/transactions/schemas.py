"""What a request that changes features may carry, as JSON Schemas made from the layer's declaration."""

from typing import Any

from layers.model import Field, FieldKind
from services.ogc.openapi.schemas import geometry_schema
from services.ogc.pages.model import Schema
from services.ogc.source import PROVENANCE, Source
from services.ogc.transactions.values import LONGEST_TEXT, MOST_TEXTS


def feature_schema(source: Source) -> Schema:
    """A whole feature, to be made or to take the place of another."""
    required = [field.name for field in source.layer.fields if field.required]
    properties: dict[str, Any] = {**_properties(source)}
    if required:
        properties["required"] = required
    return {
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": "string"},
            "geometry": geometry_schema(source),
            "properties": properties,
        },
    }


def patch_schema(source: Source) -> Schema:
    """A JSON Merge Patch (RFC 7396) of a feature."""
    return {
        "type": "object",
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": "string"},
            "geometry": geometry_schema(source),
            "properties": _properties(source),
        },
    }


def example_feature(source: Source | None) -> dict[str, Any]:
    """A feature that a layer of points takes: in the middle of what it holds, with what is required."""
    assert source is not None  # noqa: S101 - features are of a layer
    geometry = None
    if source.bounds is not None:
        west, south, east, north = source.bounds
        geometry = {"type": "Point", "coordinates": [round((west + east) / 2, 6), round((south + north) / 2, 6)]}
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {field.name: _example(field) for field in source.layer.fields if field.required},
    }


def example_patch(source: Source | None) -> dict[str, Any]:
    """A patch that a layer takes."""
    assert source is not None  # noqa: S101 - features are of a layer
    field = next(field for field in source.layer.fields if field.kind is FieldKind.TEXT)
    return {"properties": {field.name: _example(field)}}


def receivable(source: Source, document: dict[str, Any]) -> None:
    """Adds to a collection's schema what may be sent (Part 5): limits, what is required, what the system sets."""
    for name, schema in document["properties"].items():
        if name in source.layer.by_name:
            schema.update(_limits(source.layer.by_name[name]))
        elif name == "id" or name in _READ_ONLY:
            schema["readOnly"] = True
    document["additionalProperties"] = False
    if required := [field.name for field in source.layer.fields if field.required]:
        document["required"] = required


_READ_ONLY = frozenset(column.name for column in PROVENANCE)


def _properties(source: Source) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, column in source.columns.items():
        schema = column.schema()
        field = source.layer.by_name.get(name)
        if field is None:
            found[name] = {**schema, "type": [schema["type"], "null"], "readOnly": True}
            continue
        schema |= _limits(field)
        if field.codes is not None:
            schema["enum"] = [*field.codes.by_value, *([] if field.required else [None])]
        if not field.required:
            schema["type"] = [schema["type"], "null"]
        found[name] = schema
    return {"type": "object", "properties": found, "additionalProperties": False}


def _limits(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if field.minimum is not None:
        found["minimum"] = field.minimum
    if field.maximum is not None:
        found["maximum"] = field.maximum
    text = {"minLength": 1, "maxLength": LONGEST_TEXT}
    if field.kind is FieldKind.TEXT:
        found |= text
    elif field.kind is FieldKind.TEXT_LIST:
        found |= {"minItems": 1, "maxItems": MOST_TEXTS}
        if field.members is None:
            found["items"] = {"type": "string", **text}
    return found


def _example(field: Field) -> Any:
    if field.codes is not None:
        return next(iter(field.codes.by_value))
    if field.kind is FieldKind.TEXT:
        return field.title.ja
    return {FieldKind.INTEGER: field.minimum or 1, FieldKind.NUMBER: field.minimum or 1.0, FieldKind.FLAG: True}.get(
        field.kind
    )

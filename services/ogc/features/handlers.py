"""Features as GeoJSON and JSON-FG, and the schema of a feature.

pygeoapi renders the other forms of features.  For these two its handlers do again what was done before, parameter by
parameter, which costs as much as the query of a small page.
"""

from http import HTTPStatus
from typing import Any

from pygeoapi.api import APIRequest

from layers.model import Text
from services.database.asking import Asking
from services.ogc.api import CityApi
from services.ogc.asked import Asked, current
from services.ogc.crs import CRS84
from services.ogc.features import documents, links
from services.ogc.geojson import to_json
from services.ogc.rights import display_title

Answer = tuple[dict[str, Any], int, Any]

_NULLS = Text("値のない項目はnull。", "A property without a value is null.")


def items(asked: Asked) -> Asking[Answer]:
    """A page of features."""
    return _answer(asked, (yield from documents.page(asked)))


def item(asked: Asked) -> Asking[Answer]:
    """One feature."""
    return _answer(asked, (yield from documents.item(asked, asked.path["item"])))


def feature_schema(_api: CityApi, _request: APIRequest, _collection: str) -> Answer:
    """The JSON Schema of a feature, by which GDAL knows the types of fields that its first page leaves open.

    It reads one type for a property, not a choice; that any may be null is said in words, as in Features, Part 5.
    """
    asked = current()
    source = asked.source
    assert source is not None  # noqa: S101 - the path names a collection
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{asked.base}/collections/{source.layer.id}/schema/feature",
        "title": display_title(source).in_language(asked.language),
        "description": _NULLS.in_language(asked.language),
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"},
            "geometry": {"format": "geometry-any"},
            "properties": {
                "type": "object",
                "properties": {name: column.schema() for name, column in source.columns.items()},
            },
        },
    }
    return {"Content-Language": asked.language}, HTTPStatus.OK, to_json(document)


def _answer(asked: Asked, document: dict[str, Any]) -> Answer:
    document["links"].append(links.to_collection(asked))
    headers = {"Content-Language": asked.language, "Content-Crs": f"<{asked.given.get('crs', CRS84)}>"}
    return headers, HTTPStatus.OK, to_json(document)

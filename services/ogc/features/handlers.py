"""Handlers in pygeoapi's form: features as GeoJSON and JSON-FG.

pygeoapi renders the other forms.  For these two its handlers do again what was done before, parameter by parameter,
which costs as much as the query of a small page.
"""

from http import HTTPStatus
from typing import Any

from pygeoapi.api import APIRequest
from pygeoapi.api.itemtypes import get_collection_item, get_collection_items

from services.ogc.api import CityApi
from services.ogc.asked import Asked, current
from services.ogc.crs import CRS84
from services.ogc.features import documents, links
from services.ogc.geojson import to_json

Answer = tuple[dict[str, Any], int, Any]

_OURS = frozenset({"json", "jsonfg"})


def items(api: CityApi, request: APIRequest, collection: str) -> Answer:
    """A page of features."""
    asked = current()
    if asked.format.name not in _OURS:
        answer: Answer = get_collection_items(api, request, collection)
        return answer
    return _answer(asked, documents.page(asked))


def item(api: CityApi, request: APIRequest, collection: str, identifier: str) -> Answer:
    """One feature."""
    asked = current()
    if asked.format.name not in _OURS:
        answer: Answer = get_collection_item(api, request, collection, identifier)
        return answer
    return _answer(asked, documents.item(asked, identifier))


def _answer(asked: Asked, document: dict[str, Any]) -> Answer:
    document["links"].append(links.to_collection(asked))
    headers = {"Content-Language": asked.language, "Content-Crs": f"<{asked.given.get('crs', CRS84)}>"}
    return headers, HTTPStatus.OK, to_json(document)

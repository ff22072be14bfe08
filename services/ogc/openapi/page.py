"""The page of the API definition."""

from http import HTTPStatus
from typing import Any

from pygeoapi.api import APIRequest

from services.ogc import geojson, rendering
from services.ogc.api import CityApi
from services.ogc.asked import current
from services.ogc.openapi.document import openapi_document
from services.ogc.openapi.downgrade import as_30


def openapi(api: CityApi, request: APIRequest) -> tuple[dict[str, Any], int, str | bytes]:
    """Takes the place of pygeoapi's handler, whose document names remote schemas and operations that nobody answers."""
    asked = current()
    document = api.origin.documents.get(asked.language)
    if document is None:
        resources = api.config["resources"]
        sources = {layer_id: each["source"] for layer_id, each in resources.items() if "source" in each}
        providers = {
            layer_id: frozenset(provider["type"] for provider in resources[layer_id]["providers"])
            for layer_id in sources
        }
        document = openapi_document(api.city, api.face, sources, providers, asked.language)
        api.origin.documents[asked.language] = document
    headers = request.get_response_headers(**api.api_headers)
    if asked.format.name == "html":
        page = rendering.render(api.tpl_config, {}, "openapi/swagger.html", document, request.locale)
        return headers, HTTPStatus.OK, page
    document = {**document, "servers": [{"url": asked.base}]}
    return headers, HTTPStatus.OK, geojson.to_json(as_30(document) if asked.format.name == "oas30" else document)

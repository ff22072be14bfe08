"""The conformance page: the classes of the pages that this face offers, and no others."""

from http import HTTPStatus
from typing import Any

from pygeoapi.api import APIRequest

from services.ogc import geojson, rendering
from services.ogc.api import CityApi
from services.ogc.pages import conformance_classes


def conformance(api: CityApi, request: APIRequest) -> tuple[dict[str, Any], int, str | bytes]:
    """Takes the place of pygeoapi's handler, which declares what its providers could do, not what is offered."""
    resources = api.config["resources"].values()
    providers = {provider["type"] for resource in resources for provider in resource["providers"]}
    content = {"conformsTo": sorted(conformance_classes(api.face, providers))}
    headers = request.get_response_headers(**api.api_headers)
    if request.format == "html":
        page = rendering.render(api.tpl_config, {}, "conformance.html", content, request.locale)
        return headers, HTTPStatus.OK, page
    return headers, HTTPStatus.OK, geojson.to_json(content)

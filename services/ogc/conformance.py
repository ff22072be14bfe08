"""The conformance declaration: what pygeoapi says of the providers, and the pages of this face of themselves."""

import json
from http import HTTPStatus
from typing import Any

from pygeoapi.api import conformance as upstream

from services.ogc import geojson, rendering
from services.ogc.answering import SettledRequest
from services.ogc.api import CityApi
from services.ogc.asked import current
from services.ogc.pages import pages


def conformance(api: CityApi, request: SettledRequest) -> tuple[dict[str, Any], int, Any]:
    """All conformance classes, sorted."""
    _, _, content = upstream(api, request.as_json())
    found = set(json.loads(content)["conformsTo"])
    for page in pages():
        if api.manager.face in page.faces:
            found.update(page.conformance)
    document = {"conformsTo": sorted(found)}
    asked = current()
    if asked.format.name == "html":
        return {}, HTTPStatus.OK, rendering.render(api.tpl_config, {}, "conformance.html", document, asked.language)
    return {}, HTTPStatus.OK, geojson.dumps(document)

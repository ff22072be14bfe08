"""The OpenAPI document: pygeoapi's own, less what is not offered here, with our own figures."""

import copy
from typing import Any

_NOT_OFFERED = ("/jobs", "/processes/", "/asyncapi", "/stac", "/admin")


def openapi_document(config: dict[str, Any]) -> dict[str, Any]:
    """The document in the server's first language; only the paths and methods that are answered."""
    from pygeoapi.openapi import get_oas_30

    document: dict[str, Any] = copy.deepcopy(get_oas_30(config))
    offered: dict[str, Any] = {}
    for path, operations in document["paths"].items():
        if path.startswith(_NOT_OFFERED) or ("/items/" in path and "get" not in operations):
            continue
        if "get" in operations:
            offered[path] = {"get": operations["get"]}
    document["paths"] = offered
    return document

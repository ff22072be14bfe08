"""Routes: a word of a path is found before a parameter that would take it."""

from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.testclient import TestClient

from services.http.routing import Routes
from services.ogc.face import Face
from services.ogc.pages import pages


def test_words_come_before_parameters_and_these_before_a_rest_of_any_length() -> None:
    paths = [
        "/collections/{rest:path}",
        "/collections/{collection}/{query}",
        "/collections/{collection}/items/{item:path}",
        "/collections/{collection}/items/{item:path}/history",
        "/collections/{collection}",
        "/collections/catalogue/items/{record}",
        "/collections/catalogue/items",
    ]
    addresses = {
        "/collections/catalogue/items": "/collections/catalogue/items",
        "/collections/catalogue/items/a": "/collections/catalogue/items/{record}",
        "/collections/catalogue/items/a/b": "/collections/{collection}/items/{item:path}",
        "/collections/catalogue": "/collections/{collection}",
        "/collections/sites/items/a/b/history": "/collections/{collection}/items/{item:path}/history",
        "/collections/sites/items/history": "/collections/{collection}/items/{item:path}",
        "/collections/sites/items": "/collections/{collection}/{query}",
        "/collections/sites/position/x": "/collections/{rest:path}",
    }
    for order in (paths, paths[::-1]):
        routes = Routes([Route(path, _nothing) for path in order])
        for address, path in addresses.items():
            assert _found(routes, address) == path
        assert _found(routes, "/elsewhere") is None


async def _nothing(_request: Request) -> Response:
    return Response()


def _found(routes: Routes, address: str) -> str | None:
    match, child_scope = routes.matches({"type": "http", "path": address, "method": "GET", "root_path": ""})
    return child_scope["route"].path if match is Match.FULL else None


@pytest.mark.parametrize("face", Face)
def test_no_route_is_hidden_by_one_before_it(public: TestClient, internal: TestClient, face: Face) -> None:
    app: Any = (public if face is Face.PUBLIC else internal).app
    (routes,) = (route for route in app.router.routes if isinstance(route, Routes))
    for page in pages():
        if face not in page.faces:
            continue
        example = f"/ogc{page.path}"
        for name in page.arguments:
            example = example.replace(f"{{{name}:path}}", "x").replace(f"{{{name}}}", "x")
        assert _found(routes, example) == f"/ogc{page.path}"

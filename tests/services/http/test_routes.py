"""Routes: a word of a path is found before a parameter that would take it."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from services.http.methods import openness
from services.ogc.face import Face
from services.ogc.pages import pages


def test_words_come_before_parameters_and_these_before_a_rest_of_any_length() -> None:
    paths = [
        "/collections/catalogue/items",
        "/collections/catalogue/items/{record}",
        "/collections/{collection}",
        "/collections/{collection}/items/{item:path}/history",
        "/collections/{collection}/items/{item:path}",
        "/collections/{collection}/{query}",
        "/collections/{rest:path}",
    ]
    mixed = [paths[place] for place in (4, 0, 6, 2, 5, 1, 3)]
    assert sorted(mixed, key=openness) == paths


@pytest.mark.parametrize("face", Face)
def test_no_route_is_hidden_by_one_before_it(public: TestClient, internal: TestClient, face: Face) -> None:
    app: Any = (public if face is Face.PUBLIC else internal).app
    routes = [route for route in app.router.routes if route.path.startswith("/ogc")]
    for page in pages():
        if face not in page.faces:
            continue
        example = f"/ogc{page.path}"
        for name in page.arguments:
            example = example.replace(f"{{{name}:path}}", "x").replace(f"{{{name}}}", "x")
        scope = {"type": "http", "path": example, "method": page.method, "root_path": ""}
        first = next(route for route in routes if route.matches(scope)[0].name == "FULL")
        assert first.path == f"/ogc{page.path}", example

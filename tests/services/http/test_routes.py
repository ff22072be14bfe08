"""Routes: a word of a path is found before a parameter that would take it."""

from starlette.testclient import TestClient

from services.http.ogc import _openness
from services.ogc.pages import pages


def test_words_come_before_parameters_and_these_before_a_rest_of_any_length() -> None:
    paths = [
        "/collections/catalogue/items",
        "/collections/catalogue/items/{record}",
        "/collections/{collection}",
        "/collections/{collection}/items/{item:path}",
        "/collections/{collection}/{query}",
        "/collections/{rest:path}",
    ]
    mixed = [paths[place] for place in (3, 0, 5, 2, 4, 1)]
    assert sorted(mixed, key=_openness) == paths


def test_no_route_is_hidden_by_one_before_it(public: TestClient) -> None:
    routes = [route for route in public.app.router.routes if route.path.startswith("/ogc")]  # type: ignore[attr-defined]
    for page in pages():
        example = f"/ogc{page.path}"
        for name in page.arguments:
            example = example.replace(f"{{{name}:path}}", "x").replace(f"{{{name}}}", "x")
        scope = {"type": "http", "path": example, "method": page.method, "root_path": ""}
        first = next(route for route in routes if route.matches(scope)[0].name == "FULL")
        assert first.path == f"/ogc{page.path}", example

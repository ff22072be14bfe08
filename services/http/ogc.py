"""The routes below ``/ogc``: each a handler of pygeoapi, asked in a thread, answered as an HTTP response."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import blake2b
from http import HTTPStatus
from importlib import import_module
from typing import Any, Self
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from layers.model import Text
from services.http.problems import asked_language
from services.http.service import Service
from services.ogc import about, geojson, parameters, rendering
from services.ogc.errors import ResourceError, UpstreamError
from services.ogc.source import Source
from services.ogc.watch import Snapshot

Answer = tuple[dict[str, Any], int, str | bytes]
Handler = Callable[..., Answer]
Endpoint = Callable[[Request], Awaitable[Response]]

_IMMUTABLE = "public, max-age=31536000, immutable"
_REVALIDATE = "public, no-cache"


@dataclass(frozen=True, slots=True)
class Page:
    """One kind of page: where it is, which handler of pygeoapi makes it, and what may be asked of it.

    handler:
        ``module:function`` below ``pygeoapi.api``.
    arguments:
        Names of the path's parameters in the order of the handler's.
    data:
        True where it reads rows: then it waits for a database connection, not for a thread of the pages.
    """

    path: str
    handler: str
    allowed: frozenset[str] = parameters.COMMON
    arguments: tuple[str, ...] = ()
    data: bool = False
    needs: str | None = None  # type of the provider a collection must have


PAGES = (
    Page("", ":landing_page"),
    Page("/", ":landing_page"),
    Page("/openapi", ":openapi_", parameters.OPENAPI),
    Page("/conformance", ":conformance"),
    Page("/collections", ":describe_collections"),
    Page("/collections/{collection}", ":describe_collections", arguments=("collection",)),
    Page("/collections/{collection}/schema", ":get_collection_schema", arguments=("collection",)),
    Page(
        "/collections/{collection}/queryables",
        ".itemtypes:get_collection_queryables",
        parameters.QUERYABLES,
        ("collection",),
    ),
    Page(
        "/collections/{collection}/items",
        ".itemtypes:get_collection_items",
        parameters.ITEMS,
        ("collection",),
        data=True,
        needs="feature",
    ),
    Page(
        "/collections/{collection}/items/{item:path}",
        ".itemtypes:get_collection_item",
        parameters.ITEM,
        ("collection", "item"),
        data=True,
        needs="feature",
    ),
    Page("/collections/{collection}/tiles", ".tiles:get_collection_tiles", arguments=("collection",), needs="tile"),
    Page(
        "/collections/{collection}/tiles/{scheme}",
        ".tiles:get_collection_tiles_metadata",
        arguments=("collection", "scheme"),
        needs="tile",
    ),
    Page(
        "/collections/{collection}/tiles/{scheme}/metadata",
        ".tiles:get_collection_tiles_metadata",
        arguments=("collection", "scheme"),
        needs="tile",
    ),
    Page(
        "/collections/{collection}/tiles/{scheme}/{z}/{y}/{x}",
        ".tiles:get_collection_tiles_data",
        parameters.TILE,
        ("collection", "scheme", "z", "y", "x"),
        data=True,
        needs="tile",
    ),
    Page(
        "/collections/{collection}/coverage",
        ".coverages:get_collection_coverage",
        parameters.COVERAGE,
        ("collection",),
        data=True,
        needs="coverage",
    ),
    Page(
        "/collections/{collection}/map",
        ".maps:get_collection_map",
        parameters.MAP,
        ("collection",),
        data=True,
        needs="map",
    ),
    Page("/TileMatrixSets", ".tiles:tilematrixsets"),
    Page("/TileMatrixSets/{scheme}", ".tiles:tilematrixset", arguments=("scheme",)),
    Page("/processes", ".processes:describe_processes"),
)

_DEFAULT_FORMATS = {".tiles:get_collection_tiles_data": "mvt", ".maps:get_collection_map": "png"}
_METADATA = (":describe_collections", ":get_collection_schema", ".itemtypes:get_collection_queryables")


def routes(service: Service) -> list[BaseRoute]:
    """The routes, with ``/ogc`` in their paths: clients ask for ``/ogc`` without a slash, which a mount redirects."""
    found: list[BaseRoute] = [Route("/ogc/style.css", _style_sheet)]
    found += [Route(f"/ogc{page.path}", _endpoint(service, page)) for page in PAGES]
    return found


async def _style_sheet(_request: Request) -> Response:
    return FileResponse(rendering.TEMPLATES / "style.css", headers={"Cache-Control": "public, max-age=3600"})


def _endpoint(service: Service, page: Page) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        base = service.base_url(request) + "/ogc"
        bench = service.rows if page.data else service.pages
        return await bench.do(lambda: _answer(service, page, request, base))

    return endpoint


def _answer(service: Service, page: Page, request: Request, base: str) -> Response:
    snapshot = service.watch.current() if page.data else service.snapshot()
    source = _source(snapshot, page, request)
    parameters.check(request.query_params.multi_items(), page.allowed, source)
    cached = _Validator.of(page, request, source)
    if cached is not None and cached.matches(request):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=cached.headers(request))
    headers, status, content = _ask(service, page, request, snapshot.api.reached_at(base))
    if status >= HTTPStatus.BAD_REQUEST:
        raise UpstreamError(status, "", _description(content))
    language = asked_language(request)
    if page.handler in _METADATA and "json" in headers["Content-Type"] and "ld+json" not in headers["Content-Type"]:
        content = geojson.dumps(_annotated(json.loads(content), snapshot, source, language))
    media_type = _media_type(headers, page)
    headers = {name: value for name, value in headers.items() if name.lower() not in ("x-powered-by", "content-type")}
    headers["Content-Type"] = media_type
    headers["Vary"] = "Accept, Accept-Language"
    if cached is not None:
        headers |= cached.headers(request)
    if not content and page.data and page.needs == "tile":
        status = HTTPStatus.NO_CONTENT
    return Response(content, status_code=status, headers=headers)


def _source(snapshot: Snapshot, page: Page, request: Request) -> Source | None:
    collection = request.path_params.get("collection")
    if collection is None:
        return None
    source = snapshot.sources.get(collection)
    if source is None:
        raise ResourceError(Text("このコレクションはありません。", "There is no such collection."))
    providers = snapshot.api.config["resources"][collection]["providers"]
    if page.needs is not None and page.needs not in {provider["type"] for provider in providers}:
        raise ResourceError(Text("このコレクションでは提供していません。", "This collection does not offer it."))
    return source


def _ask(service: Service, page: Page, request: Request, api: Any) -> Answer:
    from pygeoapi.api import APIRequest

    module, _, name = page.handler.partition(":")
    handler: Handler = getattr(import_module(f"pygeoapi.api{module}"), name)
    asked = APIRequest(request, api.locales)
    if page.handler in _DEFAULT_FORMATS:
        asked._format = request.query_params.get("f") or _DEFAULT_FORMATS[page.handler]
    elif asked.format is None:
        asked._format = "json"
    if page.handler == ":openapi_":
        api.openapi = service.openapi(api)
        api.tpl_config = {**api.tpl_config, "openapi": api.openapi}
    formats = ["tilejson", "png", "mvt", "GTiff", "csv"]
    if asked.format not in formats and not asked.is_valid():
        raise UpstreamError(HTTPStatus.BAD_REQUEST, "InvalidParameterValue", "Invalid format requested")
    return handler(api, asked, *(request.path_params[argument] for argument in page.arguments))


def _annotated(document: dict[str, Any], snapshot: Snapshot, source: Source | None, language: str) -> dict[str, Any]:
    """Titles of properties, and what collections say beyond the standard, in one language."""
    if source is not None and "properties" in document:
        titles = about.described(source, language)
        for name, schema in document["properties"].items():
            schema.update(titles.get(name, {}))
        return document
    for collection in document.get("collections", [document]):
        if (one := snapshot.sources.get(collection.get("id", ""))) is not None:
            collection.update(about.collection_metadata(one, language))
    return document


def _media_type(headers: dict[str, Any], page: Page) -> str:
    found = str(headers["Content-Type"])
    if page.handler.endswith(("get_collection_items", "get_collection_item")) and found == "application/json":
        return "application/geo+json"
    return f"{found}; charset=utf-8" if found.startswith("text/") and "charset" not in found else found


def _description(content: str | bytes) -> str:
    try:
        return str(json.loads(content)["description"])
    except (ValueError, KeyError, TypeError):
        return "Invalid format requested"


@dataclass(frozen=True, slots=True)
class _Validator:
    """The strong ETag of a tile or map: its layer's revision, which moves with every change of the rows."""

    tag: str
    revision: int

    @classmethod
    def of(cls, page: Page, request: Request, source: Source | None) -> Self | None:
        if source is None or not page.data or page.needs not in ("tile", "map"):
            return None
        state = source.state
        return cls(f'"{source.face}-{source.layer.id}-{state.revision}-{_digest(request)}"', state.revision)

    def matches(self, request: Request) -> bool:
        given = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
        return self.tag in given or "*" in given

    def headers(self, request: Request) -> dict[str, str]:
        asked = request.query_params.get("revision")
        return {"ETag": self.tag, "Cache-Control": _IMMUTABLE if asked == str(self.revision) else _REVALIDATE}


def _digest(request: Request) -> str:
    parts = urlsplit(str(request.url))
    return blake2b(f"{parts.path}?{parts.query}".encode(), digest_size=8).hexdigest()

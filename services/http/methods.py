"""Which methods an address answers, for a layer: what ``OPTIONS`` says, and ``405`` where another is asked for."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.ogc.pages import Page
from services.ogc.source import Source

EVERY = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_ACCEPTS = {"POST": "Accept-Post", "PATCH": "Accept-Patch"}


def by_path(pages: Iterable[Page]) -> Mapping[str, Mapping[str, Page]]:
    """Pages by path and method."""
    found: dict[str, dict[str, Page]] = {}
    for page in pages:
        found.setdefault(page.path, {})[page.method] = page
    return found


def options(offered: Mapping[str, Page]) -> Response:
    """The answer to ``OPTIONS``: methods, and the media types that they take."""
    headers = {"Allow": allowed(offered), "Cache-Control": "no-store"}
    for method, name in _ACCEPTS.items():
        if method in offered and (body := offered[method].body) is not None:
            headers[name] = ", ".join(body.schemas)
    return Response(status_code=HTTPStatus.OK, headers=headers)


def refusal(offered: Mapping[str, Page]) -> HTTPException:
    """The refusal of a method that the address does not answer."""
    return HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": allowed(offered)})


def allowed(offered: Mapping[str, Page]) -> str:
    """The methods, as ``Allow`` names them."""
    found = {*offered, "OPTIONS"} | ({"HEAD"} if "GET" in offered else set())
    return ", ".join(method for method in EVERY if method in found)


def offered_for(pages: Mapping[str, Page], source: Source | None, providers: Iterable[str]) -> Mapping[str, Page]:
    """Those of an address's pages that a layer has."""
    if source is None:
        return pages
    types = set(providers)
    return {method: page for method, page in pages.items() if page.is_offered(source, types)}

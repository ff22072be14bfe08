"""``/map``, the map of every layer, and ``/embed``, a state of it for pages of other sites."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from layers.catalogue import catalogue
from layers.model import Geometry, Layer, Visibility
from services.http.service import Service
from services.http.written import language_of, written
from services.ogc.face import Face
from services.ogc.watch import Snapshot
from web_map import embedding
from web_map.pages import CONTENT_SECURITY_POLICY, map_page, with_gsi_tiles
from web_map.view import MapUrls, map_view

MAP = "/map"


def routes(service: Service, static: str) -> list[BaseRoute]:
    """The routes of the maps.  ``static``: where the pages' files are.

    What the staff see is not for frames of other sites.
    """
    urls = MapUrls(static=static, page=MAP)

    async def map_of_layers(request: Request) -> Response:
        language = language_of(request)
        snapshot = await service.look()
        base = service.base_url(request)
        view = view_of(service, snapshot, shown(service, snapshot), urls)
        page = await service.pages.do(lambda: map_page(view, language, base))
        return written(
            request, page, headers={"Content-Language": language, **_policy(service, CONTENT_SECURITY_POLICY)}
        )

    async def embedded(request: Request) -> Response:
        language = language_of(request)
        snapshot = await service.look()
        every = shown(service, snapshot)
        state = embedding.MapState.read(request.url.query, {layer.id for layer in every})
        chosen = [
            layer
            for layer in every
            if layer.geometry is not Geometry.NONE and state.shows(layer.id, layer.style.visible)
        ]
        view = view_of(service, snapshot, chosen, urls)
        page = await service.pages.do(lambda: embedding.embed_page(view, state, service.base_url(request), language))
        headers = {"Content-Language": language, **_policy(service, embedding.CONTENT_SECURITY_POLICY)}
        return written(request, page, headers=headers)

    found: list[BaseRoute] = [Route(MAP, map_of_layers)]
    return [*found, Route(embedding.PAGE, embedded)] if service.face is Face.PUBLIC else found


def _policy(service: Service, policy: str) -> dict[str, str]:
    return {"Content-Security-Policy": with_gsi_tiles(policy) if service.settings.gsi_tiles else policy}


def shown(service: Service, snapshot: Snapshot) -> list[Layer]:
    """The layers of a face's pages: all that are declared for it, with data or without, and results that it serves."""
    declared = [
        layer
        for layer in catalogue().values()
        if layer.visibility is Visibility.PUBLIC or service.face is Face.INTERNAL
    ]
    return [*declared, *(source.layer for source in snapshot.sources.values() if source.layer.is_result)]


def view_of(service: Service, snapshot: Snapshot, layers: Sequence[Layer], urls: MapUrls) -> dict[str, object]:
    """The view of a map of some layers, as they are served now."""
    states = {layer.id: snapshot.sources[layer.id].state for layer in layers if layer.id in snapshot.sources}
    return map_view(layers, states, urls, service.settings.city, gsi_tiles=service.settings.gsi_tiles)

"""The application of one face: its pages, files, OGC API, health and figures.  Importing it does nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import lru_cache

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from geo.errors import GisError
from services.http import around, changes, crawlers, events, layer_pages, maps, offline, ogc, staff
from services.http.answers import address_of, answer_page, get_ready
from services.http.guard import Guard
from services.http.health import listens, messaging, readiness
from services.http.problems import problem_response
from services.http.service import Service
from services.http.static import file_app, static_version
from services.ogc.errors import BusyError
from services.ogc.face import Face
from services.settings import Settings
from web_map.card import CardUrls
from web_map.pages import MAPLIBRE_FOLDER, STATIC_FOLDER

__all__ = ["Face", "create_app"]


def create_app(settings: Settings, face: Face) -> Starlette:
    """The application; it connects to nothing before its lifespan starts.

    The internal face is read without an account, and answers on the loopback address only.
    """
    service = Service(settings, face)
    static = f"/static/{static_version()}"
    bundle = offline.files_of(service)
    urls = CardUrls(static=static)

    @lru_cache(maxsize=16)
    def urls_at(base: str) -> CardUrls:
        return replace(urls, base=base)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await service.open()
        # What is served is known before the first question, so that a worker can say it when the database goes away.
        first_look = asyncio.create_task(_look(service))
        try:
            yield
        finally:
            await first_look
            await service.close()

    async def home(request: Request) -> Response:
        offered = None if bundle is None else bundle.offered()
        return await answer_page(service, request, urls_at(service.base_url(request)), offered)

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})

    async def readyz(_request: Request) -> Response:
        found = await service.pages.do(lambda: readiness(service))
        headers = {"Cache-Control": "no-store"} | ({} if found["ready"] else {"Retry-After": "5"})
        return JSONResponse(found, status_code=200 if found["ready"] else 503, headers=headers)

    async def metrics(_request: Request) -> Response:
        text = service.metrics.text(service.pools(), service.in_hand(), service.cache.figures())
        if listens(service):
            with suppress(BusyError):
                text += service.metrics.of_messages(await service.pages.do(lambda: messaging(service)))
        return PlainTextResponse(text, media_type="text/plain; version=0.0.4", headers={"Cache-Control": "no-store"})

    async def happenings(request: Request) -> Response:
        return await events.stream(service, request)

    told = changes.Changes(service)

    async def what_changed(request: Request) -> Response:
        return await changes.stream(told, request)

    async def failed(request: Request, error: Exception) -> Response:
        return problem_response(request, error)

    routes: list[BaseRoute] = [
        *ogc.routes(service),  # asked most, and found at the first look
        Route("/", home),
        *maps.routes(service, static),
        *layer_pages.routes(service, static),
        *crawlers.routes(service),
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
        Route(changes.ADDRESS, what_changed),
        *([Route("/events", happenings), *staff.routes(service, static)] if face is Face.INTERNAL else []),
        *around.routes(service, urls, lambda request: address_of(service, request, urls)),
        *offline.routes(bundle),
        Mount(f"{static}/vendor/maplibre-gl", file_app(MAPLIBRE_FOLDER)),
        Mount(static, file_app(STATIC_FOLDER)),
    ]
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=[Middleware(Guard, service=service)],
        exception_handlers={GisError: failed, HTTPException: failed},
    )
    app.state.service = service
    app.state.get_ready = lambda: get_ready(service, urls)
    return app


async def _look(service: Service) -> None:
    with suppress(GisError):
        await service.look()

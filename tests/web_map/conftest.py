"""The page of the small city, served, and a browser that looks at it."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from threading import Thread

import numpy as np
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from geo.terrain import gsi_dem_png
from services.database.cluster import EmbeddedCluster
from services.ogc.rasters.png import Colours, png
from services.settings import ROOT
from tests.conftest import _database, free_port
from tests.waiting import until
from tests.web_map import around_city, cards, small_city
from tests.web_map.duty_browser import TABLET
from tests.web_map.duty_city import DutyCity, on_duty
from tests.web_map.vector_tiles import tile
from tests.web_map.waiting import PATIENCE_S
from web_map import embedding, layer_pages
from web_map.pages import CONTENT_SECURITY_POLICY, MAPLIBRE_FOLDER, STATIC_FOLDER, map_page
from web_map.texts import choose_language

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-swiftshader",
]
CHROMIUM = "/usr/bin/chromium"


@dataclass
class Server:
    """A running server of the small city; layers in ``failing`` answer their tiles with 404."""

    url: str
    failing: set[str] = field(default_factory=lambda: {"lost"})


@pytest.fixture
def server() -> Iterator[Server]:
    served = Server(f"http://127.0.0.1:{free_port()}")

    def page(request: HttpRequest) -> Response:
        language = choose_language(request.query_params.get("lang"), request.headers.get("accept-language"))
        return HTMLResponse(
            map_page(small_city.view(), language), headers={"content-security-policy": CONTENT_SECURITY_POLICY}
        )

    def embedded(request: HttpRequest) -> Response:
        state = embedding.MapState.read(request.url.query, {layer.id for layer in small_city.LAYERS})
        chosen = [layer for layer in small_city.LAYERS if state.shows(layer.id, layer.style.visible)]
        language = choose_language(request.query_params.get("lang"), None)
        html = embedding.embed_page(small_city.view(chosen), state, served.url, language)
        return HTMLResponse(html, headers={"content-security-policy": embedding.CONTENT_SECURITY_POLICY})

    def other_site(request: HttpRequest) -> Response:
        """A page of somebody else; it is asked for under another name of this machine, which is another site."""
        head = "<!doctype html><title>other</title><link rel=icon href=data:,>"
        return HTMLResponse(head + request.query_params["code"])

    def of_data(request: HttpRequest) -> Response:
        language = choose_language(request.query_params.get("lang"), None)
        html = small_city.page_of_data(request.path_params.get("layer"), served.url, language)
        return HTMLResponse(html, headers={"content-security-policy": layer_pages.CONTENT_SECURITY_POLICY})

    def vector_tile(request: HttpRequest) -> Response:
        path = request.path_params
        if path["layer"] in served.failing:
            return Response(status_code=404)
        body = tile(path["layer"], small_city.FEATURES[path["layer"]], path["z"], path["x"], path["y"])
        return Response(body, media_type="application/vnd.mapbox-vector-tile", status_code=200 if body else 204)

    def item(request: HttpRequest) -> Response:
        layer, wanted = request.path_params["layer"], request.path_params["item"]
        for geometry, properties in small_city.FEATURES[layer]:
            if properties["id"] == wanted:
                return JSONResponse(
                    {
                        "type": "Feature",
                        "id": wanted,
                        "geometry": geometry.__geo_interface__,
                        "properties": small_city.PROPERTIES[layer],
                    }
                )
        return Response(status_code=404)

    def card(request: HttpRequest) -> Response:
        name, language = request.path_params["name"], request.path_params["language"]
        shown = cards.page(name, language, request.query_params.get("show", ""))
        return HTMLResponse(shown, headers={"content-security-policy": CONTENT_SECURITY_POLICY})

    app = Starlette(
        routes=[
            Route("/", page),
            Route("/map", page),
            Route("/embed", embedded),
            Route("/other-site", other_site),
            Route("/layers", of_data),
            Route("/layers/{layer}", of_data),
            Route("/cards/{name}/{language}", card),
            Route("/ogc/collections/{layer}/tiles/WebMercatorQuad/{z:int}/{y:int}/{x:int}", vector_tile),
            Route("/ogc/collections/{layer}/items/{item:path}", item),
            Route(
                "/ogc/collections/{layer}/map/tiles/{scheme}/{z}/{y}/{x}",
                lambda request: Response(
                    _heights() if request.query_params.get("f") == "gsi-dem-png" else _picture(), media_type="image/png"
                ),
            ),
            *around_city.routes(served.failing, _drawn),
            Mount("/static/vendor/maplibre-gl", StaticFiles(directory=MAPLIBRE_FOLDER)),
            Mount("/static", StaticFiles(directory=STATIC_FOLDER)),
        ]
    )
    port = int(served.url.rsplit(":", 1)[1])
    running = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off", ws="none"))
    thread = Thread(target=running.run, daemon=True)
    thread.start()
    until(lambda: running.started)
    yield served
    running.should_exit = True
    thread.join(10)


def _drawn(request: HttpRequest) -> Response:
    """The picture of the surroundings of a place; one hazard has none."""
    if request.query_params["show"] == "lost":
        return Response(status_code=503)
    size = 'width="600" height="400"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size}><rect {size} fill="#cde"/></svg>'
    return Response(svg, media_type="image/svg+xml")


@cache
def _heights() -> bytes:
    """Heights of a tile: ridges from north to south, and nothing known in the east."""
    column = np.arange(256.0)
    row = np.where(column < 224, 300 + 300 * np.sin(column / 10), np.nan)
    return png(Colours(gsi_dem_png(np.tile(row, (256, 1)))))


def _picture() -> bytes:
    """A PNG of one grey pixel, half transparent."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 6, 0, 0, 0)
    pixel = zlib.compress(b"\x00\xc8\xc0\xb0\x80")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")  # what it leaves running while it is open is in the way of others' event loops
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER_ARGUMENTS)
        expect.set_options(timeout=1_000 * PATIENCE_S)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page and what went wrong in it: console errors and warnings, exceptions, requests that left the origin."""

    page: Page
    complaints: list[str]
    outside: list[str]

    def open(self, server: Server, address: str = "/?lang=ja") -> Page:
        self.page.on("request", lambda request: self._watch(request, server.url))
        self.page.goto(server.url + address)
        self.page.wait_for_selector("body.with-map", timeout=60_000)
        return self.page

    def card(self, server: Server, name: str, language: str = "ja") -> Page:
        """An answer page by its name in ``cards.NAMES``."""
        self.page.on("request", lambda request: self._watch(request, server.url))
        cards.page(name, language)  # made before it is waited for: the first of a process compiles its kernels
        self.page.goto(f"{server.url}/cards/{name}/{language}")
        return self.page

    def hear(self, kind: str, text: str) -> None:
        # What the software renderer says of its own speed is not about the page.
        if kind in ("error", "warning") and "GL Driver Message" not in text:
            self.complaints.append(text)

    def _watch(self, request: Request, origin: str) -> None:
        if not request.url.startswith((f"{origin}/", "data:")):
            self.outside.append(request.url)


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="ja-JP")
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.clock.set_fixed_time(cards.NOW)  # when the answers were given; timers go on
    visited = Visit(page, [], [])
    page.on("console", lambda message: visited.hear(message.type, message.text))
    page.on("pageerror", lambda error: visited.complaints.append(str(error)))
    yield visited
    context.close()


@pytest.fixture(scope="module")
def city(cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DutyCity]:
    """The city on duty; modules with another city of their own have theirs."""
    for database in _database(cluster, template, tmp_path_factory.mktemp("duty")):
        with on_duty(database, free_port()) as served:
            yield served


@pytest.fixture(scope="module")
def crew(chromium: Browser, city: DutyCity) -> Iterator[BrowserContext]:
    """A tablet that is signed in."""
    context = chromium.new_context(viewport=TABLET, locale="ja-JP")  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(f"{city.url}/responder")
    page.fill("#name", city.account[0])
    page.fill("#secret", city.account[1])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{city.url}/responder")
    page.close()
    yield context
    context.close()

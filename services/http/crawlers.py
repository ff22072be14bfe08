"""For search engines: what they may read (``/robots.txt``), and the pages there are (``/sitemap.xml``)."""

from urllib.parse import quote
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from services.http.maps import MAP, shown
from services.http.service import Service
from services.http.written import written
from services.ogc.face import Face
from web_map.layer_pages import PAGE
from web_map.texts import languages

SITEMAP = "/sitemap.xml"
_NOT_READ = ("/ogc/processes/", "/ogc/jobs", "/offline/", "/metrics", "/around", "/picture", "/code")
"""What is reckoned for who asks, and what is not for reading."""


def routes(service: Service) -> list[BaseRoute]:
    """The routes of both; the internal face is not for search engines at all."""
    is_public = service.face is Face.PUBLIC

    async def robots(request: Request) -> Response:
        lines = [f"Disallow: {path}" for path in (_NOT_READ if is_public else ("/",))]
        more = [f"Sitemap: {service.base_url(request)}{SITEMAP}"] if is_public else []
        return written(request, "\n".join(["User-agent: *", *lines, *more, ""]), "text/plain")

    async def sitemap(request: Request) -> Response:
        snapshot = await service.look()
        base = service.base_url(request)
        paths = ["/", MAP, PAGE, *(f"{PAGE}/{quote(layer.id)}" for layer in shown(service, snapshot))]
        return written(request, _sitemap([f"{base}{path}" for path in paths]), "application/xml")

    found: list[BaseRoute] = [Route("/robots.txt", robots)]
    return [*found, Route(SITEMAP, sitemap)] if is_public else found


def _sitemap(addresses: list[str]) -> str:
    """Each page in each language (sitemaps.org, with the languages as search engines want them)."""
    entries = []
    for address in addresses:
        alternates = "".join(
            f'<xhtml:link rel="alternate" hreflang="{tag}" href="{escape(address)}?lang={tag}"/>' for tag in languages()
        )
        entries += [f"<url><loc>{escape(address)}?lang={tag}</loc>{alternates}</url>" for tag in languages()]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n' + "\n".join(entries) + "\n</urlset>\n"
    )

"""``/layers``: the catalogue of the data as pages, and of each layer what it is and how to get it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from layers.model import Field, Layer, Text
from services.database.failures import store_errors
from services.database.quality import layer_quality
from services.http.examples import examples
from services.http.maps import MAP, shown, view_of
from services.http.service import Service
from services.http.written import language_of, written
from services.ogc.errors import ResourceError
from services.ogc.records import schema_org
from services.ogc.records.access import Access, accesses
from services.ogc.records.catalogue import CATALOGUE, Catalogue, Entry
from services.ogc.records.measures import Measurement, measured
from services.ogc.source import PROVENANCE, Column
from services.ogc.watch import Snapshot
from web_map import embedding
from web_map.layer_pages import CONTENT_SECURITY_POLICY, PAGE, catalogue_page, layer_page
from web_map.view import MapUrls

_PICTURE_PX = 640


def routes(service: Service, static: str) -> list[BaseRoute]:
    """The routes of these pages.  ``static``: where the pages' files are."""
    urls = MapUrls(static=static, page=MAP)

    async def catalogue(request: Request) -> Response:
        language = language_of(request)
        snapshot = await service.look()
        view = view_of(service, snapshot, shown(service, snapshot), urls)
        page = await service.pages.do(lambda: catalogue_page(view, service.base_url(request), language))
        return written(request, page, headers={"Content-Language": language})

    async def layer(request: Request) -> Response:
        language, wanted = language_of(request), request.path_params["layer"]
        snapshot = await service.look()
        found = next((each for each in shown(service, snapshot) if each.id == wanted), None)
        if found is None:
            raise ResourceError(
                Text(
                    f"このレイヤーはありません。あるものの一覧は {PAGE} にあります。",
                    f"There is no such layer. All of them are listed at {PAGE}.",
                )
            )
        base = service.base_url(request)
        view = view_of(service, snapshot, [found], urls)
        entry = _entry(snapshot, found.id)

        def draw() -> str:
            about = _about(service, found, entry, base, language)
            return layer_page(view, about, base, language)

        page = await service.rows.do(draw)
        headers = {"Content-Language": language, "Content-Security-Policy": CONTENT_SECURITY_POLICY}
        return written(request, page, headers=headers)

    return [Route(PAGE, catalogue), Route(f"{PAGE}/{{layer}}", layer)]


def _entry(snapshot: Snapshot, layer_id: str) -> Entry | None:
    """The layer's entry in the catalogue; None where it is not served."""
    (provider,) = snapshot.api.config["resources"][CATALOGUE]["providers"]
    whole: Catalogue = provider["data"]
    return next((each for each in whole.entries if each.id == layer_id), None)


def _about(service: Service, layer: Layer, entry: Entry | None, base: str, language: str) -> dict[str, Any]:
    """What the page says of a layer beside the view of its map."""
    ogc = f"{base}/ogc"
    ways = [] if entry is None else list(accesses(entry.source, entry.providers, ogc))
    files = [each for each in ways if each.format.bulk]
    fields: list[Field | Column] = [*layer.public_fields, *PROVENANCE]
    return {
        "fields": [_field(each) for each in fields],
        "downloads": [] if entry is None else [_download(each, base, service, entry) for each in files],
        "accesses": [{"title": _text(each.title), "href": each.href} for each in ways if each not in files],
        "examples": [] if entry is None else [asdict(each) for each in examples(entry, ways, ogc)],
        "quality": None if entry is None else _quality(entry),
        "bounds": None if entry is None or entry.source.bounds is None else _bounds(entry.source.bounds),
        "updated": None if entry is None else _moment(entry.updated, service.settings.city.time_zone),
        "picture": None if entry is None else _picture(entry),
        "embed": f"{embedding.PAGE}?lang={language}&layers={layer.id}",
        "dataset": None if entry is None else _dataset(entry, language, base),
    }


def _field(field: Field | Column) -> dict[str, Any]:
    codes = field.codes or field.members
    return {
        "name": field.name,
        "title": _text(field.title),
        "description": None if field.description is None else _text(field.description),
        "kind": field.kind.value,
        "unit": field.unit or (codes.unit if codes else None),
        "codes": [[str(code.value), _text(code.title)] for code in codes.codes] if codes else None,
    }


def _download(access: Access, base: str, service: Service, entry: Entry) -> dict[str, Any]:
    path = access.page_href.removeprefix(base)
    size_bytes = service.sizes.known(path, access.format.name, entry.source.stamp)
    return {
        "title": _text(access.format.title),
        "href": access.href,
        "media_type": access.format.bare_type,
        "size": _size(size_bytes),
    }


def _size(size_bytes: int | None) -> str | None:
    """Kilobytes or megabytes (1,000), two digits of them."""
    if size_bytes is None:
        return None
    unit, name = (1_000_000, "MB") if size_bytes >= 1_000_000 else (1_000, "kB")
    return f"{max(float(f'{size_bytes / unit:.2g}'), 0.1):g} {name}"


def _quality(entry: Entry) -> list[dict[str, Any]] | None:
    """The measurements of the layer as a whole; None where it was not measured yet."""
    source = entry.source
    with store_errors(), source.pool.connection() as connection:
        found = layer_quality(connection, source.layer.id, source.face.schema)
    if found is None:
        return None
    return [
        {"title": _text(each.metric.title), "value": _value(each)}
        for each in measured(source, found)
        if each.about is None
    ]


def _value(told: Measurement) -> str:
    if told.metric.unit != "1":
        return f"{told.value:g} {told.metric.unit}"
    counted = "" if told.count is None else f" ({told.count:,} / {told.of:,})"
    return f"{100 * told.value:.4g} %{counted}"


def _picture(entry: Entry) -> Mapping[str, Any] | None:
    """The map of a coverage; other layers have none."""
    if "map" not in entry.providers:
        return None
    west, south, east, north = entry.city.bbox
    box = f"{west},{south},{east},{north}"
    height = round(_PICTURE_PX * (north - south) / (east - west))
    query = f"f=png&bbox={box}&width={_PICTURE_PX}&height={height}&bgcolor=0xFFFFFF"
    return {
        "address": f"/ogc/collections/{entry.id}/map?{query}&revision={entry.source.state.revision}",
        "width": _PICTURE_PX,
        "height": height,
    }


def _dataset(entry: Entry, language: str, base: str) -> dict[str, Any]:
    found = schema_org.dataset(entry, "ja" if language.startswith("ja") else "en", f"{base}/ogc")
    return {"@context": schema_org.CONTEXT, **found, "url": f"{base}{PAGE}/{entry.id}"}


def _bounds(bounds: tuple[float, float, float, float]) -> str:
    west, south, east, north = bounds
    return f"{west:.4f}, {south:.4f} – {east:.4f}, {north:.4f}"


def _moment(moment: datetime | None, time_zone: str) -> str | None:
    return None if moment is None else f"{moment.astimezone(ZoneInfo(time_zone)):%Y-%m-%d %H:%M}"


def _text(text: Text) -> dict[str, str]:
    return {"ja": text.ja, "en": text.en}

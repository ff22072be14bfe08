"""The pages of styles, in the form of pygeoapi's handlers."""

from http import HTTPStatus
from typing import Any

from pygeoapi.api import APIRequest

from layers.model import Geometry, Text
from services.ogc import geojson, rendering
from services.ogc.api import CityApi
from services.ogc.asked import Asked, current
from services.ogc.errors import ResourceError
from services.ogc.rights import display_title, rights_of
from services.ogc.source import Source
from services.ogc.styles.choices import CITY_STYLE, StyleChoice, choice_named, choices
from services.ogc.styles.fonts import japanese_font
from services.ogc.styles.legend import legend
from services.ogc.styles.legend_png import png
from services.ogc.styles.legend_svg import svg
from services.ogc.styles.maplibre import city_style, layer_style
from services.ogc.styles.sld import sld
from services.ogc.styles.sprites import sprite_index, sprite_picture

Answer = tuple[dict[str, Any], int, str | bytes]

_MAPBOX = ("mapbox", "application/vnd.mapbox.style+json", "MapLibre / Mapbox Style 8")
_SLD_10 = ("sld10", "application/vnd.ogc.sld+xml;version=1.0", "OGC SLD 1.0")
_SLD_11 = ("sld11", "application/vnd.ogc.sld+xml;version=1.1", "OGC SLD 1.1")
_CITY_TITLE = Text("全レイヤーの地図", "Map of all layers")


# --- of one collection -----------------------------------------------------------------------------------------


def collection_styles(api: CityApi, request: APIRequest, _collection: str) -> Answer:
    """The styles of a layer."""
    asked = current()
    source = _source(asked)
    address = f"{asked.base}/collections/{source.layer.id}/styles"
    title = display_title(source).in_language(asked.language)
    known = choices(source.layer)
    content = {
        "title": title,
        "default": known[0].id,
        "styles": [_listed(f"{address}/{each.id}", each.id, _title(source, each, asked)) for each in known],
        "links": _self_links(address, title),
    }
    return _answer(api, request, "styles/styles.html", content)


def collection_style(api: CityApi, request: APIRequest, _collection: str, style: str) -> Answer:
    """A style as MapLibre style or SLD."""
    asked = current()
    source = _source(asked)
    choice = choice_named(source.layer, style)
    content: str | bytes
    if asked.format.name in ("sld10", "sld11"):
        content = sld(source, choice, "1.0.0" if asked.format.name == "sld10" else "1.1.0", asked.language)
    else:
        content = geojson.to_json(layer_style(source, choice, asked.base, asked.language))
    return request.get_response_headers(**api.api_headers), HTTPStatus.OK, content


def collection_style_metadata(api: CityApi, request: APIRequest, _collection: str, style: str) -> Answer:
    """What is said of a style: where it comes from, its stylesheets and its legend."""
    asked = current()
    source = _source(asked)
    choice = choice_named(source.layer, style)
    address = f"{asked.base}/collections/{source.layer.id}/styles/{choice.id}"
    contact = api.config["metadata"]["contact"]
    content = {
        "id": choice.id,
        "title": _title(source, choice, asked),
        "description": source.layer.description.in_language(asked.language),
        "keywords": list(source.layer.keywords),
        "pointOfContact": contact["name"],
        "license": ", ".join(licence.id for licence in rights_of(source)),
        "scope": "style",
        "version": str(source.state.revision),
        "stylesheets": [_stylesheet(address, each) for each in (_MAPBOX, _SLD_10, _SLD_11)],
        "layers": [
            {
                "id": source.layer.id,
                "type": source.layer.geometry.value,
                "sampleData": _sample(source, asked),
            }
        ],
        "links": [
            *_self_links(f"{address}/metadata", _title(source, choice, asked)),
            *_legends(address, asked),
        ],
    }
    return _answer(api, request, "styles/metadata.html", content)


def collection_legend(api: CityApi, request: APIRequest, _collection: str, style: str) -> Answer:
    """The legend as PNG or SVG; a machine without a Japanese font letters its pictures in English."""
    asked = current()
    source = _source(asked)
    choice = choice_named(source.layer, style)
    headers = request.get_response_headers(**api.api_headers)
    if asked.format.name == "svg":
        return headers, HTTPStatus.OK, svg(legend(source, choice, asked.language), asked.language)
    language = asked.language if japanese_font() is not None else "en"
    return headers, HTTPStatus.OK, png(legend(source, choice, language))


# --- of the whole city -----------------------------------------------------------------------------------------


def city_styles(api: CityApi, request: APIRequest) -> Answer:
    """The styles of the map of all layers: there is one."""
    asked = current()
    title = _CITY_TITLE.in_language(asked.language)
    address = f"{asked.base}/styles"
    entry = {
        "id": CITY_STYLE,
        "title": title,
        "links": [_link(f"{address}/{CITY_STYLE}?f=mapbox", "stylesheet", _MAPBOX[1], _MAPBOX[2])],
    }
    content = {"title": title, "default": CITY_STYLE, "styles": [entry], "links": _self_links(address, title)}
    return _answer(api, request, "styles/styles.html", content)


def whole_city_style(api: CityApi, request: APIRequest, style: str) -> Answer:
    """The style of all layers; ``ResourceError`` for any other name."""
    if style != CITY_STYLE:
        raise ResourceError(Text("このスタイルはありません。", "There is no such style."))
    asked = current()
    sources = [
        each["source"]
        for each in api.config["resources"].values()
        if any(provider["type"] == "tile" for provider in each.get("providers", ()))
    ]
    content = city_style(sources, _CITY_TITLE.in_language(asked.language), asked.base, asked.language)
    return request.get_response_headers(**api.api_headers), HTTPStatus.OK, geojson.to_json(content)


def sprite(api: CityApi, request: APIRequest) -> Answer:
    """Picture or index of the patterns, for ordinary and for dense displays."""
    path = current().page.path
    scale = 2 if "@2x" in path else 1
    content = sprite_picture(scale) if path.endswith(".png") else geojson.to_json(sprite_index(scale))
    return request.get_response_headers(**api.api_headers), HTTPStatus.OK, content


# --- parts -----------------------------------------------------------------------------------------------------


def _source(asked: Asked) -> Source:
    assert asked.source is not None  # noqa: S101 - the path names a collection
    return asked.source


def _sample(source: Source, asked: Asked) -> dict[str, str]:
    """Where data is that the style draws."""
    address = f"{asked.base}/collections/{source.layer.id}"
    if source.layer.geometry is Geometry.RASTER:
        return {"href": f"{address}/coverage/files?f=json", "rel": "start", "type": "application/json"}
    return {"href": f"{address}/items?f=json", "rel": "start", "type": "application/geo+json"}


def _title(source: Source, choice: StyleChoice, asked: Asked) -> str:
    title = display_title(source).in_language(asked.language)
    return title if choice.value is None else f"{title}: {choice.title.in_language(asked.language)}"


def _listed(address: str, style_id: str, title: str) -> dict[str, Any]:
    sheets = [
        _link(f"{address}?f={name}", "stylesheet", kind, what) for name, kind, what in (_MAPBOX, _SLD_10, _SLD_11)
    ]
    described = _link(f"{address}/metadata?f=json", "describedby", "application/json", title)
    return {"id": style_id, "title": title, "links": [*sheets, described, *_legends(address, current())]}


def _legends(address: str, asked: Asked) -> list[dict[str, str]]:
    title = Text("凡例", "Legend").in_language(asked.language)
    relation = "http://www.opengis.net/def/rel/ogc/1.0/legend"
    return [
        _link(f"{address}/legend?f=png&lang={asked.language}", relation, "image/png", title),
        _link(f"{address}/legend?f=svg&lang={asked.language}", relation, "image/svg+xml", title),
    ]


def _stylesheet(address: str, form: tuple[str, str, str]) -> dict[str, Any]:
    name, media_type, title = form
    return {
        "title": title,
        "version": title.rpartition(" ")[2],
        "specification": _SPECIFICATIONS[name],
        "native": name == "mapbox",
        "link": _link(f"{address}?f={name}", "stylesheet", media_type, title),
    }


_SPECIFICATIONS = {
    "mapbox": "https://maplibre.org/maplibre-style-spec/",
    "sld10": "https://www.ogc.org/standards/sld/",
    "sld11": "https://www.ogc.org/standards/se/",
}


def _self_links(address: str, title: str) -> list[dict[str, str]]:
    return [
        _link(f"{address}?f=json", "self", "application/json", title),
        _link(f"{address}?f=html", "alternate", "text/html", title),
    ]


def _link(href: str, relation: str, media_type: str, title: str) -> dict[str, str]:
    return {"href": href, "rel": relation, "type": media_type, "title": title}


def _answer(api: CityApi, request: APIRequest, template: str, content: dict[str, Any]) -> Answer:
    headers = request.get_response_headers(**api.api_headers)
    if request.format == "html":
        return headers, HTTPStatus.OK, rendering.render(api.tpl_config, {}, template, content, request.locale)
    return headers, HTTPStatus.OK, geojson.to_json(content)

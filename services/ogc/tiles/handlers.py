"""The pages of tiles, in the form of pygeoapi's handlers, which know only its own list of tile matrix sets."""

from http import HTTPStatus
from typing import Any

from pygeoapi.api import APIRequest

from geo.tile_matrix import TileMatrixSet
from layers.model import Text
from services.ogc import geojson, rendering
from services.ogc.api import CityApi
from services.ogc.asked import Asked, current
from services.ogc.errors import ParameterError
from services.ogc.rights import display_title
from services.ogc.source import Source
from services.ogc.tiles import metadata
from services.ogc.tiles.address import require_web_mercator, scheme_named, schemes, tile_address
from services.ogc.tiles.content import tile
from services.ogc.tiles.metadata import Tileset

Answer = tuple[dict[str, Any], int, str | bytes]


# --- of one collection -----------------------------------------------------------------------------------------


def collection_tilesets(api: CityApi, request: APIRequest, _collection: str) -> Answer:
    """The list of the tilesets of a collection."""
    return _list(api, request, [_of_collection(current(), each) for each in schemes(api.city.plane_crs).values()])


def collection_tileset(api: CityApi, request: APIRequest, _collection: str, scheme: str) -> Answer:
    """One tileset of a collection."""
    return _one(api, request, _of_collection(current(), scheme_named(scheme, api.city.plane_crs)))


def collection_tile(api: CityApi, request: APIRequest, _collection: str, scheme: str, z: str, y: str, x: str) -> Answer:
    """One tile of a collection."""
    found = tile([_source(current())], scheme_named(scheme, api.city.plane_crs), *tile_address(z, y, x))
    return request.get_response_headers(**api.api_headers), HTTPStatus.OK, found


# --- of the whole city -----------------------------------------------------------------------------------------


def city_tilesets(api: CityApi, request: APIRequest) -> Answer:
    """The list of the tilesets that hold every layer, or those of ``collections``."""
    return _list(api, request, [_of_city(api, current(), each) for each in schemes(api.city.plane_crs).values()])


def city_tileset(api: CityApi, request: APIRequest, scheme: str) -> Answer:
    """One tileset of every layer."""
    return _one(api, request, _of_city(api, current(), scheme_named(scheme, api.city.plane_crs)))


def city_tile(api: CityApi, request: APIRequest, scheme: str, z: str, y: str, x: str) -> Answer:
    """One tile of every layer."""
    sources = _chosen(api, current())
    found = tile(sources, scheme_named(scheme, api.city.plane_crs), *tile_address(z, y, x))
    return request.get_response_headers(**api.api_headers), HTTPStatus.OK, found


# --- tile matrix sets ------------------------------------------------------------------------------------------


def tile_matrix_sets(api: CityApi, request: APIRequest) -> Answer:
    """The list of the tile matrix sets."""
    found = [
        {
            "id": each.id,
            "title": each.title,
            **({"uri": each.uri} if each.uri else {}),
            "crs": f"http://www.opengis.net/def/crs/EPSG/0/{each.srid}",
            "links": [
                {
                    "rel": "self",
                    "type": "application/json",
                    "title": each.title,
                    "href": f"{api.base_url}/TileMatrixSets/{each.id}?f=json",
                }
            ],
        }
        for each in schemes(api.city.plane_crs).values()
    ]
    return _answer(api, request, "tilematrixsets/index.html", {"tileMatrixSets": found})


def tile_matrix_set(api: CityApi, request: APIRequest, scheme: str) -> Answer:
    """One tile matrix set."""
    found = scheme_named(scheme, api.city.plane_crs)
    document = found.definition() | found.definition_1_0()
    return _answer(api, request, "tilematrixsets/tilematrixset.html", document)


# --- parts -----------------------------------------------------------------------------------------------------


def _list(api: CityApi, request: APIRequest, tilesets: list[Tileset]) -> Answer:
    address = tilesets[0].address.rpartition("/")[0]
    content = {
        "title": tilesets[0].title,
        "tilesets": [metadata.summary(each) for each in tilesets],
        "links": [
            {"rel": "self", "type": "application/json", "title": tilesets[0].title, "href": f"{address}?f=json"},
            {"rel": "alternate", "type": "text/html", "title": tilesets[0].title, "href": f"{address}?f=html"},
        ],
    }
    return _answer(api, request, "tiles/tilesets.html", content)


def _one(api: CityApi, request: APIRequest, tileset: Tileset) -> Answer:
    if current().format.name != "tilejson":
        return _answer(api, request, "tiles/tileset.html", metadata.metadata(tileset))
    require_web_mercator(tileset.scheme)
    headers = request.get_response_headers(**api.api_headers)
    return headers, HTTPStatus.OK, geojson.to_json(metadata.tilejson(tileset))


def _of_collection(asked: Asked, scheme: TileMatrixSet) -> Tileset:
    source = _source(asked)
    return Tileset(
        title=display_title(source).in_language(asked.language),
        description=source.layer.description.in_language(asked.language),
        address=f"{asked.base}/collections/{source.layer.id}/tiles/{scheme.id}",
        query=f"revision={source.state.revision}",
        sources=[source],
        scheme=scheme,
        base=asked.base,
        language=asked.language,
    )


def _of_city(api: CityApi, asked: Asked, scheme: TileMatrixSet) -> Tileset:
    sources = _chosen(api, asked)
    identification = api.config["metadata"]["identification"]
    return Tileset(
        title=identification["title"][asked.language],
        description=identification["description"][asked.language],
        address=f"{asked.base}/tiles/{scheme.id}",
        query=metadata.collections_query(sources) if "collections" in asked.given else "",
        sources=sources,
        scheme=scheme,
        base=asked.base,
        language=asked.language,
    )


def _source(asked: Asked) -> Source:
    assert asked.source is not None  # noqa: S101 - the path names a collection
    return asked.source


def _chosen(api: CityApi, asked: Asked) -> list[Source]:
    """The layers with tiles, or those that ``collections`` names; ``ParameterError`` for one that has none."""
    known: dict[str, Source] = {
        layer_id: each["source"]
        for layer_id, each in api.config["resources"].items()
        if any(provider["type"] == "tile" for provider in each.get("providers", ()))
    }
    if "collections" not in asked.given:
        return list(known.values())
    names = asked.given["collections"].split(",")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ParameterError(
            "collections",
            Text(
                f"タイルのあるコレクション「{unknown[0][:80]}」はありません。",
                f"there is no collection {unknown[0][:80]!r} with tiles.",
            ),
        )
    return [known[name] for name in dict.fromkeys(names)]


def _answer(api: CityApi, request: APIRequest, template: str, content: dict[str, Any]) -> Answer:
    headers = request.get_response_headers(**api.api_headers)
    if request.format == "html":
        return headers, HTTPStatus.OK, rendering.render(api.tpl_config, {}, template, content, request.locale)
    return headers, HTTPStatus.OK, geojson.to_json(content)

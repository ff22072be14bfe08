"""Handlers of maps and map tiles, in pygeoapi's form."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from pygeoapi.api import APIRequest

from geo import terrain
from geo.errors import InputError
from geo.tile_matrix import TILE_PIXELS, WEB_MERCATOR_QUAD, TileMatrixSet
from layers.model import Text
from services.ogc import geojson, rendering
from services.ogc.api import CityApi
from services.ogc.asked import Asked
from services.ogc.errors import ResourceError
from services.ogc.rasters.asked_map import asked_map, background_of
from services.ogc.rasters.coverage_pages import Answered, layer_asked
from services.ogc.rasters.elevation import ElevationCells
from services.ogc.rasters.map_tiles import MAX_ZOOM, MIN_ZOOM, tile_grid
from services.ogc.rasters.offered import SCENARIO, cells_of
from services.ogc.rasters.pictures import heights_as_colours, picture
from services.ogc.rasters.png import png
from services.ogc.rights import attribution, display_title, rights_of
from services.ogc.source import Source
from services.ogc.tiles.address import limits, require_web_mercator, scheme_named, schemes

_RELATIONS = "http://www.opengis.net/def/rel/ogc/1.0"

ENCODINGS: Mapping[str, Callable[[terrain.Heights], terrain.Pixels]] = {
    "terrain-rgb": terrain.mapbox_terrain_rgb,
    "gsi-dem-png": terrain.gsi_dem_png,
}
"""Formats of tiles whose colours are heights, to be computed with."""


def map_(api: CityApi, request: APIRequest, _collection: str) -> Answered:
    """A map of the box asked for."""
    asked, source = layer_asked()
    cells = cells_of(source, asked.given)
    found = asked_map(cells, asked.given)
    left, bottom, right, top = found.grid.bounds
    box = (*found.system.ordered(left, bottom), *found.system.ordered(right, top))
    headers = request.get_response_headers(**api.api_headers)
    headers |= {"Content-Crs": f"<{found.system.uri}>", "Content-Bbox": ",".join(map(str, box))}
    return headers, HTTPStatus.OK, png(picture(cells, found.grid), found.background)


def tile(api: CityApi, request: APIRequest, _collection: str, scheme: str, z: str, y: str, x: str) -> Answered:
    """One map tile, or the heights of one as colours."""
    asked, source = layer_asked()
    headers = request.get_response_headers(**api.api_headers)
    grid = tile_grid(scheme, source.plane_crs, z, y, x)
    cells = cells_of(source, asked.given)
    encode = ENCODINGS.get(asked.format.name)
    if encode is None:
        return headers, HTTPStatus.OK, png(picture(cells, grid), background_of(asked.given))
    assert isinstance(cells, ElevationCells)  # noqa: S101 - the format is offered for heights only
    try:
        return headers, HTTPStatus.OK, png(heights_as_colours(cells, grid, encode))
    except InputError:
        raise ResourceError(
            Text("この形式で表せない標高があります。", "There are heights this format cannot hold.")
        ) from None


def tilesets(api: CityApi, request: APIRequest, _collection: str) -> Answered:
    """The tilesets of a layer's maps, one for each tile matrix set."""
    asked, source = layer_asked()
    headers = request.get_response_headers(**api.api_headers)
    address = _address(asked, source)
    found = [_summary(scheme, asked, source) for scheme in schemes(source.plane_crs).values()]
    links = [{"rel": "self", "type": "application/json", "href": f"{address}?f=json"}]
    document = {"title": display_title(source).in_language(asked.language), "links": links, "tilesets": found}
    if asked.format.name == "html":
        return headers, HTTPStatus.OK, _page(api, request, "tilesets", document)
    return headers, HTTPStatus.OK, geojson.dumps(document)


def tileset(api: CityApi, request: APIRequest, _collection: str, name: str) -> Answered:
    """One tileset: its metadata (OGC 17-083r4), or TileJSON 3.0 for a map client."""
    asked, source = layer_asked()
    headers = request.get_response_headers(**api.api_headers)
    scheme = scheme_named(name, source.plane_crs)
    if asked.format.name == "tilejson":
        require_web_mercator(scheme)
        return headers, HTTPStatus.OK, geojson.dumps(_tilejson(scheme, asked, source))
    document = _summary(scheme, asked, source) | {
        "description": source.layer.description.in_language(asked.language),
        "attribution": attribution(source, asked.language),
        "license": ", ".join(each.id for each in rights_of(source)),
        "version": str(source.state.revision),
    }
    if source.bounds is not None:
        west, south, east, north = source.bounds
        document |= {
            "boundingBox": {
                "lowerLeft": [west, south],
                "upperRight": [east, north],
                "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
            },
            "tileMatrixSetLimits": limits(scheme, source.bounds, MIN_ZOOM, MAX_ZOOM),
        }
    if asked.format.name == "html":
        return headers, HTTPStatus.OK, _page(api, request, "tileset", document)
    return headers, HTTPStatus.OK, geojson.dumps(document)


def _page(api: CityApi, request: APIRequest, template: str, document: dict[str, Any]) -> str:
    return rendering.render(api.tpl_config, {}, f"tiles/{template}.html", document, request.locale)


def _summary(scheme: TileMatrixSet, asked: Asked, source: Source) -> dict[str, Any]:
    own = f"{_address(asked, source)}/{scheme.id}"
    links = [
        {"rel": "self", "type": "application/json", "title": scheme.id, "href": f"{own}?f=json"},
        {"rel": "alternate", "type": "text/html", "title": scheme.id, "href": f"{own}?f=html"},
        *(
            [{"rel": "alternate", "type": "application/json", "title": "TileJSON", "href": f"{own}?f=tilejson"}]
            if scheme == WEB_MERCATOR_QUAD
            else []
        ),
        {
            "rel": f"{_RELATIONS}/tiling-scheme",
            "type": "application/json",
            "title": scheme.id,
            "href": f"{asked.base}/TileMatrixSets/{scheme.id}?f=json",
        },
        {
            "rel": "item",
            "type": "image/png",
            "title": "PNG",
            "href": _tiles(own, "png", asked, source),
            "templated": True,
        },
    ]
    return {
        "title": display_title(source).in_language(asked.language),
        "dataType": "map",
        "crs": f"http://www.opengis.net/def/crs/EPSG/0/{scheme.srid}",
        "tileMatrixSetURI": scheme.uri or f"{asked.base}/TileMatrixSets/{scheme.id}",
        "links": links,
    }


def _tilejson(scheme: TileMatrixSet, asked: Asked, source: Source) -> dict[str, Any]:
    form = asked.given.get("tiles", "png")
    address = _tiles(f"{_address(asked, source)}/{scheme.id}", form, asked, source)
    for theirs, ours in (("tileMatrix", "z"), ("tileRow", "y"), ("tileCol", "x")):
        address = address.replace(f"{{{theirs}}}", f"{{{ours}}}")
    return {
        "tilejson": "3.0.0",
        "name": display_title(source).in_language(asked.language),
        "description": source.layer.description.in_language(asked.language),
        "attribution": attribution(source, asked.language),
        "version": "1.0.0",
        "scheme": "xyz",
        "tiles": [address],
        "tileSize": TILE_PIXELS,
        "minzoom": MIN_ZOOM,
        "maxzoom": MAX_ZOOM,
        **({"bounds": list(source.bounds)} if source.bounds else {}),
        **({"encoding": "mapbox"} if form == "terrain-rgb" else {}),
    }


def _tiles(own: str, form: str, asked: Asked, source: Source) -> str:
    chosen = f"&{SCENARIO}={asked.given[SCENARIO]}" if SCENARIO in asked.given else ""
    tile_address = "{tileMatrix}/{tileRow}/{tileCol}"
    return f"{own}/{tile_address}?f={form}{chosen}&revision={source.state.revision}"


def _address(asked: Asked, source: Source) -> str:
    return f"{asked.base}/collections/{source.layer.id}/map/tiles"

"""Handlers of the pages of a coverage, in pygeoapi's form."""

from http import HTTPStatus
from typing import Any

from pygeoapi.api import APIRequest

from layers.model import Text
from services.ogc import geojson, rendering
from services.ogc.api import CityApi
from services.ogc.asked import Asked, current
from services.ogc.errors import ParameterError, ResourceError
from services.ogc.rasters import whole
from services.ogc.rasters.asked_grid import MAX_JSON_VALUES, MAX_VALUES, AskedGrid, asked_grid
from services.ogc.rasters.asked_map import MAX_PIXELS
from services.ogc.rasters.coverage_json import coverage_json
from services.ogc.rasters.domain_set import domain_set, range_type
from services.ogc.rasters.geotiff import geotiff
from services.ogc.rasters.kinds import has_heights
from services.ogc.rasters.offered import cells_of
from services.ogc.rasters.pictures import picture
from services.ogc.rasters.png import png
from services.ogc.rasters.said import tags_of
from services.ogc.rasters.stored import StoredGrid, readable, stored_grids
from services.ogc.rasters.systems import system_of
from services.ogc.source import Source
from services.ogc.streams import StoredFile

Answered = tuple[dict[str, Any], int, Any]


def layer_asked() -> tuple[Asked, Source]:
    """The request just being answered, and the layer in its path."""
    asked = current()
    assert asked.source is not None  # noqa: S101 - pages with {collection} have one
    return asked, asked.source


def coverage(api: CityApi, request: APIRequest, collection: str) -> Answered:
    """The cells of a coverage, or a page about it."""
    asked, source = layer_asked()
    headers = request.get_response_headers(**api.api_headers)
    cells = cells_of(source, asked.given)
    form = asked.format.name
    if form == "html":
        found = asked_grid(cells, {}, limit=2**62)
        data = {
            "id": collection,
            "grid": found.grid,
            "system": found.system,
            "bands": cells.bands,
            "json_factor": whole.factor(cells, "json"),
            "file_factor": whole.factor(cells, "cog"),
        }
        page = rendering.render(api.tpl_config, {}, "collections/coverage/index.html", data, request.locale)
        return headers, HTTPStatus.OK, page
    found = asked_grid(cells, asked.given, limit=MAX_JSON_VALUES if form == "json" else MAX_VALUES)
    headers |= whereabouts(found)
    if form == "json":
        return headers, HTTPStatus.OK, geojson.dumps(coverage_json(cells, found))
    if form == "png":
        _check_pixels(found)
        return headers, HTTPStatus.OK, png(picture(cells, found.grid))
    read = cells.open(found.grid, found.bands)
    content = geotiff(found.grid, found.system.epsg, found.bands, read, tags_of(cells), cloud_optimised=form == "cog")
    headers["Content-Disposition"] = f'attachment; filename="{collection}.tif"'
    return headers, HTTPStatus.OK, content


def whereabouts(found: AskedGrid) -> dict[str, str]:
    """Headers that say where the answer lies."""
    left, bottom, right, top = found.grid.bounds
    box = (*found.system.ordered(left, bottom), *found.system.ordered(right, top))
    return {"Content-Crs": f"<{found.system.uri}>", "Content-Bbox": ",".join(map(str, box))}


def _check_pixels(found: AskedGrid) -> None:
    if max(found.grid.width, found.grid.height) > MAX_PIXELS:
        raise ParameterError(
            "scale-factor",
            Text(
                f"画像は縦横とも{MAX_PIXELS:,}画素までです。scale-factorかbboxを指定してください。",
                f"a picture has at most {MAX_PIXELS:,} pixels along each side; give a scale-factor or a bbox.",
            ),
        )


def domain(api: CityApi, request: APIRequest, _collection: str) -> Answered:
    """The domain set of what would be answered."""
    asked, source = layer_asked()
    found = asked_grid(cells_of(source, {}), asked.given, limit=2**62)
    headers = request.get_response_headers(**api.api_headers)
    return headers, HTTPStatus.OK, geojson.dumps(domain_set(found))


def ranges(api: CityApi, request: APIRequest, _collection: str) -> Answered:
    """The range type."""
    asked, source = layer_asked()
    headers = request.get_response_headers(**api.api_headers)
    return headers, HTTPStatus.OK, geojson.dumps(range_type(tuple(cells_of(source, {}).bands), asked.language))


# --- files as they are stored ----------------------------------------------------------------------------------


def files(api: CityApi, request: APIRequest, collection: str) -> Answered:
    """The files behind a coverage, to be downloaded or read in parts."""
    asked, source = layer_asked()
    headers = request.get_response_headers(**api.api_headers)
    address = f"{asked.base}/collections/{collection}/coverage/files"
    found = [file_link(each, asked) | _about(each) for each in stored_grids(source)]
    if asked.format.name == "html":
        data = {"id": collection, "heading": "Files", "links": found}
        page = rendering.render(api.tpl_config, {}, "collections/coverage/links.html", data, request.locale)
        return headers, HTTPStatus.OK, page
    links = [{"rel": "self", "type": "application/json", "href": f"{address}?f=json"}]
    return headers, HTTPStatus.OK, geojson.dumps({"links": links, "files": found})


def file_link(stored: StoredGrid, asked: Asked) -> dict[str, Any]:
    """The link to a stored file."""
    assert asked.source is not None  # noqa: S101 - a file belongs to a layer
    return {
        "rel": "enclosure",
        "type": "image/tiff; application=geotiff; profile=cloud-optimized",
        "title": f"{stored.key}.tif",
        "href": f"{asked.base}/collections/{asked.source.layer.id}/coverage/files/{stored.key}.tif",
        "length": stored.size_bytes,
    }


def _about(stored: StoredGrid) -> dict[str, Any]:
    return {
        "item": stored.row_id,
        "crs": system_of(stored.epsg).uri,
        "bbox": list(stored.grid.bounds),
        "width": stored.grid.width,
        "height": stored.grid.height,
        "model": stored.model,
    }


def stored_file(_api: CityApi, _request: APIRequest, _collection: str, name: str) -> Answered:
    """One file byte for byte, whole or in ranges."""
    _, source = layer_asked()
    for stored in stored_grids(source):
        if name == f"{stored.key}.tif":
            # Its name says what was received; another program may have written it anew in other bytes.
            with readable(source):
                state = stored.path.stat()
            return (
                {},
                HTTPStatus.OK,
                StoredFile(stored.path, f"{stored.key[:16]}-{state.st_size:x}-{state.st_mtime_ns:x}"),
            )
    raise ResourceError(Text("このファイルはありません。", "There is no such file."))


def has_files(source: Source) -> bool:
    return has_heights(source.layer)

"""What a collection with a coverage says of it, beyond what pygeoapi writes for features."""

from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import quote

from geo.crs import DEGREES
from geo.errors import GisError
from layers.model import Text
from services.ogc.crs import CRS84
from services.ogc.rasters.cells import Cells
from services.ogc.rasters.kinds import has_coverage, has_heights
from services.ogc.rasters.offered import cells_of
from services.ogc.rasters.systems import system_of
from services.ogc.rasters.whole import scale
from services.ogc.source import Source

_RELATIONS = "http://www.opengis.net/def/rel/ogc/1.0"
_GEOTIFF = "image/tiff; application=geotiff"
_COG = f"{_GEOTIFF}; profile=cloud-optimized"


def describe(collection: dict[str, Any], source: Source, base: str, language: str) -> None:
    """Adds ``members`` to a collection's document."""
    found = members(source, language, base)
    collection["links"] += found["links"]
    collection.setdefault("extent", {}).setdefault("spatial", {}).update(found["spatial"])
    if found["storageCrs"] in collection.get("crs", []):
        collection["storageCrs"] = found["storageCrs"]


def members(source: Source, language: str, base: str) -> dict[str, Any]:
    """``links`` to add, members of ``extent.spatial``, and ``storageCrs`` (None where it is not known).

    A coverage without data, or whose files are away, has links to its maps alone; another layer has nothing.
    """
    if not has_coverage(source.layer):
        return {"links": [], "spatial": {}, "storageCrs": None}
    own = f"{base}/collections/{source.layer.id}"
    cells = cells_of(source, {})
    links, spatial, storage = list(_MAP_LINKS), {}, None
    with suppress(GisError):
        spatial, storage = _spatial(cells), system_of(cells.epsg).uri
        links += _coverage_links(cells)
    return {
        "links": [
            {
                "rel": each.rel,
                "type": each.media_type,
                "title": each.title.in_language(language),
                "href": f"{own}/{each.path}",
            }
            for each in links
        ],
        "spatial": spatial,
        "storageCrs": storage,
    }


class _Link(NamedTuple):
    rel: str
    media_type: str
    title: Text
    path: str


_JSON, _HTML = "application/json", "text/html"
_COVERAGE, _TILESETS = f"{_RELATIONS}/coverage", f"{_RELATIONS}/tilesets-map"
_MAP_LINKS = (
    _Link(_TILESETS, _JSON, Text("地図タイル（JSON）", "Map tiles as JSON"), "map/tiles?f=json"),
    _Link(_TILESETS, _HTML, Text("地図タイル（HTML）", "Map tiles as HTML"), "map/tiles?f=html"),
)


def _coverage_links(cells: Cells) -> list[_Link]:
    """Links that answer: what is too much at once is linked with the scale factor it needs."""
    json_path = f"coverage?f=json{scale(cells, 'json')}"
    cog_path = f"coverage?f=cog{scale(cells, 'cog')}"
    covjson = "application/prs.coverage+json"
    found = [
        _Link(_COVERAGE, covjson, Text("格子データ（CoverageJSON）", "Coverage as CoverageJSON"), json_path),
        _Link(_COVERAGE, _HTML, Text("格子データ（HTML）", "Coverage as HTML"), "coverage?f=html"),
        _Link(_COVERAGE, _COG, Text("格子データ（COG）", "Coverage as COG"), cog_path),
    ]
    if not has_heights(cells.source.layer):
        return found
    # GDAL's OGCAPI driver takes a collection with a link of this type as a raster alone, adds to its address the part
    # and the size it wants, and understands every answer as degrees.
    degrees = "" if cells.epsg in DEGREES else f"&crs={quote(CRS84, safe='')}"
    domain_set, range_type = f"{_RELATIONS}/coverage-domainset", f"{_RELATIONS}/coverage-rangetype"
    return [
        *found,
        _Link(_COVERAGE, _GEOTIFF, Text("格子データ（GeoTIFF）", "Coverage as GeoTIFF"), f"coverage?f=GTiff{degrees}"),
        _Link(domain_set, _JSON, Text("格子の定義域", "Domain set"), f"coverage/domainset?f=json{degrees}"),
        _Link(range_type, _JSON, Text("格子の値域", "Range type"), "coverage/rangetype?f=json"),
        _Link("related", _JSON, Text("格子のファイル", "Files of the grids"), "coverage/files?f=json"),
    ]


def _spatial(cells: Cells) -> dict[str, Any]:
    """``grid`` and ``storageCrsBbox`` in the order of the axes of the coverage's own system."""
    grid, system = cells.whole(cells.crs), system_of(cells.epsg)
    size_x, size_y = grid.resolution
    left, bottom, right, top = grid.bounds
    columns = {"cellsCount": grid.width, "resolution": size_x}
    rows = {"cellsCount": grid.height, "resolution": size_y}
    return {
        "grid": list(system.ordered(columns, rows)),
        "storageCrsBbox": [[*system.ordered(left, bottom), *system.ordered(right, top)]],
    }


def fields(source: Source, language: str) -> dict[str, dict[str, Any]]:
    """The bands as properties of a JSON Schema (OGC API Common Part 3), in their order."""
    if not has_coverage(source.layer):
        return {}
    found: dict[str, dict[str, Any]] = {}
    for number, band in enumerate(cells_of(source, {}).bands, 1):
        found[band.name] = {
            "title": band.title.in_language(language),
            "description": band.description.in_language(language),
            "type": "integer" if band.categories else "number",
            "x-ogc-propertySeq": number,
            **({"x-ogc-unit": band.unit} if band.unit else {}),
        }
        if band.categories:
            found[band.name]["oneOf"] = [
                {"const": each.number, "title": each.title.in_language(language)} for each in band.categories
            ]
    return found

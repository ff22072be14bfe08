"""What a collection with a coverage says of it, beyond what pygeoapi writes for features."""

from typing import Any, NamedTuple
from urllib.parse import quote

from geo.crs import DEGREES
from geo.errors import GisError
from layers.model import Text
from services.ogc.crs import CRS84
from services.ogc.rasters.asked_grid import MAX_JSON_VALUES, MAX_VALUES, fitting_factor
from services.ogc.rasters.cells import Cells
from services.ogc.rasters.kinds import has_coverage, has_heights
from services.ogc.rasters.offered import cells_of
from services.ogc.rasters.systems import system_of
from services.ogc.source import Source

_RELATIONS = "http://www.opengis.net/def/rel/ogc/1.0"
_GEOTIFF = "image/tiff; application=geotiff"


def describe(collection: dict[str, Any], source: Source, base: str, language: str) -> None:
    """Adds links, and the grid where it is known; a coverage without data, or whose files are away, has none."""
    if not has_coverage(source.layer):
        return
    own = f"{base}/collections/{source.layer.id}"
    found = [*_coverage_links(collection, source), *_MAP_LINKS]
    collection["links"] += [
        {
            "rel": f"{_RELATIONS}/{each.rel}",
            "type": each.media_type,
            "title": each.title.in_language(language),
            "href": f"{own}/{each.path}",
        }
        for each in found
    ]
    if has_heights(source.layer):
        title = Text("格子のファイル", "Files of the grids").in_language(language)
        link = {"rel": "related", "type": "application/json", "title": title, "href": f"{own}/coverage/files?f=json"}
        collection["links"].append(link)


class _Link(NamedTuple):
    rel: str
    media_type: str
    title: Text
    path: str


_MAP_LINKS = (
    _Link("tilesets-map", "application/json", Text("地図タイル（JSON）", "Map tiles as JSON"), "map/tiles?f=json"),
    _Link("tilesets-map", "text/html", Text("地図タイル（HTML）", "Map tiles as HTML"), "map/tiles?f=html"),
)


def _coverage_links(collection: dict[str, Any], source: Source) -> list[_Link]:
    """Links that answer: what is too much at once is linked with the scale factor it needs."""
    cells = cells_of(source, {})
    try:
        _add_grid(collection, cells)
        in_degrees = "" if cells.epsg in DEGREES else f"&crs={quote(CRS84, safe='')}"
        json_scale, file_scale = (_scale(cells, limit) for limit in (MAX_JSON_VALUES, MAX_VALUES))
    except GisError:
        return []
    found = [
        _Link(
            "coverage",
            "application/prs.coverage+json",
            Text("格子データ（CoverageJSON）", "Coverage as CoverageJSON"),
            f"coverage?f=json{json_scale}",
        ),
        _Link("coverage", "text/html", Text("格子データ（HTML）", "Coverage as HTML"), "coverage?f=html"),
        _Link(
            "coverage",
            f"{_GEOTIFF}; profile=cloud-optimized",
            Text("格子データ（COG）", "Coverage as COG"),
            f"coverage?f=cog{file_scale}",
        ),
    ]
    if not has_heights(source.layer):
        return found
    # GDAL's OGCAPI driver takes a collection with a link of this type as a raster alone, adds to its address the part
    # and the size it wants, and understands every answer as degrees.
    return [
        *found,
        _Link(
            "coverage",
            _GEOTIFF,
            Text("格子データ（GeoTIFF）", "Coverage as GeoTIFF"),
            f"coverage?f=GTiff{in_degrees}",
        ),
        _Link(
            "coverage-domainset",
            "application/json",
            Text("格子の定義域", "Domain set"),
            f"coverage/domainset?f=json{in_degrees}",
        ),
        _Link("coverage-rangetype", "application/json", Text("格子の値域", "Range type"), "coverage/rangetype?f=json"),
    ]


def _scale(cells: Cells, limit: int) -> str:
    factor = fitting_factor(cells, limit)
    return f"&scale-factor={factor}" if factor > 1 else ""


def _add_grid(collection: dict[str, Any], cells: Cells) -> None:
    """``extent.spatial.grid`` and ``storageCrsBbox`` in the order of the axes of the coverage's own system."""
    grid, system = cells.whole(cells.crs), system_of(cells.epsg)
    size_x, size_y = grid.resolution
    left, bottom, right, top = grid.bounds
    spatial = collection.setdefault("extent", {}).setdefault("spatial", {})
    spatial["grid"] = list(
        system.ordered(
            {"cellsCount": grid.width, "resolution": size_x}, {"cellsCount": grid.height, "resolution": size_y}
        )
    )
    spatial["storageCrsBbox"] = [[*system.ordered(left, bottom), *system.ordered(right, top)]]
    if system.uri in collection.get("crs", []):
        collection["storageCrs"] = system.uri


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

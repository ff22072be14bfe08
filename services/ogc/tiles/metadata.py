"""What is said of a tileset: the standard's metadata (OGC 17-083r4) and TileJSON 3.0, of one layer or of many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

from geo.tile_matrix import WEB_MERCATOR_QUAD, Box, TileMatrixSet
from layers.model import Geometry, Text
from services.ogc.crs import CRS84
from services.ogc.rights import attribution, display_title, rights_of
from services.ogc.source import Source
from services.ogc.tiles.address import limits
from services.ogc.tiles.content import tile_columns
from services.tiles.drawing import MAX_ZOOM
from services.tiles.pyramid import KEPT_ZOOM

RELATIONS = "http://www.opengis.net/def/rel/ogc/1.0"
MVT_TYPE = "application/vnd.mapbox-vector-tile"
_FEATURE_COUNT = Text("まとめた地物の数（空欄は1）", "Features that this one stands for; absent: one")
_DIMENSIONS = {Geometry.POINT: 0, Geometry.LINE: 1, Geometry.MULTILINE: 1, Geometry.MULTIPOLYGON: 2}


@dataclass(frozen=True)
class Tileset:
    """Tiles of some layers in one tile matrix set.

    address:
        Of the tileset, without a final slash.
    query:
        What belongs to the address of each of its tiles.
    """

    title: str
    description: str
    address: str
    query: str
    sources: Sequence[Source]
    scheme: TileMatrixSet
    base: str
    language: str

    @property
    def min_zoom(self) -> int:
        return min((source.layer.style.min_zoom for source in self.sources), default=0)

    @property
    def bounds(self) -> Box | None:
        """West, south, east, north of all layers, in degrees; None where nothing has a place."""
        found = [source.bounds for source in self.sources if source.bounds is not None]
        if not found:
            return None
        west, south, east, north = zip(*found, strict=True)
        return min(west), min(south), max(east), max(north)

    @property
    def attribution(self) -> str:
        named = dict.fromkeys(attribution(source, self.language) for source in self.sources)
        return " / ".join(named)

    def tile_template(self, z: str, y: str, x: str) -> str:
        """The address of its tiles with these words in the places of zoom, row and column."""
        query = "&".join(part for part in ("f=mvt", self.query) if part)
        return f"{self.address}/{{{z}}}/{{{y}}}/{{{x}}}?{query}"


def metadata(tileset: Tileset) -> dict[str, Any]:
    """The standard's tileset metadata."""
    scheme, bounds = tileset.scheme, tileset.bounds
    definition = f"{tileset.base}/TileMatrixSets/{scheme.id}"
    return {
        "title": tileset.title,
        "description": tileset.description,
        "dataType": "vector",
        "crs": _crs(scheme),
        "tileMatrixSetURI": scheme.uri or definition,
        "tileMatrixSetLimits": limits(scheme, bounds, tileset.min_zoom, MAX_ZOOM) if bounds else [],
        **_projected_box(tileset),
        "attribution": tileset.attribution,
        "license": ", ".join(dict.fromkeys(each.id for source in tileset.sources for each in rights_of(source))),
        "layers": [_layer(source, tileset) for source in tileset.sources],
        "links": [
            *_self_links(tileset),
            {
                "href": definition,
                "rel": f"{RELATIONS}/tiling-scheme",
                "type": "application/json",
                "title": scheme.title,
            },
            {
                "href": tileset.tile_template("tileMatrix", "tileRow", "tileCol"),
                "rel": "item",
                "type": MVT_TYPE,
                "templated": True,
                "title": _said(Text("タイル", "Tiles"), tileset),
            },
        ],
    }


def summary(tileset: Tileset) -> dict[str, Any]:
    """An entry of a list of tilesets."""
    full = metadata(tileset)
    wanted = ("title", "dataType", "crs", "tileMatrixSetURI", "links")
    return {key: full[key] for key in wanted}


def tilejson(tileset: Tileset) -> dict[str, Any]:
    """TileJSON 3.0, which knows no other tile matrix set than WebMercatorQuad.

    ``maxzoom`` is the last zoom of which tiles are kept: clients magnify those, at 15 cm a unit.
    """
    bounds = tileset.bounds
    return {
        "tilejson": "3.0.0",
        "name": tileset.title,
        "description": tileset.description,
        "version": f"1.0.{max((source.state.revision for source in tileset.sources), default=0)}",
        "attribution": escape(tileset.attribution, quote=False),  # clients take it for HTML
        "scheme": "xyz",
        "tiles": [tileset.tile_template("z", "y", "x")],
        "minzoom": min(tileset.min_zoom, KEPT_ZOOM),
        "maxzoom": KEPT_ZOOM,
        **({"bounds": list(bounds)} if bounds else {}),
        "vector_layers": [
            {
                "id": source.layer.id,
                "description": _title(source, tileset),
                "minzoom": min(source.layer.style.min_zoom, KEPT_ZOOM),
                "maxzoom": KEPT_ZOOM,
                "fields": _tilejson_fields(source),
            }
            for source in tileset.sources
        ],
    }


def collections_query(sources: Sequence[Source]) -> str:
    """The query that selects these layers of the whole city."""
    return "collections=" + ",".join(quote(source.layer.id) for source in sources)


def _layer(source: Source, tileset: Tileset) -> dict[str, Any]:
    dimension = _DIMENSIONS.get(source.layer.geometry)  # none that all features of any geometry share
    return {
        "id": source.layer.id,
        "title": _title(source, tileset),
        "description": _said(source.layer.description, tileset),
        "dataType": "vector",
        **({} if dimension is None else {"geometryDimension": dimension}),
        "minTileMatrix": str(source.layer.style.min_zoom),
        "maxTileMatrix": str(MAX_ZOOM),
        **({"boundingBox": _box(source.bounds)} if source.bounds else {}),
        "propertiesSchema": {
            "type": "object",
            "properties": {
                "id": {"type": "string", "title": "id"},
                **{
                    column.name: {"title": _said(column.title, tileset), **column.schema()}
                    for column in tile_columns(source)
                },
                "feature_count": {"type": "integer", "title": _said(_FEATURE_COUNT, tileset)},
            },
        },
        "links": [
            {
                "href": f"{tileset.base}/collections/{source.layer.id}",
                "rel": f"{RELATIONS}/geodata",
                "type": "application/json",
                "title": _title(source, tileset),
            }
        ],
    }


def _self_links(tileset: Tileset) -> list[dict[str, Any]]:
    forms = [("self", "json", "application/json"), ("alternate", "html", "text/html")]
    if tileset.scheme == WEB_MERCATOR_QUAD:
        forms.append(("alternate", "tilejson", "application/json"))
    more = f"&{tileset.query}" if tileset.query.startswith("collections=") else ""
    return [
        {"href": f"{tileset.address}?f={form}{more}", "rel": relation, "type": media_type, "title": tileset.title}
        for relation, form, media_type in forms
    ]


def _projected_box(tileset: Tileset) -> dict[str, Any]:
    """The box in the system of the tiles: GDAL takes it for that, whatever ``crs`` says."""
    scheme = tileset.scheme
    found = scheme.projected(tileset.bounds) if tileset.bounds else None
    if found is None:
        return {}
    west, south, east, north = found
    return {
        "boundingBox": {
            "lowerLeft": scheme.corner(west, south),
            "upperRight": scheme.corner(east, north),
            "crs": _crs(scheme),
        }
    }


def _crs(scheme: TileMatrixSet) -> str:
    return f"http://www.opengis.net/def/crs/EPSG/0/{scheme.srid}"


def _box(bounds: Box) -> dict[str, Any]:
    west, south, east, north = bounds
    return {"lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84}


def _title(source: Source, tileset: Tileset) -> str:
    return display_title(source).in_language(tileset.language)


def _said(text: Text, tileset: Tileset) -> str:
    return text.in_language(tileset.language)


def _tilejson_fields(source: Source) -> Mapping[str, str]:
    kinds = {"boolean": "Boolean", "integer": "Number", "number": "Number"}
    named = {column.name: kinds.get(column.schema()["type"], "String") for column in tile_columns(source)}
    return {"id": "String", **named, "feature_count": "Number"}

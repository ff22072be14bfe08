"""Vector tiles (OGC API Tiles)."""

from layers.model import Text
from services.ogc import parameters
from services.ogc.pages.model import HTML, JSON, Format, Page

_TAG = "Tiles"
MVT = Format("mvt", "application/vnd.mapbox-vector-tile", Text("ベクトルタイル", "Mapbox vector tile"))
TILEJSON = Format("tilejson", "application/json", Text("TileJSON", "TileJSON"))

CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{each}"
    for each in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "oas30")
)

PAGES = (
    Page(
        path="/collections/{collection}/tiles",
        handler="pygeoapi.api.tiles:get_collection_tiles",
        tag=_TAG,
        summary=Text("タイルの一覧", "Tilesets of a collection"),
        needs="tile",
    ),
    Page(
        path="/collections/{collection}/tiles/{scheme}",
        handler="pygeoapi.api.tiles:get_collection_tiles_metadata",
        tag=_TAG,
        summary=Text("タイルの説明", "One tileset"),
        formats=(JSON, HTML, TILEJSON),
        needs="tile",
    ),
    Page(
        path="/collections/{collection}/tiles/{scheme}/metadata",
        handler="pygeoapi.api.tiles:get_collection_tiles_metadata",
        tag=_TAG,
        summary=Text("タイルの説明", "One tileset"),
        formats=(JSON, HTML, TILEJSON),
        needs="tile",
    ),
    Page(
        path="/collections/{collection}/tiles/{scheme}/{z}/{y}/{x}",
        handler="pygeoapi.api.tiles:get_collection_tiles_data",
        tag=_TAG,
        summary=Text("タイル", "One tile"),
        formats=(MVT,),
        parameters=(parameters.REVISION,),
        data=True,
        needs="tile",
        answers={
            200: Text("タイル", "The tile."),
            204: Text("この範囲に描くものはない", "Nothing is to be drawn here."),
        },
    ),
    Page(
        path="/TileMatrixSets",
        handler="pygeoapi.api.tiles:tilematrixsets",
        tag=_TAG,
        summary=Text("タイル方式の一覧", "Tile matrix sets"),
    ),
    Page(
        path="/TileMatrixSets/{scheme}",
        handler="pygeoapi.api.tiles:tilematrixset",
        tag=_TAG,
        summary=Text("タイル方式", "One tile matrix set"),
    ),
)

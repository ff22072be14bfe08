"""Vector tiles (OGC API Tiles), of one collection and of the whole city."""

from geo.tile_matrix import WEB_MERCATOR_QUAD
from layers.model import Text
from services.ogc import parameters
from services.ogc.pages.model import HTML, JSON, Format, Page, Parameter, Schema
from services.ogc.source import Source
from services.ogc.tiles.address import schemes
from services.tiles.drawing import MAX_ZOOM

_TAG = "Tiles"
MVT = Format("mvt", "application/vnd.mapbox-vector-tile", Text("ベクトルタイル", "Mapbox vector tile"))
TILEJSON = Format("tilejson", "application/json", Text("TileJSON", "TileJSON"))

CONFORMANCE = (
    *(
        f"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{each}"
        for each in (
            "core",
            "tileset",
            "tilesets-list",
            "dataset-tilesets",
            "geodata-tilesets",
            "collections-selection",
            "mvt",
            "oas30",
        )
    ),
    *(
        f"http://www.opengis.net/spec/tms/2.0/conf/{each}"
        for each in ("tilematrixset", "json-tilematrixset", "tilematrixsetlimits", "json-tilematrixsetlimits")
    ),
    *(f"http://www.opengis.net/spec/tms/2.0/conf/{each}" for each in ("tilesetmetadata", "json-tilesetmetadata")),
)

_HANDLERS = "services.ogc.tiles.handlers"


def _known_schemes(source: Source) -> Schema:
    return {"type": "string", "enum": list(schemes(source.plane_crs))}


_COLLECTIONS = Parameter(
    "collections",
    Text("含めるコレクション（コンマ区切り）。なければすべて。", "Collections to hold; all where not given."),
    {"type": "array", "minItems": 1, "items": {"type": "string"}},
)
_SETS = Text("タイル方式。", "Tile matrix set.")
SCHEME_OF_LAYER = Parameter("scheme", _SETS, _known_schemes, example=WEB_MERCATOR_QUAD.id)
_SCHEME = Parameter("scheme", _SETS, {"type": "string"}, example=WEB_MERCATOR_QUAD.id)
_PLACE = (
    Parameter("z", Text("ズームレベル。", "Zoom."), {"type": "integer", "minimum": 0, "maximum": MAX_ZOOM}, example=12),
    Parameter("y", Text("行（北から）。", "Row, from the north."), {"type": "integer", "minimum": 0}, example=1625),
    Parameter("x", Text("列（西から）。", "Column, from the west."), {"type": "integer", "minimum": 0}, example=3587),
)
_ANSWERS = {
    200: Text("タイル", "The tile."),
    204: Text("この範囲に描くものはない", "Nothing is to be drawn here."),
}

PAGES = (
    Page(
        path="/collections/{collection}/tiles",
        handler=f"{_HANDLERS}:collection_tilesets",
        tag=_TAG,
        summary=Text("タイルの一覧", "Tilesets of a collection"),
        needs="tile",
    ),
    Page(
        path="/collections/{collection}/tiles/{scheme}",
        handler=f"{_HANDLERS}:collection_tileset",
        path_parameters=(SCHEME_OF_LAYER,),
        tag=_TAG,
        summary=Text("タイルの説明", "One tileset"),
        formats=(JSON, HTML, TILEJSON),
        needs="tile",
    ),
    Page(
        path="/collections/{collection}/tiles/{scheme}/metadata",
        handler=f"{_HANDLERS}:collection_tileset",
        path_parameters=(SCHEME_OF_LAYER,),
        tag=_TAG,
        summary=Text("タイルの説明", "One tileset"),
        formats=(JSON, HTML, TILEJSON),
        needs="tile",
    ),
    Page(
        path="/collections/{collection}/tiles/{scheme}/{z}/{y}/{x}",
        handler=f"{_HANDLERS}:collection_tile",
        path_parameters=(SCHEME_OF_LAYER, *_PLACE),
        tag=_TAG,
        summary=Text("タイル", "One tile"),
        formats=(MVT,),
        parameters=(parameters.REVISION,),
        data=True,
        needs="tile",
        answers=_ANSWERS,
    ),
    Page(
        path="/tiles",
        handler=f"{_HANDLERS}:city_tilesets",
        tag=_TAG,
        summary=Text("全レイヤーのタイルの一覧", "Tilesets of all layers"),
        parameters=(_COLLECTIONS,),
    ),
    Page(
        path="/tiles/{scheme}",
        handler=f"{_HANDLERS}:city_tileset",
        path_parameters=(_SCHEME,),
        tag=_TAG,
        summary=Text("全レイヤーのタイルの説明", "The tileset of all layers"),
        formats=(JSON, HTML, TILEJSON),
        parameters=(_COLLECTIONS,),
    ),
    Page(
        path="/tiles/{scheme}/{z}/{y}/{x}",
        handler=f"{_HANDLERS}:city_tile",
        path_parameters=(_SCHEME, *_PLACE),
        tag=_TAG,
        summary=Text("全レイヤーのタイル", "One tile of all layers"),
        formats=(MVT,),
        parameters=(_COLLECTIONS,),
        data=True,
        answers=_ANSWERS,
    ),
    Page(
        path="/TileMatrixSets",
        handler=f"{_HANDLERS}:tile_matrix_sets",
        tag=_TAG,
        summary=Text("タイル方式の一覧", "Tile matrix sets"),
    ),
    Page(
        path="/TileMatrixSets/{scheme}",
        handler=f"{_HANDLERS}:tile_matrix_set",
        path_parameters=(_SCHEME,),
        tag=_TAG,
        summary=Text("タイル方式", "One tile matrix set"),
    ),
)

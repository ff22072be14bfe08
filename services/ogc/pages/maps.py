"""Maps of coverages (OGC API Maps), and map tiles."""

from layers.model import Text
from services.ogc import parameters
from services.ogc.pages.model import HTML, JSON, Format, Page, Parameter
from services.ogc.pages.tiles import SCHEME_OF_LAYER
from services.ogc.rasters import query
from services.ogc.rasters.asked_map import MAX_PIXELS
from services.ogc.rasters.coverage_pages import has_files
from services.ogc.rasters.map_pages import ENCODINGS
from services.ogc.rasters.map_tiles import MAX_ZOOM, MIN_ZOOM

_TAG = "Maps"
_HANDLERS = "services.ogc.rasters.map_pages"

PNG = Format("png", "image/png", Text("PNG", "PNG"))
TERRAIN_RGB = Format("terrain-rgb", "image/png", Text("Terrain-RGB（Mapbox）", "Terrain-RGB (Mapbox)"), has_files)
GSI_DEM_PNG = Format("gsi-dem-png", "image/png", Text("標高タイル（地理院）", "Elevation tile (GSI)"), has_files)
TILEJSON = Format("tilejson", "application/json", Text("TileJSON", "TileJSON"))

CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/ogcapi-maps-1/1.0/conf/{name}"
    for name in (
        "core",
        "tilesets",
        "scaling",
        "display-resolution",
        "spatial-subsetting",
        "crs",
        "collection-map",
        "png",
        "oas30",
    )
)


def _pixels(name: str, text: Text) -> Parameter:
    return Parameter(
        name, text, {"type": "integer", "minimum": 1, "maximum": MAX_PIXELS}, parameters.whole(1, MAX_PIXELS)
    )


def _number(name: str, text: Text) -> Parameter:
    return Parameter(name, text, {"type": "number", "exclusiveMinimum": 0})


_BACKGROUND = (
    Parameter(
        "transparent",
        Text(
            "描くもののない所を透明にする。bgcolorがあればfalse、なければtrueとみなす。",
            "Leave transparent what shows nothing; taken as false where there is a bgcolor, else as true.",
        ),
        {"type": "boolean"},
        parameters.one_of("true", "false"),
    ),
    Parameter(
        "bgcolor",
        Text("描くもののない所の色（0xRRGGBB）。", "Colour of what shows nothing, 0xRRGGBB."),
        {"type": "string", "pattern": "^(0x|#)?[0-9a-fA-F]{6}$"},
        example="0xFFFFFF",
    ),
)
_TILE_PATH = (
    SCHEME_OF_LAYER,
    Parameter(
        "z",
        Text("ズームレベル。", "Zoom level."),
        {"type": "integer", "minimum": MIN_ZOOM, "maximum": MAX_ZOOM},
        example=14,
    ),
    Parameter("y", Text("行。", "Row."), {"type": "integer", "minimum": 0}, example=6501),
    Parameter("x", Text("列。", "Column."), {"type": "integer", "minimum": 0}, example=14350),
)

PAGES = (
    Page(
        path="/collections/{collection}/map",
        handler=f"{_HANDLERS}:map_",
        tag=_TAG,
        summary=Text("地図画像", "Map"),
        formats=(PNG,),
        parameters=(
            *query.PLACE,
            query.text("center", Text("地図の中心。", "Middle of the map."), "135.34,34.74"),
            query.crs("center-crs", "centerの座標参照系。", "Reference system of center."),
            query.crs(
                "crs", "地図の座標参照系。指定がなければCRS84。", "Reference system of the map; CRS84 if absent."
            ),
            _pixels("width", Text("幅（画素）。", "Width in pixels.")),
            _pixels("height", Text("高さ（画素）。", "Height in pixels.")),
            _number("scale-denominator", Text("縮尺の分母。", "Denominator of the scale.")),
            _number("mm-per-pixel", Text("画素の大きさ（mm、既定は0.28）。", "Size of a pixel in mm, 0.28 if absent.")),
            *_BACKGROUND,
            query.SCENARIOS,
            parameters.REVISION,
        ),
        data=True,
        needs="map",
    ),
    Page(
        path="/collections/{collection}/map/tiles",
        handler=f"{_HANDLERS}:tilesets",
        tag=_TAG,
        summary=Text("地図タイルの一覧", "Tilesets of the maps"),
        needs="map",
    ),
    Page(
        path="/collections/{collection}/map/tiles/{scheme}",
        handler=f"{_HANDLERS}:tileset",
        tag=_TAG,
        summary=Text("地図タイルの説明", "One tileset of maps"),
        formats=(JSON, HTML, TILEJSON),
        parameters=(
            Parameter(
                "tiles",
                Text("TileJSONに書くタイルの形式。", "Format of the tiles in TileJSON."),
                {"type": "string", "enum": ["png", *ENCODINGS], "default": "png"},
                parameters.one_of("png", *ENCODINGS),
                offered=has_files,
            ),
            query.SCENARIOS,
        ),
        path_parameters=_TILE_PATH,
        needs="map",
    ),
    Page(
        path="/collections/{collection}/map/tiles/{scheme}/{z}/{y}/{x}",
        handler=f"{_HANDLERS}:tile",
        tag=_TAG,
        summary=Text("地図タイル", "One map tile"),
        formats=(PNG, TERRAIN_RGB, GSI_DEM_PNG),
        parameters=(*_BACKGROUND, query.SCENARIOS, parameters.REVISION),
        path_parameters=_TILE_PATH,
        data=True,
        needs="map",
    ),
)

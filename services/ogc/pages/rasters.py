"""Grids: coverages (OGC API Coverages), pictures of them (OGC API Maps), and map tiles."""

from layers.model import Text
from services.ogc import parameters
from services.ogc.pages.model import HTML, JSON, Format, Page, Parameter, Schema
from services.ogc.rasters.asked_map import MAX_PIXELS
from services.ogc.rasters.coverage_pages import has_files
from services.ogc.rasters.map_pages import ENCODINGS
from services.ogc.rasters.map_tiles import MAX_ZOOM, MIN_ZOOM, SCHEMES
from services.ogc.rasters.offered import SCENARIO, cells_of, has_scenarios, known_scenario, scenarios
from services.ogc.rasters.systems import parsed, served_systems
from services.ogc.source import Source

_COVERAGES, _MAPS = "Coverages", "Maps"

COVERAGE_JSON = Format("json", "application/prs.coverage+json", Text("CoverageJSON", "CoverageJSON"))
GEOTIFF = Format("GTiff", "image/tiff; application=geotiff", Text("GeoTIFF", "GeoTIFF"))
COG = Format(
    "cog",
    "image/tiff; application=geotiff; profile=cloud-optimized",
    Text("クラウド最適化GeoTIFF", "Cloud-optimised GeoTIFF"),
)
PNG = Format("png", "image/png", Text("PNG", "PNG"))
TERRAIN_RGB = Format("terrain-rgb", "image/png", Text("Terrain-RGB（Mapbox）", "Terrain-RGB (Mapbox)"), has_files)
GSI_DEM_PNG = Format("gsi-dem-png", "image/png", Text("標高タイル（地理院）", "Elevation tile (GSI)"), has_files)
TILEJSON = Format("tilejson", "application/json", Text("TileJSON", "TileJSON"))
FILE = Format("cog", COG.media_type, COG.title)

_PROJECTION = "軸の名前は Lon、Lat、E、N、またはその座標参照系での名前（平面直角座標系ではXが北）。"
_AXES = "Axes are Lon, Lat, E, N, or as the reference system names them (X is north in a Japanese plane)."


def _system(name: str, value: str, _source: Source | None) -> None:
    parsed(name, value)


def _systems(source: Source) -> Schema:
    return {"type": "string", "enum": list(served_systems(source))}


def _crs(name: str, ja: str, en: str) -> Parameter:
    return Parameter(name, Text(ja, en), _systems, _system)


def _bands(source: Source) -> Schema:
    names = [band.name for band in cells_of(source, {}).bands]
    return {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string", "enum": names}}


def _pixels(name: str, text: Text) -> Parameter:
    return Parameter(
        name, text, {"type": "integer", "minimum": 1, "maximum": MAX_PIXELS}, parameters.whole(1, MAX_PIXELS)
    )


def _number(name: str, text: Text) -> Parameter:
    return Parameter(name, text, {"type": "number", "exclusiveMinimum": 0})


def _text(name: str, text: Text, example: str) -> Parameter:
    return Parameter(name, text, {"type": "string"}, example=example)


BBOX_CRS = _crs("bbox-crs", "bboxの座標参照系。指定がなければCRS84。", "Reference system of bbox; CRS84 if absent.")
SUBSET = _text(
    "subset",
    Text(
        f"軸ごとの範囲（両端を含む）。*は端まで、値が1つならその位置の格子。{_PROJECTION}",
        f"Ranges of axes, ends inclusive; * is the end, one value the cells there. {_AXES}",
    ),
    "Lon(135.3:135.35),Lat(34.75:*)",
)
SUBSET_CRS = _crs("subset-crs", "subsetの座標参照系。", "Reference system of subset.")
SCENARIOS = Parameter(
    SCENARIO,
    Text("想定の種類。", "Scenario."),
    lambda source: {"type": "string", "enum": list(scenarios(source)), "default": scenarios(source)[0]},
    known_scenario,
    offered=has_scenarios,
)
_PLACE = (parameters.BBOX, BBOX_CRS, SUBSET, SUBSET_CRS)
_SCALING = (
    Parameter(
        "scale-factor",
        Text(
            "格子を何分の1にするか（2なら縦横とも半分）。",
            "By how much the cells become fewer: 2 for half along each axis.",
        ),
        {"type": "number", "exclusiveMinimum": 0},
    ),
    _text(
        "scale-axes",
        Text("軸ごとに格子を何分の1にするか。", "The same for each axis."),
        "Lon(2),Lat(2)",
    ),
    _text(
        "scale-size",
        Text(
            "軸ごとの格子の数。範囲はそのままこの数に分けられる。",
            "Numbers of cells; the box as it is, divided into them.",
        ),
        "Lon(256),Lat(256)",
    ),
    _text(
        "scaleSize",
        Text("scale-sizeと同じ（GDALの呼び方）。", "The same as scale-size, as GDAL calls it."),
        "Lon(256),Lat(256)",
    ),
)
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
    Parameter("scheme", Text("タイル方式。", "Tile matrix set."), {"type": "string", "enum": list(SCHEMES)}),
    Parameter(
        "z",
        Text("ズームレベル。", "Zoom level."),
        {"type": "integer", "minimum": MIN_ZOOM, "maximum": MAX_ZOOM},
        example=14,
    ),
    Parameter("y", Text("行。", "Row."), {"type": "integer", "minimum": 0}, example=6501),
    Parameter("x", Text("列。", "Column."), {"type": "integer", "minimum": 0}, example=14350),
)

_COVERAGE_CLASS = "http://www.opengis.net/spec/ogcapi-coverages-1/1.0/conf"
_MAP_CLASS = "http://www.opengis.net/spec/ogcapi-maps-1/1.0/conf"
CONFORMANCE = (
    *(
        f"{_COVERAGE_CLASS}/{name}"
        for name in (
            "core",
            "oas30",
            "html",
            "geodata-coverage",
            "geotiff",
            "coveragejson",
            "subsetting",
            "scaling",
            "fieldselection",
            "crs",
            # as drafts before 2023 called them, and pygeoapi does
            "coverage-subset",
            "coverage-rangesubset",
            "coverage-bbox",
            "coverage-scaling",
        )
    ),
    *(
        f"{_MAP_CLASS}/{name}"
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
    ),
)

_HANDLERS = "services.ogc.rasters.coverage_pages"
_MAP_HANDLERS = "services.ogc.rasters.map_pages"

PAGES = (
    Page(
        path="/collections/{collection}/coverage",
        handler=f"{_HANDLERS}:coverage",
        tag=_COVERAGES,
        summary=Text("格子データ", "Coverage"),
        formats=(COVERAGE_JSON, GEOTIFF, COG, PNG, HTML),
        parameters=(
            *_PLACE,
            _crs(
                "crs",
                "応答の座標参照系。指定がなければ格子自身のもの。",
                "Reference system of the answer; its own if absent.",
            ),
            *_SCALING,
            Parameter("properties", Text("応答に含める項目。", "Bands to answer with."), _bands),
            SCENARIOS,
        ),
        data=True,
        needs="coverage",
    ),
    Page(
        path="/collections/{collection}/coverage/domainset",
        handler=f"{_HANDLERS}:domain",
        tag=_COVERAGES,
        summary=Text("格子の定義域", "Domain set"),
        formats=(JSON,),
        parameters=(
            *_PLACE,
            _crs("crs", "応答の座標参照系。", "Reference system of the answer."),
        ),
        data=True,
        needs="coverage",
    ),
    Page(
        path="/collections/{collection}/coverage/rangetype",
        handler=f"{_HANDLERS}:ranges",
        tag=_COVERAGES,
        summary=Text("格子の値域", "Range type"),
        formats=(JSON,),
        data=True,
        needs="coverage",
    ),
    Page(
        path="/collections/{collection}/coverage/files",
        handler=f"{_HANDLERS}:files",
        tag=_COVERAGES,
        summary=Text("格子のファイル", "Files of the grids"),
        data=True,
        needs="coverage",
        offered=has_files,
    ),
    Page(
        path="/collections/{collection}/coverage/files/{name}",
        handler=f"{_HANDLERS}:stored_file",
        tag=_COVERAGES,
        summary=Text("格子のファイル（部分の取得も可）", "A file of a grid, whole or in ranges"),
        formats=(FILE,),
        data=True,
        needs="coverage",
        cacheable=False,
        offered=has_files,
    ),
    Page(
        path="/collections/{collection}/map",
        handler=f"{_MAP_HANDLERS}:map_",
        tag=_MAPS,
        summary=Text("地図画像", "Map"),
        formats=(PNG,),
        parameters=(
            *_PLACE,
            _text("center", Text("地図の中心。", "Middle of the map."), "135.34,34.74"),
            _crs("center-crs", "centerの座標参照系。", "Reference system of center."),
            _crs("crs", "地図の座標参照系。指定がなければCRS84。", "Reference system of the map; CRS84 if absent."),
            _pixels("width", Text("幅（画素）。", "Width in pixels.")),
            _pixels("height", Text("高さ（画素）。", "Height in pixels.")),
            _number("scale-denominator", Text("縮尺の分母。", "Denominator of the scale.")),
            _number("mm-per-pixel", Text("画素の大きさ（mm、既定は0.28）。", "Size of a pixel in mm, 0.28 if absent.")),
            *_BACKGROUND,
            SCENARIOS,
            parameters.REVISION,
        ),
        data=True,
        needs="map",
    ),
    Page(
        path="/collections/{collection}/map/tiles",
        handler=f"{_MAP_HANDLERS}:tilesets",
        tag=_MAPS,
        summary=Text("地図タイルの一覧", "Tilesets of the maps"),
        needs="map",
    ),
    Page(
        path="/collections/{collection}/map/tiles/{scheme}",
        handler=f"{_MAP_HANDLERS}:tileset",
        tag=_MAPS,
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
            SCENARIOS,
        ),
        path_parameters=_TILE_PATH,
        needs="map",
    ),
    Page(
        path="/collections/{collection}/map/tiles/{scheme}/{z}/{y}/{x}",
        handler=f"{_MAP_HANDLERS}:tile",
        tag=_MAPS,
        summary=Text("地図タイル", "One map tile"),
        formats=(PNG, TERRAIN_RGB, GSI_DEM_PNG),
        parameters=(*_BACKGROUND, SCENARIOS, parameters.REVISION),
        path_parameters=_TILE_PATH,
        data=True,
        needs="map",
    ),
)

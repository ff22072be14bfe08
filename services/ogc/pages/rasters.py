"""Grids: coverages (OGC API Coverages) and pictures of them (OGC API Maps)."""

from layers.model import Text
from services.ogc import parameters
from services.ogc.maps import MAX_PIXELS, map_crs
from services.ogc.pages.model import HTML, Format, Page, Parameter
from services.ogc.source import Source

COVERAGE_JSON = Format("json", "application/prs.coverage+json", Text("CoverageJSON", "CoverageJSON"))
GEOTIFF = Format("GTiff", "image/tiff; application=geotiff", Text("GeoTIFF", "GeoTIFF"))
PNG = Format("png", "image/png", Text("PNG", "PNG"))


def _map_crs(_name: str, value: str, _source: Source | None) -> None:
    map_crs(value)


def _map_parameter(name: str, text: Text) -> Parameter:
    return Parameter(name, text, {"type": "string", "format": "uri"}, _map_crs)


def _pixels(name: str, text: Text) -> Parameter:
    return Parameter(
        name, text, {"type": "integer", "minimum": 1, "maximum": MAX_PIXELS}, parameters.whole(1, MAX_PIXELS)
    )


CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-coverages-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-coverages-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-coverages-1/1.0/conf/geodata-coverage",
    "http://www.opengis.net/spec/ogcapi-coverages-1/1.0/conf/geotiff",
    "http://www.opengis.net/spec/ogcapi-coverages-1/1.0/conf/coveragejson",
    "http://www.opengis.net/spec/ogcapi-coverages-1/1.0/conf/coverage-subset",
    "http://www.opengis.net/spec/ogcapi-maps-1/1.0/conf/core",
)

PAGES = (
    Page(
        path="/collections/{collection}/coverage",
        handler="pygeoapi.api.coverages:get_collection_coverage",
        tag="Coverages",
        summary=Text("格子データ", "Coverage"),
        formats=(COVERAGE_JSON, GEOTIFF, HTML),
        parameters=(
            parameters.BBOX,
            parameters.BBOX_CRS,
            Parameter(
                "subset",
                Text("Lon(西:東),Lat(南:北)", "Lon(west:east),Lat(south:north)"),
                {"type": "string"},
                example="Lon(135.3:135.4),Lat(34.7:34.8)",
            ),
        ),
        data=True,
        needs="coverage",
    ),
    Page(
        path="/collections/{collection}/map",
        handler="pygeoapi.api.maps:get_collection_map",
        tag="Maps",
        summary=Text("地図画像", "Map"),
        formats=(PNG,),
        parameters=(
            parameters.BBOX,
            _map_parameter("bbox-crs", Text("bboxの座標参照系。", "Reference system of bbox.")),
            _map_parameter("crs", Text("地図の座標参照系。", "Reference system of the map.")),
            _pixels("width", Text("幅（画素）。", "Width in pixels.")),
            _pixels("height", Text("高さ（画素）。", "Height in pixels.")),
            Parameter(
                "transparent",
                Text("データのない所を透明にする。", "Leave what has no data transparent."),
                {"type": "boolean", "default": True},
                parameters.one_of("true", "false"),
            ),
            parameters.REVISION,
        ),
        data=True,
        needs="map",
    ),
)

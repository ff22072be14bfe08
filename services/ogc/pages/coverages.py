"""Coverages (OGC API Coverages): heights, and depths burnt from zones."""

from layers.model import Text
from services.ogc.pages.model import HTML, JSON, Format, Page, Parameter, Schema
from services.ogc.rasters import query
from services.ogc.rasters.coverage_pages import has_files
from services.ogc.rasters.offered import cells_of
from services.ogc.rasters.whole import scale_of
from services.ogc.source import Source

_TAG = "Coverages"
_HANDLERS = "services.ogc.rasters.coverage_pages"

COVERAGE_JSON = Format("json", "application/prs.coverage+json", Text("CoverageJSON", "CoverageJSON"))
GEOTIFF = Format("GTiff", "image/tiff; application=geotiff", Text("GeoTIFF", "GeoTIFF"))
COG = Format(
    "cog",
    "image/tiff; application=geotiff; profile=cloud-optimized",
    Text("クラウド最適化GeoTIFF", "Cloud-optimised GeoTIFF"),
)
PNG = Format("png", "image/png", Text("PNG", "PNG"))

CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/ogcapi-coverages-1/1.0/conf/{name}"
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
)


def _bands(source: Source) -> Schema:
    names = [band.name for band in cells_of(source, {}).bands]
    return {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string", "enum": names}}


_SCALING = (
    Parameter(
        "scale-factor",
        Text(
            "格子を何分の1にするか（2なら縦横とも半分）。",
            "By how much the cells become fewer: 2 for half along each axis.",
        ),
        {"type": "number", "exclusiveMinimum": 0},
    ),
    query.text(
        "scale-axes",
        Text("軸ごとに格子を何分の1にするか。", "The same for each axis."),
        "Lon(2),Lat(2)",
    ),
    query.text(
        "scale-size",
        Text(
            "軸ごとの格子の数。範囲はそのままこの数に分けられる。",
            "Numbers of cells; the box as it is, divided into them.",
        ),
        "Lon(256),Lat(256)",
    ),
    query.text(
        "scaleSize",
        Text("scale-sizeと同じ（GDALの呼び方）。", "The same as scale-size, as GDAL calls it."),
        "Lon(256),Lat(256)",
    ),
)
PAGES = (
    Page(
        path="/collections/{collection}/coverage",
        handler=f"{_HANDLERS}:coverage",
        tag=_TAG,
        summary=Text("格子データ", "Coverage"),
        formats=(COVERAGE_JSON, GEOTIFF, COG, PNG, HTML),
        parameters=(
            *query.PLACE,
            query.crs(
                "crs",
                "応答の座標参照系。指定がなければ格子自身のもの。",
                "Reference system of the answer; its own if absent.",
            ),
            *_SCALING,
            Parameter("properties", Text("応答に含める項目。", "Bands to answer with."), _bands),
            query.SCENARIOS,
        ),
        data=True,
        needs="coverage",
        whole=scale_of,
    ),
    Page(
        path="/collections/{collection}/coverage/domainset",
        handler=f"{_HANDLERS}:domain",
        tag=_TAG,
        summary=Text("格子の定義域", "Domain set"),
        formats=(JSON,),
        parameters=(
            *query.PLACE,
            query.crs("crs", "応答の座標参照系。", "Reference system of the answer."),
        ),
        data=True,
        needs="coverage",
    ),
    Page(
        path="/collections/{collection}/coverage/rangetype",
        handler=f"{_HANDLERS}:ranges",
        tag=_TAG,
        summary=Text("格子の値域", "Range type"),
        formats=(JSON,),
        data=True,
        needs="coverage",
    ),
    Page(
        path="/collections/{collection}/coverage/files",
        handler=f"{_HANDLERS}:files",
        tag=_TAG,
        summary=Text("格子のファイル", "Files of the grids"),
        data=True,
        needs="coverage",
        offered=has_files,
    ),
    Page(
        path="/collections/{collection}/coverage/files/{name}",
        handler=f"{_HANDLERS}:stored_file",
        tag=_TAG,
        summary=Text("格子のファイル（部分の取得も可）", "A file of a grid, whole or in ranges"),
        formats=(COG,),
        path_parameters=(
            Parameter(
                "name",
                Text("ファイルの名前。", "Name of the file."),
                {"type": "string"},
                example=lambda source: f"{source.first_id}.tif",
            ),
        ),
        data=True,
        needs="coverage",
        cacheable=False,
        offered=has_files,
    ),
)

"""Observations by place and time (OGC API Environmental Data Retrieval)."""

from typing import Any

from layers.model import Text
from services.ogc import parameters
from services.ogc.crs import served_crs
from services.ogc.edr import coords, handlers
from services.ogc.edr.sensor import parameter_names
from services.ogc.errors import ParameterError
from services.ogc.pages.features import GEOJSON
from services.ogc.pages.model import HTML, Format, Page, Parameter, Schema
from services.ogc.source import Source

_TAG = "Environmental Data Retrieval"
CSV = Format("csv", "text/csv", Text("CSV", "CSV"))
_SERIES_SCHEMA: Schema = {
    "type": "object",
    "required": ["type", "domainType", "parameters", "referencing", "coverages"],
    "properties": {"type": {"const": "CoverageCollection"}, "domainType": {"const": "PointSeries"}},
}
COVERAGE_JSON = Format(
    "CoverageJSON", "application/vnd.cov+json", Text("CoverageJSON", "CoverageJSON"), schema=_SERIES_SCHEMA
)
_JSON = Format("json", COVERAGE_JSON.media_type, COVERAGE_JSON.title, schema=_SERIES_SCHEMA)  # what clients often say


def _crs_schema(source: Source) -> Schema:
    return {"type": "string", "enum": ["CRS84", *served_crs(source.plane_crs)]}


def _crs(_name: str, value: str, source: Source | None) -> None:
    if source is not None:
        coords.crs_named(value, source.plane_crs)


def _names_schema(source: Source) -> Schema:
    return {"type": "array", "minItems": 1, "items": {"type": "string", "enum": parameter_names(source)}}


def _names(name: str, value: str, source: Source | None) -> None:
    known = [] if source is None else parameter_names(source)
    if not set(value.split(",")) <= set(known):
        raise ParameterError(
            name, Text(f"次から選んでください: {', '.join(known)}", f"choose among {', '.join(known)}.")
        )


def _within(_name: str, value: str, _source: Source | None) -> None:
    handlers.distance(value)


def _coords(text: Text, example: str, *kinds: str) -> Parameter:
    return Parameter("coords", text, {"type": "string"}, coords.Kinds(kinds), example=example, required=True)


CRS = Parameter(
    "crs",
    Text(
        "coords・bboxと応答の座標参照系（軸の順はその定義に従う）。省略時はCRS84（経度、緯度）。",
        "Reference system of coords, bbox and the answer, in the order of its axes; CRS84 (longitude, latitude) by "
        "default.",
    ),
    _crs_schema,
    _crs,
)
NAMES = Parameter("parameter-name", Text("項目の名前。", "Names of parameters."), _names_schema, _names)
_COMMON = (parameters.DATETIME, NAMES, CRS)
_BOX = Parameter(
    "bbox",
    Text("範囲（軸の順はcrsに従う）。", "A box, in the axis order of crs."),
    parameters.BBOX.schema,
    parameters.box,
    example=parameters.BBOX.example,
)
_POINT = "POINT(135.34 34.74)"


def _page(path: str, handler: str, summary: Text, *own: Parameter, **more: Any) -> Page:
    return Page(
        path=f"/collections/{{collection}}/{path}",
        handler=f"services.ogc.edr.handlers:{handler}",
        tag=_TAG,
        summary=summary,
        formats=more.get("formats", (COVERAGE_JSON, CSV, HTML, _JSON)),
        path_parameters=more.get("path_parameters", ()),
        parameters=(*own, *_COMMON),
        data=True,
        needs="edr",
        answers={
            200: Text("観測値または観測所", "The series, or the stations."),
            413: Text("一度に返せる値の数を超える", "More values than one answer may hold; ask for less."),
        },
    )


CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/ogcapi-edr-1/1.1/conf/{each}"
    for each in ("core", "collections", "queries", "json", "geojson", "edr-geojson", "covjson", "html", "oas30")
)

PAGES = (
    _page(
        "position",
        "position",
        Text("最寄りの観測所の観測値", "Series of the nearest station"),
        _coords(
            Text(
                "位置（WKT）。最寄りの観測所の値を、その距離とともに返す。補間はしない。",
                "A position, WKT. Answered by the nearest station, which tells its distance; nothing is interpolated.",
            ),
            _POINT,
            *handlers.POSITIONS,
        ),
    ),
    _page(
        "radius",
        "radius",
        Text("半径内の観測所の観測値", "Series of the stations within a distance"),
        _coords(Text("中心（WKT）。", "The centre, WKT."), _POINT, *handlers.CENTRES),
        Parameter(
            "within",
            Text("半径。", "The distance."),
            {"type": "number", "exclusiveMinimum": 0},
            _within,
            example=10,
            required=True,
        ),
        Parameter(
            "within-units",
            Text("半径の単位。", "Its unit."),
            {"type": "string", "enum": list(handlers.UNITS_M)},
            parameters.one_of(*handlers.UNITS_M),
            example="km",
            required=True,
        ),
    ),
    _page(
        "area",
        "area",
        Text("区域内の観測所の観測値", "Series of the stations in an area"),
        _coords(
            Text("区域（WKT）。", "The area, WKT."),
            "POLYGON((135.3 34.7,135.4 34.7,135.4 34.8,135.3 34.8,135.3 34.7))",
            *handlers.AREAS,
        ),
    ),
    _page(
        "cube",
        "cube",
        Text("範囲内の観測所の観測値", "Series of the stations in a box"),
        Parameter(_BOX.name, _BOX.description, _BOX.schema, _BOX.check, example=_BOX.example, required=True),
    ),
    _page(
        "locations",
        "all_locations",
        Text("観測所の一覧", "Stations"),
        _BOX,
        formats=(Format("GeoJSON", GEOJSON.media_type, GEOJSON.title), HTML, GEOJSON),
    ),
    _page(
        "locations/{station}",
        "location",
        Text("1観測所の観測値", "Series of one station"),
        path_parameters=(
            Parameter(
                "station",
                Text("観測所の番号（観測所の一覧にあるid）", "Number of the station: an id of the list of stations."),
                {"type": "string"},
                example=lambda source: source.first_id,
            ),
        ),
    ),
)

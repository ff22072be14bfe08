"""Features: pages of items and single items (OGC API Features, Parts 1 and 2)."""

from layers.model import Text
from services.ogc import cql2, parameters
from services.ogc.formats import file_formats
from services.ogc.jsonfg import JSON_FG_CLASSES
from services.ogc.pages.model import HTML, JSON_LD, Format, Page, Parameter

_TAG = "Features"
FEATURE_SCHEMA = Format("json", "application/schema+json", Text("JSON Schema", "JSON Schema"))
GEOJSON = Format("json", "application/geo+json", Text("GeoJSON", "GeoJSON"))
JSON_FG = Format("jsonfg", "application/vnd.ogc.fg+json", Text("JSON-FG", "JSON-FG"))

_FEATURES = "http://www.opengis.net/spec/ogcapi-features"
CONFORMANCE = (
    *(f"{_FEATURES}-1/1.0/conf/{each}" for each in ("core", "oas30", "html", "geojson")),
    f"{_FEATURES}-2/1.0/conf/crs",
    f"{_FEATURES}-3/1.0/conf/queryables",
    f"{_FEATURES}-3/1.0/conf/queryables-query-parameters",
    f"{_FEATURES}-3/1.0/conf/filter",
    f"{_FEATURES}-3/1.0/conf/features-filter",
    *cql2.CONFORMANCE,
    *JSON_FG_CLASSES,
)

PAGES = (
    Page(
        path="/collections/{collection}/items",
        handler="pygeoapi.api.itemtypes:get_collection_items",
        direct=dict.fromkeys(("json", "jsonfg"), "services.ogc.features.handlers:items"),
        tag=_TAG,
        summary=Text("地物", "Features"),
        formats=(GEOJSON, HTML, JSON_LD, JSON_FG, *(each.form for each in file_formats())),
        parameters=(
            parameters.BBOX,
            parameters.BBOX_CRS,
            parameters.DATETIME,
            parameters.LIMIT,
            parameters.OFFSET,
            parameters.AFTER,
            parameters.FILTER,
            parameters.FILTER_LANG,
            parameters.FILTER_CRS,
            parameters.CRS,
            parameters.PROPERTIES,
            parameters.SORT_BY,
            parameters.SKIP_GEOMETRY,
            parameters.RESULT_TYPE,
        ),
        filters=True,
        data=True,
        needs="feature",
    ),
    Page(
        path="/collections/{collection}/items/{item:path}",
        handler="pygeoapi.api.itemtypes:get_collection_item",
        direct=dict.fromkeys(("json", "jsonfg"), "services.ogc.features.handlers:item"),
        tag=_TAG,
        summary=Text("1件の地物", "One feature"),
        formats=(GEOJSON, HTML, JSON_LD, JSON_FG),
        path_parameters=(
            Parameter(
                "item",
                Text("地物のid", "Id of the feature."),
                {"type": "string"},
                example=lambda source: source.first_id,
            ),
        ),
        parameters=(parameters.CRS,),
        data=True,
        needs="feature",
    ),
    Page(
        path="/collections/{collection}/schema/feature",
        handler="services.ogc.features.handlers:feature_schema",
        tag=_TAG,
        summary=Text("地物のJSON Schema", "Schema of a feature as GeoJSON"),
        formats=(FEATURE_SCHEMA,),
        needs="feature",
    ),
)

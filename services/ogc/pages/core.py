"""Landing page, conformance, API definition and the collections (OGC API Common)."""

from layers.model import Text
from services.ogc import parameters
from services.ogc.pages.model import HTML, JSON, JSON_LD, Format, Page, Parameter

_TAG = "Capabilities"
SCHEMA_JSON = Format("json", "application/schema+json", Text("JSON Schema", "JSON Schema"))
_OPENAPI_31 = Format("json", "application/vnd.oai.openapi+json;version=3.1", Text("OpenAPI 3.1", "OpenAPI 3.1"))
_OPENAPI_30 = Format("oas30", "application/vnd.oai.openapi+json;version=3.0", Text("OpenAPI 3.0", "OpenAPI 3.0"))
_LINKED = (JSON, HTML, JSON_LD)

_QUERYABLES_PROFILE = Parameter(
    "profile",
    Text("値域の示し方。", "How domains of values are given."),
    {"type": "string", "enum": ["actual-domain", "valid-domain"]},
    parameters.one_of("actual-domain", "valid-domain"),
)

_COMMON = "http://www.opengis.net/spec/ogcapi-common"
CONFORMANCE = (
    *(f"{_COMMON}-1/1.0/conf/{each}" for each in ("core", "landing-page", "json", "html", "oas30")),
    *(f"{_COMMON}-2/1.0/conf/{each}" for each in ("collections", "json", "html")),
    f"{_COMMON}-3/1.0/conf/schemas",
)

PAGES = (
    Page(
        path="",
        handler="pygeoapi.api:landing_page",
        tag=_TAG,
        summary=Text("入口", "Landing page"),
        formats=_LINKED,
    ),
    Page(
        path="/",
        handler="pygeoapi.api:landing_page",
        tag=_TAG,
        summary=Text("入口", "Landing page"),
        formats=_LINKED,
        documented=False,
    ),
    Page(
        path="/openapi",
        handler="services.ogc.openapi.page:openapi",
        tag=_TAG,
        summary=Text("API定義", "API definition"),
        formats=(_OPENAPI_31, _OPENAPI_30, HTML),
    ),
    Page(
        path="/conformance",
        handler="services.ogc.conformance:conformance",
        tag=_TAG,
        summary=Text("準拠クラス", "Conformance classes"),
    ),
    Page(
        path="/collections",
        handler="pygeoapi.api:describe_collections",
        tag=_TAG,
        summary=Text("コレクションの一覧", "All collections"),
        formats=_LINKED,
    ),
    Page(
        path="/collections/{collection}",
        handler="pygeoapi.api:describe_collections",
        tag=_TAG,
        summary=Text("コレクションの説明", "One collection"),
        formats=_LINKED,
    ),
    Page(
        path="/collections/{collection}/schema",
        handler="pygeoapi.api:get_collection_schema",
        tag=_TAG,
        summary=Text("項目の一覧", "Schema of a collection"),
        formats=(SCHEMA_JSON, HTML),
    ),
    Page(
        path="/collections/{collection}/queryables",
        handler="pygeoapi.api.itemtypes:get_collection_queryables",
        tag=_TAG,
        summary=Text("検索できる項目", "Queryables of a collection"),
        formats=(SCHEMA_JSON, HTML),
        parameters=(parameters.PROPERTIES, _QUERYABLES_PROFILE),
    ),
)

"""Landing page, conformance, API definition and the collections (OGC API Common)."""

from layers.model import Text
from services.ogc import parameters
from services.ogc.pages.model import HTML, JSON, JSON_LD, Format, Page, Parameter

_TAG = "Capabilities"
_SCHEMA_JSON = Format("json", "application/schema+json", Text("JSON Schema", "JSON Schema"), schema={"type": "object"})
_OPENAPI_JSON = Format("json", "application/vnd.oai.openapi+json;version=3.1", Text("OpenAPI", "OpenAPI"))
_LINKED = (JSON, HTML, JSON_LD)

_QUERYABLES_PROFILE = Parameter(
    "profile",
    Text("値域の示し方。", "How domains of values are given."),
    {"type": "string", "enum": ["actual-domain", "valid-domain"]},
    parameters.one_of("actual-domain", "valid-domain"),
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
    ),
    Page(
        path="/openapi",
        handler="pygeoapi.api:openapi_",
        tag=_TAG,
        summary=Text("API定義", "API definition"),
        formats=(_OPENAPI_JSON, HTML),
        parameters=(
            Parameter(
                "ui",
                Text("表示の種類。", "Kind of page."),
                {"type": "string", "enum": ["swagger", "redoc"]},
                parameters.one_of("swagger", "redoc"),
            ),
        ),
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
        formats=(_SCHEMA_JSON, HTML),
    ),
    Page(
        path="/collections/{collection}/queryables",
        handler="pygeoapi.api.itemtypes:get_collection_queryables",
        tag=_TAG,
        summary=Text("検索できる項目", "Queryables of a collection"),
        formats=(_SCHEMA_JSON, HTML),
        parameters=(parameters.PROPERTIES, _QUERYABLES_PROFILE),
    ),
)

"""How kept results of analyses were made, and what makes them again."""

from layers.model import Text
from services.ogc.pages.model import JSON, Format, Page, Parameter

_TAG = "Results"
_ONE = {
    "type": "object",
    "required": ["name", "collection", "process", "kept_at", "headline", "parameters", "sources", "code", "links"],
    "properties": {
        **{name: {"type": "string"} for name in ("name", "collection", "process", "kept_at", "headline")},
        **{name: {"type": "object"} for name in ("parameters", "code")},
        **{name: {"type": "array"} for name in ("sources", "assumptions", "notes", "links")},
    },
}
_LIST = {"type": "object", "required": ["results"], "properties": {"results": {"type": "array", "items": _ONE}}}

PAGES = (
    Page(
        path="/results",
        handler="services.ogc.results:list_results",
        tag=_TAG,
        summary=Text("残した分析の結果", "Kept results of analyses"),
        formats=(Format(JSON.name, JSON.media_type, JSON.title, schema=_LIST),),
        data=True,
        cacheable=False,
    ),
    Page(
        path="/results/{name}",
        handler="services.ogc.results:get_result",
        tag=_TAG,
        summary=Text("結果の求め方", "How a result was made, and how to make it again"),
        formats=(Format(JSON.name, JSON.media_type, JSON.title, schema=_ONE),),
        path_parameters=(
            Parameter("name", Text("結果の名前。", "Name of a result."), {"type": "string"}, example="coverage-2026"),
        ),
        answers={200: Text("答え", "The answer."), 404: Text("その結果はない。", "There is no such result.")},
        data=True,
        cacheable=False,
    ),
)

"""The log of what was released of personal data (公開記録): on the internal face."""

from layers.model import Text
from services.ogc.face import Face
from services.ogc.pages.model import HTML, Format, Page, Parameter
from services.ogc.processes._demand.answer import RELEASE
from services.ogc.processes._planning import documents

_TAG = "Releases"
_LINKS = {"type": "array", "items": {"type": "object"}}
_LIST = {
    "type": "object",
    "required": ["releases"],
    "properties": {"releases": documents.array_of(RELEASE), "links": _LINKS},
}
_ONE = {
    "type": "object",
    "required": [*RELEASE, "counts"],
    "properties": {**RELEASE, "counts": {"type": "array", "items": {"type": "object"}}, "links": _LINKS},
}

PAGES = (
    Page(
        path="/releases",
        handler="services.ogc.releases.handlers:list_releases",
        tag=_TAG,
        summary=Text("個人の記録から公開した数の記録", "The log of counts released of records of persons"),
        formats=(Format("json", "application/json", Text("JSON", "JSON"), schema=_LIST), HTML),
        parameters=(
            Parameter(
                "subject",
                Text("この名前の記録だけ。", "Only those of this subject."),
                {"type": "string", "minLength": 1, "maxLength": 80},
            ),
        ),
        data=True,
        cacheable=False,
        faces=(Face.INTERNAL,),
    ),
    Page(
        path="/releases/{number}",
        handler="services.ogc.releases.handlers:get_release",
        tag=_TAG,
        summary=Text("一つの公開と、公開した数", "One release with its counts"),
        formats=(Format("json", "application/json", Text("JSON", "JSON"), schema=_ONE), HTML),
        path_parameters=(
            Parameter(
                "number", Text("公開の番号。", "Number of a release."), {"type": "integer", "minimum": 1}, example=1
            ),
        ),
        data=True,
        cacheable=False,
        faces=(Face.INTERNAL,),
    ),
)

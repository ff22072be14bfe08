"""Transactions: features made, replaced, changed and removed by the staff, and the history of it (Features Part 4)."""

import re

from layers.model import Role, Text
from services.ogc import parameters
from services.ogc.errors import ParameterError
from services.ogc.face import Face
from services.ogc.pages.features import GEOJSON
from services.ogc.pages.model import HTML, JSON, Body, Page, Parameter
from services.ogc.source import Source
from services.ogc.transactions import schemas

_TAG = "Transactions"
_PART_4 = "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf"
_COMMON_5 = "http://www.opengis.net/spec/ogcapi-common-5/1.0/conf"
_CLASSES = ("create-replace-delete", "update", "optimistic-locking-etags")
_REPRESENTATION = "return-resource-representation-in-response"
CONFORMANCE = (
    *(f"{_PART_4}/{name}" for name in (*_CLASSES, "features")),
    *(f"{_COMMON_5}/{name}" for name in (*_CLASSES, _REPRESENTATION)),  # as later drafts of Part 4 call them
)

_LONGEST_NOTE = 500
_MOST_EDITS = 1_000


def _note(name: str, value: str, _source: Source | None) -> None:
    if not 0 < len(value) <= _LONGEST_NOTE or not re.fullmatch(r"[^\x00-\x1f\x7f]*", value) or not value.strip():
        raise ParameterError(
            name,
            Text(
                f"{_LONGEST_NOTE}文字までの1行で指定してください。",
                f"give one line of up to {_LONGEST_NOTE} characters.",
            ),
        )


NOTE = Parameter(
    "note",
    Text("編集の理由。履歴に残る。", "Why it is edited; kept in the history."),
    {"type": "string", "minLength": 1, "maxLength": _LONGEST_NOTE},
    _note,
    example="現地確認による",
)
_LIMIT = Parameter(
    "limit",
    Text("1回の件数。", "Edits in one answer."),
    {"type": "integer", "minimum": 1, "maximum": _MOST_EDITS, "default": 100},
    parameters.whole(1, _MOST_EDITS),
)
_IF_MATCH = Parameter(
    "If-Match",
    Text(
        "読んだときのETag。地物が変わっていれば412となり、何も変更しない。省くと、いまの状態を確かめずに変更する。",
        "ETag of what was read: if the feature is another one by now, the answer is 412, nothing changes. Without "
        "it the feature is changed whatever it is now.",
    ),
    {"type": "string"},
)
_CONTENT_CRS = Parameter(
    "Content-Crs",
    Text("送る座標の座標参照系。省略時はCRS84。", "Reference system of the coordinates sent; CRS84 where not given."),
    {"type": "string", "format": "uri"},
)
_PREFER = Parameter(
    "Prefer",
    Text(
        "return=representationなら変更後の地物を返す（RFC 7240）。",
        "return=representation: answer with the feature as it is now (RFC 7240).",
    ),
    {"type": "string"},
)
_NUMBER = Parameter("edit", Text("編集の番号。", "Number of the edit."), {"type": "integer", "minimum": 1})

_FEATURE = Body(
    # Many libraries call every JSON application/json, which the standard allows to be taken for GeoJSON.
    {"application/geo+json": schemas.feature_schema, "application/json": schemas.feature_schema},
    Text(
        "GeoJSONの地物1件。示さない項目は値なしとなる。誤りはすべて一度に示し、何も補正しない。idは見ない（POST）か、"
        "アドレスと同じでなければならない（PUT）。",
        "One GeoJSON feature. A property that is not given has no value then. All flaws are named at once; nothing is "
        "mended. Its id is not looked at (POST), or has to be that of the address (PUT).",
    ),
    example=schemas.example_feature,
)
_PATCH = Body(
    {"application/merge-patch+json": schemas.patch_schema},
    Text(
        "変更する部分だけ（JSON Merge Patch、RFC 7396）。nullは値を消す。",
        "Only what changes (JSON Merge Patch, RFC 7396); null takes a value away.",
    ),
    example=schemas.example_patch,
)
_CHANGED = {
    200: Text("変更後の地物（Prefer: return=representationのとき）", "The feature now, where that was preferred."),
    204: Text("変更した。ETagは次の編集のIf-Matchに使う", "Changed; ETag is for If-Match of the next edit."),
}


def _editable(source: Source) -> bool:
    return source.is_editable


def _editors(source: Source) -> frozenset[Role]:
    return source.layer.editable_by


def _change(method: str, handler: str, summary: Text, body: Body | None, **other: object) -> Page:
    """A page that changes features."""
    return Page(
        method=method,
        handler=f"services.ogc.transactions.handlers:{handler}",
        tag=_TAG,
        summary=summary,
        formats=(GEOJSON,),
        parameters=(NOTE,),
        body=body,
        data=True,
        needs="feature",
        cacheable=False,
        faces=(Face.INTERNAL,),
        offered=_editable,
        roles=_editors,
        **other,  # type: ignore[arg-type]
    )


def _history(path: str, handler: str, summary: Text, *paging: Parameter) -> Page:
    """A page that shows edits."""
    return Page(
        path=path,
        handler=f"services.ogc.transactions.history:{handler}",
        tag=_TAG,
        summary=summary,
        formats=(JSON, HTML),
        parameters=paging,
        path_parameters=(_NUMBER,) if "{edit" in path else (),
        data=True,
        needs="feature",
        faces=(Face.INTERNAL,),
        offered=_editable,
    )


_ITEMS = "/collections/{collection}/items"
_ITEM = "/collections/{collection}/items/{item:path}"
_EDITS = "/collections/{collection}/history"

PAGES = (
    _change(
        "POST",
        "create",
        Text("地物の追加", "Add a feature"),
        _FEATURE,
        path=_ITEMS,
        headers=(_CONTENT_CRS, _PREFER),
        answers={201: Text("追加した。Locationがそのアドレス", "Added; Location is its address.")},
    ),
    _change(
        "PUT",
        "replace",
        Text("地物の置き換え", "Replace a feature"),
        _FEATURE,
        path=_ITEM,
        headers=(_IF_MATCH, _CONTENT_CRS, _PREFER),
        answers=_CHANGED,
    ),
    _change(
        "PATCH",
        "update",
        Text("地物の一部の変更", "Change parts of a feature"),
        _PATCH,
        path=_ITEM,
        headers=(_IF_MATCH, _CONTENT_CRS, _PREFER),
        answers=_CHANGED,
    ),
    _change(
        "DELETE",
        "delete",
        Text("地物の削除", "Remove a feature"),
        None,
        path=_ITEM,
        headers=(_IF_MATCH,),
        answers={204: Text("削除した", "Removed.")},
    ),
    _history(_EDITS, "of_layer", Text("編集の履歴", "History of edits"), _LIMIT, parameters.OFFSET),
    _history(
        f"{_ITEM}/history",
        "of_item",
        Text("1件の地物の編集の履歴", "History of one feature"),
        _LIMIT,
        parameters.OFFSET,
    ),
    _history(f"{_EDITS}/{{edit}}", "one", Text("1件の編集", "One edit")),
    Page(
        path=f"{_EDITS}/{{edit}}/undo",
        method="POST",
        handler="services.ogc.transactions.history:undo_edit",
        tag=_TAG,
        summary=Text("編集の取り消し", "Undo an edit"),
        formats=(JSON, HTML),
        path_parameters=(_NUMBER,),
        data=True,
        needs="feature",
        cacheable=False,
        faces=(Face.INTERNAL,),
        offered=_editable,
        roles=_editors,
    ),
)

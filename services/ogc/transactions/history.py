"""Handlers in pygeoapi's form: the history of edits, read, and one edit undone."""

import re
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from pygeoapi.api import APIRequest

from geo.errors import NotFoundError
from layers.model import Layer, Text
from services.database.editing import history
from services.database.editing.history import Edit
from services.database.editing.undo import undo
from services.database.failures import store_errors
from services.ogc import geojson, rendering, words
from services.ogc.api import CityApi
from services.ogc.asked import current
from services.ogc.errors import ResourceError
from services.ogc.source import Source

Answer = tuple[dict[str, Any], int, Any]

_DEFAULT_LIMIT = 100


def of_layer(api: CityApi, request: APIRequest, _collection: str) -> Answer:
    """A page of the edits of a layer, the newest first."""
    return _page(api, request, None)


def of_item(api: CityApi, request: APIRequest, _collection: str, item: str) -> Answer:
    """A page of the edits of one feature, which may be gone by now; none for one that nobody edited."""
    return _page(api, request, item)


def one(api: CityApi, request: APIRequest, _collection: str, number: str) -> Answer:
    """One edit."""
    source = _source()
    try:
        with store_errors(), source.pool.connection() as connection:
            found = history.edit_numbered(connection, source.layer, _parsed(number))
    except NotFoundError:
        raise _no_edit() from None
    return _shown(api, request, _document(api, found))


def undo_edit(api: CityApi, request: APIRequest, collection: str, number: str) -> Answer:
    """Puts a feature back to what it was before an edit; answers with the edit as it is written down now."""
    source, who = _source(), current().who
    assert who is not None  # noqa: S101 - this page is only answered to accounts
    try:
        with store_errors(), source.pool.connection() as connection:
            undo(connection, source.layer, _parsed(number), who)
    except NotFoundError:
        raise _no_edit() from None
    return one(api, request, collection, number)


# --- parts -----------------------------------------------------------------------------------------------------


def _source() -> Source:
    source = current().source
    assert source is not None  # noqa: S101 - the path names a collection
    return source


def _parsed(number: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", number):
        raise _no_edit()
    return int(number)


def _no_edit() -> ResourceError:
    return ResourceError(Text("この番号の編集はありません。", "There is no edit with this number."))


def _page(api: CityApi, request: APIRequest, item: str | None) -> Answer:
    asked, source = current(), _source()
    limit, offset = int(asked.given.get("limit", _DEFAULT_LIMIT)), int(asked.given.get("offset", 0))
    found: tuple[Edit, ...] = ()
    matched = 0
    if item is None or "\0" not in item:
        with store_errors(), source.pool.connection() as connection:
            found, matched = history.edits(connection, source.layer, feature_id=item, limit=limit, offset=offset)
    document: dict[str, Any] = {"edits": [_document(api, edit) for edit in found]}
    document["numberMatched"], document["numberReturned"] = matched, len(found)
    document["links"] = _links(source.layer, item, limit, offset, matched)
    return _shown(api, request, document)


def _shown(api: CityApi, request: APIRequest, document: dict[str, Any]) -> Answer:
    headers = request.get_response_headers(**api.api_headers)
    if current().format.name != "html":
        return headers, HTTPStatus.OK, geojson.to_json(document)
    whole = document if "edits" in document else {"edits": [document], "links": document["links"]}
    page = {**whole, "collection": _source().layer.id, "item": current().path.get("item")}
    text = rendering.render(api.tpl_config, {}, "collections/history/index.html", page, request.locale)
    return headers, HTTPStatus.OK, text


def _document(api: CityApi, edit: Edit) -> dict[str, Any]:
    """An edit as it is answered, with times by the clock of the city."""
    zone = ZoneInfo(api.city.time_zone)
    base = f"{current().base}/collections/{edit.layer_id}"
    return {
        "id": edit.id,
        "feature": edit.feature_id,
        "operation": edit.operation,
        "editedBy": edit.edited_by,
        "editedAt": edit.edited_at.astimezone(zone),
        "note": edit.note,
        "conditional": edit.conditional,
        "undoneBy": edit.undone_by,
        "undoneAt": edit.undone_at.astimezone(zone) if edit.undone_at is not None else None,
        "changes": [{"property": name, "before": old, "after": new} for name, old, new in edit.changes()],
        "links": [
            {"rel": "self", "type": "application/json", "href": f"{base}/history/{edit.id}?f=json"},
            {"rel": "alternate", "type": "text/html", "href": f"{base}/history/{edit.id}?f=html"},
            {"rel": "item", "type": "application/geo+json", "href": f"{base}/items/{quote(edit.feature_id, safe='')}"},
        ],
    }


def _links(layer: Layer, item: str | None, limit: int, offset: int, matched: int) -> list[dict[str, Any]]:
    asked = current()
    within = "" if item is None else f"/items/{quote(item, safe='')}"
    address = f"{asked.base}/collections/{layer.id}{within}/history"

    def link(rel: str, title: str, form: str, start: int) -> dict[str, Any]:
        query = urlencode({"f": form, "limit": limit, "offset": start})
        media_type = "text/html" if form == "html" else "application/json"
        return {
            "rel": rel,
            "type": media_type,
            "title": words.in_language(title, asked.language),
            "href": f"{address}?{query}",
        }

    name = asked.format.name
    other = "json" if name == "html" else "html"
    found = [
        link("self", "This document as JSON" if name == "json" else "This document as HTML", name, offset),
        link("alternate", "This document as JSON" if other == "json" else "This document as HTML", other, offset),
    ]
    if offset + limit < matched:
        found.append(link("next", "Next", name, offset + limit))
    if offset:
        found.append(link("prev", "Previous", name, max(0, offset - limit)))
    return found

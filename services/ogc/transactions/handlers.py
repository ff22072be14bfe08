"""Handlers in pygeoapi's form: a feature is made, replaced, changed in part or removed, and the edit is remembered."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace as replace_in
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pygeoapi.api import APIRequest

from layers.model import Text
from services.database.asking import ask
from services.database.editing.session import Editing, Editor, Stored, editing
from services.database.failures import store_errors
from services.ogc.api import CityApi
from services.ogc.asked import Asked, current
from services.ogc.errors import ResourceError
from services.ogc.features.handlers import item as item_of
from services.ogc.json_content import parse
from services.ogc.pages import Page, pages
from services.ogc.source import Source
from services.ogc.transactions import preconditions
from services.ogc.transactions.content_crs import content_crs
from services.ogc.transactions.drafts import Reading

Answer = tuple[dict[str, Any], int, Any]

_NO_ITEM = Text("この番号の地物はありません。", "There is no feature with this id.")


def create(api: CityApi, request: APIRequest, _collection: str) -> Answer:
    """POST: a new feature, whose address is in ``Location``."""
    reading, document = _reading(api, request), parse(request.data)
    values, place = reading.created(document)
    with _session(api, request) as session:
        stored = session.create(values, place)
    return _answer(request, stored, HTTPStatus.CREATED)


def replace(api: CityApi, request: APIRequest, _collection: str, item: str) -> Answer:
    """PUT: the feature becomes what is sent; what is not sent is gone."""
    reading, document = _reading(api, request), parse(request.data)
    with _session(api, request) as session:
        stored = _found(session, request, item)
        draft = reading.replaced(document, stored)
        changed = session.change(stored, "replace", draft.values, draft.place)
    return _answer(request, changed, HTTPStatus.NO_CONTENT)


def update(api: CityApi, request: APIRequest, _collection: str, item: str) -> Answer:
    """PATCH: parts of the feature are changed."""
    reading, patch = _reading(api, request), parse(request.data)
    with _session(api, request) as session:
        stored = _found(session, request, item)
        draft = reading.patched(patch, stored)
        changed = session.change(stored, "update", draft.values, draft.place)
    return _answer(request, changed, HTTPStatus.NO_CONTENT)


def delete(api: CityApi, request: APIRequest, _collection: str, item: str) -> Answer:
    """DELETE: the feature is removed."""
    with _session(api, request) as session:
        session.delete(_found(session, request, item))
    return {}, HTTPStatus.NO_CONTENT, b""


# --- parts -----------------------------------------------------------------------------------------------------


def _source(asked: Asked) -> Source:
    assert asked.source is not None  # noqa: S101 - the path names a collection
    return asked.source


def _reading(api: CityApi, request: APIRequest) -> Reading:
    source = _source(current())
    return Reading(source.layer, content_crs(request.headers, source), api.city.bbox)


@contextmanager
def _session(api: CityApi, request: APIRequest) -> Iterator[Editing]:
    asked = current()
    assert asked.who is not None  # noqa: S101 - these pages are only answered to accounts
    today = datetime.now(ZoneInfo(api.city.time_zone)).date()
    who = Editor(asked.who, today, asked.given.get("note"), conditional="if-match" in request.headers)
    source = _source(asked)
    with store_errors(), source.pool.connection() as connection, editing(connection, source.layer, who) as session:
        yield session


def _found(session: Editing, request: APIRequest, item: str) -> Stored:
    stored = session.find(item)
    if stored is None:
        raise ResourceError(_NO_ITEM)
    preconditions.require(request.headers, stored.version)
    return stored


def _answer(request: APIRequest, stored: Stored, status: HTTPStatus) -> Answer:
    """What was done; with the feature as it is now where that is preferred (RFC 7240)."""
    asked = current()
    address = f"{asked.base}/collections/{_source(asked).layer.id}/items/{quote(stored.id, safe='')}"
    headers = {"ETag": preconditions.entity_tag(stored.version)}
    if status is HTTPStatus.CREATED:
        headers["Location"] = address
    if not _prefers_representation(request.headers.get("prefer", "")):
        return headers, status, b""
    # The links of an answer are those of the page that is asked for.
    shown = replace_in(asked, page=_item_page(), path={**asked.path, "item": stored.id})
    try:
        found, _, content = ask(_source(asked).pool, item_of(shown))
    except ResourceError:  # somebody has removed it meanwhile
        return headers, status, b""
    headers |= {"Content-Location": address, "Preference-Applied": "return=representation"}
    return {**found, **headers}, HTTPStatus.CREATED if status is HTTPStatus.CREATED else HTTPStatus.OK, content


@cache
def _item_page() -> Page:
    return next(page for page in pages() if "services.ogc.features.handlers:item" in page.direct.values())


def _prefers_representation(prefer: str) -> bool:
    preferences = [each.partition(";")[0].replace(" ", "").lower() for each in prefer.split(",")]
    return next((each for each in preferences if each.startswith("return=")), "") == "return=representation"

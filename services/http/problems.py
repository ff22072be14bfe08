"""Errors as RFC 9457 problem details, in the asker's language; the one place that knows status codes.

No SQL, no stack trace, no address of a server: what is not meant for the asker goes to the log, under an incident id
that the asker is given.
"""

import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from geo.errors import (
    GisError,
    InfeasibleError,
    InputError,
    NoRouteError,
    NotFoundError,
    SourceError,
    StoreError,
)
from layers.model import Text
from services.database.editing.locks import LayerBusyError
from services.database.editing.undo import EditConflictError
from services.ogc import geojson, negotiation, rendering
from services.ogc.errors import (
    ABOUT_BLANK,
    BusyError,
    InvalidContentError,
    PreconditionError,
    TooMuchError,
    UpstreamError,
)

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5

STATUSES: Mapping[type[GisError], HTTPStatus] = {
    InputError: HTTPStatus.BAD_REQUEST,
    TooMuchError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    NotFoundError: HTTPStatus.NOT_FOUND,
    NoRouteError: HTTPStatus.UNPROCESSABLE_ENTITY,
    InfeasibleError: HTTPStatus.UNPROCESSABLE_ENTITY,
    SourceError: HTTPStatus.BAD_GATEWAY,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
    EditConflictError: HTTPStatus.CONFLICT,
    InvalidContentError: HTTPStatus.UNPROCESSABLE_ENTITY,
    PreconditionError: HTTPStatus.PRECONDITION_FAILED,
}
"""The status of each kind of error; a subclass has that of its nearest ancestor here."""

_TITLES: Mapping[int, Text] = {
    400: Text("リクエストに誤りがあります", "Bad request"),
    401: Text("認証が必要です", "Unauthorized"),
    403: Text("許可されていません", "Forbidden"),
    404: Text("見つかりません", "Not found"),
    405: Text("この操作はできません", "Method not allowed"),
    406: Text("この形式では提供していません", "Not acceptable"),
    409: Text("いまの状態と合いません", "Conflict"),
    412: Text("前提の条件を満たしません", "Precondition failed"),
    413: Text("一度に扱える量を超えています", "Too much at once"),
    415: Text("この形式の内容は受け取れません", "Unsupported media type"),
    421: Text("このアドレスでは応答しません", "Misdirected request"),
    422: Text("条件を満たす答えがありません", "There is no such answer"),
    429: Text("リクエストが多すぎます", "Too many requests"),
    500: Text("システムの内部で問題が起きました", "Internal error"),
    501: Text("提供していません", "Not implemented"),
    502: Text("データの取得元に問題があります", "A source of data failed"),
    503: Text("ただいま応答できません", "Temporarily unavailable"),
}
_FLAWED = Text("内容に問題があります", "Unprocessable content")
_AWAY = Text(
    "データベースに接続できません。しばらくしてからもう一度お試しください。",
    "The database is away. Please try again in a moment.",
)
_BUSY = Text(
    "このレイヤーは取り込み、公開または編集の途中です。少し待ってからもう一度お試しください。",
    "The layer is being loaded, published or edited just now. Please try again in a moment.",
)
_INTERNAL = Text(
    "想定していない問題が起きました。問い合わせの際は次の番号をお知らせください。",
    "Something unforeseen happened. Please give this number when you report it.",
)
_UPSTREAM: Mapping[str, Text] = {
    "Collection not found": Text("このコレクションはありません。", "There is no such collection."),
    "Invalid format requested": Text("この形式では提供していません。", "This format is not offered."),
    "Invalid provider type": Text("このコレクションでは提供していません。", "This collection does not offer it."),
    "invalid provider type": Text("このコレクションでは提供していません。", "This collection does not offer it."),
    "Invalid collection tiles": Text("このコレクションにタイルはありません。", "This collection has no tiles."),
    "collection does not exist": Text("このコレクションはありません。", "There is no such collection."),
    "could not find this tilematrixset": Text("このタイル方式はありません。", "There is no such tile matrix set."),
    "unknown properties specified": Text("この項目はありません。", "There is no such property."),
}
# pygeoapi answers these with 400 although what is asked for does not exist.
_MISSING = frozenset(
    {"Invalid provider type", "invalid provider type", "Invalid collection tiles", "could not find this tilematrixset"}
)


class AccessError(GisError):
    """Whoever asks may not; ``reason`` says why, in both languages."""

    def __init__(self, status: HTTPStatus, reason: Text, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(reason.en)
        self.status = status
        self.reason = reason
        self.headers = dict(headers or {})


def problem_response(request: Request, error: Exception) -> Response:
    """The answer to a request that failed, as problem details (or a page, where a page was asked for)."""
    language = asked_language(request)
    status, detail = _judge(error, language)
    headers = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-store"}
    title = _TITLES.get(status, Text(HTTPStatus(status).phrase, HTTPStatus(status).phrase))
    body: dict[str, object] = {
        "type": getattr(error, "type", ABOUT_BLANK) if isinstance(error, GisError) else ABOUT_BLANK,
        "title": (_FLAWED if isinstance(error, InvalidContentError) else title).in_language(language),
        "status": int(status),
        "detail": detail,
        "instance": request.url.path,
    }
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER_S)
        logger.warning("%s %s: %s", request.method, request.url.path, error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        body["incident"] = incident = secrets.token_hex(6)
        logger.error("incident %s: %s %s", incident, request.method, request.url.path, exc_info=error)
    if isinstance(error, InvalidContentError):
        body["errors"] = [
            {"pointer": f"#{flaw.pointer}", "detail": flaw.reason.in_language(language)} for flaw in error.flaws
        ]
    if isinstance(error, HTTPException | AccessError) and error.headers:
        headers.update(error.headers)
    if _wants_page(request):
        page = {"metadata": {"identification": {"title": "OGC API"}}, "server": {"url": "/ogc"}, "resources": {}}
        text = rendering.render(page, {}, "problem.html", body, language)
        return HTMLResponse(text, status_code=status, headers=headers)
    return Response(geojson.dumps(body), status_code=status, headers=headers, media_type=MEDIA_TYPE)


def asked_language(request: Request) -> str:
    """``ja`` or ``en``: by ``lang``, else by ``Accept-Language``, else Japanese."""
    return negotiation.language(request.query_params.get("lang") or "", request.headers.get("accept-language", ""))


def _judge(error: Exception, language: str) -> tuple[HTTPStatus, str]:
    if isinstance(error, HTTPException):
        status = HTTPStatus(error.status_code)
        return status, _TITLES.get(status, Text(error.detail, error.detail)).in_language(language)
    if isinstance(error, UpstreamError):
        status = HTTPStatus.NOT_FOUND if error.message in _MISSING else error.status
        cause = error.__context__
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR and isinstance(cause, GisError):
            return _judge(cause, language)  # pygeoapi hid it behind a refusal of its own
        if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            known = _UPSTREAM.get(error.message)
            return status, known.in_language(language) if known else error.message
        return HTTPStatus.INTERNAL_SERVER_ERROR, _INTERNAL.in_language(language)
    if isinstance(error, BusyError):
        return HTTPStatus.SERVICE_UNAVAILABLE, _TITLES[503].in_language(language)
    if isinstance(error, AccessError):
        return error.status, error.reason.in_language(language)
    if isinstance(error, LayerBusyError):
        return HTTPStatus.SERVICE_UNAVAILABLE, _BUSY.in_language(language)
    if isinstance(error, GisError) and isinstance(reason := getattr(error, "reason", None), Text):
        return status_of(error), reason.in_language(language)
    if isinstance(error, StoreError):
        return HTTPStatus.SERVICE_UNAVAILABLE, _AWAY.in_language(language)
    if isinstance(error, GisError):
        return status_of(error), str(error)
    return HTTPStatus.INTERNAL_SERVER_ERROR, _INTERNAL.in_language(language)


def status_of(error: GisError) -> HTTPStatus:
    """The status of an error of ours by its nearest ancestor in ``STATUSES``."""
    for kind in type(error).__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def _wants_page(request: Request) -> bool:
    wanted = request.query_params.get("f")
    if wanted is not None:
        return wanted == "html"
    accepted = request.headers.get("accept", "")
    return "text/html" in accepted and "json" not in accepted

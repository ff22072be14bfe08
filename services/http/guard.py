"""The outermost layer: who is asked, what every answer carries, and that no failure leaves unanswered."""

import logging
import time
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from layers.model import Text
from services.http.accounts import unauthorized
from services.http.kept import fresh, send_reply
from services.http.problems import problem_response
from services.http.service import Service
from services.ogc.face import Face
from web_map.pages import CONTENT_SECURITY_POLICY
from web_map.staff import PAGES

access = logging.getLogger("ngis.access")

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""On every answer.  The policy is that of most pages; some have one of their own."""
_POLICY, _FRAMES = b"content-security-policy", b"x-frame-options"
_BY_ALL = b"frame-ancestors *"

# Open data is for other people's maps as well; the internal face answers its own origin only.
_FOR_EVERYBODY = frozenset({"/sign-in", "/session", "/staff-worker.js", "/healthz", *PAGES})
"""The pages of the staff lead to the form by themselves."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Accept-Ranges, Content-Bbox, Content-Crs, Content-Range, ETag, Link, Location, Preference-Applied, Retry-After"
    ),
}


class Guard:
    """ASGI middleware around the routes of one face."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service
        self._has_proxy = service.face is Face.INTERNAL and service.settings.internal_url is not None
        self._elsewhere = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
        opened = _OPEN if service.face is Face.PUBLIC else {}
        self._opened = [(name.lower().encode(), value.encode()) for name, value in opened.items()]
        self._always = [*self._elsewhere, *self._opened]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        is_here = not (self._has_proxy and self._service.is_from_elsewhere(Headers(scope=scope).get("host", "")))
        if is_here and (found := fresh(scope, self._service)) is not None:
            # Its host was let in when it was asked in these words before.
            kept, reply = found
            # Of what the asker has already, the headers are there too (RFC 9110, 15.4.5).
            await send_reply(reply, scope, send, self._opened if reply.status == 304 else self._always)
            self._service.cache.hits += 1
            self._observe(scope, kept.route, reply.status, started)
            return
        status = 500
        begun = False

        async def guarded(message: Message) -> None:
            nonlocal status, begun
            if message["type"] == "http.response.start":
                begun, status = True, message["status"]
                own = {name for name, _ in message["headers"]}
                of_face = self._always if scope["path"].startswith("/ogc") else self._elsewhere
                if _POLICY in own and any(name == _POLICY and _BY_ALL in value for name, value in message["headers"]):
                    own.add(_FRAMES)  # it knows no "by everybody"
                message["headers"] = [*message["headers"], *(each for each in of_face if each[0] not in own)]
            await send(message)

        try:
            try:
                self._service.require_host(Headers(scope=scope).get("host", "localhost"))
                if is_here or await self._knows(Request(scope)):
                    await self._app(scope, receive, guarded)
                else:
                    await RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)(scope, receive, guarded)
            except Exception as error:
                if begun:
                    raise
                await problem_response(Request(scope), error)(scope, receive, guarded)
        finally:
            self._observe(scope, getattr(scope.get("route"), "path", "unknown"), status, started)

    async def _knows(self, request: Request) -> bool:
        """Whether an account asks, or for what needs none; False where a browser is to be shown the form.

        ``AccessError`` for other clients.
        """
        path = request.url.path
        if path in _FOR_EVERYBODY or path.startswith("/static/"):
            return True
        if await self._service.accounts.reader(request) is not None:
            return True
        if request.method == "GET" and request.headers.get("sec-fetch-dest") == "document":
            return False
        raise unauthorized(request, Text("職員のアカウントが必要です。", "An account of the staff is needed."))

    def _observe(self, scope: Scope, route: str, status: int, started: float) -> None:
        seconds = time.perf_counter() - started
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._service.metrics.observe(method, route, status, seconds)
        if access.isEnabledFor(logging.INFO):
            access.info("%s %s %d %.1f ms", scope["method"], scope["path"], status, seconds * 1000)

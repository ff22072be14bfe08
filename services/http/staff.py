"""The staff's pages, on the internal face alone: signing in and out, the responder's screen and the desk's.

The forms work without a script.  A page is an empty frame: what it shows it reads from the OGC API, so that a device
may keep it for a tunnel.  It names the account, whose alone is what the device keeps; the token for changes is at
``/session``.
"""

import json
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from layers.catalogue import catalogue
from layers.model import Text
from services.http.accounts import Credentials, refuse_other_sites
from services.http.problems import AccessError
from services.http.service import Service
from services.http.sessions import Session
from web_map.modules import shell_of
from web_map.pages import STATIC_FOLDER, staff_page
from web_map.staff import PAGES, sign_in_view, staff_view
from web_map.texts import choose_staff_language, staff_languages, staff_texts
from web_map.view import MapUrls

WORKER = "/staff-worker.js"
_LARGEST_FORM = 4_096
_STYLES = ("icon.svg", "staff/staff.css", "staff/responder.css")
_NO_STORE = {"Cache-Control": "no-store", "Vary": "Accept-Language, Cookie"}


def routes(service: Service, static: str) -> list[BaseRoute]:
    """The routes of these pages.  ``static``: where the pages' files are."""
    urls = MapUrls(static=static, page="/map")

    async def sign_in(request: Request) -> Response:
        wanted = _page_wanted(request.query_params.get("next"))
        if request.method == "POST":
            return await _signed_in(request, wanted)
        if await service.accounts.sessions.of(request) is not None:
            return RedirectResponse(wanted, HTTPStatus.SEE_OTHER, headers=_NO_STORE)
        return _sign_in_page(request, wanted)

    async def _signed_in(request: Request, wanted: str) -> Response:
        refuse_other_sites(request, service.base_url(request))
        given = await _form(request)
        credentials = Credentials(given.get("name", "").strip(), given.get("secret", "").strip())
        try:
            account = await service.accounts.sign_in(request, credentials)
        except AccessError as error:
            return _sign_in_page(request, wanted, error, name=credentials.name)
        response = RedirectResponse(wanted, HTTPStatus.SEE_OTHER, headers=_NO_STORE)
        await service.accounts.sessions.open(request, response, account)
        return response

    def _sign_in_page(request: Request, wanted: str, error: AccessError | None = None, name: str = "") -> Response:
        language = _language(request)
        problem = None if error is None else error.reason.in_language(language)
        page = staff_page("sign_in", sign_in_view(urls, service.settings.city, wanted, name, problem), language)
        headers = _NO_STORE | {"Content-Language": language}
        if error is not None:
            headers |= {key: value for key, value in error.headers.items() if key == "Retry-After"}
        return HTMLResponse(page, HTTPStatus.OK if error is None else error.status, headers=headers)

    async def sign_out(request: Request) -> Response:
        refuse_other_sites(request, service.base_url(request))
        session = await service.accounts.sessions.of(request)
        response = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER, headers=_NO_STORE)
        if session is not None:
            session.require_token((await _form(request)).get("csrf", "") or request.headers.get("x-csrf-token", ""))
            await service.accounts.sessions.end(request, response)
        return response

    async def session(request: Request) -> Response:
        found = await service.accounts.sessions.of(request)
        if found is None:
            raise AccessError(HTTPStatus.UNAUTHORIZED, Text("サインインしてください。", "Please sign in."))
        return JSONResponse(_document(found), headers=_NO_STORE)

    async def page(request: Request) -> Response:
        path = request.url.path
        asking = await service.accounts.sessions.of(request)
        if asking is None:
            return RedirectResponse(f"/sign-in?next={path}", HTTPStatus.SEE_OTHER, headers=_NO_STORE)
        language = _language(request)
        snapshot = await service.look()
        states = {layer_id: source.state for layer_id, source in snapshot.sources.items()}
        layers, roles = list(catalogue().values()), asking.account.roles
        view = staff_view(layers, states, urls, service.settings.city, service.settings.public_address)
        view |= {"account": asking.account.name, "worker": WORKER}
        view |= {"editable": [layer.id for layer in layers if layer.editable_by & roles]}
        text = await service.pages.do(lambda: staff_page(PAGES[path], view, language))
        headers = {
            "Content-Language": language,
            "Cache-Control": "private, no-cache",
            "Vary": "Accept-Language, Cookie",
        }
        return HTMLResponse(text, headers=headers)

    async def worker(_request: Request) -> Response:
        return Response(_worker(static), headers={"Cache-Control": "no-cache"}, media_type="text/javascript")

    return [
        Route("/sign-in", sign_in, methods=["GET", "POST"]),
        Route("/sign-out", sign_out, methods=["POST"]),
        Route("/session", session),
        Route(WORKER, worker),
        *(Route(path, page) for path in PAGES),
    ]


@cache
def _worker(static: str) -> str:
    """The service worker of the responder's screen, behind what it has to know: it has no page to ask."""
    known = {
        "static": static,
        "shell": [f"{static}/{file}" for file in shell_of("staff/responder.mjs", _STYLES)],
        "page": next(iter(PAGES)),
        "said": {
            key: [staff_texts(each)[key] for each in staff_languages()]
            for key in ("worker.unsaved", "worker.not_signed_out")
        },
    }
    script = (STATIC_FOLDER / "staff" / "service_worker.mjs").read_text("utf-8")
    return f"self.NGIS = {json.dumps(known, ensure_ascii=False)};\n{script}"


def _language(request: Request) -> str:
    return choose_staff_language(request.query_params.get("lang"), request.headers.get("accept-language"))


def _page_wanted(given: str | None) -> str:
    """Where to go on: one of these pages, and nowhere else whatever the address says."""
    return given if given is not None and given in PAGES else next(iter(PAGES))


async def _form(request: Request) -> Mapping[str, str]:
    """The fields of a form, each once; ``HTTPException`` where it is none or too large."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    found = bytearray()
    async for piece in request.stream():
        found += piece
        if len(found) > _LARGEST_FORM:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    fields = parse_qs(found.decode("ascii", "replace"), max_num_fields=10)
    return {name: values[0] for name, values in fields.items() if len(values) == 1}


def _document(session: Session) -> dict[str, object]:
    account = session.account
    return {
        "account": account.name,
        "display_name": account.display_name,
        "roles": sorted(str(role) for role in account.roles),
        "csrf": session.csrf,
    }

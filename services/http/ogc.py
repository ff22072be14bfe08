"""The routes below ``/ogc``: what is asked is understood, looked up among the answers kept, or answered in a thread."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from hashlib import blake2b
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from layers.model import Text
from services.database.failures import ConnectionLostError
from services.database.lending import AbandonedError
from services.database.waiting import NeedsThreadError, in_the_loop
from services.http import coding, methods
from services.http.accounts import refuse_other_sites
from services.http.bodies import read_body
from services.http.cache import Kept
from services.http.kept import VARY, KeptResponse, alias_of, etag, known_tag
from services.http.routing import Routes
from services.http.service import Service
from services.http.sizes import counted
from services.http.streaming import TimedStream, with_first
from services.ogc import negotiation, parameters, rendering
from services.ogc.answering import Answer, answer, directly
from services.ogc.asked import Asked
from services.ogc.errors import ResourceError
from services.ogc.face import Face
from services.ogc.pages import Page, pages
from services.ogc.source import Source
from services.ogc.streams import StoredFile
from services.ogc.watch import Snapshot

Endpoint = Callable[[Request], Awaitable[Response]]

_PATIENCE_S = 0.05
"""How long work goes on before it is watched whether its asker is still there."""
_OF_THE_WHOLE = frozenset({"f", "lang"})
"""What a request may say and still get all of a layer."""
_IMMUTABLE = "public, max-age=31536000, immutable"


def routes(service: Service) -> list[BaseRoute]:
    """The routes, with ``/ogc`` in their paths: clients ask for ``/ogc`` without a slash, which a mount redirects."""
    offered = methods.by_path(page for page in pages() if service.face in page.faces)
    found = [Route(f"/ogc{path}", _endpoint(service, here), methods=methods.EVERY) for path, here in offered.items()]
    return [Routes([Route("/ogc/style.css", _style_sheet), *found])]


async def _style_sheet(_request: Request) -> Response:
    return FileResponse(rendering.TEMPLATES / "style.css", headers={"Cache-Control": "public, max-age=3600"})


def _endpoint(service: Service, here: Mapping[str, Page]) -> Endpoint:
    """What answers the methods of one path."""

    async def endpoint(request: Request) -> Response:
        snapshot = await service.look()
        source, types = _collection(snapshot, request)
        page = here.get("GET" if request.method == "HEAD" else request.method)
        if page is None or not (source is None or page.is_offered(source, types)):
            return _other(methods.offered_for(here, source, types), request)
        who = await _admitted(service, page, source, request)
        asked = understand(service, page, source, request, who)
        if page.cacheable and not asked.format.bulk:
            return await _cached(service, asked, request, snapshot)
        if asked.format.bulk:
            return await _streamed(service, asked, request, snapshot)
        body = b"" if page.body is None else await read_body(request, page.body)
        found: Answer | None = None
        if page.brief:
            snapshot = await service.look_answering() if service.watch.away else snapshot
            found = _at_once(asked, request, snapshot, body)
        try:
            if found is None:
                found = await _until_gone(request, _made(service, asked, request, snapshot, body))
        finally:
            if page.roles is not None and not page.lags:
                service.watch.expire()  # who has just written reads what was written, who was refused what stands there
        if isinstance(found.content, StoredFile):
            return _file(found, found.content, request, service.face)
        return _response(found, service.face)

    return endpoint


def _collection(snapshot: Snapshot, request: Request) -> tuple[Source | None, Collection[str]]:
    """The layer that a path names and the types of its providers; ``ResourceError`` where there is no such layer."""
    name = request.path_params.get("collection")
    if name is None:
        return None, ()
    source = snapshot.sources.get(name)
    if source is None:
        raise ResourceError(Text("このコレクションはありません。", "There is no such collection."))
    return source, {provider["type"] for provider in snapshot.api.config["resources"][name]["providers"]}


def _other(offered: Mapping[str, Page], request: Request) -> Response:
    """The answer to ``OPTIONS``, and the refusal of what an address does not answer for its layer."""
    if not offered:
        raise ResourceError(Text("このコレクションでは提供していません。", "This collection does not offer it."))
    if request.method == "OPTIONS":
        return methods.options(offered)
    raise methods.refusal(offered)


async def _admitted(service: Service, page: Page, source: Source | None, request: Request) -> str | None:
    """The name of the account that asks, where the page is not for everybody; ``AccessError`` where it may not."""
    if service.face is Face.INTERNAL and page.method not in methods.SAFE:
        refuse_other_sites(request, service.base_url(request))
    if page.roles is None:
        return None
    assert source is not None  # noqa: S101 - roles are those of a layer
    return await service.accounts.admit(request, page.roles(source))


def understand(service: Service, page: Page, source: Source | None, request: Request, who: str | None) -> Asked:
    """The request with its parameters checked and its format and language settled.

    ``ParameterError`` if a parameter is unknown, repeated or malformed.
    """
    given = parameters.parse(request.query_params.multi_items(), page, source)
    headers = request.headers
    return Asked(
        page=page,
        source=source,
        given=given,
        format=negotiation.form(given.get("f"), headers.get("accept", ""), page.offer(source)),
        language=negotiation.language(given.get("lang", ""), headers.get("accept-language", "")),
        base=service.base_url(request) + "/ogc",
        path=request.path_params,
        who=who,
    )


# --- answers that are kept -------------------------------------------------------------------------------------


async def _cached(service: Service, asked: Asked, request: Request, snapshot: Snapshot) -> Response:
    layer_id = asked.source.layer.id if asked.source is not None and asked.page.of_layer else None
    stamp = snapshot.stamp_of(layer_id)
    assert stamp is not None  # noqa: S101 - the source came out of this snapshot
    key = (
        asked.page.path,
        request.scope["path"],
        tuple(sorted((name, value) for name, value in asked.given.items() if name not in ("f", "lang"))),
        *(asked.format.name, asked.language, asked.base),
        request.query_params.get("f") is None,  # links repeat what was asked
    )
    tag = blake2b(repr((key, stamp, service.program)).encode(), digest_size=12).hexdigest()
    wanted = coding.choose(request.headers.get("accept-encoding", ""))
    cache = service.cache
    kept = cache.get(key)
    if kept is None or kept.stamp != stamp:
        if (known := known_tag(tag, request.headers.get("if-none-match", ""))) is not None:
            headers = {"ETag": etag(known, wanted), "Cache-Control": _policy(service, asked), "Vary": VARY}
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)

        async def make() -> Kept:
            found = await _made(service, asked, request, snapshot, b"")
            return _kept(service, asked, found, layer_id, stamp, tag, request)

        kept = await _until_gone(request, cache.once(key, stamp, make))
    if wanted != "identity" and wanted not in kept.bodies and kept.is_worth_coding:
        plain = kept.bodies["identity"]
        cache.grow(key, kept, wanted, await service.pages.do(lambda: coding.encode(plain, wanted)))
    cache.remember(alias_of(request.scope), key)
    return KeptResponse(kept, service)


def _kept(
    service: Service, asked: Asked, found: Answer, layer_id: str | None, stamp: str, tag: str, request: Request
) -> Kept:
    assert isinstance(found.content, bytes)  # noqa: S101 - streams are not kept
    headers = {
        **found.headers,
        "Cache-Control": _policy(service, asked),
        "Vary": VARY,
    }
    return Kept(
        status=found.status,
        headers=tuple((name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()),
        tag=tag if found.version is None else f"{found.version}-{tag}",
        layer_id=layer_id,
        stamp=stamp,
        route=getattr(request.scope.get("route"), "path", "unknown"),
        bodies={"identity": found.content},
        is_worth_coding=len(found.content) >= coding.LEAST_BYTES
        and coding.is_compressible(found.headers.get("Content-Type", "")),
    )


def _policy(service: Service, asked: Asked) -> str:
    who = "public" if service.face is Face.PUBLIC else "private"
    source = asked.source
    if source is not None and asked.given.get("revision") == str(source.state.revision):
        return _IMMUTABLE.replace("public", who)
    return f"{who}, no-cache"


# --- answers that are made -------------------------------------------------------------------------------------


def _at_once(asked: Asked, request: Request, snapshot: Snapshot, body: bytes) -> Answer | None:
    """The answer, made in the event loop; None where that would have to wait."""
    try:
        with in_the_loop():
            return _work(asked, request, snapshot, body)()
    except NeedsThreadError:
        return None


async def _made(service: Service, asked: Asked, request: Request, snapshot: Snapshot, body: bytes) -> Answer:
    if (asking := directly(asked)) is not None:
        try:
            return await service.questions.do(asking)
        except ConnectionLostError:
            if asked.page.method != "GET" or (again := directly(asked)) is None:
                raise
            return await service.questions.do(again)
    work = _work(asked, request, snapshot, body)
    return await (service.rows if asked.page.data else service.pages).do(work)


async def _streamed(service: Service, asked: Asked, request: Request, snapshot: Snapshot) -> Response:
    """An answer whose pieces are made while they are sent; the status leaves only when the first piece is there."""
    work = _work(asked, request, snapshot, b"")
    if request.method == "HEAD":  # no row is read for headers
        found = await service.pages.do(work)
        return Response(status_code=found.status, headers={**found.headers, "Cache-Control": "no-store", "Vary": VARY})
    opened: list[Answer] = []

    def pieces_of() -> Iterator[bytes]:
        found = work()
        opened.append(found)
        return found.pieces()

    pieces = service.bulk.stream(pieces_of)
    first = await _until_gone(request, anext(pieces, b""))
    headers = {**opened[0].headers, "Cache-Control": "no-store", "Vary": VARY}
    sent = with_first(first, pieces)
    if asked.source is not None and asked.given.keys() <= _OF_THE_WHOLE:
        key = (request.scope["path"], asked.format.name, asked.source.stamp)
        sent = counted(sent, lambda size_bytes: service.sizes.note(*key, size_bytes))
    return TimedStream(sent, status_code=opened[0].status, headers=headers)


def _work(asked: Asked, request: Request, snapshot: Snapshot, body: bytes) -> Callable[[], Answer]:
    arguments = tuple(str(request.path_params[name]) for name in asked.page.arguments)
    headers: Mapping[str, str] = request.headers
    path = request.scope["path"]

    def work() -> Answer:
        try:
            return answer(asked, snapshot, arguments, headers, path=path, data=body)
        except ConnectionLostError:
            if asked.page.method != "GET":
                raise
            return answer(asked, snapshot, arguments, headers, path=path, data=body)

    return work


def _file(found: Answer, file: StoredFile, request: Request, face: Face) -> Response:
    """A file, or the ranges of it that ``Range`` names."""
    who = "public" if face is Face.PUBLIC else "private"
    headers = {"Cache-Control": f"{who}, no-cache", **found.headers, "ETag": f'"{file.tag}"'}
    if known_tag(file.tag, request.headers.get("if-none-match", "")) is not None:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return FileResponse(file.path, headers=headers)


def _response(found: Answer, face: Face) -> Response:
    assert isinstance(found.content, bytes)  # noqa: S101 - bulk formats are streamed
    policy = "no-store" if face is Face.PUBLIC else "private, no-store"
    headers = {"Cache-Control": policy, "Vary": "Accept, Accept-Language", **found.headers}
    return Response(found.content, status_code=found.status, headers=headers)


async def _until_gone[T](request: Request, work: Awaitable[T]) -> T:
    """The result of ``work``, which is cancelled where the asker goes away first (``AbandonedError``)."""
    loop, me = asyncio.get_running_loop(), asyncio.current_task()
    assert me is not None  # noqa: S101 - requests are answered by tasks
    gone: asyncio.Task[None] | None = None
    left = over = False

    def watch() -> None:
        nonlocal gone
        gone = loop.create_task(_gone(request))
        gone.add_done_callback(stop)

    def stop(found: "asyncio.Task[None]") -> None:
        nonlocal left
        if not over and not found.cancelled():
            left = True
            me.cancel()

    watching = loop.call_later(_PATIENCE_S, watch)
    try:
        return await work
    except asyncio.CancelledError:
        if not left:
            raise
        me.uncancel()
        raise AbandonedError("The asker went away.") from None
    finally:
        over = True
        watching.cancel()
        if gone is not None:
            gone.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass

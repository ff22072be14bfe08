"""A kept answer, sent: to a request whose words were seen before it goes out before any route is looked up."""

from collections.abc import Hashable
from email.utils import formatdate

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.http import coding
from services.http.cache import Header, Kept
from services.http.service import Service

VARY = "Accept, Accept-Language, Accept-Encoding"
_TAG_SUFFIX = {"identity": "", "br": "-br", "gzip": "-gz"}
_ALIAS_HEADERS = frozenset({b"accept", b"accept-language", b"host", b"x-forwarded-proto", b"x-forwarded-host"})


def alias_of(scope: Scope) -> Hashable:
    """All words of a request that decide which answer it means."""
    words = [each for each in scope["headers"] if each[0] in _ALIAS_HEADERS]
    return (scope["path"], scope["query_string"], scope["scheme"], *words)


def etag(tag: str, content_coding: str) -> str:
    """The strong entity tag of an answer in one content coding."""
    return f'"{tag}{_TAG_SUFFIX[content_coding]}"'


def known_tag(tag: str, if_none_match: str) -> str | None:
    """The tag under which the asker has the answer already, in whichever coding; None where it has not.

    The tag of an editable feature is its version, a hyphen and the digest that other answers have alone; the digest
    decides, and the version need not be known to say so.
    """
    if not if_none_match:
        return None
    digest = tag.rpartition("-")[2]
    for each in if_none_match.split(","):
        given = each.strip().removeprefix("W/").strip('"')
        bare = given.removesuffix("-br").removesuffix("-gz")
        if given == "*":
            return tag
        if bare.rpartition("-")[2] == digest:
            return bare
    return None


class KeptResponse(Response):
    """A kept answer, or 304 where the asker has it already."""

    def __init__(self, kept: Kept, service: Service) -> None:
        self.kept = kept
        self._service = service
        self.status_code = kept.status
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        headers = {name: value for name, value in scope["headers"] if name in (b"accept-encoding", b"if-none-match")}
        status, out, body = reply(
            self.kept,
            headers.get(b"accept-encoding", b"").decode("latin-1"),
            headers.get(b"if-none-match", b"").decode("latin-1"),
        )
        if self._service.watch.away:
            out = [*out, *_stale(self._service)]
        await send({"type": "http.response.start", "status": status, "headers": out})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def fresh(scope: Scope, service: Service) -> Kept | None:
    """The kept answer to a request in words seen before, where it is known to be the state of the last second."""
    if scope["method"] not in ("GET", "HEAD"):
        return None
    watch = service.watch
    known = watch.last_known()
    if known is None or watch.is_due:
        return None
    kept = service.cache.by_alias(alias_of(scope))
    if kept is None or known.stamp_of(kept.layer_id) != kept.stamp:
        return None
    return kept


def reply(kept: Kept, accept_encoding: str, if_none_match: str) -> tuple[int, list[Header], bytes]:
    """Status, headers and body for one asker."""
    wanted = coding.choose(accept_encoding) if kept.is_worth_coding else "identity"
    if wanted not in kept.bodies:
        wanted = "identity"
    body = kept.bodies[wanted]
    if known_tag(kept.tag, if_none_match) is not None:
        status, body = 304, b""
    else:
        status = kept.status
    ready = kept.ready.get((wanted, status))
    if ready is None:
        ready = _headers(kept, wanted, status, body)
        kept.ready[wanted, status] = ready
    return status, ready, body


def _headers(kept: Kept, content_coding: str, status: int, body: bytes) -> list[Header]:
    found = [*kept.headers, (b"etag", etag(kept.tag, content_coding).encode())]
    if status == 304:
        return [each for each in found if each[0] not in (b"content-type", b"content-disposition")]
    if content_coding != "identity":
        found.append((b"content-encoding", content_coding.encode()))
    if status != 204:
        found.append((b"content-length", str(len(body)).encode()))
    return found


def _stale(service: Service) -> list[Header]:
    """What marks an answer that cannot be checked now: when its state was last seen to be the current one."""
    seen = formatdate(service.watch.seen_at, usegmt=True)
    return [
        (b"warning", f'111 ngis "Revalidation Failed" "{seen}"'.encode()),
        (b"cache-status", b"ngis; hit; detail=database-away"),
        (b"last-modified", seen.encode()),
    ]

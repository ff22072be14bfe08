"""A kept answer, sent: to a request whose words were seen before it goes out before any route is looked up."""

from collections.abc import Hashable
from dataclasses import dataclass
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

    The tag of an editable feature is its version, a hyphen and the digest that other answers have alone.  Before the
    answer is made its version is not known, and the digest decides.
    """
    if not if_none_match:
        return None
    for each in if_none_match.split(","):
        given = each.strip().removeprefix("W/").strip('"')
        bare = given.removesuffix("-br").removesuffix("-gz")
        if given == "*":
            return tag
        if tag == (bare if "-" in tag else bare.rpartition("-")[2]):
            return bare
    return None


@dataclass(frozen=True, slots=True)
class Reply:
    """What one asker is sent of a kept answer."""

    status: int
    headers: list[Header]
    body: bytes


class KeptResponse(Response):
    """A kept answer, or 304 where the asker has it already; its coding has been made before."""

    def __init__(self, kept: Kept, service: Service) -> None:
        self.kept = kept
        self._service = service
        self.status_code = kept.status
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        found = reply(self.kept, scope)
        assert found is not None  # noqa: S101 - see above
        extra = _stale(self._service) if self._service.watch.away else []
        await send_reply(found, scope, send, extra)


async def send_reply(found: Reply, scope: Scope, send: Send, extra: list[Header]) -> None:
    """Sends a reply with further headers; to HEAD without its body."""
    await send({"type": "http.response.start", "status": found.status, "headers": found.headers + extra})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else found.body})


def fresh(scope: Scope, service: Service) -> tuple[Kept, Reply] | None:
    """The kept answer to a request in words seen before, where it is known to be the state of the last second."""
    if scope["method"] not in ("GET", "HEAD") or not scope["path"].startswith("/ogc"):  # no other is kept
        return None
    watch = service.watch
    known = watch.last_known()
    if known is None or watch.is_due or watch.away:
        return None
    kept = service.cache.by_alias(alias_of(scope))
    if kept is None or known.stamp_of(kept.layer_id) != kept.stamp:
        return None
    found = reply(kept, scope)
    return None if found is None else (kept, found)


def reply(kept: Kept, scope: Scope) -> Reply | None:
    """What the asker is sent; None where it is to be sent in a coding that was not made yet."""
    accepted, if_none_match = b"", b""
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            accepted = value
        elif name == b"if-none-match":
            if_none_match = value
    wanted = coding.choose(accepted.decode("latin-1")) if kept.is_worth_coding else "identity"
    if if_none_match and (
        if_none_match == kept.sent_tag or known_tag(kept.tag, if_none_match.decode("latin-1")) is not None
    ):
        return Reply(304, _ready(kept, wanted, 304, b""), b"")
    body = kept.bodies.get(wanted)
    return None if body is None else Reply(kept.status, _ready(kept, wanted, kept.status, body), body)


def _ready(kept: Kept, content_coding: str, status: int, body: bytes) -> list[Header]:
    found = kept.ready.get((content_coding, status))
    if found is None:
        found = kept.ready[content_coding, status] = _headers(kept, content_coding, status, body)
    return found


def _headers(kept: Kept, content_coding: str, status: int, body: bytes) -> list[Header]:
    kept.sent_tag = etag(kept.tag, content_coding).encode()
    found = [*kept.headers, (b"etag", kept.sent_tag)]
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

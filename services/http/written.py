"""Pages drawn by the server, as they are sent: in a language, in the coding that the asker reads."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from services.http import coding
from web_map.texts import choose_language


def language_of(request: Request) -> str:
    """The language that the address names, else the one that the browser prefers."""
    return choose_language(request.query_params.get("lang"), request.headers.get("accept-language"))


def written(
    request: Request, content: str, media_type: str = "text/html", *, headers: Mapping[str, str] | None = None
) -> Response:
    """A page or a document that is asked for anew each time, as what it tells may change at any time."""
    how = coding.choose(request.headers.get("accept-encoding", ""))
    plain = content.encode()
    if how == "identity" or len(plain) < coding.LEAST_BYTES:
        how, body = "identity", plain
    else:
        body = coding.encode(plain, how)
    every = {
        "Vary": "Accept-Language, Accept-Encoding",
        "Cache-Control": "no-cache",
        **({} if how == "identity" else {"Content-Encoding": how}),
        **(headers or {}),
    }
    return Response(body, headers=every, media_type=media_type)

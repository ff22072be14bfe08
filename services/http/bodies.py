"""What a request carries, read as far as its page allows."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request

from services.ogc.pages.model import Body


async def read_body(request: Request, body: Body) -> bytes:
    """The content of a request.

    Raises
    ------
    HTTPException
        415 for a media type or a content coding that is not offered, 413 for too much, 400 for none where it is
        required and for one without its type.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, headers={"Accept-Encoding": "identity"})
    found = bytearray()
    async for piece in request.stream():
        found += piece
        if len(found) > body.limit_bytes:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if not found and body.required:
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    if found and not media_type:
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    if found and media_type not in body.schemas:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, headers={"Accept": ", ".join(body.schemas)})
    return bytes(found)

"""Answers whose pieces are sent as they are made."""

import asyncio
from collections.abc import AsyncGenerator

from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Send

from services.http.work import STALL_S

_EVENTS = "text/event-stream"
_EVENT_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class TimedStream(StreamingResponse):
    """A stream that ends where its reader leaves a piece unread for ``STALL_S``: it holds what others wait for."""

    async def stream_response(self, send: Send) -> None:
        async def timed(message: Message) -> None:
            await asyncio.wait_for(send(message), STALL_S)

        await super().stream_response(timed)


def events_head() -> Response:
    """What ``HEAD`` says of a stream of server-sent events."""
    return Response(headers=_EVENT_HEADERS, media_type=_EVENTS)


async def events_of(pieces: AsyncGenerator[bytes]) -> Response:
    """A stream of server-sent events; what is refused is refused before the status is sent."""
    first = await anext(pieces)
    return TimedStream(with_first(first, pieces), media_type=_EVENTS, headers=_EVENT_HEADERS)


async def with_first(first: bytes, pieces: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """The pieces with the one that was made before the status was sent; they are closed where the reader stops."""
    try:
        yield first
        async for piece in pieces:
            yield piece
    finally:
        await pieces.aclose()

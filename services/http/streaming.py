"""Answers whose pieces are sent as they are made."""

import asyncio
from collections.abc import AsyncGenerator

from starlette.responses import StreamingResponse
from starlette.types import Message, Send

from services.http.work import STALL_S


class TimedStream(StreamingResponse):
    """A stream that ends where its reader leaves a piece unread for ``STALL_S``: it holds what others wait for."""

    async def stream_response(self, send: Send) -> None:
        async def timed(message: Message) -> None:
            await asyncio.wait_for(send(message), STALL_S)

        await super().stream_response(timed)


async def with_first(first: bytes, pieces: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """The pieces with the one that was made before the status was sent; they are closed where the reader stops."""
    try:
        yield first
        async for piece in pieces:
            yield piece
    finally:
        await pieces.aclose()

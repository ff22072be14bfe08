"""``/changes``: whether what the staff release one by one is another than a page shows (Server-Sent Events).

Everybody may listen: a message says of which state the data is, not what is in it.  A page whose own state is another
reads itself anew, and what it may see it is told there.  So a message that was missed, or a connection that was lost,
costs nothing but that question.
"""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from hashlib import blake2b

from starlette.requests import Request
from starlette.responses import Response

from geo.errors import GisError
from layers.catalogue import catalogue
from layers.model import Layer, Text
from services.database.lending import refuse_abandoned
from services.http.events import HEARTBEAT_S, RETRY_MS
from services.http.hub import MOST_LISTENERS
from services.http.service import Service
from services.http.streaming import events_head, events_of
from services.ogc.errors import BusyError
from services.ogc.execution.running import context_of
from services.ogc.processes._holding import Lasting, spells_of
from services.ogc.processes._model import Context

ADDRESS = "/changes"
LOOK_S = 1.0
FRESH_S = 10.0
"""How long after the database was seen last the state is taken to be known."""
SPREAD_S = 0.02
"""For each listener: over so long those who were told ask anew, so that they do not all ask at once."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is told.

    current:
        The database answers; else nothing is known of what has happened since ``seen_at`` (Unix time in seconds).
    stamp:
        Of what is released, and what of it holds now: the same in every process.
    revisions:
        Of the layers it is about; their tiles have it in their address.
    """

    current: bool
    stamp: str = ""
    revisions: Mapping[str, int] = field(default_factory=dict)
    seen_at: float = field(default=0.0, compare=False)


@cache
def released_layers() -> Sequence[Layer]:
    """Those whose features the staff release one by one."""
    return [layer for layer in catalogue().values() if layer.released_by is not None]


def said_of(context: Context) -> Said:
    """What is to be told of the layers as a face sees them."""
    ids = [layer.id for layer in released_layers()]
    return context.layers.remember("what changes tell", ids, lambda: _said(context)).at(context.clock())


def _said(context: Context) -> Lasting[Said]:
    served = [(each, state) for each in released_layers() if (state := context.layers.state(each.id)) is not None]
    revisions = {layer.id: state.revision for layer, state in served}
    spells = {layer.id: spells_of(layer, context) if layer.holds is not None else () for layer, _ in served}

    def at(now: datetime) -> Said:
        held = [[each.feature.id for each in every if each.holds_at(now)] for every in spells.values()]
        parts = [(*pair, ids) for pair, ids in zip(revisions.items(), held, strict=True)]
        return Said(True, blake2b(repr(parts).encode(), digest_size=8).hexdigest(), revisions)

    return Lasting([each for every in spells.values() for each in every], at)


class Changes:
    """What one worker process tells its listeners: looked at once a second while somebody listens."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._said: Said | None = None
        self._moved = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.listeners = 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """For the time of a ``with`` block somebody listens."""
        self.listeners += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        try:
            yield
        finally:
            self.listeners -= 1

    async def next(self, before: Said | None) -> Said | None:
        """What is told next; after a while the same once more.  None where the process ends."""
        if self._said is None or self._said == before:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), HEARTBEAT_S)
        return None if self._service.ending else self._said or Said(False)

    def spread_s(self) -> float:
        """Over how long listeners spread what they ask."""
        return round(self.listeners * SPREAD_S, 2)

    async def _work(self) -> None:
        try:
            while self.listeners and not self._service.ending:
                said = await self._look()
                changed, self._said = said != self._said, said
                if changed:
                    self._wake()
                await asyncio.sleep(LOOK_S)
        finally:  # whatever it ends by, nothing is told as if it were current
            self._said = None
            self._wake()

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    async def _look(self) -> Said:
        service, before = self._service, self._said or Said(False)
        seen_at = service.watch.seen_at
        try:
            snapshot = await service.look()
            if not service.watch.away:
                found = await service.rows.do(
                    lambda: said_of(
                        context_of(snapshot.api.layers, service.settings.city, "ja", _unheard, refuse_abandoned)
                    )
                )
                return Said(True, found.stamp, found.revisions, service.watch.seen_at)
        except GisError:  # away, or too busy to look: nothing is known of now
            pass
        return Said(False, before.stamp, before.revisions, seen_at)


async def stream(changes: Changes, request: Request) -> Response:
    """The stream; ``BusyError`` where as many listen as may."""
    if request.method == "HEAD":
        return events_head()
    if changes.listeners >= MOST_LISTENERS:
        raise BusyError("As many listen to changes as may.")
    return await events_of(_pieces(changes))


async def _pieces(changes: Changes) -> AsyncGenerator[bytes]:
    async with changes.listening():
        said = await changes.next(None)
        opening = f"retry: {RETRY_MS}\n\n"
        while said is not None:
            yield (opening + _message(said, changes.spread_s())).encode()
            opening = ""
            said = await changes.next(said)


def _message(said: Said, spread_s: float) -> str:
    content = {
        # A look that hangs is none.
        "current": said.current and time.time() - said.seen_at <= FRESH_S,
        "seen_at": said.seen_at,
        "stamp": said.stamp,
        "revisions": dict(said.revisions),
        "spread_s": spread_s,
    }
    return f"event: state\ndata: {json.dumps(content)}\n\n"


def _unheard(_percent: int, _message: Text) -> None:
    return

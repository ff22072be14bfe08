"""Answers kept while the data they were made from stands: bounded, in each worker's memory, made once at a time.

An answer belongs to a *stamp*, the state of the layer (or of the whole city) it was made from.  A stamp that moved
makes it worthless; nothing is ever invalidated by hand.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field

Header = tuple[bytes, bytes]

_OVERHEAD_BYTES = 1_500  # of an entry's objects, roughly
_MOST_ALIASES = 50_000


@dataclass(slots=True)
class Kept:
    """One answer.  ``bodies`` by content coding (``identity`` always); headers without length and coding.

    layer_id:
        Whose stamp it belongs to; None for the stamp of the city.
    sent_tag:
        The ``ETag`` it was sent with last, which most who ask again name.
    """

    status: int
    headers: tuple[Header, ...]
    tag: str
    layer_id: str | None
    stamp: str
    route: str
    bodies: dict[str, bytes]
    is_worth_coding: bool
    ready: dict[tuple[str, int], list[Header]] = dataclass_field(default_factory=dict)
    sent_tag: bytes = b""

    @property
    def size_bytes(self) -> int:
        return _OVERHEAD_BYTES + sum(map(len, self.bodies.values()))


@dataclass(slots=True)
class _Flight:
    """An answer that is being made, and how many wait for it."""

    task: asyncio.Task[Kept]
    waiting: int = 0


class AnswerCache:
    """Least recently used answers leave first.  To be used from one event loop's thread only."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._entries: OrderedDict[Hashable, Kept] = OrderedDict()
        self._aliases: dict[Hashable, Hashable] = {}
        self._flights: dict[Hashable, _Flight] = {}
        self.used_bytes = 0
        self.hits = 0
        self.misses = 0

    def by_alias(self, alias: Hashable) -> Kept | None:
        """The answer to a request that was asked in exactly these words before."""
        key = self._aliases.get(alias)
        return None if key is None else self.get(key)

    def remember(self, alias: Hashable, key: Hashable) -> None:
        """From now on a request in these words is known to mean ``key``."""
        if len(self._aliases) >= _MOST_ALIASES:
            self._aliases.clear()
        self._aliases[alias] = key

    def get(self, key: Hashable) -> Kept | None:
        kept = self._entries.get(key)
        if kept is not None:
            self._entries.move_to_end(key)
        return kept

    def grow(self, key: Hashable, kept: Kept, coding: str, body: bytes) -> None:
        """Adds one more coding of an answer, which is kept where the answer is."""
        if coding in kept.bodies:
            return
        kept.bodies[coding] = body
        if self._entries.get(key) is kept:
            self.used_bytes += len(body)
            self._make_room()

    async def once(self, key: Hashable, stamp: str, make: Callable[[], Awaitable[Kept]]) -> Kept:
        """What ``make`` answers, made once for all who ask for the same meanwhile, and kept.

        Where the last of them goes away, the making is cancelled.  Without room for any answer nothing is shared.
        """
        if not self._limit_bytes:
            return await make()
        flight = self._flights.get((key, stamp))
        if flight is None:
            flight = _Flight(asyncio.ensure_future(self._make(key, make)))
            self._flights[key, stamp] = flight
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if not flight.waiting:
                if self._flights.get((key, stamp)) is flight:
                    del self._flights[key, stamp]
                flight.task.cancel()  # changes nothing where it is done

    async def _make(self, key: Hashable, make: Callable[[], Awaitable[Kept]]) -> Kept:
        kept = await make()
        self.misses += 1
        if kept.size_bytes <= self._limit_bytes // 8:
            self._drop(key)
            self._entries[key] = kept
            self.used_bytes += kept.size_bytes
            self._make_room()
        return kept

    def _make_room(self) -> None:
        while self.used_bytes > self._limit_bytes and self._entries:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: Hashable) -> None:
        kept = self._entries.pop(key, None)
        if kept is not None:
            self.used_bytes -= kept.size_bytes

    def figures(self) -> Mapping[str, int]:
        """Counts for the metrics."""
        return {
            "entries": len(self._entries),
            "bytes": self.used_bytes,
            "hits": self.hits,
            "misses": self.misses,
        }

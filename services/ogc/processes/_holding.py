"""What holds now of a layer whose features hold between two times: read once for each state of the layer."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from layers.model import Layer
from services.ogc.analysis.layers import Feature
from services.ogc.processes._model import Context


@dataclass(frozen=True, slots=True)
class Spell:
    """A feature and the time for which it holds: from (inclusive) until (exclusive; None: until further notice)."""

    feature: Feature
    begins: datetime
    ends: datetime | None

    def holds_at(self, at: datetime) -> bool:
        return self.begins <= at and (self.ends is None or at < self.ends)


class Lasting[T]:
    """What follows from spells and the time: found anew only where one of them has begun or ended."""

    def __init__(self, spells: Iterable[Spell], find: Callable[[datetime], T]) -> None:
        self._turns = sorted({turn for each in spells for turn in (each.begins, each.ends) if turn is not None})
        self._find = find
        self._found: tuple[int, T] | None = None

    def at(self, now: datetime) -> T:
        turn, known = bisect_right(self._turns, now), self._found
        if known is None or known[0] != turn:
            known = self._found = turn, self._find(now)
        return known[1]


def holding(layer: Layer, context: Context) -> Sequence[Spell] | None:
    """Those that hold now and have a place; None where the layer is not served, so that nothing is known."""
    if context.layers.state(layer.id) is None:
        return None
    return context.layers.remember("what holds", [layer.id], lambda: _holding(layer, context)).at(context.clock())


def _holding(layer: Layer, context: Context) -> Lasting[Sequence[Spell]]:
    every = spells_of(layer, context)
    return Lasting(every, lambda now: [each for each in every if each.holds_at(now)])


def spells_of(layer: Layer, context: Context) -> Sequence[Spell]:
    """All that have a place, whenever they hold."""
    return context.layers.remember("spells", [layer.id], lambda: _read(layer, context))


def _read(layer: Layer, context: Context) -> Sequence[Spell]:
    assert layer.holds is not None  # noqa: S101 - asked of layers that declare it
    begins, ends = layer.holds
    found = []
    for each in context.layers.features(layer.id):
        first, last = _moment(each.properties.get(begins)), _moment(each.properties.get(ends))
        if first is not None and each.geometry is not None:
            found.append(Spell(each, first, last))
    return found


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None


def as_of(context: Context) -> str:
    """The time now to the second, as outputs have it."""
    now = context.clock()
    return _written(now, now.tzinfo)


@lru_cache(maxsize=16)  # of one answer it is said several times
def _written(moment: datetime, _zone: tzinfo | None) -> str:
    """By zone, too: the same moment of two of them is equal, and is not written alike."""
    return moment.isoformat(timespec="seconds")


def clock(moment: datetime, context: Context) -> str:
    """Year to minute in the city's time."""
    return _clock(int(moment.timestamp() // 60), context.city.time_zone)


@lru_cache(maxsize=256)  # most of what is told holds as of this minute
def _clock(minute: int, time_zone: str) -> str:
    return f"{datetime.fromtimestamp(minute * 60, ZoneInfo(time_zone)):%Y-%m-%d %H:%M}"

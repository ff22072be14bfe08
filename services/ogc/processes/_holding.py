"""What holds now of a layer whose features hold between two times: read once for each state of the layer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from layers.model import Layer
from services.ogc.analysis.layers import Feature
from services.ogc.processes._model import Context

_BEGINNING, _END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Spell:
    """A feature and the time for which it holds: from (inclusive) until (exclusive; None: until further notice)."""

    feature: Feature
    begins: datetime
    ends: datetime | None

    def holds_at(self, at: datetime) -> bool:
        return self.begins <= at and (self.ends is None or at < self.ends)


@dataclass
class _Spells:
    """Of a layer in one state; what holds is the same until one of them begins or ends."""

    every: tuple[Spell, ...]
    _last: tuple[datetime, datetime, Sequence[Spell]] = field(default=(_END, _BEGINNING, ()), init=False)

    def at(self, now: datetime) -> Sequence[Spell]:
        since, until, held = self._last
        if not since <= now < until:
            turns = [turn for each in self.every for turn in (each.begins, each.ends) if turn is not None]
            since = max((turn for turn in turns if turn <= now), default=_BEGINNING)
            until = min((turn for turn in turns if now < turn), default=_END)
            held = tuple([each for each in self.every if each.holds_at(now)])
            self._last = since, until, held
        return held


def holding(layer: Layer, context: Context) -> Sequence[Spell] | None:
    """Those that hold now and have a place; None where the layer is not served, so that nothing is known."""
    if context.layers.state(layer.id) is None:
        return None
    spells = context.layers.remember(f"spells of {layer.id}", [layer.id], lambda: _Spells(_every(layer, context)))
    return spells.at(context.clock())


def _every(layer: Layer, context: Context) -> tuple[Spell, ...]:
    assert layer.holds is not None  # noqa: S101 - asked of layers that declare it
    begins, ends = layer.holds
    found = []
    for each in context.layers.features(layer.id):
        first, last = _moment(each.properties.get(begins)), _moment(each.properties.get(ends))
        if first is not None and each.geometry is not None:
            found.append(Spell(each, first, last))
    return tuple(found)


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

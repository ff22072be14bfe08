"""What holds now of a layer whose features hold between two times: read once for each state of the layer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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


def holding(layer: Layer, context: Context) -> Sequence[Spell] | None:
    """Those that hold now and have a place; None where the layer is not served, so that nothing is known."""
    if context.layers.state(layer.id) is None:
        return None
    every = context.layers.remember(f"spells of {layer.id}", [layer.id], lambda: _every(layer, context))
    now = context.clock()
    return [each for each in every if each.holds_at(now)]


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


def clock(moment: datetime, context: Context) -> str:
    """Year to minute in the city's time."""
    return _clock(moment.replace(second=0, microsecond=0), context.city.time_zone)


@lru_cache(maxsize=256)  # most of what is told holds as of this minute
def _clock(minute: datetime, time_zone: str) -> str:
    return f"{minute.astimezone(ZoneInfo(time_zone)):%Y-%m-%d %H:%M}"

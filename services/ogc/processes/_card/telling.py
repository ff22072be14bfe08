"""What the card says of a way on foot; of several hazards much of it is the same, and is put in words once."""

from collections.abc import Mapping
from typing import Any

from geo.travel.boards import Described
from geo.travel.conditions import Conditions
from geo.travel.finding import Way
from geo.travel.inclines import Climb
from geo.travel.steps import length_m
from services.ogc.processes._evacuation.answer import ARRIVING, WayWords, arrival_document, minutes
from services.ogc.processes._evacuation.ways import Flight
from services.ogc.processes._model import Context
from services.ogc.processes._on_roads.sentences import Sentences
from services.ogc.processes._on_roads.slope import Slope

START_DELAY_S = 300.0
"""From an earthquake until one sets out, as ``evacuation-route`` takes it."""
_TEXTS = {"type": "array", "items": {"type": "string"}}
WALK: Mapping[str, Any] = {
    "type": "object",
    "required": ["minutes", "travel_time_s", "length_m", "in_zone_m", "unknown_m", "before", "steps", "behind"],
    "properties": {
        "minutes": {"type": "integer", "minimum": 0},
        "travel_time_s": {"type": "number", "minimum": 0},
        "length_m": {"type": "number", "minimum": 0},
        "in_zone_m": {"type": "number", "minimum": 0},
        "unknown_m": {"type": "number", "minimum": 0},
        "before": _TEXTS,
        "steps": _TEXTS,
        "behind": _TEXTS,
    },
}

type _Told = tuple[float, list[str], str]
"""Metres along roads, the steps, and what is said of the slope."""


class Teller:
    """Of the ways from one place, under conditions."""

    def __init__(self, now: Conditions, context: Context) -> None:
        self._now, self._context = now, context
        self._sentences = Sentences(now, context.language)
        self._words = WayWords.of(context.language, on_wheels=now.profile.id == "wheelchair")
        self._described: dict[tuple[Described, bool], _Told] = {}
        self._told: dict[bytes, _Told] = {}

    def walk(self, flight: Flight, hazard: str) -> dict[str, Any]:
        """A way to a site for a hazard, as ``WALK`` has it."""
        seconds, in_minutes = flight.seconds, minutes(flight.seconds)
        length, steps, slope = self._along(flight)
        arrival = arrival_document(flight, START_DELAY_S, hazard, self._context) if hazard in ARRIVING else None
        return {
            "minutes": in_minutes,
            "travel_time_s": tenths(seconds),
            "length_m": length,
            "in_zone_m": tenths(flight.in_zone_m),
            "unknown_m": tenths(flight.unknown_m),
            "before": self._words.before(flight, length, in_minutes),
            "steps": steps,
            "behind": self._words.behind(flight, slope, None if arrival is None else arrival["text"]),
        }

    def _along(self, flight: Flight) -> _Told:
        way, described, end = flight.way, flight.described, flight.end
        if described is not None:
            told = self._described.get(key := (described, end.left))
            if told is None:
                steps = self._sentences.of_steps(way, described.steps, end)
                told = self._described[key] = tenths(described.length_m), steps, self._slope(way, described.climb)
            return told
        named = way.edges.tobytes() + flight.site.id.encode()
        found = self._told.get(named)
        if found is None:
            length = tenths(length_m(self._now.topology.network, way))
            found = self._told[named] = length, self._sentences.of_way(way, end), self._slope(way)
        return found

    def _slope(self, way: Way, climb: Climb | None = None) -> str:
        return Slope(self._now, way, self._now.profile.max_slope).words(self._context.language, climb)


def tenths(value: float) -> float:
    """To one digit; ``round`` takes three times as long for that."""
    return round(10 * value) / 10

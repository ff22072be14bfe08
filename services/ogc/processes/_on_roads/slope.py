"""The slope of a way on foot as a document and in words: climb and descent, the steepest place, what is not known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf, isinf
from typing import Any

import numpy as np

from geo.network.vehicle import VehicleProfile
from geo.travel.conditions import Conditions
from geo.travel.finding import Way
from geo.travel.inclines import Climb, climb_of, steeper_than
from geo.travel.steps import lengths_m, steps_of
from layers import elevation
from layers.text import Text
from layers.translations import comma, gap
from services.ogc.processes._model import Context, or_null
from services.ogc.processes._on_roads.route_words import distance

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["climb_m", "descent_m", "slope_percent", "too_steep_m", "too_steep", "unknown_m", "unknown", "text"],
    "properties": {
        "climb_m": {"type": "number", "minimum": 0},
        "descent_m": {"type": "number", "minimum": 0},
        "slope_percent": or_null({"type": "number"}),
        "too_steep_m": {"type": "number", "minimum": 0},
        "too_steep": {
            "type": "array",
            "items": {"type": "object", "required": ["way", "name", "slope_percent", "length_m", "position"]},
        },
        "unknown_m": {"type": "number", "minimum": 0},
        "unknown": {"type": "integer", "minimum": 0},
        "text": {"type": "string"},
    },
}
"""Of a way in an output.

``slope_percent`` is that of the steepest place, negative where it is a descent, null where no slope is known;
``too_steep`` are stretches above the limit, up or down; ``unknown`` stretches of ``unknown_m`` have no heights, and are
in none of the other figures.
"""

NOTE = Text(
    "歩く速さは勾配により変わる（Tobler 1993、下りで速くはならない）。勾配は標高の格子から約20mごとに求めたもので、"
    "段差や短い急な坂は分からない。勾配の分からない区間は平らとして計算する。",
    "The pace follows the slope (Tobler 1993; going down is no faster than on the level). Slopes are of the elevation "
    "grid, over some 20 m: steps and short ramps are not seen. Where the slope is unknown it is reckoned as level.",
)
SURFACE = Text(
    "標高に建物や樹木を含むデータ、または種類の分からないデータがあり、勾配が正しくないことがある。",
    "Some of the heights include buildings and trees, or may do so: slopes may be wrong.",
)
_CLIMB = Text("上り{up:.0f}m、下り{down:.0f}m。", "{up:.0f} m up, {down:.0f} m down.")
_STEEPEST = Text("最も急な所は{way}{percent:.0f}%。", "{percent:.0f} % {way} at the steepest.")
_UP, _DOWN = Text("上り", "uphill"), Text("下り", "downhill")
_TOO_STEEP = Text(
    "勾配が{limit:.0f}%を超える所を約{far}通る: {where}。",
    "Some {far} of it are steeper than {limit:.0f} %: {where}.",
)
_UNKNOWN = Text("約{far}は勾配が分からない。", "The slope of some {far} is unknown.")
WORDS = {"climb": _CLIMB, "steepest": _STEEPEST, "up": _UP, "down": _DOWN, "unknown": _UNKNOWN}
"""What is said of a way on foot, for who says it without the server."""
_NO_NAME = Text("名前のない道", "an unnamed road")
_STEP = Text("急な{way}（最大{percent:.0f}%）がある。", "Steep: up to {percent:.0f} % {way}.")
_MODEL = "model"


@dataclass(slots=True)
class Slope:
    """The slope of one way under the conditions of a profile; ``limit``: rise over length that is too steep."""

    now: Conditions
    way: Way
    limit: float

    def document(self, context: Context) -> dict[str, Any]:
        climb, steep = climb_of(self.now.topology.network, self.way), self._too_steep()
        document = {
            "climb_m": round(climb.climb_m, 1),
            "descent_m": round(climb.descent_m, 1),
            "slope_percent": _percent(climb.steepest),
            "too_steep_m": _metres(steep),
            "too_steep": steep,
            "unknown_m": round(climb.unknown_m, 1),
            "unknown": climb.unknown,
        }
        return {**document, "text": slope_words(climb, context.language, self.limit, steep)}

    def words(self, language: str, climb: Climb | None = None) -> str:
        """What is said of it, and no more of it; ``climb`` of the way where it is known."""
        climb = climb_of(self.now.topology.network, self.way) if climb is None else climb
        return slope_words(climb, language, self.limit, self._too_steep())

    def _too_steep(self) -> list[dict[str, Any]]:
        if isinf(self.limit):
            return []
        network = self.now.topology.network
        places = np.flatnonzero(steeper_than(network, self.limit)[network.stretch[self.way.edges]])
        lengths = lengths_m(network, self.way)
        return [self._stretch(place, lengths[place]) for place in places.tolist() if lengths[place] > 0]

    def of_steps(self, context: Context) -> list[str]:
        """Of each step what is to be said of its slope, empty where it is not steep."""
        network, profile = self.now.topology.network, self.now.profile
        found = []
        for step in steps_of(self.now, self.way):
            steepest = climb_of(network, self.way, step.first, step.behind).steepest
            found.append(_step_words(steepest, profile, context))
        return found

    def _stretch(self, place: int, length_m: float) -> dict[str, Any]:
        network, edge = self.now.topology.network, int(self.way.edges[place])
        row = int(network.stretches.way[network.stretch[edge]])
        lon, lat = network.points(edge)
        return {
            "way": str(network.ways.id[row]),
            "name": network.ways.name.at(row),
            "slope_percent": _percent(climb_of(network, self.way, place, place + 1).steepest),
            "length_m": round(float(length_m), 1),
            "position": [round(float(lon[0]), 7), round(float(lat[0]), 7)],
        }


def slope_words(climb: Climb, language: str, limit: float = inf, steep: Sequence[Mapping[str, Any]] = ()) -> str:
    """What is said of the slope of a way; ``steep``: its stretches above the limit, as ``SCHEMA`` has them."""
    steepest = None if climb.steepest is None else round(100 * climb.steepest)
    words = _climb_words(round(climb.climb_m), round(climb.descent_m), steepest, language)
    if not steep and not climb.unknown:
        return words
    said = [words]
    if steep:
        names = dict.fromkeys(each["name"] or _NO_NAME.in_language(language) for each in steep)
        where, far = comma(language).join(names), distance(_metres(steep), language)
        said.append(_TOO_STEEP.in_language(language).format(limit=100 * limit, far=far, where=where))
    if climb.unknown:
        said.append(_UNKNOWN.in_language(language).format(far=distance(climb.unknown_m, language)))
    return gap(language).join(filter(None, said))


def with_slope(route: Mapping[str, Any], slope: Slope, context: Context) -> dict[str, Any]:
    """The document of a route on foot with its slope, and with words of it in its steps, where it has any."""
    found = {**route, "slope": slope.document(context)}
    if "steps" in route:
        found["steps"] = [
            {**step, "text": f"{step['text']}{gap(context.language) if words else ''}{words}"}
            for step, words in zip(route["steps"], slope.of_steps(context), strict=True)
        ]
    return found


def notes(context: Context) -> list[Text]:
    """What is to be said of all slopes, by the elevation that is loaded."""
    models = context.layers.remember(
        "elevation models", [elevation.LAYER.id], lambda: context.layers.distinct(elevation.LAYER.id, [_MODEL])
    )
    return [NOTE, *([SURFACE] if any(model != "terrain" for (model,) in models) else [])]


def _metres(steep: Sequence[Mapping[str, Any]]) -> float:
    return round(float(sum(each["length_m"] for each in steep)), 1)


def _percent(slope: float | None) -> float | None:
    return None if slope is None else round(100 * slope, 1)


@lru_cache(maxsize=10_000)
def _climb_words(up_m: int, down_m: int, steepest_percent: int | None, language: str) -> str:
    """What is said of climb and descent, and of the steepest place where that is no level ground."""
    if steepest_percent is None:
        return ""
    said = [_CLIMB.in_language(language).format(up=up_m, down=down_m)]
    if steepest_percent:
        way = _UP if steepest_percent > 0 else _DOWN
        said.append(
            _STEEPEST.in_language(language).format(percent=abs(steepest_percent), way=way.in_language(language))
        )
    return gap(language).join(said)


def _words(slope: float, context: Context) -> dict[str, Any]:
    return {"percent": 100 * abs(slope), "way": context.say(_UP if slope > 0 else _DOWN)}


def _step_words(steepest: float | None, profile: VehicleProfile, context: Context) -> str:
    if steepest is None or abs(steepest) < profile.steep_slope:
        return ""
    return context.say(_STEP).format(**_words(steepest, context))

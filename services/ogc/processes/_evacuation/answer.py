"""A way to a site as a document that can be followed without a map, and why there is none."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from geo.evacuation.arrival import margin
from geo.evacuation.zones import usual_pace_mps
from geo.travel.steps import far_told
from layers.text import Text
from layers.translations import gap
from layers.tsunami_arrival import ARRIVALS
from services.ogc.processes._evacuation.sites import SITE, Site
from services.ogc.processes._evacuation.ways import Flight, Walk
from services.ogc.processes._model import Context, or_null
from services.ogc.processes._on_roads.closures_met import SCHEMA as CLOSURES
from services.ogc.processes._on_roads.met import ON_WAY
from services.ogc.processes._on_roads.route_answer import ROUTE, route_document
from services.ogc.processes._on_roads.route_words import distance, distances
from services.ogc.processes._on_roads.slope import SCHEMA as SLOPE
from services.ogc.processes._on_roads.slope import Slope, with_slope

_ARRIVAL = {
    "type": "object",
    "required": ["known", "arrives_s", "water_s", "left_s", "text"],
    "properties": {
        "known": {"type": "boolean"},
        "arrives_s": {"type": "number", "minimum": 0},
        "water_s": or_null({"type": "number", "minimum": 0}),
        "left_s": or_null({"type": "number"}),
        "text": {"type": "string"},
    },
}
FLIGHT: Mapping[str, Any] = {
    **ROUTE,
    "required": [*ROUTE["required"], "site", "in_zone_m", "unknown_m", "slope", "arrival", "text", *ON_WAY],
    "properties": {
        **ROUTE["properties"],
        "site": SITE,
        "in_zone_m": {"type": "number", "minimum": 0},
        "unknown_m": {"type": "number", "minimum": 0},
        "slope": SLOPE,
        "arrival": or_null(_ARRIVAL),
        "text": {"type": "string"},
        **ON_WAY,
    },
}
"""Of a way to a site in an output: a route, whose time includes what lies between the places and the road.

``in_zone_m`` is on stretches of road that touch a zone, ``unknown_m`` on such of which it is not known whether they lie
in one, ``arrival`` against the tsunami (None of other hazards), in seconds after the earthquake.
"""
ARRIVING = frozenset({"tsunami"})
"""The hazards that come at a time that is told: whether one is there before them is told of a way."""
REASONS = ["no-designated-site", "all-closed", "off-the-network", "only-through-zones", "no-way"]
REFUSAL: Mapping[str, Any] = {
    "type": "object",
    "required": ["reason", "text", "closures", "nearest", "through_zones"],
    "properties": {
        "reason": {"type": "string", "enum": REASONS},
        "text": {"type": "string"},
        "closures": CLOSURES,
        "nearest": or_null(
            {
                "type": "object",
                "required": ["site", "distance_m"],
                "properties": {"site": SITE, "distance_m": {"type": "number", "minimum": 0}},
            }
        ),
        "through_zones": or_null(
            {
                "type": "object",
                "required": ["site", "travel_time_s", "in_zone_m"],
                "properties": {
                    "site": SITE,
                    "travel_time_s": {"type": "number", "minimum": 0},
                    "in_zone_m": {"type": "number", "minimum": 0},
                },
            }
        ),
    },
}
"""Of why there is no way to a site that is designated.

``nearest`` is such a site as the crow flies, ``through_zones`` the way that leads through zones: told so that it is
known, not as a way to go.
"""

_HEAD = Text("{name}まで、約{far}、約{minutes}分。", "To {name}: some {far}, about {minutes} minutes.")
_UNKNOWN = Text(
    "このうち約{far}は、想定区域の中か外か分からない場所を通る。",
    "Of some {far} of it, it is not known whether they lie in a zone.",
)
_FROM = Text("まず、約{far}離れた道路に出る。", "First go to the road, some {far} away.")
_TO = Text("道路から{name}まで約{far}。", "From the road it is some {far} to {name}.")
_IN_ZONE = Text("想定区域に触れる道路を約{far}通る。", "Some {far} of it are on roads that touch a zone.")
_BEHIND = Text("避難先は想定区域の中の建物である。", "The site lies in a zone.")
_LEFT = Text(
    "地震の約{arrives}分後に着く。津波（{scenario}）は最短{water}分後とされる。差は約{left}分。"
    "これより早く来る津波もあり得る。建物を上がる時間は含まない。",
    "You arrive about {arrives} minutes after the earthquake. The tsunami ({scenario}) is put at {water} minutes at "
    "the soonest: a margin of about {left} minutes. Another one may come sooner; climbing in the building is not "
    "counted.",
)
_TOO_LATE = Text(
    "地震の約{arrives}分後に着く。津波（{scenario}）は最短{water}分後とされ、間に合わないおそれがある。",
    "You arrive about {arrives} minutes after the earthquake. The tsunami ({scenario}) is put at {water} minutes at "
    "the soonest: you may be too late.",
)
_NOT_KNOWN = Text(
    "津波の到達時間は分からない。すぐに避難すること。", "When the tsunami arrives is unknown: go at once."
)
WORDS = {
    "head": _HEAD,
    "unknown": _UNKNOWN,
    "from": _FROM,
    "to": _TO,
    "in_zone": _IN_ZONE,
    "behind": _BEHIND,
    "left": _LEFT,
    "too_late": _TOO_LATE,
    "not_known": _NOT_KNOWN,
}
"""What is said of a way, for who says it without the server."""
_REFUSED = {
    "no-designated-site": Text(
        "「{hazard}」の避難先に指定された場所は、ここでは分かっていない。指定の記載がない場所は{unknown}あり、使えるとも使えないとも"
        "言えない。",
        "No site that is designated for “{hazard}” is known here. Of {unknown} it is not stated: they cannot be said "
        "to be of use, or of none.",
    ),
    "all-closed": Text(
        "「{hazard}」の避難先に指定された場所は、すべて閉鎖されている。市の避難情報に従うこと。",
        "All sites that are designated for “{hazard}” are closed: follow the instructions of the city.",
    ),
    "off-the-network": Text(
        "出発地から歩いて出られる道路が{reach:.0f}m以内に見つからない。",
        "There is no road to set out on, on foot, within {reach:.0f} m of the origin.",
    ),
    "only-through-zones": Text(
        "想定区域を通らずに着ける指定緊急避難場所がない。区域を通る経路は示さない。ここにとどまれば安全という意味ではない。"
        "市の避難情報に従うこと。",
        "No designated site can be reached without going through a zone, and no such way is shown as one to go. That "
        "does not mean that staying is safe: follow the instructions of the city.",
    ),
    "no-way": Text("指定緊急避難場所まで歩いて行ける道がない。", "No way leads on foot to a site that is designated."),
}
_SECONDS = 60
_NEAR_M = 20.0
"""What is nearer to the road is not told."""


def flight_document(flight: Flight, walk: Walk, start_delay_s: float, hazard: str, context: Context) -> dict[str, Any]:
    """One way; times are at the pace that was asked for."""
    plain = route_document(walk.now, flight.way, flight.start, flight.end, context.language)
    route = with_slope(plain, Slope(walk.now, flight.way, walk.max_slope), context)
    slower = usual_pace_mps(walk.now) / walk.pace_mps
    steps = [{**step, "travel_time_s": round(step["travel_time_s"] * slower, 1)} for step in route["steps"]]
    document = {
        **route,
        "steps": steps,
        "travel_time_s": round(flight.seconds, 1),
        "site": flight.site.document(context),
        "in_zone_m": round(flight.in_zone_m, 1),
        "unknown_m": round(flight.unknown_m, 1),
        "arrival": arrival_document(flight, start_delay_s, hazard, context),
    }
    return {**document, "text": _text(flight, document, walk, context)}


def arrival_document(flight: Flight, start_delay_s: float, hazard: str, context: Context) -> dict[str, Any] | None:
    """When one is there, against the tsunami; None of hazards that are not ``ARRIVING``."""
    if hazard not in ARRIVING:
        return None
    water = ARRIVALS.get(context.city.code)
    if water is None:
        arrives = start_delay_s + flight.seconds
        return {
            "known": False,
            "arrives_s": round(arrives, 1),
            "water_s": None,
            "left_s": None,
            "text": context.say(_NOT_KNOWN),
        }
    found = margin(flight.seconds, start_delay_s, water.seconds)
    text = context.say(_LEFT if found.left_s > 0 else _TOO_LATE).format(
        arrives=minutes(found.arrives_s),
        water=int(water.seconds // _SECONDS),
        left=int(found.left_s // _SECONDS),
        scenario=context.say(water.scenario),
    )
    return {
        "known": True,
        "arrives_s": round(found.arrives_s, 1),
        "water_s": found.water_s,
        "left_s": round(found.left_s, 1),
        "text": text,
    }


def _text(flight: Flight, document: Mapping[str, Any], walk: Walk, context: Context) -> str:
    """All of it in lines, the steps numbered."""
    steps = [f"{number}. {step['text']}" for number, step in enumerate(document["steps"], 1)]
    arrival = None if document["arrival"] is None else document["arrival"]["text"]
    words = WayWords.of(context.language, on_wheels=walk.now.profile.id == "wheelchair")
    before = words.before(flight, document["length_m"], minutes(flight.seconds))
    behind = words.behind(flight, document["slope"]["text"], arrival)
    return "\n".join([*before, *steps, *behind])


class WayWords:
    """What is said of ways in one language, before their steps and behind them."""

    def __init__(self, language: str, *, on_wheels: bool) -> None:
        self._language, self._on_wheels, self._distances = language, on_wheels, distances(language)
        head = _HEAD.in_language(language).replace("%", "%%")
        self._head = head.format(name="%(name)s", far="%(far)s", minutes="%(minutes)d")
        self._from = _OfDistance(_FROM.in_language(language), self._distances)
        self._unknown = _OfDistance(gap(language) + _UNKNOWN.in_language(language), self._distances)
        self._in_zone = _OfDistance(_IN_ZONE.in_language(language), self._distances)

    @staticmethod
    @lru_cache(maxsize=32)
    def of(language: str, *, on_wheels: bool) -> "WayWords":
        """The same for the same, with what was said before."""
        return WayWords(language, on_wheels=on_wheels)

    def before(self, flight: Flight, length_m: float, minutes: int) -> list[str]:
        """Before the steps: how far it is in all, of which so much along roads, and to the road."""
        off, unknown = flight.start.distance_m, flight.unknown_m
        far = self._distances[far_told(length_m + off + flight.end.distance_m)]
        head = self._head % {"name": flight.site.name, "far": far, "minutes": minutes}
        if unknown > 0:
            head += self._unknown[far_told(unknown)]
        return [head, self._from[far_told(off)]] if off >= _NEAR_M else [head]

    def behind(self, flight: Flight, slope: str, arrival: str | None) -> list[str]:
        """Behind the steps: of the slope, of zones, what one has to know at the site, and of the tsunami."""
        site, to, inside = flight.site, flight.end.distance_m, flight.in_zone_m
        lines = [_told_to(distance(to, self._language), site.name, self._language)] if to >= _NEAR_M else []
        if slope:
            lines.append(slope)
        if inside > 0:
            lines.append(self._in_zone[far_told(inside)])
        lines += _told_there(site, self._language, on_wheels=self._on_wheels)
        if arrival is not None:
            lines.append(arrival)
        return lines


class _OfDistance(dict[int, str]):
    """What is said of a distance, by its number (``far_told``), put in words when it is first told."""

    def __init__(self, text: str, every: Sequence[str]) -> None:
        super().__init__()
        self._text, self._every = text, every

    def __missing__(self, far: int) -> str:
        found = self[far] = self._text.format(far=self._every[far])
        return found


@lru_cache(maxsize=10_000)
def _told_to(far: str, site: str, language: str) -> str:
    return _TO.in_language(language).format(far=far, name=site)


@lru_cache(maxsize=2_000)
def _told_there(site: Site, language: str, *, on_wheels: bool) -> Sequence[str]:
    """What one has to know at a site."""
    words = [each.in_language(language).format(floor=site.from_floor) for each in site.words(on_wheels=on_wheels)]
    zone = [_BEHIND.in_language(language)] if site.in_zone else []
    return *zone, *words, site.status.text(language)


def minutes(seconds: float) -> int:
    """Whole minutes, rounded up: nobody is promised less."""
    return int(-(-seconds // _SECONDS))


def refusal_text(reason: str, context: Context, **values: Any) -> str:
    """Why there is no way, in words."""
    return context.say(_REFUSED[reason]).format(**values)

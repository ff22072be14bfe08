"""The sites of one hazard that are reached first from a place, with the way there in words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from geo.travel.met import gone_through
from layers.text import Text
from services.ogc.errors import UnanswerableError
from services.ogc.processes._card.walker import Walker
from services.ogc.processes._evacuation.answer import arrival_document, minutes, told_before, told_behind
from services.ogc.processes._evacuation.answering import answered
from services.ogc.processes._evacuation.closures import kept_off
from services.ogc.processes._evacuation.sites import SITE, Site, Sites
from services.ogc.processes._evacuation.ways import Flight, Walk
from services.ogc.processes._model import Context, or_null
from services.ogc.processes._on_roads import closures_met
from services.ogc.processes._on_roads.avoiding import Effect
from services.ogc.processes._on_roads.met import NOTHING

MOST = 3
START_DELAY_S = 300.0
"""From an earthquake until one sets out, as ``evacuation-route`` takes it."""
_TEXTS = {"type": "array", "items": {"type": "string"}}
_WALK = {
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
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["designated", "unknown", "closed", "nearest", "refusal", "closures", "notes"],
    "properties": {
        "designated": {"type": "integer", "minimum": 0},
        "unknown": {"type": "integer", "minimum": 0},
        "closed": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "text"],
                "properties": {"name": {"type": "string"}, "text": {"type": "string"}},
            },
        },
        "nearest": {
            "type": "array",
            "maxItems": MOST,
            "items": {
                "type": "object",
                "required": ["site", "straight_m", "walk"],
                "properties": {
                    "site": SITE,
                    "straight_m": {"type": "number", "minimum": 0},
                    "walk": or_null(_WALK),
                },
            },
        },
        "refusal": or_null({"type": "string"}),
        "closures": closures_met.SCHEMA,
        "notes": _TEXTS,
    },
}
"""Of the sites of one hazard: how many are designated, of how many nothing is said, who is closed, who is near.

``closures`` are those that the way to the first site keeps off or goes through; where there is none, those in the way.

Where there is no network the nearest are those as the crow flies, ``walk`` is None, and ``notes`` say so.
"""

_NO_SITES = Text(
    "避難先のデータが読み込まれていないため、避難先は分かりません。市の避難情報に従ってください。",
    "No evacuation sites are loaded, so where to flee is not known. Follow the instructions of the city.",
)
_NO_WAY_KNOWN = Text(
    "いまは歩く経路を計算できません。避難先は直線距離の近い順です。",
    "No ways on foot can be found just now: the sites are in the order of their distance as the crow flies.",
)
_THROUGH = Text(
    "区域を出たあとで再び区域に入る経路しかありません。",
    "There are only ways that go back into a zone after leaving one.",
)
WORDS = {"no_sites": _NO_SITES, "no_way_known": _NO_WAY_KNOWN, "through": _THROUGH}
"""What is said of the sites, for who says it without the server."""


def nearest_sites(hazard: str, walker: Walker, context: Context) -> dict[str, Any]:
    """The sites that are designated for a hazard and reached first."""
    try:
        sites = walker.sites(hazard)
    except UnanswerableError:
        return _document(Sites((), 0, 0), [], context.say(_NO_SITES), [], context)
    if walker.roads is None:
        chosen = sorted(sites.offered.every, key=partial(walker.straight_m, context))[:MOST]
        nearest = [_entry(site, None, walker, context) for site in chosen]
        return _document(sites, nearest, None, [context.say(_NO_WAY_KNOWN)] if nearest else [], context)
    walk = walker.walk(hazard)
    found = answered(walk, sites, MOST, hazard, context, briefly=True)
    first: dict[str, Flight] = {}
    for each in found.flights:
        first.setdefault(each.site.id, each)
    nearest = [
        _entry(flight.site, _walk(flight, walk, hazard, walker, context), walker, context) for flight in first.values()
    ]
    refusal = None if found.refusal is None else str(found.refusal["text"])
    met, is_all = _closures(walk, sites, found.flights[0] if found.flights else None, context)
    notes = [*([_THROUGH] if found.through else []), *([] if is_all else [closures_met.MORE])]
    return _document(sites, nearest, refusal, list(map(context.say, notes)), context, met)


def _closures(walk: Walk, sites: Sites, best: Flight | None, context: Context) -> tuple[list[dict[str, Any]], bool]:
    """The closures that have to do with the way, or with that there is none; whether these are all."""
    under = walk.now.under
    if under is None or not under.closures:
        return [], True
    # The way without closures, under conditions that are kept: mostly none lies on it, and that is all there is to say.
    free, _ = replace(walk, now=context.roads.without_closures(walk.now)).to(sites.offered, 1, briefly=True)
    if free and best is not None and not under.on(walk.now.topology.network.stretch[free[0].way.edges]):
        off = NOTHING
    else:
        off = kept_off(walk, sites.offered, best, lambda: context.roads.without_closures(walk.now))
    if best is None:
        return closures_met.documents(walk.now, {Effect.IN_THE_WAY: off.closures}, context), off.complete
    through = gone_through(walk.now, best.way)
    effects = {Effect.CROSSED: through, Effect.AVOIDED: off.closures - through}
    return closures_met.documents(walk.now, effects, context), off.complete


def _document(
    sites: Sites,
    nearest: list[dict[str, Any]],
    refusal: str | None,
    notes: Sequence[str],
    context: Context,
    closures: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    return {
        "designated": len(sites.designated),
        "unknown": sites.unknown,
        "closed": [{"name": each.name, "text": each.status.text(context.language)} for each in sites.closed],
        "nearest": nearest,
        "refusal": refusal,
        "closures": list(closures),
        "notes": list(notes),
    }


def _entry(site: Site, walk: dict[str, Any] | None, walker: Walker, context: Context) -> dict[str, Any]:
    straight_m = round(walker.straight_m(context, site), 1)
    return {"site": site.document(context), "straight_m": straight_m, "walk": walk}


def _walk(flight: Flight, walk: Walk, hazard: str, walker: Walker, context: Context) -> dict[str, Any]:
    length, steps, slope = walker.told(flight, walk, context)
    arrival = arrival_document(flight, START_DELAY_S, hazard, context)
    seconds = flight.seconds
    return {
        "minutes": minutes(seconds),
        "travel_time_s": round(seconds, 1),
        "length_m": length,
        "in_zone_m": round(flight.in_zone_m, 1),
        "unknown_m": round(flight.unknown_m, 1),
        "before": told_before(flight, length, context),
        "steps": steps,
        "behind": told_behind(flight, slope, None if arrival is None else arrival["text"], walk, context),
    }

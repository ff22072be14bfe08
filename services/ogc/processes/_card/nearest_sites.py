"""The sites of one hazard that are reached first from a place, with the way there in words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from geo.travel.met import gone_through
from layers.text import Text
from services.ogc.errors import UnanswerableError
from services.ogc.processes._card.telling import WALK, tenths
from services.ogc.processes._card.walker import Walker
from services.ogc.processes._evacuation.answering import answered
from services.ogc.processes._evacuation.closures import kept_off
from services.ogc.processes._evacuation.sites import SITE, Site, Sites
from services.ogc.processes._evacuation.ways import Flight, Walk
from services.ogc.processes._model import Context, or_null
from services.ogc.processes._on_roads import closures_met
from services.ogc.processes._on_roads.avoiding import Effect
from services.ogc.processes._on_roads.met import NOTHING

MOST = 3
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
                    "walk": or_null(WALK),
                },
            },
        },
        "refusal": or_null({"type": "string"}),
        "closures": closures_met.SCHEMA,
        "notes": {"type": "array", "items": {"type": "string"}},
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


def nearest_sites(hazard: str, walker: Walker) -> dict[str, Any]:
    """The sites that are designated for a hazard and reached first."""
    context = walker.context
    try:
        sites = walker.sites(hazard)
    except UnanswerableError:
        return _document(Sites((), 0, 0), [], context, refusal=context.say(_NO_SITES))
    if walker.roads is None:
        chosen = sorted(sites.offered.every, key=walker.straight_m)[:MOST]
        nearest = [_entry(site, None, walker) for site in chosen]
        return _document(sites, nearest, context, notes=[_NO_WAY_KNOWN] if nearest else [])
    walk, teller = walker.walk(hazard), walker.teller
    found = answered(walk, sites, MOST, hazard, context, briefly=True)
    first: dict[str, Flight] = {}
    for each in found.flights:
        first.setdefault(each.site.id, each)
    nearest = [_entry(flight.site, teller.walk(flight, hazard), walker) for flight in first.values()]
    refusal = None if found.refusal is None else str(found.refusal["text"])
    met, is_all = _closures(walk, sites, found.flights[0] if found.flights else None, context)
    notes = [*([_THROUGH] if found.through else []), *([] if is_all else [closures_met.MORE])]
    return _document(sites, nearest, context, refusal=refusal, notes=notes, closures=met)


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
    context: Context,
    *,
    refusal: str | None = None,
    notes: Sequence[Text] = (),
    closures: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    return {
        "designated": len(sites.designated),
        "unknown": sites.unknown,
        "closed": [{"name": each.name, "text": each.status.text(context.language)} for each in sites.closed],
        "nearest": nearest,
        "refusal": refusal,
        "closures": list(closures),
        "notes": list(map(context.say, notes)),
    }


def _entry(site: Site, walk: dict[str, Any] | None, walker: Walker) -> dict[str, Any]:
    return {"site": site.document(walker.context), "straight_m": tenths(walker.straight_m(site)), "walk": walk}

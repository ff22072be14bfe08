"""evacuation-route: on foot to a site that is designated for a hazard, out of its zones, or why there is no way."""

from math import isinf
from typing import Any

from geo.evacuation.zones import usual_pace_mps
from geo.travel.conditions import Conditions
from layers import emergency_sites, site_status
from layers.advice import State
from layers.text import Text
from services.ogc.processes import _place
from services.ogc.processes._evacuation.answer import FLIGHT, REFUSAL, flight_document
from services.ogc.processes._evacuation.answering import Answered, answered
from services.ogc.processes._evacuation.closures import kept_off
from services.ogc.processes._evacuation.known_sites import sites_now
from services.ogc.processes._evacuation.pace import PACE
from services.ogc.processes._evacuation.sites import HAZARDS, SITE, Sites
from services.ogc.processes._evacuation.ways import Walk, in_zones
from services.ogc.processes._evacuation.zones import SCHEMA as ZONES
from services.ogc.processes._evacuation.zones import Zones
from services.ogc.processes._model import LANGUAGE, Context, Input, Output, Process, Values, or_null
from services.ogc.processes._on_roads import avoiding, met
from services.ogc.processes._on_roads.closures_met import refused_by
from services.ogc.processes._on_roads.provenance import A_PLACE, PROVENANCE, provenance
from services.ogc.processes._sources import source_document

_MOST_ROUTES = 3
_PROFILES = ("walking", "wheelchair")

_PREFERRED_FACTOR = 1.25
_DAMAGE = Text(
    "建物の倒壊、夜間、混雑は考慮していない。避難先が開いているかは、市が示した情報のある場所だけ分かる。",
    "Collapsed buildings, night and crowds are not taken into account. Whether a site is open is known only where the "
    "city has said so.",
)
_STAY = Text(
    "市の避難情報と現地の指示を優先すること。",
    "What the city and the people on the spot say comes first.",
)
_THROUGH = Text(
    "区域を出たあとで再び区域に入る経路しかない。示しているのはその経路である。",
    "There are only ways that go back into a zone after leaving one: what is shown are such.",
)


def run(inputs: Values, context: Context) -> Values:
    """The ways to the sites that are reached first, or the refusal."""
    context = context.speaking(inputs.get("language"))
    hazard = inputs["hazard"]
    before = context.roads.conditions(inputs["profile"])
    now, areas = avoiding.applied(inputs, before, context)
    origin = _place.place_named("origin", inputs["origin"], context)
    zones = Zones.of(hazard, context)
    sites = sites_now(hazard, zones, context)
    state = zones.state_at(origin, context)
    is_inside = in_zones(zones, [(origin.lon, origin.lat)])[0]
    walk = Walk(
        now,
        zones,
        origin,
        inputs.get("pace_mps", usual_pace_mps(now)),
        is_inside,
        max_slope=inputs["max_slope_percent"] / 100 if "max_slope_percent" in inputs else now.profile.max_slope,
        preferred_factor=inputs["preferred_factor"],
    )
    found = answered(walk, sites, inputs["routes"], hazard, context)
    best = found.flights[0] if found.flights else None

    def open_() -> Conditions:
        return avoiding.applied(inputs, context.roads.without_closures(before), context)[0]

    off = kept_off(walk, sites.offered, best, open_)
    routes = [
        met.with_met(
            flight_document(each, walk, inputs["start_delay_s"], hazard, context),
            walk.now,
            each.way,
            off,
            context,
        )
        for each in found.flights
    ]
    return {
        "answer": {
            "hazard": {"id": hazard, "title": context.say(HAZARDS[hazard])},
            "origin": origin.document(),
            "pace_mps": walk.pace_mps,
            "max_slope_percent": None if isinf(walk.max_slope) else round(100 * walk.max_slope, 1),
            "zones": zones.document(state, context),
            "sites": {
                "designated": len(sites.designated),
                "not_designated": sites.not_designated,
                "unknown": sites.unknown,
                "reached": found.reached,
                "closed": [each.document(context) for each in sites.closed],
                "text": _counted(sites, context),
            },
            "routes": routes,
            "refusal": None if found.refusal is None else refused_by(found.refusal, walk.now, off, context),
            "met": areas,
            **_provenance(walk, found, state, met.notes(routes, off), context),
        }
    }


_CLOSED = Text("閉鎖されているため避難先に含めない: {names}。", " Closed, and not among them: {names}.")


def _counted(sites: Sites, context: Context) -> str:
    text = Text(
        "指定されている場所{designated}、指定されていない場所{not_designated}、記載がなく分からない場所{unknown}。"
        "分からない場所は避難先に含めない。",
        "Sites designated: {designated}; not designated: {not_designated}; not stated, so unknown: {unknown}. Those "
        "that are unknown are not among the sites to flee to.",
    )
    said = context.say(text).format(
        designated=len(sites.designated), not_designated=sites.not_designated, unknown=sites.unknown
    )
    if not sites.closed:
        return said
    names = ("、" if context.language == "ja" else ", ").join(each.name for each in sites.closed)
    return said + context.say(_CLOSED).format(names=names)


def _provenance(walk: Walk, found: Answered, state: State, on_way: list[Text], context: Context) -> dict[str, Any]:
    layers = [emergency_sites.LAYER, site_status.LAYER, *([] if walk.zones.layer is None else [walk.zones.layer])]
    sources = [source for layer in layers if (source := source_document(layer, context)) is not None]
    fictitious = walk.origin.fictitious or any(source["fictitious"] for source in sources)
    notes = [*([_THROUGH] if found.through else []), _DAMAGE, _STAY, *on_way]
    if walk.origin.error_m:
        notes.insert(
            0,
            Text(
                f"出発地は住所の町の代表点で、実際の位置は約{walk.origin.error_m:.0f}m以内とみられる。",
                f"The origin is the point of a town; the true place lies within some {walk.origin.error_m:.0f} m.",
            ),
        )
    if state is State.INSIDE and not walk.is_inside:
        notes.insert(
            0,
            Text("実際の位置は想定区域の中かもしれない。", "The true place of the origin may lie in a zone."),
        )
    document = provenance(walk.now, context, notes, fictitious=fictitious)
    return {**document, "sources": [*sources, *document["sources"]]}


PROCESS = Process(
    id="evacuation-route",
    version="1.0.0",
    title=Text("避難経路", "Evacuation route"),
    description=Text(
        "いまいる場所から、その災害の指定緊急避難場所まで歩く経路を、着くのが早い順に3つまで。その災害に指定された場所だけを"
        "避難先とし、公表された想定区域に入らない。区域の中にいる人は区域を出るまで中を通れる。速さは勾配による。車いすでは階段を"
        "通らず、急な坂を避ける。"
        "何階以上が対象か、津波の到達時間との差、地図なしで歩ける文も示す。",
        "Up to three ways on foot from a place to emergency evacuation sites, the one that is reached first in front. "
        "Only sites that are designated for the hazard, and no way enters a published zone of it; who is inside may go "
        "on inside until out. No stairs in a wheelchair. With the floor to go to, the margin to the tsunami, and a "
        "text that can be followed without a map.",
    ),
    keywords=("避難", "指定緊急避難場所", "津波", "evacuation", "route"),
    inputs={
        "origin": Input(title=Text("いまいる場所", "Origin"), description=A_PLACE, schema=_place.EITHER),
        "hazard": Input(
            title=Text("災害", "Hazard"),
            description=Text("何から逃げるか。", "What one flees from."),
            schema={"type": "string", "enum": list(HAZARDS)},
        ),
        "profile": Input(
            title=Text("移動のしかた", "On foot or in a wheelchair"),
            description=Text(
                "徒歩（1.0m/s、階段は0.5m/s）または車いす（0.5m/s、階段は通らない）。",
                "Walking (1.0 m/s, stairs 0.5 m/s) or in a wheelchair (0.5 m/s, no stairs).",
            ),
            schema={"type": "string", "enum": list(_PROFILES), "default": "walking"},
            required=False,
        ),
        "pace_mps": PACE,
        "max_slope_percent": Input(
            title=Text("勾配の上限", "Steepest slope"),
            description=Text(
                "これより急な区間（%）は、ほかに道がないときだけ通り、そう示す。省略すると車いすは8（道路移動等円滑化基準による"
                "歩道の縦断勾配の上限）、徒歩は上限なし。",
                "In per cent: what is steeper is gone over only where there is no other way, and is named. Where left "
                "out 8 in a wheelchair (the most that the Japanese standard for barrier-free roads allows of "
                "pavements), and none on foot.",
            ),
            schema={"type": "number", "minimum": 1, "maximum": 100},
            required=False,
        ),
        "preferred_factor": Input(
            title=Text("遠回りの限度", "Detour"),
            description=Text(
                "想定区域の外と分かっている場所だけを通る経路と、開設が分かっている避難先への経路は、最も早い経路のこの倍率の"
                "時間までなら先に示す。",
                "How many times as long as the soonest way one may take and still come first, where it keeps to ground "
                "known to be outside of the zones, or leads to a site known to be open.",
            ),
            schema={"type": "number", "minimum": 1, "maximum": 3, "default": _PREFERRED_FACTOR},
            required=False,
        ),
        "start_delay_s": Input(
            title=Text("避難開始まで", "Delay"),
            description=Text(
                "地震から避難を始めるまでの秒数。津波の到達時間と比べるときに使う。",
                "Seconds from the earthquake until one sets out; used against the arrival of a tsunami.",
            ),
            schema={"type": "number", "minimum": 0, "maximum": 86_400, "default": 300},
            required=False,
        ),
        "routes": Input(
            title=Text("経路の数", "Ways"),
            description=Text(
                "いくつまで求めるか。別の避難先への経路、避難先が足りなければ同じ避難先への別の経路。",
                "Up to how many: to different sites and, where there are too few, different ways to the first.",
            ),
            schema={"type": "integer", "minimum": 1, "maximum": _MOST_ROUTES, "default": _MOST_ROUTES},
            required=False,
        ),
        **avoiding.INPUTS,
        "language": LANGUAGE,
    },
    outputs={
        "answer": Output(
            title=Text("答え", "Answer"),
            description=Text("最も早く着く避難先が最初。", "The site that is reached first comes first."),
            schema={
                "type": "object",
                "required": ["hazard", "origin", "zones", "sites", "routes", "refusal", "met", *PROVENANCE],
                "properties": {
                    "hazard": {"type": "object", "required": ["id", "title"]},
                    "origin": _place.SCHEMA,
                    "pace_mps": {"type": "number"},
                    "max_slope_percent": or_null({"type": "number"}),
                    "zones": ZONES,
                    "sites": {
                        "type": "object",
                        "required": ["designated", "not_designated", "unknown", "reached", "closed", "text"],
                        "properties": {"closed": {"type": "array", "items": SITE}},
                    },
                    "routes": {"type": "array", "items": FLIGHT},
                    "refusal": or_null(REFUSAL),
                    "met": avoiding.MET,
                    **PROVENANCE,
                },
            },
        )
    },
    run=run,
    by_query=True,
    examples=({"origin": [135.3415, 34.7376], "hazard": "tsunami"},),
)

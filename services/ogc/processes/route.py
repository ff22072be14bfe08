"""route: the fastest way between two places for a vehicle now, step by step, or why there is none."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from geo.crs import STORAGE, transform_xy
from geo.routing.graph import Int32Array
from geo.travel.alternatives import alternatives
from geo.travel.conditions import Conditions
from geo.travel.finding import Way, fastest, stands
from geo.travel.met import KeptOff, Roads, closing
from geo.travel.refusal import why_not
from geo.travel.snapping import Snap
from layers.text import Text
from services.database.waiting import require_thread
from services.ogc.processes import _place
from services.ogc.processes._model import LANGUAGE, Context, Input, Output, Process, Values, or_null
from services.ogc.processes._on_roads import avoiding, met
from services.ogc.processes._on_roads.avoiding import MET, Avoided
from services.ogc.processes._on_roads.closures_met import named
from services.ogc.processes._on_roads.provenance import (
    A_PLACE,
    FREE_FLOW,
    PROFILE,
    PROVENANCE,
    REACH_M,
    near,
    provenance,
)
from services.ogc.processes._on_roads.route_answer import (
    REFUSAL,
    ROUTE,
    nearest_document,
    off_the_network,
    refusal_document,
    route_document,
)
from services.ogc.processes._on_roads.slope import SCHEMA as SLOPE
from services.ogc.processes._on_roads.slope import Slope, with_slope

_NEAR = 6
"""So many stretches near a place are tried where no way leads from the nearest."""

_STEPS = "steps"
_DETAILS = (_STEPS, *met.OPTIONAL)
"""Members of a route that who asks may do without."""

_DOUBTFUL = Text(
    "幅員などが不明で、通れるか確かでない区間がある。",
    "Some stretches may not be passable: what is known of their width is not enough.",
)


def run(inputs: Values, context: Context) -> Values:
    """The routes, or the refusal."""
    context = context.speaking(inputs.get("language"))
    if inputs["alternatives"]:
        require_thread()
    now = context.roads.conditions(inputs["profile"])
    origin = _place.place_named("origin", inputs["origin"], context)
    destination = _place.place_named("destination", inputs["destination"], context)
    avoided = Avoided.of(inputs, now)
    ends = _Ends(origin, destination)
    found, refusal, areas = _answered(now, avoided, ends, inputs, context)
    off = _kept_off(found[0], avoided, ends, inputs, context) if found else met.NOTHING
    routes = [_document(each, off, inputs["details"], context) for each in found or ()]
    notes = [FREE_FLOW] if routes else []
    if any(route["doubts"] for route in routes):
        notes.append(_DOUBTFUL)
    notes += met.notes(routes, off)
    fictitious = origin.fictitious or destination.fictitious or met.is_fictitious(routes)
    return {
        "answer": {
            "origin": origin.document(),
            "destination": destination.document(),
            "routes": routes,
            "refusal": refusal,
            "met": areas,
            **provenance(now, context, notes, fictitious=fictitious),
        }
    }


class _Ends(NamedTuple):
    """The places that are asked for; of an answer in their names."""

    origin: _place.Place
    destination: _place.Place


class _Found(NamedTuple):
    """A way, the conditions it was found on, and where it leaves and reaches the road."""

    way: Way
    now: Conditions
    start: Snap
    end: Snap


def _document(found: _Found, off: KeptOff, details: Sequence[str], context: Context) -> dict[str, Any]:
    now, way = found.now, found.way
    plain = route_document(now, way, found.start, found.end, context.language, steps=_STEPS in details)
    document = met.with_met(plain, now, way, off, context, details)
    return document if now.profile.drives else with_slope(document, Slope(now, way, now.profile.max_slope), context)


def _answered(
    now: Conditions, avoided: Avoided | None, ends: _Ends, inputs: Values, context: Context
) -> tuple[list[_Found] | None, dict[str, Any] | None, list[dict[str, Any]]]:
    """The ways, or why there is none; and what areas of the request have to do with it."""
    if avoided is None:
        found = _found(now, ends, inputs)
        return found, None if found else _refused(now, ends, context).document, []
    require_thread()
    areas = avoided.found
    # Where none is found without turning back before an area, one may be with it.
    found = _found(areas.on, ends, inputs, areas.raised) or _found(areas.settled, ends, inputs)
    if found:
        plain = _found(now, ends, {**inputs, "alternatives": 0})
        effects = avoided.effects_on(found[0].way, plain[0].way if plain else None)
        return found, None, avoided.documents(effects, context, ends._asdict())
    refused = _refused(areas.settled, ends, context)
    return None, *avoided.refused(*refused, context, ends._asdict())


def _kept_off(best: _Found, avoided: Avoided | None, ends: _Ends, inputs: Values, context: Context) -> KeptOff:
    """The closures that the best way keeps off."""
    alone = {**inputs, "alternatives": 0}

    def open_() -> Roads:
        without = context.roads.without_closures(best.now)
        return Roads(without) if avoided is None else avoided.again(without)

    def find(roads: Roads) -> Way | None:
        found = _found(roads.on, ends, alone, roads.raised)
        return found[0].way if found else None

    return met.closures_kept_off(Roads(best.now), open_, best.way, find)


def _found(now: Conditions, ends: _Ends, inputs: Values, raised: Int32Array | None = None) -> list[_Found] | None:
    starts, goals = near(now, ends.origin), near(now, ends.destination)
    if not (starts and goals):
        return None
    found = _ways(now, starts[0], goals[0], inputs, raised)
    if not found:
        # The nearest stretch may be of an island: the next ones lead farther.
        pairs = [(start, end) for start in near(now, ends.origin, _NEAR) for end in near(now, ends.destination, _NEAR)]
        for start, end in sorted(pairs, key=lambda pair: pair[0].distance_m + pair[1].distance_m):
            if found := _ways(now, start, end, inputs, raised):
                break
    return found or None


def _ways(now: Conditions, start: Snap, end: Snap, inputs: Values, raised: Int32Array | None) -> list[_Found]:
    starts, goals = stands(now, start, inputs.get("heading_deg")), stands(now, end)
    best = fastest(now, starts, goals, raised)
    if best is None:
        return []
    most = inputs["alternatives"]
    others = alternatives(now, best, starts, goals, most, raised) if most else []
    return [_Found(way, now, start, end) for way in (best, *others)]


class _Refused(NamedTuple):
    """Why there is no way, the edges that are in it, and the place that has no road near it."""

    document: dict[str, Any]
    in_the_way: Int32Array
    off: _place.Place | None


def _refused(now: Conditions, ends: _Ends, context: Context) -> _Refused:
    require_thread()
    open_ = context.roads.without_closures(now) if now.under is not None else None
    starts, goals = (near(now, place, _NEAR) for place in ends)
    origins = [stand for snap in starts for stand in stands(now, snap)]
    edges = [edge for snap in goals for edge in now.topology.edges_of(snap.stretch).tolist()]
    wanted = transform_xy(ends.destination.lon, ends.destination.lat, STORAGE, now.topology.network.plane)
    refusal = why_not(now, origins, wanted, edges, open_)
    if not (origins and goals):
        name = "destination" if origins else "origin"
        off: _place.Place = getattr(ends, name)
        nearest = nearest_document(now, refusal.nearest_node, ends.destination)
        document = {**off_the_network(name, REACH_M, context.language), "nearest": nearest}
        return _Refused(named(document, now, _closed_near(now, open_, off), context), refusal.in_the_way, off)
    document = refusal_document(now, refusal, ends.destination, context.language)
    ids = [each for stretch in document["in_the_way"] for each in stretch["closures"]]
    return _Refused(named(document, now, ids, context), refusal.in_the_way, None)


def _closed_near(now: Conditions, open_: Conditions | None, place: _place.Place) -> list[str]:
    """Ids of the closures but for which there would be a road near a place."""
    return [each for snap in (near(open_, place, _NEAR) if open_ else ()) for each in closing(now.under, snap.stretch)]


PROCESS = Process(
    id="route",
    version="1.0.0",
    title=Text("経路", "Route"),
    description=Text(
        "2つの位置または住所の間を、その車両がいま最も速く行ける経路。所要時間、長さ、曲がる場所と道路の名前、通れるか"
        "確かでない区間、避けた通行止め、通る災害の想定区域、余裕の少ない幅と高さの制限を示す。経路がないときは、その理由と、"
        "目的地に最も近い到達できる場所を示す。",
        "The fastest way of a vehicle between two positions or addresses now: time, length, turns with names of roads, "
        "stretches that may not be passable, closures kept off, hazard zones on the way, and limits of width "
        "and height with little to spare. Where there is none: why, and the nearest place that can be reached.",
    ),
    keywords=("経路", "消防", "route", "routing", "navigation"),
    inputs={
        "origin": Input(title=Text("出発地", "Origin"), description=A_PLACE, schema=_place.EITHER),
        "destination": Input(title=Text("目的地", "Destination"), description=A_PLACE, schema=_place.EITHER),
        "profile": PROFILE,
        "alternatives": Input(
            title=Text("別の経路", "Alternatives"),
            description=Text(
                "最も速い経路と実際に異なる経路をいくつまで求めるか。",
                "Up to how many other ways that differ for real.",
            ),
            schema={"type": "integer", "minimum": 0, "maximum": 2, "default": 0},
            required=False,
        ),
        "heading_deg": Input(
            title=Text("向き", "Heading"),
            description=Text(
                "出発時に車両が向いている方位（北から時計回りの度）。",
                "Where the vehicle faces at the start, degrees clockwise from north.",
            ),
            schema={"type": "number", "minimum": 0, "maximum": 360},
            required=False,
        ),
        "details": Input(
            title=Text("詳細", "Details"),
            description=Text(
                "経路ごとに示す詳細。省略するとすべて。除いたものは答えに入らない。ないという意味ではない。",
                "What is told of each route; all of it where left out. What is not asked for is not told, which does "
                "not mean that there is none.",
            ),
            schema={
                "type": "array",
                "items": {"type": "string", "enum": [*_DETAILS]},
                "uniqueItems": True,
                "default": [*_DETAILS],
            },
            required=False,
        ),
        **avoiding.INPUTS,
        "language": LANGUAGE,
    },
    outputs={
        "answer": Output(
            title=Text("答え", "Answer"),
            description=Text("最も速い経路が最初。", "The fastest route comes first."),
            schema={
                "type": "object",
                "required": ["origin", "destination", "routes", "refusal", "met", *PROVENANCE],
                "properties": {
                    "origin": _place.SCHEMA,
                    "destination": _place.SCHEMA,
                    "routes": {
                        "type": "array",
                        "items": {
                            **ROUTE,
                            "required": [each for each in (*ROUTE["required"], *met.ON_WAY) if each not in _DETAILS],
                            "properties": {**ROUTE["properties"], **met.ON_WAY, "slope": SLOPE},
                        },
                    },
                    "refusal": or_null(REFUSAL),
                    "met": MET,
                    **PROVENANCE,
                },
            },
        )
    },
    run=run,
    by_query=True,
    brief=True,
    examples=({"origin": [135.3415, 34.7376], "destination": [135.3618, 34.7214], "alternatives": 1},),
)

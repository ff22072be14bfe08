"""route: the fastest way between two places for a vehicle now, step by step, or why there is none."""

from typing import Any

from geo.crs import STORAGE, transform_xy
from geo.travel.alternatives import alternatives
from geo.travel.conditions import Conditions
from geo.travel.finding import fastest, stands
from geo.travel.refusal import why_not
from geo.travel.snapping import Snap
from layers.text import Text
from services.ogc.processes import _place
from services.ogc.processes._model import LANGUAGE, Context, Input, Output, Process, Values, or_null
from services.ogc.processes._roads import A_PLACE, FREE_FLOW, PROFILE, PROVENANCE, REACH_M, near, provenance
from services.ogc.processes._route_answer import (
    REFUSAL,
    ROUTE,
    off_the_network,
    refusal_document,
    route_document,
)

_NEAR = 6
"""So many stretches near a place are tried where no way leads from the nearest."""

_DOUBTFUL = Text(
    "幅員などが不明で、通れるか確かでない区間がある。",
    "Some stretches may not be passable: what is known of their width is not enough.",
)


def run(inputs: Values, context: Context) -> Values:
    """The routes, or the refusal."""
    context = context.speaking(inputs.get("language"))
    now = context.roads.conditions(inputs["profile"])
    origin = _place.place_named("origin", inputs["origin"], context)
    destination = _place.place_named("destination", inputs["destination"], context)
    routes, refusal = _found(now, origin, destination, inputs, context.language)
    notes = [FREE_FLOW] if routes else []
    if any(route["doubts"] for route in routes):
        notes.append(_DOUBTFUL)
    fictitious = origin.fictitious or destination.fictitious
    return {
        "answer": {
            "origin": origin.document(),
            "destination": destination.document(),
            "routes": routes,
            "refusal": refusal,
            **provenance(now, context, notes, fictitious=fictitious),
        }
    }


def _found(
    now: Conditions, origin: _place.Place, destination: _place.Place, inputs: Values, language: str
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """The routes; without any, why."""
    starts, ends = near(now, origin), near(now, destination)
    for name, found in (("origin", starts), ("destination", ends)):
        if not found:
            return [], off_the_network(name, REACH_M, language)
    routes = _routes(now, starts[0], ends[0], inputs, language)
    if not routes:
        # The nearest stretch may be of an island: the next ones lead farther.
        pairs = [(start, end) for start in near(now, origin, _NEAR) for end in near(now, destination, _NEAR)]
        for start, end in sorted(pairs, key=lambda pair: pair[0].distance_m + pair[1].distance_m):
            if routes := _routes(now, start, end, inputs, language):
                break
    return routes, None if routes else _refused(now, starts[0], ends[0], destination, language)


def _routes(now: Conditions, start: Snap, end: Snap, inputs: Values, language: str) -> list[dict[str, Any]]:
    starts, goals = stands(now, start, inputs.get("heading_deg")), stands(now, end)
    best = fastest(now, starts, goals)
    if best is None:
        return []
    others = alternatives(now, best, starts, goals, inputs["alternatives"]) if inputs["alternatives"] else []
    return [route_document(now, way, start, end, language) for way in (best, *others)]


def _refused(now: Conditions, start: Snap, end: Snap, destination: _place.Place, language: str) -> dict[str, Any]:
    goals = now.topology.edges_of(end.stretch).tolist()
    wanted = transform_xy(destination.lon, destination.lat, STORAGE, now.topology.network.plane)
    return refusal_document(now, why_not(now, stands(now, start), wanted, goals), destination, language)


PROCESS = Process(
    id="route",
    version="1.0.0",
    title=Text("経路", "Route"),
    description=Text(
        "2つの位置または住所の間を、その車両がいま最も速く行ける経路。所要時間、長さ、曲がる場所と道路の名前、通れるか"
        "確かでない区間を示す。経路がないときは、その理由と、目的地に最も近い到達できる場所を示す。",
        "The fastest way of a vehicle between two positions or addresses now: time, length, turns with names of roads, "
        "and stretches that may not be passable. Where there is none: why, and the nearest place that can be reached.",
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
        "language": LANGUAGE,
    },
    outputs={
        "answer": Output(
            title=Text("答え", "Answer"),
            description=Text("最も速い経路が最初。", "The fastest route comes first."),
            schema={
                "type": "object",
                "required": ["origin", "destination", "routes", "refusal", *PROVENANCE],
                "properties": {
                    "origin": _place.SCHEMA,
                    "destination": _place.SCHEMA,
                    "routes": {"type": "array", "items": ROUTE},
                    "refusal": or_null(REFUSAL),
                    **PROVENANCE,
                },
            },
        )
    },
    run=run,
    examples=({"origin": [135.3415, 34.7376], "destination": [135.3618, 34.7214], "alternatives": 1},),
)

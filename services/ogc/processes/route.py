"""route: the fastest way between two places for a vehicle now, step by step, or why there is none."""

from typing import Any

from geo.travel.conditions import Conditions
from geo.travel.met import Roads
from layers.text import Text
from services.database.waiting import require_thread
from services.ogc.processes import _place
from services.ogc.processes._model import LANGUAGE, Context, Input, Output, Process, Values, or_null
from services.ogc.processes._on_roads import avoiding, met
from services.ogc.processes._on_roads.avoiding import MET, Avoided
from services.ogc.processes._on_roads.between import (
    DETAILS,
    Ends,
    Found,
    document,
    kept_off,
    notes,
    refused,
    ways_between,
)
from services.ogc.processes._on_roads.provenance import A_PLACE, PROFILE, PROVENANCE, provenance
from services.ogc.processes._on_roads.route_answer import REFUSAL, ROUTE
from services.ogc.processes._on_roads.slope import SCHEMA as SLOPE


def run(inputs: Values, context: Context) -> Values:
    """The routes, or the refusal."""
    context = context.speaking(inputs.get("language"))
    if inputs["alternatives"]:
        require_thread()
    now = context.roads.conditions(inputs["profile"])
    origin = _place.place_named("origin", inputs["origin"], context)
    destination = _place.place_named("destination", inputs["destination"], context)
    avoided = Avoided.of(inputs, now)
    ends, heading_deg = Ends(origin, destination), inputs.get("heading_deg")
    found, refusal, areas = _answered(now, avoided, ends, inputs, context)
    again = Roads if avoided is None else avoided.again
    off = kept_off(found[0], ends, context, heading_deg, again) if found else met.NOTHING
    routes = [document(each, off, context, inputs["details"]) for each in found or ()]
    fictitious = origin.fictitious or destination.fictitious or met.is_fictitious(routes)
    return {
        "answer": {
            "origin": origin.document(),
            "destination": destination.document(),
            "routes": routes,
            "refusal": refusal,
            "met": areas,
            **provenance(now, context, notes(routes, off), fictitious=fictitious),
        }
    }


def _answered(
    now: Conditions, avoided: Avoided | None, ends: Ends, inputs: Values, context: Context
) -> tuple[list[Found] | None, dict[str, Any] | None, list[dict[str, Any]]]:
    """The ways, or why there is none; and what areas of the request have to do with it."""
    heading_deg, others = inputs.get("heading_deg"), inputs["alternatives"]
    if avoided is None:
        found = ways_between(now, ends, heading_deg, others=others)
        return found, None if found else refused(now, ends, context).document, []
    require_thread()
    areas = avoided.found
    # Where none is found without turning back before an area, one may be with it.
    found = ways_between(areas.on, ends, heading_deg, areas.raised, others=others) or ways_between(
        areas.settled, ends, heading_deg, others=others
    )
    if found:
        plain = ways_between(now, ends, heading_deg)
        effects = avoided.effects_on(found[0].way, plain[0].way if plain else None)
        return found, None, avoided.documents(effects, context, ends._asdict())
    return None, *avoided.refused(*refused(areas.settled, ends, context), context, ends._asdict())


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
                "items": {"type": "string", "enum": [*DETAILS]},
                "uniqueItems": True,
                "default": [*DETAILS],
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
                            "required": [each for each in (*ROUTE["required"], *met.ON_WAY) if each not in DETAILS],
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

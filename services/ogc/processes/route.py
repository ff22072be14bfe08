"""route: the fastest way between two places for a vehicle now, step by step, or why there is none."""

from typing import Any

from geo.crs import STORAGE, transform_xy
from geo.network.profiles import PROFILES
from geo.travel.alternatives import alternatives
from geo.travel.conditions import Conditions
from geo.travel.finding import Stand, fastest, stands
from geo.travel.refusal import why_not
from geo.travel.snapping import Snap
from layers import roads as road_layer
from layers.text import Text
from services.ogc.processes import _place
from services.ogc.processes._model import LANGUAGE, Context, Input, Output, Process, Values, or_null
from services.ogc.processes._route_answer import (
    REFUSAL,
    ROUTE,
    off_the_network,
    refusal_document,
    route_document,
)

_A_PLACE = Text("経度と緯度（度）、GeoJSONのPoint、または住所。", "Longitude and latitude, a Point, or an address.")
REACH_M = 500.0
"""How far from a road a place may lie."""
_NEAR = 6
"""So many stretches near a place are tried where no way leads from the nearest."""

_FICTITIOUS = Text(
    "架空の道路による経路である。実際の判断には使わないこと。",
    "The roads are fictitious. Do not use this route for real decisions.",
)
_BEFORE = Text(
    "道路データが更新され、道路網を作り直している。これは更新前の道路による経路である。",
    "The roads were updated and the network is being rebuilt; this route is on the roads before.",
)
_FREE_FLOW = Text(
    "所要時間は、渋滞や信号を含まない、道路の種別ごとの標準的な速さによる。",
    "Times are of usual speeds by class of road, without congestion and signals.",
)
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
    state = context.layers.state(road_layer.LAYER.id)
    fictitious = (state is not None and state.fictitious) or origin.fictitious or destination.fictitious
    return {
        "answer": {
            "origin": origin.document(),
            "destination": destination.document(),
            "vehicle": _vehicle(now, context),
            "routes": routes,
            "refusal": refusal,
            "as_of": None if state is None or state.oldest is None else state.oldest.isoformat(),
            "attribution": road_layer.LAYER.attribution.in_language(context.language),
            "licence": road_layer.LAYER.licence.id,
            "fictitious": fictitious,
            "notes": [context.say(note) for note in _notes(routes, context, fictitious=fictitious)],
        }
    }


def _found(
    now: Conditions, origin: _place.Place, destination: _place.Place, inputs: Values, language: str
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """The routes; without any, why."""
    # The nearest stretches, unless they are of an island: then the next ones, which lead farther.
    for most in (1, _NEAR):
        starts, ends = (_near(now, place, most) for place in (origin, destination))
        for name, found in (("origin", starts), ("destination", ends)):
            if not found:
                return [], off_the_network(name, REACH_M, language)
        pairs = [(start, end) for start in starts for end in ends]
        for start, end in sorted(pairs, key=lambda pair: pair[0].distance_m + pair[1].distance_m):
            routes = _routes(now, start, end, inputs, language)
            if routes:
                return routes, None
    return [], _refused(now, starts[0], ends[0], destination, language)


def _near(now: Conditions, place: _place.Place, most: int) -> list[Snap]:
    return now.topology.places.near(place.lon, place.lat, now.usable, REACH_M, most)


def _routes(now: Conditions, start: Snap, end: Snap, inputs: Values, language: str) -> list[dict[str, Any]]:
    starts, goals = stands(now, start, inputs.get("heading_deg")), stands(now, end)
    best = fastest(now, starts, goals)
    if best is None:
        return []
    others = alternatives(now, best, starts, goals, inputs["alternatives"]) if inputs["alternatives"] else []
    return [route_document(now, way, start, end, language) for way in (best, *others)]


def _refused(now: Conditions, start: Snap, end: Snap, destination: _place.Place, language: str) -> dict[str, Any]:
    starts: list[Stand] = stands(now, start)
    goals = now.topology.edges_of(end.stretch).tolist()
    wanted = transform_xy(destination.lon, destination.lat, STORAGE, now.topology.network.plane)
    return refusal_document(now, why_not(now, starts, wanted, goals), destination, language)


def _vehicle(now: Conditions, context: Context) -> dict[str, Any]:
    profile = now.profile
    return {
        "id": profile.id,
        "title": profile.title_ja if context.language == "ja" else profile.title_en,
        "width_m": profile.width_m,
        "height_m": profile.height_m,
        "mass_t": profile.mass_t,
        "min_road_width_m": profile.min_road_width_m,
        "wading_depth_m": profile.wading_depth_m,
    }


def _notes(routes: list[dict[str, Any]], context: Context, *, fictitious: bool) -> list[Text]:
    found = [_FREE_FLOW] if routes else []
    if any(route["doubts"] for route in routes):
        found.append(_DOUBTFUL)
    if not context.roads.is_current():
        found.append(_BEFORE)
    if fictitious:
        found.append(_FICTITIOUS)
    return found


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
        "origin": Input(
            title=Text("出発地", "Origin"),
            description=_A_PLACE,
            schema=_place.EITHER,
        ),
        "destination": Input(
            title=Text("目的地", "Destination"),
            description=_A_PLACE,
            schema=_place.EITHER,
        ),
        "profile": Input(
            title=Text("車両", "Vehicle"),
            description=Text(
                "車両の種類、徒歩、車いすなど。通れる幅員、高さ、重さ、水深と速さが決まる。",
                "Kind of vehicle, walking, wheelchair: it says what roads it needs and how fast it goes.",
            ),
            schema={"type": "string", "enum": list(PROFILES), "default": "pumper"},
            required=False,
        ),
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
                "required": ["origin", "destination", "vehicle", "routes", "refusal", "as_of", "fictitious", "notes"],
                "properties": {
                    "origin": _place.SCHEMA,
                    "destination": _place.SCHEMA,
                    "vehicle": {"type": "object", "required": ["id", "title"]},
                    "routes": {"type": "array", "items": ROUTE},
                    "refusal": or_null(REFUSAL),
                    "as_of": or_null({"type": "string", "format": "date"}),
                    "attribution": {"type": "string"},
                    "licence": {"type": "string"},
                    "fictitious": {"type": "boolean"},
                    "notes": {"type": "array", "items": {"type": "string"}},
                },
            },
        )
    },
    run=run,
    examples=({"origin": [135.3415, 34.7376], "destination": [135.3618, 34.7214], "alternatives": 1},),
)

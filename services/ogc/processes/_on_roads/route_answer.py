"""A way on the network as the document of a route, and why there is none."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from geo.crs import STORAGE, transform_xy
from geo.network.model import RoadNetwork
from geo.network.rules import Rule
from geo.routing.graph import UNITS_PER_SECOND
from geo.travel.conditions import Conditions
from geo.travel.finding import Way
from geo.travel.met import closing
from geo.travel.refusal import Refusal
from geo.travel.snapping import Snap
from geo.travel.steps import Maneuver, length_m, shape_of, steps_of
from layers.text import Text
from services.ogc.processes._model import or_null
from services.ogc.processes._on_roads.closures_met import SCHEMA as CLOSURES
from services.ogc.processes._on_roads.route_words import instruction, road_name
from services.ogc.processes._place import Place

_DIGITS = 7
POSITION = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_PLACE = {
    "type": "object",
    "required": ["position", "distance_m"],
    "properties": {"position": POSITION, "distance_m": {"type": "number", "minimum": 0}},
}
_STRETCH: Mapping[str, Any] = {
    "type": "object",
    "required": ["rule", "text", "way", "name", "length_m", "position"],
    "properties": {
        "rule": {"type": "string", "enum": [rule.id for rule in Rule]},
        "text": {"type": "string"},
        "way": {"type": "string"},
        "name": or_null({"type": "string"}),
        "length_m": {"type": "number", "minimum": 0},
        "position": POSITION,
    },
}
ROUTE: Mapping[str, Any] = {
    "type": "object",
    "required": ["geometry", "length_m", "travel_time_s", "start", "end", "steps", "doubts"],
    "properties": {
        "geometry": {
            "type": "object",
            "required": ["type", "coordinates"],
            "properties": {
                "type": {"type": "string", "enum": ["LineString"]},
                "coordinates": {"type": "array", "items": POSITION, "minItems": 2},
            },
        },
        "length_m": {"type": "number", "minimum": 0},
        "travel_time_s": {"type": "number", "minimum": 0},
        "start": _PLACE,
        "end": _PLACE,
        "steps": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["maneuver", "text", "road", "length_m", "travel_time_s", "position"],
                "properties": {
                    "maneuver": {"type": "string", "enum": [str(each) for each in Maneuver]},
                    "text": {"type": "string"},
                    "road": {"type": "string"},
                    "length_m": {"type": "number", "minimum": 0},
                    "travel_time_s": {"type": "number", "minimum": 0},
                    "bearing_deg": or_null({"type": "number"}),
                    "position": POSITION,
                },
            },
        },
        "doubts": {"type": "array", "items": _STRETCH},
    },
}
"""Of a route in an output.

``start`` and ``end`` are where it leaves and reaches the road, and how far that is from the places asked for;
``doubts`` are stretches that may not be passable for all that is known.
"""
REFUSAL: Mapping[str, Any] = {
    "type": "object",
    "required": ["reason", "text", "in_the_way", "nearest"],
    "properties": {
        "reason": {"type": "string", "enum": ["off-the-network", "not-connected", "excluded", "turn-forbidden"]},
        "text": {"type": "string"},
        "in_the_way": {
            "type": "array",
            "items": {
                **_STRETCH,
                "required": [*_STRETCH["required"], "closures"],
                "properties": {**_STRETCH["properties"], "closures": {"type": "array", "items": {"type": "string"}}},
            },
        },
        "closures": CLOSURES,
        "nearest": or_null(_PLACE),
    },
}
"""Of why there is no way, and of the place nearest to the destination that can be reached.

Each stretch in the way has the rule that excludes it and, where that is a closure, the ids of all that mean it.
"""

_OFF = Text(
    "{place}から{reach:.0f}m以内に、この車両が通れる道路がない。",
    "There is no road for this vehicle within {reach:.0f} m of the {place}.",
)
_ENDS = {"origin": Text("出発地", "origin"), "destination": Text("目的地", "destination")}
_EXCLUDED = Text("この車両が通れない区間がある: {why}。", "There are stretches this vehicle may not use: {why}.")
_TURN = Text("曲がることのできない交差点がある。", "There is a turn that this vehicle may not make.")
_NO_NAME = Text("名前のない道 {way}", "unnamed road {way}")
_MORE = Text("ほか", "and others")
_MOST_NAMED = 4
_APART = Text("道路がつながっていない。", "The roads are not connected.")


def route_document(
    now: Conditions, way: Way, start: Snap, end: Snap, language: str, *, steps: bool = True
) -> dict[str, Any]:
    """One route between two places on the network, with its steps or without."""
    network = now.topology.network
    coordinates = np.round(shape_of(network, way), _DIGITS).tolist()
    if len(coordinates) == 1:  # from a place to itself
        coordinates *= 2
    found = {
        "geometry": {"type": "LineString", "coordinates": coordinates},
        "length_m": round(length_m(network, way), 1),
        "travel_time_s": way.cost / UNITS_PER_SECOND,
        "start": _on_the_road(start),
        "end": _on_the_road(end),
    }
    if steps:
        found["steps"] = _steps(now, way, is_left(now, way, end), coordinates[0], coordinates[-1], language)
    found["doubts"] = _stretches(now, way.edges[now.impedance.doubt[way.edges] != 0].tolist(), language)
    return found


def is_left(now: Conditions, way: Way, end: Snap) -> bool:
    """On which side the destination lies for who arrives."""
    return end.left if now.topology.network.along[way.destination.edge] else not end.left


def _on_the_road(snap: Snap) -> dict[str, Any]:
    position = [round(snap.lon, _DIGITS), round(snap.lat, _DIGITS)]
    return {"position": position, "distance_m": round(snap.distance_m, 1)}


def _steps(
    now: Conditions, way: Way, left: bool, start: Sequence[float], end: Sequence[float], language: str
) -> list[dict[str, Any]]:
    network, steps = now.topology.network, steps_of(now, way)
    lon, lat, tail = network.lon, network.lat, network.graph.tail
    nodes = [tail.item(way.edges.item(step.first)) for step in steps[1:-1]]
    turns = [[round(lon.item(node), _DIGITS), round(lat.item(node), _DIGITS)] for node in nodes]
    return [
        {
            "maneuver": step.maneuver.value,
            "text": instruction(step, language, left=left),
            "road": road_name(step, language),
            "length_m": round(step.length_m, 1),
            "travel_time_s": round(step.duration_s, 1),
            "bearing_deg": None if step.bearing_deg is None else round(step.bearing_deg, 1),
            "position": position,
        }
        for step, position in zip(steps, [list(start), *turns, list(end)], strict=True)
    ]


def off_the_network(end: str, reach_m: float, language: str) -> dict[str, Any]:
    """The refusal where an end has no road near it."""
    text = _OFF.in_language(language).format(place=_ENDS[end].in_language(language), reach=reach_m)
    return {"reason": "off-the-network", "text": text, "in_the_way": [], "nearest": None}


def refusal_document(now: Conditions, refusal: Refusal, destination: Place, language: str) -> dict[str, Any]:
    """The refusal where no way leads to the destination."""
    edges = refusal.in_the_way.tolist()
    in_the_way = _stretches(now, edges, language, excluded=True)
    if in_the_way:
        reason, text = "excluded", _EXCLUDED.in_language(language).format(why=_where(in_the_way, language))
    elif len(refusal.turns):
        reason, text = "turn-forbidden", _TURN.in_language(language)
    else:
        reason, text = "not-connected", _APART.in_language(language)
    return {
        "reason": reason,
        "text": text,
        "in_the_way": in_the_way,
        "nearest": nearest_document(now, refusal.nearest_node, destination),
    }


def _where(stretches: Sequence[Mapping[str, Any]], language: str) -> str:
    """The rules in words, each with the roads that it excludes."""
    comma, brackets = ("、", "（{}）") if language == "ja" else (", ", " ({})")
    roads: dict[str, dict[str, None]] = {}
    for each in stretches:
        name = each["name"] or _NO_NAME.in_language(language).format(way=each["way"])
        roads.setdefault(each["text"], {})[name] = None
    said = []
    for rule, names in roads.items():
        first = [*list(names)[:_MOST_NAMED], *([_MORE.in_language(language)] if len(names) > _MOST_NAMED else [])]
        said.append(f"{rule}{brackets.format(comma.join(first))}")
    return comma.join(said)


def nearest_document(now: Conditions, node: int | None, destination: Place) -> dict[str, Any] | None:
    """A node of the network, and how far it is from the destination; None where there is none."""
    if node is None:
        return None
    network = now.topology.network
    x, y = transform_xy(destination.lon, destination.lat, STORAGE, network.plane)
    away = float(np.hypot(network.x[node] - x, network.y[node] - y))
    position = [round(float(network.lon[node]), _DIGITS), round(float(network.lat[node]), _DIGITS)]
    return {"position": position, "distance_m": round(away, 1)}


def _stretches(now: Conditions, edges: Iterable[int], language: str, *, excluded: bool = False) -> list[dict[str, Any]]:
    network = now.topology.network
    found = []
    for edge in edges:
        code = int((now.impedance.rule if excluded else now.impedance.doubt)[edge])
        if not code:
            continue
        rule, way = Rule(code), int(network.stretches.way[network.stretch[edge]])
        found.append(
            {
                "rule": rule.id,
                "text": rule.ja if language == "ja" else rule.en,
                "way": str(network.ways.id[way]),
                "name": network.ways.name.at(way),
                "length_m": round(float(network.stretches.length_m[network.stretch[edge]]), 1),
                "position": position_of(network, edge),
                **({"closures": _closing(now, edge, rule)} if excluded else {}),
            }
        )
    return found


def _closing(now: Conditions, edge: int, rule: Rule) -> list[str]:
    is_by_closure = rule in (Rule.CLOSED, Rule.WADING_DEPTH)
    return closing(now.under, int(now.topology.network.stretch[edge])) if is_by_closure else []


def position_of(network: RoadNetwork, edge: int) -> list[float]:
    """Longitude and latitude of where an edge begins."""
    lon, lat = network.points(edge)
    return [round(float(lon[0]), _DIGITS), round(float(lat[0]), _DIGITS)]

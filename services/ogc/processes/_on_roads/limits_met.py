"""Limits of width and height along a way that leave the vehicle little room."""

from collections.abc import Mapping
from typing import Any

from geo.network.rules import Rule
from geo.travel.conditions import Conditions
from geo.travel.finding import Way
from geo.travel.limits import Limit, near_limits
from geo.travel.steps import lengths_m
from layers.text import Text
from services.ogc.processes._model import Context, or_null
from services.ogc.processes._on_roads.route_answer import POSITION, position_of

_KINDS = {
    Rule.TOO_NARROW: Text("幅", "width"),
    Rule.BARRIER_TOO_NARROW: Text("車止めの間の幅", "width between bollards"),
    Rule.TOO_LOW: Text("高さ制限", "height limit"),
    Rule.BARRIER_TOO_LOW: Text("高さ制限の枠", "height of a barrier"),
}
SCHEMA: Mapping[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["rule", "limit_m", "needed_m", "way", "name", "length_m", "position", "text"],
        "properties": {
            "rule": {"type": "string", "enum": [each.id for each in _KINDS]},
            "limit_m": {"type": "number", "minimum": 0},
            "needed_m": {"type": "number", "minimum": 0},
            "way": {"type": "string"},
            "name": or_null({"type": "string"}),
            "length_m": {"type": "number", "minimum": 0},
            "position": POSITION,
            "text": {"type": "string"},
        },
    },
}
"""Of near limits in an output, in the order of the way: the rule that excludes what is larger, what fits, what the
vehicle needs, and where it begins.
"""
_TEXT = Text("{road}の{kind}は{limit:g}m（必要{needed:g}m）。", "{road}: {kind} {limit:g} m (needed: {needed:g} m).")
_NO_NAME = Text("名前のない道", "An unnamed road")


def limits_on(now: Conditions, way: Way, context: Context) -> list[dict[str, Any]]:
    """The near limits along a way, as ``SCHEMA`` has them."""
    found = near_limits(now, way)
    if not found:
        return []
    lengths = lengths_m(now.topology.network, way)
    return [_document(now, way, each, float(lengths[each.first : each.behind].sum()), context) for each in found]


def _document(now: Conditions, way: Way, limit: Limit, length_m: float, context: Context) -> dict[str, Any]:
    network, edge = now.topology.network, int(way.edges[limit.first])
    row = int(network.stretches.way[network.stretch[edge]])
    name = network.ways.name.at(row)
    return {
        "rule": limit.rule.id,
        "limit_m": round(limit.limit_m, 2),
        "needed_m": round(limit.needed_m, 2),
        "way": str(network.ways.id[row]),
        "name": name,
        "length_m": round(length_m, 1),
        "position": position_of(network, edge),
        "text": context.say(_TEXT).format(
            road=name or context.say(_NO_NAME),
            kind=context.say(_KINDS[limit.rule]),
            limit=limit.limit_m,
            needed=limit.needed_m,
        ),
    }

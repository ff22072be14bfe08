"""The closed and flooded roads around a place, whether or not they have to do with a way; each with its times."""

from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE, transform_geometries, transform_geometry
from layers import road_closures
from layers.text import Text
from layers.translations import comma, gap
from services.ogc.processes._holding import Spell, as_of, clock, holding
from services.ogc.processes._model import Context, or_null
from services.ogc.processes._place import Place

REACH_M = 1_500.0
MOST = 5
_CLOSURE: Mapping[str, Any] = {
    "type": "object",
    "required": ["id", "name", "reason", "from", "until", "depth_m", "distance_m", "fictitious", "text"],
    "properties": {
        "id": {"type": "string"},
        "name": or_null({"type": "string"}),
        "reason": or_null({"type": "object", "required": ["id", "title"]}),
        "from": {"type": "string", "format": "date-time"},
        "until": or_null({"type": "string", "format": "date-time"}),
        "depth_m": or_null({"type": "number"}),
        "distance_m": {"type": "number", "minimum": 0},
        "fictitious": {"type": "boolean"},
        "text": {"type": "string"},
    },
}
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["known", "as_of", "near", "others", "text"],
    "properties": {
        "known": {"type": "boolean"},
        "as_of": {"type": "string", "format": "date-time"},
        "near": {"type": "array", "maxItems": MOST, "items": _CLOSURE},
        "others": {"type": "integer", "minimum": 0},
        "text": {"type": "string"},
    },
}
"""Of the closures that hold: the nearest within ``REACH_M``, and how many others hold in the city.

``known`` false: none is kept here.  ``until`` null: until further notice; ``depth_m`` null: simply closed.
"""

_NOT_KEPT = Text("通行止めがあるかどうかは、ここでは分からない。", "Whether any roads are closed is not known here.")
_NONE = Text(
    "{at}現在、近くの通行止めは確認されていない。確認されていない通行止めや冠水もあり得る。",
    "As of {at} no closure is known near here. There may be closed or flooded roads that are not known.",
)
_SOME = Text("{at}現在、近くで確認されている通行止め。", "Closures known near here as of {at}.")
_OTHERS = Text("ほかに市内で{count}件。", "{count} more in the city.")
_CLOSED = Text("通行止め", "Closed")
_FLOODED = Text("冠水、水深{depth:g}m", "Flooded, {depth:g} m deep")
_SINCE = Text("{at}から", "since {at}")
_UNTIL = Text("{at}まで", "until {at}")
_NO_END = Text("当分の間", "until further notice")


def closures_near(place: Place, context: Context) -> dict[str, Any]:
    """The closures around a place, the nearest first."""
    spells = holding(road_closures.LAYER, context)
    answer = {"as_of": as_of(context), "near": [], "others": 0}
    if spells is None:
        return {**answer, "known": False, "text": context.say(_NOT_KEPT)}
    away = _away(place, spells, context) if spells else []
    near = [(metres, each) for metres, each in away if metres <= REACH_M + place.error_m][:MOST]
    others = len(spells) - len(near)
    said = [context.say(_SOME if near else _NONE).format(at=clock(context.clock(), context))]
    if others:
        said.append(context.say(_OTHERS).format(count=others))
    return {
        **answer,
        "known": True,
        "near": [_closure(each, metres, context) for metres, each in near],
        "others": others,
        "text": gap(context.language).join(said),
    }


def _away(place: Place, spells: Sequence[Spell], context: Context) -> list[tuple[float, Spell]]:
    """All of them with their distance, the nearest first."""
    here = transform_geometry(shapely.Point(place.lon, place.lat), STORAGE, context.city.plane_crs)
    drawn = _in_plane(context)
    away = [(here.distance(drawn[each.feature.id]), each) for each in spells]
    return sorted(away, key=lambda pair: (pair[0], pair[1].feature.id))


def _in_plane(context: Context) -> Mapping[str, BaseGeometry]:
    """All closures by id, in metres: transformed once for each state of the layer."""
    layer = road_closures.LAYER.id

    def transformed() -> dict[str, BaseGeometry]:
        placed = [each for each in context.layers.features(layer) if each.geometry is not None]
        every = transform_geometries([each.geometry for each in placed], STORAGE, context.city.plane_crs)
        return {each.id: geometry for each, geometry in zip(placed, every, strict=True)}

    return context.layers.remember("closures in the plane", [layer], transformed)


def _closure(spell: Spell, distance_m: float, context: Context) -> dict[str, Any]:
    given = spell.feature.properties
    reason = road_closures.REASONS.by_value.get(given.get("reason") or "")
    depth = given.get("depth_m")
    what = context.say(_CLOSED) if depth is None else context.say(_FLOODED).format(depth=float(depth))
    since = context.say(_SINCE).format(at=clock(spell.begins, context))
    until = context.say(_NO_END) if spell.ends is None else context.say(_UNTIL).format(at=clock(spell.ends, context))
    title = None if reason is None else context.say(reason.title)
    is_said = depth is not None and reason is not None and reason.value == "flooding"
    return {
        "id": spell.feature.id,
        "name": given.get("name"),
        "reason": None if reason is None else {"id": reason.value, "title": title},
        "from": spell.begins.isoformat(),
        "until": None if spell.ends is None else spell.ends.isoformat(),
        "depth_m": depth,
        "distance_m": round(distance_m, 1),
        "fictitious": bool(given.get("fictitious")),
        "text": comma(context.language).join([what, *([] if title is None or is_said else [title]), since, until]),
    }

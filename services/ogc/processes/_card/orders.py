"""The evacuation orders that hold at a place, or in the city; and that none is known is never that there is none."""

from collections.abc import Mapping, Sequence
from typing import Any

from shapely.geometry.base import BaseGeometry

from layers import evacuation_orders
from layers.text import Text
from layers.translations import gap
from services.database.revisions import DatasetState
from services.ogc import rights
from services.ogc.processes._holding import Spell, as_of, clock, holding
from services.ogc.processes._model import Context, or_null
from services.ogc.processes._place import Place

_LEVELS = sorted(evacuation_orders.ACTIONS)
_ORDER: Mapping[str, Any] = {
    "type": "object",
    "required": [
        *("id", "level", "title", "action", "area", "hazard", "reason", "from", "until", "exercise", "certain"),
        *("issued_by", "source", "as_of", "position_quality", "fictitious"),
    ],
    "properties": {
        "id": {"type": "string"},
        "level": {"type": "integer", "enum": _LEVELS},
        "title": {"type": "string"},
        "action": {"type": "string"},
        "area": {"type": "string"},
        "hazard": or_null({"type": "object", "required": ["id", "title"]}),
        "reason": or_null({"type": "string"}),
        "from": {"type": "string", "format": "date-time"},
        "until": or_null({"type": "string", "format": "date-time"}),
        "exercise": {"type": "boolean"},
        "certain": {"type": "boolean"},
        "issued_by": or_null({"type": "string"}),
        "source": {"type": "string"},
        "as_of": or_null({"type": "string", "format": "date"}),
        "position_quality": or_null({"type": "string"}),
        "fictitious": {"type": "boolean"},
    },
}
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["known", "as_of", "text", "here", "elsewhere"],
    "properties": {
        "known": {"type": "boolean"},
        "as_of": {"type": "string", "format": "date-time"},
        "text": {"type": "string"},
        "here": {"type": "array", "items": _ORDER},
        "elsewhere": {"type": "integer", "minimum": 0},
    },
}
"""Of the orders that hold, the gravest first.

``known`` false: orders are not kept here, so nothing is said of whether any was issued.  ``certain`` false: the place
is known with an error only, and may lie outside of the area.  ``until`` null: until it is lifted.
"""

_NOT_KEPT = Text(
    "避難情報が発令されているかどうかは、ここでは分からない。安全という意味ではない。",
    "Whether any evacuation order was issued is not known here. This does not mean safe.",
)
_NONE_HERE = Text(
    "{at}現在、この場所に発令中の避難情報は確認されていない。安全という意味ではない。",
    "As of {at} no evacuation order is known for this place. This does not mean safe.",
)
_NONE = Text(
    "{at}現在、市内に発令中の避難情報は確認されていない。安全という意味ではない。",
    "As of {at} no evacuation order is known in the city. This does not mean safe.",
)
_HERE = Text("{at}現在、この場所に避難情報が出ている。", "As of {at} evacuation orders are in force for this place.")
_IN_CITY = Text("{at}現在、市内に避難情報が出ている。", "As of {at} evacuation orders are in force in the city.")
_ELSEWHERE = Text(
    "市内のほかの場所に出ている避難情報：{count}件。", "Evacuation orders for other places in the city: {count}."
)


def orders_at(place: Place, context: Context) -> dict[str, Any]:
    """The orders for a place.  Touching an area is being in it."""
    spells = holding(evacuation_orders.LAYER, context)
    if spells is None:
        return not_known(context)
    shape = place.shape(context.city.plane_crs)
    here = [each for each in spells if _area(each).intersects(shape)]
    at = clock(context.clock(), context)
    said = [context.say(_HERE if here else _NONE_HERE).format(at=at)]
    if elsewhere := len(spells) - len(here):
        said.append(context.say(_ELSEWHERE).format(count=elsewhere))
    return _document(said, [(each, _area(each).covers(shape)) for each in here], elsewhere, context)


def orders_of_city(context: Context) -> dict[str, Any]:
    """All that hold."""
    spells = holding(evacuation_orders.LAYER, context)
    if spells is None:
        return not_known(context)
    said = context.say(_IN_CITY if spells else _NONE).format(at=clock(context.clock(), context))
    return _document([said], [(each, True) for each in spells], 0, context)


def not_known(context: Context) -> dict[str, Any]:
    """Nothing can be said of orders."""
    return {
        "known": False,
        "as_of": as_of(context),
        "text": context.say(_NOT_KEPT),
        "here": [],
        "elsewhere": 0,
    }


def _area(spell: Spell) -> BaseGeometry:
    assert spell.feature.geometry is not None  # noqa: S101 - those without a place do not hold anywhere
    return spell.feature.geometry


def _document(
    said: Sequence[str], found: Sequence[tuple[Spell, bool]], elsewhere: int, context: Context
) -> dict[str, Any]:
    state = context.layers.state(evacuation_orders.LAYER.id)
    datasets = {} if state is None or not found else {each.id: each for each in state.datasets}
    here = [_order(spell, datasets, context, certain=certain) for spell, certain in found]
    # What is meant before an exercise, the gravest first, of one level the newest.
    here.sort(key=lambda each: str(each["from"]), reverse=True)
    here.sort(key=lambda each: (each["exercise"], -each["level"]))
    return {
        "known": True,
        "as_of": as_of(context),
        "text": gap(context.language).join(said),
        "here": here,
        "elsewhere": elsewhere,
    }


def _order(spell: Spell, datasets: Mapping[str, DatasetState], context: Context, *, certain: bool) -> dict[str, Any]:
    given, layer = spell.feature.properties, evacuation_orders.LAYER
    level = int(given["level"])
    hazard = evacuation_orders.HAZARDS.by_value.get(given.get("hazard") or "")
    dataset = datasets.get(str(given.get("dataset")))
    credit = context.say(layer.attribution) if dataset is None else rights.credit_of(layer, dataset, context.language)
    as_of = given.get("as_of")
    return {
        "id": spell.feature.id,
        "level": level,
        "title": context.say(evacuation_orders.LEVELS.by_value[level].title),
        "action": context.say(evacuation_orders.ACTIONS[level]),
        "area": str(given.get("area_name") or ""),
        "hazard": None if hazard is None else {"id": hazard.value, "title": context.say(hazard.title)},
        "reason": given.get("reason"),
        "from": spell.begins.isoformat(),
        "until": None if spell.ends is None else spell.ends.isoformat(),
        "exercise": bool(given.get("exercise")),
        "certain": certain,
        "issued_by": given.get("issued_by"),
        "source": credit,
        "as_of": None if as_of is None else str(as_of),
        "position_quality": given.get("position_quality"),
        "fictitious": bool(given.get("fictitious")),
    }

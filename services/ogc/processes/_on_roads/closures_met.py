"""The closures that a way has to do with, by name: which ones it keeps off, goes through, or is refused by."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from geo.travel.closing import Closure
from geo.travel.conditions import Conditions
from geo.travel.met import KeptOff
from layers import road_closures, road_sensors
from layers.text import Text
from layers.translations import gap, is_unspaced
from services.ogc import rights
from services.ogc.processes._model import Context, or_null
from services.ogc.processes._on_roads.avoiding import Effect

_EFFECTS = {
    Effect.AVOIDED: Text("避けた。なければ別の経路になる。", "kept off; else the way would be another one."),
    Effect.CROSSED: Text("水の中を通る。", "the way goes through its water."),
    Effect.IN_THE_WAY: Text("道をふさいでいる。", "it blocks the way."),
}
_SENSOR = {
    "type": "object",
    "required": ["id", "name", "state", "depth_cm", "read_at"],
    "properties": {
        "id": {"type": "string"},
        "name": or_null({"type": "string"}),
        "state": or_null({"type": "string"}),
        "depth_cm": or_null({"type": "number"}),
        "read_at": or_null({"type": "string", "format": "date-time"}),
    },
}
SCHEMA: Mapping[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": [
            *("id", "effect", "name", "reason", "from", "until", "depth_m", "applies_to"),
            *("source", "sensor", "fictitious", "text"),
        ],
        "properties": {
            "id": {"type": "string"},
            "effect": {"type": "string", "enum": [str(each) for each in _EFFECTS]},
            "name": or_null({"type": "string"}),
            "reason": or_null({"type": "object", "required": ["id", "title"]}),
            "from": or_null({"type": "string", "format": "date-time"}),
            "until": or_null({"type": "string", "format": "date-time"}),
            "depth_m": or_null({"type": "number"}),
            "applies_to": or_null({"type": "array", "items": {"type": "string"}}),
            "source": {"type": "string"},
            "sensor": or_null(_SENSOR),
            "fictitious": {"type": "boolean"},
            "text": {"type": "string"},
        },
    },
}
"""Of closures in an output.

``until`` null: until further notice; ``applies_to`` null: everybody; ``depth_m`` null: closed at any depth of water.
``source`` is who declared it, on the public face the publisher; ``sensor`` the one that drew it, where that is known.
"""

MORE = Text(
    "経路に関わる通行止めはほかにもあり得る。挙げたのはその一部である。",
    "Other closures may have to do with the way: those named are some of them.",
)
_CLOSED = Text("通行止め{name}", "Closure{name}")
_FLOODED = Text("冠水{name}、水深{depth:g}m", "Flooded road{name}, {depth:g} m deep")
_NO_END = Text("当分の間", "until further notice")
_UNTIL = Text("{at}まで", "until {at}")


def documents(now: Conditions, effects: Mapping[Effect, Iterable[int]], context: Context) -> list[dict[str, Any]]:
    """The closures with these effects, by their places in ``now.under``, in the order of the effects and their ids."""
    under = now.under
    if under is None:
        return []
    return [
        _document(closure, effect, context)
        for effect, numbers in effects.items()
        for closure in sorted((under.closures[each] for each in numbers), key=lambda each: each.id)
    ]


def named(refusal: Mapping[str, Any], now: Conditions, ids: Iterable[str], context: Context) -> dict[str, Any]:
    """A refusal with the closures that are in the way, by their ids; its text names them."""
    wanted = set(ids)
    numbers = [] if now.under is None else [n for n, each in enumerate(now.under.closures) if each.id in wanted]
    return refused_by(refusal, now, KeptOff(frozenset(numbers)), context)


def refused_by(refusal: Mapping[str, Any], now: Conditions, by: KeptOff, context: Context) -> dict[str, Any]:
    """The same by their places in ``now.under``."""
    found = documents(now, {Effect.IN_THE_WAY: by.closures}, context)
    between = gap(context.language)
    return {**refusal, "text": between.join([refusal["text"], *(each["text"] for each in found)]), "closures": found}


def _document(closure: Closure, effect: Effect, context: Context) -> dict[str, Any]:
    notice = context.roads.notice(closure.id)
    reason = None if notice is None else road_closures.REASONS.by_value.get(notice.reason or "")
    ends = None if notice is None else notice.ends
    title = None if reason is None else context.say(reason.title)
    name = None if notice is None else notice.name
    return {
        "id": closure.id,
        "effect": str(effect),
        "name": name,
        "reason": None if reason is None else {"id": reason.value, "title": title},
        "from": None if notice is None else notice.begins.isoformat(),
        "until": None if ends is None else ends.isoformat(),
        "depth_m": closure.depth_m,
        "applies_to": None if closure.profiles is None else sorted(closure.profiles),
        "source": _source(closure.id, context),
        "sensor": _sensor(closure.id, context) if reason is not None and reason.value == "flooding" else None,
        "fictitious": notice is not None and notice.fictitious,
        "text": _text(closure, name, title, ends, effect, context),
    }


def _text(
    closure: Closure, name: str | None, reason: str | None, ends: datetime | None, effect: Effect, context: Context
) -> str:
    is_japanese = is_unspaced(context.language)
    named = "" if name is None else f"「{name}」" if is_japanese else f" “{name}”"
    what = context.say(_CLOSED if closure.depth_m is None else _FLOODED).format(name=named, depth=closure.depth_m)
    said = [*([] if reason is None else [reason]), _until(ends, context)]
    brackets, comma, colon = ("（{}）", "、", "：") if is_japanese else (" ({})", ", ", ": ")
    return f"{what}{brackets.format(comma.join(said))}{colon}{context.say(_EFFECTS[effect])}"


def _until(ends: datetime | None, context: Context) -> str:
    if ends is None:
        return context.say(_NO_END)
    return context.say(_UNTIL).format(at=f"{ends.astimezone(ZoneInfo(context.city.time_zone)):%Y-%m-%d %H:%M}")


def _source(closure_id: str, context: Context) -> str:
    notice, layer = context.roads.notice(closure_id), road_closures.LAYER
    if notice is not None and notice.declared_by is not None:
        return notice.declared_by
    state = context.layers.state(layer.id)
    known = () if state is None or notice is None else state.datasets
    dataset = next((each for each in known if notice is not None and each.id == notice.dataset), None)
    return context.say(layer.attribution) if dataset is None else rights.credit_of(layer, dataset, context.language)


def _sensor(closure_id: str, context: Context) -> dict[str, Any] | None:
    layer = road_sensors.LAYER.id
    if context.layers.state(layer) is None:
        return None
    for each in context.layers.features(layer, equal={"closure_id": closure_id}):
        given = each.properties
        names = ("name", "state", "depth_cm", "read_at")
        return {"id": str(given.get("sensor_id")), **{name: given.get(name) for name in names}}
    return None

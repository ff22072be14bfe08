"""The answer for one hazard as JSON: its states, what is known of the areas, the sources, and what to do."""

from collections.abc import Mapping, Sequence
from typing import Any

from layers.advice import Advice, State, floors_reached
from layers.model import Field, FieldKind, Layer, Text
from layers.translations import comma, gap
from services.database.revisions import DatasetState, LayerState
from services.ogc import rights
from services.ogc.analysis.layers import Feature
from services.ogc.processes._hazard.states import Reason, ScenarioState, finding, overall
from services.ogc.processes._model import Context

_REASONS: Mapping[Reason, Text] = {
    Reason.NOT_SERVED: Text("データが読み込まれていません。", "The data is not loaded."),
    Reason.NO_BOUNDARY: Text(
        "市域の境界が読み込まれていないため、データの対象範囲がわかりません。",
        "The boundary of the city is not loaded, so it is not known what area the data speaks for.",
    ),
    Reason.NOT_IN_CITY: Text("市域の外のため、わかりません。", "It lies outside of the city, where nothing is known."),
    Reason.NOT_STATED: Text(
        "この地点について公表されたデータがありません。", "No published data speaks for this place."
    ),
}
_NOT_SAFE = Text("安全を意味しません。", "This does not mean safe.")
_INSIDE = Text("{title}：区域の中（{classes}）。", "{title}: inside ({classes}).")
_MAY_BE_INSIDE = Text("{title}：区域の中の可能性があります（{classes}）。", "{title}: it may be inside ({classes}).")
_OUTSIDE = Text("{title}：公表された区域の外です。", "{title}: outside of the published areas.")
_IS_UNKNOWN = Text("{title}：不明。{reason}", "{title}: unknown. {reason}")
_NO_CLASS = Text("区分は不明", "class unknown")
# Fields told in places of their own.
_TOLD = frozenset(
    {"rank", "hazard_class", "depth_lower_m", "depth_upper_m", "depth_text", "duration_lower_h", "duration_upper_h"}
)


def hazard_document(
    layer: Layer, states: Sequence[ScenarioState], context: Context, *, in_city: bool
) -> dict[str, Any]:
    """The answer for one hazard at one place."""
    assert layer.hazard is not None  # noqa: S101 - only hazard layers are asked
    state = context.layers.state(layer.id)
    possible = overall(states)
    found = finding(layer, states, context.city.code if in_city else None)
    return {
        "id": layer.id,
        "type": layer.hazard.type,
        "title": context.say(layer.title),
        "state": str(possible[0]),
        "possible_states": list(map(str, possible)),
        "statement": _statement(layer, states, possible, context),
        "scenarios": [_scenario(layer, each, state, context) for each in states],
        "what_to_do": [_advice(each, context) for each in layer.hazard.advise(found)],
        **_sources(layer, states, possible[0], state, context),
    }


def _statement(layer: Layer, states: Sequence[ScenarioState], possible: Sequence[State], context: Context) -> str:
    title = context.say(layer.title)
    match possible[0]:
        case State.INSIDE:
            areas = [each.areas[0] for each in states if each.areas]
            named = dict.fromkeys(each for each in (_class_title(layer, area) for area in areas) if each is not None)
            classes = comma(context.language).join(map(context.say, named or (_NO_CLASS,)))
            return context.say(_INSIDE if len(possible) == 1 else _MAY_BE_INSIDE).format(title=title, classes=classes)
        case State.OUTSIDE:
            return _joined(context.say(_OUTSIDE).format(title=title), _NOT_SAFE, context)
        case State.UNKNOWN:
            reason = context.say(_REASONS[states[0].reason or Reason.NOT_STATED])
            return _joined(context.say(_IS_UNKNOWN).format(title=title, reason=reason), _NOT_SAFE, context)


def _joined(said: str, more: Text, context: Context) -> str:
    return said + gap(context.language) + context.say(more)


def _scenario(layer: Layer, found: ScenarioState, state: LayerState | None, context: Context) -> dict[str, Any]:
    reason: str | None = None
    if found.state is State.UNKNOWN and found.reason is not None:
        reason = _joined(context.say(_REASONS[found.reason]), _NOT_SAFE, context)
    elif found.state is State.OUTSIDE and layer.hazard is not None:
        reason = _joined(context.say(_NOT_SAFE), layer.hazard.speaks_for.reason, context)
    return {
        "id": None if found.code is None else found.code.value,
        "title": None if found.code is None else context.say(found.code.title),
        "state": str(found.state),
        "possible_states": list(map(str, found.possible)),
        "reason": reason,
        "stated_for": list(dict.fromkeys(each.name for each in found.statements if each.name is not None)),
        "areas": [area_document(layer, area, state, context) for area in found.areas],
    }


def area_document(layer: Layer, area: Feature, state: LayerState | None, context: Context) -> dict[str, Any]:
    """One area of a hazard layer: its class, depth and duration, and whose it is."""
    given = area.properties
    code = _code(layer.by_name.get("hazard_class"), given.get("hazard_class"))
    zone = layer.hazard.zone_of(given.get("rank")) if layer.hazard is not None else None
    dataset = _dataset(state, given.get("dataset"))
    return {
        "id": area.id,
        "name": _named(layer, given),
        "rank": given.get("rank"),
        "class": code and {"id": code.value, "title": context.say(code.title), "color": code.color},
        "zone": zone and {"id": zone.id, "title": context.say(zone.title), "meaning": context.say(zone.meaning)},
        "depth": _depth(given, context),
        "duration": _interval(given, "duration", "h"),
        "attributes": _attributes(layer, given, context),
        "dataset": given.get("dataset"),
        "source": _credit(layer, dataset, context),
        "licence": (layer.licence if dataset is None else rights.licence_of(layer, dataset)).id,
        "as_of": given.get("as_of") or _as_of([dataset] if dataset else []),
        "fictitious": bool(given.get("fictitious")),
    }


def _named(layer: Layer, given: Mapping[str, Any]) -> str | None:
    """What the area is about, such as a river."""
    field = None if layer.hazard is None else layer.hazard.speaks_for.named_by
    return None if field is None else given.get(field)


def _depth(given: Mapping[str, Any], context: Context) -> dict[str, Any] | None:
    interval = _interval(given, "depth", "m")
    if interval is None:
        return None
    words, floor = floors_reached(interval["upper_m"])
    return {**interval, "text": given.get("depth_text"), "meaning": context.say(words), "dry_floor": floor}


def _interval(given: Mapping[str, Any], kind: str, unit: str) -> dict[str, Any] | None:
    lower, upper = given.get(f"{kind}_lower_{unit}"), given.get(f"{kind}_upper_{unit}")
    return None if lower is None and upper is None else {f"lower_{unit}": lower, f"upper_{unit}": upper}


def _attributes(layer: Layer, given: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """What else the declaration knows of the area; codes as their titles."""
    found: dict[str, Any] = {}
    for field in layer.fields:
        value = given.get(field.name)
        if value is None or field.name in _TOLD or (layer.hazard is not None and field.name == layer.hazard.scenario):
            continue
        code = _code(field, value)
        found[field.name] = value if code is None else context.say(code.title)
    return found


def _class_title(layer: Layer, area: Feature) -> Text | None:
    code = _code(layer.by_name.get("hazard_class"), area.properties.get("hazard_class"))
    return None if code is None else code.title


def _code(field: Field | None, value: Any) -> Any:
    if field is None or field.kind is not FieldKind.CODE or field.codes is None:
        return None
    return field.codes.by_value.get(value)


def _advice(advice: Advice, context: Context) -> dict[str, Any]:
    return {
        "id": advice.id,
        "action": context.say(advice.action),
        "words": context.say(advice.words),
        "source": {
            "title": context.say(advice.source.title),
            "publisher": context.say(advice.source.publisher),
            "url": advice.source.url,
        },
    }


# --- sources -----------------------------------------------------------------------------------------------------


def _sources(
    layer: Layer, states: Sequence[ScenarioState], state: State, known: LayerState | None, context: Context
) -> dict[str, Any]:
    """Of the areas where the place is inside, of what speaks for it where it is outside; of nothing where unknown."""
    if state is State.INSIDE:
        names = [area.properties.get("dataset") for each in states for area in each.areas]
    elif state is State.OUTSIDE:
        names = [statement.dataset for statement in states[0].statements]
    else:
        names = []
    used = list(dict.fromkeys(str(name) for name in names if name is not None))
    datasets = [each for each in (_dataset(known, name) for name in used) if each is not None]
    named = dict.fromkeys(_credit(layer, each, context) for each in datasets)
    joined = comma(context.language).join(named)
    return {
        "source": joined or (_credit(layer, None, context) if names else None),
        "licence": list(dict.fromkeys(rights.licence_of(layer, each).id for each in datasets)),
        "as_of": _as_of(datasets),
        "fictitious": any(each.fictitious for each in datasets)
        or any(bool(area.properties.get("fictitious")) for each in states for area in each.areas),
        "datasets": used,
    }


def _dataset(state: LayerState | None, name: Any) -> DatasetState | None:
    return next((each for each in state.datasets if each.id == name), None) if state is not None else None


def _credit(layer: Layer, dataset: DatasetState | None, context: Context) -> str:
    if dataset is None:
        return context.say(layer.attribution)
    return rights.credit_of(layer, dataset, context.language)


def _as_of(datasets: Sequence[DatasetState]) -> str | None:
    """The oldest of their dates: nothing in the answer is older.  None where any of them is unknown."""
    dates = [each.as_of for each in datasets]
    return min(date.isoformat() for date in dates if date is not None) if dates and all(dates) else None

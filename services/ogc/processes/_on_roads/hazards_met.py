"""The hazard zones that a way leads through, hazard by hazard: how far in which class, how far where nothing is known.

Inside, outside and unknown add up to the length of the way.  Neither outside nor unknown means safe.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from geo.travel.conditions import Conditions
from geo.travel.finding import Way
from layers.advice import State
from layers.catalogue import catalogue
from layers.text import Text
from services.ogc.analysis.layers import Feature
from services.ogc.processes._hazard.answer import area_document
from services.ogc.processes._hazard.schema import AREA_MEMBERS
from services.ogc.processes._model import Context, or_null
from services.ogc.processes._on_roads.route_words import distance
from services.ogc.processes._sources import source_document
from services.routing.zones import RoadZones, Sheet

_METRES = {"type": "number", "minimum": 0}
_MEMBERS = ("class", "zone", "depth", "duration")
SCHEMA: Mapping[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": [
            *("layer", "title", "scenario", "state", "inside_m", "outside_m", "unknown_m", "zones"),
            *("source", "licence", "as_of", "fictitious", "text"),
        ],
        "properties": {
            "layer": {"type": "string"},
            "title": {"type": "string"},
            "scenario": or_null({"type": "object", "required": ["id", "title"]}),
            "state": {"type": "string", "enum": [str(each) for each in State]},
            "inside_m": _METRES,
            "outside_m": _METRES,
            "unknown_m": _METRES,
            "zones": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["length_m", *_MEMBERS],
                    "properties": {"length_m": _METRES, **{name: AREA_MEMBERS[name] for name in _MEMBERS}},
                },
            },
            "source": or_null({"type": "string"}),
            "licence": {"type": "array", "items": {"type": "string"}},
            "as_of": or_null({"type": "string", "format": "date"}),
            "fictitious": {"type": "boolean"},
            "text": {"type": "string"},
        },
    },
}
"""Of the hazards on a way in an output, each scenario for itself.

``state`` is the worst that is the case anywhere on it: ``inside`` of a zone, ``unknown``, ``outside`` all along.
``zones`` hold the metres in each class, the worst first; where zones lie over one another the worst counts.
"""
NOT_READY = Text(
    "道路と災害の想定区域の照合を準備している。経路が区域の中を通るかは、いまは分からない。安全を意味しない。",
    "Hazard zones are being laid over the roads: whether the way leads through any is not known yet. It does not mean "
    "safe.",
)
_LEAST_M = 0.05
"""What is shorter is not there when it is rounded."""

_INSIDE = Text("約{far}は区域の中（{classes}）", "some {far} inside of the zones ({classes})")
_UNKNOWN = Text("約{unknown}は不明", "some {unknown} unknown")
_OUTSIDE = Text("公表された区域の外", "outside of the published zones")
_ALL_UNKNOWN = Text("不明", "unknown")
_NOT_SAFE = Text("安全を意味しない。", "That does not mean safe.")
_NO_CLASS = Text("区分は不明", "class unknown")


@dataclass(frozen=True, slots=True)
class _Words:
    """What of a sheet is the same for every way, in one language: ways are asked often.

    outside, unknown:
        The document of a way that is all outside, or all unknown, but for how long that is; most are of most hazards.
    inside, partly_inside, partly_unknown:
        What is said of one that is inside of zones, with or without a part that is unknown, and of one that is not but
        partly unknown: ``classes`` are the titles of those zones, ``far`` and ``unknown`` are distances.
    """

    sheet: Sheet
    head: Mapping[str, Any]
    zones: Sequence[Mapping[str, Any]]
    titles: Sequence[str]
    source: Mapping[str, Any]
    outside: Mapping[str, Any]
    unknown: Mapping[str, Any]
    inside: str
    partly_inside: str
    partly_unknown: str


@dataclass(frozen=True, eq=False)
class _Told:
    by_language: dict[str, Sequence[_Words]] = field(default_factory=dict)


_told: WeakKeyDictionary[RoadZones, _Told] = WeakKeyDictionary()


def hazards_on(now: Conditions, way: Way, length_m: float, context: Context) -> list[dict[str, Any]] | None:
    """The hazards on a way that is so long, as ``SCHEMA`` has them; None where they are not known yet."""
    zones = context.roads.zones(now)
    if zones is None:
        return None
    metres = zones.metres(now.topology.network, way, length_m)
    return [_document(each, metres, context) for each in _words(zones, context)]


def _document(words: _Words, metres: Sequence[float], context: Context) -> dict[str, Any]:
    sheet = words.sheet
    lengths = metres[sheet.first : sheet.outside]
    outside_m, unknown_m = metres[sheet.outside], metres[sheet.unknown]
    inside_m = sum(lengths)
    is_known = unknown_m < _LEAST_M
    if inside_m < _LEAST_M and is_known:
        return {**words.outside, "outside_m": round(outside_m, 1)}
    if inside_m < _LEAST_M and outside_m < _LEAST_M:
        return {**words.unknown, "unknown_m": round(unknown_m, 1)}
    met: list[int] = []
    state, text = State.UNKNOWN, words.partly_unknown
    if inside_m >= _LEAST_M:
        state, text = State.INSIDE, words.inside if is_known else words.partly_inside
        met = [number for number, length in enumerate(lengths) if length >= min(_LEAST_M, max(lengths))]
    language = context.language
    comma = "、" if language == "ja" else ", "
    classes = comma.join(dict.fromkeys([words.titles[each] for each in met]))
    text = text.format(far=distance(inside_m, language), classes=classes, unknown=distance(unknown_m, language))
    zones = [{"length_m": round(lengths[each], 1), **words.zones[each]} for each in met]
    return {
        **words.head,
        **_lengths(state, inside_m, outside_m, unknown_m),
        "zones": zones,
        **words.source,
        "text": text,
    }


def _lengths(state: State, inside_m: float, outside_m: float, unknown_m: float) -> dict[str, Any]:
    return {
        "state": state.value,
        "inside_m": round(inside_m, 1),
        "outside_m": round(outside_m, 1),
        "unknown_m": round(unknown_m, 1),
    }


def _words(zones: RoadZones, context: Context) -> Sequence[_Words]:
    told = _told.get(zones)
    if told is None:
        told = _told[zones] = _Told()
    found = told.by_language.get(context.language)
    if found is None:
        found = told.by_language[context.language] = [_of_sheet(each, context) for each in zones.sheets]
    return found


def _of_sheet(sheet: Sheet, context: Context) -> _Words:
    layer = catalogue()[sheet.layer]
    state = context.layers.state(layer.id)
    scenarios = None if layer.hazard is None or layer.hazard.scenario is None else layer.by_name[layer.hazard.scenario]
    codes = None if scenarios is None else scenarios.codes
    code = None if codes is None or sheet.scenario is None else codes.by_value[sheet.scenario]
    title, of = context.say(layer.title), None if code is None else context.say(code.title)
    brackets = "（{}）" if context.language == "ja" else " ({})"
    zones = []
    for each in sheet.zones:
        area = area_document(layer, Feature("", each), state, context)
        zones.append({name: area[name] for name in _MEMBERS})
    source = source_document(layer, context, sheet.datasets)
    members = ("source", "licence", "as_of", "fictitious")
    none: Mapping[str, Any] = {"source": None, "licence": [], "as_of": None, "fictitious": False}
    name = title if of is None else f"{title}{brackets.format(of)}"
    is_japanese = context.language == "ja"
    comma, colon, stop, gap = ("、", "：", "。", "") if is_japanese else (", ", ": ", ".", " ")
    outside, all_unknown, inside, unknown = map(context.say, (_OUTSIDE, _ALL_UNKNOWN, _INSIDE, _UNKNOWN))
    begins = f"{name}{colon}".replace("{", "{{").replace("}", "}}")
    not_safe = f"{stop}{gap}{context.say(_NOT_SAFE)}"
    head = {"layer": layer.id, "title": title, "scenario": None if code is None else {"id": code.value, "title": of}}
    origin = none if source is None else {name: source[name] for name in members}

    def all_of(state: State, said: str) -> Mapping[str, Any]:
        return {
            **head,
            **_lengths(state, 0.0, 0.0, 0.0),
            "zones": [],
            **origin,
            "text": f"{name}{colon}{said}{not_safe}",
        }

    return _Words(
        sheet,
        head,
        zones,
        [each["class"]["title"] if each["class"] else context.say(_NO_CLASS) for each in zones],
        origin,
        outside=all_of(State.OUTSIDE, outside),
        unknown=all_of(State.UNKNOWN, all_unknown),
        inside=f"{begins}{inside}{stop}",
        partly_inside=f"{begins}{inside}{comma}{unknown}{stop}",
        partly_unknown=f"{begins}{unknown}{not_safe}",
    )

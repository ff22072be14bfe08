"""nearest-water: the sources of water nearest to an incident, by the length of hose along roads and paths."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from geo.crs import STORAGE, transform_geometry
from geo.dispatch.hose_lines import HoseLine, hose_lines, points_of
from geo.dispatch.water import HOSE_M, hoses
from geo.travel.conditions import Conditions
from geo.water_supply.standard import meets_standard
from layers import fire_water_sources, incidents
from layers.text import Text
from services.ogc.analysis.layers import Feature
from services.ogc.errors import UnanswerableError
from services.ogc.processes import _place
from services.ogc.processes._dispatch import asked_incident
from services.ogc.processes._dispatch.asked_incident import incident_document, incident_of, is_over
from services.ogc.processes._model import LANGUAGE, Context, Input, Output, Process, Values, or_null
from services.ogc.processes._on_roads.provenance import PROVENANCE, REACH_M, near, provenance

SOURCES = fire_water_sources.LAYER.id
LONGEST_M = 1_000
MOST = 50
_ON_FOOT = "walking"
_HYDRANTS = frozenset({"hydrant", "private-hydrant"})
_NOT_USABLE = frozenset({"in-use", "out-of-service"})
_KINDS = [str(code.value) for code in fire_water_sources.KINDS.codes]
_CONDITIONS = [str(code.value) for code in fire_water_sources.CONDITIONS.codes]
_UNKNOWN = "unknown"
_DIGITS = 7

_ALONG = Text(
    "長さは、歩ける道路に沿ってホースを延ばすときのもので、直線距離ではない。余裕や建物の中の分は含まない。",
    "Lengths are of a hose along roads and paths that can be walked, not straight; slack and what a building needs is "
    "not in them.",
)
_MAINS = Text("断水すると消火栓は使えない。", "Hydrants fail when the mains do.")
_CONDITION_UNKNOWN = Text(
    "使用できるかどうかが分からない水利がある（condition: unknown）。使えることを意味しない。",
    "Of some sources it is not known whether they can be used (condition: unknown), which does not mean that they can.",
)
_INEXACT = Text(
    "位置の誤差が大きい水利または地点がある。長さもそれだけ不確かである。",
    "Some positions are not exact; lengths are uncertain by as much.",
)
_CLOSED = Text("通行止めの道路を通るホースがある。", "Some lines use roads that are closed.")
_NO_CAPACITY = Text("容量は公開していない。", "Volumes are not published.")
_NOT_LOADED = Text(
    "消防水利が読み込まれていないため、答えられない。", "No fire water sources are loaded, so there is no answer."
)
_OFF = Text(
    f"地点から{REACH_M:.0f}m以内に、歩ける道路がない。",
    f"There is no road or path to walk on within {REACH_M:.0f} m of the place.",
)
_NONE = Text("この長さのホースで届く消防水利は見つからない。", "No source is found that a hose of this length reaches.")


def run(inputs: Values, context: Context) -> Values:
    """The sources, the nearest first."""
    context = context.speaking(inputs.get("language"))
    now = context.roads.conditions(_ON_FOOT)
    if context.layers.state(SOURCES) is None:
        raise UnanswerableError(_NOT_LOADED)
    place, incident = incident_of(inputs, context)
    limit_m, most = float(inputs["max_length_m"]), int(inputs["most"])
    every = _sources(place, limit_m, inputs.get("kinds"), context)
    usable = [each for each in every if each.properties.get("condition") not in _NOT_USABLE]
    others = [each for each in every if each.properties.get("condition") in _NOT_USABLE]
    found = _lines(now, place, usable, limit_m, most)
    # What cannot be used is told as far as it would have been among the nearest.
    limit_of_others = found[-1][1].length_m if len(found) == most else limit_m
    beside = _lines(now, place, others, limit_of_others, most) if limit_of_others > 0 else []
    is_off = not near(now, place)
    return {
        "answer": {
            "type": "FeatureCollection",
            "features": [_feature(now, place, *each, rank, context) for rank, each in enumerate(found, 1)],
            "not_usable": [_feature(now, place, *each, None, context) for each in beside],
            "place": place.document(),
            "incident": incident_document(incident),
            "refusal": None if found else _refusal(context, is_off=is_off),
            **provenance(
                now,
                context,
                _notes(place, incident, [*found, *beside], every),
                fictitious=place.fictitious,
                beside=[fire_water_sources.LAYER, *([incidents.LAYER] if incident is not None else [])],
                by_length=True,
            ),
        }
    }


def _sources(place: _place.Place, limit_m: float, kinds: Sequence[str] | None, context: Context) -> list[Feature]:
    """Sources in a circle: no hose that is shorter reaches farther."""
    plane = context.city.plane_crs
    here = transform_geometry(shapely.Point(place.lon, place.lat), STORAGE, plane)
    around = transform_geometry(here.buffer(limit_m * 1.01), plane, STORAGE)
    found = context.layers.features(SOURCES, within=around)
    return [each for each in found if each.geometry is not None and (not kinds or each.properties["kind"] in kinds)]


def _lines(
    now: Conditions, place: _place.Place, sources: Sequence[Feature], limit_m: float, most: int
) -> list[tuple[Feature, HoseLine]]:
    if not sources:
        return []
    positions = [(each.geometry.x, each.geometry.y) for each in sources if each.geometry is not None]
    lines = hose_lines(now, (place.lon, place.lat), positions, limit_m, most, REACH_M)
    return [(sources[line.source], line) for line in lines]


def _feature(
    now: Conditions, place: _place.Place, source: Feature, line: HoseLine, rank: int | None, context: Context
) -> dict[str, Any]:
    about, point = source.properties, source.geometry
    end = (place.lon, place.lat) if point is None else (point.x, point.y)
    drawn = points_of(line, now.topology.network, (place.lon, place.lat), end)
    kind = fire_water_sources.KINDS.by_value.get(about["kind"])
    return {
        "type": "Feature",
        "id": source.id,
        "geometry": {"type": "LineString", "coordinates": np.round(drawn, _DIGITS).tolist()},
        "properties": {
            "rank": rank,
            "kind": about["kind"],
            "title": about["kind"] if kind is None else context.say(kind.title),
            "position": [round(end[0], _DIGITS), round(end[1], _DIGITS)],
            "length_m": round(line.length_m, 1),
            "hoses": hoses(line.length_m),
            "straight_m": round(line.crow_m, 1),
            "off_road_m": round(line.start.distance_m + line.end.distance_m, 1),
            "uses_closed_roads": line.closed,
            "main_diameter_mm": about.get("main_diameter_mm"),
            "capacity_m3": about.get("capacity_m3"),
            "meets_standard": meets_standard(
                hydrant=about["kind"] in _HYDRANTS,
                main_mm=about.get("main_diameter_mm"),
                volume_m3=about.get("capacity_m3"),
            ),
            "condition": about.get("condition") or _UNKNOWN,
            "address": about.get("address"),
            "remarks": about.get("remarks"),
            "position_quality": about.get("position_quality"),
            "position_error_m": about.get("position_error_m"),
            "dataset": about.get("dataset"),
        },
    }


def _refusal(context: Context, *, is_off: bool) -> dict[str, Any]:
    reason, text = ("off-the-network", _OFF) if is_off else ("none-within", _NONE)
    return {"reason": reason, "text": context.say(text)}


def _notes(
    place: _place.Place,
    incident: Feature | None,
    found: Sequence[tuple[Feature, HoseLine]],
    every: Sequence[Feature],
) -> list[Text]:
    listed = [source.properties for source, _ in found]
    told = {
        asked_incident.OVER: is_over(incident),
        _ALONG: True,
        _MAINS: any(each["kind"] in _HYDRANTS for each in listed),
        _CONDITION_UNKNOWN: any(each.get("condition") is None for each in listed),
        _INEXACT: bool(place.error_m) or any(each.get("position_error_m") for each in listed),
        _CLOSED: any(line.closed for _, line in found),
        _NO_CAPACITY: any("capacity_m3" not in each.properties for each in every),
    }
    return [note for note, holds in told.items() if holds]


_FEATURES: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"},
            "geometry": {"type": "object", "required": ["type", "coordinates"]},
            "properties": {
                "type": "object",
                "required": [
                    *("rank", "kind", "title", "position", "length_m", "hoses", "straight_m", "off_road_m"),
                    *("uses_closed_roads", "main_diameter_mm", "capacity_m3", "meets_standard", "condition"),
                    *("position_quality", "position_error_m"),
                ],
                "properties": {
                    "rank": or_null({"type": "integer", "minimum": 1}),
                    "kind": {"type": "string", "enum": _KINDS},
                    "title": {"type": "string"},
                    "position": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
                    "length_m": {"type": "number", "minimum": 0},
                    "hoses": {"type": "integer", "minimum": 0},
                    "straight_m": {"type": "number", "minimum": 0},
                    "off_road_m": {"type": "number", "minimum": 0},
                    "uses_closed_roads": {"type": "boolean"},
                    "main_diameter_mm": or_null({"type": "number"}),
                    "capacity_m3": or_null({"type": "number"}),
                    "meets_standard": or_null({"type": "boolean"}),
                    "condition": {"type": "string", "enum": [*_CONDITIONS, _UNKNOWN]},
                    "address": or_null({"type": "string"}),
                    "remarks": or_null({"type": "string"}),
                    "position_quality": or_null({"type": "string"}),
                    "position_error_m": or_null({"type": "number"}),
                    "dataset": or_null({"type": "string"}),
                },
            },
        },
    },
}
PROCESS = Process(
    id="nearest-water",
    version="1.0.0",
    title=Text("直近の消防水利", "Nearest fire water"),
    description=Text(
        "災害地点に近い消防水利を、歩ける道路に沿って延ばすホースの長さの順に示す。種別、口径、容量、消防水利の基準を満たすか、"
        f"使用の可否、{HOSE_M:.0f}mホースの本数、ホースの線を示す。分からないことは不明とする。",
        "Sources of water near an incident by the length of hose along roads and paths that can be walked: kind, "
        f"diameter, volume, whether it meets the national standard, condition, number of hoses of {HOSE_M:.0f} m, and "
        "the line. What is not known is said to be unknown.",
    ),
    keywords=("消防水利", "消火栓", "防火水そう", "ホース", "hydrant", "hose"),
    inputs={
        **asked_incident.INPUTS,
        "max_length_m": Input(
            title=Text("ホースの長さの上限", "Longest hose"),
            description=Text("メートル。ちょうどを含む。", "Metres, inclusive."),
            schema={"type": "number", "minimum": HOSE_M, "maximum": LONGEST_M, "default": 500},
            required=False,
        ),
        "most": Input(
            title=Text("件数", "How many"),
            description=Text("最大の件数。", "At most so many."),
            schema={"type": "integer", "minimum": 1, "maximum": MOST, "default": 10},
            required=False,
        ),
        "kinds": Input(
            title=fire_water_sources.KINDS.title,
            description=Text(
                "この種別だけ。省略するとすべて（断水のときは消火栓を除くなど）。",
                "Of these kinds only; all where left out (without hydrants, for example, where the mains have failed).",
            ),
            schema={"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string", "enum": _KINDS}},
            required=False,
        ),
        "language": LANGUAGE,
    },
    outputs={
        "answer": Output(
            title=Text("答え", "Answer"),
            description=Text(
                "ホースの線のGeoJSON。短い順。使用中・使用不能の水利はnot_usableにある。",
                "GeoJSON of the hose lines, the shortest first; what is in use or out of service is in not_usable.",
            ),
            schema={
                "type": "object",
                "required": ["type", "features", "not_usable", "place", "incident", "refusal", *PROVENANCE],
                "properties": {
                    "type": {"type": "string", "enum": ["FeatureCollection"]},
                    "features": _FEATURES,
                    "not_usable": _FEATURES,
                    "place": _place.SCHEMA,
                    "incident": or_null(asked_incident.SCHEMA),
                    "refusal": or_null(
                        {
                            "type": "object",
                            "required": ["reason", "text"],
                            "properties": {
                                "reason": {"type": "string", "enum": ["off-the-network", "none-within"]},
                                "text": {"type": "string"},
                            },
                        }
                    ),
                    **PROVENANCE,
                },
            },
        )
    },
    run=run,
    exactly_one_of=tuple(asked_incident.INPUTS),
    by_query=True,
    examples=({"location": [135.3415, 34.7376]},),
)

"""Stations, units and the choice among them as documents."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from geo.dispatch.choosing import Assigned, Choice, Shortfall
from geo.dispatch.units import Hindrance, Unit
from geo.routing.graph import UNITS_PER_SECOND
from layers.text import Text
from services.ogc.analysis.layers import Feature
from services.ogc.processes._dispatch.arrivals import Arrival, NoArrival
from services.ogc.processes._dispatch.dispatch_set import PLAN, DispatchSet, unit_title
from services.ogc.processes._dispatch.vehicles import Basis, Vehicle, age_s
from services.ogc.processes._model import or_null
from services.ogc.processes._on_roads.provenance import REACH_M

_TEXT = or_null({"type": "string"})
_SECONDS = or_null({"type": "number", "minimum": 0})
_POSITION = or_null({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2})
_WHY_NOT = or_null(
    {
        "type": "object",
        "required": ["reason", "text"],
        "properties": {
            "reason": {"type": "string", "enum": ["not-available", *(str(each) for each in NoArrival)]},
            "text": {"type": "string"},
        },
    }
)
_RANKED = {"rank": or_null({"type": "integer", "minimum": 1}), "travel_time_s": _SECONDS, "why_not": _WHY_NOT}
STATIONS: Mapping[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["id", "name", "kind", "position", "position_quality", "position_error_m", "ready_units", *_RANKED],
        "properties": {
            "id": {"type": "string"},
            "name": _TEXT,
            "kind": _TEXT,
            "position": _POSITION,
            "position_quality": _TEXT,
            "position_error_m": or_null({"type": "number"}),
            "ready_units": or_null({"type": "integer", "minimum": 0}),
            **_RANKED,
        },
    },
}
_OF_UNIT: Mapping[str, Any] = {
    "id": {"type": "string"},
    "call_sign": {"type": "string"},
    "station": _TEXT,
    "unit": {"type": "string"},
    "title": {"type": "string"},
    "vehicle_type": _TEXT,
    "crew": or_null({"type": "integer"}),
    "status": _TEXT,
    "status_at": _TEXT,
    "status_age_s": _SECONDS,
    "incident_id": _TEXT,
    "position": _POSITION,
    "position_basis": {"type": "string", "enum": [str(each) for each in Basis]},
    "position_at": _TEXT,
    "position_age_s": _SECONDS,
    "position_is_old": {"type": "boolean"},
    **_RANKED,
}
UNITS: Mapping[str, Any] = {
    "type": "array",
    "items": {"type": "object", "required": list(_OF_UNIT), "properties": dict(_OF_UNIT)},
}
_ARRIVING = ("id", "call_sign", "unit", "title", "station", "travel_time_s")
ARRIVING: Mapping[str, Any] = or_null(
    {"type": "object", "required": list(_ARRIVING), "properties": {name: _OF_UNIT[name] for name in _ARRIVING}}
)
_COUNT = {"type": "integer", "minimum": 0}
_HINDERED = ("not_available", "no_position", "no_way", "sent_for_others")
DISPATCH: Mapping[str, Any] = {
    "type": "object",
    "required": [*PLAN["required"], "complete", "chosen", "unfilled", "first_arrival", "second_arrival"],
    "properties": {
        **PLAN["properties"],
        "complete": {"type": "boolean"},
        "chosen": {
            "type": "array",
            "items": {
                "type": "object",
                "required": [*_ARRIVING, "for", "stands_in"],
                "properties": {
                    **{name: _OF_UNIT[name] for name in _ARRIVING},
                    "for": {"type": "string"},
                    "stands_in": {"type": "boolean"},
                },
            },
        },
        "unfilled": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["unit", "title", "missing", *_HINDERED, "text"],
                "properties": {
                    "unit": {"type": "string"},
                    "title": {"type": "string"},
                    "missing": {"type": "integer", "minimum": 1},
                    **dict.fromkeys(_HINDERED, _COUNT),
                    "text": {"type": "string"},
                },
            },
        },
        "first_arrival": ARRIVING,
        "second_arrival": ARRIVING,
    },
}
"""Of the units chosen, in the order of their arrival: for which demand each is sent, and what could not be filled."""

_WHY: Mapping[NoArrival, Text] = {
    NoArrival.NO_POSITION: Text("位置が分からない。", "Its position is not known."),
    NoArrival.OFF_THE_NETWORK: Text(
        f"現在位置から{REACH_M:.0f}m以内に、この車両が通れる道路がない。",
        f"There is no road for this vehicle within {REACH_M:.0f} m of where it is.",
    ),
    NoArrival.INCIDENT_OFF_THE_NETWORK: Text(
        f"災害地点から{REACH_M:.0f}m以内に、この車両が通れる道路がない。",
        f"There is no road for this vehicle within {REACH_M:.0f} m of the incident.",
    ),
    NoArrival.NO_WAY: Text(
        "この車両が通れる経路がない。理由は経路（route）で分かる。",
        "There is no way for this vehicle; the process route tells why.",
    ),
}
_HINDRANCES: Mapping[NoArrival, Hindrance] = dict.fromkeys(NoArrival, Hindrance.NO_WAY) | {
    NoArrival.NO_POSITION: Hindrance.NO_POSITION
}
_HOW_MANY = (
    (Text("出動できない", "not available"), Hindrance.NOT_AVAILABLE),
    (Text("位置が不明", "without a position"), Hindrance.NO_POSITION),
    (Text("到達できない", "without a way"), Hindrance.NO_WAY),
    (Text("ほかの区分に充てた", "sent for others"), None),
)


def unit_of(vehicle: Vehicle, arrival: Arrival | None) -> Unit:
    """The vehicle as what may be chosen; without an arrival it is not available."""
    if arrival is None:
        return Unit(vehicle.feature.id, vehicle.profile, None, Hindrance.NOT_AVAILABLE)
    hindrance = None if arrival.why_not is None else _HINDRANCES[arrival.why_not]
    return Unit(vehicle.feature.id, vehicle.profile, arrival.travel, hindrance)


def station_documents(
    stations: Sequence[tuple[Feature, Arrival]], ready: Mapping[str, int] | None, language: str
) -> list[dict[str, Any]]:
    """The stations, the nearest in time first; ``ready`` counts units by the name of their station."""
    found = []
    for rank, (station, arrival) in enumerate(sorted(stations, key=lambda each: _soonest(each[1], each[0].id)), 1):
        about, point = station.properties, station.geometry
        found.append(
            {
                "id": station.id,
                "name": about.get("name"),
                "kind": about.get("kind"),
                "position": None if point is None else [point.x, point.y],
                "position_quality": about.get("position_quality"),
                "position_error_m": about.get("position_error_m"),
                "ready_units": None if ready is None else ready.get(str(about.get("name")), 0),
                **_ranked(rank, arrival, language),
            }
        )
    return found


def unit_documents(
    vehicles: Sequence[tuple[Vehicle, Arrival | None]], now: datetime, language: str
) -> list[dict[str, Any]]:
    """Vehicles, the first to arrive first; those without an arrival are not available, in the order of their ids."""
    found = []
    every = sorted(vehicles, key=lambda each: _soonest(each[1], each[0].feature.id))
    for rank, (vehicle, arrival) in enumerate(every, 1):
        about = vehicle.feature.properties
        found.append(
            {
                "id": vehicle.feature.id,
                "call_sign": about["call_sign"],
                "station": about.get("station"),
                "unit": vehicle.profile,
                "title": unit_title(vehicle.profile, language),
                "vehicle_type": about.get("vehicle_type"),
                "crew": about.get("crew"),
                "status": about.get("status"),
                "status_at": about.get("status_at"),
                "status_age_s": age_s(about.get("status_at"), now),
                "incident_id": about.get("incident_id"),
                "position": None if vehicle.position is None else list(vehicle.position),
                "position_basis": str(vehicle.basis),
                "position_at": about.get("position_at"),
                "position_age_s": vehicle.age_s,
                "position_is_old": vehicle.is_old,
                **(_ranked(rank, arrival, language) if arrival is not None else _not_available(vehicle, language)),
            }
        )
    return found


def arriving(units: Sequence[Mapping[str, Any]], place: int) -> dict[str, Any] | None:
    """The one that arrives in this place, from 0, of units in the order of their arrival; None where none does."""
    if place >= len(units) or units[place]["travel_time_s"] is None:
        return None
    return {name: units[place][name] for name in _ARRIVING}


def dispatch_document(
    choice: Choice, wanted: DispatchSet, units: Mapping[str, Mapping[str, Any]], language: str
) -> dict[str, Any]:
    """The choice; ``units`` are the documents of the vehicles by id."""
    chosen = [_chosen(each, wanted, units[each.unit.id]) for each in choice.assigned]
    return {
        **wanted.document(language),
        "complete": not choice.shortfalls,
        "chosen": chosen,
        "unfilled": [_unfilled(each, wanted, language) for each in choice.shortfalls],
        "first_arrival": arriving(chosen, 0),
        "second_arrival": arriving(chosen, 1),
    }


def _chosen(each: Assigned, wanted: DispatchSet, unit: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{name: unit[name] for name in _ARRIVING},
        "for": wanted.demands[each.demand].capability,
        "stands_in": each.preference > 0,
    }


def _unfilled(each: Shortfall, wanted: DispatchSet, language: str) -> dict[str, Any]:
    demand = wanted.demands[each.demand]
    counts = [sum(other.hindrance is hindrance for other in each.others) for _, hindrance in _HOW_MANY]
    title = unit_title(demand.capability, language)
    told = [
        f"{words.ja}{count}台" if language == "ja" else f"{count} {words.en}"
        for (words, _), count in zip(_HOW_MANY, counts, strict=True)
        if count
    ]
    if language == "ja":
        why = "、".join(told) or "充てられる車両がない"
        text = f"{title}が{each.missing}台足りない（{why}）。"
    else:
        why = ", ".join(told) or "no such vehicle is known"
        text = f"{title}: {each.missing} missing ({why})."
    return {
        "unit": demand.capability,
        "title": title,
        "missing": each.missing,
        **dict(zip(_HINDERED, counts, strict=True)),
        "text": text,
    }


def _soonest(arrival: Arrival | None, name: str) -> tuple[bool, int, str]:
    travel = None if arrival is None else arrival.travel
    return travel is None, travel or 0, name


def _ranked(rank: int, arrival: Arrival, language: str) -> dict[str, Any]:
    if arrival.travel is None or arrival.why_not is not None:
        reason = arrival.why_not or NoArrival.NO_WAY
        why_not = {"reason": str(reason), "text": _WHY[reason].in_language(language)}
        return {"rank": None, "travel_time_s": None, "why_not": why_not}
    return {"rank": rank, "travel_time_s": arrival.travel / UNITS_PER_SECOND, "why_not": None}


def _not_available(vehicle: Vehicle, language: str) -> dict[str, Any]:
    text = "" if vehicle.why_not is None else vehicle.why_not.in_language(language)
    return {"rank": None, "travel_time_s": None, "why_not": {"reason": "not-available", "text": text}}

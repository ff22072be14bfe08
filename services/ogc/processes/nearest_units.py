"""nearest-units: how soon each station and each vehicle is at an incident now, and which of them to send."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from geo.dispatch.choosing import choose
from geo.travel.finding import Way, fastest, stands
from geo.travel.met import Roads
from layers import fire_stations, incidents, response_plans, vehicles
from layers.model import Layer
from layers.text import Text
from services.ogc.analysis.layers import Feature
from services.ogc.processes import _place
from services.ogc.processes._dispatch import asked_incident, dispatch_set
from services.ogc.processes._dispatch.arrivals import Arrival, Arrivals
from services.ogc.processes._dispatch.asked_incident import incident_document, incident_of, is_over
from services.ogc.processes._dispatch.dispatch_set import DispatchSet, dispatch_set_of
from services.ogc.processes._dispatch.units_answer import (
    ARRIVING,
    DISPATCH,
    STATIONS,
    UNITS,
    arriving,
    dispatch_document,
    station_documents,
    unit_documents,
    unit_of,
)
from services.ogc.processes._dispatch.vehicles import OLD_S, Vehicle, position_of, stations_of, vehicles_of
from services.ogc.processes._model import LANGUAGE, Context, Input, Output, Process, Values, or_null
from services.ogc.processes._on_roads import met
from services.ogc.processes._on_roads.provenance import FREE_FLOW, PROFILE, PROVENANCE, near, provenance
from services.ogc.processes._on_roads.route_answer import ROUTE, route_document

_NO_TURNOUT = Text("指令から出発までの時間は含まない。", "The time from the order until a vehicle leaves is not in it.")
_OLD = Text(
    f"位置が{OLD_S / 60:.0f}分より古い車両がある。いまそこにいるとは限らない。",
    f"Some positions are older than {OLD_S / 60:.0f} minutes: vehicles may no longer be there.",
)
_NOT_SERVED = Text(
    "車両はここでは参照できない。署所からの所要時間だけを示す。",
    "Vehicles are not served here. Only travel times from stations are told.",
)

Ranked = Sequence[tuple[Vehicle, Arrival | None]]


def run(inputs: Values, context: Context) -> Values:
    """Stations and vehicles, ranked, and the choice where something is to be sent."""
    context = context.speaking(inputs.get("language"))
    place, incident = incident_of(inputs, context)
    wanted = dispatch_set_of(inputs, incident, context)
    moment = context.clock()
    arrivals = Arrivals(context.roads.conditions, place)
    homes = context.layers.remember("stations-with-crews", [fire_stations.LAYER.id], lambda: stations_of(context))
    from_stations = arrivals.of(inputs["profile"], [position_of(each) for each in homes])
    every = vehicles_of(context, homes, moment, returning=inputs["returning"])
    ranked = None if every is None else _ranked(every, arrivals)
    units = None if ranked is None else unit_documents(ranked, moment, context.language)
    ready = None if units is None else [each for each in units if _is_ready(each)]
    dispatch, refusal = _dispatch(wanted, ranked, units, context)
    stations = list(zip(homes, from_stations, strict=True))
    first = _first(inputs["profile"], stations, ranked, dispatch) if inputs["route"] else None
    route, on_way = (None, []) if first is None else _route(first, arrivals, context)
    notes = [FREE_FLOW, _NO_TURNOUT, *_notes(every, incident), *on_way]
    return {
        "answer": {
            "place": place.document(),
            "incident": incident_document(incident),
            "stations": station_documents(stations, _counted(every), context.language),
            "units": ready,
            "not_available": None if units is None else [each for each in units if not _is_ready(each)],
            "first_arrival": None if ready is None else arriving(ready, 0),
            "second_arrival": None if ready is None else arriving(ready, 1),
            "dispatch": dispatch,
            "refusal": refusal,
            "route": route,
            **provenance(
                arrivals.conditions(inputs["profile"]),
                context,
                notes,
                fictitious=place.fictitious or (route is not None and met.is_fictitious([route])),
                beside=(fire_stations.LAYER, *_read(every, incident, wanted)),
            ),
        }
    }


def _ranked(every: Sequence[Vehicle], arrivals: Arrivals) -> Ranked:
    """Each vehicle with its arrival, by its own kind; without one what is not available."""
    found: list[tuple[Vehicle, Arrival | None]] = [(each, None) for each in every if each.why_not is not None]
    ready = [each for each in every if each.why_not is None]
    for profile in dict.fromkeys(each.profile for each in ready):
        alike = [each for each in ready if each.profile == profile]
        found += zip(alike, arrivals.of(profile, [each.position for each in alike]), strict=True)
    return found


def _is_ready(unit: Mapping[str, Any]) -> bool:
    return unit["why_not"] is None or unit["why_not"]["reason"] != "not-available"


def _counted(every: Sequence[Vehicle] | None) -> Mapping[str, int] | None:
    """Vehicles that can be sent, by their stations."""
    if every is None:
        return None
    return Counter(str(each.feature.properties.get("station")) for each in every if each.why_not is None)


def _dispatch(
    wanted: DispatchSet | Text | None,
    ranked: Ranked | None,
    units: Sequence[Mapping[str, Any]] | None,
    context: Context,
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The choice; or why there is none, though one was asked for."""
    if wanted is None:
        return None, None
    if ranked is None or units is None:
        return None, {"reason": "vehicles-not-served", "text": context.say(_NOT_SERVED)}
    if isinstance(wanted, Text):
        return None, {"reason": "no-plan", "text": context.say(wanted)}
    choice = choose([unit_of(*each) for each in ranked], wanted.demands)
    return dispatch_document(choice, wanted, {each["id"]: each for each in units}, context.language), None


class _First(NamedTuple):
    """Who arrives first: from where, as what, and how."""

    place: _place.Place
    profile: str
    arrival: Arrival


def _first(
    profile_id: str,
    stations: Sequence[tuple[Feature, Arrival]],
    ranked: Ranked | None,
    dispatch: Mapping[str, Any] | None,
) -> _First | None:
    """Of the units chosen, else of all; of the stations where none is known."""
    known = [
        (each.feature.id, each.position, each.profile, arrival) for each, arrival in ranked or () if arrival is not None
    ]
    if ranked is None:
        known = [(station.id, position_of(station), profile_id, arrival) for station, arrival in stations]
    elif dispatch is not None:
        chosen = {each["id"] for each in dispatch["chosen"]}
        known = [each for each in known if each[0] in chosen]
    there = [
        (arrival.travel, name, _First(_place.Place(*position), profile, arrival))
        for name, position, profile, arrival in known
        if arrival.travel is not None and position is not None
    ]
    return min(there, key=lambda each: each[:2])[2] if there else None


def _route(first: _First, arrivals: Arrivals, context: Context) -> tuple[dict[str, Any] | None, list[Text]]:
    """The route of who arrives first, and what is to be said of it."""
    start, end, now = first.arrival.start, first.arrival.end, arrivals.conditions(first.profile)
    way = None if start is None or end is None else fastest(now, stands(now, start), stands(now, end))
    if way is None or start is None or end is None:
        return None, []

    def find(roads: Roads) -> Way | None:
        ends = [near(roads.on, each) for each in (first.place, arrivals.incident)]
        places = [stands(roads.on, snaps[0]) if snaps else [] for snaps in ends]
        return fastest(roads.on, places[0], places[1], roads.raised)

    off = met.closures_kept_off(Roads(now), lambda: Roads(context.roads.without_closures(now)), way, find)
    document = met.with_met(route_document(now, way, start, end, context.language), now, way, off, context)
    return document, met.notes([document], off)


def _read(every: Sequence[Vehicle] | None, incident: Feature | None, wanted: DispatchSet | Text | None) -> list[Layer]:
    """The layers that were read beside those of the roads and stations."""
    is_planned = isinstance(wanted, DispatchSet) and wanted.kind is not None
    return [
        *([vehicles.LAYER] if every is not None else []),
        *([incidents.LAYER] if incident is not None else []),
        *([response_plans.LAYER] if is_planned else []),
    ]


def _notes(every: Sequence[Vehicle] | None, incident: Feature | None) -> list[Text]:
    found = [asked_incident.OVER] if is_over(incident) else []
    if every is None:
        found.append(_NOT_SERVED)
    elif any(each.is_old for each in every if each.why_not is None):
        found.append(_OLD)
    return found


_NOT_SERVED_SCHEMA = {
    "type": "object",
    "required": ["reason", "text"],
    "properties": {
        "reason": {"type": "string", "enum": ["vehicles-not-served", "no-plan"]},
        "text": {"type": "string"},
    },
}
PROCESS = Process(
    id="nearest-units",
    version="1.0.0",
    title=Text("直近の隊", "Nearest units"),
    description=Text(
        "災害地点までの、各署所と出動できる各車両のいまの所要時間。車両ごとに、その車両が通れる道路で求める。出動させる隊"
        "（または災害種別と出動区分の出動計画）を指定すると、最も多くの区分を満たし、そのなかで最も早く着く隊を選ぶ。"
        "動態の分からない車両は出動できないものとする。",
        "Travel times to an incident now from every station and of every vehicle that can be sent, each on the roads "
        "that it can use. For a dispatch set, or the response plan of a kind and strike level, it chooses the units "
        "that fill most of it and, of those, arrive first. A vehicle of unknown status counts as not available.",
    ),
    keywords=("出動", "直近編成", "消防車", "dispatch", "nearest unit"),
    inputs={
        **asked_incident.INPUTS,
        **dispatch_set.INPUTS,
        "returning": Input(
            title=Text("引揚中の車両", "Returning vehicles"),
            description=Text("引揚中の車両も出動できるものとする。", "Vehicles on their way back can be sent too."),
            schema={"type": "boolean", "default": False},
            required=False,
        ),
        "route": Input(
            title=Text("経路", "Route"),
            description=Text("最先着隊の経路も返す。", "With the route of the first to arrive."),
            schema={"type": "boolean", "default": False},
            required=False,
        ),
        "profile": replace(
            PROFILE,
            description=Text(
                "署所からの所要時間を求める車両。各車両はそれぞれの区分による。",
                "The vehicle that times from stations are of; vehicles are routed by their own.",
            ),
        ),
        "language": LANGUAGE,
    },
    outputs={
        "answer": Output(
            title=Text("答え", "Answer"),
            description=Text(
                "早く着く順。unitsがnullなら車両は分からない（空ではない）。",
                "The first to arrive first. Where units is null, vehicles are not known (which is not none).",
            ),
            schema={
                "type": "object",
                "required": [
                    *("place", "incident", "stations", "units", "not_available", "first_arrival", "second_arrival"),
                    *("dispatch", "refusal", "route", *PROVENANCE),
                ],
                "properties": {
                    "place": _place.SCHEMA,
                    "incident": or_null(asked_incident.SCHEMA),
                    "stations": STATIONS,
                    "units": or_null(UNITS),
                    "not_available": or_null(UNITS),
                    "first_arrival": ARRIVING,
                    "second_arrival": ARRIVING,
                    "dispatch": or_null(DISPATCH),
                    "refusal": or_null(_NOT_SERVED_SCHEMA),
                    "route": or_null(
                        {
                            **ROUTE,
                            "required": [*ROUTE["required"], *met.ON_WAY],
                            "properties": {**ROUTE["properties"], **met.ON_WAY},
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
    examples=(
        {"location": [135.3415, 34.7376], "dispatch_set": "pumper|tank:2,ladder:1,ambulance:1"},
        {"location": [135.3415, 34.7376], "kind": "fire", "strike_level": "second", "with_lower_levels": True},
        {"location": [135.3415, 34.7376], "route": True},
    ),
)

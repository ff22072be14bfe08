"""The answer of ``shelter-capacity`` as JSON."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from geo.coverage.demand import Floats
from layers.advice import State
from services.ogc.processes._model import Context, or_null
from services.ogc.processes._planning import documents
from services.ogc.processes._planning.basis import BASIS
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.writing import finite
from services.ogc.processes._sheltering.analysis import PARTS, PEOPLE, AtStandard, Sheltering, TownShelter
from services.ogc.processes._sheltering.people import InZones
from services.ogc.processes._sheltering.sites import Site, Sites
from services.ogc.processes._sheltering.walks import Walks
from services.ogc.processes._sheltering.words import headline

MOST_TOWNS = 20
SOLVER = "OR-tools, minimum-cost flow (transportation problem)"
_PEOPLE = dict.fromkeys(PEOPLE, documents.AMOUNT)
_PARTS = dict.fromkeys(PARTS, documents.AMOUNT)
_FLAG = {"type": "boolean"}
_DEMAND = {name: each for name, each in documents.DEMAND["properties"].items() if name != "off_the_network"}
_COUNTS = ("in_all", "designated", "not_designated", "not_stated", "used", "with_known_room", "in_zones", "full")
SITE = {
    "id": documents.TEXT,
    "name": documents.TEXT,
    "lon": {"type": "number"},
    "lat": {"type": "number"},
    "designated": or_null(_FLAG),
    "zone": {"type": "string", "enum": [str(each) for each in State]},
    "from_floor": or_null(documents.COUNT),
    "floor_area_m2": or_null(documents.AMOUNT),
    "assumes_area": _FLAG,
    "capacity": or_null(documents.AMOUNT),
    "used": _FLAG,
    "off_the_network": _FLAG,
    "room": or_null(documents.AMOUNT),
    "taken": documents.AMOUNT,
    "full": or_null(_FLAG),
    "nearest_to": documents.AMOUNT,
    "overflowed_within_reach": documents.AMOUNT,
}
SCHEMA: Mapping[str, Any] = documents.object_of(
    {
        "headline": documents.TEXT,
        "hazard": documents.object_of(
            {
                "layer": documents.TEXT,
                "title": documents.TEXT,
                "scenario": or_null(documents.object_of({"id": documents.TEXT, "title": documents.TEXT})),
                "areas": documents.COUNT,
                "speaks_for_the_city": _FLAG,
            }
        ),
        "demand": documents.object_of(_DEMAND),
        "people": documents.object_of(_PEOPLE),
        "reach_s": documents.AMOUNT,
        "pace_mps": documents.TIME,
        "keeps_out": _FLAG,
        "standards": documents.array_of(
            {
                "m2_per_person": documents.AMOUNT,
                "room": documents.AMOUNT,
                **_PARTS,
                "share": documents.SHARE,
                "no_way": documents.AMOUNT,
                "mean_s": documents.TIME,
                "full_sites": documents.COUNT,
                "nearest_only": documents.object_of(
                    {"turned_away": documents.AMOUNT, "sites": documents.COUNT, "room_unknown": documents.AMOUNT}
                ),
            }
        ),
        "solver": documents.object_of({"name": documents.TEXT, "status": {"type": "string", "enum": ["optimal"]}}),
        "towns": documents.array_of(
            {
                "town": documents.NAME,
                **_PEOPLE,
                "standards": documents.array_of({"m2_per_person": documents.AMOUNT, **_PARTS}),
            }
        ),
        "towns_in_all": documents.COUNT,
        "site_counts": documents.object_of(dict.fromkeys(_COUNTS, documents.COUNT)),
        "sites": documents.array_of(SITE),
        "designations": or_null(
            documents.array_of(
                {
                    "hazard": documents.TEXT,
                    "title": documents.TEXT,
                    **dict.fromkeys(("designated", "not_designated", "not_stated", "with_known_room"), documents.COUNT),
                }
            )
        ),
        **BASIS,
    }
)


def answer(
    found: Sheltering,
    points: DemandPoints,
    people: InZones,
    sites: Sites,
    walked: Walks,
    basis: Mapping[str, Any],
    context: Context,
) -> dict[str, Any]:
    """The document; tables have the worst first."""
    zones, first = people.zones, found.first
    return {
        "headline": context.say(headline(found, people, sites, points)),
        "hazard": {
            "layer": zones.layer.id,
            "title": context.say(zones.layer.title),
            "scenario": zones.scenario
            and {"id": str(zones.scenario.value), "title": context.say(zones.scenario.title)},
            "areas": len(zones.shapes),
            "speaks_for_the_city": people.spoken_for is not None,
        },
        "demand": documents.about_demand(points, context),
        "people": found.whole.people,
        "reach_s": found.reach_s,
        "pace_mps": walked.pace_mps,
        "keeps_out": walked.keeps_out,
        "standards": [_standard(each, found) for each in found.standards],
        "solver": {"name": SOLVER, "status": "optimal"},
        "towns": [town_document(each, found) for each in found.towns[:MOST_TOWNS]],
        "towns_in_all": len(found.towns),
        "site_counts": {
            "in_all": len(sites.each),
            "designated": sum(each.designated is True for each in sites.each),
            "not_designated": sum(each.designated is False for each in sites.each),
            "not_stated": sum(each.designated is None for each in sites.each),
            "used": len(sites.used),
            "with_known_room": sum(each.has_known_room for each in sites.used),
            "in_zones": sum(each.zone is State.INSIDE for each in sites.used),
            "full": int(first.plan.full.sum()),
        },
        "sites": site_documents(found, sites, walked),
        "designations": sites.designations
        and [{**asdict(each), "title": context.say(each.title)} for each in sites.designations],
        **basis,
    }


def town_document(town: TownShelter, found: Sheltering) -> dict[str, Any]:
    """One row of the table of towns."""
    return {
        "town": town.town,
        **town.people,
        "standards": [
            {"m2_per_person": each.m2_per_person, **parts}
            for each, parts in zip(found.standards, town.by_standard, strict=True)
        ],
    }


def site_documents(found: Sheltering, sites: Sites, walked: Walks) -> list[dict[str, Any]]:
    """Every site; those that are not used have no people."""
    first, placed = found.first, walked.placed
    off = np.zeros(len(sites.used), bool) if placed is None else placed.facilities_off
    within = walked.pairs.within(found.reach_s)
    near = within.by_site(first.plan.overflowed[within.point])
    number = {each.id: row for row, each in enumerate(sites.used)}
    return [_site(each, number.get(each.id), first, off, near) for each in sites.each]


def _standard(each: AtStandard, found: Sheltering) -> dict[str, Any]:
    turned, inside = each.crowd.turned_away, found.whole.people["in_zones"]
    return {
        "m2_per_person": each.m2_per_person,
        "room": float(np.nansum(each.room)),
        **each.sums,
        "share": each.sums["assigned"] / inside if inside else None,
        "no_way": found.no_way,
        "mean_s": None if each.mean_s is None else round(each.mean_s, 1),
        "full_sites": int(each.plan.full.sum()),
        "nearest_only": {
            "turned_away": float(np.nansum(turned)),
            "sites": int((turned > 0).sum()),
            "room_unknown": float(each.crowd.comers[np.isnan(each.room)].sum()),
        },
    }


def _site(site: Site, row: int | None, first: AtStandard, off: Any, near: Floats) -> dict[str, Any]:
    has_room = row is not None and not np.isnan(first.room[row])
    return {
        "id": site.id,
        "name": site.name,
        "lon": site.lon,
        "lat": site.lat,
        "designated": site.designated,
        "zone": str(site.zone),
        "from_floor": site.from_floor,
        "floor_area_m2": site.area_m2,
        "assumes_area": site.assumes_area,
        "capacity": site.capacity,
        "used": site.used,
        "off_the_network": row is not None and bool(off[row]),
        "room": finite(float(first.room[row])) if row is not None else None,
        "taken": 0.0 if row is None else float(first.plan.taken[row]),
        "full": bool(first.plan.full[row]) if has_room else None,
        "nearest_to": 0.0 if row is None else float(first.crowd.comers[row]),
        "overflowed_within_reach": 0.0 if row is None else float(near[row]),
    }

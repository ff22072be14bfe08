"""The plan that was asked for as layers and as a table."""

from collections.abc import Iterator, Mapping
from typing import Any

import shapely

from services.ogc.processes._location.analysis import Location
from services.ogc.processes._location.answer import site_documents, town_document
from services.ogc.processes._location.sites import Sites
from services.ogc.processes._planning import writing
from services.ogc.processes._planning.classes import Classed
from services.ogc.processes._planning.demand import DemandPoints

_TOWN_COLUMNS = (
    *("town", "total", "covered_today", "covered", "gained", "lost", "served_today", "served"),
    *("mean_today_s", "mean_s"),
)


def layer(found: Location, sites: Sites, points: DemandPoints, classed: Classed, about: Mapping[str, Any]) -> str:
    """Every point of demand: when it is reached today and then and from where, if it gains or loses, who finds room."""
    return writing.layer("facility-location", points.shapes, points.ids, _rows(found, sites, points), about, classed)


def sites_layer(found: Location, sites: Sites, points: DemandPoints, about: Mapping[str, Any]) -> str:
    """The open sites of every plan, with the number of sites of the plan."""
    rows = [
        {"plan": number, "sites": len(plan.opened), **each}
        for number, plan in enumerate(found.plans, 1)
        for each in site_documents(plan, sites, points)
    ]
    shapes = [shapely.Point(each["lon"], each["lat"]) for each in rows]
    ids = [f"{each['plan']}/{each['id']}" for each in rows]
    return writing.layer("facility-location-sites", shapes, ids, rows, about)


def table(found: Location) -> str:
    """Every town, those that gain most first; none where nothing exists today to be compared with."""
    rows = [town_document(each) for each in found.plans[0].towns]
    return writing.table(_TOWN_COLUMNS, [[row[name] for name in _TOWN_COLUMNS] for row in rows])


def _rows(found: Location, sites: Sites, points: DemandPoints) -> Iterator[dict[str, Any]]:
    plan, demand, limit = found.plans[0], points.demand, found.limit_s
    for row, (town, weight, known, reason) in enumerate(
        zip(points.towns, demand.weights.tolist(), demand.known.tolist(), demand.reasons, strict=True)
    ):
        then, by = float(plan.first_s[row]), int(plan.first_by[row])
        about = {
            "town": town,
            "demand": weight if known else None,
            "excluded": reason,
            "covered": None if reason else then <= limit,
            "first_s": writing.finite(then),
            "first_by": None if by < 0 else sites.each[by].name,
        }
        if plan.in_room is not None:
            about["served"] = None if reason else float(plan.in_room[row])
        if found.today_s is not None:
            now = float(found.today_s[row])
            about |= {"today_s": writing.finite(now), "covered_today": None if reason else now <= limit}
        if found.today_in_room is not None:
            about["served_today"] = None if reason else float(found.today_in_room[row])
        yield about

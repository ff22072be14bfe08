"""The answer of ``accessibility`` as JSON."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from services.ogc.processes._accessibility.analysis import PARTS, PERCENTS, Access, AtMoment, TownAccess
from services.ogc.processes._accessibility.supply import Supplies
from services.ogc.processes._accessibility.weights import SCHEMA as WEIGHTS
from services.ogc.processes._accessibility.weights import Weights
from services.ogc.processes._accessibility.words import headline
from services.ogc.processes._model import Context, or_null
from services.ogc.processes._planning import documents
from services.ogc.processes._planning.basis import BASIS
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.times import Placed

MOST_TOWNS = 20
PER = 1_000.0
"""Indices are told as units of supply for so many people."""
_NUMBER = documents.TIME
_PEOPLE = dict.fromkeys(PARTS, documents.AMOUNT)
_HOURS = ("open", "closed", "hours_unknown")
SCHEMA: Mapping[str, Any] = documents.object_of(
    {
        "headline": documents.TEXT,
        "supply": documents.object_of(
            {
                "property": documents.TEXT,
                "title": documents.TEXT,
                "facilities": documents.COUNT,
                "known": documents.COUNT,
                "total": documents.AMOUNT,
            }
        ),
        "weights": WEIGHTS,
        "demand": documents.DEMAND,
        "moments": documents.array_of(
            {
                "moment": documents.NAME,
                **dict.fromkeys(_HOURS, documents.COUNT),
                "supply_unknown": documents.COUNT,
                "idle": documents.COUNT,
                "supply_shared": documents.AMOUNT,
                **_PEOPLE,
                "per_1000": _NUMBER,
                "gini": documents.SHARE,
                "share_below_half_the_mean": documents.SHARE,
                "percentiles": documents.array_of({"percent": documents.COUNT, "per_1000": _NUMBER}),
            }
        ),
        "towns": documents.array_of(
            {
                "town": documents.NAME,
                **_PEOPLE,
                "per_1000": _NUMBER,
                "least_per_1000": _NUMBER,
                "per_1000_by_moment": documents.array_of({"moment": documents.NAME, "per_1000": _NUMBER}),
            }
        ),
        "towns_in_all": documents.COUNT,
        "facilities": documents.array_of(
            {
                "id": documents.TEXT,
                "name": documents.TEXT,
                "lon": {"type": "number"},
                "lat": {"type": "number"},
                "supply": _NUMBER,
                "open": or_null({"type": "boolean"}),
                "per_1000": _NUMBER,
                "people_in_reach": documents.AMOUNT,
                "off_the_network": {"type": "boolean"},
            }
        ),
        **BASIS,
    }
)


def answer(
    found: Access,
    supplies: Supplies,
    weights: Weights,
    points: DemandPoints,
    times: Placed,
    profile: str,
    basis: Mapping[str, Any],
    context: Context,
) -> dict[str, Any]:
    """The document; tables have the worst first."""
    known = ~np.isnan(supplies.amounts)
    return {
        "headline": context.say(headline(found, supplies, weights, points, profile if times.now else None)),
        "supply": {
            "property": supplies.supply,
            "title": context.say(supplies.what),
            "facilities": len(supplies.amounts),
            "known": int(known.sum()),
            "total": float(supplies.amounts[known].sum()),
        },
        "weights": weights.document(context),
        "demand": documents.demand(points, times, context),
        "moments": [_moment(each) for each in found.moments],
        "towns": [town_document(each, found) for each in found.towns[:MOST_TOWNS]],
        "towns_in_all": len(found.towns),
        "facilities": _facilities(found, supplies, times),
        **basis,
    }


def per_1000(value: float | None) -> float | None:
    """An index as it is told."""
    return None if value is None else round(value * PER, 4)


def town_document(town: TownAccess, found: Access) -> dict[str, Any]:
    """One row of the table of towns."""
    return {
        "town": town.town,
        **town.people,
        "per_1000": per_1000(town.means[0]),
        "least_per_1000": per_1000(town.least),
        "per_1000_by_moment": [
            {"moment": each.moment, "per_1000": per_1000(mean)}
            for each, mean in zip(found.moments, town.means, strict=True)
        ],
    }


def _moment(each: AtMoment) -> dict[str, Any]:
    shared = ~np.isnan(each.found.ratios)
    return {
        "moment": each.moment,
        "open": each.is_open.count(True),
        "closed": each.is_open.count(False),
        "hours_unknown": each.is_open.count(None),
        "supply_unknown": int(each.found.unknown.sum()),
        "idle": int(each.found.idle.sum()),
        "supply_shared": float(each.offered[shared].sum()),
        **each.people,
        "per_1000": per_1000(each.mean),
        "gini": None if each.gini is None else round(each.gini, 6),
        "share_below_half_the_mean": each.below_half,
        "percentiles": [
            {"percent": percent, "per_1000": per_1000(value)}
            for percent, value in zip(PERCENTS, each.percentiles, strict=True)
        ],
    }


def _facilities(found: Access, supplies: Supplies, times: Placed) -> list[dict[str, Any]]:
    first = found.first
    rows = zip(
        supplies.facilities.each,
        supplies.amounts.tolist(),
        first.is_open,
        first.found.ratios.tolist(),
        found.in_reach,
        times.facilities_off.tolist(),
        strict=True,
    )
    return [
        {
            "id": each.id,
            "name": each.name,
            "lon": each.lon,
            "lat": each.lat,
            "supply": None if np.isnan(amount) else amount,
            "open": is_open,
            "per_1000": None if np.isnan(ratio) else per_1000(ratio),
            "people_in_reach": people,
            "off_the_network": off,
        }
        for each, amount, is_open, ratio, people, off in rows
    ]

"""The answer as JSON."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from geo.coverage.covering import Cover
from geo.coverage.demand import MISSING, SUPPRESSED, Demand
from geo.coverage.percentiles import USUAL
from layers.text import Text
from services.ogc.processes._coverage.analysis import Coverage, TownCover
from services.ogc.processes._coverage.words import headline
from services.ogc.processes._model import Context, or_null
from services.ogc.processes._on_roads import avoiding
from services.ogc.processes._planning.basis import BASIS
from services.ogc.processes._planning.cutting import Cut
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.facilities import Facilities
from services.ogc.processes._planning.times import Between

MOST_TOWNS = 20
"""Of the worst towns so many are in the answer; the table has all."""
_REASONS = {
    SUPPRESSED: Text("統計で秘匿されているか、値がない", "withheld by the statistics, or without a figure"),
    MISSING: Text("値がない", "without a figure"),
}

_AMOUNT = {"type": "number", "minimum": 0}
_TIME = or_null(_AMOUNT)
_PARTS = {"total": _AMOUNT, "covered": _AMOUNT, "uncovered": _AMOUNT, "unreachable": _AMOUNT, "excluded": _AMOUNT}
_SHARE = or_null({"type": "number", "minimum": 0, "maximum": 1})


def _object(members: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(members), "properties": dict(members)}


def _array(members: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": _object(members)}


COVER = {**_PARTS, "share": _SHARE}
PERCENTILES = {
    "type": "array",
    "items": _object({"percent": {"type": "integer"}, "time_s": _TIME, "reached": {"type": "boolean"}}),
}
_COUNTED = _object({"points": {"type": "integer"}, "demand": _AMOUNT})
_TEXT: Mapping[str, Any] = {"type": "string"}
_NAME = or_null(_TEXT)
SCHEMA: Mapping[str, Any] = _object(
    {
        "headline": _TEXT,
        "demand": _object(
            {
                "layer": _NAME,
                "weight": _TEXT,
                "title": _TEXT,
                "statistics": or_null({"type": "object"}),
                "points": {"type": "integer"},
                "empty_points": {"type": "integer"},
                "off_the_network": _COUNTED,
                "beyond_the_area": _COUNTED,
                "excluded": _array(
                    {
                        "reason": _TEXT,
                        "text": _TEXT,
                        "points": {"type": "integer"},
                        "demand": _AMOUNT,
                        "without_number": {"type": "integer"},
                    }
                ),
            }
        ),
        "limits": _array({"limit_s": _AMOUNT, **COVER}),
        "first": _object({"percentiles": PERCENTILES}),
        "second": _object(
            {"limit_s": _AMOUNT, "within": _object(COVER), "both": _object(COVER), "percentiles": PERCENTILES}
        ),
        "overlap": _array({"facilities": {"type": "integer"}, "demand": _AMOUNT}),
        "ages": or_null(_array({"id": _TEXT, "title": _TEXT, **COVER})),
        "towns": _array(
            {
                "town": _NAME,
                **_PARTS,
                "share": _SHARE,
                "mean_s": _TIME,
                "longest_s": _TIME,
                "uncovered_by_age": or_null({"type": "object"}),
            }
        ),
        "towns_in_all": {"type": "integer"},
        "facilities": _array(
            {
                "id": _TEXT,
                "name": _TEXT,
                "lon": {"type": "number"},
                "lat": {"type": "number"},
                "units": {"type": "integer"},
                "off_the_network": {"type": "boolean"},
                "within_reach": _AMOUNT,
                "served": _AMOUNT,
                "lost_if_it_fails": _AMOUNT,
                "cut_off_if_it_fails": _AMOUNT,
                "delay_if_it_fails_s": _TIME,
            }
        ),
        "cut": or_null(
            _object(
                {
                    "name": _TEXT,
                    "hazard": _NAME,
                    "scenario": _NAME,
                    "areas": {"type": "integer"},
                    "roads_m": _AMOUNT,
                    "covered": _object(COVER),
                    "kept": _AMOUNT,
                    "lost": _AMOUNT,
                    "gained": _AMOUNT,
                    "never": _AMOUNT,
                    "excluded": _AMOUNT,
                    "cut_off": _AMOUNT,
                    "later": _AMOUNT,
                    "on_roads_cut": _AMOUNT,
                    "towns": _array({"town": _NAME, "lost": _AMOUNT}),
                    "facilities_cut_off": {"type": "array", "items": _TEXT},
                    "facilities_on_roads_cut": {"type": "array", "items": _TEXT},
                    "met": avoiding.MET,
                }
            )
        ),
        **BASIS,
    }
)


def answer(
    found: Coverage,
    facilities: Facilities,
    units: Sequence[int],
    points: DemandPoints,
    times: Between,
    cut: Cut | None,
    basis: Mapping[str, Any],
    context: Context,
) -> dict[str, Any]:
    """The document; tables have the worst first."""
    return {
        "headline": context.say(headline(found, facilities, points, cut)),
        "demand": _demand(points, times, context),
        "limits": [
            {"limit_s": limit, **cover_document(each)} for limit, each in zip(found.limits_s, found.covers, strict=True)
        ],
        "first": {"percentiles": _percentiles(found.percentiles)},
        "second": {
            "limit_s": found.second_limit_s,
            "within": cover_document(found.second),
            "both": cover_document(found.both),
            "percentiles": _percentiles(found.second_percentiles),
        },
        "overlap": [{"facilities": number, "demand": each} for number, each in enumerate(found.overlap)],
        "ages": [
            {"id": each.band.id, "title": context.say(each.band.title), **cover_document(each.cover)}
            for each in found.bands
        ]
        or None,
        "towns": [town_document(each, points) for each in found.towns[:MOST_TOWNS]],
        "towns_in_all": len(found.towns),
        "facilities": _facilities(found, facilities, units, times),
        "cut": None if cut is None else _cut(found, facilities, points, times, cut, context),
        **basis,
    }


def cover_document(each: Cover) -> dict[str, Any]:
    return {
        "total": each.total,
        "covered": each.covered,
        "uncovered": each.uncovered,
        "unreachable": each.unreachable,
        "excluded": each.excluded,
        "share": each.share,
    }


def town_document(town: TownCover, points: DemandPoints) -> dict[str, Any]:
    """One row of the table of towns."""
    each = town.cover
    counted = each.covered + each.uncovered
    ages = zip((band.id for band in points.bands or ()), town.by_band, strict=True)
    return {
        "town": each.label,
        "total": each.total,
        "covered": each.covered,
        "uncovered": each.uncovered,
        "unreachable": town.unreachable,
        "excluded": each.excluded,
        "share": each.covered / counted if counted else None,
        "mean_s": None if town.mean_s is None else round(town.mean_s, 1),
        "longest_s": town.longest_s,
        "uncovered_by_age": dict(ages) if points.bands else None,
    }


def reason_text(reason: str) -> Text:
    """Why demand is left out: a reason of ours in words, one that was given as it is."""
    return _REASONS.get(reason, Text(reason, reason))


def off_the_network(demand: Demand, times: Between) -> tuple[int, float]:
    """Points that count and have no road near, and their demand."""
    return int((times.points_off & demand.counts).sum()), demand.sum(times.points_off)


def _demand(points: DemandPoints, times: Between, context: Context) -> dict[str, Any]:
    off, lost = off_the_network(points.demand, times)
    return {
        "layer": None if points.layer is None else points.layer.id,
        "weight": points.weight,
        "title": context.say(points.what),
        "statistics": points.statistics,
        "points": len(points),
        "empty_points": points.demand.empty_points,
        "off_the_network": {"points": off, "demand": lost},
        "beyond_the_area": {"points": points.beyond[0], "demand": points.beyond[1]},
        "excluded": [
            {
                "reason": each.reason,
                "text": context.say(reason_text(each.reason)),
                "points": each.points,
                "demand": each.demand,
                "without_number": each.unknown,
            }
            for each in points.demand.exclusions()
        ],
    }


def _percentiles(times_s: Sequence[float | None]) -> list[dict[str, Any]]:
    return [
        {
            "percent": percent,
            "time_s": time if time is not None and isfinite(time) else None,
            "reached": time is not None and isfinite(time),
        }
        for percent, time in zip(USUAL, times_s, strict=True)
    ]


def _facilities(found: Coverage, facilities: Facilities, units: Sequence[int], times: Between) -> list[dict[str, Any]]:
    rows = zip(facilities.each, units, times.facilities_off.tolist(), found.within_reach, found.failures, strict=True)
    return [
        {
            "id": each.id,
            "name": each.name,
            "lon": each.lon,
            "lat": each.lat,
            "units": sends,
            "off_the_network": off,
            "within_reach": within,
            "served": failure.served,
            "lost_if_it_fails": failure.lost,
            "cut_off_if_it_fails": failure.cut_off,
            "delay_if_it_fails_s": None if failure.delay_s is None else round(failure.delay_s, 1),
        }
        for each, sends, off, within, failure in rows
    ]


def _cut(
    found: Coverage, facilities: Facilities, points: DemandPoints, times: Between, cut: Cut, context: Context
) -> dict[str, Any]:
    cutting = found.cutting
    assert cutting is not None and times.shut is not None  # noqa: S101, PT018 - something is cut
    shut_sites, shut_points = times.shut(cut.now)
    told = cutting.change
    return {
        "name": context.say(cut.name),
        "hazard": None if cut.layer is None else cut.layer.id,
        "scenario": cut.scenario,
        "areas": cut.areas,
        "roads_m": round(cut.roads_m, 1),
        "covered": cover_document(cutting.cover),
        "kept": told.kept,
        "lost": told.lost,
        "gained": told.gained,
        "never": told.never,
        "excluded": told.excluded,
        "cut_off": told.cut_off,
        "later": told.later,
        "on_roads_cut": points.demand.sum(shut_points),
        "towns": [{"town": town, "lost": lost} for town, lost in cutting.towns[:MOST_TOWNS]],
        "facilities_cut_off": [facilities.each[row].name for row in cutting.facilities_cut],
        "facilities_on_roads_cut": [each.name for each, shut in zip(facilities.each, shut_sites, strict=True) if shut],
        "met": cut.met,
    }

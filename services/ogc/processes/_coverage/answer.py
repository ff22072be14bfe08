"""The answer as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.ogc.processes._coverage.analysis import Coverage, TownCover
from services.ogc.processes._coverage.words import headline
from services.ogc.processes._model import Context, or_null
from services.ogc.processes._on_roads import avoiding
from services.ogc.processes._planning import documents
from services.ogc.processes._planning.basis import BASIS
from services.ogc.processes._planning.cutting import Cut
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.facilities import Facilities
from services.ogc.processes._planning.times import Placed

MOST_TOWNS = 20
"""Of the worst towns so many are in the answer; the table has all."""
SCHEMA: Mapping[str, Any] = documents.object_of(
    {
        "headline": documents.TEXT,
        "demand": documents.DEMAND,
        "limits": documents.array_of({"limit_s": documents.AMOUNT, **documents.COVER}),
        "first": documents.object_of({"percentiles": documents.PERCENTILES}),
        "second": documents.object_of(
            {
                "limit_s": documents.AMOUNT,
                "within": documents.object_of(documents.COVER),
                "both": documents.object_of(documents.COVER),
                "percentiles": documents.PERCENTILES,
            }
        ),
        "overlap": documents.array_of({"facilities": {"type": "integer"}, "demand": documents.AMOUNT}),
        "ages": or_null(documents.array_of({"id": documents.TEXT, "title": documents.TEXT, **documents.COVER})),
        "towns": documents.array_of(
            {
                "town": documents.NAME,
                **documents.PARTS,
                "share": documents.SHARE,
                "mean_s": documents.TIME,
                "longest_s": documents.TIME,
                "uncovered_by_age": or_null({"type": "object"}),
            }
        ),
        "towns_in_all": {"type": "integer"},
        "facilities": documents.array_of(
            {
                "id": documents.TEXT,
                "name": documents.TEXT,
                "lon": {"type": "number"},
                "lat": {"type": "number"},
                "units": {"type": "integer"},
                "off_the_network": {"type": "boolean"},
                "within_reach": documents.AMOUNT,
                "served": documents.AMOUNT,
                "lost_if_it_fails": documents.AMOUNT,
                "cut_off_if_it_fails": documents.AMOUNT,
                "delay_if_it_fails_s": documents.TIME,
            }
        ),
        "cut": or_null(
            documents.object_of(
                {
                    "name": documents.TEXT,
                    "hazard": documents.NAME,
                    "scenario": documents.NAME,
                    "areas": {"type": "integer"},
                    "roads_m": documents.AMOUNT,
                    "covered": documents.object_of(documents.COVER),
                    "kept": documents.AMOUNT,
                    "lost": documents.AMOUNT,
                    "gained": documents.AMOUNT,
                    "never": documents.AMOUNT,
                    "excluded": documents.AMOUNT,
                    "cut_off": documents.AMOUNT,
                    "later": documents.AMOUNT,
                    "on_roads_cut": documents.AMOUNT,
                    "towns": documents.array_of({"town": documents.NAME, "lost": documents.AMOUNT}),
                    "facilities_cut_off": {"type": "array", "items": documents.TEXT},
                    "facilities_on_roads_cut": {"type": "array", "items": documents.TEXT},
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
    times: Placed,
    cut: Cut | None,
    basis: Mapping[str, Any],
    context: Context,
) -> dict[str, Any]:
    """The document; tables have the worst first."""
    return {
        "headline": context.say(headline(found, facilities, points, cut)),
        "demand": documents.demand(points, times, context),
        "limits": [
            {"limit_s": limit, **documents.cover(each)}
            for limit, each in zip(found.limits_s, found.covers, strict=True)
        ],
        "first": {"percentiles": documents.percentiles(found.percentiles)},
        "second": {
            "limit_s": found.second_limit_s,
            "within": documents.cover(found.second),
            "both": documents.cover(found.both),
            "percentiles": documents.percentiles(found.second_percentiles),
        },
        "overlap": [{"facilities": number, "demand": each} for number, each in enumerate(found.overlap)],
        "ages": [
            {"id": each.band.id, "title": context.say(each.band.title), **documents.cover(each.cover)}
            for each in found.bands
        ]
        or None,
        "towns": [town_document(each, points) for each in found.towns[:MOST_TOWNS]],
        "towns_in_all": len(found.towns),
        "facilities": _facilities(found, facilities, units, times),
        "cut": None if cut is None else _cut(found, facilities, points, times, cut, context),
        **basis,
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


def _facilities(found: Coverage, facilities: Facilities, units: Sequence[int], times: Placed) -> list[dict[str, Any]]:
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
    found: Coverage, facilities: Facilities, points: DemandPoints, times: Placed, cut: Cut, context: Context
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
        "covered": documents.cover(cutting.cover),
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

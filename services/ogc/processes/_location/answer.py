"""The answer of ``facility-location`` as JSON, with its one sentence."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from layers.text import Text
from services.ogc.processes._location.analysis import Location, Plan, TownChange
from services.ogc.processes._location.models import OBJECTIVES, TITLES, Model
from services.ogc.processes._location.sites import Sites
from services.ogc.processes._model import Context, or_null
from services.ogc.processes._planning import documents
from services.ogc.processes._planning.basis import BASIS
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.times import Placed
from services.ogc.processes._planning.words import amount, per_cent, time_text

MOST_TOWNS = 20
_NOTHING = 1e-9
EXISTING, REQUIRED, CHOSEN = "existing", "required", "chosen"

_SITE = {
    "id": documents.TEXT,
    "name": documents.TEXT,
    "lon": {"type": "number"},
    "lat": {"type": "number"},
    "kind": {"type": "string", "enum": [EXISTING, REQUIRED, CHOSEN]},
    "units": documents.COUNT,
    "capacity": or_null(documents.AMOUNT),
    "nearest_to": documents.AMOUNT,
    "serves": or_null(documents.AMOUNT),
}
_TOWN = {
    "town": documents.NAME,
    "total": documents.AMOUNT,
    "covered_today": documents.AMOUNT,
    "covered": documents.AMOUNT,
    "gained": documents.AMOUNT,
    "lost": documents.AMOUNT,
    "served_today": or_null(documents.AMOUNT),
    "served": or_null(documents.AMOUNT),
    "mean_today_s": documents.TIME,
    "mean_s": documents.TIME,
}
_CHANGE = dict.fromkeys(("kept", "gained", "lost", "never", "excluded", "cut_off", "sooner", "later"), documents.AMOUNT)
_PLAN = {
    "sites": documents.COUNT,
    "units": documents.COUNT,
    "method": {"type": "string", "enum": ["exact", "heuristic"]},
    "status": {"type": "string", "enum": ["optimal", "time-limit", "heuristic"]},
    "objective": {"type": "number"},
    "bound": {"type": "number"},
    "gap": documents.AMOUNT,
    "covered": documents.object_of(documents.COVER),
    "served": documents.AMOUNT,
    "served_in_time": or_null(documents.AMOUNT),
    "served_twice": documents.AMOUNT,
    "percentiles": documents.PERCENTILES,
    "opened": documents.array_of(_SITE),
    "given_up": documents.array_of({"id": documents.TEXT, "name": documents.TEXT}),
    "change": or_null(documents.object_of(_CHANGE)),
    "towns_gaining": documents.array_of(_TOWN),
    "towns_losing": documents.array_of(_TOWN),
}
SCHEMA: Mapping[str, Any] = documents.object_of(
    {
        "headline": documents.TEXT,
        "model": documents.object_of({"id": documents.TEXT, "title": documents.TEXT, "objective": documents.TEXT}),
        "limit_s": documents.AMOUNT,
        "demand": documents.DEMAND,
        "candidates": documents.COUNT,
        "reached_by_no_site": documents.AMOUNT,
        "today": or_null(
            documents.object_of(
                {
                    "sites": documents.COUNT,
                    "covered": documents.object_of(documents.COVER),
                    "served_in_time": or_null(documents.AMOUNT),
                    "percentiles": documents.PERCENTILES,
                }
            )
        ),
        "plans": documents.array_of(_PLAN),
        **BASIS,
    }
)


def answer(
    found: Location,
    sites: Sites,
    points: DemandPoints,
    placed: Placed,
    basis: Mapping[str, Any],
    context: Context,
) -> dict[str, Any]:
    """The document; the plan that was asked for comes first."""
    return {
        "headline": context.say(headline(found, sites, points)),
        "model": {
            "id": str(found.model),
            "title": context.say(TITLES[found.model]),
            "objective": context.say(OBJECTIVES[found.model]),
        },
        "limit_s": found.limit_s,
        "demand": documents.demand(points, placed, context),
        "candidates": len(sites.each) - sites.standing,
        "reached_by_no_site": found.unserved_by_all,
        "today": None
        if found.today is None
        else {
            "sites": sites.standing,
            "covered": documents.cover(found.today),
            "served_in_time": found.served_today,
            "percentiles": documents.percentiles(found.today_percentiles),
        },
        "plans": [_plan(each, sites, points) for each in found.plans],
        **basis,
    }


def headline(found: Location, sites: Sites, points: DemandPoints) -> Text:
    """One sentence: how many sites, who is covered then and was before, who has room, and whether that is proven."""
    plan, limit = found.plans[0], time_text(found.limit_s)
    number, units = len(plan.opened), int(plan.solution.siting.units.sum())
    counted = amount(plan.cover.covered + plan.cover.uncovered)
    covered, share = amount(plan.cover.covered), per_cent(plan.cover.share)
    placed = Text(f"{number}か所", f"{number} sites")
    if units != number:
        placed = Text(f"{number}か所に{units}隊", f"{units} units at {number} sites")
    if found.today is None:
        ja = f"{placed.ja}に置くと、{points.what.ja}{counted}のうち{covered}（{share}）に{limit.ja}以内に届く"
        en = f"With {placed.en}, {covered} ({share}) of {counted} ({points.what.en}) are reached within {limit.en}"
    else:
        before = f"{amount(found.today.covered)}（{per_cent(found.today.share)}）"
        ja = (
            f"今の{sites.standing}か所を{placed.ja}にすると、{limit.ja}以内に届くのは{points.what.ja}{counted}のうち"
            f"{before}から{covered}（{share}）になる"
        )
        en = (
            f"With {placed.en} in place of today's {sites.standing}, {covered} ({share}) of {counted} "
            f"({points.what.en}) are reached within {limit.en}; today {amount(found.today.covered)} "
            f"({per_cent(found.today.share)})"
        )
    if plan.change is not None and plan.change.lost:
        ja += f"（新たに{amount(plan.change.gained)}に届き、{amount(plan.change.lost)}に届かなくなる）"
        en += f" ({amount(plan.change.gained)} gain, {amount(plan.change.lost)} lose)"
    if plan.served_in_time is not None:  # who is near is more than who finds a place
        whole = plan.cover.covered + plan.cover.uncovered
        served, of_all = amount(plan.served_in_time), per_cent(plan.served_in_time / whole if whole else None)
        if found.served_today is None:
            ja += f"。定員の中で受け持てるのは{served}（{of_all}）"
            en += f"; within their capacities they serve {served} ({of_all})"
        else:
            had, of_them = amount(found.served_today), per_cent(found.served_today / whole if whole else None)
            ja += f"。定員の中で受け持てるのは{had}（{of_them}）から{served}（{of_all}）になる"
            en += f"; within their capacities they serve {served} ({of_all}), today {had} ({of_them})"
    proof = proof_text(plan, found.model)
    return Text(f"{ja}。{proof.ja}", f"{en}. {proof.en}")


def proof_text(plan: Plan, model: Model) -> Text:
    """Whether the plan is the best there is, or how far from it at most."""
    siting, what = plan.solution.siting, TITLES[model]
    if siting.status == "optimal" or siting.gap < _NOTHING:
        return Text(f"最適な配置であることを証明した。{what.ja}。", f"Proven to be optimal: {what.en}.")
    gap = f"{siting.gap:.2%}"
    return Text(
        f"最適な配置とは証明していない（最適との差は{gap}以下）。{what.ja}。",
        f"Not proven to be optimal: at most {gap} from it ({what.en}).",
    )


def town_document(each: TownChange) -> dict[str, Any]:
    """One row of the table of towns."""
    return {
        "town": each.town,
        "total": each.total,
        "covered_today": each.before,
        "covered": each.after,
        "gained": each.gained,
        "lost": each.lost,
        "served_today": each.served_before,
        "served": each.served,
        "mean_today_s": None if each.before_mean_s is None else round(each.before_mean_s, 1),
        "mean_s": None if each.after_mean_s is None else round(each.after_mean_s, 1),
    }


def site_documents(plan: Plan, sites: Sites, points: DemandPoints) -> list[dict[str, Any]]:
    """Each open site, what kind it is, and the demand that it is nearest to or is given to serve."""
    siting = plan.solution.siting
    near = points.demand.by(np.maximum(plan.first_by, 0), len(sites.each), plan.first_by >= 0)
    serves = None if siting.assigned is None else siting.assigned.sum(axis=1)
    return [
        {
            "id": sites.each[row].id,
            "name": sites.each[row].name,
            "lon": sites.each[row].lon,
            "lat": sites.each[row].lat,
            "kind": EXISTING if row < sites.standing else REQUIRED if row in sites.required else CHOSEN,
            "units": int(siting.units[row]),
            "capacity": None if sites.capacity is None else sites.capacity[row],
            "nearest_to": near[row],
            "serves": None if serves is None else float(serves[row]),
        }
        for row in plan.opened
    ]


def _plan(plan: Plan, sites: Sites, points: DemandPoints) -> dict[str, Any]:
    siting, told = plan.solution.siting, plan.change
    losing = sorted((each for each in plan.towns if each.lost), key=lambda each: -each.lost)
    return {
        "sites": len(plan.opened),
        "units": int(siting.units.sum()),
        "method": plan.solution.method,
        "status": str(siting.status),
        "objective": siting.objective,
        "bound": siting.bound,
        "gap": siting.gap,
        "covered": documents.cover(plan.cover),
        "served": plan.served,
        "served_in_time": plan.served_in_time,
        "served_twice": siting.covered_twice,
        "percentiles": documents.percentiles(plan.percentiles),
        "opened": site_documents(plan, sites, points),
        "given_up": [{"id": sites.each[row].id, "name": sites.each[row].name} for row in plan.given_up],
        "change": None if told is None else {name: getattr(told, name) for name in _CHANGE},
        "towns_gaining": [town_document(each) for each in plan.towns[:MOST_TOWNS] if each.gained],
        "towns_losing": [town_document(each) for each in losing[:MOST_TOWNS]],
    }

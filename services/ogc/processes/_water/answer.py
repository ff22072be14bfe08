"""The answer of ``water-supply-coverage`` as JSON, with its one sentence."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from geo.crs import STORAGE, transform_xy
from geo.water_supply.difficult_areas import Difficult
from layers.text import Text
from services.ogc.processes._model import Context, Values, or_null
from services.ogc.processes._planning import documents
from services.ogc.processes._planning.basis import BASIS
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.words import amount, per_cent
from services.ogc.processes._water.analysis import Account, TownWater, WaterSupply, candidates_of
from services.ogc.processes._water.places import Places
from services.ogc.processes._water.sources import Water

MOST_TOWNS = 20
_ACCOUNT = {
    **dict.fromkeys(("total", "covered", "unknown", "uncovered", "excluded"), documents.AMOUNT),
    "share": documents.SHARE,
}
_DEMAND = {name: each for name, each in documents.DEMAND["properties"].items() if name != "off_the_network"}
SCHEMA: Mapping[str, Any] = documents.object_of(
    {
        "headline": documents.TEXT,
        "demand": documents.object_of(_DEMAND),
        "sources_of_water": documents.object_of(
            dict.fromkeys(("in_all", "hydrants", "meeting", "unknown", "failing", "without_position"), documents.COUNT)
        ),
        "without_hydrants": {"type": "boolean"},
        "along_roads": {"type": "boolean"},
        "water": documents.object_of(_ACCOUNT),
        "with_hydrants": documents.object_of(_ACCOUNT),
        "in_an_earthquake": documents.object_of(_ACCOUNT),
        "by_hydrants_only": documents.AMOUNT,
        "towns": documents.array_of({"town": documents.NAME, **_ACCOUNT, "by_hydrants_only": documents.AMOUNT}),
        "towns_in_all": documents.COUNT,
        "next_cisterns": documents.object_of(
            {
                "sites": documents.array_of(
                    {
                        "lon": {"type": "number"},
                        "lat": {"type": "number"},
                        "town": documents.NAME,
                        "gains": documents.AMOUNT,
                    }
                ),
                "gain": documents.AMOUNT,
                "bound": documents.AMOUNT,
            }
        ),
        "hard_to_fight_fires": or_null(documents.object_of({each.label: documents.AMOUNT for each in Difficult})),
        **BASIS,
    }
)


def answer(
    found: WaterSupply,
    points: DemandPoints,
    places: Places,
    water: Water,
    inputs: Values,
    basis: Mapping[str, Any],
    context: Context,
) -> dict[str, Any]:
    """The document; tables have the worst first."""
    return {
        "headline": context.say(headline(found, points, water, inputs)),
        "demand": documents.about_demand(points, context),
        "sources_of_water": {
            "in_all": len(water),
            "hydrants": water.hydrants,
            "meeting": water.meeting,
            "unknown": water.unknown,
            "failing": water.failing,
            "without_position": water.without_position,
        },
        "without_hydrants": inputs["without_hydrants"],
        "along_roads": inputs["along_roads"],
        "water": account_document(found.account),
        "with_hydrants": account_document(found.with_hydrants),
        "in_an_earthquake": account_document(found.without_hydrants),
        "by_hydrants_only": found.by_hydrants_only,
        "towns": [town_document(each) for each in found.towns[:MOST_TOWNS]],
        "towns_in_all": len(found.towns),
        "next_cisterns": {
            "sites": sites_of(found, points, places, context),
            "gain": sum(found.further.gains),
            "bound": found.further.bound,
        },
        "hard_to_fight_fires": None
        if found.difficult_demand is None
        else {state.label: value for state, value in zip(Difficult, found.difficult_demand, strict=True)},
        **basis,
    }


def account_document(each: Account) -> dict[str, Any]:
    return {
        "total": each.total,
        "covered": each.covered,
        "unknown": each.unknown,
        "uncovered": each.uncovered,
        "excluded": each.excluded,
        "share": each.share,
    }


def town_document(each: TownWater) -> dict[str, Any]:
    """One row of the table of towns."""
    return {"town": each.town, **account_document(each.account), "by_hydrants_only": each.by_hydrants_only}


def sites_of(found: WaterSupply, points: DemandPoints, places: Places, context: Context) -> list[dict[str, Any]]:
    """Where further cisterns help most, the best first."""
    rows = candidates_of(found, places)[np.array(found.further.rows, np.int64)].tolist()
    sites = []
    for row, gain in zip(rows, found.further.gains, strict=True):
        lon, lat = transform_xy(float(places.xy[row, 0]), float(places.xy[row, 1]), context.city.plane_crs, STORAGE)
        town = points.towns[int(places.point[row])]
        sites.append({"lon": round(lon, 7), "lat": round(lat, 7), "town": town, "gains": gain})
    return sites


def headline(found: WaterSupply, points: DemandPoints, water: Water, inputs: Values) -> Text:
    """One sentence for somebody who reads no more than that."""
    each = found.account
    # Parts of people stand for the ground they live on: a sentence has whole ones.
    counted, covered, perhaps, none, hydrants = (
        amount(round(value))
        for value in (
            each.covered + each.unknown + each.uncovered,
            each.covered,
            each.unknown,
            each.uncovered,
            found.by_hydrants_only,
        )
    )
    share, without, along = per_cent(each.share), inputs["without_hydrants"], inputs["along_roads"]
    ja = (
        f"消防水利{len(water):,}か所のうち基準を満たすと分かる{water.meeting:,}か所から"
        f"{'、消火栓なしで' if without else ''}"
        f"{'道路に沿って' if along else ''}"
        f"基準の距離内にあるのは、{points.what.ja}{counted}のうち{covered}（{share}）。{perhaps}は分からず、"
        f"{none}は距離内にない。"
        f"消火栓だけに頼るのは{hydrants}。"
    )
    en = (
        f"Of {counted} ({points.what.en}) {covered} ({share}) have one of the {water.meeting:,} sources of water "
        f"({len(water):,} in all) that are known to meet the standard within its distance"
        f"{' along roads' if along else ''}"
        f"{', without hydrants' if without else ''}; of {perhaps} it is not known, {none} have none. {hydrants} "
        "depend on "
        "hydrants alone."
    )
    return Text(ja, en)

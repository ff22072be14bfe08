"""The analysis as a report: A4, with a map of the ground without water and of where cisterns would help."""

from collections.abc import Mapping
from typing import Any

from geo.water_supply.straight import Supply
from services.ogc.processes._model import Context
from services.ogc.processes._planning import reporting
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.drawing import Mark
from services.ogc.processes._planning.words import amount
from services.ogc.processes._water.analysis import WaterSupply
from services.ogc.processes._water.files import shares
from services.ogc.processes._water.places import Places

_COLOURS = ("#4575b4", "#fee090", "#fc8d59", "#d73027")
_BOUNDS = (0.999, 0.75, 0.25)
_LEFT_OUT = "#bdbdbd"


def report(
    found: WaterSupply, points: DemandPoints, places: Places, answer: Mapping[str, Any], context: Context
) -> str:
    """The page."""
    say = reporting.saying(context)
    covered = shares(found.asked.supply, Supply.COVERED, places, len(points))
    demand = points.demand
    colours = [
        _LEFT_OUT if not counts else None if weight <= 0 else _COLOURS[sum(share < bound for bound in _BOUNDS)]
        for counts, weight, share in zip(demand.counts, demand.weights, covered, strict=True)
    ]
    sites = answer["next_cisterns"]["sites"]
    marks = [Mark(each["lon"], each["lat"], str(number), True) for number, each in enumerate(sites, 1)]
    title = say("消防水利の充足", "Water for fire fighting")
    key = [
        (_COLOURS[0], say("すべて距離内", "all within the distance")),
        (_COLOURS[1], say("75％以上", "75% and more")),
        (_COLOURS[2], say("25％以上", "25% and more")),
        (_COLOURS[3], say("それ未満", "less")),
        (_LEFT_OUT, say("除外", "excluded")),
    ]
    return reporting.report(
        "water-supply-coverage.html",
        context,
        title,
        answer,
        amount=lambda value: amount(round(value)),
        shapes=points.shapes,
        colours=colours,
        marks=marks,
        key=key,
    )

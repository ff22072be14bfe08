"""The analysis as a report: A4, with a map of the ground without water and of where cisterns would help."""

from collections.abc import Mapping
from typing import Any

from services.ogc.processes._model import Context
from services.ogc.processes._planning import reporting
from services.ogc.processes._planning.classes import Classed
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.drawing import Mark
from services.ogc.processes._planning.words import amount


def report(points: DemandPoints, classed: Classed, answer: Mapping[str, Any], context: Context) -> str:
    """The page."""
    say = reporting.saying(context)
    sites = answer["next_cisterns"]["sites"]
    marks = [Mark(each["lon"], each["lat"], str(number), True) for number, each in enumerate(sites, 1)]
    title = say("消防水利の充足", "Water for fire fighting")
    return reporting.report(
        "water-supply-coverage.html",
        context,
        title,
        answer,
        amount=lambda value: amount(round(value)),
        shapes=points.shapes,
        classed=classed,
        marks=marks,
    )

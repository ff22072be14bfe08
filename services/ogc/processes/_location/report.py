"""The plans as a report: A4, with a map of who gains and who loses, and the plans side by side."""

from collections.abc import Mapping
from typing import Any

from layers.text import Text
from services.ogc.processes._location.analysis import Location
from services.ogc.processes._location.models import TITLES
from services.ogc.processes._location.sites import Sites
from services.ogc.processes._model import Context
from services.ogc.processes._planning import reporting
from services.ogc.processes._planning.classes import Classed
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.drawing import Mark

_TITLE = Text("施設の配置", "Facility location")


def report(
    found: Location,
    sites: Sites,
    points: DemandPoints,
    classed: Classed,
    answer: Mapping[str, Any],
    context: Context,
) -> str:
    """The page."""
    minutes, plan = reporting.timing(context), found.plans[0]
    marks = [
        Mark(sites.each[row].lon, sites.each[row].lat, str(number), row >= sites.standing)
        for number, row in enumerate(plan.opened, 1)
    ]
    title = f"{context.say(_TITLE)}: {context.say(TITLES[found.model])}"
    return reporting.report(
        "facility-location.html",
        context,
        title,
        answer,
        limit=minutes(found.limit_s),
        shapes=points.shapes,
        classed=classed,
        marks=marks,
    )

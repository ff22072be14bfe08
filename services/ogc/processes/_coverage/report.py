"""The analysis as a report for a desk or a meeting: A4, with a map and a curve, and all that it rests on."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from layers.text import Text
from services.ogc.processes._coverage.analysis import Coverage
from services.ogc.processes._model import Context
from services.ogc.processes._planning import reporting
from services.ogc.processes._planning.classes import Classed
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.drawing import Mark, curve_of
from services.ogc.processes._planning.facilities import Facilities

_MOST_FACILITIES = 60
_TITLE = Text("到達の充足", "Coverage")


def report(
    found: Coverage,
    facilities: Facilities,
    points: DemandPoints,
    classed: Classed,
    answer: Mapping[str, Any],
    context: Context,
) -> str:
    """The page."""
    say, minutes = reporting.saying(context), reporting.timing(context)
    limit = found.limit_s
    demand = points.demand
    marks = [Mark(each.lon, each.lat, str(number)) for number, each in enumerate(facilities.each[:_MOST_FACILITIES], 1)]
    title = f"{context.say(_TITLE)}: {context.say(facilities.title)}"
    return reporting.report(
        "coverage.html",
        context,
        title,
        answer,
        limit=minutes(limit),
        second_limit=minutes(found.second_limit_s),
        unknown=sum(each["without_number"] for each in answer["demand"]["excluded"]),
        shapes=points.shapes,
        classed=classed,
        marks=marks,
        curve=curve_of(
            found.two.first_s,
            np.where(demand.counts, demand.weights, 0).astype(np.float64),
            limit,
            say("時間までに届く割合", "Share reached by time"),
            say("分", "minutes"),
        ),
        most=_MOST_FACILITIES,
    )

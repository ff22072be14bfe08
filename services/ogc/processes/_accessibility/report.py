"""The analysis as a report: A4, with a map of who has how much within reach."""

from collections.abc import Mapping
from typing import Any

from services.ogc.processes._accessibility.supply import Supplies, moment_text
from services.ogc.processes._accessibility.weights import Weights
from services.ogc.processes._model import Context
from services.ogc.processes._planning import reporting
from services.ogc.processes._planning.classes import Classed
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.drawing import Mark
from services.ogc.processes._planning.words import time_text

_MOST_MARKS = 60


def report(
    supplies: Supplies,
    weights: Weights,
    points: DemandPoints,
    classed: Classed,
    answer: Mapping[str, Any],
    context: Context,
) -> str:
    """The page."""
    say = reporting.saying(context)

    def moment(value: str | None) -> str:
        return say("時間を問わず", "whenever") if value is None else context.say(moment_text(value))

    each = supplies.facilities.each
    marks = (
        [Mark(one.lon, one.lat, str(number)) for number, one in enumerate(each, 1)] if len(each) <= _MOST_MARKS else []
    )
    title = f"{say('近づきやすさ', 'Accessibility')}: {context.say(supplies.facilities.title)}"
    return reporting.report(
        "accessibility.html",
        context,
        title,
        answer,
        moment=moment,
        reach=context.say(time_text(weights.reach_s)),
        shapes=points.shapes,
        classed=classed,
        marks=marks,
        most=_MOST_MARKS,
    )

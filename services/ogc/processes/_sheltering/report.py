"""The analysis as a report: A4, with a map of where people find room and where they do not."""

from collections.abc import Mapping
from typing import Any

from services.ogc.processes._model import Context
from services.ogc.processes._planning import reporting
from services.ogc.processes._planning.classes import Classed
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.drawing import Mark
from services.ogc.processes._sheltering.people import InZones
from services.ogc.processes._sheltering.words import people_text

_MOST_SITES = 40


def report(
    points: DemandPoints,
    people: InZones,
    classed: Classed,
    answer: Mapping[str, Any],
    context: Context,
) -> str:
    """The page."""
    say = reporting.saying(context)
    shown = sorted((each for each in answer["sites"] if each["used"]), key=lambda each: -each["taken"])[:_MOST_SITES]
    marks = [Mark(each["lon"], each["lat"], str(n), bool(each["full"])) for n, each in enumerate(shown, 1)]
    title = f"{say('避難先の収容力', 'Room at evacuation sites')}: {context.say(people.zones.title)}"
    return reporting.report(
        "shelter-capacity.html",
        context,
        title,
        answer,
        people=people_text,
        sites=shown,
        shapes=points.shapes,
        classed=classed,
        marks=marks,
    )

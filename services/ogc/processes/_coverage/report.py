"""The analysis as a report for a desk or a meeting: A4, with a map and a curve, and all that it rests on."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from layers.text import Text
from services.ogc.processes._coverage.analysis import Coverage
from services.ogc.processes._coverage.files import classes
from services.ogc.processes._model import Context
from services.ogc.processes._planning import reporting
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.drawing import Mark, curve_of
from services.ogc.processes._planning.facilities import Facilities

_MOST_FACILITIES = 60
_COLOURS = ("#4575b4", "#fee090", "#fc8d59", "#d73027", "#4d004b")
"""Told apart by most who see colours differently (ColorBrewer); the last is for whom there is no way."""
_LEFT_OUT = "#bdbdbd"
_TITLE = Text("到達の充足", "Coverage")


def report(
    found: Coverage, facilities: Facilities, points: DemandPoints, answer: Mapping[str, Any], context: Context
) -> str:
    """The page."""
    say, minutes = reporting.saying(context), reporting.timing(context)
    limit = found.limit_s
    key = [
        (_COLOURS[0], say(f"{minutes(limit)}以内", f"within {minutes(limit)}")),
        (_COLOURS[1], say(f"{minutes(1.5 * limit)}以内", f"within {minutes(1.5 * limit)}")),
        (_COLOURS[2], say(f"{minutes(2 * limit)}以内", f"within {minutes(2 * limit)}")),
        (_COLOURS[3], say("それより後", "later")),
        (_COLOURS[4], say("道がない", "no way")),
        (_LEFT_OUT, say("除外", "excluded")),
    ]
    demand = points.demand
    # Cells without people say nothing of people.
    colours = [
        _LEFT_OUT if not counts else _COLOURS[late] if weight > 0 else None
        for counts, late, weight in zip(demand.counts, classes(found).tolist(), demand.weights, strict=True)
    ]
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
        colours=colours,
        marks=marks,
        curve=curve_of(
            found.two.first_s,
            np.where(demand.counts, demand.weights, 0).astype(np.float64),
            limit,
            say("時間までに届く割合", "Share reached by time"),
            say("分", "minutes"),
        ),
        key=key,
        most=_MOST_FACILITIES,
    )

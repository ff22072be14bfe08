"""The analysis as a report: A4, with a map of who has how much within reach."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from services.ogc.processes._accessibility.analysis import Access
from services.ogc.processes._accessibility.supply import Supplies, moment_text
from services.ogc.processes._accessibility.weights import Weights
from services.ogc.processes._model import Context
from services.ogc.processes._planning import reporting
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.drawing import Mark
from services.ogc.processes._planning.words import time_text

_MOST_MARKS = 60
_BOUNDS = (0.5, 0.9, 1.1, 1.5)
_COLOURS = ("#d73027", "#fdae61", "#ffffbf", "#abd9e9", "#4575b4")
_PERHAPS, _UNREACHED, _LEFT_OUT = "#9e7fb8", "#4d004b", "#bdbdbd"


def report(
    found: Access,
    supplies: Supplies,
    weights: Weights,
    points: DemandPoints,
    answer: Mapping[str, Any],
    context: Context,
) -> str:
    """The page."""
    say = reporting.saying(context)

    def moment(value: str | None) -> str:
        return say("時間を問わず", "whenever") if value is None else context.say(moment_text(value))

    first, demand = found.first, points.demand
    classes = np.searchsorted(np.array(_BOUNDS) * (first.mean or 0.0), first.found.index, side="right")
    colours = [
        _LEFT_OUT if not counts
        else None if weight <= 0
        else _COLOURS[number] if reached
        else _PERHAPS if perhaps
        else _UNREACHED
        for counts, weight, number, reached, perhaps in zip(
            demand.counts, demand.weights, classes.tolist(), first.reached, first.perhaps, strict=True
        )
    ]  # fmt: skip
    each = supplies.facilities.each
    marks = (
        [Mark(one.lon, one.lat, str(number)) for number, one in enumerate(each, 1)] if len(each) <= _MOST_MARKS else []
    )
    title = f"{say('近づきやすさ', 'Accessibility')}: {context.say(supplies.facilities.title)}"
    bounds = [say(f"平均の{bound:g}倍", f"{bound:g} times the mean") for bound in _BOUNDS]
    key = [
        (_COLOURS[0], say(f"{bounds[0]}未満", f"below {bounds[0]}")),
        *((colour, say(f"{low}以上", f"from {low}")) for colour, low in zip(_COLOURS[1:], bounds, strict=True)),
        (_PERHAPS, say("分からない施設だけ", "only facilities not known of")),
        (_UNREACHED, say("届かない", "none within reach")),
        (_LEFT_OUT, say("除外", "excluded")),
    ]
    return reporting.report(
        "accessibility.html",
        context,
        title,
        answer,
        moment=moment,
        reach=context.say(time_text(weights.reach_s)),
        shapes=points.shapes,
        colours=colours,
        marks=marks,
        key=key,
        most=_MOST_MARKS,
    )

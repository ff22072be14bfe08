"""The plans as a report: A4, with a map of who gains and who loses, and the plans side by side."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from layers.text import Text
from services.ogc.processes._location.analysis import Location, without_room
from services.ogc.processes._location.models import TITLES
from services.ogc.processes._location.sites import Sites
from services.ogc.processes._model import Context
from services.ogc.processes._planning import reporting
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.drawing import Mark

_KEPT, _GAINED, _LOST, _NEVER, _LEFT_OUT = "#a6bddb", "#1b7837", "#d73027", "#fee090", "#bdbdbd"
_WITHOUT_ROOM = "#b35806"
_TITLE = Text("施設の配置", "Facility location")


def report(found: Location, sites: Sites, points: DemandPoints, answer: Mapping[str, Any], context: Context) -> str:
    """The page."""
    say, minutes = reporting.saying(context), reporting.timing(context)
    plan, demand = found.plans[0], points.demand
    then = plan.first_s <= found.limit_s
    full = without_room(plan, demand, found.limit_s)
    today = np.zeros(len(points), bool) if found.today_s is None else found.today_s <= found.limit_s
    colours = [
        None if counts and weight <= 0
        else _LEFT_OUT if not counts
        else _WITHOUT_ROOM if no_room
        else (_KEPT if before else _GAINED) if after
        else (_LOST if before else _NEVER)
        for counts, weight, no_room, before, after in zip(demand.counts, demand.weights, full, today, then, strict=True)
    ]  # fmt: skip
    marks = [
        Mark(sites.each[row].lon, sites.each[row].lat, str(number), row >= sites.standing)
        for number, row in enumerate(plan.opened, 1)
    ]
    has_today = found.today is not None
    key = [
        *([(_KEPT, say("今も届く", "reached today too"))] if has_today else []),
        (_GAINED, say("新たに届く", "newly reached") if has_today else say("届く", "reached")),
        *([(_LOST, say("届かなくなる", "no longer reached"))] if has_today else []),
        *(
            []
            if plan.in_room is None
            else [(_WITHOUT_ROOM, say("届くが定員が足りない", "reached, but not room for all"))]
        ),
        (_NEVER, say("届かない", "not reached")),
        (_LEFT_OUT, say("除外", "excluded")),
    ]
    title = f"{context.say(_TITLE)}: {context.say(TITLES[found.model])}"
    return reporting.report(
        "facility-location.html",
        context,
        title,
        answer,
        limit=minutes(found.limit_s),
        shapes=points.shapes,
        colours=colours,
        marks=marks,
        key=key,
    )

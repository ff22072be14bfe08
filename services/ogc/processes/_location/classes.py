"""What the plan that was asked for changes for each point of demand."""

import numpy as np

from layers.result_classes import rank
from services.ogc.processes._location.analysis import Location, without_room
from services.ogc.processes._planning.classes import Classed
from services.ogc.processes._planning.demand import DemandPoints

_KEPT = rank("kept", "今も届く", "reached today too", "#a6bddb")
_GAINED = rank("gained", "新たに届く", "newly reached", "#1b7837")
_REACHED = rank("reached", "届く", "reached", "#1b7837")
_WITHOUT_ROOM = rank("without-room", "届くが定員が足りない", "reached, but not room for all", "#b35806")
_NEVER = rank("never", "届かない", "not reached", "#fee090")
_LOST = rank("lost", "届かなくなる", "no longer reached", "#d73027")


def classed(found: Location, points: DemandPoints) -> Classed:
    """By today, where anything exists today, and by room, where capacities are known."""
    plan = found.plans[0]
    after = plan.first_s <= found.limit_s
    full = without_room(plan, points.demand, found.limit_s)
    if found.today_s is None:
        before, classes = np.zeros(len(points), bool), [_REACHED, _NEVER]
    else:
        before, classes = found.today_s <= found.limit_s, [_KEPT, _GAINED, _NEVER, _LOST]
    if plan.in_room is not None:
        classes.insert(-1 if found.today_s is None else 2, _WITHOUT_ROOM)
    place = {each: number for number, each in enumerate(classes)}
    number = np.select(
        [full, after & before, after, before],
        [place.get(each, 0) for each in (_WITHOUT_ROOM, _KEPT, _REACHED if found.today_s is None else _GAINED, _LOST)],
        place[_NEVER],
    )
    return Classed.of_demand(classes, number, points.demand)

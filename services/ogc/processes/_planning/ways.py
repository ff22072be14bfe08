"""Times as far as an analysis rests on them: out of one table of all, or by area where there is a cluster."""

from dataclasses import dataclass
from typing import Protocol

from geo.coverage.demand import Bools
from geo.travel.conditions import Conditions, with_metric
from services.ogc.processes._model import Context, Values
from services.ogc.processes._planning.apart import Apart
from services.ogc.processes._planning.times import Floats, Placed, Places, between


class Seconds(Protocol):
    """Seconds of a table of shape (facilities, points) under conditions; None in a straight line."""

    def __call__(self, state: Conditions | None, limit_s: float, nearest_of: Bools, beyond_s: float = 0.0, /) -> Floats:
        """All times within the limit are there, and of each point all as far as the nearest of some facilities and
        ``beyond_s`` farther; the others are right or infinite.
        """
        ...


@dataclass(frozen=True, eq=False, slots=True)
class Ways:
    """Facilities and points of demand as they are placed, and the times between them: under the conditions they were
    placed under, or others, in which each stays where it is.
    """

    placed: Placed
    seconds: Seconds


def ways(
    inputs: Values,
    now: Conditions | None,
    ends: Places,
    points: Places,
    context: Context,
    anchors: int | None = None,
) -> Ways:
    """As ``between``, with the same inputs and errors; by area where there are roads and a cluster."""
    if now is not None and context.cluster is not None:
        apart = Apart(inputs, now, ends, points, context, anchors)

        def by_area(state: Conditions | None, limit_s: float, nearest_of: Bools, beyond_s: float = 0.0) -> Floats:
            return apart.seconds(now if state is None else state, limit_s, nearest_of, beyond_s)

        return Ways(apart.placed, by_area)
    found = between(inputs, now, ends, points, context, anchors)

    def at_once(state: Conditions | None, _limit_s: float, _nearest_of: Bools, _beyond_s: float = 0.0) -> Floats:
        if state is now or state is None or found.under is None:
            return found.times_s
        return found.under(state if state.metric is not None else with_metric(state))

    return Ways(found, at_once)

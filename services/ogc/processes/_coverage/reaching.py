"""Who is reached when: out of a table of all times, by area where there is a cluster, or in straight lines."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from geo.coverage.demand import Ints
from geo.coverage.reach import Reach, reach_of, reach_of_entries, reach_of_pairs
from geo.travel.conditions import Conditions
from services.ogc.processes._model import Context, Values
from services.ogc.processes._planning.apart import Apart
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.facilities import Facilities
from services.ogc.processes._planning.straight import Straight
from services.ogc.processes._planning.times import Placed, between


@dataclass(frozen=True, eq=False, slots=True)
class Reaching:
    """What is reached as roads are, and under other conditions; ``under`` is None in a straight line."""

    placed: Placed
    reach: Reach
    under: Callable[[Conditions], Reach] | None


def reaching(
    inputs: Values,
    now: Conditions | None,
    facilities: Facilities,
    points: DemandPoints,
    units: Ints,
    limit_s: float,
    context: Context,
) -> Reaching:
    """Of facilities that send so many ``units`` each."""
    ends, places, demand = (facilities.lon, facilities.lat), (points.lon, points.lat), points.demand
    if now is None:
        lines, sends = Straight(inputs, ends, places, context), np.asarray(units > 0)
        pairs = lines.pairs(limit_s, sends, first=min(2, int(np.count_nonzero(sends))))
        return Reaching(lines.placed, reach_of_pairs(demand, pairs, units, limit_s, sends), None)
    if context.cluster is None:
        found = between(inputs, now, ends, places, context)
        return Reaching(
            found,
            reach_of(demand, found.times_s, units, limit_s),
            lambda state: reach_of(demand, found.under(state), units, limit_s),
        )
    apart = Apart(inputs, now, ends, places, context)

    def by_area(state: Conditions) -> Reach:
        times, reaches = apart.times(state, limit_s, np.asarray(units > 0), first=2)
        return reach_of_entries(demand, times, units, limit_s, reaches, apart.turnout_s)

    return Reaching(apart.placed, by_area(now), by_area)

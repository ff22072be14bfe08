"""Times as far as an analysis rests on them: out of one table of all, by area where there is a cluster, or straight."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from geo.coverage.demand import Bools
from geo.coverage.pairs import Pairs
from geo.travel.conditions import Conditions, with_metric
from services.ogc.processes._model import Context, Values
from services.ogc.processes._planning.apart import Apart
from services.ogc.processes._planning.straight import Straight
from services.ogc.processes._planning.times import Placed, Places, between


class Between(Protocol):
    """The pairs that count of all between facilities and points, under conditions; None in a straight line."""

    def __call__(self, state: Conditions | None, limit_s: float, nearest_of: Bools, beyond_s: float = 0.0, /) -> Pairs:
        """As ``Pairs.that_count`` has them, on one machine and on many: within the limit, and of each point as far as
        the nearest of some facilities and ``beyond_s`` farther.

        Raises
        ------
        TooMuchError
            If there are more than ``MOST_PAIRS``.
        """
        ...


@dataclass(frozen=True, eq=False, slots=True)
class Ways:
    """Facilities and points of demand as they are placed, and the times between them: under the conditions they were
    placed under, or others, in which each stays where it is.
    """

    placed: Placed
    pairs: Between


def ways(
    inputs: Values,
    now: Conditions | None,
    ends: Places,
    points: Places,
    context: Context,
    anchors: int | None = None,
) -> Ways:
    """As ``between``, with the same inputs and errors; by area where there are roads and a cluster, so that what is
    found there is limited, and not what there is.
    """
    if now is None:
        lines = Straight(inputs, ends, points, context)

        def straight(_state: Conditions | None, limit_s: float, nearest_of: Bools, beyond_s: float = 0.0) -> Pairs:
            return lines.pairs(limit_s, nearest_of, beyond_s)

        return Ways(lines.placed, straight)
    if context.cluster is not None:
        apart = Apart(inputs, now, ends, points, context, anchors)

        def by_area(state: Conditions | None, limit_s: float, nearest_of: Bools, beyond_s: float = 0.0) -> Pairs:
            return apart.pairs(now if state is None else state, limit_s, nearest_of, beyond_s)

        return Ways(apart.placed, by_area)
    found = between(inputs, now, ends, points, context, anchors)

    def at_once(state: Conditions | None, limit_s: float, nearest_of: Bools, beyond_s: float = 0.0) -> Pairs:
        if state is now or state is None:
            every = found.times_s
        else:
            every = found.under(state if state.metric is not None else with_metric(state))
        farthest_s = np.maximum(limit_s, every[nearest_of].min(axis=0, initial=np.inf) + beyond_s)
        return Pairs.of(np.where(every <= farthest_s, every, np.inf))

    return Ways(found, at_once)

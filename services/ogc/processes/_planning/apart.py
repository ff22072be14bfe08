"""Times of a demand that is cut into areas, each found on a machine of a cluster; as those of one machine, exactly."""

from collections.abc import Iterable, Iterator
from functools import partial

import numpy as np

from geo.coverage.demand import Bools, Floats, Ints
from geo.partition.connected import connected
from geo.partition.joining import Times, times_by_area
from geo.partition.roads import Part, Roads
from geo.partition.within_part import Found, Wanted, found_in
from geo.routing.graph import UNITS_PER_SECOND, UNREACHABLE
from geo.travel.conditions import Conditions
from geo.travel.matrix import Stands
from services.ogc.processes._model import Context, Values
from services.ogc.processes._planning.times import Placed, Places, Settled, near_roads, require_few, settle

_FIRST = 2
"""First and second arrivals are known of every point, however late."""


class Apart:
    """Facilities and points on the roads, and how they are found by area.

    What is reached at all, and where places stand because of that, is told by the whole network, without a time.
    """

    def __init__(self, inputs: Values, now: Conditions, ends: Places, points: Places, context: Context) -> None:
        assert context.cluster is not None  # noqa: S101 - who has none does not come here
        self._cluster, self._context = context.cluster, context
        self._inwards = inputs["direction"] == "to-facilities"
        self._points = points
        self.turnout_s = float(inputs.get("turnout_s") or 0.0)
        nearby, every = near_roads(now, ends, points), np.ones(len(ends[0]), bool)
        roads = Roads.under(now, inwards=self._inwards)
        stands = (Stands.near(now, nearby[0]), Stands.near(now, nearby[1]))
        found = connected(roads, now.circuits, *stands, every)
        self._settled: Settled = settle(now, nearby, (ends, points), *found, len(every))
        self.placed = Placed(**self._settled.members)

    def times(self, now: Conditions, limit_s: float, counts: Bools) -> tuple[Times, Bools]:
        """All times within a limit, and of each point the nearest two of the facilities that count; of each facility
        whether it reaches any point.
        """
        roads = Roads.under(now, inwards=self._inwards)
        sites, demand = Stands.near(now, self._settled.sites), Stands.near(now, self._settled.demand)
        reaches, _ = connected(roads, now.circuits, sites, demand, np.zeros(len(counts), bool))
        # One more than the limit, as what is said of it is said of seconds.
        limit_ms = min(int(np.ceil((limit_s - self.turnout_s) * UNITS_PER_SECOND)) + 1, UNREACHABLE - 1)
        ranked: Ints = np.flatnonzero(counts & reaches)
        wanted = Wanted(max(limit_ms, 0), min(_FIRST, len(ranked)), counts & reaches)
        return times_by_area(roads, sites, demand, self._points, wanted, self._run), reaches

    def seconds(self, now: Conditions, limit_s: float, counts: Bools) -> Floats:
        """The same as a table of shape (facilities, points), infinite where a time is not among them.

        Raises
        ------
        TooMuchError
            If such a table has more than ``MOST_PAIRS``.
        """
        shape = len(counts), len(self._points[0])
        require_few(*shape)
        times, _ = self.times(now, limit_s, counts)
        found: Floats = np.full(shape, np.inf)
        found[times.site, times.point] = times.seconds() + self.turnout_s
        return found

    def _run(self, parts: Iterable[Part], wanted: Wanted) -> Iterator[tuple[int, Found]]:
        for found in self._cluster.each(partial(found_in, wanted=wanted), parts):
            self._context.check()
            yield found

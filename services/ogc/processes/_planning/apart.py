"""Times of a demand that is cut into areas, each found on a machine of a cluster; as those of one machine, exactly."""

from collections.abc import Iterable, Iterator
from functools import partial

import numpy as np

from geo.coverage.demand import Bools, Ints
from geo.coverage.pairs import Pairs
from geo.partition.connected import connected
from geo.partition.joining import Times, times_by_area
from geo.partition.roads import Part, Roads
from geo.partition.within_part import Found, Wanted, found_in
from geo.routing.graph import UNITS_PER_SECOND, UNREACHABLE
from geo.travel.conditions import Conditions
from geo.travel.matrix import Stands
from layers.text import Text
from services.ogc.processes._model import Context, Values
from services.ogc.processes._planning import times as limits
from services.ogc.processes._planning.times import Placed, Places, Settled, near_roads, settle, too_many


class Apart:
    """Facilities and points on the roads, and how they are found by area.

    What is reached at all, and where places stand because of that, is told by the whole network, without a time.
    ``anchors`` as of ``between``.
    """

    def __init__(
        self,
        inputs: Values,
        now: Conditions,
        ends: Places,
        points: Places,
        context: Context,
        anchors: int | None = None,
    ) -> None:
        assert context.cluster is not None  # noqa: S101 - who has none does not come here
        self._cluster, self._context = context.cluster, context
        self._inwards = inputs["direction"] == "to-facilities"
        self._points = points
        self.turnout_s = float(inputs.get("turnout_s") or 0.0)
        nearby, number = near_roads(now, ends, points), len(ends[0])
        anchors = number if anchors is None else anchors
        stands = (Stands.near(now, nearby[0]), Stands.near(now, nearby[1]))
        found = connected(now, *stands, np.arange(number) < anchors, inwards=self._inwards)
        self._settled: Settled = settle(now, nearby, (ends, points), *found, anchors)
        self.placed = Placed(**self._settled.members)

    def times(
        self, now: Conditions, limit_s: float, counts: Bools, first: int = 1, beyond_s: float = 0.0
    ) -> tuple[Times, Bools]:
        """All times within a limit, and of each point all as far as the first few of the facilities that count and
        ``beyond_s`` farther (all times, where none of these reaches anything); of each facility whether it reaches any
        point.

        Raises
        ------
        TooMuchError
            If these are more than ``MOST_PAIRS``.
        """
        sites, demand = Stands.near(now, self._settled.sites), Stands.near(now, self._settled.demand)
        reaches, _ = connected(now, sites, demand, np.zeros(len(counts), bool), inwards=self._inwards)
        ranked: Ints = np.flatnonzero(counts & reaches)
        limit_ms = max(_ms(limit_s - self.turnout_s), 0)
        few = min(first, max(len(ranked), int(counts.any())))
        wanted = Wanted(limit_ms, few, counts & reaches, _ms(beyond_s) if beyond_s else 0)
        roads = Roads.under(now, inwards=self._inwards)
        return times_by_area(roads, sites, demand, self._points, wanted, self._run, told=self._tell), reaches

    def pairs(self, now: Conditions, limit_s: float, counts: Bools, beyond_s: float = 0.0) -> Pairs:
        """The same, with the turn-out, as ``Pairs.that_count`` has them."""
        times, _ = self.times(now, limit_s, counts, beyond_s=beyond_s)
        found = Pairs.sorted_of(times.site, times.point, times.seconds() + self.turnout_s, times.shape)
        return found.that_count(limit_s, counts, beyond_s)

    def _tell(self, known: int, points: int) -> None:
        self._context.report_share(
            known / points,
            Text(
                f"時間を求めています（{points:,}地点のうち{known:,}）。",
                f"Finding the times: {known:,} of {points:,} places.",
            ),
        )

    def _run(self, parts: Iterable[Part], wanted: Wanted) -> Iterator[tuple[int, Found]]:
        pairs = 0
        for number, found in self._cluster.each(partial(found_in, wanted=wanted), parts, self._context.check):
            pairs += len(found.ms)
            if pairs > limits.MOST_PAIRS:
                raise too_many()
            yield number, found


def _ms(seconds: float) -> int:
    """One more than the seconds are, as what is said of times is said of seconds."""
    return min(int(np.ceil(seconds * UNITS_PER_SECOND)) + 1, UNREACHABLE - 1)

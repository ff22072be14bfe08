"""What a way climbs and descends, where it is steep, and where that is not known."""

from math import isnan
from typing import NamedTuple

import numpy as np

from geo.network.model import RoadNetwork
from geo.routing._compiled import brief
from geo.routing.graph import FloatArray, Int32Array, Mask
from geo.travel.finding import Way
from geo.travel.steps import used_m


class Climb(NamedTuple):
    """Of a way, or of a part of it.

    climb_m, descent_m:
        Where slopes are known.
    steepest:
        Rise over length at the steepest place, negative where that is a descent; None where no slope is known.
    unknown_m, unknown:
        Metres and number of stretches whose slope is not known.
    """

    climb_m: float
    descent_m: float
    steepest: float | None
    unknown_m: float
    unknown: int


def climb_of(network: RoadNetwork, way: Way, first: int = 0, behind: int | None = None) -> Climb:
    """What the edges of a way from position ``first`` to before ``behind`` come to; None: to its end.

    Of an edge that is used in part, the same part of its climb; its steepest place counts all the same.
    """
    slopes = network.slopes
    up, down, steepest, unknown_m, unknown = climbed(
        way.edges,
        network.stretch,
        network.along,
        *(network.stretches.length_m, way.origin.share, way.destination.share),
        *(slopes.climb_m, slopes.descent_m, slopes.steepest_up, slopes.steepest_down),
        *(first, len(way.edges) if behind is None else behind),
    )
    return Climb(up, down, None if isnan(steepest) else steepest, unknown_m, unknown)


def steeper_than(network: RoadNetwork, limit: float) -> Mask:
    """``(stretches,)`` those that are known to be steeper than this somewhere, up or down."""
    if limit == np.inf:
        return np.zeros(len(network.stretches), np.bool_)
    return np.asarray(network.slopes.steepest > limit, np.bool_)


@brief
def climbed(
    edges: Int32Array,
    stretch: Int32Array,
    along: Mask,
    length_m: FloatArray,
    first_share: float,
    last_share: float,
    climb_m: FloatArray,
    descent_m: FloatArray,
    steepest_up: FloatArray,
    steepest_down: FloatArray,
    first: int,
    behind: int,
) -> tuple[float, float, float, float, int]:
    """The members of ``Climb``, the steepest place NaN where no slope is known."""
    up, down, steepest, unknown_m, unknown = 0.0, 0.0, np.nan, 0.0, 0
    used = used_m(edges, stretch, length_m, first_share, last_share)
    for place in range(first, behind):
        here = stretch[edges[place]]
        if used[place] <= 0.0:
            continue
        ahead = along[edges[place]]
        rise, fall = climb_m[here], descent_m[here]
        if np.isnan(rise if ahead else fall):
            unknown_m += used[place]
            unknown += 1
        share = used[place] / length_m[here]
        if not np.isnan(rise if ahead else fall):
            up += (rise if ahead else fall) * share
        if not np.isnan(fall if ahead else rise):
            down += (fall if ahead else rise) * share
        rises, falls = (steepest_up[here], steepest_down[here]) if ahead else (steepest_down[here], steepest_up[here])
        slope = rises if rises >= falls else -falls
        if not np.isnan(slope) and not abs(slope) <= abs(steepest):
            steepest = slope
    return up, down, steepest, unknown_m, unknown

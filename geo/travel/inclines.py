"""What a way climbs and descends, where it is steep, and where that is not known."""

from dataclasses import dataclass

import numpy as np

from geo.network.model import RoadNetwork
from geo.routing.graph import FloatArray, Mask
from geo.travel.finding import Way
from geo.travel.steps import lengths_m


@dataclass(frozen=True, slots=True)
class Climb:
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
    used = slice(first, behind)
    up, down, steepest = _along(network, way)
    length = lengths_m(network, way)
    whole = network.stretches.length_m[network.stretch[way.edges]]
    share = np.divide(length, whole, out=np.zeros(len(length)), where=whole > 0)
    walked = length > 0
    lost = np.isnan(up) & walked
    slope = steepest[used][walked[used] & ~np.isnan(steepest[used])]
    return Climb(
        climb_m=float(np.nansum((up * share)[used])),
        descent_m=float(np.nansum((down * share)[used])),
        steepest=float(slope[np.argmax(np.abs(slope))]) if len(slope) else None,
        unknown_m=float(length[used][lost[used]].sum()),
        unknown=int(lost[used].sum()),
    )


def steeper_than(network: RoadNetwork, limit: float) -> Mask:
    """``(stretches,)`` those that are known to be steeper than this somewhere, up or down."""
    if limit == np.inf:
        return np.zeros(len(network.stretches), np.bool_)
    return np.asarray(network.slopes.steepest > limit, np.bool_)


def _along(network: RoadNetwork, way: Way) -> tuple[FloatArray, FloatArray, FloatArray]:
    """``(edges,)`` each, in the direction of the way: metres up, metres down, and the steepest slope with its sign."""
    slopes, stretch = network.slopes, network.stretch[way.edges]
    along = network.along[way.edges]
    climb, descent = slopes.climb_m[stretch], slopes.descent_m[stretch]
    rises, falls = slopes.steepest_up[stretch], slopes.steepest_down[stretch]
    up, down = np.where(along, rises, falls), np.where(along, falls, rises)
    return np.where(along, climb, descent), np.where(along, descent, climb), np.where(up >= down, up, -down)

"""Who stands in a hazard's zones: for certain, perhaps, or not, out of people known by the ground they live on.

People of a ground are in the zones with the share of it that lies there (as ``geo.exposure``).  Where nothing speaks
for the ground beside the zones it is not known, and never taken as outside.  All geometries are in one plane, in
metres.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.coverage.demand import GRAIN, Bools, Demand, Floats
from geo.exposure import Zones

PART = 2.0**-6
"""Parts of whole people are taken to the nearest multiple of this: sums are exact, and flows of them are too."""
_SLIVER = 1e-6  # less of a ground than this is the rounding of coordinates
_STEP = 200


@dataclass(frozen=True, eq=False, slots=True)
class Standing:
    """Of each ground the share that lies in the zones, and where that is not known; the rest is outside.

    Attributes
    ----------
    inside, unknown:
        Shape (grounds,), from 0 to 1, together 1 at most.
    partly:
        True where a part of an area is inside and a part is not.
    xy:
        Shape (grounds, 2): where ``partly``, a place in that part, its centre if that lies in it; else NaN.
    """

    inside: Floats
    unknown: Floats
    partly: Bools
    xy: Floats


def standing(
    grounds: Sequence[BaseGeometry],
    zones: Zones,
    spoken_for: BaseGeometry | None,
    tick: Callable[[float], None] = lambda _: None,
) -> Standing:
    """How much of each ground, an area or a point, is in the zones; the edge of a zone is inside.

    Parameters
    ----------
    spoken_for:
        Where being in no zone means outside; None: nowhere.
    tick:
        Called now and then with the share of the work that is done; what it raises ends the work.
    """
    size = len(grounds)
    inside, unknown, xy = np.zeros(size), np.zeros(size), np.full((size, 2), np.nan)
    if spoken_for is not None:
        shapely.prepare(spoken_for)
    for start in range(0, size, _STEP):
        some = grounds[start : start + _STEP]
        for number, (ground, part) in enumerate(zip(some, zones.parts(some), strict=True), start):
            area = ground.area
            inside[number] = _share(part, area)
            if inside[number] < 1 and not (spoken_for is not None and shapely.contains(spoken_for, ground)):
                rest = ground if part.is_empty else shapely.difference(ground, part)
                left = rest if spoken_for is None else shapely.difference(rest, spoken_for)
                unknown[number] = min(_share(left, area), 1 - inside[number])
            if area and 0 < inside[number] < 1:
                centre = shapely.centroid(part)
                place = centre if shapely.intersects(part, centre) else shapely.point_on_surface(part)
                xy[number] = place.x, place.y
        tick(min(1.0, (start + _STEP) / size))
    return Standing(inside, unknown, ~np.isnan(xy[:, 0]), xy)


def _share(part: BaseGeometry, area: float) -> float:
    if not area:
        return 0.0 if part.is_empty else 1.0
    share = part.area / area
    return 0.0 if share < _SLIVER else 1.0 if share > 1 - _SLIVER else float(share)


@dataclass(frozen=True, eq=False, slots=True)
class People:
    """People at points by where they stand: what counts of the demand is ``inside`` + ``unknown`` + ``outside``.

    Attributes
    ----------
    inside, unknown, outside:
        Shape (points,), in multiples of ``unit``; 0 where the point does not count.
    """

    inside: Floats
    unknown: Floats
    outside: Floats
    unit: float


def people_standing(demand: Demand, where: Standing) -> People:
    """The people of the demand that counts, shared out without a remainder."""
    weights = np.where(demand.counts, demand.weights, 0).astype(np.float64)
    unit = PART if np.issubdtype(demand.weights.dtype, np.integer) else GRAIN
    inside = np.rint(weights * where.inside / unit) * unit
    unknown = np.minimum(np.rint(weights * where.unknown / unit) * unit, weights - inside)
    return People(inside, unknown, weights - inside - unknown, unit)

"""The parts' times joined: a table of which only the entries that figures rest on are kept."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.partition.areas import areas_of
from geo.partition.roads import Part, Roads, Standing
from geo.partition.within_part import Found, Wanted, found_in
from geo.routing.graph import FloatArray, Int32Array, Int64Array
from geo.travel.crossings import between
from geo.travel.matrix import Stands

type Run = Callable[[Iterable[Part], Wanted], Iterator[tuple[int, Found]]]
"""Finds what is wanted in parts: each by its place among those given, as it is found.  Parts are made when taken."""

MOST_PLACES = 2_000
"""Of one part: its roads are the greater load."""
_FAST_MPS = 15.0
"""The first guess of how far a limit reaches: where it is too low, parts are asked again with more around them."""
_LEAST_REACH_M = 1_000.0
_WIDER = 2.0


@dataclass(frozen=True, eq=False, slots=True)
class Times:
    """Times of facilities to points, point by point, the nearest first, then by number; others are not known.

    point, site, ms:
        Shape (entries,).
    shape:
        How many facilities and points there are.
    """

    point: Int64Array
    site: Int64Array
    ms: Int32Array
    shape: tuple[int, int]

    def seconds(self) -> npt.NDArray[np.float64]:
        """Shape (entries,), as ``geo.coverage.arrivals.seconds`` has them."""
        found: FloatArray = self.ms / 1000.0
        return found


def alone(parts: Iterable[Part], wanted: Wanted) -> Iterator[tuple[int, Found]]:
    """One part after the other, in this process."""
    for number, part in enumerate(parts):
        yield number, found_in(part, wanted)


def times_by_area(
    roads: Roads,
    sites: Stands,
    points: Stands,
    places: tuple[FloatArray, FloatArray],
    wanted: Wanted,
    run: Run = alone,
    most: int | None = None,
    reach_m: float | None = None,
    told: Callable[[int, int], None] | None = None,
) -> Times:
    """What is wanted of every point, the same as on the whole network at once, to the millisecond.

    places:
        Longitudes and latitudes of the points (EPSG:6668), by which they are put into areas.
    most:
        How many of them an area has, where its square can be made smaller; ``MOST_PLACES`` where None.
    reach_m:
        How far around its points the first part of an area goes; as a guess from the limit where None.
    told:
        Called after each part with how many points are known, of how many.
    """
    from_, to = roads.standing(sites), roads.standing(points)
    standing = np.unique(to.owner)
    reach = max(_LEAST_REACH_M, wanted.limit_ms / 1000 * _FAST_MPS) if reach_m is None else reach_m
    left = [standing[area.places] for area in areas_of(places[0][standing], places[1][standing], most or MOST_PLACES)]
    every: list[tuple[Int64Array, Int64Array, Int32Array]] = []
    known = 0
    while left:
        further = []
        for number, found in run((_part(roads, from_, to, each, reach) for each in left), wanted):
            members = left[number]
            every.append((members[found.point], found.site, found.ms))
            if found.open.any():
                further.append((number, members[found.open]))
            known += int(np.count_nonzero(~found.open))
            if told is not None:
                told(known, len(standing))
        left = [members for _, members in sorted(further, key=lambda each: each[0])]
        reach *= _WIDER
    point, site, ms = (np.concatenate(columns) for columns in zip(*every, strict=True)) if every else _NOTHING
    order = np.lexsort((site, ms, point))
    return Times(point[order], site[order], ms[order], (sites.places, points.places))


_NOTHING = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int32))


def _part(roads: Roads, sites: Standing, points: Standing, members: Int64Array, reach_m: float) -> Part:
    begins, ends = np.searchsorted(points.owner, members), np.searchsorted(points.owner, members, "right")
    own = points.part(between(begins, ends))
    own = own.renumbered(np.repeat(np.arange(len(members)), ends - begins), own.edge)
    west, south, east, north = roads.crossings.around(own.edge)
    return roads.part((west - reach_m, south - reach_m, east + reach_m, north + reach_m), sites, own, len(members))

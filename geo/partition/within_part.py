"""Times in one part of the network: those of which it is certain that no way from beyond is as short."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from geo.partition.roads import Part, Standing, beside
from geo.routing.graph import UNREACHABLE, Int32Array, Int64Array, Mask
from geo.routing.search import Searcher
from geo.routing.sources import cost_of_several
from geo.travel.crossings import ranges


@dataclass(frozen=True, eq=False, slots=True)
class Wanted:
    """What is to be known of each point: all facilities within a limit, and all that are no farther than the last of
    the first few that count.

    limit_ms:
        Inclusive.
    first:
        How many; of a point that fewer reach all that reach it are to be known.
    counts:
        ``(facilities,)`` which of them are counted among the first.
    beyond_ms:
        So much farther than the last of the first.
    """

    limit_ms: int
    first: int
    counts: Mask
    beyond_ms: int = 0


@dataclass(frozen=True, eq=False, slots=True)
class Found:
    """Of the points of a part the facilities that were wanted, point by point, the nearest first, then by number.

    point, site, ms:
        Shape (entries,): numbers among the points of the part and among all facilities, and milliseconds.
    open:
        Shape (points,): where more roads are needed to tell; such a point has no entries.
    """

    point: Int64Array
    site: Int64Array
    ms: Int32Array
    open: Mask


def found_in(part: Part, wanted: Wanted) -> Found:
    """What is wanted, as far as the part can tell.

    Every way that is not in ``part`` as a whole comes into it for a last time at one of its entries (outwards), so to a
    point it costs at least what the cheapest of these costs there.  A time below that bound is the network's, and all
    facilities that are not among such times are at least as far as the bound.
    """
    searcher = Searcher(part.graph)
    barred = np.full(part.graph.nodes, UNREACHABLE, np.int32)
    if len(part.entries):
        reached = searcher.within(part.weights, part.entries, UNREACHABLE - 1, part.entry_ms, ordered=False)
        barred[reached.nodes] = reached.costs
    bound = np.full(part.size, UNREACHABLE, np.int64)
    _lower(bound, part.points, _at(part, part.points, barred))
    sites = np.unique(part.sites.owner)
    starts = _Starts.of(part)
    costs = _costs_of(part, searcher, sites, starts, _farthest(part, wanted, starts, barred))
    last = _last(np.where(costs < bound, costs, UNREACHABLE)[wanted.counts[sites]], wanted)
    most = np.maximum(last, wanted.limit_ms)
    # What ends at a bound that stands for no way at all is known to have none.
    is_open = (bound < UNREACHABLE) & (most >= bound)
    kept = (costs <= most) & (costs < bound) & (costs < UNREACHABLE) & ~is_open
    rows, point = np.nonzero(kept)
    ms = costs[rows, point].astype(np.int32)
    order = np.lexsort((rows, ms, point))
    return Found(point[order], sites[rows[order]], ms[order], is_open)


@dataclass(frozen=True, eq=False, slots=True)
class _Starts:
    """Where searches from the facilities of a part begin: behind the first turn, so that what they find on a facility's
    own edge is the way round.  Columns of shape ``(turns,)``, by facility.
    """

    site: Int64Array
    edge: Int32Array
    ms: Int32Array

    @classmethod
    def of(cls, part: Part) -> Self:
        sites = part.sites
        arcs = ranges(part.graph.first_arc, sites.edge)
        stand = np.repeat(np.arange(len(sites.edge)), np.diff(part.graph.first_arc)[sites.edge])
        # A turn holds all of the edge onto which it leads as it is driven: inwards that is the facility's own.
        ms = part.weights[arcs] + (-sites.ahead if part.inwards else sites.ahead)[stand]
        return cls(sites.owner[stand], part.graph.head[arcs], np.minimum(ms, UNREACHABLE - 1).astype(np.int32))


def _farthest(part: Part, wanted: Wanted, starts: _Starts, barred: Int32Array) -> Int32Array:
    """``(edges,)`` up to where costs of facilities are of account behind an edge: within the limit, or no farther than
    the first few and what is beyond them, and less than a way from beyond the part costs.

    It rises along no turn by more than that costs, so that a search which goes no farther finds all such costs.
    """
    limit = min(wanted.limit_ms + int(part.points.ahead.max(initial=0)), UNREACHABLE - 1)
    if not wanted.first:
        return np.minimum(barred - 1, limit)
    counted = wanted.counts[starts.site]
    if len(np.unique(part.sites.owner[wanted.counts[part.sites.owner]])) < wanted.first:
        # Where there is a way from beyond, it is open who else comes.
        return np.where(barred < UNREACHABLE, -1, UNREACHABLE - 1).astype(np.int32)
    last = cost_of_several(
        part.graph,
        part.weights,
        starts.edge[counted],
        starts.ms[counted],
        starts.site[counted].astype(np.int32),
        wanted.first,
        barred,
    )
    most = np.maximum(last.astype(np.int64) + wanted.beyond_ms, limit)
    return np.minimum(barred - 1, most).astype(np.int32)


def _last(costs: Int64Array, wanted: Wanted) -> Int64Array:
    """Shape (points,): how far off what is wanted may be, of costs of the facilities that count; ``UNREACHABLE`` and
    more where there are too few of them.
    """
    if not wanted.first:
        return np.zeros(costs.shape[1], np.int64)
    if len(costs) < wanted.first:
        return np.full(costs.shape[1], UNREACHABLE, np.int64)
    last: Int64Array = np.partition(costs, wanted.first - 1, axis=0)[wanted.first - 1] + wanted.beyond_ms
    return last


def _costs_of(part: Part, searcher: Searcher, sites: Int64Array, starts: _Starts, farthest: Int32Array) -> Int64Array:
    """Shape (facilities, points): what is of account is right, and other may be anything that is more."""
    costs = np.full((len(sites), part.size), UNREACHABLE, np.int64)
    there = np.full(part.graph.nodes, UNREACHABLE, np.int32)
    most = max(int(farthest.max(initial=0)), 0)
    spared = farthest - np.int32(most)
    begins, ends = (np.searchsorted(starts.site, sites, side).tolist() for side in ("left", "right"))
    for row, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        reached = searcher.within(
            part.weights, starts.edge[begin:end], most, starts.ms[begin:end], spared=spared, ordered=False
        )
        there[reached.nodes] = reached.costs
        _lower(costs[row], part.points, _at(part, part.points, there))
        there[reached.nodes] = UNREACHABLE
    on_site, on_point = beside(part.sites, part.points, inwards=part.inwards)
    along = np.abs(part.points.passed[on_point] - part.sites.passed[on_site])
    np.minimum.at(costs, (np.searchsorted(sites, part.sites.owner[on_site]), part.points.owner[on_point]), along)
    return costs


def _at(part: Part, points: Standing, costs: npt.NDArray[np.integer]) -> Int64Array:
    """Shape (stands,): at each, out of the costs of whole edges."""
    there = costs[points.edge]
    return np.where(there < UNREACHABLE, there + (points.ahead if part.inwards else -points.ahead), UNREACHABLE)


def _lower(costs: Int64Array, points: Standing, given: Int64Array) -> None:
    np.minimum.at(costs, points.owner, given)

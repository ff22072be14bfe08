"""Times in one part of the network: those of which it is certain that no way from beyond is as short."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.partition.roads import Part, Standing, ranges
from geo.routing.graph import UNREACHABLE, Graph, Int32Array, Int64Array, Mask
from geo.routing.search import Searcher


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
    bound = np.full(part.size, UNREACHABLE, np.int64)
    if len(part.entries):
        reached = _costs(part, searcher, part.entries, part.entry_ms, UNREACHABLE - 1)
        _lower(bound, part.points, _at(part, part.points, reached))
    sites = np.unique(part.sites.owner)
    counts = wanted.counts[sites]
    farthest = int(bound.max(initial=0))
    near = min(wanted.limit_ms + 1, farthest)
    costs = _costs_of(part, searcher, sites, near)
    looked_to = np.full(len(sites), near)

    def look(rows: Mask, most: int) -> None:
        costs[rows], looked_to[rows] = _costs_of(part, searcher, sites[rows], most), most

    if near < farthest and ((costs[counts] <= near).sum(axis=0) < wanted.first).any():
        look(counts, farthest)  # within the limit are too few: all of those that count are looked for
    most = np.maximum(_last(np.where(costs < bound, costs, UNREACHABLE)[counts], wanted), wanted.limit_ms)
    # What ends at a bound that stands for no way at all is known to have none.
    is_open = (bound < UNREACHABLE) & (most >= bound)
    needed = min(int(most[~is_open].max(initial=0)), farthest)
    if (looked_to < needed).any():
        look(looked_to < needed, needed)
    kept = (costs <= most) & (costs < bound) & (costs < UNREACHABLE) & ~is_open
    rows, point = np.nonzero(kept)
    ms = costs[rows, point].astype(np.int32)
    order = np.lexsort((rows, ms, point))
    return Found(point[order], sites[rows[order]], ms[order], is_open)


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


def reached_edges(graph: Graph, searcher: Searcher, weights: Int32Array, edges: Int32Array) -> Mask:
    """``(edges,)`` those to which one comes from any of these by one turn at least."""
    found = np.zeros(graph.nodes, bool)
    arcs = ranges(graph.first_arc, edges)
    if len(arcs):
        found[searcher.within(weights, graph.head[arcs], UNREACHABLE - 1, ordered=False).nodes] = True
    return found


def _costs_of(part: Part, searcher: Searcher, sites: Int64Array, most: int) -> Int64Array:
    """Shape (facilities, points): what is ``most`` or less is right, and more may be anything that is more."""
    costs = np.full((len(sites), part.size), UNREACHABLE, np.int64)
    beyond = most + int(part.points.ahead.max(initial=0))
    for row, site in enumerate(sites.tolist()):
        _lower_all(part, searcher, part.sites.part(part.sites.owner == site), costs[row], beyond)
    return costs


def _lower_all(part: Part, searcher: Searcher, site: Standing, costs: Int64Array, most: int) -> None:
    """Lowers costs of points, shape (points,), to those of one facility.

    Searches begin behind the first turn, so that what they find on a facility's own edge is the way round.
    """
    base = -site.ahead if part.inwards else site.ahead
    least = int(base.min())
    turns = [ranges(part.graph.first_arc, site.edge[row : row + 1]) for row in range(len(site.edge))]
    arcs = np.concatenate(turns)
    if len(arcs):
        before = np.repeat(base - least, [len(each) for each in turns])
        starts = np.minimum(part.weights[arcs] + before, UNREACHABLE - 1).astype(np.int32)
        reached = _costs(part, searcher, part.graph.head[arcs], starts, max(most - least, 0))
        there = _at(part, part.points, reached)
        _lower(costs, part.points, np.where(there < UNREACHABLE, there + least, UNREACHABLE))
    for row in range(len(site.edge)):
        beside = part.points.part(part.points.edge == site.edge[row])
        if not len(beside.edge):
            continue
        if part.inwards:
            straight, along = beside.share <= site.share[row], site.passed[row] - beside.passed
        else:
            straight, along = beside.share >= site.share[row], beside.passed - site.passed[row]
        _lower(costs, beside.part(straight), along[straight])


def _costs(part: Part, searcher: Searcher, edges: Int32Array, starts: Int32Array, most: int) -> Int64Array:
    """Shape (edges,): what each costs, ``UNREACHABLE`` where that is more than ``most`` or there is no way."""
    found = np.full(part.graph.nodes, UNREACHABLE, np.int64)
    reached = searcher.within(part.weights, edges, min(most, UNREACHABLE - 1), starts, ordered=False)
    found[reached.nodes] = reached.costs
    return found


def _at(part: Part, points: Standing, costs: Int64Array) -> Int64Array:
    """Shape (stands,): at each, out of the costs of whole edges."""
    there = costs[points.edge]
    return np.where(there < UNREACHABLE, there + (points.ahead if part.inwards else -points.ahead), UNREACHABLE)


def _lower(costs: Int64Array, points: Standing, given: npt.NDArray[np.int64]) -> None:
    np.minimum.at(costs, points.owner, given)

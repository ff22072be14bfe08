"""Times in straight lines: of the pairs that count, found by a tree of the sites and not by a table of all."""

from itertools import chain

import numpy as np
from scipy.spatial import KDTree

from geo.coverage.demand import Bools, Floats, Ints
from geo.coverage.pairs import Pairs
from geo.errors import InputError

_AT_ONCE = 4_096
_WIDER = 1 + 1e-9
"""The tree's distances differ from ours in their last digit."""


class TooManyPairsError(InputError):
    """More pairs of a site and a point count than are wanted."""


def straight_pairs(
    sites: Floats,
    points: Floats,
    mps: float,
    limit_s: float,
    nearest_of: Bools,
    *,
    beyond_s: float = 0.0,
    first: int = 1,
    before_s: float = 0.0,
    most: int,
) -> Pairs:
    """What ``Pairs.that_count`` keeps of all times.

    Parameters
    ----------
    sites, points:
        Shape (sites, 2) and (points, 2), metres in one plane.
    mps:
        Metres a second.
    before_s:
        Is part of every time, and of the limit.
    most:
        So many pairs at most, without those that only the last digit brings in.

    Raises
    ------
    TooManyPairsError
        If there are more.
    """
    reach_m = np.full(len(points), max(limit_s - before_s, 0.0) * mps)
    if np.count_nonzero(nearest_of) < first:
        reach_m[:] = np.inf
    elif len(points):
        last_m, _ = KDTree(sites[nearest_of]).query(points, [first])
        reach_m = np.maximum(reach_m, last_m[:, 0] + beyond_s * mps)
    reach_m = reach_m * _WIDER + 1e-6
    tree = KDTree(sites)
    number = tree.query_ball_point(points, reach_m, return_length=True) if len(points) else np.zeros(0, np.int64)
    if number.sum() > most:
        raise TooManyPairsError(f"{number.sum():,} pairs of a site and a point are more than {most:,}.")
    begins = range(0, len(points), _AT_ONCE)
    site = [_near(tree, points[begin : begin + _AT_ONCE], reach_m[begin : begin + _AT_ONCE]) for begin in begins]
    from_, to = np.concatenate(site or [np.empty(0, np.int64)]), np.repeat(np.arange(len(points)), number)
    away_m = np.hypot(sites[from_, 0] - points[to, 0], sites[from_, 1] - points[to, 1])
    found = Pairs.sorted_of(from_, to, away_m / mps + before_s, (len(sites), len(points)))
    return found.that_count(limit_s, nearest_of, beyond_s, first)


def _near(tree: KDTree, points: Floats, reach_m: Floats) -> Ints:
    return np.fromiter(chain.from_iterable(tree.query_ball_point(points, reach_m)), np.int64)

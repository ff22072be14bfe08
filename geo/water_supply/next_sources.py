"""Where further sources of water would help most: one after the other, each where most that is not covered gains it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import KDTree

from geo.coverage.demand import Floats
from geo.errors import InputError


@dataclass(frozen=True, slots=True)
class NextSources:
    """Rows of the candidates in the order in which they are best, and what each gains beside those before it.

    bound:
        What no choice of so many can gain more than.  The greedy choice gains 1 - 1/e of the best at least (Nemhauser,
        Wolsey, Fisher: An analysis of approximations for maximizing submodular set functions, Mathematical Programming
        14, 1978).
    """

    rows: tuple[int, ...]
    gains: tuple[float, ...]
    bound: float


def next_sources(
    places: npt.ArrayLike, weights: npt.ArrayLike, radii_m: npt.ArrayLike, candidates: npt.ArrayLike, count: int
) -> NextSources:
    """The candidates that cover most weight, within the radius of each place (inclusive), in a straight line.

    Parameters
    ----------
    places, candidates:
        Shape (n, 2), in a plane-rectangular system, in metres.
    weights, radii_m:
        Of each place: what is gained where it is covered (0 or more), and within how many metres that is.

    Raises
    ------
    InputError
        If shapes do not fit, a weight is negative, or the count is.
    """
    at, sites = (np.asarray(each, np.float64).reshape(-1, 2) for each in (places, candidates))
    weight, radius = np.asarray(weights, np.float64), np.asarray(radii_m, np.float64)
    if not (len(at) == len(weight) == len(radius)) or (weight < 0).any() or count < 0:
        raise InputError("Every place has a weight of 0 or more and a radius, and the count is not negative.")
    left = np.flatnonzero(weight > 0)
    if not (len(left) and len(sites) and count):
        return NextSources((), (), 0.0)
    tree = KDTree(sites)
    reached = [np.asarray(each, np.int64) for each in tree.query_ball_point(at[left], radius[left])]
    place = np.repeat(np.arange(len(left)), [len(each) for each in reached])
    site = np.concatenate(reached) if len(place) else np.empty(0, np.int64)
    order = np.argsort(site, kind="stable")
    first = np.searchsorted(site[order], np.arange(len(sites) + 1))
    of_site = place[order]
    gains = np.bincount(site, weight[left][place], minlength=len(sites))
    bound = float(min(np.sort(gains)[::-1][:count].sum(), weight[left][np.unique(place)].sum()))
    rows: list[int] = []
    gained: list[float] = []
    covered = np.zeros(len(left), bool)
    for _ in range(count):
        best = int(gains.argmax())
        if gains[best] <= 0:
            break
        rows.append(best)
        gained.append(float(gains[best]))
        new = of_site[first[best] : first[best + 1]]
        new = new[~covered[new]]
        covered[new] = True
        gains -= _lost(reached, weight[left], new, len(sites))
    return NextSources(tuple(rows), tuple(gained), bound)


def _lost(reached: list[npt.NDArray[np.int64]], weight: Floats, places: npt.NDArray[np.int64], sites: int) -> Floats:
    """What each site gains less, once these places are covered."""
    which = [reached[each] for each in places.tolist()]
    by = np.repeat(weight[places], [len(each) for each in which])
    found: Floats = np.bincount(np.concatenate(which), by, minlength=sites)
    return found

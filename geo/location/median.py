"""The p-median: given the number of sites, the least travel time of all demand together.

Hakimi: Optimum Locations of Switching Centers and the Absolute Centers and Medians of a Graph, Operations Research 12,
1964; as a programme: ReVelle, Swain: Central Facilities Location, Geographical Analysis 2, 1970.
"""

import numpy as np
from scipy import sparse

from geo.coverage.pairs import Pairs
from geo.location import capacitated
from geo.location.patience import Check, unchecked
from geo.location.problem import Floats, Ints, Problem
from geo.location.program import TIME_LIMIT_S, solve
from geo.location.rules import Rules
from geo.location.siting import Siting, Status, siting
from geo.location.substitution import Costs, substituted


def p_median(problem: Problem, p: int, *, time_limit_s: float = TIME_LIMIT_S, check: Check = unchecked) -> Siting:
    """``p`` sites with the least sum of weight x seconds, the ``objective``; all reachable demand is assigned.

    Raises
    ------
    InfeasibleError
        If no ``p`` sites reach all reachable demand, or capacities do not suffice.
    InputError
        If ``p`` is not possible, the time limit is not a number of seconds, or no solution was found in time.
    """
    problem.check_count(p)
    if problem.capacity is not None:
        return capacitated.p_median(problem, p, time_limit_s, check)
    useful = _useful(problem, p)
    site, point = useful.site, useful.point
    count, sites, points = len(site), len(problem.usable), int(np.count_nonzero(problem.reachable))
    every = np.arange(count)
    row = (np.cumsum(problem.reachable) - 1)[point]
    found = solve(
        Rules.of(problem, p).program(
            np.zeros(sites),
            problem.weight[point] * useful.seconds,
            np.ones(count),
            False,
            sparse.vstack(
                [sparse.csr_array((points, sites)), sparse.csr_array((-np.ones(count), (every, site)), (count, sites))]
            ),
            sparse.vstack([sparse.csr_array((np.ones(count), (row, every)), (points, count)), sparse.eye_array(count)]),
            np.append(np.ones(points), np.full(count, -np.inf)),
            np.append(np.ones(points), np.zeros(count)),
            False,
        ),
        time_limit_s,
        _start(problem, p),
        check=check,
    )
    units = found.values[:sites].astype(np.int64)
    return median_of(problem, units, Status.OPTIMAL if found.optimal else Status.TIME_LIMIT, found.bound)


def median_of(problem: Problem, units: Ints, status: Status, bound: float) -> Siting:
    """Every point goes to the nearest of the open sites, to the first of equally near ones."""
    first_s, nearest = problem.times.from_sites(units > 0).nearest()
    served = np.flatnonzero(np.isfinite(first_s))
    assigned = sparse.csr_array((problem.weight[served], (nearest[served], served)), problem.times.shape)
    objective = float((problem.weight * first_s)[problem.reachable].sum())
    return siting(problem, units, np.inf, status, objective, bound, assigned)


def penalised(problem: Problem) -> tuple[Costs, Floats]:
    """Costs and weights of the reachable demand, where no way costs far more than any."""
    times = problem.times.to_points(problem.reachable)
    longest = times.seconds.max(initial=1.0)
    return Costs(times.begins, times.point, times.seconds, 1e4 * longest), problem.weight[problem.reachable]


def _useful(problem: Problem, p: int) -> Pairs:
    """Pairs some optimum may have.

    Of ``n`` usable sites one of the nearest ``n - p + 1`` is open, and none is of use behind one that is always open.
    """
    times = problem.times.from_sites(problem.usable)
    rank = int(np.count_nonzero(problem.usable)) - p
    order = np.lexsort((times.seconds, times.point))
    begins = np.searchsorted(times.point[order], np.arange(times.shape[1]))
    has_more = np.bincount(times.point, minlength=times.shape[1]) > rank
    farthest = np.full(times.shape[1], np.inf)
    farthest[has_more] = times.seconds[order[begins[has_more] + rank]]
    farthest = np.minimum(farthest, times.from_sites(problem.always).nearest()[0])
    return times.where(times.seconds <= farthest[times.point])


def _start(problem: Problem, p: int) -> Floats | None:
    """Sites by exchange, where they reach everyone."""
    costs, weight = penalised(problem)
    if not len(weight):
        return None
    opened = substituted(problem, costs, weight, p, problem.usable)
    reached = problem.times.from_sites(opened).reached()[problem.reachable].all()
    return opened.astype(np.float64) if reached else None

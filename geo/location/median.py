"""The p-median: given the number of sites, the least travel time of all demand together.

Hakimi: Optimum Locations of Switching Centers and the Absolute Centers and Medians of a Graph, Operations Research 12,
1964; as a programme: ReVelle, Swain: Central Facilities Location, Geographical Analysis 2, 1970.
"""

import numpy as np
from scipy import sparse

from geo.location import capacitated
from geo.location.problem import Bools, Floats, Ints, Problem
from geo.location.program import TIME_LIMIT_S, solve
from geo.location.rules import Rules
from geo.location.siting import Siting, Status, siting
from geo.location.substitution import substituted


def p_median(problem: Problem, p: int, *, time_limit_s: float = TIME_LIMIT_S) -> Siting:
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
        return capacitated.p_median(problem, p, time_limit_s)
    site, point = np.nonzero(_useful(problem, p))
    count, sites, points = len(site), len(problem.usable), int(np.count_nonzero(problem.reachable))
    every = np.arange(count)
    row = (np.cumsum(problem.reachable) - 1)[point]
    found = solve(
        Rules.of(problem, p).program(
            np.zeros(sites),
            problem.weight[point] * problem.travel_time_s[site, point],
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
    )
    units = found.values[:sites].astype(np.int64)
    return median_of(problem, units, Status.OPTIMAL if found.optimal else Status.TIME_LIMIT, found.bound)


def median_of(problem: Problem, units: Ints, status: Status, bound: float) -> Siting:
    """Every point goes to the nearest of the open sites, to the first of equally near ones."""
    opened = np.flatnonzero(units)
    times = problem.travel_time_s[opened]
    nearest, point = opened[times.argmin(axis=0)], np.arange(len(problem.weight))
    served = np.isfinite(times.min(axis=0))
    assigned = sparse.csr_array((problem.weight[served], (nearest[served], point[served])), problem.travel_time_s.shape)
    objective = float((problem.weight * times.min(axis=0))[problem.reachable].sum())
    return siting(problem, units, np.inf, status, objective, bound, assigned)


def penalised(problem: Problem) -> tuple[Floats, Floats]:
    """Costs and weights of the reachable demand, where no way costs far more than any."""
    times = problem.travel_time_s[:, problem.reachable]
    longest = times.max(initial=1.0, where=np.isfinite(times))
    return np.ascontiguousarray(np.where(np.isfinite(times), times, 1e4 * longest)), problem.weight[problem.reachable]


def _useful(problem: Problem, p: int) -> Bools:
    """``(candidates, demand)``: pairs some optimum may have.

    Of ``n`` usable sites one of the nearest ``n - p + 1`` is open, and none is of use behind one that is always open.
    """
    times = np.where(problem.usable[:, None], problem.travel_time_s, np.inf)
    rank = int(np.count_nonzero(problem.usable)) - p
    farthest = np.partition(times, rank, axis=0)[rank]
    if problem.always.any():
        farthest = np.minimum(farthest, times[problem.always].min(axis=0))
    return np.asarray(np.isfinite(times) & (times <= farthest))


def _start(problem: Problem, p: int) -> Floats | None:
    """Sites by exchange, where they reach everyone."""
    costs, weight = penalised(problem)
    if not len(weight):
        return None
    opened = substituted(problem, costs, weight, p, problem.usable)
    reached = np.isfinite(problem.travel_time_s[opened][:, problem.reachable]).any(axis=0).all()
    return opened.astype(np.float64) if reached else None

"""The p-center: given the number of sites, the least longest travel time (Hakimi 1964).

It is among the times of the matrix, and a time is long enough where so many sites cover all (Minieka: The m-Center
Problem, SIAM Review 12, 1970): so it is found by halving, with a covering problem for each step.
"""

import numpy as np
from scipy import sparse

from geo.location.covers import Groups, implied
from geo.location.patience import Check, unchecked
from geo.location.problem import Ints, Problem
from geo.location.program import TIME_LIMIT_S, NoSolutionError, OutOfTimeError, solve
from geo.location.rules import Rules
from geo.location.siting import Siting, Status, siting


def p_center(problem: Problem, p: int, *, time_limit_s: float = TIME_LIMIT_S, check: Check = unchecked) -> Siting:
    """``p`` sites with the least longest time from the nearest of them to any reachable demand, the ``objective``.

    Weights do not matter but in the account.  Within the time limit of all steps together, what was decided last
    counts: ``bound`` is then the shortest time that is not ruled out.

    Raises
    ------
    InfeasibleError
        If no ``p`` sites reach all reachable demand.
    InputError
        If ``p`` is not possible, there are capacities, the time limit is not a number of seconds, or no sites were
        found.
    """
    problem.check_count(p)
    problem.check_uncapacitated("The p-center")
    steps = np.unique(problem.times.from_sites(problem.usable).seconds)
    if not len(steps):
        return siting(problem, _covering(problem, np.inf, p, time_limit_s, check)[0], np.inf, Status.OPTIMAL, 0.0, 0.0)
    low = int(np.searchsorted(steps, problem.nearest_s[problem.reachable].max()))
    units, left_s = _covering(problem, float(steps[-1]), p, time_limit_s, check)
    high, status = int(np.searchsorted(steps, _longest(problem, units))), Status.OPTIMAL
    while low < high:
        middle = (low + high) // 2
        try:
            units, left_s = _covering(problem, float(steps[middle]), p, left_s, check)
            high = int(np.searchsorted(steps, _longest(problem, units)))
        except NoSolutionError as error:
            low, left_s = middle + 1, left_s - error.spent_s
        except OutOfTimeError:
            status = Status.TIME_LIMIT
            break
    return siting(problem, units, np.inf, status, float(steps[high]), float(steps[low]))


def _covering(problem: Problem, limit_s: float, p: int, left_s: float, check: Check) -> tuple[Ints, float]:
    """Some ``p`` sites that cover all reachable demand, and what is left of the time."""
    groups = Groups.of(problem, limit_s)
    groups = groups.only(~implied(groups.sets))
    (rows, count), none = groups.sets.shape, np.zeros(0)
    if left_s <= 0:
        raise OutOfTimeError("The time limit is over.")
    found = solve(
        Rules.of(problem, p).program(
            np.zeros(count), none, none, False, groups.sets, sparse.csr_array((rows, 0)), np.ones(rows),
            np.full(rows, np.inf), False,
        ),
        left_s,
        check=check,
    )  # fmt: skip
    return found.values[:count].astype(np.int64), left_s - found.spent_s


def _longest(problem: Problem, units: Ints) -> float:
    return float(problem.times.from_sites(units > 0).nearest()[0][problem.reachable].max())

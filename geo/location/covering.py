"""The set covering and maximal covering location problems.

LSCP: the fewest sites that cover all demand (Toregas, Swain, ReVelle, Bergman: The Location of Emergency Service
Facilities, Operations Research 19, 1971).  MCLP: given the number of sites, the most demand covered (Church,
ReVelle: The Maximal Covering Location Problem, Papers of the Regional Science Association 32, 1974).  With
capacities: ``capacitated``.
"""

import numpy as np
from scipy import sparse

from geo.location import capacitated
from geo.location.covers import Groups, implied, outdone
from geo.location.patience import Check, unchecked
from geo.location.problem import Bools, Floats, Ints, Problem, check_limit
from geo.location.program import TIME_LIMIT_S, solve
from geo.location.rules import Rules
from geo.location.siting import Siting, Status, siting
from geo.location.substitution import substituted


def lscp(
    problem: Problem, max_travel_time_s: float, *, time_limit_s: float = TIME_LIMIT_S, check: Check = unchecked
) -> Siting:
    """The fewest sites that cover all reachable demand; ``objective`` is their number.

    Raises
    ------
    InfeasibleError
        If no usable site covers some demand (it says which and by how many seconds), or capacities do not suffice.
    InputError
        If the threshold or the time limit is not a number of seconds, or no solution was found in time.
    """
    check_limit(max_travel_time_s)
    problem.check_coverable(max_travel_time_s)
    if problem.capacity is not None:
        return capacitated.lscp(problem, max_travel_time_s, time_limit_s, check)
    groups = Groups.of(problem, max_travel_time_s)
    groups = groups.only(~groups.having(problem.always))
    groups = groups.only(~implied(groups.sets))
    (count, sites), none = groups.sets.shape, np.zeros(0)
    found = solve(
        Rules.of(problem, None).program(
            np.ones(sites), none, none, False, groups.sets, sparse.csr_array((count, 0)), np.ones(count),
            np.full(count, np.inf), False,
        ),
        time_limit_s,
        check=check,
    )  # fmt: skip
    units = found.values[:sites].astype(np.int64)
    # A fraction of a site is none: what is proven is the next whole number.
    bound = float(np.ceil(found.bound - 1e-6))
    optimal = found.optimal or bound >= units.sum()
    status = Status.OPTIMAL if optimal else Status.TIME_LIMIT
    return siting(problem, units, max_travel_time_s, status, float(units.sum()), bound)


def mclp(
    problem: Problem, max_travel_time_s: float, p: int, *, time_limit_s: float = TIME_LIMIT_S, check: Check = unchecked
) -> Siting:
    """``p`` sites, those that are given among them, that cover the most demand; ``objective`` is its weight.

    Raises
    ------
    InputError
        If ``p`` is not possible, the threshold or time limit is no number of seconds, or nothing was found in time.
    """
    check_limit(max_travel_time_s)
    problem.check_count(p)
    if problem.capacity is not None:
        return capacitated.mclp(problem, max_travel_time_s, p, time_limit_s, check)
    groups = Groups.of(problem, max_travel_time_s)
    replaceable = ~problem.existing & ~problem.required
    unused = outdone(groups.sets, replaceable)
    if np.count_nonzero(problem.usable & ~unused) < p:
        unused = np.zeros_like(unused)
    always = groups.having(problem.always)
    sure = float(groups.weight[always].sum())
    groups = groups.only(~always).without(unused)
    count, sites = len(groups.weight), groups.sets.shape[1]
    found = solve(
        Rules.of(problem, p, unused=unused).program(
            np.zeros(sites), groups.weight, np.ones(count), False, -groups.sets, sparse.eye_array(count),
            np.full(count, -np.inf), np.zeros(count), True,
        ),
        time_limit_s,
        _start(problem, groups, p, unused),
        presolve=False,
        check=check,
    )  # fmt: skip
    units = found.values[:sites].astype(np.int64)
    objective = covered_weight(problem, units, max_travel_time_s)
    status = Status.OPTIMAL if found.optimal else Status.TIME_LIMIT
    return siting(problem, units, max_travel_time_s, status, objective, found.bound + sure)


def covered_weight(problem: Problem, units: Ints, limit_s: float, times: int = 1) -> float:
    """The weight within reach of at least so many of the units."""
    return float(problem.weight[problem.covering(units, limit_s) >= times].sum())


def _start(problem: Problem, groups: Groups, p: int, unused: Bools) -> Floats:
    """What the exchange finds in milliseconds: the solver need only better or prove it."""
    return substituted(problem, groups.costs(), groups.weight, p, problem.usable & ~unused).astype(np.float64)

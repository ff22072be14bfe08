"""Backup coverage: a second site in reach, for when the first is busy or lost.

Hogan, ReVelle: Concepts and Applications of Backup Coverage, Management Science 32, 1986.
"""

import numpy as np
from scipy import sparse

from geo.errors import InputError
from geo.location.covering import covered_weight
from geo.location.covers import Groups
from geo.location.patience import Check, unchecked
from geo.location.problem import Problem, check_limit
from geo.location.program import TIME_LIMIT_S, solve
from geo.location.rules import Rules
from geo.location.siting import Siting, Status, siting


def bacop1(
    problem: Problem, max_travel_time_s: float, p: int, *, time_limit_s: float = TIME_LIMIT_S, check: Check = unchecked
) -> Siting:
    """``p`` sites that cover all reachable demand once and the most of it twice; ``objective`` is that weight.

    Raises
    ------
    InfeasibleError
        If no usable site covers some demand (it says which and by how many seconds), or ``p`` sites cannot cover all.
    InputError
        As ``covering.mclp``, and where there are capacities.
    """
    _check(problem, "BACOP1", max_travel_time_s, p)
    problem.check_coverable(max_travel_time_s)
    groups = Groups.of(problem, max_travel_time_s)
    count, sites = len(groups.weight), groups.sets.shape[1]
    found = solve(
        Rules.of(problem, p).program(
            np.zeros(sites), groups.weight, np.ones(count), False, groups.sets,
            -sparse.eye_array(count), np.ones(count), np.full(count, np.inf), True,
        ),
        time_limit_s,
        check=check,
    )  # fmt: skip
    units = found.values[:sites].astype(np.int64)
    objective = covered_weight(problem, units, max_travel_time_s, 2)
    status = Status.OPTIMAL if found.optimal else Status.TIME_LIMIT
    return siting(problem, units, max_travel_time_s, status, objective, found.bound)


def bacop2(
    problem: Problem,
    max_travel_time_s: float,
    p: int,
    first_share: float,
    *,
    time_limit_s: float = TIME_LIMIT_S,
    check: Check = unchecked,
) -> Siting:
    """``p`` sites with the most of ``first_share`` x covered + ``(1 - first_share)`` x covered twice, the objective.

    With 1 it is MCLP; the nearer to 0, the more first coverage is given up for backup.

    Raises
    ------
    InputError
        As ``covering.mclp``, where there are capacities, or if the share is not between 0 and 1.
    """
    _check(problem, "BACOP2", max_travel_time_s, p)
    if not 0 <= first_share <= 1:
        raise InputError(f"A share of {first_share} for first coverage is not between 0 and 1.")
    groups = Groups.of(problem, max_travel_time_s)
    count, sites = len(groups.weight), groups.sets.shape[1]
    eye, covers = sparse.eye_array(count), -groups.sets
    found = solve(
        Rules.of(problem, p).program(
            np.zeros(sites),
            np.concatenate([first_share * groups.weight, (1 - first_share) * groups.weight]),
            np.ones(2 * count),
            first_share < 0.5,  # halves of both would count for more than the first alone
            sparse.vstack([covers, sparse.csr_array((count, sites))]),
            sparse.vstack([sparse.hstack([eye, eye]), sparse.hstack([-eye, eye])]),
            np.full(2 * count, -np.inf),
            np.zeros(2 * count),
            True,
        ),
        time_limit_s,
        check=check,
    )
    units = found.values[:sites].astype(np.int64)
    once, twice = (covered_weight(problem, units, max_travel_time_s, times) for times in (1, 2))
    status = Status.OPTIMAL if found.optimal else Status.TIME_LIMIT
    objective = first_share * once + (1 - first_share) * twice
    return siting(problem, units, max_travel_time_s, status, objective, found.bound)


def _check(problem: Problem, model: str, limit_s: float, p: int) -> None:
    check_limit(limit_s)
    problem.check_uncapacitated(model)
    problem.check_count(p)

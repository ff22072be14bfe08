"""The double standard model: everyone within a long time, a share within a short one, and the most of that twice.

Gendreau, Laporte, Semet: Solving an Ambulance Location Model by Tabu Search, Location Science 5, 1997.
"""

import numpy as np
from scipy import sparse

from geo.errors import InfeasibleError, InputError
from geo.location.covering import covered_weight
from geo.location.covers import Groups
from geo.location.patience import Check, unchecked
from geo.location.problem import Problem, check_limit
from geo.location.program import TIME_LIMIT_S, solve
from geo.location.rules import Rules, check_units
from geo.location.siting import Siting, Status, siting


def dsm(
    problem: Problem,
    short_s: float,
    long_s: float,
    share: float,
    vehicles: int,
    most_per_site: int = 1,
    *,
    time_limit_s: float = TIME_LIMIT_S,
    check: Check = unchecked,
) -> Siting:
    """``vehicles`` on sites so that the most weight, the ``objective``, is covered twice within ``short_s``.

    All reachable demand is covered within ``long_s``, and at least ``share`` of its weight within ``short_s``.  The
    account of the answer is by ``short_s``.

    Raises
    ------
    InfeasibleError
        If no usable site covers some demand within ``long_s`` (it says which and by how many seconds), if the share is
        out of reach (by how much), or the vehicles do not suffice.
    InputError
        If the times are no seconds or the short one is longer, the share is not between 0 and 1, the vehicles do not
        fit, there are capacities, or no solution was found in time.
    """
    check_limit(short_s)
    check_limit(long_s)
    problem.check_uncapacitated("The double standard model")
    if short_s > long_s:
        raise InputError(f"The short time of {short_s:g} s is longer than the long one of {long_s:g} s.")
    if not 0 <= share <= 1:
        raise InputError(f"A share of {share} is not between 0 and 1.")
    check_units(problem, vehicles, most_per_site)
    problem.check_coverable(long_s)
    needed = share * problem.weight[problem.reachable].sum()
    groups = Groups.of(problem, short_s, long_s)
    count, sites = len(groups.weight), len(problem.usable)
    near = groups.sets[:, :sites]
    most = groups.weight[near.sum(axis=1) > 0].sum()
    if most < needed:
        raise InfeasibleError(
            f"Within {short_s:g} s at most {most:g} can be covered, but {needed:g} have to be.",
            fix="Ask for a smaller share or allow more time.",
        )
    eye = sparse.eye_array(count)
    on_sites = sparse.vstack(
        [
            groups.sets[:, sites:],
            sparse.csr_array((1, sites)),
            -near,
            sparse.csr_array((count, sites)),
        ]
    )
    on_others = sparse.vstack(
        [
            sparse.csr_array((count, 2 * count)),
            sparse.csr_array(np.append(groups.weight, np.zeros(count))[None, :]),
            sparse.hstack([eye, eye]),
            sparse.hstack([-eye, eye]),
        ]
    )
    low = np.concatenate([np.ones(count), [needed], np.full(2 * count, -np.inf)])
    high = np.concatenate([np.full(count, np.inf), [np.inf], np.zeros(2 * count)])
    found = solve(
        Rules.of(problem, vehicles, most_per_site).program(
            np.zeros(sites), np.append(np.zeros(count), groups.weight), np.ones(2 * count), True, on_sites, on_others,
            low, high, True,
        ),
        time_limit_s,
        check=check,
    )  # fmt: skip
    units = found.values[:sites].astype(np.int64)
    status = Status.OPTIMAL if found.optimal else Status.TIME_LIMIT
    return siting(problem, units, short_s, status, covered_weight(problem, units, short_s, 2), found.bound)

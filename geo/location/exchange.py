"""MCLP and p-median by greedy and exchange, with a bound: for sizes where exact takes too long.

The sites come from ``substitution``, the bound from ``lagrangian``; ``Siting.gap`` is between the two.  Where patience
does not last until no exchange is left that betters anything, the status is that of a time limit.
"""

import numpy as np

from geo.errors import InfeasibleError
from geo.location.covering import covered_weight
from geo.location.covers import Groups
from geo.location.lagrangian import least_cost
from geo.location.median import median_of, penalised
from geo.location.patience import Patience
from geo.location.problem import Problem, check_limit
from geo.location.siting import Siting, Status, siting
from geo.location.substitution import substituted

_EXCHANGING = 0.6
"""Of the time, at most; what is left is for the bound, which says what the rest is worth."""


def mclp_by_exchange(problem: Problem, max_travel_time_s: float, p: int, patience: Patience | None = None) -> Siting:
    """As ``covering.mclp``, of the best sites that exchanging one at a time finds.

    Raises
    ------
    InputError
        If ``p`` is not possible, the threshold is not a number of seconds, or there are capacities.
    """
    check_limit(max_travel_time_s)
    problem.check_count(p)
    problem.check_uncapacitated("The exchange")
    groups = Groups.of(problem, max_travel_time_s)
    costs = groups.costs()
    patience = patience or Patience()
    exchanging = patience.part(_EXCHANGING)
    opened = substituted(problem, costs, groups.weight, p, problem.usable, exchanging)
    units, known = opened.astype(np.int64), costs.least(opened, len(groups.weight))
    missed = least_cost(problem, costs, groups.weight, p, problem.usable, known, patience)
    objective = covered_weight(problem, units, max_travel_time_s)
    bound = max(objective, float(groups.weight.sum()) - missed)
    return siting(problem, units, max_travel_time_s, _status(exchanging), objective, bound)


def p_median_by_exchange(problem: Problem, p: int, patience: Patience | None = None) -> Siting:
    """As ``median.p_median``, of the best sites that exchanging one at a time finds.

    Raises
    ------
    InfeasibleError
        If the sites found do not reach all reachable demand; others may.
    InputError
        If ``p`` is not possible, or there are capacities.
    """
    problem.check_count(p)
    problem.check_uncapacitated("The exchange")
    costs, weight = penalised(problem)
    patience = patience or Patience()
    exchanging = patience.part(_EXCHANGING)
    opened = substituted(problem, costs, weight, p, problem.usable, exchanging)
    unreached = ~problem.times.from_sites(opened).reached()[problem.reachable]
    if unreached.any():
        raise InfeasibleError(
            f"The exchange found no {p} sites that reach everyone: {weight[unreached].sum():g} are not reached.",
            fix="Allow more sites, or solve exactly.",
        )
    bound = least_cost(problem, costs, weight, p, problem.usable, costs.least(opened, len(weight)), patience)
    return median_of(problem, opened.astype(np.int64), _status(exchanging), bound)


def _status(exchanging: Patience) -> Status:
    return Status.TIME_LIMIT if exchanging.ran_out else Status.HEURISTIC

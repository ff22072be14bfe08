"""MEXCLP: vehicles that are busy for a share of their time, and the coverage to be expected of those that are free.

Daskin: A Maximum Expected Covering Location Model, Transportation Science 17, 1983.  With ``k`` vehicles in reach, each
busy with probability ``q`` independently of the others, some vehicle is free with ``1 - q^k``.
"""

import numpy as np
from scipy import sparse

from geo.errors import InputError
from geo.location.covers import Groups
from geo.location.patience import Check, unchecked
from geo.location.problem import Ints, Problem, check_limit
from geo.location.program import TIME_LIMIT_S, solve
from geo.location.rules import Rules, check_units
from geo.location.siting import Siting, Status, siting


def mexclp(
    problem: Problem,
    max_travel_time_s: float,
    vehicles: int,
    busy_fraction: float,
    most_per_site: int | None = None,
    *,
    time_limit_s: float = TIME_LIMIT_S,
    check: Check = unchecked,
) -> Siting:
    """``vehicles`` on sites, any number at one unless it is said, with the most expected coverage, the ``objective``.

    The account of the answer is of demand with a vehicle in reach, whether it is free or not.

    Raises
    ------
    InputError
        If the busy fraction is not in ``[0, 1)``, the threshold or the time limit is not a number of seconds, the
        vehicles do not fit on the sites, there are capacities, or no solution was found in time.
    """
    check_limit(max_travel_time_s)
    problem.check_uncapacitated("MEXCLP")
    if not 0 <= busy_fraction < 1:
        raise InputError(f"A busy fraction of {busy_fraction} is not in [0, 1).")
    most = vehicles if most_per_site is None else most_per_site
    check_units(problem, vehicles, most)
    groups = Groups.of(problem, max_travel_time_s)
    count, sites = len(groups.weight), groups.sets.shape[1]
    gains = (1 - busy_fraction) * busy_fraction ** np.arange(vehicles if busy_fraction else 1)
    # Every further vehicle gains less, so that shares of them are never better than whole ones in their order.  Of a
    # group there is a column for each that may come to it.
    comers = most * groups.sets.sum(axis=1)
    of_rank = [np.flatnonzero(comers > rank) for rank in range(len(gains))]
    group, columns = np.concatenate(of_rank), sum(map(len, of_rank))
    reached = sparse.csr_array((np.ones(columns), (group, np.arange(columns))), (count, columns))
    found = solve(
        Rules.of(problem, vehicles, most).program(
            np.zeros(sites), np.repeat(gains, [len(each) for each in of_rank]) * groups.weight[group],
            np.ones(columns), False, -groups.sets, reached, np.full(count, -np.inf), np.zeros(count), True,
        ),
        time_limit_s,
        check=check,
    )  # fmt: skip
    units = found.values[:sites].astype(np.int64)
    objective = expected_coverage(problem, units, max_travel_time_s, busy_fraction)
    status = Status.OPTIMAL if found.optimal else Status.TIME_LIMIT
    return siting(problem, units, max_travel_time_s, status, objective, found.bound)


def expected_coverage(problem: Problem, units: Ints, limit_s: float, busy_fraction: float) -> float:
    """The weight times the probability that a vehicle in reach is free; ``units`` ``(candidates,)`` at each site."""
    near = problem.covering(units, limit_s)
    return float((problem.weight * (1 - busy_fraction**near)).sum())

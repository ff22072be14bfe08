"""What no choice of sites betters: a bound by Lagrangian relaxation, for any size.

That every point is served by one site is relaxed, at a price for each point, and the prices are bettered step by step
(Cornuejols, Fisher, Nemhauser: Location of Bank Accounts to Optimize Float, Management Science 23, 1977).  At best it
is the bound of the linear relaxation.
"""

import numpy as np

from geo.location.patience import Patience
from geo.location.problem import Bools, Floats, Ints, Problem
from geo.location.substitution import Costs
from geo.routing._compiled import kernel

STEPS = 300
_PATIENCE = 15
"""So many steps without a better bound halve their length."""


def least_cost(
    problem: Problem,
    costs: Costs,
    weight: Floats,
    p: int,
    allowed: Bools,
    known: Floats,
    patience: Patience | None = None,
) -> float:
    """No ``p`` sites that keep the rules cost less; arguments as of ``substitution.substituted``.

    known:
        ``(points,)``, what each point costs in a solution that is known, by unit of weight.
    patience:
        When it is over the bound is not bettered any more.
    """
    patience = patience or Patience()
    prices, upper, most = weight * known, float(weight @ known), weight * costs.otherwise
    best, length, waited = 0.0, 1.0, 0
    gains, times = np.empty(len(costs.begins) - 1), np.empty(len(weight), np.int64)
    for _ in range(STEPS):
        _gains(costs.begins, costs.point, costs.cost, weight, prices, gains)
        opened = _least(problem, gains, p, allowed)
        bound = float(prices.sum() + gains[opened].sum())
        if bound > best:
            best, waited = bound, 0
        else:
            waited += 1
            if waited == _PATIENCE:
                length, waited = length / 2, 0
        _served(costs.begins, costs.point, costs.cost, weight, prices, opened, times)
        slope = 1.0 - times
        steep = float(slope @ slope)
        if steep == 0 or upper - best <= 1e-9 * upper or patience.is_over():
            break
        # Beyond what every site asks a price gains nothing: all sites that are open would be worth it.
        prices = np.clip(prices + length * (upper - bound) / steep * slope, 0.0, most)
    return min(best, upper)


def _least(problem: Problem, gains: Floats, p: int, allowed: Bools) -> Ints:
    """The ``p`` sites of the least sum that keep the rules: those required, enough existing ones, then the best."""
    order = np.argsort(gains, kind="stable")
    order = order[allowed[order] & ~problem.required[order]]
    given = np.flatnonzero(problem.required)
    kept = order[problem.existing[order]][: max(0, problem.fewest - len(given))]
    rest = order[~np.isin(order, kept)][: p - len(given) - len(kept)]
    return np.concatenate([given, kept, rest])


@kernel
def _gains(begins: Ints, at: Ints, costs: Floats, weight: Floats, prices: Floats, gains: Floats) -> None:
    """Writes what opening each site changes: zero or less."""
    for site in range(len(gains)):
        total = 0.0
        for place in range(begins[site], begins[site + 1]):
            total += min(weight[at[place]] * costs[place] - prices[at[place]], 0.0)
        gains[site] = total


@kernel
def _served(begins: Ints, at: Ints, costs: Floats, weight: Floats, prices: Floats, opened: Ints, times: Ints) -> None:
    """Writes from how many of the open sites each point is worth its price."""
    times[:] = 0
    for number in range(len(opened)):
        for place in range(begins[opened[number]], begins[opened[number] + 1]):
            if weight[at[place]] * costs[place] < prices[at[place]]:
                times[at[place]] += 1

"""Vertex substitution: a site is exchanged for another while that lowers the cost.

Teitz, Bart: Heuristic Methods for Estimating the Generalized Vertex Median of a Weighted Graph, Operations Research 16,
1968.  What an exchange gains is found for all sites that could leave at once (Whitaker: A Fast Algorithm for the Greedy
Interchange for Large-Scale Clustering and Median Location Problems, INFOR 21, 1983), and the best of all is made.
"""

import numpy as np

from geo.location.problem import Bools, Floats, Ints, Problem
from geo.routing._compiled import kernel


def substituted(problem: Problem, costs: Floats, weight: Floats, p: int, allowed: Bools) -> Bools:
    """``(candidates,)``, ``p`` sites that keep the rules of the problem and of which no exchange lowers the cost.

    costs:
        ``(candidates, points)``, finite and contiguous: of a unit of weight at the point served from the site.
    allowed:
        ``(candidates,)``, sites that may be opened; those that are given are among them.

    The cost is of each point at its cheapest open site.  It begins with what is given and adds the best site in turn.
    """
    state = np.zeros(len(costs), np.int64)
    state[problem.existing], state[problem.required] = 1, 2
    opened, given = np.zeros(len(costs), np.bool_), problem.required | problem.existing
    _greedy_and_exchange(costs, weight, state, given, allowed, p, problem.relocations, opened)
    return opened


@kernel
def _greedy_and_exchange(
    costs: Floats, weight: Floats, state: Ints, given: Bools, allowed: Bools, p: int, relocations: int, opened: Bools
) -> None:
    """Writes ``opened``.  ``state`` is 1 for existing sites and 2 for required ones; p may be less than are given."""
    sites, points = costs.shape
    count, given_up = 0, 0
    for site in range(sites):
        if given[site]:
            opened[site] = True
            count += 1
    first, second, owner = np.empty(points), np.empty(points), np.empty(points, np.int64)
    loss = np.empty(sites)
    while True:
        for point in range(points):
            first[point], second[point], owner[point] = np.inf, np.inf, -1
        for site in range(sites):
            if opened[site]:
                for point in range(points):
                    cost = costs[site, point]
                    if cost < first[point]:
                        second[point], first[point], owner[point] = first[point], cost, site
                    elif cost < second[point]:
                        second[point] = cost
        if count > p:  # more existing ones than are wanted: the one goes that is missed least
            loss[:] = 0.0
            for point in range(points):
                loss[owner[point]] += weight[point] * (second[point] - first[point])
            out = -1
            for site in range(sites):
                if opened[site] and state[site] == 1 and (out < 0 or loss[site] < loss[out]):
                    out = site
            opened[out] = False
            given_up += 1
            count -= 1
            continue
        best, best_in, best_out, now = 0.0, -1, -1, 0.0
        for site in range(sites):
            if opened[site] or not allowed[site]:
                continue
            gain = 0.0
            loss[:] = 0.0
            for point in range(points):
                cost = costs[site, point]
                if cost < first[point]:
                    if count:
                        gain += weight[point] * (first[point] - cost)
                    else:
                        gain -= weight[point] * cost
                elif count == p:
                    loss[owner[point]] += weight[point] * (min(second[point], cost) - first[point])
            if count < p:
                if best_in < 0 or gain > best:
                    best, best_in = gain, site
                continue
            for out in range(sites):
                if not opened[out] or state[out] == 2:
                    continue
                if state[out] == 1 and state[site] != 1 and given_up >= relocations:
                    continue
                if gain - loss[out] > best:
                    best, best_in, best_out = gain - loss[out], site, out
        if count < p:
            opened[best_in] = True
            if state[best_in] == 1:
                given_up -= 1
            count += 1
            continue
        for point in range(points):
            now += weight[point] * first[point]
        if best_in < 0 or best <= 1e-10 * now:  # sums differ in their last digits by their order
            return
        opened[best_in], opened[best_out] = True, False
        if state[best_in] == 1:
            given_up -= 1
        if state[best_out] == 1:
            given_up += 1

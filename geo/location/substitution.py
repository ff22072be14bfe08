"""Vertex substitution: a site is exchanged for another while that lowers the cost.

Teitz, Bart: Heuristic Methods for Estimating the Generalized Vertex Median of a Weighted Graph, Operations Research 16,
1968.  What an exchange gains is found for all sites that could leave at once (Whitaker: A Fast Algorithm for the Greedy
Interchange for Large-Scale Clustering and Median Location Problems, INFOR 21, 1983), out of the costs of the site that
enters and no others (Resende, Werneck: A Fast Swap-Based Local Search Procedure for Location Problems, Annals of
Operations Research 150, 2007), and the best of all is made.
"""

from dataclasses import dataclass

import numpy as np

from geo.location.patience import Patience
from geo.location.problem import Bools, Floats, Ints, Problem
from geo.routing._compiled import kernel

_STEPS = 8
"""So many are made at once, of some hundredths of a second each where a country is concerned."""


@dataclass(frozen=True, eq=False)
class Costs:
    """Of a unit of weight at a point served from a site, site by site.

    begins:
        ``(candidates + 1,)``, where those of each site begin, and where the last ones end.
    point, cost:
        ``(pairs,)``.
    otherwise:
        What it costs from any other site: no less than any cost.
    """

    begins: Ints
    point: Ints
    cost: Floats
    otherwise: float

    def least(self, opened: Bools, points: int) -> Floats:
        """``(points,)``, at the cheapest of the open sites."""
        found = np.full(points, self.otherwise)
        pairs = np.repeat(opened, np.diff(self.begins))
        np.minimum.at(found, self.point[pairs], self.cost[pairs])
        return found


def substituted(
    problem: Problem, costs: Costs, weight: Floats, p: int, allowed: Bools, patience: Patience | None = None
) -> Bools:
    """``(candidates,)``, ``p`` sites that keep the rules of the problem and of which no exchange lowers the cost.

    weight:
        ``(points,)``.
    allowed:
        ``(candidates,)``, sites that may be opened; those that are given are among them.
    patience:
        When it is over no more is exchanged; all ``p`` are open anyway.

    The cost is of each point at its cheapest open site.  It begins with what is given and adds the best site in turn.
    """
    state = np.zeros(len(costs.begins) - 1, np.int64)
    state[problem.existing], state[problem.required] = 1, 2
    opened = problem.required | problem.existing
    table = costs.begins, costs.point, costs.cost, costs.otherwise
    most, patience = np.full(len(state), np.inf), patience or Patience()
    while not _greedy_and_exchange(*table, weight, state, allowed, p, problem.relocations, opened, most, _STEPS):
        if patience.is_over() and np.count_nonzero(opened) == p:
            break
    return opened


@kernel
def _greedy_and_exchange(
    begins: Ints, at: Ints, costs: Floats, otherwise: float, weight: Floats, state: Ints, allowed: Bools, p: int,
    relocations: int, opened: Bools, most: Floats, steps: int,
) -> bool:  # fmt: skip
    """Changes ``opened``, at first what is given, in so many steps at most, and says whether nothing is left to change.

    ``state`` is 1 for existing sites and 2 for required ones; p may be less than are given.  ``most`` is what each site
    could gain at most, from one call to the next.
    """
    sites, points = len(begins) - 1, len(weight)
    count, given_up = np.count_nonzero(opened), 0
    for site in range(sites):
        if state[site] == 1 and not opened[site]:
            given_up += 1
    first, second, owner = np.empty(points), np.empty(points), np.empty(points, np.int64)
    loss, change, touched = np.empty(sites), np.zeros(sites), np.empty(sites, np.int64)
    for _ in range(steps):
        _two_cheapest(begins, at, costs, otherwise, opened, first, second, owner)
        loss[:] = 0.0
        for point in range(points):
            if owner[point] >= 0:
                loss[owner[point]] += weight[point] * (second[point] - first[point])
        if count > p:  # more existing ones than are wanted: the one goes that is missed least
            out = -1
            for site in range(sites):
                if opened[site] and state[site] == 1 and (out < 0 or loss[site] < loss[out]):
                    out = site
            opened[out] = False
            given_up += 1
            count -= 1
            continue
        if count < p:
            # Who is added later gains no more than before: who could not be the best is not looked at again.
            best, best_in = 0.0, -1
            for site in range(sites):
                if opened[site] or not allowed[site] or (best_in >= 0 and most[site] <= best):
                    continue
                gain = 0.0
                for place in range(begins[site], begins[site + 1]):
                    point = at[place]
                    if costs[place] < first[point]:
                        gain += weight[point] * (first[point] - costs[place])
                most[site] = gain
                if best_in < 0 or gain > best:
                    best, best_in = gain, site
            opened[best_in] = True
            if state[best_in] == 1:
                given_up -= 1
            count += 1
            continue
        # Who enters lowers the loss of those whose points it comes near; of all others the least is the same for any.
        least_new, least_back = -1, -1
        for out in range(sites):
            if opened[out] and state[out] != 2:
                if least_back < 0 or loss[out] < loss[least_back]:
                    least_back = out
                if (state[out] == 0 or given_up < relocations) and (least_new < 0 or loss[out] < loss[least_new]):
                    least_new = out
        best, best_in, best_out, now = 0.0, -1, -1, 0.0
        for site in range(sites):
            least = least_back if state[site] == 1 else least_new
            if opened[site] or not allowed[site] or least < 0:
                continue
            gain, near = 0.0, 0
            for place in range(begins[site], begins[site + 1]):
                point, cost = at[place], costs[place]
                if cost < first[point]:
                    gain += weight[point] * (first[point] - cost)
                who, lower = owner[point], second[point] - max(first[point], cost)
                if who >= 0 and lower > 0.0:
                    if change[who] == 0.0:
                        touched[near] = who
                        near += 1
                    change[who] += weight[point] * lower
            lost = loss[least]
            for number in range(near):
                out = touched[number]
                less = loss[out] - change[out]
                change[out] = 0.0
                if state[out] == 2 or (state[out] == 1 and state[site] != 1 and given_up >= relocations):
                    continue
                if less < lost or (less == lost and out < least):
                    least, lost = out, less
            if gain - lost > best:
                best, best_in, best_out = gain - lost, site, least
        for point in range(points):
            now += weight[point] * first[point]
        if best_in < 0 or best <= 1e-10 * now:  # sums differ in their last digits by their order
            return True
        opened[best_in], opened[best_out] = True, False
        if state[best_in] == 1:
            given_up -= 1
        if state[best_out] == 1:
            given_up += 1
    return False


@kernel
def _two_cheapest(
    begins: Ints, at: Ints, costs: Floats, otherwise: float, opened: Bools, first: Floats, second: Floats, owner: Ints
) -> None:
    """Writes of each point the costs of the two cheapest open sites and which is the first; -1 where none is named."""
    first[:], second[:], owner[:] = otherwise, otherwise, -1
    for site in range(len(begins) - 1):
        if opened[site]:
            for place in range(begins[site], begins[site + 1]):
                point, cost = at[place], costs[place]
                if cost < first[point]:
                    second[point], first[point], owner[point] = first[point], cost, site
                elif cost < second[point]:
                    second[point] = cost

"""LSCP, MCLP and p-median where a site serves so much demand and no more.

Demand may be divided between sites, so that the assignment is a flow (Current, Storbeck: Capacitated Covering Models,
Environment and Planning B 15, 1988).  Who is covered is who has a place, not who lives near one.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from geo.errors import InfeasibleError
from geo.location.patience import Check, unchecked
from geo.location.problem import Bools, Floats, Ints, Problem
from geo.location.program import Program, Solved, solve
from geo.location.rules import Rules
from geo.location.siting import Siting, Status, siting
from geo.location.substitution import Costs, substituted


def lscp(problem: Problem, limit_s: float, time_limit_s: float, check: Check) -> Siting:
    """``covering.lscp``, in which every site has room for those assigned to it."""
    flows = _flows(problem, limit_s)
    flows.check_room(problem)
    program = flows.program(problem, None, np.ones(len(problem.usable)), 0.0 * flows.time_s, True, False)
    found = solve(program, time_limit_s, check=check)
    units, assigned = flows.settled(problem, program, found)
    bound = float(np.ceil(found.bound - 1e-6))
    status = Status.OPTIMAL if found.optimal or bound >= units.sum() else Status.TIME_LIMIT
    return siting(problem, units, limit_s, status, float(units.sum()), bound, assigned)


def mclp(problem: Problem, limit_s: float, p: int, time_limit_s: float, check: Check) -> Siting:
    """``covering.mclp``, with room."""
    flows = _flows(problem, limit_s)
    program = flows.program(problem, p, np.zeros(len(problem.usable)), np.ones(len(flows.site)), False, True)
    # Whichever sites are open, some plan of flows keeps their rooms: so there always is one to begin with.
    near = problem.times.within(limit_s)
    costs = Costs(near.begins, near.point, np.zeros(len(near)), 1.0)
    start = substituted(problem, costs, problem.weight, p, problem.usable)
    found = solve(program, time_limit_s, start.astype(np.float64), check=check)
    units, assigned = flows.settled(problem, program, found)
    status = Status.OPTIMAL if found.optimal else Status.TIME_LIMIT
    most = float(problem.weight[np.unique(flows.point)].sum())
    return siting(problem, units, limit_s, status, float(assigned.sum()), min(found.bound, most), assigned)


def p_median(problem: Problem, p: int, time_limit_s: float, check: Check) -> Siting:
    """``median.p_median``, with room."""
    flows = _flows(problem, np.inf)
    flows.check_room(problem)
    program = flows.program(problem, p, np.zeros(len(problem.usable)), flows.time_s, True, False)
    found = solve(program, time_limit_s, check=check)
    units, assigned = flows.settled(problem, program, found)
    flow = assigned.tocoo()
    cost = float((flow.data * problem.times.at(*flow.coords)).sum())
    status = Status.OPTIMAL if found.optimal else Status.TIME_LIMIT
    return siting(problem, units, np.inf, status, cost, found.bound, assigned)


def most_served(problem: Problem, limit_s: float, opened: Bools, check: Check = unchecked) -> sparse.csr_array:
    """``(sites, points)``: what each of the sites that are ``opened`` serves of each point where together they serve as
    much as they can within the limit.
    """
    near = problem.times.within(limit_s).from_sites(opened)
    count, (sites, points) = len(near), problem.times.shape
    if not count:
        return sparse.csr_array((sites, points))
    every, one = np.arange(count), np.ones(count)
    room = np.full(sites, problem.weight.sum()) if problem.capacity is None else problem.capacity
    rows = [
        sparse.csr_array((one, (end, every)), (size, count)) for end, size in ((near.point, points), (near.site, sites))
    ]
    program = Program(
        one, 0 * one, problem.weight[near.point], np.zeros(count, np.bool_), sparse.csr_array(sparse.vstack(rows)),
        np.zeros(points + sites), np.concatenate([problem.weight, room]), most=True,
    )  # fmt: skip
    flow = solve(program, np.inf, check=check).values
    return sparse.csr_array((flow, (near.site, near.point)), (sites, points))


@dataclass(frozen=True, eq=False)
class _Flows:
    """A column for each pair of a site and a point it may serve, as much of the weight as goes there."""

    site: Ints
    point: Ints
    time_s: Floats
    room: Floats

    def check_room(self, problem: Problem) -> None:
        """Raises InfeasibleError where the sites together are too small."""
        room, needed = self.room[problem.usable].sum(), problem.weight[problem.reachable].sum()
        if room < needed:
            raise InfeasibleError(
                f"All sites together serve {room:g} of a demand of {needed:g}: {needed - room:g} too few.",
                fix="Add sites or capacity.",
            )

    def program(
        self, problem: Problem, p: int | None, site_cost: Floats, cost: Floats, everyone: bool, most: bool
    ) -> Program:
        """Rows: what is served of each point, of each site, and nothing from a site that is closed."""
        count, sites, points = len(self.site), len(self.room), len(problem.weight)
        every, weight = np.arange(count), problem.weight[self.point]
        of_point = sparse.csr_array((np.ones(count), (self.point, every)), (points, count))[problem.reachable]
        of_site = sparse.csr_array((np.ones(count), (self.site, every)), (sites, count))
        opened = sparse.csr_array((-weight, (every, self.site)), (count, sites))
        reached = problem.weight[problem.reachable]
        on_sites = sparse.vstack([sparse.csr_array((len(reached), sites)), sparse.diags_array(-self.room), opened])
        on_flows = sparse.vstack([of_point, of_site, sparse.eye_array(count)])
        low = np.concatenate([reached if everyone else 0 * reached, np.full(sites + count, -np.inf)])
        high = np.concatenate([reached, np.zeros(sites + count)])
        return Rules.of(problem, p).program(site_cost, cost, weight, False, on_sites, on_flows, low, high, most)

    def settled(self, problem: Problem, program: Program, found: Solved) -> tuple[Ints, sparse.csr_array]:
        """The sites, and the flows solved again for them alone: a corner of the flows, whole where all numbers are."""
        sites = len(self.room)
        lower, upper = program.lower.copy(), program.upper.copy()
        lower[:sites] = upper[:sites] = found.values[:sites]
        fixed = Program(
            program.cost, lower, upper, np.zeros(len(lower), np.bool_), program.rows, program.row_lower,
            program.row_upper, program.most,
        )  # fmt: skip
        flow = solve(fixed, np.inf).values[-len(self.site) :] if len(self.site) else np.zeros(0)
        if (problem.weight % 1 == 0).all() and (self.room % 1 == 0).all():
            flow = np.rint(flow)
        some = flow > 1e-9
        assigned = sparse.csr_array((flow[some], (self.site[some], self.point[some])), (sites, len(problem.weight)))
        return found.values[:sites].astype(np.int64), assigned


def _flows(problem: Problem, limit_s: float) -> _Flows:
    near = problem.times.within(limit_s).from_sites(problem.usable)
    room = np.zeros(len(problem.usable)) if problem.capacity is None else problem.capacity
    return _Flows(near.site, near.point, near.seconds, np.minimum(room, problem.weight.sum()))

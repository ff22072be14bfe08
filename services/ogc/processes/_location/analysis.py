"""Plans and what they change: for each number of sites the best of them, against what there is today."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from geo.coverage.covering import Cover, cover
from geo.coverage.demand import Demand
from geo.coverage.losing import Change, change
from geo.coverage.percentiles import USUAL, time_percentiles
from geo.location.capacitated import most_served
from geo.location.problem import Problem
from layers.text import Text
from services.ogc.processes._location.models import Model, Solution, check_count, check_coverable, solved
from services.ogc.processes._location.reaching import First, Reaching
from services.ogc.processes._location.sites import Sites
from services.ogc.processes._model import Context, Values
from services.ogc.processes._planning.demand import DemandPoints

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]
type Bools = npt.NDArray[np.bool_]

_NOTHING = 1e-6


@dataclass(frozen=True, slots=True)
class TownChange:
    """What a plan changes in a town: who is covered before and after, who gains and who loses, mean times.

    served_before, served:
        Of those covered before and after, who find room too; None where sites serve as many as come.
    """

    town: str | None
    total: float
    before: float
    after: float
    gained: float
    lost: float
    served_before: float | None
    served: float | None
    before_mean_s: float | None
    after_mean_s: float | None


@dataclass(frozen=True, eq=False, slots=True)
class Plan:
    """One choice of sites.

    total:
        The number that was asked for; None where it is the answer.
    opened, given_up:
        Rows of the sites that are open, and of existing ones that are not.
    first_s, first_by:
        Of each point, from the nearest open site, whatever its room.
    served:
        Demand that is covered by the model's own account, which knows capacities.
    in_room:
        ``(points,)``, how much of each point's demand is given to sites that have room and are within the limit; None
        where sites serve as many as come.
    """

    total: int | None
    solution: Solution
    opened: tuple[int, ...]
    given_up: tuple[int, ...]
    first_s: Floats
    first_by: Ints
    cover: Cover
    percentiles: tuple[float | None, ...]
    served: float
    in_room: Floats | None
    change: Change | None
    towns: tuple[TownChange, ...]

    @property
    def served_in_time(self) -> float | None:
        """The sum of ``in_room``."""
        return None if self.in_room is None else float(self.in_room.sum())


@dataclass(frozen=True, eq=False, slots=True)
class Location:
    """Today, where anything exists, and the plans: the one that was asked for first.

    today_in_room:
        As ``Plan.in_room``, where today's sites serve as much as they can.
    """

    model: Model
    limit_s: float
    today_s: Floats | None
    today: Cover | None
    today_percentiles: tuple[float | None, ...]
    today_in_room: Floats | None
    plans: tuple[Plan, ...]
    unserved_by_all: float

    @property
    def served_today(self) -> float | None:
        """The sum of ``today_in_room``."""
        return None if self.today_in_room is None else float(self.today_in_room.sum())


def located(
    sites: Sites, points: DemandPoints, found: Reaching, model: Model, inputs: Values, context: Context
) -> Location:
    """The plans of a model.

    Raises
    ------
    ParameterError
        If so many sites cannot be open.
    UnanswerableError
        If a model has no solution, or none was found in time.
    """
    demand = points.demand
    counts = demand.counts & (demand.weights > 0)
    counted = np.flatnonzero(counts)
    problem = Problem.of(
        found.pairs.to_points(counts),
        demand.weights[counted].astype(np.float64),
        existing=range(sites.standing),
        required=sites.required,
        forbidden=sites.forbidden,
        relocations=inputs["relocations"],
        capacity=sites.capacity,
    )
    check_coverable(problem, model, inputs, _namer(points, counted))
    totals: list[int | None] = [None]
    if model is not Model.LSCP:
        first = inputs.get("sites")
        totals = list(dict.fromkeys([sites.standing + 1 if first is None else first, *inputs["compare"]]))
        for number, total in enumerate(totals):
            check_count(problem, model, total or 0, inputs, "compare" if number else "sites")
    limit_s = float(inputs["limit_s"])
    today_s = found.first(np.arange(sites.standing))[0] if sites.standing else None
    today_in_room = None
    if sites.capacity is not None and sites.standing:
        standing = np.arange(len(sites.each)) < sites.standing
        flow = most_served(problem, limit_s, standing, context.check)
        today_in_room = _in_time(problem, flow, limit_s, counted, len(points))
    plans = []
    for number, total in enumerate(totals):
        first_percent, last_percent = (40 + 50 * each // len(totals) for each in (number, number + 1))
        told = _teller(context.spanning(first_percent, last_percent))
        told(0.0)
        solution = solved(problem, model, total, inputs, float(inputs["time_limit_s"]) / len(totals), told)
        in_room = None
        if sites.capacity is not None:
            in_room = _in_time(problem, solution.siting.assigned, limit_s, counted, len(points))
        rooms = today_in_room, in_room
        plans.append(_plan(total, solution, rooms, sites, points, found.first, today_s, limit_s))
    return Location(
        model=model,
        limit_s=limit_s,
        today_s=today_s,
        today=None if today_s is None else cover(demand, today_s, limit_s),
        today_percentiles=() if today_s is None else time_percentiles(demand, today_s, USUAL),
        today_in_room=today_in_room,
        plans=tuple(plans),
        unserved_by_all=float(problem.weight[~problem.reachable].sum()),
    )


def _teller(context: Context) -> Callable[[float], None]:
    def told(share: float) -> None:
        context.check()
        context.report_share(share, Text("候補地を選んでいます。", "Choosing sites."))

    return told


def _in_time(problem: Problem, assigned: sparse.csr_array | None, limit_s: float, counted: Ints, size: int) -> Floats:
    """As ``Plan.in_room``; the points of the problem are those ``counted``."""
    found = np.zeros(size)
    if assigned is not None:
        flow = assigned.tocoo()
        site, point = flow.coords
        in_time = problem.times.at(site, point) <= limit_s
        np.add.at(found, counted[point[in_time]], flow.data[in_time])
    return found


def _namer(points: DemandPoints, counted: Ints) -> Callable[[int], str]:
    def name(point: int) -> str:
        row = int(counted[point])
        town = points.towns[row]
        return points.ids[row] if town is None else f"{town} ({points.ids[row]})"

    return name


def _plan(
    total: int | None,
    solution: Solution,
    rooms: tuple[Floats | None, Floats | None],
    sites: Sites,
    points: DemandPoints,
    first: First,
    today_s: Floats | None,
    limit_s: float,
) -> Plan:
    demand = points.demand
    opened = solution.siting.sites
    first_s, first_by = first(opened)
    is_open = np.zeros(len(sites.each), bool)
    is_open[opened] = True
    return Plan(
        total=total,
        solution=solution,
        opened=tuple(opened.tolist()),
        given_up=tuple(row for row in range(sites.standing) if not is_open[row]),
        first_s=first_s,
        first_by=first_by,
        cover=cover(demand, first_s, limit_s),
        percentiles=time_percentiles(demand, first_s, USUAL),
        served=solution.siting.covered,
        in_room=rooms[1],
        change=None if today_s is None else change(demand, today_s, first_s, limit_s),
        towns=() if today_s is None else _towns(points, today_s, first_s, rooms, limit_s),
    )


def _towns(
    points: DemandPoints,
    before_s: Floats,
    after_s: Floats,
    rooms: tuple[Floats | None, Floats | None],
    limit_s: float,
) -> tuple[TownChange, ...]:
    """Every town; those that gain most first, and of equal ones those that lose least."""
    demand = points.demand
    index, names = points.by_town
    size = len(names)
    was, now = before_s <= limit_s, after_s <= limit_s
    every = demand.by(index, size, np.ones(len(demand), bool))
    before, after = demand.by(index, size, was), demand.by(index, size, now)
    gained, lost = demand.by(index, size, ~was & now), demand.by(index, size, was & ~now)
    served: list[list[float | None]] = [
        [None] * size if each is None else list(np.bincount(index, each, minlength=size).tolist()) for each in rooms
    ]
    means = [_means(demand, index, size, each) for each in (before_s, after_s)]
    found = [
        TownChange(
            names[row],
            every[row],
            before[row],
            after[row],
            gained[row],
            lost[row],
            served[0][row],
            served[1][row],
            means[0][row],
            means[1][row],
        )
        for row in range(size)
    ]
    return tuple(sorted(found, key=lambda each: (-each.gained, each.lost)))


def _means(demand: Demand, index: Ints, size: int, times_s: Floats) -> list[float | None]:
    reached = np.isfinite(times_s)
    people = demand.by(index, size, reached)
    seconds = demand.by(index, size, reached, np.where(reached, times_s, 0.0))
    return [time / count if count else None for time, count in zip(seconds, people, strict=True)]


def without_room(plan: Plan, demand: Demand, limit_s: float) -> Bools:
    """Shape (points,): where a plan reaches in time, but its sites have no room for all who are there."""
    if plan.in_room is None:
        return np.zeros(len(demand), bool)
    return demand.counts & (plan.first_s <= limit_s) & (plan.in_room < demand.weights - _NOTHING)


def check_sums(found: Location, demand: Demand) -> None:
    """Raises ``ArithmeticError`` unless demand in is covered plus uncovered plus excluded, in every plan."""
    for plan in found.plans:
        sums = [plan.cover.covered + plan.cover.uncovered + plan.cover.excluded]
        if plan.change is not None:
            told = plan.change
            sums.append(told.kept + told.lost + told.gained + told.never + told.excluded)
            sums.append(sum(each.total for each in plan.towns) + demand.excluded)
        if any(each != demand.total for each in sums):
            raise ArithmeticError(f"Demand of {demand.total} does not add up: {sums}.")

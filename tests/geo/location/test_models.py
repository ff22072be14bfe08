"""Every exact model finds what trying all choices of sites finds, under the same rules."""

import itertools
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from geo.errors import InfeasibleError
from geo.location.backup import bacop1, bacop2
from geo.location.busy import mexclp
from geo.location.capacitated import most_served
from geo.location.center import p_center
from geo.location.covering import lscp, mclp
from geo.location.median import p_median
from geo.location.problem import Ints, Problem
from geo.location.siting import Siting, Status
from geo.location.standards import dsm
from tests.geo.location.towns import choices, nearest, problems, reachable, times_covered

limits = st.sampled_from([0.0, 60.0, 180.0, 300.0])
counts = st.integers(1, 5)
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


def agrees(
    problem: Problem, total: int, solved: Callable[[], Siting], value: Callable[[Ints], float | None], most: int = 1,
    least: bool = False,
) -> None:  # fmt: skip
    """The objective is the best value of all choices, the sites have it, and none at all is said where there is none.

    ``value`` is None where a choice does not serve; nothing is asked where no choice keeps the rules.
    """
    allowed = list(choices(problem, total, most))
    assume(allowed)
    values = [each for each in map(value, allowed) if each is not None]
    if not values:
        with pytest.raises(InfeasibleError):
            solved()
        return
    found = solved()
    assert found.objective == pytest.approx(min(values) if least else max(values))
    assert found.objective == pytest.approx(value(found.units))
    assert any((found.units == units).all() for units in allowed)
    assert found.status is Status.OPTIMAL
    assert found.bound == found.objective
    assert found.gap == 0
    assert found.covered + found.uncovered + found.excluded_total == problem.weight.sum()
    outside = set(range(len(problem.weight))) - set(reachable(problem))
    assert set(np.flatnonzero(found.excluded)) == outside


@quick
@given(problems(), limits)
def test_lscp(problem: Problem, limit_s: float) -> None:
    inside = reachable(problem)

    def covers_all(units: Ints) -> bool:
        return bool((times_covered(problem, units, limit_s)[inside] >= 1).all())

    sizes = range(len(problem.usable) + 1)
    fewest = next((size for size in sizes if any(covers_all(units) for units in choices(problem, size))), None)
    if fewest is None:
        with pytest.raises(InfeasibleError, match=r"by \d+ s"):
            lscp(problem, limit_s)
        return
    found = lscp(problem, limit_s)
    assert found.objective == found.bound == len(found.sites) == fewest
    assert covers_all(found.units)
    assert any((found.units == units).all() for units in choices(problem, fewest))
    assert found.uncovered == 0
    assert found.covered + found.excluded_total == problem.weight.sum()


@quick
@given(problems(), limits, counts)
def test_mclp(problem: Problem, limit_s: float, p: int) -> None:
    def covered(units: Ints) -> float:
        return float(problem.weight[times_covered(problem, units, limit_s) >= 1].sum())

    agrees(problem, p, lambda: mclp(problem, limit_s, p), covered)


@quick
@given(problems(), limits, counts)
def test_bacop1(problem: Problem, limit_s: float, p: int) -> None:
    inside = reachable(problem)

    def backed_up(units: Ints) -> float | None:
        times = times_covered(problem, units, limit_s)
        return float(problem.weight[times >= 2].sum()) if (times[inside] >= 1).all() else None

    agrees(problem, p, lambda: bacop1(problem, limit_s, p), backed_up)


@quick
@given(problems(), limits, counts, st.sampled_from([0.0, 0.2, 0.5, 0.8, 1.0]))
def test_bacop2(problem: Problem, limit_s: float, p: int, share: float) -> None:
    def value(units: Ints) -> float:
        times = times_covered(problem, units, limit_s)
        return share * float(problem.weight[times >= 1].sum()) + (1 - share) * float(problem.weight[times >= 2].sum())

    agrees(problem, p, lambda: bacop2(problem, limit_s, p, share), value)


@quick
@given(
    problems(), limits, st.sampled_from([0.0, 120.0]), st.sampled_from([0.0, 0.4, 0.7, 1.0]), counts, st.integers(1, 2)
)
def test_dsm(problem: Problem, short_s: float, longer_s: float, share: float, vehicles: int, most: int) -> None:
    inside, long_s = reachable(problem), short_s + longer_s
    needed = share * problem.weight[inside].sum()

    def twice(units: Ints) -> float | None:
        near = times_covered(problem, units, short_s)
        if (times_covered(problem, units, long_s)[inside] < 1).any() or problem.weight[near >= 1].sum() < needed:
            return None
        return float(problem.weight[near >= 2].sum())

    agrees(problem, vehicles, lambda: dsm(problem, short_s, long_s, share, vehicles, most), twice, most)


@quick
@given(problems(), limits, st.integers(1, 4), st.sampled_from([0.0, 0.3, 0.75]), st.integers(1, 2))
def test_mexclp(problem: Problem, limit_s: float, vehicles: int, busy: float, most: int) -> None:
    def expected(units: Ints) -> float:
        times = times_covered(problem, units, limit_s)
        gains = [sum((1 - busy) * busy**k for k in range(count)) for count in times.tolist()]
        return float(problem.weight @ np.array(gains))

    agrees(problem, vehicles, lambda: mexclp(problem, limit_s, vehicles, busy, most), expected, most)


@quick
@given(problems(), counts)
def test_p_median(problem: Problem, p: int) -> None:
    inside = reachable(problem)

    def cost(units: Ints) -> float | None:
        total = float((problem.weight * nearest(problem, units))[inside].sum())
        return total if np.isfinite(total) else None

    agrees(problem, p, lambda: p_median(problem, p), cost, least=True)


@quick
@given(problems(), counts)
def test_p_center(problem: Problem, p: int) -> None:
    inside = reachable(problem)

    def longest(units: Ints) -> float | None:
        time_s = float(nearest(problem, units)[inside].max(initial=0.0))
        return time_s if np.isfinite(time_s) else None

    agrees(problem, p, lambda: p_center(problem, p), longest, least=True)


def served_most(problem: Problem, units: Ints, limit_s: float) -> float:
    """By max-flow min-cut, over all sets of points: what is served is at most the rest and the room of their sites."""
    assert problem.capacity is not None
    opened = np.flatnonzero(units)
    within = (problem.times.table()[opened] <= limit_s) & np.isfinite(problem.times.table()[opened])
    best = np.inf
    for closed in _subsets(len(opened)):  # sites on the side of the sink keep their points there at no cost
        needing = within[~closed].any(axis=0) if (~closed).any() else np.zeros(len(problem.weight), bool)
        best = min(best, float(problem.weight[needing].sum() + problem.capacity[opened[closed]].sum()))
    return best


def _subsets(count: int) -> Iterator[Ints]:
    return (np.array(each, np.bool_) for each in itertools.product([False, True], repeat=count))


@quick
@given(problems(capacities=True), limits, counts)
def test_mclp_with_capacities(problem: Problem, limit_s: float, p: int) -> None:
    agrees(problem, p, lambda: mclp(problem, limit_s, p), lambda units: served_most(problem, units, limit_s))


@quick
@given(problems(capacities=True), limits, st.data())
def test_what_given_sites_have_room_for(problem: Problem, limit_s: float, data: st.DataObject) -> None:
    opened = np.array(data.draw(st.lists(st.booleans(), min_size=len(problem.usable), max_size=len(problem.usable))))
    found = most_served(problem, limit_s, opened)
    assert found.sum() == pytest.approx(served_most(problem, opened.astype(np.int64), limit_s))
    assert problem.capacity is not None
    assert (found.sum(axis=1) <= problem.capacity * opened + 1e-6).all()
    assert (found.sum(axis=0) <= problem.weight + 1e-6).all()
    site, point = found.tocoo().coords
    assert (problem.times.at(site, point) <= limit_s).all()


@quick
@given(problems(capacities=True), limits)
def test_lscp_with_capacities(problem: Problem, limit_s: float) -> None:
    needed = problem.weight[reachable(problem)].sum()
    sizes = range(len(problem.usable) + 1)
    enough = (
        size
        for size in sizes
        if any(served_most(problem, units, limit_s) == needed for units in choices(problem, size))
    )
    fewest = next(enough, None)
    if fewest is None:
        with pytest.raises(InfeasibleError):
            lscp(problem, limit_s)
        return
    found = lscp(problem, limit_s)
    assert found.objective == found.bound == fewest
    assert found.assigned is not None
    assert problem.capacity is not None
    assert (found.assigned.sum(axis=1) <= problem.capacity).all()
    assert found.covered == needed


@quick
@given(problems(capacities=True), counts)
def test_p_median_with_capacities(problem: Problem, p: int) -> None:
    inside = reachable(problem)

    def cost(units: Ints) -> float | None:
        assert problem.capacity is not None
        if served_most(problem, units, np.inf) < problem.weight[inside].sum():
            return None
        times, weight = problem.times.table()[np.flatnonzero(units)][:, inside], problem.weight[inside]
        if not inside:
            return 0.0
        sites, points = times.shape
        bounds = [(0, 0 if np.isinf(time) else None) for time in times.ravel()]
        found = linprog(
            np.where(np.isfinite(times), times, 0).ravel(), np.kron(np.eye(sites), np.ones(points)),
            problem.capacity[np.flatnonzero(units)], np.kron(np.ones(sites), np.eye(points)), weight, bounds=bounds,
        )  # fmt: skip
        return float(found.fun)

    agrees(problem, p, lambda: p_median(problem, p), cost, least=True)

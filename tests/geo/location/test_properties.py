"""What must hold of any town: more sites or time never cover less, a stricter model is never the better one."""

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from geo.errors import InfeasibleError
from geo.location.backup import bacop2
from geo.location.busy import mexclp
from geo.location.center import p_center
from geo.location.covering import lscp, mclp
from geo.location.exchange import mclp_by_exchange, p_median_by_exchange
from geo.location.median import p_median
from geo.location.patience import Patience
from geo.location.problem import Problem
from geo.location.siting import Status
from geo.location.standards import dsm
from tests.geo.location.towns import possible, problems

limits = st.sampled_from([0.0, 60.0, 180.0, 300.0])
counts = st.integers(1, 5)
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


def town(sites: int = 40, points: int = 300, seed: int = 5) -> Problem:
    """Places on a plane of 1 km, a second for each metre, in whole seconds."""
    random = np.random.default_rng(seed)
    from_, to = random.random((sites, 1, 2)), random.random((1, points, 2))
    return Problem.of(np.rint(1000 * np.hypot(*(from_ - to).transpose(2, 0, 1))), random.integers(1, 50, points))


@quick
@given(problems(), limits, counts)
def test_more_never_covers_less(problem: Problem, limit_s: float, p: int) -> None:
    assume(possible(problem, p))
    first = mclp(problem, limit_s, p).objective
    assert mclp(problem, limit_s + 60, p).objective >= first
    if possible(problem, p + 1):
        assert mclp(problem, limit_s, p + 1).objective >= first


@quick
@given(problems(islands=False), counts)
def test_more_sites_are_never_farther(problem: Problem, p: int) -> None:
    assume(possible(problem, p) and possible(problem, p + 1))
    assert p_median(problem, p + 1).objective <= p_median(problem, p).objective
    assert p_center(problem, p + 1).objective <= p_center(problem, p).objective


@quick
@given(problems(), limits, counts, st.sampled_from([0.0, 0.5, 1.0]))
def test_looser_models_are_never_worse(problem: Problem, limit_s: float, p: int, share: float) -> None:
    assume(possible(problem, p))
    single = mclp(problem, limit_s, p).objective
    assert bacop2(problem, limit_s, p, 1.0).objective == single
    assert bacop2(problem, limit_s, p, share).objective <= single
    assert mexclp(problem, limit_s, p, 0.0, 1).objective == single
    assert mexclp(problem, limit_s, p, 0.4, 1).objective <= single
    try:
        assert dsm(problem, limit_s, limit_s + 60, share, p).objective <= single
    except InfeasibleError:
        assert lscp_needs(problem, limit_s + 60) > p or single < share * problem.weight.sum() or problem.relocations


def lscp_needs(problem: Problem, limit_s: float) -> float:
    try:
        return lscp(problem, limit_s).objective
    except InfeasibleError:
        return np.inf


@quick
@given(problems(islands=False), limits)
def test_the_center_and_the_set_cover_agree(problem: Problem, limit_s: float) -> None:
    fewest = lscp_needs(problem, limit_s)
    assume(1 <= fewest < np.inf)
    assert p_center(problem, int(fewest)).objective <= limit_s
    if possible(problem, int(fewest) - 1) and fewest > 1:
        assert p_center(problem, int(fewest) - 1).objective > limit_s


@quick
@given(problems(), limits, counts)
def test_the_exchange_keeps_the_rules_and_its_bound_is_one(problem: Problem, limit_s: float, p: int) -> None:
    assume(possible(problem, p))
    found, best = mclp_by_exchange(problem, limit_s, p), mclp(problem, limit_s, p)
    assert len(found.sites) == p
    assert not problem.forbidden[found.sites].any()
    assert set(np.flatnonzero(problem.required)) <= set(found.sites)
    assert np.count_nonzero(problem.existing & (found.units == 0)) <= problem.relocations
    assert found.objective == found.covered <= best.objective
    assert found.bound >= best.objective - 1e-6
    assert found.status is Status.HEURISTIC


@quick
@given(problems(islands=False), counts)
def test_the_exchange_of_medians_is_between_optimum_and_bound(problem: Problem, p: int) -> None:
    assume(possible(problem, p))
    found, best = p_median_by_exchange(problem, p), p_median(problem, p)
    assert len(found.sites) == p
    assert np.count_nonzero(problem.existing & (found.units == 0)) <= problem.relocations
    assert found.bound - 1e-6 <= best.objective <= found.objective + 1e-6


def test_no_single_exchange_betters_what_the_exchange_finds() -> None:
    problem = town()
    found = p_median_by_exchange(problem, 5)
    times, weight = problem.times.table(), problem.weight
    for out in found.sites.tolist():
        for into in np.flatnonzero(found.units == 0).tolist():
            others = [site for site in found.sites.tolist() if site != out]
            assert weight @ times[[*others, into]].min(axis=0) >= found.objective - 1e-6


def test_the_exchange_is_near_and_knows_how_near() -> None:
    problem = town()
    found, best = p_median_by_exchange(problem, 5), p_median(problem, 5)
    assert best.objective <= found.objective <= 1.02 * best.objective
    assert 0 <= found.gap < 0.05
    covered = mclp_by_exchange(problem, 150, 5)
    assert covered.objective >= 0.95 * mclp(problem, 150, 5).objective
    assert covered.gap < 0.1


def test_a_short_time_gives_sites_with_an_honest_bound() -> None:
    problem = town(150, 1500)
    found, best = mclp(problem, 130, 8, time_limit_s=0.02), mclp(problem, 130, 8)
    assert found.objective <= best.objective <= found.bound + 1e-6
    assert (found.status is Status.OPTIMAL) == (found.gap == 0)


@pytest.mark.parametrize("searched", [mclp_by_exchange, p_median_by_exchange])
def test_an_exchange_without_time_gives_all_its_sites_and_an_honest_bound(searched) -> None:  # type: ignore[no-untyped-def]
    problem = town(150, 1500)
    given = (problem, 130, 40) if searched is mclp_by_exchange else (problem, 40)
    found, whole = searched(*given, Patience(0.0)), searched(*given)
    assert len(found.sites) == 40
    assert (found.status, whole.status) == (Status.TIME_LIMIT, Status.HEURISTIC)
    low, high = sorted([found.objective, found.bound])
    assert low - 1e-6 <= whole.objective <= high + 1e-6


def test_who_stops_waiting_ends_the_exchange() -> None:
    asked: list[int] = []

    def check() -> None:
        asked.append(len(asked))
        if len(asked) == 3:
            raise KeyError

    with pytest.raises(KeyError):
        mclp_by_exchange(town(150, 1500), 130, 40, Patience(check=check))


def test_a_site_is_relocated_where_that_is_allowed() -> None:
    # Site 0 is far from everybody, 1 and 2 are near one half each.
    times, weight = [[900, 900], [10, 900], [900, 10]], [5, 7]
    kept = Problem.of(times, weight, existing=[0, 1])
    assert mclp(kept, 60, 2).sites.tolist() == [0, 1]
    moved = Problem.of(times, weight, existing=[0, 1], relocations=1)
    assert mclp(moved, 60, 2).sites.tolist() == [1, 2]
    assert mclp_by_exchange(moved, 60, 2).sites.tolist() == [1, 2]


def test_covered_is_inclusive() -> None:
    problem = Problem.of([[60.0, 60.000001, np.inf]], [1, 2, 4])
    found = mclp(problem, 60.0, 1)
    assert (found.covered, found.uncovered, found.excluded_total) == (1, 2, 4)


@pytest.mark.parametrize("solve", [mclp, mclp_by_exchange])
def test_weights_of_points_are_the_only_thing_that_counts(solve) -> None:  # type: ignore[no-untyped-def]
    """A point of 3 is as three points of 1 in the same place."""
    problem = town(10, 40)
    many = Problem.of(
        np.repeat(problem.times.table(), problem.weight.astype(int), axis=1), np.ones(int(problem.weight.sum()))
    )
    assert solve(many, 200, 3).objective == solve(problem, 200, 3).objective


@pytest.mark.parametrize("seed", range(4))
def test_of_twelve_sites_every_four_are_tried(seed: int) -> None:
    problem = town(12, 60, seed)
    fours = [list(each) for each in itertools.combinations(range(12), 4)]
    nearest = np.array([problem.times.table()[four].min(axis=0) for four in fours])
    assert mclp(problem, 250, 4).objective == ((nearest <= 250) @ problem.weight).max()
    assert p_median(problem, 4).objective == (nearest @ problem.weight).min()
    assert p_center(problem, 4).objective == nearest.max(axis=1).min()

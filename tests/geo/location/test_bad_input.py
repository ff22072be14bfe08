"""What is wrong is said, with what it is about; who cannot be reached is counted."""

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

from geo.errors import InfeasibleError, InputError
from geo.location.backup import bacop1, bacop2
from geo.location.busy import mexclp
from geo.location.center import p_center
from geo.location.covering import lscp, mclp
from geo.location.exchange import mclp_by_exchange, p_median_by_exchange
from geo.location.median import p_median
from geo.location.problem import Problem
from geo.location.standards import dsm

TIMES = [[100.0, 400.0, 700.0], [300.0, 100.0, 650.0]]
WEIGHT = [10, 20, 30]


@pytest.mark.parametrize(
    ("times", "weight", "given", "message"),
    [
        (np.zeros((0, 3)), WEIGHT, {}, "no candidate"),
        (np.zeros((2, 0)), [], {}, "no demand"),
        (TIMES, [1, 2], {}, "do not fit"),
        ([[1.0, np.nan, 3.0]], WEIGHT, {}, "NaN or negative, the first from site 0 to demand 1"),
        ([[1.0, -1.0, 3.0]], WEIGHT, {}, "NaN or negative"),
        (TIMES, [1, 0, 3], {}, "not numbers above zero: 1"),
        (TIMES, [1, 2, -3], {}, "not numbers above zero: 2"),
        (TIMES, [np.nan, 2, 3], {}, "not numbers above zero: 0"),
        (TIMES, [np.inf, 2, 3], {}, "not numbers above zero: 0"),
        (TIMES, WEIGHT, {"existing": [2]}, "existing site 2"),
        (TIMES, WEIGHT, {"required": [-1]}, "required site -1"),
        (TIMES, WEIGHT, {"required": [1], "forbidden": [1]}, "at once: 1"),
        (TIMES, WEIGHT, {"existing": [1], "relocations": 2}, "2 of 1 existing"),
        (TIMES, WEIGHT, {"capacity": [1]}, "Capacities"),
        (TIMES, WEIGHT, {"capacity": [1, -1]}, "Capacities"),
        (TIMES, WEIGHT, {"capacity": [1, np.nan]}, "Capacities"),
    ],
)
def test_problems_that_are_none(times, weight, given, message) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=message):
        Problem.of(times, weight, **given)


@pytest.mark.parametrize("p", [0, 3, -1])
def test_p_has_to_fit(p: int) -> None:
    problem = Problem.of(TIMES, WEIGHT)
    calls: tuple[Callable[[], object], ...] = (
        lambda: mclp(problem, 100, p), lambda: p_median(problem, p), lambda: p_center(problem, p),
        lambda: bacop1(problem, 900, p), lambda: bacop2(problem, 900, p, 0.5),
        lambda: mclp_by_exchange(problem, 100, p), lambda: p_median_by_exchange(problem, p),
        lambda: dsm(problem, 900, 900, 0.5, p), lambda: mexclp(problem, 900, p, 0.5, 1),
    )  # fmt: skip
    for solve in calls:
        with pytest.raises(InputError):
            solve()


def test_p_is_not_fewer_than_are_given() -> None:
    with pytest.raises(InputError, match="2 sites are given"):
        mclp(Problem.of(TIMES, WEIGHT, existing=[0, 1]), 100, 1)
    assert mclp(Problem.of(TIMES, WEIGHT, existing=[0, 1], relocations=1), 100, 1).sites.tolist() == [1]


def test_what_cannot_be_covered_is_named_with_its_seconds() -> None:
    problem = Problem.of(TIMES, WEIGHT)
    with pytest.raises(InfeasibleError, match=r"No site covers 1 demand points \(30 in all\) within 600 s: 2 by 50 s"):
        lscp(problem, 600)
    calls: tuple[Callable[[], object], ...] = (lambda: bacop1(problem, 600, 2), lambda: dsm(problem, 600, 600, 0, 2))
    for solve in calls:
        with pytest.raises(InfeasibleError, match="2 by 50 s"):
            solve()
    assert lscp(problem, 650).sites.tolist() == [1]


def test_a_share_out_of_reach_is_told() -> None:
    with pytest.raises(InfeasibleError, match="at most 30 can be covered, but 36"):
        dsm(Problem.of(TIMES, WEIGHT), 100, 700, 0.6, 2)


def test_too_little_room_is_told() -> None:
    with pytest.raises(InfeasibleError, match="serve 50 of a demand of 60: 10 too few"):
        p_median(Problem.of(TIMES, WEIGHT, capacity=[20, 30]), 2)


@pytest.mark.parametrize("limit_s", [-1.0, np.nan, np.inf])
def test_thresholds_are_seconds(limit_s: float) -> None:
    problem = Problem.of(TIMES, WEIGHT)
    calls: tuple[Callable[[], object], ...] = (
        lambda: lscp(problem, limit_s), lambda: mclp(problem, limit_s, 1), lambda: bacop1(problem, limit_s, 1),
        lambda: bacop2(problem, limit_s, 1, 0.5), lambda: dsm(problem, limit_s, 100, 0.5, 1),
        lambda: mexclp(problem, limit_s, 1, 0.5), lambda: mclp_by_exchange(problem, limit_s, 1),
    )  # fmt: skip
    for solve in calls:
        with pytest.raises(InputError):
            solve()


def test_models_without_capacities_say_so() -> None:
    problem = Problem.of(TIMES, WEIGHT, capacity=[60, 60])
    calls: tuple[Callable[[], object], ...] = (
        lambda: p_center(problem, 1), lambda: bacop1(problem, 900, 1), lambda: bacop2(problem, 900, 1, 0.5),
        lambda: dsm(problem, 900, 900, 0.5, 1), lambda: mexclp(problem, 900, 1, 0.5),
        lambda: mclp_by_exchange(problem, 900, 1), lambda: p_median_by_exchange(problem, 1),
    )  # fmt: skip
    for solve in calls:
        with pytest.raises(InputError, match="has no capacities"):
            solve()


@pytest.mark.parametrize("busy", [-0.1, 1.0, np.nan])
def test_busy_fractions(busy: float) -> None:
    with pytest.raises(InputError, match="busy fraction"):
        mexclp(Problem.of(TIMES, WEIGHT), 100, 1, busy)


@pytest.mark.parametrize("time_limit_s", [0.0, -1.0, np.nan])
def test_time_limits(time_limit_s: float) -> None:
    with pytest.raises(InputError):
        mclp(Problem.of(TIMES, WEIGHT), 100, 1, time_limit_s=time_limit_s)


def test_who_is_not_reached_at_all_is_counted() -> None:
    problem = Problem.of([[100.0, np.inf, 50.0], [np.inf, np.inf, 60.0]], WEIGHT, forbidden=[0])
    for found in (lscp(problem, 60), mclp(problem, 60, 1), p_median(problem, 1), p_center(problem, 1),
                  bacop1(problem, 60, 1), dsm(problem, 60, 60, 1, 1)):  # fmt: skip
        assert (found.covered, found.uncovered, found.excluded_total) == (30, 0, 30)


def test_islands_need_sites_of_their_own() -> None:
    problem = Problem.of([[100.0, np.inf], [np.inf, 60.0]], [1, 2])
    calls: tuple[Callable[[], object], ...] = (
        lambda: p_median(problem, 1), lambda: p_center(problem, 1), lambda: p_median_by_exchange(problem, 1),
    )  # fmt: skip
    for solve in calls:
        with pytest.raises(InfeasibleError):
            solve()
    assert p_center(problem, 2).objective == 100


def test_nothing_is_written_to_standard_output() -> None:
    """In a process of its own: HiGHS writes its banner once only."""
    script = (
        "from geo.location.covering import lscp\n"
        "from geo.location.problem import Problem\n"
        "lscp(Problem.of([[1.0, 2.0]], [1, 1]), 2)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == ""

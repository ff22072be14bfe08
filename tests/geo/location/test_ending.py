"""A solve that nobody waits for any more is ended, whichever model it is of."""

from collections.abc import Callable
from functools import partial
from time import perf_counter

import numpy as np
import pytest

from geo.location.backup import bacop1, bacop2
from geo.location.busy import mexclp
from geo.location.center import p_center
from geo.location.covering import lscp, mclp
from geo.location.median import p_median
from geo.location.patience import Check
from geo.location.problem import Problem
from geo.location.siting import Siting
from geo.location.standards import dsm


class GoneError(Exception):
    """Whoever asked has gone."""


def problem(capacity: float | None = None) -> Problem:
    """Large enough for any of the models to need the solver."""
    random = np.random.default_rng(3)
    sites, people = random.random((60, 2)) * 1000, random.random((400, 2)) * 1000
    times = np.hypot(*(sites[:, None] - people[None]).transpose(2, 0, 1))
    return Problem.of(times, random.integers(1, 90, 400), capacity=None if capacity is None else np.full(60, capacity))


@pytest.mark.parametrize(
    "model",
    [
        partial(lscp, problem(), 250),
        partial(mclp, problem(), 150, 8),
        partial(p_median, problem(), 8),
        partial(p_center, problem(), 8),
        partial(bacop1, problem(), 250, 30),
        partial(bacop2, problem(), 150, 8, 0.3),
        partial(dsm, problem(), 150, 300, 0.5, 30, 2),
        partial(mexclp, problem(), 150, 8, 0.3, 2),
        partial(lscp, problem(900.0), 300),
        partial(mclp, problem(900.0), 150, 8),
        partial(p_median, problem(2500.0), 10),
    ],
)
def test_what_the_check_raises_ends_the_solve(model: Callable[..., Siting]) -> None:
    def gone() -> None:
        raise GoneError

    check: Check = gone
    began = perf_counter()
    with pytest.raises(GoneError):
        model(time_limit_s=60, check=check)
    assert perf_counter() - began < 50


def test_a_check_that_lets_it_go_on_changes_nothing() -> None:
    asked: list[None] = []
    plain, checked = mclp(problem(), 150, 8), mclp(problem(), 150, 8, check=lambda: asked.append(None))
    assert asked
    assert (plain.units == checked.units).all()
    assert (plain.objective, plain.bound, plain.status) == (checked.objective, checked.bound, checked.status)

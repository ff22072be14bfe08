"""Published instances, with the figures that others found for them.

Both are spopt's (PySAL, BSD 3-Clause), with the figures that its own tests and tutorials document.  San Francisco: 16
stores, 205 census tracts with their people of 2000, metres along roads (Church, Murray: Location Covering Models,
2018); service within 5 km, four stores.  The lattice: 100 clients and 5 facilities on a grid of 11 x 11, along its
lines.
"""

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from geo.location.center import p_center
from geo.location.covering import lscp, mclp
from geo.location.exchange import p_median_by_exchange
from geo.location.median import p_median
from geo.location.problem import Problem

HERE = Path(__file__).resolve().parent
type Floats = npt.NDArray[np.float64]


@cache
def san_francisco() -> tuple[Floats, Floats]:
    rows = np.loadtxt(HERE / "san_francisco.csv", delimiter=",", skiprows=1)
    return rows[:, 1:].T.copy(), rows[:, 0]


@cache
def lattice() -> Floats:
    return np.loadtxt(HERE / "lattice.csv", delimiter=",", skiprows=1).T.copy()


def test_san_francisco() -> None:
    metres, people = san_francisco()
    assert metres.shape == (16, 205)
    assert people.sum() == 955_113
    problem = Problem.of(metres, people)
    assert lscp(problem, 5000.0).objective == 8
    stores = mclp(problem, 5000.0, 4)
    assert stores.objective == 875_247
    assert np.count_nonzero(metres[stores.sites].min(axis=0) > 5000) == 21
    median = p_median(problem, 4)
    assert median.objective / people.sum() == pytest.approx(2982.12686, abs=1e-3)
    assert p_center(problem, 4).objective == pytest.approx(7403.0638, abs=1e-3)


def test_the_exchange_finds_the_medians_of_san_francisco_and_its_bound_holds() -> None:
    metres, people = san_francisco()
    found = p_median_by_exchange(Problem.of(metres, people), 4)
    best = 2982.12686 * people.sum()
    assert best * (1 - 1e-6) <= found.objective <= best * 1.02
    assert found.bound <= best * (1 + 1e-6)


def test_the_lattice() -> None:
    distances = lattice()
    everybody = Problem.of(distances, np.ones(100))
    plan = mclp(everybody, 7.0, 4)
    assert (plan.objective, plan.uncovered) == (99, 1)
    near = (distances <= 7.0).any(axis=0)
    assert lscp(Problem.of(distances[:, near], np.ones(int(near.sum()))), 7.0).objective == 4
    assert p_median(everybody, 4).objective == pytest.approx(293.61915, abs=1e-4)
    assert p_center(everybody, 4).objective == pytest.approx(7.107359, abs=1e-5)

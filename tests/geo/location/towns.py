"""Small instances for the tests of siting, and every choice of sites that their rules allow."""

import itertools
from collections.abc import Iterator

import numpy as np
from hypothesis import strategies as st

from geo.location.problem import Floats, Ints, Problem


@st.composite
def problems(draw: st.DrawFn, capacities: bool = False, islands: bool = True) -> Problem:
    """Up to 8 sites and 10 points; times with ties and, with ``islands``, some without a way."""
    sites, points = draw(st.integers(2, 8)), draw(st.integers(1, 10))
    kinds = st.sampled_from([*range(0, 600, 60), *([np.inf] * 2 if islands else [])])
    times = draw(st.lists(st.lists(kinds, min_size=points, max_size=points), min_size=sites, max_size=sites))
    weight = draw(st.lists(st.integers(1, 40), min_size=points, max_size=points))
    roles = draw(st.lists(st.sampled_from("....erfb"), min_size=sites, max_size=sites))
    existing = [site for site, role in enumerate(roles) if role in "eb"]
    return Problem.of(
        times,
        weight,
        existing=existing,
        required=[site for site, role in enumerate(roles) if role in "rb"],
        forbidden=[site for site, role in enumerate(roles) if role == "f"],
        relocations=draw(st.integers(0, len(existing))),
        capacity=draw(st.lists(st.integers(0, 120), min_size=sites, max_size=sites)) if capacities else None,
    )


def possible(problem: Problem, p: int) -> bool:
    return next(choices(problem, p), None) is not None


def choices(problem: Problem, total: int, most: int = 1) -> Iterator[Ints]:
    """All ways to put so many units on the sites: by counting, without any model."""
    for units in itertools.product(range(most + 1), repeat=len(problem.times.table())):
        opened = np.array(units) > 0
        if sum(units) != total or opened[problem.forbidden].any() or not opened[problem.required].all():
            continue
        if np.count_nonzero(problem.existing & ~opened) <= problem.relocations:
            yield np.array(units)


def times_covered(problem: Problem, units: Ints, limit_s: float) -> Ints:
    """``(demand,)``, counted one by one."""
    return np.array(
        [
            sum(units[site] for site in range(len(units)) if column[site] <= limit_s)
            for column in problem.times.table().T
        ]
    )


def reachable(problem: Problem) -> list[int]:
    """Points with a way from a site that is not forbidden."""
    return [
        point
        for point, column in enumerate(problem.times.table().T)
        if any(np.isfinite(column[site]) and not problem.forbidden[site] for site in range(len(column)))
    ]


def nearest(problem: Problem, units: Ints) -> Floats:
    """``(demand,)``, seconds from the nearest open site."""
    return np.array([min(column[site] for site in np.flatnonzero(units)) for column in problem.times.table().T])

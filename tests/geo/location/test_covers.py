"""What is left out of covering models, against the definitions by loops."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from geo.location.covers import Groups, implied, outdone
from geo.location.problem import Problem
from tests.geo.location.towns import problems

tables = hnp.arrays(np.bool_, hnp.array_shapes(min_dims=2, max_dims=2, max_side=8))


@given(tables, st.data())
def test_sets_that_hold_others_and_sites_that_others_outdo(table: np.ndarray, data: st.DataObject) -> None:
    some = np.unique(table, axis=0)
    some = some[some.any(axis=1)]
    sets = sparse.csr_array(some.astype(np.float64))
    rows = [frozenset(np.flatnonzero(each).tolist()) for each in some]
    assert implied(sets).tolist() == [any(other < each for other in rows) for each in rows]
    sites = [frozenset(np.flatnonzero(each).tolist()) for each in some.T]
    may = np.array(data.draw(st.lists(st.booleans(), min_size=len(sites), max_size=len(sites))))

    def outdoes(other: int, site: int) -> bool:
        """Covers all the same, and more, or is to stay, or comes first."""
        if other == site or not sites[site] <= sites[other]:
            return False
        return len(sites[other]) > len(sites[site]) or not may[other] or other < site

    expected = [
        bool(may[site]) and any(outdoes(other, site) for other in range(len(sites))) for site in range(len(may))
    ]
    assert outdone(sets, may).tolist() == expected


@given(problems(), st.integers(0, 600), st.integers(0, 600))
def test_points_that_the_same_sites_cover_are_one(problem: Problem, short_s: int, long_s: int) -> None:
    times, usable = problem.times.table(), problem.usable[:, None]
    within = np.concatenate([(times <= limit) & usable for limit in (short_s, long_s)])
    groups = Groups.of(problem, short_s, long_s)
    sums: dict[tuple[bool, ...], float] = {}
    for weight, covered in zip(problem.weight.tolist(), within.T.tolist(), strict=True):
        if any(covered):
            sums[tuple(covered)] = sums.get(tuple(covered), 0.0) + weight
    told = {
        tuple(each): weight
        for each, weight in zip((groups.sets.toarray() > 0).tolist(), groups.weight.tolist(), strict=True)
    }
    assert list(told) == sorted(sums), "in the order of the sets, so that equal problems are solved alike"
    assert told == sums

"""Pairs against the table they stand for, and those of straight lines against all distances."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geo.coverage.arrivals import NOBODY
from geo.coverage.pairs import Pairs
from geo.coverage.straight import TooManyPairsError, straight_pairs
from geo.errors import InputError

tables = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=7),
    elements=st.one_of(st.just(np.inf), st.integers(0, 9).map(float)),
)


@given(tables, st.data())
def test_they_say_what_the_table_says(table: np.ndarray, data: st.DataObject) -> None:
    points = table.shape[1]
    pairs = Pairs.of(table)
    assert (pairs.table() == table).all()
    order = np.array(data.draw(st.permutations(range(len(pairs)))), np.int64)
    again = Pairs.sorted_of(pairs.site[order], pairs.point[order], pairs.seconds[order], pairs.shape)
    assert (again.table() == table).all()
    assert again.begins.tolist() == [0, *np.isfinite(table).sum(axis=1).cumsum().tolist()]
    first_s, by = pairs.nearest()
    assert (first_s == table.min(axis=0)).all()
    assert (by == np.where(np.isfinite(first_s), table.argmin(axis=0), NOBODY)).all()
    some = np.array(data.draw(st.lists(st.booleans(), min_size=points, max_size=points)))
    assert (pairs.to_points(some).table() == table[:, some]).all()
    assert (pairs.at(pairs.site[order], pairs.point[order]) == pairs.seconds[order]).all()


@given(tables, st.integers(0, 9), st.integers(0, 3), st.data())
def test_those_that_count(table: np.ndarray, limit: int, beyond: int, data: st.DataObject) -> None:
    near = np.array(data.draw(st.lists(st.booleans(), min_size=len(table), max_size=len(table))))
    counted = np.sort(np.vstack([table[near], np.full((2, table.shape[1]), np.inf)]), axis=0)
    for first in (1, 2):
        farthest = np.maximum(limit, counted[first - 1] + beyond)
        found = Pairs.of(table).that_count(limit, near, beyond, first)
        assert (found.table() == np.where(table <= farthest, table, np.inf)).all()


@pytest.mark.parametrize(("limit_s", "beyond_s", "before_s"), [(40, 0, 0), (0, 0, 30), (90, 25, 30), (20, 0, 60)])
@pytest.mark.parametrize("counted", [(), (0,), (3, 7), range(30)])
@pytest.mark.parametrize("first", [1, 2])
def test_straight_lines_are_those_of_all_distances(
    limit_s: float, beyond_s: float, before_s: float, counted: tuple[int, ...], first: int
) -> None:
    random = np.random.default_rng(7)
    # Places on a lattice, so that some are as near as others and some exactly at the limit.
    sites = np.asarray(random.integers(0, 30, (30, 2)) * 100.0 + 5e5, np.float64)
    points = np.asarray(random.integers(0, 30, (200, 2)) * 100.0 + 5e5, np.float64)
    near = np.isin(np.arange(30), counted)
    every = np.hypot(*(sites[:, None, axis] - points[:, axis] for axis in (0, 1))) / 10 + before_s
    straight = partial(
        straight_pairs, sites, points, 10.0, limit_s, near, beyond_s=beyond_s, before_s=before_s, first=first
    )
    found = straight(most=6_000)
    expected = Pairs.of(every).that_count(limit_s, near, beyond_s, first)
    assert found.table().tolist() == expected.table().tolist()
    with pytest.raises(TooManyPairsError):
        straight(most=len(expected) - 1)


def test_no_points_and_what_is_no_table() -> None:
    none = straight_pairs(np.ones((1, 2)), np.ones((0, 2)), 1.0, 60, np.ones(1, bool), most=0)
    assert (len(none), none.shape) == (0, (1, 0))
    for wrong in ([1.0], [[-1.0]], [[np.nan]]):
        with pytest.raises(InputError):
            Pairs.of(wrong)

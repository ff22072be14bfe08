"""Small counts cannot be had back: every table that agrees with a release is looked at, on tables small enough."""

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.privacy import FLOOR_K, Release, release, shown_count


def agreeing(table: Release, k: int, base: int = 1) -> npt.NDArray[np.int64]:
    """All tables (with totals) that say the same where this one says something; no cell grows by more than ``k``."""
    rows, columns = (size - 1 for size in table.values.shape)
    most = (int(table.values[:-1, :-1].max()) + k) // base + 1
    open_cells = np.argwhere(table.withheld[:-1, :-1])
    grid = np.indices((most,) * len(open_cells)).reshape(len(open_cells), most ** len(open_cells)) * base
    found = np.zeros((grid.shape[1], rows + 1, columns + 1), dtype=np.int64)
    found[:, :-1, :-1] = table.values[:-1, :-1]
    for values, (row, column) in zip(grid, open_cells, strict=True):
        found[:, row, column] = values
    found[:, -1, :-1] = found[:, :-1, :-1].sum(axis=1)
    found[:, :, -1] = found[:, :, :-1].sum(axis=2)
    same: npt.NDArray[np.bool_] = (found == table.values)[:, ~table.withheld].all(axis=1)
    return np.asarray(found[same])


def assert_safe(table: Release, k: int, base: int = 1) -> None:
    possible = agreeing(table, k, base)
    assert (possible == table.values).all(axis=(1, 2)).any()
    # The reader knows that nothing withheld is zero, and still cannot exclude that a count is k or more.
    knowing = possible[(possible[:, table.withheld] > 0).all(axis=1)]
    for cell in zip(*np.nonzero((table.values > 0) & (table.values < k)), strict=True):
        assert table.withheld[cell]
        assert knowing[:, *cell].max() >= k, (table.values, table.withheld, cell)


@given(st.lists(st.lists(st.integers(0, 7), min_size=2, max_size=2), min_size=2, max_size=2), st.integers(3, 5))
@settings(max_examples=150, deadline=None)
def test_two_by_two(counts: list[list[int]], k: int) -> None:
    assert_safe(release(counts, k=k), k)


@given(st.lists(st.sampled_from([0, 1, 2, 3, 5]), min_size=6, max_size=6))
@settings(max_examples=40, deadline=None)
def test_two_by_three(counts: list[int]) -> None:
    assert_safe(release(np.reshape(counts, (2, 3)), k=3), 3)


@given(st.lists(st.integers(0, 12), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_one_row_and_one_column(counts: list[int]) -> None:
    for shape in ((1, len(counts)), (len(counts), 1)):
        assert_safe(release(np.reshape(counts, shape), k=4), 4)


@given(st.lists(st.lists(st.integers(0, 20), min_size=2, max_size=2), min_size=2, max_size=2))
@settings(max_examples=60, deadline=None)
def test_rounded_tables(counts: list[list[int]]) -> None:
    table = release(counts, k=10, base=5)
    assert (table.values % 5 == 0).all()
    assert_safe(table, 10, base=5)


@given(
    st.integers(1, 8).flatmap(
        lambda rows: st.integers(1, 6).flatmap(
            lambda columns: st.lists(
                st.lists(st.integers(0, 60), min_size=columns, max_size=columns), min_size=rows, max_size=rows
            )
        )
    )
)
@settings(max_examples=200, deadline=None)
def test_no_line_gives_a_single_withheld_count_away(counts: list[list[int]]) -> None:
    table = release(counts)
    assert (table.values[-1, :-1] == table.values[:-1, :-1].sum(axis=0)).all()
    assert (table.values[:, -1] == table.values[:, :-1].sum(axis=1)).all()
    assert not table.withheld[table.values == 0].any()
    small = (table.values > 0) & (table.values < 10)
    assert table.withheld[small].all()
    for line, small_line in itertools.chain(
        zip(table.withheld, small, strict=True), zip(table.withheld.T, small.T, strict=True)
    ):
        assert not (small_line.any() and line.sum() == 1)


@given(st.lists(st.lists(st.floats(0, 500), min_size=3, max_size=3), min_size=1, max_size=6), st.sampled_from([1, 5]))
@settings(max_examples=200, deadline=None)
def test_rounding_moves_no_cell_by_a_step_and_the_whole_by_half_of_one(counts: list[list[float]], base: int) -> None:
    table = release(counts, base=base)
    exact = np.array(counts)
    assert (np.abs(table.values[:-1, :-1] - exact) < base + 1e-6).all()
    assert (np.abs(table.values[:-1, -1] - exact.sum(axis=1)) < base + 1e-6).all()
    assert abs(table.values[-1, -1] - exact.sum()) <= base / 2 + 1e-6


def test_a_table_without_small_counts_is_released_whole() -> None:
    assert not release([[10, 0], [50, 11]]).withheld.any()


def test_little_is_withheld_where_little_is_small() -> None:
    counts = np.full((6, 5), 100)
    counts[2, 3] = 4
    table = release(counts)
    assert table.withheld.sum() == 4  # the smallest cycle there is
    assert not table.withheld[-1].any()
    assert not table.withheld[:, -1].any()


def test_single_counts() -> None:
    assert [shown_count(value) for value in (0, 0.4, 0.6, 9.4, 9.6)] == [0, 0, None, None, 10]
    assert shown_count(3, k=FLOOR_K) == 3


@pytest.mark.parametrize(
    ("table", "options"),
    [
        ([[1]], {"k": 2}),
        ([[1]], {"k": 0}),
        ([[1]], {"base": 0}),
        ([1, 2], {}),
        ([[-1]], {}),
        ([[float("nan")]], {}),
    ],
)
def test_what_may_not_be_asked_for(table: list[Any], options: dict[str, int]) -> None:
    with pytest.raises(InputError):
        release(table, **options)

"""Arrivals, percentiles and losses against sorting, numpy's quantiles and doing it all over again."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geo.coverage.arrivals import NOBODY, arrivals, seconds
from geo.coverage.covering import cover, overlap
from geo.coverage.demand import demand_at
from geo.coverage.losing import change, failures
from geo.coverage.percentiles import time_percentiles
from geo.errors import InputError
from geo.routing.graph import UNREACHABLE

entries = st.one_of(st.just(np.inf), st.integers(0, 9).map(float))
tables = hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=6), elements=entries)


@given(tables, st.data())
def test_arrivals_are_those_of_all_units_sorted(table: np.ndarray, data: st.DataObject) -> None:
    units = data.draw(hnp.arrays(np.int64, len(table), elements=st.integers(0, 3)))
    found = arrivals(table, units)
    for point, column in enumerate(table.T):
        every = sorted(t for t, count in zip(column, units, strict=True) for _ in range(count))
        first, second = (*every, np.inf, np.inf)[:2]
        assert (found.first_s[point], found.second_s[point]) == (first, second)
        places = sorted((t, row) for row, t in enumerate(column) if units[row] and np.isfinite(t))
        near = [*places, (np.inf, NOBODY), (np.inf, NOBODY)]
        assert (found.first_s[point], found.first_by[point]) == near[0]
        assert (found.next_s[point], found.next_by[point]) == near[1]


def test_both_arrive_each_within_its_own_limit() -> None:
    two = arrivals([[240.0, 240, 270, 100], [480, 481, 270, np.inf]])
    assert two.both_within(240, 480).tolist() == [True, False, False, False]
    assert two.both_within(270, 270).tolist() == [False, False, True, False]
    assert arrivals([[100.0]], [2]).both_within(270, 270).tolist() == [True]


@given(st.data())
def test_percentiles_are_those_of_numpy(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 30))
    weights = data.draw(hnp.arrays(np.int64, size, elements=st.integers(0, 50)))
    times = data.draw(hnp.arrays(np.float64, size, elements=entries))
    percents = data.draw(st.lists(st.integers(1, 100), min_size=1))
    assume(weights.sum() > 0)
    each = np.sort(np.repeat(times, weights))  # everybody once
    expected = tuple(each[-(-percent * len(each) // 100) - 1] for percent in percents)
    demand = demand_at(weights)
    found = time_percentiles(demand, times, percents)
    assert found == expected
    if np.isfinite(each).all():
        assert found == tuple(np.percentile(each, percents, method="inverted_cdf"))
    for percent, limit in zip(percents, found, strict=True):
        if limit is not None and np.isfinite(limit):
            reached = cover(demand, times, limit)
            assert reached.covered * 100 >= percent * reached.total


def test_percentiles_count_the_unreachable_and_not_the_excluded() -> None:
    times = [60.0, 120.0, np.inf, 5.0]
    assert time_percentiles(demand_at([50, 40, 10, None]), times) == (60.0, 120.0, np.inf)
    assert time_percentiles(demand_at([50, 40, 10, 9], [None, None, "no-place", None]), times, (1, 100)) == (5, 120)
    assert time_percentiles(demand_at([0, None, 0, 0]), times) == (None, None, None)
    assert time_percentiles(demand_at([0.5, 0.25, 0.25, 0]), times, (50, 51, 75, 76)) == (60, 120, 120, np.inf)
    for wrong in (0, 101, 0.5):
        with pytest.raises(InputError):
            time_percentiles(demand_at([1]), [1.0], (wrong,))  # type: ignore[arg-type]


@given(tables, st.data())
def test_failures_are_those_of_computing_without_the_facility(table: np.ndarray, data: st.DataObject) -> None:
    rows, size = table.shape
    weights = data.draw(st.lists(st.one_of(st.none(), st.integers(0, 100)), min_size=size, max_size=size))
    demand = demand_at(weights)
    whole = cover(demand, table.min(axis=0), 5)
    found = failures(demand, table, 5)
    assert len(found) == rows
    for row, failure in enumerate(found):
        without = np.vstack([np.delete(table, row, axis=0), np.full(size, np.inf)]).min(axis=0)
        alone = cover(demand, without, 5)
        assert failure.lost == whole.covered - alone.covered
        assert failure.cut_off == alone.unreachable - whole.unreachable
        mine = (table.argmin(axis=0) == row) & np.isfinite(table.min(axis=0))
        assert failure.served == sum(w or 0 for w, use in zip(weights, mine, strict=True) if use)
        still = mine & np.isfinite(without)
        people = np.array([w or 0 for w in weights])[still]
        if people.sum():
            delay = np.average(without[still] - table[row, still], weights=people)
            assert failure.delay_s == pytest.approx(delay)
        else:
            assert failure.delay_s is None
    assert sum(failure.lost for failure in found) == overlap(demand, table, 5)[1]


def test_cut_roads_take_cover_and_reach() -> None:
    demand = demand_at([1, 2, 4, 8, 16, 32], [None] * 5 + ["no-place"])
    before = [[10.0, 10, 10, 99, np.inf, 1], [99, 10, 99, 99, np.inf, 1]]
    after = [[10.0, 99, np.inf, np.inf, np.inf, 1], [99, 10, np.inf, np.inf, 5, 1]]
    found = change(demand, before, after, 10)
    assert (found.kept, found.lost, found.gained, found.never, found.excluded) == (3, 4, 16, 8, 32)
    assert (found.cut_off, found.later, found.sooner) == (12, 12, 16)
    assert found == change(demand, np.min(before, axis=0), np.min(after, axis=0), 10)


@given(tables)
def test_a_change_undone_is_its_mirror(before: np.ndarray) -> None:
    after = np.roll(before, 1, axis=1)
    demand = demand_at(range(1, before.shape[1] + 1))
    there, back = change(demand, before, after, 5), change(demand, after, before, 5)
    assert (there.lost, there.gained, there.later, there.sooner) == (back.gained, back.lost, back.sooner, back.later)
    assert (there.kept, there.never) == (back.kept, back.never)


@given(tables)
def test_more_facilities_and_more_time_never_cover_less(table: np.ndarray) -> None:
    demand = demand_at(range(1, table.shape[1] + 1))
    people = [cover(demand, table[: rows + 1].min(axis=0), 4).covered for rows in range(len(table))]
    assert people == sorted(people)
    longer = [cover(demand, table.min(axis=0), limit).covered for limit in range(10)]
    assert longer == sorted(longer)


def test_milliseconds_become_seconds() -> None:
    assert seconds(np.array([[270_000, UNREACHABLE, 0]], np.int32)).tolist() == [[270.0, np.inf, 0.0]]


@pytest.mark.parametrize("table", [[1.0, 2.0], np.empty((0, 3)), [[-1.0]], [[np.nan]]])
def test_tables_that_are_none(table: object) -> None:
    with pytest.raises(InputError):
        arrivals(table)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        failures(demand_at([1]), table, 5)  # type: ignore[arg-type]


@pytest.mark.parametrize("units", [[1], [1, -1], [1.0, 2.0]])
def test_units_that_are_none(units: list[float]) -> None:
    with pytest.raises(InputError):
        arrivals([[1.0], [2.0]], units)

"""What is joined of parts is what a table of all times says, to the bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geo.coverage.demand import demand_at
from geo.coverage.losing import failures, failures_among
from geo.coverage.reach import reach_of, reach_of_entries
from geo.errors import InputError
from geo.partition.joining import Times

tables = hnp.arrays(np.int64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.integers(0, 9999))
UNREACHED = 9_000


def entries(table: np.ndarray, units: np.ndarray, limit_ms: int) -> Times:
    """Those within the limit, and the two nearest of the facilities with units, as parts give them."""
    found = []
    for point, column in enumerate(table.T):
        reached = sorted((int(ms), site) for site, ms in enumerate(column) if ms < UNREACHED)
        near = [each for each in reached if units[each[1]]][:2]
        found += [(point, ms, site) for ms, site in reached if ms <= limit_ms or (ms, site) in near]
    columns = np.array(found, np.int64).reshape(-1, 3).T
    rows, size = table.shape
    return Times(columns[0], columns[2], columns[1].astype(np.int32), (rows, size))


@given(tables, st.integers(0, 9_000), st.integers(0, 500), st.data())
def test_entries_say_what_the_table_says(table: np.ndarray, limit_ms: int, turnout: int, data: st.DataObject) -> None:
    rows, size = table.shape
    units = np.array(data.draw(st.lists(st.integers(0, 2), min_size=rows, max_size=rows)))
    fractions = st.one_of(st.none(), st.floats(0, 1e5))
    demand = demand_at(data.draw(st.lists(fractions, min_size=size, max_size=size)))
    turnout_s, limit_s = turnout / 1000, limit_ms / 1000
    times_s = np.where(table < UNREACHED, table / 1000.0, np.inf) + turnout_s
    whole = reach_of(demand, times_s, units, limit_s)
    every = (table < UNREACHED).any(axis=1)
    found = reach_of_entries(demand, entries(table, units, limit_ms), units, limit_s, every, turnout_s)
    for name in ("first_s", "first_by", "next_s", "next_by", "second_s"):
        assert np.array_equal(getattr(found.two, name), getattr(whole.two, name)), name
    assert found.number.tolist() == whole.number.tolist()
    assert found.demand == whole.demand
    assert found.reaches.tolist() == whole.reaches.tolist()
    sent = np.where((units > 0)[:, None], times_s, np.inf)
    assert failures_among(demand, found.two, rows, limit_s) == failures(demand, sent, limit_s)


def test_what_does_not_fit_is_refused() -> None:
    nothing = Times(*(np.empty(0, np.int64),) * 2, np.empty(0, np.int32), (1, 1))
    with pytest.raises(InputError):
        reach_of_entries(demand_at([1, 2]), nothing, np.array([1]), 5, np.array([False]))
    with pytest.raises(InputError):
        reach_of_entries(demand_at([1]), nothing, np.array([1]), -5, np.array([False]))

"""The Gini coefficient by hand, and by all pairs of people."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.accessibility.inequality import gini, share_below
from geo.coverage.demand import demand_at
from geo.errors import InputError


def test_by_hand() -> None:
    assert gini(demand_at([10, 30]), np.array([2.0, 2])) == 0
    assert gini(demand_at([3, 1]), np.array([0.0, 8])) == pytest.approx(0.75)  # one of four has all
    assert gini(demand_at([1, 1]), np.array([1.0, 3])) == pytest.approx(0.25)
    assert gini(demand_at([0, None]), np.array([1.0, 3])) is None
    assert gini(demand_at([5]), np.array([0.0])) is None
    left_out = demand_at([1, 1, 90], [None, None, "suppressed"])
    assert gini(left_out, np.array([1.0, 3, 9])) == pytest.approx(0.25)
    assert share_below(left_out, np.array([1.0, 3, 9]), 3) == 0.5
    assert share_below(demand_at([None]), np.array([1.0]), 3) is None


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 50)), min_size=1, max_size=8))
def test_it_is_half_the_mean_difference_of_all_pairs(rows: list[tuple[int, int]]) -> None:
    everyone = np.repeat([value for _, value in rows], [number for number, _ in rows]).astype(float)
    found = gini(demand_at([number for number, _ in rows]), np.array([value for _, value in rows], float))
    if not everyone.sum():
        assert found is None
    else:
        pairs = np.abs(everyone[:, None] - everyone).mean()
        assert found == pytest.approx(pairs / 2 / everyone.mean())


@pytest.mark.parametrize("values", [[1.0], [1.0, -1], [1.0, np.inf]])
def test_values_that_are_none(values: list[float]) -> None:
    with pytest.raises(InputError):
        gini(demand_at([1, 1]), np.array(values))

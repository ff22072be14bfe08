"""Hoses, by hand."""

import pytest

from geo.dispatch.water import hoses
from geo.errors import InputError


@pytest.mark.parametrize(
    ("length_m", "count"),
    [(0, 0), (0.1, 1), (20, 1), (20.0 + 1e-9, 1), (20.01, 2), (199.9, 10), (200.0, 10), (201, 11)],
)
def test_hoses_reach_as_far_as_they_are_long(length_m: float, count: int) -> None:
    assert hoses(length_m) == count


@pytest.mark.parametrize("length_m", [-1, float("nan"), float("inf")])
def test_lengths_that_are_none(length_m: float) -> None:
    with pytest.raises(InputError):
        hoses(length_m)

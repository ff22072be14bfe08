"""Hoses and the standard of sources of water, by hand."""

import pytest

from geo.dispatch.water import hoses, meets_standard
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


@pytest.mark.parametrize(
    ("hydrant", "main_mm", "volume_m3", "meets"),
    [
        (True, 150, None, True),
        (True, 149, None, None),  # where pipes form a grid it does
        (True, 75, None, None),
        (True, 74, 100, False),
        (True, None, 100, None),
        (False, None, 40, True),
        (False, 300, 39.9, False),
        (False, 300, None, None),
        (False, None, 0, False),
    ],
)
def test_the_standard(hydrant: bool, main_mm: float | None, volume_m3: float | None, meets: bool | None) -> None:
    assert meets_standard(hydrant=hydrant, main_mm=main_mm, volume_m3=volume_m3) is meets

"""The margin to the water."""

import pytest

from geo.errors import InputError
from geo.evacuation.arrival import margin


def test_who_walks_a_kilometre_has_what_is_left() -> None:
    found = margin(1000.0, 300.0, 112 * 60)
    assert (found.arrives_s, found.left_s) == (1300.0, 5420.0)
    assert margin(3000.0, 300.0, 1800.0).left_s == -1500.0


@pytest.mark.parametrize("times", [(-1.0, 0.0, 1.0), (1.0, -1.0, 1.0), (1.0, 0.0, -1.0), (float("nan"), 0.0, 1.0)])
def test_times_that_are_none(times: tuple[float, float, float]) -> None:
    with pytest.raises(InputError):
        margin(*times)

"""Room by area and by capacity, worked by hand."""

import numpy as np
import pytest

from geo.errors import InputError
from geo.sheltering.room import room

NAN = np.nan


def test_the_lesser_of_two_figures_and_nothing_out_of_none() -> None:
    areas, persons = [70.0, 69.9, 1000, NAN, NAN, 0], [NAN, NAN, 300, 120, NAN, 50]
    at_3_5 = room(areas, persons, 3.5)
    assert at_3_5[:4].tolist() == [20, 19, 285, 120]
    assert np.isnan(at_3_5[4])
    assert at_3_5[5] == 0
    assert room(areas, persons, 2.0)[:4].tolist() == [35, 34, 300, 120]


def test_published_capacities_are_scaled_where_their_standard_is_known() -> None:
    assert room([NAN], [120.0], 3.5, 1.65).tolist() == [56]  # 198 m2
    assert room([NAN], [120.0], 1.65, 1.65).tolist() == [120]


@pytest.mark.parametrize("areas", [np.arange(1, 200) * 3.5, np.arange(1, 200) * 1.65])
def test_whole_multiples_are_whole(areas: np.ndarray) -> None:
    standard = areas[0]
    assert room(areas, np.full(len(areas), NAN), standard).tolist() == list(range(1, 200))


@pytest.mark.parametrize(
    ("area", "capacity", "standard", "of_capacity"),
    [([-1.0], [1.0], 2, None), ([np.inf], [1.0], 2, None), ([1.0], [1.0], 0, None), ([1.0], [1.0, 2], 2, None),
     ([1.0], [1.0], 2, 0)],
)  # fmt: skip
def test_what_is_no_figure(area: list[float], capacity: list[float], standard: float, of_capacity: float) -> None:
    with pytest.raises(InputError):
        room(area, capacity, standard, of_capacity)

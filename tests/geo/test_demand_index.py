"""The index of demand: worked by hand, and what must hold of any."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.demand_index import Normalisation, demand_index, normalised, quintiles, spread
from geo.errors import InputError

NAN = float("nan")


def test_worked_by_hand() -> None:
    people, older = np.array([10.0, 30.0, 20.0, 5.0]), np.array([1.0, 3.0, 2.0, NAN])
    (one, two), index = demand_index([people, older], [1, 3], Normalisation.MAXIMUM)
    assert one.tolist() == pytest.approx([1 / 3, 1, 2 / 3, 1 / 6])
    assert two[:3].tolist() == pytest.approx([1 / 3, 1, 2 / 3])
    assert index[:3].tolist() == pytest.approx([1 / 3, 1, 2 / 3])
    assert np.isnan(index[3])
    assert normalised(people, Normalisation.MEAN).tolist() == pytest.approx(
        [10 / 16.25, 30 / 16.25, 20 / 16.25, 5 / 16.25]
    )
    assert normalised(np.array([4.0, 4.0, 9.0, NAN]), Normalisation.RANK)[:3].tolist() == pytest.approx(
        [1 / 3, 1 / 3, 5 / 6]
    )
    # A component without weight leaves the index alone, known or not.
    assert demand_index([people, older], [2, 0], Normalisation.MEAN)[1].tolist() == pytest.approx(
        (people / 16.25).tolist()
    )
    assert normalised(np.zeros(3), Normalisation.MEAN).tolist() == [0, 0, 0]
    assert np.isnan(normalised(np.full(2, NAN), Normalisation.RANK)).all()


@given(
    st.lists(st.lists(st.floats(0, 1e6), min_size=2, max_size=2), min_size=1, max_size=30),
    st.lists(st.floats(0.1, 100), min_size=2, max_size=2),
    st.sampled_from(list(Normalisation)),
)
def test_only_the_relation_of_weights_counts_and_more_is_never_less(
    cells: list[list[float]], weights: list[float], how: Normalisation
) -> None:
    components = list(np.array(cells).T)
    _, index = demand_index(components, weights, how)
    assert demand_index(components, [10 * each for each in weights], how)[1] == pytest.approx(index)
    if how is Normalisation.MEAN and all(each.sum() > 1e-3 for each in components):
        assert index.mean() == pytest.approx(1)
    for one in range(len(cells)):
        for other in range(len(cells)):
            if all(a[one] >= a[other] for a in components):
                assert index[one] >= index[other] - 1e-9
    fifths = quintiles(index)
    assert all(fifths[a] <= fifths[b] for a in range(len(cells)) for b in range(len(cells)) if index[a] <= index[b])


def test_shared_out() -> None:
    assert spread([[0, 1], [2, 2, 0]], [5, 9], 4).tolist() == [5.5, 2.5, 6, 0]
    assert quintiles(np.array([5.0, 1, 2, 3, 4, NAN])).tolist() == [5, 1, 2, 3, 4, 0]


@pytest.mark.parametrize(
    ("components", "weights"),
    [
        ([[1.0]], [0]),
        ([[1.0]], [-1]),
        ([[-1.0]], [1]),
        ([[1.0]], [1, 2]),
        ([[1.0], [1.0, 2.0]], [1, 1]),
        ([[np.inf]], [1]),
    ],
)
def test_what_is_no_index(components: list[list[float]], weights: list[float]) -> None:
    with pytest.raises(InputError):
        demand_index([np.array(each) for each in components], weights, Normalisation.MEAN)

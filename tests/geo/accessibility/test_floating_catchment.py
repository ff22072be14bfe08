"""2SFCA and E2SFCA by hand, by loops as the papers write them, and by what they must keep."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geo.accessibility.decay import LUO_QI_GRADUAL, LUO_QI_STEEP, Decay, Gaussian, Steps, within
from geo.accessibility.floating_catchment import accessibility
from geo.coverage.demand import Demand, demand_at
from geo.errors import InputError

entries = st.one_of(st.just(np.inf), st.integers(0, 2400).map(float), st.sampled_from([600.0, 1200.0, 1800.0]))
tables = hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=6), elements=entries)
decays = st.sampled_from([within(900), LUO_QI_GRADUAL, LUO_QI_STEEP, Gaussian(1500)])


def weight(decay: Decay, time_s: float) -> float:
    """Said once more, in words of its own."""
    if decay == within(900):
        return 1.0 if time_s <= 900 else 0.0
    if isinstance(decay, Gaussian):
        if time_s >= 1500:
            return 0.0
        return (math.exp(-((time_s / 1500) ** 2) / 2) - math.exp(-0.5)) / (1 - math.exp(-0.5))
    near, middle, far = (1, 0.68, 0.22) if decay == LUO_QI_GRADUAL else (1, 0.42, 0.09)
    return near if time_s <= 600 else middle if time_s <= 1200 else far if time_s <= 1800 else 0.0


@given(tables, decays, st.data())
def test_it_is_what_the_papers_say(table: np.ndarray, decay: Decay, data: st.DataObject) -> None:
    rows, size = table.shape
    people = data.draw(st.lists(st.one_of(st.none(), st.integers(0, 900)), min_size=size, max_size=size))
    supply = data.draw(st.lists(st.one_of(st.none(), st.integers(0, 90)), min_size=rows, max_size=rows))
    index = [0.0] * size
    for row, beds in enumerate(supply):
        wanted = sum((p or 0) * weight(decay, table[row, k]) for k, p in enumerate(people))
        if beds is not None and wanted > 0:
            index = [now + beds / wanted * weight(decay, table[row, k]) for k, now in enumerate(index)]
    found = accessibility(demand_at(people), supply, table, decay)
    assert found.index == pytest.approx(index)
    assert found.unknown.tolist() == [beds is None for beds in supply]
    shared = sum(
        beds for beds, idle, ratio in zip(supply, found.idle, found.ratios, strict=True) if beds and not idle and ratio
    )
    assert found.index @ demand_at(people).weights == pytest.approx(shared)  # nothing of the supply is lost or made


def test_two_hospitals_and_three_towns_by_hand() -> None:
    # 10 beds are in reach of towns A and B, 30 of B and C.
    times = [[300.0, 600, np.inf], [2000, 600.0, 601]]
    two_step = accessibility(demand_at([100, 100, 200]), [10, 30], times, within(601))
    assert two_step.ratios == pytest.approx([10 / 200, 30 / 300])
    assert two_step.index == pytest.approx([0.05, 0.15, 0.1])
    enhanced = accessibility(demand_at([100, 100, 200]), [10, 30], times, LUO_QI_GRADUAL)
    assert enhanced.index == pytest.approx([0.05, 0.05 + 30 / 236, 0.68 * 30 / 236])


def test_what_is_not_known_or_not_used_is_told() -> None:
    demand: Demand = demand_at([100, None, 50], [None, None, "no-place"])
    times = np.array([[60.0, 60, 60], [60, 60, 60], [np.inf, 60, 60], [1, 1, 1]])
    found = accessibility(demand, [10, None, 5, 0], times, within(60))
    assert found.unknown.tolist() == [False, True, False, False]
    assert found.idle.tolist() == [False, False, True, False]
    assert np.isnan(found.ratios).tolist() == [False, True, True, False]
    assert found.index.tolist() == [0.1, 0.1, 0.1]


@pytest.mark.parametrize("supply", [[-1], [float("inf")], [1, 2], []])
def test_supplies_that_are_none(supply: list[float]) -> None:
    with pytest.raises(InputError):
        accessibility(demand_at([1]), supply, [[1.0]], within(60))


@pytest.mark.parametrize(
    ("bounds", "weights"),
    [
        ((), ()),
        ((1.0,), (1.0, 0.5)),
        ((2.0, 1.0), (1.0, 0.5)),
        ((1.0, 2.0), (0.5, 1.0)),
        ((np.inf,), (1.0,)),
        ((1.0,), (2.0,)),
    ],
)
def test_zones_that_are_none(bounds: tuple[float, ...], weights: tuple[float, ...]) -> None:
    with pytest.raises(InputError):
        Steps(bounds, weights)


@pytest.mark.parametrize("limit_s", [0, -1, np.inf, np.nan])
def test_a_reach_that_is_none(limit_s: float) -> None:
    with pytest.raises(InputError):
        Gaussian(limit_s)

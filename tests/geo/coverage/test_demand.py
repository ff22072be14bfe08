"""Demand in is demand accounted for, to the last person and to the last fraction of one."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coverage.covering import cover, cover_by_group, facilities_within, overlap
from geo.coverage.demand import GRAIN, SUPPRESSED, Demand, demand_at
from geo.coverage.losing import change
from geo.errors import InputError

persons = st.one_of(st.none(), st.just(float("nan")), st.integers(0, 5000))
shares = st.one_of(persons, st.floats(0, 5000))
times = st.one_of(st.just(np.inf), st.integers(0, 20).map(float))


@st.composite
def cases(draw: st.DrawFn, weight: st.SearchStrategy[float | None]) -> tuple[Demand, np.ndarray, list[str | None]]:
    size = draw(st.integers(0, 12))
    rows = draw(st.integers(1, 4))
    weights = draw(st.lists(weight, min_size=size, max_size=size))
    reasons = draw(st.lists(st.sampled_from([None, None, SUPPRESSED, "no-place"]), min_size=size, max_size=size))
    table = np.array(draw(st.lists(st.lists(times, min_size=size, max_size=size), min_size=rows, max_size=rows)))
    labels = draw(st.lists(st.sampled_from(["甲東", "瓦木", None]), min_size=size, max_size=size))
    return demand_at(weights, reasons), table.reshape(rows, size), labels


def exact(demand: Demand, where: np.ndarray) -> Fraction:
    """Another way of adding: one by one, in fractions."""
    return sum((Fraction(w) for w, use in zip(demand.weights.tolist(), where, strict=True) if use), Fraction(0))


@given(cases(shares))
def test_all_demand_is_covered_uncovered_or_excluded_exactly(
    case: tuple[Demand, np.ndarray, list[str | None]],
) -> None:
    demand, table, labels = case
    first = table.min(axis=0)
    whole = cover(demand, first, 10)
    assert whole.total == whole.covered + whole.uncovered + whole.excluded == exact(demand, np.ones(len(demand), bool))
    assert whole.covered == exact(demand, demand.counts & (first <= 10))
    assert whole.unreachable == exact(demand, demand.counts & np.isinf(first)) <= whole.uncovered
    assert sum(one.points for one in whole.exclusions) == len(demand) - demand.counts.sum()
    assert sum(one.demand for one in whole.exclusions) == whole.excluded

    groups = cover_by_group(demand, labels, first <= 10)
    assert {group.label for group in groups} == set(labels)
    for name in ("total", "covered", "uncovered", "excluded"):
        assert sum(getattr(group, name) for group in groups) == getattr(whole, name)
    for group in groups:
        mine = np.array([label == group.label for label in labels], bool)
        assert group.covered == exact(demand, demand.counts & mine & (first <= 10))
        assert group.excluded == exact(demand, ~demand.counts & mine)
        assert group.excluded_points == (~demand.counts & mine).sum()
    assert all(one.uncovered >= two.uncovered for one, two in pairwise(groups))

    over = overlap(demand, table, 10)
    assert len(over) == len(table) + 1
    assert (over[0], sum(over[1:])) == (whole.uncovered, whole.covered)
    moved = change(demand, table, table[::-1] + 3, 10)
    assert moved.total == moved.kept + moved.lost + moved.gained + moved.never + moved.excluded
    assert moved.kept + moved.lost == whole.covered


@given(cases(persons))
def test_whole_numbers_stay_whole(case: tuple[Demand, np.ndarray, list[str | None]]) -> None:
    demand, table, labels = case
    whole = cover(demand, table.min(axis=0), 10)
    figures = [whole.total, whole.covered, whole.uncovered, whole.excluded, *overlap(demand, table, 10)]
    figures += [group.uncovered for group in cover_by_group(demand, labels, table[0] <= 10)]
    assert all(type(figure) is int for figure in figures)


def test_what_is_not_known_is_told_with_its_reason() -> None:
    demand = demand_at([10, None, float("nan"), 7, 0, 5], [None, SUPPRESSED, None, "no-place", None, None])
    found = cover(demand, [60.0] * 5 + [61.0], 60)
    assert [(one.reason, one.points, one.demand, one.unknown) for one in found.exclusions] == [
        ("missing", 1, 0, 1),
        ("no-place", 1, 7, 0),
        ("suppressed", 1, 0, 1),
    ]
    assert (found.total, found.covered, found.uncovered, found.excluded) == (22, 10, 5, 7)
    assert found.share == 10 / 15
    assert demand.empty_points == 1


def test_the_limit_is_inclusive_and_reach_is_counted() -> None:
    found = cover(demand_at([1, 2, 4]), [270.0, np.nextafter(270.0, 271), np.inf], 270)
    assert (found.covered, found.uncovered, found.unreachable) == (1, 6, 4)
    assert cover(demand_at([]), [], 270).share is None


def test_fractions_add_up_in_any_order() -> None:
    tenths = demand_at([0.1] * 1000 + [2.0**31])
    assert tenths.total == tenths.sum(np.arange(1001) % 2 == 0) + tenths.sum(np.arange(1001) % 2 == 1)
    assert abs(tenths.weights[0] - 0.1) <= GRAIN / 2


def test_facilities_are_counted_where_they_cover() -> None:
    table = [[5.0, 11, np.inf], [10, 9, np.inf]]
    assert facilities_within(table, 10).tolist() == [2, 1, 0]
    assert overlap(demand_at([3, 4, 5]), table, 10) == (5, 4, 3)


@pytest.mark.parametrize("weights", [[-1], [float("inf")], [2.0**32], [1, -0.001]])
def test_demand_that_is_none(weights: list[float]) -> None:
    with pytest.raises(InputError):
        demand_at(weights)


def test_what_does_not_fit_is_refused() -> None:
    demand = demand_at([1, 2])
    with pytest.raises(InputError):
        demand_at([1, 2], [None])
    for wrong in ([1.0], [1.0, np.nan], [1.0, -1.0], [[1.0, 2.0]]):
        with pytest.raises(InputError):
            cover(demand, wrong, 10)
    for limit in (-1, np.inf, np.nan):
        with pytest.raises(InputError):
            cover(demand, [1.0, 2.0], limit)
    with pytest.raises(InputError):
        cover_by_group(demand, ["甲東"], np.array([True, False]))
    with pytest.raises(InputError):
        overlap(demand, [[1.0]], 10)

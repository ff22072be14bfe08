"""Cells merged so that nobody stands out: attacked by trying all counts from which the same release would have come."""

import itertools
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.privacy.merging import Group, merged

K = 3
SQUARE = [(column, row) for row in range(2) for column in range(2)]
ROW = [(0, 0), (1, 0), (2, 0), (3, 1)]
APART = [(0, 0), (1, 1), (5, 0)]


@cache
def worlds(places: tuple[tuple[int, int], ...], most: int) -> dict[tuple[Group, ...] | None, list[tuple[int, ...]]]:
    """All counts of up to ``most`` persons in all, by what is released of them."""
    found: dict[tuple[Group, ...] | None, list[tuple[int, ...]]] = {}
    for counts in itertools.product(range(most + 1), repeat=len(places)):
        if sum(counts) <= most:
            found.setdefault(merged(places, counts, k=K), []).append(counts)
    return found


@pytest.mark.parametrize("places", [SQUARE, ROW, APART])
def test_every_merged_cell_may_as_well_be_large_for_who_knows_the_rule(places: list[tuple[int, int]]) -> None:
    tried = 0
    for released, possible in worlds(tuple(places), 11).items():
        for group in released or ():
            for cell in group.cells if len(group.cells) > 1 else ():
                tried += 1
                assert max(counts[cell] for counts in possible) >= K, (group, possible)
                assert len({counts[cell] for counts in possible}) > 1
    assert tried > 50


cells = st.dictionaries(st.tuples(st.integers(0, 20), st.integers(0, 20)), st.integers(0, 25), max_size=40)


@given(cells, st.integers(3, 12))
@settings(max_examples=150, deadline=None)
def test_nobody_is_lost_and_no_group_is_small(given: dict[tuple[int, int], int], k: int) -> None:
    places, counts = list(given), list(given.values())
    groups = merged(places, counts, k=k)
    if groups is None:
        assert 0 < sum(counts) <= k
        return
    assert sum(group.count for group in groups) == sum(counts)
    assert sorted(cell for group in groups for cell in group.cells) == list(range(len(counts)))
    for group in groups:
        assert group.count == sum(counts[cell] for cell in group.cells)
        assert group.count >= k + 1 or (len(group.cells) == 1 and group.count in (0, k))
        assert len(group.cells) == 1 or any(0 < counts[cell] < k for cell in group.cells)


@given(cells)
@settings(max_examples=100, deadline=None)
def test_what_needs_no_merging_is_as_it_was_and_order_does_not_matter(given: dict[tuple[int, int], int]) -> None:
    large = {place: count for place, count in given.items() if count == 0 or count >= 10}
    assert merged(list(large), list(large.values())) == tuple(
        Group((index,), count) for index, count in enumerate(large.values())
    )

    def named(order: list[tuple[int, int]]) -> set[tuple[frozenset[tuple[int, int]], int]]:
        groups = merged(order, [given[place] for place in order]) or ()
        return {(frozenset(order[cell] for cell in group.cells), group.count) for group in groups}

    assert named(list(given)) == named(sorted(given))


def test_neighbours_come_first() -> None:
    places = [(0, 0), (1, 0), (0, 1), (4, 4), (5, 4), (9, 9)]
    assert merged(places, [2, 20, 0, 15, 14, 30]) == (
        Group((0, 1), 22),
        Group((2,), 0),
        Group((3,), 15),
        Group((4,), 14),
        Group((5,), 30),
    )
    # Two halves that make 10 together: who knows that one was small knows that both were.
    assert merged([(0, 0), (1, 0)], [1, 9]) is None
    assert merged([(0, 0), (1, 0)], [1, 10]) == (Group((0, 1), 11),)
    assert merged([(0, 0), (1, 0)], [0, 10]) == (Group((0,), 0), Group((1,), 10))
    assert merged([], []) == ()


@pytest.mark.parametrize(
    ("places", "counts", "k"),
    [
        ([(0, 0)], [3], 2),
        ([(0, 0)], [-1], 10),
        ([(0, 0), (0, 0)], [1, 2], 10),
        ([(0, 0)], [], 10),
        ([(-1, 0)], [20], 10),
    ],
)
def test_what_may_not_be_asked_for(places: list[tuple[int, int]], counts: list[int], k: int) -> None:
    with pytest.raises(InputError):
        merged(places, counts, k=k)

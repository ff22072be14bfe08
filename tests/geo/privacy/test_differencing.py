"""Releases put together: what the bounds say against all solutions there are, and attacks that everybody knows."""

import itertools
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InfeasibleError, InputError
from geo.mesh import mesh_children
from geo.privacy.differencing import Statement, exactly, newly_revealed, positive
from geo.privacy.mesh_release import OTHER, MeshRelease, mesh_release, revealed

MOST = 7


def solutions(statements: list[Statement], size: int) -> list[tuple[int, ...]]:
    """All counts of up to ``MOST`` each that agree."""
    return [
        world
        for world in itertools.product(range(MOST + 1), repeat=size)
        if all(
            each.low <= sum(world[unknown] for unknown in each.unknowns) <= (each.high if each.high is not None else 99)  # type: ignore[call-overload]
            for each in statements
        )
    ]


subsets = st.lists(st.sets(st.integers(0, 3), min_size=1), min_size=1, max_size=4)


@given(st.lists(st.integers(0, 3), min_size=4, max_size=4), subsets, subsets, st.booleans())
@settings(max_examples=60, deadline=None)
def test_bounds_are_those_of_all_solutions(
    truth: list[int], before: list[set[int]], after: list[set[int]], positives: bool
) -> None:
    def told(sets: list[set[int]]) -> list[Statement]:
        found = [exactly(each, sum(truth[unknown] for unknown in each)) for each in sets]
        return found + [positive([unknown]) for each in sets for unknown in each if positives and truth[unknown]]

    known, new, least = told(before), told(after), 3
    if {unknown for each in (*before, *after) for unknown in each} != set(range(4)):
        return  # nothing would bound the others
    both = solutions([*known, *new], 4)
    alone = solutions(known, 4)
    said = newly_revealed(known, new, least)
    most = [max(world[unknown] for world in both) for unknown in range(4)]
    small = {unknown for unknown in range(4) if 0 < most[unknown] < least}
    for each in said:
        sums = [sum(world[unknown] for unknown in each.unknowns) for world in both]  # type: ignore[call-overload]
        assert (each.low, each.high) == (min(sums), max(sums))
        assert min(most[unknown] for unknown in each.unknowns) == each.most < least  # type: ignore[call-overload]
    # What is small and not said was known from the earlier statements, as closely.
    for unknown in small - {unknown for each in said for unknown in each.unknowns}:
        assert max(world[unknown] for world in alone) == most[unknown]


def test_statements_that_cannot_all_be_true() -> None:
    with pytest.raises(InfeasibleError, match="contradict"):
        newly_revealed([exactly("ab", 5)], [exactly("a", 6)], 3)
    with pytest.raises(InputError):
        newly_revealed([], [exactly("", 0)], 3)


# --- releases on a mesh ----------------------------------------------------------------------------------------------

YEAR = (date(2025, 1, 1), date(2025, 12, 31))
KM = "52350287"
HALVES = mesh_children(KM, 4)
QUARTERS = mesh_children(KM, 5)


def of(counts: dict[str, int], period: tuple[date, date] = YEAR, k: int = 10, **labels: object) -> MeshRelease:
    found = mesh_release([code for code, count in counts.items() for _ in range(count)], counts, period, k=k, **labels)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_a_region_that_is_a_little_smaller_gives_the_rest_away() -> None:
    a, b, c, d = HALVES
    whole = of({a: 20, b: 15, c: 12, d: 3})
    assert whole.groups == ((a,), (b,), (c, d))
    part = of({a: 20, b: 15, c: 12})
    assert len(part.groups) == 3
    assert revealed(part, []) == ()
    (found,) = revealed(part, [whole])
    assert {unknown[0] for unknown in found.unknowns} == {d}  # type: ignore[index]
    assert (found.low, found.high) == (3, 3)
    assert revealed(whole, [part])
    assert revealed(whole, [whole]) == ()


def test_a_period_that_is_a_little_longer_gives_the_new_days_away() -> None:
    first = of({HALVES[0]: 20, HALVES[1]: 30}, (date(2025, 1, 1), date(2025, 6, 30)))
    longer = of({HALVES[0]: 23, HALVES[1]: 30}, (date(2025, 1, 1), date(2025, 7, 31)))
    assert revealed(longer, [first])
    much_longer = of({HALVES[0]: 33, HALVES[1]: 41}, YEAR)
    assert revealed(much_longer, [first]) == ()
    next_year = of({HALVES[0]: 21, HALVES[1]: 30}, (date(2026, 1, 1), date(2026, 12, 31)))
    assert revealed(next_year, [first, longer]) == ()


def test_a_finer_mesh_beside_a_coarser_one() -> None:
    fine = dict.fromkeys(QUARTERS, 12)
    coarse = dict.fromkeys(HALVES, 48)
    assert revealed(of(fine), [of(coarse)]) == ()
    lopsided = fine | {QUARTERS[0]: 2}
    total = {half: sum(lopsided[code] for code in mesh_children(half, 5)) for half in HALVES}
    assert revealed(of(lopsided), [of(total)]) == ()
    # Three of the four quarters by themselves, beside their half: the fourth is what is missing.
    three = {code: lopsided[code] for code in mesh_children(HALVES[0], 5)[1:]}
    assert revealed(of(three), [of(total)])


def test_two_ways_of_telling_persons_apart() -> None:
    codes = [HALVES[0]] * 40 + [HALVES[1]] * 40
    sex = ["f"] * 20 + ["m"] * 20 + ["f"] * 25 + ["m"] * 15
    age = ["old"] * 12 + ["young"] * 28 + ["old"] * 37 + ["young"] * 3
    one = mesh_release(codes, HALVES[:2], YEAR, by="sex", labels=sex)
    two = mesh_release(codes, HALVES[:2], YEAR, by="age", labels=age)
    assert one is not None
    assert two is not None
    assert one.table == ((20, 20), (25, 15), (45, 35))
    assert two.table[1] == (None, None)
    assert two.table[0] == (None, None)
    assert two.table[2] == (49, 31)
    assert revealed(two, [one]) == ()
    # The second cell by itself, where 15 of 40 are men: the first follows from the whole, and so do its three young.
    alone = MeshRelease(*YEAR, 4, 10, ((HALVES[0],),), (40,), "age", ("old", "young"), ((12, 28), (12, 28)))
    assert revealed(alone, [one, two])


def test_k_of_the_most_careful_release_holds() -> None:
    a, b, c, d = HALVES
    careful = of({a: 20, b: 15, c: 12, d: 5})
    careless = of({a: 20, b: 15, c: 12, d: 5}, k=3)
    assert len(careless.groups) == 4
    assert revealed(careless, [careful])
    assert revealed(careful, [careless]) == ()  # known already
    assert revealed(of({a: 9, b: 15}, (date(2024, 1, 1), date(2024, 12, 31)), k=3), [careful]) == ()


def test_other_persons_under_the_same_name_are_noticed() -> None:
    with pytest.raises(InfeasibleError, match="contradict"):
        revealed(of({HALVES[0]: 21, HALVES[1]: 30}), [of({HALVES[0]: 20, HALVES[1]: 30})])


def test_rare_labels_are_no_labels() -> None:
    codes, labels = [HALVES[0]] * 60, ["fall"] * 30 + ["burn"] * 18 + ["Taro Yamada"] * 4 + ["Hanako"] * 8
    found = mesh_release(codes, HALVES, YEAR, by="cause", labels=labels)
    assert found is not None
    assert (found.labels, found.table[0]) == (("burn", "fall", OTHER), (18, 30, 12))
    few = mesh_release(codes[:52], HALVES, YEAR, by="cause", labels=labels[:52])
    assert few is not None
    assert (few.labels, few.table[0]) == (("fall", OTHER), (30, 22))


@given(
    st.dictionaries(st.sampled_from(QUARTERS), st.integers(0, 14), min_size=3, max_size=6),
    st.sets(st.sampled_from(QUARTERS), min_size=2),
    st.integers(3, 6),
)
@settings(max_examples=40, deadline=None)
def test_what_is_let_through_leaves_every_cell_large_or_unknown(
    counts: dict[str, int], chosen: set[str], k: int
) -> None:
    """An oracle of another kind: the linear relaxation alone, over single cells, without HiGHS's integers."""
    from scipy.optimize import linprog

    part = {code: count for code, count in counts.items() if code in chosen}
    releases = []
    for region in (counts, part):
        people = [code for code, count in region.items() for _ in range(count)]
        made = mesh_release(people, region, YEAR, k=k) if region else None
        releases += [] if made is None else [made]
    if len(releases) < 2 or revealed(releases[1], releases[:1]):
        return
    cells = sorted(counts)
    rows, sums = [], []
    for each in releases:
        for group, count in zip(each.groups, each.counts, strict=True):
            rows.append([code in group for code in cells])
            sums.append(count)
    for index, code in enumerate(cells):
        aim = -np.eye(len(cells))[index]
        solved = linprog(aim, A_eq=np.array(rows, float), b_eq=sums)
        assert solved.status == 0
        assert counts[code] == 0 or -solved.fun >= k - 1e-6

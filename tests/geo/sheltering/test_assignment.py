"""The assignment by hand, against scipy's solver in stages, against every possible one, and what must never happen."""

from collections.abc import Iterable, Iterator
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from geo.coverage.arrivals import NOBODY
from geo.coverage.demand import GRAIN, Floats, demand_at
from geo.errors import InputError
from geo.sheltering import assignment
from geo.sheltering.assignment import Assignment, Programme, Solve, assign, to_the_nearest

NAN, INF = np.nan, np.inf


def town(seed: int, sites: int, points: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """People in sixty-fourths, room for some of them, times on a plane in whole seconds with some ways cut."""
    random = np.random.default_rng(seed)
    people = random.integers(0, 64 * 90, points) / 64
    room = np.where(random.random(sites) < 0.25, NAN, random.integers(0, 120, sites)).astype(float)
    times = random.integers(0, 1500, (sites, points)).astype(float)
    times[random.random((sites, points)) < 0.2] = INF
    return people, room, times


def best(people: np.ndarray, room: np.ndarray, times: np.ndarray, reach: float) -> tuple[float, float, float]:
    """The three aims one after the other, each as a programme of its own with those before as constraints."""
    sites, points = times.shape
    within = (times <= reach).ravel()
    rows = [np.kron(np.ones(sites), np.eye(points)[each]) for each in range(points)]
    known = ~np.isnan(room)
    rows += [np.kron(np.eye(sites)[each], np.ones(points)) for each in np.flatnonzero(known)]
    limits = np.concatenate([people, room[known]])
    aims = [-np.kron(known, np.ones(points)), -np.ones(sites * points), np.where(within, times.ravel(), 0)]
    found: list[float] = []
    for aim in aims:
        kept = [*rows, *aims[: len(found)]]
        upper = np.concatenate([limits, np.array(found) + 1e-7])
        solved = linprog(aim, np.array(kept), upper, bounds=[(0, None if each else 0) for each in within])
        assert solved.success
        found.append(float(solved.fun))
    return -found[0], -found[1], found[2]


def walked(found: Assignment, times: np.ndarray) -> float:
    site, point = found.flow.nonzero()
    return float((np.asarray(found.flow[site, point]) * times[site, point]).sum())


def require_possible(found: Assignment, people: np.ndarray, room: np.ndarray, times: np.ndarray, reach: float) -> None:
    assert (found.people == people).all()
    flow = found.flow.toarray()
    assert (flow >= 0).all()
    assert not flow[times > reach].any()
    known = ~np.isnan(room)
    assert (flow.sum(axis=1)[known] <= room[known]).all()
    assert (flow.sum(axis=1) == found.taken).all()
    assert (flow[known].sum(axis=0) == found.assigned).all()
    assert (flow[~known].sum(axis=0) == found.room_unknown).all()
    assert not ((found.overflowed > 0) & ~(times <= reach).any(axis=0)).any()
    assert not ((found.too_far > 0) & (times <= reach).any(axis=0)).any()
    assert (found.full == (known & (found.taken == room))).all()


def test_by_hand() -> None:
    """West holds 10, east 5, north is not known; the middle must give way so that the far west finds room."""
    people, room = np.array([6.0, 6, 4, 3, 2]), np.array([10.0, 5, NAN])
    times = np.array([[100.0, 200, INF, INF, 700], [INF, 250, 100, 300, 700], [INF, INF, INF, 600, INF]])
    found = assign(people, 1.0, room, times, 600)
    require_possible(found, people, room, times, 600)
    assert found.assigned.sum() == 15
    assert found.flow.toarray()[0].tolist() == [6, 4, 0, 0, 0], "two of the middle could go east, but take others' room"
    assert found.flow.toarray()[1].tolist() == [0, 1, 4, 0, 0]
    assert found.room_unknown.tolist() == [0, 0, 0, 3, 0]
    assert found.overflowed.tolist() == [0, 1, 0, 0, 0]
    assert found.too_far.tolist() == [0, 0, 0, 0, 2]
    assert found.full.tolist() == [True, True, False]
    crowd = to_the_nearest(people, room, times, 600)
    assert crowd.by.tolist() == [0, 0, 1, 1, NOBODY]
    assert crowd.comers.tolist() == [12, 7, 0]
    assert crowd.turned_away[:2].tolist() == [2, 2]
    assert np.isnan(crowd.turned_away[2])


@pytest.mark.parametrize("seed", range(12))
def test_against_scipy_in_stages(seed: int) -> None:
    people, room, times = town(seed, 3 + seed % 5, 4 + seed)
    found = assign(people, 1 / 64, room, times, 900)
    require_possible(found, people, room, times, 900)
    assigned, placed, least = best(people, room, times, 900)
    assert found.assigned.sum() == pytest.approx(assigned, abs=1e-4)
    assert (found.assigned + found.room_unknown).sum() == pytest.approx(placed, abs=1e-4)
    assert walked(found, times) == pytest.approx(least, rel=1e-6, abs=0.1)


def test_fractions_of_people_are_shared_out_exactly() -> None:
    people, room, times = town(77, 5, 20)
    demand = demand_at(people * 1.1 + 0.3)
    found = assign(demand.weights.astype(float), GRAIN, room, times, 900)
    require_possible(found, demand.weights, room, times, 900)
    assert found.assigned.sum() == pytest.approx(best(demand.weights, room, times, 900)[0], abs=1e-4)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_against_every_plan_of_single_people(data: st.DataObject) -> None:
    size, sites = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 3))
    times = np.array(data.draw(st.lists(st.lists(st.integers(0, 9), min_size=size, max_size=size), min_size=sites,
                                        max_size=sites)), float)  # fmt: skip
    room = np.array(data.draw(st.lists(st.sampled_from([0.0, 1, 2, NAN]), min_size=sites, max_size=sites)))
    scores: list[tuple[float, float, float]] = []
    for plan in product(range(-1, sites), repeat=size):
        counts = np.bincount([each for each in plan if each >= 0], minlength=sites)
        walks = [times[to, who] for who, to in enumerate(plan) if to >= 0]
        if (counts > room).any() or any(each > 6 for each in walks):
            continue
        scores.append((float(counts[~np.isnan(room)].sum()), float(counts.sum()), -float(sum(walks))))
    found = assign(np.ones(size), 1.0, room, times, 6)
    placed = found.assigned + found.room_unknown
    ours = (float(found.assigned.sum()), float(placed.sum()), -walked(found, times))
    assert ours == max(scores)


@pytest.mark.parametrize("seed", range(6))
def test_more_room_and_more_reach_never_take_a_place_away(seed: int) -> None:
    people, room, times = town(100 + seed, 6, 15)
    before = 0.0
    for reach in (200, 500, 900, 1600):
        now = assign(people, 1 / 64, room, times, reach)
        assert now.assigned.sum() >= before
        before = now.assigned.sum()
        wider = assign(people, 1 / 64, room + 7, times, reach)
        assert wider.assigned.sum() >= before
        assert (wider.assigned + wider.room_unknown).sum() >= (now.assigned + now.room_unknown).sum()
        assert (now.too_far == wider.too_far).all()
        told = assign(people, 1 / 64, np.nan_to_num(room, nan=30), times, reach)
        assert told.assigned.sum() >= before, "a capacity that becomes known takes no place away"


def test_no_sites_no_people_no_room() -> None:
    none = assign(np.array([3.0]), 1.0, np.zeros(0), np.zeros((0, 1)), 60)
    assert (none.too_far.tolist(), none.flow.shape) == ([3], (0, 1))
    assert to_the_nearest(np.array([3.0]), np.zeros(0), np.zeros((0, 1)), 60).by.tolist() == [NOBODY]
    full = assign(np.array([3.0, 0]), 1.0, np.zeros(1), np.zeros((1, 2)), 60)
    assert (full.overflowed.tolist(), full.full.tolist()) == ([3, 0], [True])


@pytest.mark.parametrize(
    ("people", "room", "times", "reach"),
    [
        ([-1.0], [1.0], [[1.0]], 60),
        ([NAN], [1.0], [[1.0]], 60),
        ([1.0], [-1.0], [[1.0]], 60),
        ([1.0], [1.0], [[-1.0]], 60),
        ([1.0], [1.0], [[1.0, 2]], 60),
        ([1.0], [1.0], [[1.0]], INF),
        ([1.0], [1.0], [[1.0]], -1),
    ],
)
def test_what_cannot_be(people: list[float], room: list[float], times: list[list[float]], reach: float) -> None:
    with pytest.raises(InputError):
        assign(np.array(people), 1.0, np.array(room), np.array(times), reach)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_not_linked_is_assigned_apart_and_is_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight towns out of reach of one another, in one programme and in many, in any order."""
    towns = [town(200 + 10 * seed + each, 4, 9) for each in range(8)]
    people, room = (np.concatenate([each[column] for each in towns]) for column in (0, 1))
    times = np.full((32, 72), INF)
    for number, (_, _, own) in enumerate(towns):
        times[4 * number : 4 * number + 4, 9 * number : 9 * number + 9] = own
    whole = assign(people, 1 / 64, room, times, 900)
    sizes: list[int] = []

    def backwards(each: Solve, programmes: Iterable[Programme]) -> Iterator[tuple[int, Floats]]:
        for number, programme in reversed(list(enumerate(programmes))):
            sizes.append(len(programme.site))
            yield number, each(programme)

    monkeypatch.setattr(assignment, "_TOGETHER", 1)
    monkeypatch.setattr(assignment, "MOST_PAIRS", 36)
    apart = assign(people, 1 / 64, room, times, 900, run=backwards)
    assert len(sizes) >= 8
    assert max(sizes) <= 36 < sum(sizes), "the limit is of what is linked"
    require_possible(apart, people, room, times, 900)
    for name in ("assigned", "room_unknown"):
        assert getattr(apart, name).sum() == getattr(whole, name).sum()
    assert walked(apart, times) == pytest.approx(walked(whole, times), rel=1e-12)
    again = assign(people, 1 / 64, room, times, 900)
    assert (again.flow != apart.flow).nnz == 0


def city(seed: int, side: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A site in every ninth cell or so of a square, room for two thirds of the people, who are more in the middle."""
    random = np.random.default_rng(seed)
    cells = np.stack(np.divmod(np.arange(side * side), side), axis=1) * 250.0
    sites = random.uniform(0, side * 250, (side * side // 9, 2))
    people = np.rint(random.lognormal(5, 1, len(cells)) * np.exp(-np.hypot(*(cells - side * 125).T) / (side * 60)))
    room = random.lognormal(0, 1, len(sites))
    room = np.floor(room / room.sum() * people.sum() * 2 / 3)
    room[random.random(len(sites)) < 0.15] = NAN
    return people, room, np.hypot(*(sites[:, None, axis] - cells[:, axis] for axis in (0, 1))) / 1.1


@pytest.mark.parametrize("seed", range(2))
def test_a_city_as_good_as_by_linear_programs(seed: int) -> None:
    people, room, times = city(seed, 16)
    found = assign(people, 1.0, room, times, 1200)
    require_possible(found, people, room, times, 1200)
    assigned, placed, least = best(people, room, times, 1200)
    assert found.assigned.sum() == pytest.approx(assigned, abs=1e-3)
    assert (found.assigned + found.room_unknown).sum() == pytest.approx(placed, abs=1e-3)
    assert walked(found, times) == pytest.approx(least, rel=1e-6)


def test_times_too_great_for_whole_numbers() -> None:
    with pytest.raises(InputError, match="whole numbers"):
        assign(np.ones(2), 1.0, np.array([1.0, NAN]), np.full((2, 2), 1e14), 1e15)


def test_too_many_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assignment, "MOST_PAIRS", 3)
    with pytest.raises(InputError, match="4 pairs"):
        assign(np.ones(2), 1.0, np.ones(2), np.ones((2, 2)), 60)

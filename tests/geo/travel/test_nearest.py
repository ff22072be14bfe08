"""The goals reached first, against a route to each of them."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.network.profiles import profile
from geo.travel.boards import SLOTS, Boards
from geo.travel.conditions import Conditions, conditions
from geo.travel.finding import Stand, fastest, stands
from geo.travel.inclines import climb_of
from geo.travel.nearest import Goal, Goals, Reach, nearest
from geo.travel.signposts import MOST, followed, put_up
from geo.travel.steps import begun_of, far_told, length_m, metres_on, turn_told
from geo.travel.topology import topology_of
from tests.geo.travel.streets import grid, position, street, street_map

SIDE = 6
places = st.tuples(st.integers(0, (SIDE - 1) * 100), st.integers(0, (SIDE - 1) * 100))
goals = st.lists(st.tuples(places, st.integers(0, 3), st.integers(0, 60_000)), min_size=1, max_size=9)


@cache
def town(vehicle: str) -> Conditions:
    """With one-way streets, and a street that hangs together with none of them."""
    streets = [*grid(SIDE), street("apart", (900, 900), (950, 900))]
    return conditions(topology_of(street_map(streets)), profile(vehicle))


def stand(now: Conditions, place: tuple[float, float]) -> list[Stand]:
    return stands(now, now.topology.places.near(*position(*place), now.usable, 500)[0])


@pytest.mark.parametrize("vehicle", ["car", "walking"])
@given(start=places, sought=goals, most=st.integers(1, 4))
@settings(max_examples=150, deadline=None)
def test_they_are_those_of_a_route_to_each(
    vehicle: str, start: tuple[int, int], sought: list[tuple[tuple[int, int], int, int]], most: int
) -> None:
    now = town(vehicle)
    origins = stand(now, start)
    wanted = [Goal(owner, tuple(stand(now, place)), behind) for place, owner, behind in sought]
    best: dict[int, int] = {}
    for goal in wanted:
        way = fastest(now, origins, goal.stands)
        if way is None:
            continue
        best[goal.owner] = min(best.get(goal.owner, 10**9), way.cost + goal.behind)
    laid = Goals.under(now, wanted)
    found = nearest(now, origins, laid, most)
    posts = put_up(now, laid)
    assert posts is not None
    told = followed(now, origins, posts, most)
    beside = any(laid.marked[each.edge] for each in origins)
    assert (told is None) == (most > MOST or beside)
    if told is not None:
        assert [each.total for each in told] == [each.total for each in found]
        check(now, wanted, best, told)
    assert [each.total for each in found] == sorted(best.values())[:most]
    check(now, wanted, best, found)


def check(now: Conditions, wanted: list[Goal], best: dict[int, int], found: list[Reach]) -> None:
    """Each is a way that can be gone, at what a route to its goal costs."""
    for each in found:
        goal = wanted[each.goal]
        assert best[goal.owner] == each.total == each.way.cost + goal.behind
        way = fastest(now, [each.way.origin], [each.way.destination])
        assert way is not None
        assert way.cost == each.way.cost
        assert each.way.weights.sum() <= each.way.cost  # what is more is for turning
        heads, tails = now.topology.network.graph.head, now.topology.network.graph.tail
        assert (heads[each.way.edges[:-1]] == tails[each.way.edges[1:]]).all()


def test_what_is_not_reached_is_none_of_them() -> None:
    now = town("walking")
    apart, here = Goal(0, tuple(stand(now, (925, 900)))), Goal(1, tuple(stand(now, (300, 300))))
    assert [each.goal for each in nearest(now, stand(now, (10, 10)), Goals.under(now, [apart, here]), 2)] == [1]
    assert nearest(now, [], Goals.under(now, [here]), 2) == []
    assert nearest(now, stand(now, (10, 10)), Goals.under(now, []), 2) == []


def test_what_makes_no_sense_is_refused() -> None:
    now = town("walking")
    for most, behind in ((0, 0), (1, -1)):
        goal = Goal(0, tuple(stand(now, (300, 300))), behind)
        with pytest.raises(InputError):
            nearest(now, stand(now, (0, 0)), Goals.under(now, [goal]), most)


@given(starts=st.lists(places, min_size=1, max_size=4), sought=st.lists(goals, min_size=1, max_size=3))
@settings(max_examples=100, deadline=None)
def test_boards_say_what_each_signposts_say_and_what_is_told_of_the_ways(
    starts: list[tuple[int, int]], sought: list[list[tuple[tuple[int, int], int, int]]]
) -> None:
    now, network = town("walking"), town("walking").topology.network
    origins = [stand(now, start) for start in starts]
    boards, random = Boards(now.topology), np.random.default_rng(len(starts))
    marks = [random.random((2, len(network.stretches))) < 0.5 for _ in sought]
    posts = [put_up(now, Goals.under(now, [Goal(o, tuple(stand(now, p)), b) for p, o, b in each])) for each in sought]
    hung = [boards.hang(each, (one, other)) for each, (one, other) in zip(posts, marks, strict=True) if each]
    asked = [(board, number) for board in hung if board for number in range(len(origins))]
    for (board, number), legs in zip(asked, boards.read(now, origins, asked, MOST), strict=True):
        expected = followed(now, origins[number], board.posts, MOST)
        assert (legs is None) == (expected is None)
        for leg, reach in zip(legs or [], expected or [], strict=True):
            way = leg.way
            assert (leg.goal, way.cost) == (reach.goal, reach.way.cost)
            assert way.edges.tolist() == reach.way.edges.tolist()
            assert way.weights.tolist() == reach.way.weights.tolist()
            assert (way.origin, way.destination) == (reach.way.origin, reach.way.destination)
            assert leg.taken == way.weights.sum()
            one, other = marks[hung.index(board)]
            assert (leg.on_one_m, leg.on_other_m) == (metres_on(network, way, one), metres_on(network, way, other))
            assert leg.described.length_m == length_m(network, way)
            assert leg.described.climb == climb_of(network, way)
            begun = begun_of(now, way)
            columns = begun.maneuver.tolist(), begun.direction_deg.tolist(), begun.row.tolist(), begun.length_m.tolist()
            assert leg.described.steps == [
                [turn_told(maneuver, direction_deg, place), row, far_told(far)]
                for place, (maneuver, direction_deg, row, far) in enumerate(zip(*columns, strict=True))
            ]


def test_a_board_makes_room_where_it_is_no_longer_held() -> None:
    now = town("walking")
    posts = put_up(now, Goals.under(now, [Goal(0, tuple(stand(now, (300, 300))))]))
    boards, mask = Boards(now.topology), np.zeros(len(now.topology.network.stretches), np.bool_)
    assert posts is not None
    held = [boards.hang(posts, (mask, mask)) for _ in range(SLOTS)]
    assert all(held)
    assert boards.hang(posts, (mask, mask)) is None
    del held[0]
    again = boards.hang(posts, (mask, mask))
    assert again is not None
    assert again.slot not in {each.slot for each in held if each}
    with pytest.raises(InputError):
        boards.read(now, [stand(now, (0, 0))], [(again, 0)], MOST + 1)

"""Who stands in the zones: squares whose shares can be said by heart, and random ones counted by points."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geo.coverage.demand import demand_at
from geo.exposure import Zones
from geo.sheltering.standing import people_standing, standing

SPOKEN = box(0, 0, 100, 100)


def test_shares_and_places_by_heart() -> None:
    zones = Zones([box(0, 0, 10, 10), box(0, 0, 5, 10), box(25, 0, 27, 1)], [0, 0, 1])
    grounds = [
        box(0, 0, 10, 10),  # wholly inside, of two zones at once
        box(5, 0, 15, 10),  # half
        box(20, 0, 30, 10),  # a fiftieth
        box(40, 0, 50, 10),  # outside
        box(95, 0, 105, 10),  # half of it nobody speaks for
        shapely.Point(10, 10),  # on the edge
        shapely.Point(12, 12),
        shapely.Point(120, 0),
    ]
    found = standing(grounds, zones, SPOKEN)
    assert found.inside.tolist() == [1, 0.5, 0.02, 0, 0, 1, 0, 0]
    assert found.unknown.tolist() == [0, 0, 0, 0, 0.5, 0, 0, 1]
    assert found.partly.tolist() == [False, True, True, False, False, False, False, False]
    assert found.xy[1].tolist() == [7.5, 5]
    people = people_standing(demand_at([100, 10, 50, 7, 4, 1, 1, 3]), found)
    assert people.inside.tolist() == [100, 5, 1, 0, 0, 1, 0, 0]
    assert people.unknown.tolist() == [0, 0, 0, 0, 2, 0, 0, 3]
    nowhere = standing(grounds, zones, None)
    assert nowhere.inside.tolist() == found.inside.tolist()
    assert (nowhere.inside + nowhere.unknown).tolist() == [1] * 8, "nothing is outside where nothing speaks"


def test_the_place_of_those_inside_is_inside() -> None:
    ring = box(0, 0, 10, 10).difference(box(3, 3, 7, 7))
    found = standing([box(0, 0, 12, 10)], Zones([ring], [0]), None)
    assert shapely.contains_xy(ring, *found.xy[0])


areas = st.tuples(*[st.integers(0, 40)] * 4).map(lambda each: box(each[0], each[1], each[0] + each[2] + 1, each[1] + 5))


@settings(max_examples=40, deadline=None)
@given(st.lists(areas, max_size=4), st.lists(areas, min_size=1, max_size=4), st.integers(0, 40))
def test_every_square_metre_is_one_of_three(
    shapes: list[shapely.Polygon], grounds: list[shapely.Polygon], east: int
) -> None:
    """All corners are whole numbers, so that squares of a metre are inside, unknown or outside as a whole."""
    spoken = box(0, 0, east, 100)
    found = standing(grounds, Zones(shapes, [0] * len(shapes)), spoken)
    for ground, inside, unknown in zip(grounds, found.inside, found.unknown, strict=True):
        west, south, right, north = (int(each) for each in ground.bounds)
        middles = [(x + 0.5, y + 0.5) for x in range(west, right) for y in range(south, north)]
        ins = [any(shapely.contains_xy(shape, *each) for shape in shapes) for each in middles]
        not_known = [not is_in and each[0] > east for each, is_in in zip(middles, ins, strict=True)]
        assert inside == pytest.approx(sum(ins) / len(middles))
        assert unknown == pytest.approx(sum(not_known) / len(middles))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 900), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=9))
def test_nobody_is_lost(given_: list[tuple[int, float, float]]) -> None:
    weights, inside, of_rest = (list(each) for each in zip(*given_, strict=True))
    shares = np.array(inside)
    unknown = np.where(np.array(of_rest) < 0.3, 0.0, (1 - shares) * of_rest)
    for demand in (demand_at(weights), demand_at([each + 0.3 for each in weights])):
        where = standing([], Zones([], []), None)
        found = people_standing(demand, type(where)(shares, unknown, shares > 2, np.empty((0, 2))))
        parts = (found.inside, found.unknown, found.outside)
        assert (found.inside + found.unknown + found.outside == demand.weights).all()
        assert all((each >= 0).all() for each in parts)
        assert not found.unknown[unknown == 0].any(), "what is spoken for is never unknown"
        assert found.inside == pytest.approx(demand.weights * shares, abs=found.unit)
        assert all((each / found.unit == np.rint(each / found.unit)).all() for each in parts)


def test_what_is_excluded_stands_nowhere() -> None:
    where = standing([shapely.Point(0, 0)] * 2, Zones([box(0, 0, 1, 1)], [0]), None)
    assert people_standing(demand_at([5, 5], [None, "suppressed"]), where).inside.tolist() == [5, 0]

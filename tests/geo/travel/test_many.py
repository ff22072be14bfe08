"""Many places at once: the matrix says what each route says, and areas of reach claim nothing that is not reached."""

from functools import cache

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import STORAGE, transform_xy
from geo.errors import InputError
from geo.network.profiles import profile
from geo.routing.graph import UNREACHABLE
from geo.travel.cells import LARGEST_BLOCK_M
from geo.travel.conditions import Conditions, conditions, with_metric
from geo.travel.finding import Stand, fastest, stands
from geo.travel.matrix import Stands, travel_costs
from geo.travel.reach import CELL_M, areas, length_m, lines, reach
from geo.travel.topology import topology_of
from tests.geo.travel.streets import PLANE, grid, position, street, street_map

SIDE = 6
EDGE = 100.0 * (SIDE - 1)
places_of_town = st.tuples(st.integers(0, int(EDGE)), st.integers(0, int(EDGE)))


@cache
def made_town() -> Conditions:
    island = street("島", (900, 900), (1000, 900))
    return with_metric(conditions(topology_of(street_map([*grid(SIDE), island])), profile("car")))


@pytest.fixture
def town() -> Conditions:
    return made_town()


def stand(now: Conditions, x: float, y: float) -> list[Stand]:
    return stands(now, now.topology.places.near(*position(x, y), now.usable, 500)[0])


@settings(max_examples=40, deadline=None)
@given(st.lists(places_of_town, min_size=1, max_size=5), st.lists(places_of_town, min_size=1, max_size=5))
def test_the_matrix_is_that_of_the_routes(starts: list[tuple[int, int]], ends: list[tuple[int, int]]) -> None:
    town = made_town()
    origins = [*(stand(town, *place) for place in starts), []]
    destinations = [*(stand(town, *place) for place in ends), stand(town, 950, 900)]
    found = travel_costs(town, origins, destinations)
    assert np.array_equal(found, travel_costs(conditions(town.topology, town.profile), origins, destinations))
    for row, origin in enumerate(origins):
        for column, destination in enumerate(destinations):
            way = fastest(town, origin, destination)
            assert found[row, column] == (UNREACHABLE if way is None else way.cost)


def test_no_places_make_an_empty_matrix(town: Conditions) -> None:
    assert travel_costs(town, [], [stand(town, 0, 0)]).shape == (0, 1)
    assert travel_costs(town, [[]], []).shape == (1, 0)


@settings(max_examples=25, deadline=None)
@given(places_of_town, st.sampled_from([0.0, 5.0, 20.0, 45.0]))
def test_what_is_reached_is_what_a_route_reaches(start: tuple[int, int], limit_s: float) -> None:
    town = made_town()
    origins = stand(town, *start)
    within = reach(town, origins, 60.0)
    reached = lines(town, within.until(limit_s))
    random = np.random.default_rng(int(limit_s))
    for x, y in random.uniform(0, EDGE, (25, 2)).tolist():
        (snap,) = town.topology.places.near(*position(x, y), town.usable, 500, 1)
        way = fastest(town, origins, stands(town, snap))
        point = shapely.Point(transform_xy(snap.lon, snap.lat, STORAGE, PLANE))
        if way is None or way.cost > limit_s * 1000 + 20:  # rounded edge by edge
            assert reached.is_empty or point.distance(reached) > 0.01
        elif way.cost < limit_s * 1000 - 20:
            assert point.distance(reached) < 0.5


@settings(max_examples=15, deadline=None)
@given(places_of_town, st.sampled_from([10.0, 30.0, 60.0]))
def test_an_area_claims_no_road_that_is_not_reached(start: tuple[int, int], limit_s: float) -> None:
    town = made_town()
    within = reach(town, stand(town, *start), 60.0)
    claimed = areas(town, within, [limit_s])[0].geometry()
    reached = lines(town, within.until(limit_s))
    assert claimed.is_valid
    assert claimed.area > 0 or reached.length < 3 * CELL_M
    stretches = range(len(town.topology.network.stretches))
    every = shapely.union_all([shapely.LineString(town.topology.places.points(each)) for each in stretches])
    assert every.intersection(claimed.buffer(-0.02)).difference(reached.buffer(0.05)).length < 0.1
    assert claimed.difference(reached.buffer(LARGEST_BLOCK_M / 2 + 1)).is_empty
    assert reached.difference(claimed).length < 0.25 * reached.length + 8 * CELL_M, "but where it meets what is not"


def test_areas_of_more_time_are_larger_and_one_search_serves_all(town: Conditions) -> None:
    origins = stand(town, 250, 250)
    within = reach(town, origins, 60.0)
    lengths = [length_m(town, within.until(limit)) for limit in (0, 10, 20, 40, 60)]
    assert lengths == sorted(lengths)
    assert lengths[0] == 0
    alone = reach(town, origins, 20.0).until(20.0)
    assert length_m(town, alone) == pytest.approx(lengths[2]) == lines(town, alone).length


@pytest.mark.parametrize("limit_s", [-1.0, float("nan"), float("inf"), 1e9])
def test_limits_that_are_none_are_refused(town: Conditions, limit_s: float) -> None:
    with pytest.raises(InputError):
        reach(town, stand(town, 0, 0), limit_s)


def test_many_places_are_put_on_roads_as_each_of_them_is(town: Conditions) -> None:
    random = np.random.default_rng(4)
    lon, lat = np.array([position(*place) for place in random.uniform(-300, EDGE + 300, (120, 2))]).T
    most = town.usable.copy()
    most[::3] = False
    for usable, reach_m in ((town.usable, 250.0), (most, 90.0)):
        nearby = town.topology.places.near_each(lon, lat, usable, reach_m)
        for place in range(len(lon)):
            alone = town.topology.places.near(lon[place], lat[place], usable, reach_m, 1)
            if not alone:
                assert nearby.stretch[place] == -1
                continue
            assert nearby.stretch[place] == alone[0].stretch
            assert nearby.share[place] == alone[0].share
            assert nearby.distance_m[place] == alone[0].distance_m
    with pytest.raises(InputError):
        town.topology.places.near_each(np.array([200.0]), np.array([0.0]), town.usable, 1.0)


def test_many_stands_are_those_of_each_place(town: Conditions) -> None:
    random = np.random.default_rng(5)
    lon, lat = np.array([position(*place) for place in random.uniform(-300, EDGE + 300, (60, 2))]).T
    nearby = town.topology.places.near_each(lon, lat, town.usable, 250.0)
    together = Stands.near(town, nearby)
    alone = [
        [each for snap in town.topology.places.near(*place, town.usable, 250.0, 1) for each in stands(town, snap)]
        for place in zip(lon, lat, strict=True)
    ]
    assert any(not each for each in alone), "some lie off the network"
    assert [together.at(place) for place in range(60)] == alone
    origins = alone[:5]
    assert np.array_equal(travel_costs(town, origins, together), travel_costs(town, origins, alone))
    assert np.array_equal(travel_costs(town, together, origins), travel_costs(town, alone, origins))

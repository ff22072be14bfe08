"""Hoses along roads: against every way between two crossings, and never shorter than the straight line."""

from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import Point

from geo.network.profiles import profile
from geo.travel.conditions import Conditions, conditions
from geo.travel.snapping import Nearby
from geo.travel.topology import topology_of
from geo.water_supply.along_roads import HoseRoads
from geo.water_supply.straight import NONE, Sources, Supply, cover_by
from tests.geo.travel.streets import grid, position, street, street_map

SIDE = 4
EDGE = 100 * (SIDE - 1)
spots = st.lists(st.tuples(st.integers(-20, EDGE + 20), st.integers(-20, EDGE + 20)), min_size=1, max_size=6)


@cache
def on_foot() -> Conditions:
    """With an island; one-way streets of the grid are none for a hose."""
    return conditions(topology_of(street_map([*grid(SIDE), street("島", (900, 900), (1000, 900))])), profile("walking"))


def put(now: Conditions, places: np.ndarray[tuple[int, ...], np.dtype[np.float64]], roads: HoseRoads) -> Nearby:
    return now.topology.places.near_each(places[:, 0], places[:, 1], roads.usable, 200)


@settings(max_examples=60, deadline=None)
@given(spots, spots, st.data())
def test_it_is_the_shortest_of_all_ways(
    homes: list[tuple[int, int]], wells: list[tuple[int, int]], data: st.DataObject
) -> None:
    roads, now = HoseRoads.under(on_foot()), on_foot()
    homes, wells = [*homes, (920, 900), (9000, 0)], [*wells, (980, 900)]
    use = np.array(data.draw(st.lists(st.booleans(), min_size=len(wells), max_size=len(wells))))
    places, sources = (put(now, np.array([position(*each) for each in every]), roads) for every in (homes, wells))
    found_m, nearest = roads.nearest_of(places, sources, use)
    network = now.topology.network
    tail, head, size = network.graph.tail, network.graph.head, network.graph.nodes
    least = dijkstra(coo_array((network.length_m, (tail, head)), shape=(size, size)).tocsr(), directed=False)

    def ends(nearby: object, row: int) -> list[tuple[int, float]]:
        stretch, share, off = (float(each[row]) for each in nearby)  # type: ignore[attr-defined]
        edge = int(np.flatnonzero((network.stretch == stretch) & network.along)[0])
        length = network.length_m[edge]
        return [(int(tail[edge]), off + share * length), (int(head[edge]), off + (1 - share) * length)]

    for row, home in enumerate(homes):
        expected = np.inf
        for column, well in enumerate(wells):
            if not use[column] or places.stretch[row] < 0 or sources.stretch[column] < 0:
                continue
            way = min(a + least[m, n] + b for m, a in ends(places, row) for n, b in ends(sources, column))
            if places.stretch[row] == sources.stretch[column]:
                edge = int(np.flatnonzero(network.stretch == places.stretch[row])[0])
                apart = abs(places.share[row] - sources.share[column]) * network.length_m[edge]
                way = min(way, apart + places.distance_m[row] + sources.distance_m[column])
            expected = min(expected, way)
            if nearest[row] == column:
                assert abs(found_m[row] - way) < 0.05
                assert found_m[row] > np.hypot(home[0] - well[0], home[1] - well[1]) - 0.5, "of the projection"
        assert found_m[row] == expected or abs(found_m[row] - expected) < 0.05
        assert (nearest[row] == NONE) == (expected == np.inf)


def test_round_the_block_is_farther_than_the_radius() -> None:
    """A house 100 m behind a well as the crow flies, and 200 m along the streets."""
    roads, now = HoseRoads.under(on_foot()), on_foot()
    home, well = np.array([position(50, 0)]), np.array([position(50, 100)])
    places, sources = (put(now, each, roads) for each in (home, well))
    found = cover_by(
        lambda use: roads.nearest_of(places, sources, use), 1, [120.0], Sources([Point(0, 0)], [True], [False], [True])
    )
    assert found.supply.tolist() == [Supply.UNCOVERED]
    assert abs(found.nearest_m[0] - 200) < 0.5
    assert abs(found.miss_m[0] - 80) < 0.5
    gone = cover_by(
        lambda use: roads.nearest_of(places, sources, use),
        1,
        [500.0],
        Sources([Point(0, 0)], [True], [False], [True]),
        without_hydrants=True,
    )
    assert (gone.supply.tolist(), gone.nearest.tolist()) == ([Supply.UNCOVERED], [NONE])

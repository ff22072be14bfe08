"""The real extract: built in time and memory, whole, and as long from place to place as the streets are."""

import time
import tracemalloc
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyproj
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from geo.crs import transform_xy
from geo.network.building import build_network
from geo.network.impedance import impedance
from geo.network.model import RoadNetwork
from geo.network.profiles import PROFILES, profile
from geo.network.records import Barrier, TurnRestriction, Way
from geo.network.report import BuildReport
from geo.network.turning import all_turns, turn_weights
from geo.routing.graph import UNREACHABLE, whole_units
from geo.routing.search import Searcher
from tests.geo.network.osm import read_osm

pytestmark = pytest.mark.real_data

CITY_HALL, KOSHIEN = (135.3415, 34.7375), (135.3618, 34.7214)
_READ_S, _BUILD_S, _MEMORY_BYTES = 45.0, 15.0, 2**30
"""Of a processor; from the file to the network a minute is allowed."""

Built = tuple[RoadNetwork, BuildReport]
Records = tuple[list[Way], list[TurnRestriction], list[Barrier]]


@pytest.fixture(scope="module")
def records(real_data: Path) -> Records:
    start = time.process_time()
    read = read_osm(real_data / "roads" / "hanshin_osm2017_roads_full.osm.pbf")
    assert time.process_time() - start < _READ_S
    return read


@pytest.fixture(scope="module")
def made(records: Records) -> Built:
    start = time.process_time()
    built = build_network(*records, plane=6673)
    assert time.process_time() - start < _BUILD_S
    tracemalloc.start()
    try:
        build_network(*records, plane=6673)
        assert tracemalloc.get_traced_memory()[1] < _MEMORY_BYTES / 2
    finally:
        tracemalloc.stop()
    return built


def strong(network: RoadNetwork, usable: np.ndarray) -> np.ndarray:
    """Nodes of the largest strong component of what can be used."""
    tail, head = network.graph.tail[usable], network.graph.head[usable]
    matrix = csr_matrix((np.ones(len(tail)), (tail, head)), shape=(network.graph.nodes,) * 2)
    part = connected_components(matrix, connection="strong")[1]
    return np.flatnonzero(part == np.bincount(part).argmax())


def test_all_of_the_file_is_in_it(made: Built) -> None:
    network, report = made
    assert (report.ways, len(network.ways)) == (98_995, 98_995)
    assert report.counts == {"zero-length": 5}
    assert report.barriers <= 86
    assert report.forbidden_turns == 60  # of 62 restrictions two are given twice
    assert set(network.stretches.way.tolist()) == set(range(98_995))


@pytest.mark.parametrize("name", PROFILES)
def test_most_junctions_of_each_profile_hang_together(made: Built, name: str) -> None:
    network, _ = made
    usable = impedance(network, profile(name)).rule == 0
    nodes = np.union1d(network.graph.tail[usable], network.graph.head[usable])
    assert len(strong(network, usable)) >= 0.95 * len(nodes)


def test_turns_let_cars_everywhere_that_roads_do(made: Built) -> None:
    network, _ = made
    on = impedance(network, profile("car"))
    turns = all_turns(network)
    usable = turn_weights(network, turns, profile("car"), on) < UNREACHABLE
    matrix = csr_matrix(
        (np.ones(usable.sum()), (turns.before[usable], turns.behind[usable])), shape=(network.edges,) * 2
    )
    part = connected_components(matrix, connection="strong")[1]
    edges = np.flatnonzero(part == np.bincount(part).argmax())
    reached = np.unique(network.graph.head[edges])
    assert len(reached) >= 0.99 * len(strong(network, on.rule == 0))


def test_city_hall_to_koshien(made: Built) -> None:
    network, _ = made
    usable = impedance(network, profile("car")).rule == 0
    within = strong(network, usable)
    ends, aside = [], 0.0
    for place in (CITY_HALL, KOSHIEN):
        x, y = transform_xy(*place, 6668, 6673)
        away = np.hypot(network.x[within] - x, network.y[within] - y)
        ends.append(int(within[away.argmin()]))
        aside += float(away.min())
    # 3.18 km with the ways to and from the road, by the notes on the file.
    assert metres(network, usable, ends[0])[ends[1]] + aside == pytest.approx(3_180, rel=0.04)


def metres(network: RoadNetwork, usable: np.ndarray, start: int) -> np.ndarray:
    """Metres to every node over what is usable."""
    millimetres = whole_units(np.where(usable, network.length_m, np.inf))
    found = Searcher(network.graph).within(millimetres, [start], UNREACHABLE - 1)
    reached = np.full(network.graph.nodes, np.inf)
    reached[found.nodes] = found.costs / 1000
    return reached


def test_distances_are_those_over_the_plain_segments_of_the_ways(records: Records) -> None:
    ways, _, _ = records
    network, _ = build_network(ways, plane=6673)
    usable = impedance(network, profile("car")).rule == 0
    start = int(strong(network, usable)[0])
    found = metres(network, usable, start)

    # The same by scipy on every two nodes that follow each other, with geodesic lengths: no cutting, no plane.
    numbers: dict[str, int] = {}
    joined: dict[tuple[int, int], float] = {}
    for way in ways:
        if way.highway in profile("car").speeds_kph and way.motor_vehicle != "no" and (way.max_height_m or 9) >= 1.8:
            lengths = pyproj.Geod(ellps="GRS80").line_lengths(way.lon, way.lat)
            along = way.oneway == "yes" or way.junction == "roundabout" or way.highway == "motorway"
            for (one, other), length in zip(pairwise(way.node_ids), lengths, strict=False):
                tail, head = (numbers.setdefault(node, len(numbers)) for node in (one, other))
                for pair in [(tail, head)] if along else [(tail, head), (head, tail)]:
                    joined[pair] = min(joined.get(pair, np.inf), max(length, 1e-9))
    tails, heads = zip(*joined, strict=True)
    matrix = csr_matrix((list(joined.values()), (tails, heads)), shape=(len(numbers),) * 2)
    expected = dijkstra(matrix, indices=numbers[str(network.node_id[start])])

    ids = network.node_id.tolist()
    plain = np.array([expected[numbers[name]] if name in numbers else np.inf for name in ids])
    assert np.array_equal(np.isinf(plain), np.isinf(found))
    reached = np.isfinite(found)
    assert reached.sum() > 50_000
    assert np.allclose(found[reached], plain[reached], rtol=2e-4, atol=1.0)

"""The real extract: built in time and memory, whole, and as long from place to place as the streets are."""

import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from geo.crs import transform_xy
from geo.network.building import build_network
from geo.network.impedance import impedance
from geo.network.model import RoadNetwork
from geo.network.profiles import PROFILES, profile
from geo.network.report import BuildReport
from geo.network.turning import all_turns, turn_weights
from geo.routing.graph import UNREACHABLE, whole_units
from geo.routing.search import Searcher
from tests.geo.network.osm import read_osm

pytestmark = pytest.mark.real_data

CITY_HALL, KOSHIEN = (135.3415, 34.7375), (135.3618, 34.7214)
_BUILD_S, _MEMORY_BYTES = 60.0, 2**30

Built = tuple[RoadNetwork, BuildReport]


@pytest.fixture(scope="module")
def made(real_data: Path) -> Built:
    start = time.perf_counter()
    records = read_osm(real_data / "roads" / "hanshin_osm2017_roads_full.osm.pbf")
    built = build_network(*records, plane=6673)
    assert time.perf_counter() - start < _BUILD_S
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
    metres = whole_units(np.where(usable, network.length_m, np.inf))
    within = strong(network, usable)
    ends = []
    for place in (CITY_HALL, KOSHIEN):
        x, y = transform_xy(*place, 6668, 6673)
        ends.append(within[np.hypot(network.x[within] - x, network.y[within] - y).argmin()])
    found = Searcher(network.graph).within(metres, [ends[0]], 10_000_000)
    (cost,) = found.costs[found.nodes == ends[1]]
    assert cost / 1000 == pytest.approx(3_200, rel=0.05)

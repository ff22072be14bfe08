"""Regions that are built each alone answer together as the whole graph does."""

from functools import partial

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.routing.customising import customise
from geo.routing.dissection import node_order, regions
from geo.routing.graph import UNREACHABLE, Graph, Int32Array
from geo.routing.hierarchy import build
from geo.routing.joint import JointMetric, JointRouter, customise_jointly
from geo.routing.query import Router
from geo.routing.regions import Regions, cut
from geo.routing.turns import turn_graph
from tests.geo.routing.graphs import Town, is_path, plain_costs, scipy_costs, town


@pytest.fixture(scope="module")
def city() -> Town:
    return town(24)


@pytest.fixture(scope="module", params=[2, 4])
def parted(request: pytest.FixtureRequest, city: Town) -> Regions:
    return cut(city.graph, city.x, city.y, regions(city.graph, city.x, city.y, request.param))


def two_towns(bridges: int) -> tuple[Graph, np.ndarray, np.ndarray, Int32Array, np.ndarray]:
    """Two towns made apart, side by side, with so many bridges there and back: graph, x, y, weights, region."""
    west, east = town(20, seed=5), town(16, seed=6)
    many = west.graph.nodes
    shore = np.argsort(-west.x)[:bridges], many + np.argsort(east.x)[:bridges]
    tail = np.concatenate([west.graph.tail, east.graph.tail + many, *shore])
    head = np.concatenate([west.graph.head, east.graph.head + many, *shore[::-1]])
    weights = np.concatenate([west.weights, east.weights, np.full(2 * bridges, 20_000)]).astype(np.int32)
    order = np.argsort(tail, kind="stable")
    graph = Graph.from_arcs(many + east.graph.nodes, tail[order], head[order])
    x, y = np.concatenate([west.x, east.x + 2_000.0]), np.concatenate([west.y, east.y])
    return graph, x, y, weights[order], np.arange(graph.nodes) >= many


def assert_as_whole(
    parted: Regions, weights: Int32Array, metric: JointMetric, pairs: np.ndarray
) -> npt.NDArray[np.int64]:
    """Costs and paths of the pairs are those of the whole graph, which are given back."""
    router, graph = JointRouter(parted), parted.graph
    origins, of = np.unique(pairs[:, 0], return_inverse=True)
    expected: npt.NDArray[np.int64] = scipy_costs(graph, weights, origins)[of, pairs[:, 1]]
    for (origin, destination), cost in zip(pairs.tolist(), expected.tolist(), strict=True):
        assert router.cost(metric, origin, destination) == cost
        path = router.path(metric, origin, destination)
        if cost >= UNREACHABLE:
            assert path is None
            continue
        assert path is not None
        assert path.cost == cost == weights[path.arcs].sum()
        assert is_path(graph, path.arcs, origin, destination)
    return expected


def drawn(nodes: int, count: int, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, nodes, (count, 2))


def test_two_regions_made_apart_answer_as_one_graph() -> None:
    graph, x, y, weights, region = two_towns(4)
    parted = cut(graph, x, y, region.astype(int))
    assert [len(part.nodes) for part in parted.parts] == [400, 256]
    assert parted.overlay.hierarchy.graph.nodes == 8
    metric = customise_jointly(parted, weights)
    pairs = drawn(graph.nodes, 1_000)
    expected = assert_as_whole(parted, weights, metric, pairs)
    across = region[pairs[:, 0]] != region[pairs[:, 1]]
    assert np.count_nonzero(across & (expected < UNREACHABLE)) > 200
    whole = build(graph, node_order(graph, x, y))
    router = Router(whole)
    costs = [router.cost(customise(whole, weights), *pair) for pair in pairs[:20].tolist()]
    assert costs == expected[:20].tolist()


def test_regions_without_a_bridge_do_not_reach_one_another() -> None:
    graph, x, y, weights, region = two_towns(0)
    parted = cut(graph, x, y, region.astype(int))
    pairs = drawn(graph.nodes, 300)
    expected = assert_as_whole(parted, weights, customise_jointly(parted, weights), pairs)
    assert np.all(expected[region[pairs[:, 0]] != region[pairs[:, 1]]] == UNREACHABLE)


def test_a_city_in_regions_answers_as_the_whole(city: Town, parted: Regions) -> None:
    expected = assert_as_whole(
        parted, city.weights, customise_jointly(parted, city.weights), drawn(city.graph.nodes, 1_000)
    )
    assert np.any(expected == UNREACHABLE)  # one-way streets make dead ends


def test_closed_arcs_cost_the_regions_they_lie_in(city: Town, parted: Regions) -> None:
    before = customise_jointly(parted, city.weights)
    weights = city.weights.copy()
    region = parted.parts[1]
    weights[region.arcs[::3]] = UNREACHABLE
    after = customise_jointly(parted, weights, before)
    assert [new is old for new, old in zip(after.parts, before.parts, strict=True)].count(False) == 1
    pairs = drawn(city.graph.nodes, 600)
    assert_as_whole(parted, weights, after, pairs)
    assert_as_whole(parted, city.weights, before, pairs[:100])  # who still asks keeps the one begun with


def test_closed_borders_part_the_regions(city: Town, parted: Regions) -> None:
    weights = city.weights.copy()
    weights[parted.overlay.across] = UNREACHABLE
    metric = customise_jointly(parted, weights, customise_jointly(parted, city.weights))
    pairs = drawn(city.graph.nodes, 400)
    expected = assert_as_whole(parted, weights, metric, pairs)
    here, there = parted.region[pairs].T
    assert np.all(expected[here != there] == UNREACHABLE)
    assert np.any(expected[here == there] < UNREACHABLE)


def test_the_best_way_within_a_region_may_leave_it(city: Town, parted: Regions) -> None:
    weights = city.weights.copy()
    slow = parted.parts[0].arcs
    weights[slow] *= 20
    metric = customise_jointly(parted, weights)
    pairs = parted.parts[0].nodes[drawn(len(parted.parts[0].nodes), 400)]
    assert_as_whole(parted, weights, metric, pairs)
    paths = [JointRouter(parted).path(metric, *pair) for pair in pairs.tolist()]
    assert sum(path is not None and not np.isin(path.arcs, slow).all() for path in paths) > 40


def test_borders_are_ends_too(city: Town, parted: Regions) -> None:
    borders = parted.overlay.nodes
    pairs = borders[drawn(len(borders), 300)]
    inner = drawn(city.graph.nodes, 300, seed=4)
    mixed = np.concatenate(
        [pairs, np.column_stack([pairs[:, 0], inner[:, 0]]), np.column_stack([inner, pairs])[:, 1:3]]
    )
    assert_as_whole(parted, city.weights, customise_jointly(parted, city.weights), mixed)
    both = np.column_stack([borders, borders])
    assert np.all(assert_as_whole(parted, city.weights, customise_jointly(parted, city.weights), both) == 0)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_small_graph_in_any_regions(data: st.DataObject) -> None:
    """With loops, parallel arcs, weights of 0, closed arcs, and regions that are empty or in pieces."""
    nodes = data.draw(st.integers(1, 10))
    ends = st.integers(0, nodes - 1)
    arcs = sorted(data.draw(st.lists(st.tuples(ends, ends), max_size=30)))
    weight = st.one_of(st.integers(0, 9), st.just(UNREACHABLE))
    weights = np.array(data.draw(st.lists(weight, min_size=len(arcs), max_size=len(arcs))), np.int32)
    region = data.draw(st.lists(st.integers(0, 3), min_size=nodes, max_size=nodes))
    graph = Graph.from_arcs(nodes, *(np.array([arc[end] for arc in arcs], np.int32) for end in (0, 1)))
    place = np.arange(nodes, dtype=float)
    parted = cut(graph, place, place, region)
    metric, router = customise_jointly(parted, weights), JointRouter(parted)
    for origin in range(nodes):
        expected = plain_costs(graph, weights, origin)
        for destination, cost in enumerate(expected):
            assert router.cost(metric, origin, destination) == cost
            path = router.path(metric, origin, destination)
            assert (path is None) == (cost >= UNREACHABLE)
            if path is not None:
                assert path.cost == cost == weights[path.arcs].sum()
                assert is_path(graph, path.arcs, origin, destination)


def test_turns_are_cut_as_roads_are(city: Town) -> None:
    forbidden = [(arc, int(city.graph.first_arc[city.graph.head[arc]])) for arc in range(0, 200, 7)]
    forbidden = [pair for pair in forbidden if city.graph.tail[pair[1]] == city.graph.head[pair[0]]]
    turns = turn_graph(city.graph, city.reverse, forbidden)
    x, y = (
        (along[city.graph.tail] + along[city.graph.head]) / 2 + np.arange(city.graph.arcs) * 1e-6
        for along in (city.x, city.y)
    )
    weights = city.weights[turns.graph.head]
    parted = cut(turns.graph, x, y, regions(turns.graph, x, y, 3))
    assert_as_whole(parted, weights, customise_jointly(parted, weights), drawn(turns.graph.nodes, 300))


def test_regions_are_many_and_their_borders_short() -> None:
    for side, count in ((24, 4), (48, 4), (48, 7)):
        made = town(side)
        region = regions(made.graph, made.x, made.y, count)
        sizes = np.bincount(region)
        assert len(sizes) == count
        assert sizes.max() <= 5 * sizes.min()
        parted = cut(made.graph, made.x, made.y, region)
        for part in parted.parts:
            borders = len(np.union1d(part.entries, part.exits))
            assert 0 < borders < 4 * np.sqrt(len(part.nodes))  # the law of the module: as the root of the nodes


@pytest.mark.parametrize("region", [[0] * 5, [-1] * 576, [0.5] * 576])
def test_regions_that_are_none(city: Town, region: list[float]) -> None:
    with pytest.raises(InputError, match="not a region"):
        cut(city.graph, city.x, city.y, region)


def test_what_cannot_be_asked(city: Town, parted: Regions) -> None:
    with pytest.raises(InputError, match="coordinates"):
        cut(city.graph, city.x[:5], city.y, parted.region)
    for count in (0, city.graph.nodes + 1):
        with pytest.raises(InputError, match="cannot be cut"):
            regions(city.graph, city.x, city.y, count)
    with pytest.raises(InputError, match="weights of shape"):
        customise_jointly(parted, city.weights[:5])
    metric, router = customise_jointly(parted, city.weights), JointRouter(parted)
    for ask in (partial(router.cost, metric), partial(router.path, metric)):
        for ends in ((-1, 0), (0, city.graph.nodes)):
            with pytest.raises(InputError, match="outside of 0"):
                ask(*ends)

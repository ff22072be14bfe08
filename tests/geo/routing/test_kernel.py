"""Every way of asking the hierarchy gives the distances of algorithms that no one here wrote."""

import itertools
import threading
from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.routing.around import AroundRouter
from geo.routing.customising import customise
from geo.routing.dissection import arc_order, node_order
from geo.routing.graph import UNREACHABLE, Graph, seconds_of, whole_units
from geo.routing.hierarchy import build
from geo.routing.metric import Metric
from geo.routing.pruning import pruned
from geo.routing.query import Router
from geo.routing.recustomising import recustomised
from geo.routing.search import Searcher
from geo.routing.sources import cost_of_several
from geo.routing.sweeps import cost_matrix, costs_from
from geo.routing.turns import turn_graph
from tests.geo.routing.graphs import Town, is_path, plain_costs, scipy_costs, town


@pytest.fixture(scope="module")
def city() -> Town:
    return town(40)


@st.composite
def small_graphs(draw: st.DrawFn) -> tuple[Graph, np.ndarray, np.ndarray]:
    """Any graph of up to a dozen nodes, with loops, parallel arcs, weights of 0 and closed arcs, and any order."""
    nodes = draw(st.integers(1, 12))
    ends = st.integers(0, nodes - 1)
    arcs = sorted(draw(st.lists(st.tuples(ends, ends), max_size=40)))
    weight = st.one_of(st.integers(0, 9), st.just(UNREACHABLE))
    weights = draw(st.lists(weight, min_size=len(arcs), max_size=len(arcs)))
    order = draw(st.permutations(range(nodes)))
    tail, head = (np.array([arc[end] for arc in arcs], np.int32) for end in (0, 1))
    return Graph.from_arcs(nodes, tail, head), np.array(weights, np.int32), np.array(order, np.int32)


@settings(max_examples=200, deadline=None)
@given(small_graphs(), st.integers(1, 3), st.data())
def test_the_nearest_few_of_many_sources(
    made: tuple[Graph, np.ndarray, np.ndarray], several: int, data: st.DataObject
) -> None:
    graph, weights, _ = made
    begins = st.tuples(st.integers(0, graph.nodes - 1), st.integers(0, 9), st.integers(0, 4))
    starts, costs, source = np.array(data.draw(st.lists(begins, max_size=8)), np.int32).reshape(-1, 3).T.copy()
    to = np.array([plain_costs(graph, weights, node) for node in range(graph.nodes)])
    far = np.minimum(to[0] + data.draw(st.integers(0, 30)), UNREACHABLE)  # rises along no arc by more than that costs
    by_source = np.full((5, graph.nodes), UNREACHABLE)
    np.minimum.at(by_source, source, to[starts] + costs[:, None])
    expected = np.sort(by_source, axis=0)[several - 1]
    found = cost_of_several(graph, weights, starts, costs, source, several, far.astype(np.int32))
    assert np.array_equal(found, np.where(expected < far, expected, UNREACHABLE))


@settings(max_examples=300, deadline=None)
@given(small_graphs())
def test_any_small_graph_in_any_order(made: tuple[Graph, np.ndarray, np.ndarray]) -> None:
    graph, weights, order = made
    hierarchy = build(graph, order)
    whole, router, searcher = customise(hierarchy, weights), Router(hierarchy), Searcher(graph)
    around = AroundRouter(hierarchy)
    expected = np.array([plain_costs(graph, weights, node) for node in range(graph.nodes)])
    everywhere = np.arange(graph.nodes)
    for metric in (whole, pruned(whole)):
        assert np.array_equal(cost_matrix(metric, everywhere, everywhere), expected)
        for origin in range(graph.nodes):
            assert np.array_equal(costs_from(metric, origin), expected[origin])
            assert np.array_equal(costs_from(metric.reversed, origin), expected[:, origin])
            for destination in range(graph.nodes):
                cost = expected[origin, destination]
                assert router.cost(metric, origin, destination) == cost
                for path in (
                    router.path(metric, origin, destination),
                    searcher.path(weights, origin, destination),
                    around.path(metric, weights, origin, destination),
                ):
                    assert (path is None) == (cost >= UNREACHABLE)
                    if path is not None:
                        assert path.cost == cost == weights[path.arcs].sum()
                        assert is_path(graph, path.arcs, origin, destination)
    for origin in range(graph.nodes):
        reached = searcher.within(weights, origin, 9)
        assert dict(zip(reached.nodes.tolist(), reached.costs.tolist(), strict=True)) == {
            node: cost for node, cost in enumerate(expected[origin].tolist()) if cost <= 9
        }


@pytest.mark.parametrize("make", [customise, lambda *of: pruned(customise(*of))], ids=["whole", "pruned"])
def test_a_town_against_scipy(city: Town, make: Callable[..., Metric]) -> None:
    hierarchy = city.hierarchy()
    metric, router = make(hierarchy, city.weights), Router(hierarchy)
    random = np.random.default_rng(3)
    origins, destinations = (random.integers(0, city.graph.nodes, 20) for _ in range(2))
    expected = scipy_costs(city.graph, city.weights, origins)
    assert (expected < UNREACHABLE).mean() > 0.5
    assert np.array_equal(cost_matrix(metric, origins, destinations), expected[:, destinations])
    assert np.array_equal(costs_from(metric, origins), expected.min(axis=0))
    for row, origin in enumerate(origins):
        for destination in destinations:
            path = router.path(metric, int(origin), int(destination))
            cost = expected[row, destination]
            assert (UNREACHABLE if path is None else path.cost) == cost
            if path is not None:
                assert city.weights[path.arcs].sum() == cost
                assert is_path(city.graph, path.arcs, int(origin), int(destination))


def test_pruning_leaves_out_arcs_and_what_they_stood_for(city: Town) -> None:
    whole = customise(city.hierarchy(), city.weights)
    fewer = pruned(whole)
    for before, after in ((whole.ways_up, fewer.ways_up), (whole.ways_down, fewer.ways_down)):
        assert len(after.upper) < 0.9 * len(before.upper)
        assert int(after.first[-1]) == len(after.upper) == len(after.cost)
    assert len(fewer.legs_up) == len(fewer.ways_up.upper)


def test_closures_are_honoured_at_once_and_by_the_next_metric(city: Town) -> None:
    hierarchy = city.hierarchy()
    metric, router, around = customise(hierarchy, city.weights), Router(hierarchy), AroundRouter(hierarchy)
    random = np.random.default_rng(4)
    closed = city.weights.copy()
    closed[random.random(len(closed)) < 0.15] = UNREACHABLE
    slower = random.random(len(closed)) < 0.15
    closed[slower] = np.minimum(closed[slower].astype(np.int64) * 4, UNREACHABLE)
    after = customise(hierarchy, closed)
    origins = random.integers(0, city.graph.nodes, 15)
    expected = scipy_costs(city.graph, closed, origins)
    for row, origin in enumerate(map(int, origins)):
        for destination in map(int, random.integers(0, city.graph.nodes, 15)):
            cost = expected[row, destination]
            assert router.cost(after, origin, destination) == cost
            path = around.path(metric, closed, origin, destination)
            assert (UNREACHABLE if path is None else path.cost) == cost
            if path is not None:
                assert closed[path.arcs].sum() == cost
                assert is_path(city.graph, path.arcs, origin, destination)
    assert router.cost(metric, 0, 5) == scipy_costs(city.graph, city.weights, 0)[0, 5], "the metric before is as it was"
    with pytest.raises(InputError, match="fallen"):
        around.path(after, city.weights, 0, 1)


def test_few_weights_that_change_make_the_same_metric(city: Town) -> None:
    """Closed, opened, slower and faster, one after another: each time as if all had been made anew."""
    hierarchy, random = city.hierarchy(), np.random.default_rng(6)
    metric, weights, router = customise(hierarchy, city.weights), city.weights, Router(hierarchy)
    for share in (0.0, 0.0005, 0.005, 0.015, 0.5):
        changed = random.random(len(weights)) < share
        now = weights.copy()
        now[changed] = random.choice([0, 1, 40, 900, UNREACHABLE], np.count_nonzero(changed))
        now[random.random(len(weights)) < share / 2] = UNREACHABLE
        metric, weights, before = recustomised(metric, now), now, metric
        expected = customise(hierarchy, now)
        for found, right in ((metric.ways_up, expected.ways_up), (metric.ways_down, expected.ways_down)):
            assert np.array_equal(found.cost, right.cost)
        assert before.ways_up.cost is not metric.ways_up.cost
        for origin, destination in random.integers(0, city.graph.nodes, (40, 2)).tolist():
            path, right_path = (router.path(each, origin, destination) for each in (metric, expected))
            assert (path is None) == (right_path is None)
            if path is not None and right_path is not None:
                assert path.cost == right_path.cost == now[path.arcs].sum()
                assert is_path(city.graph, path.arcs, origin, destination)
    with pytest.raises(InputError, match="pruned"):
        recustomised(pruned(metric), weights)


@given(small_graphs(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_any_weights_that_change_in_any_small_graph(made: tuple[Graph, np.ndarray, np.ndarray], random: Random) -> None:
    graph, weights, order = made
    hierarchy = build(graph, order)
    metric = customise(hierarchy, weights)
    for _ in range(3):
        now = metric.weights.copy()
        if len(now):
            now[random.randrange(len(now))] = random.choice([0, 1, 2, 7, UNREACHABLE])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("geo.routing.recustomising.MOST_CHANGED", 1.0)  # one of a dozen is many
            metric, expected = recustomised(metric, now), customise(hierarchy, now)
        assert np.array_equal(metric.ways_up.cost, expected.ways_up.cost)
        assert np.array_equal(metric.ways_down.cost, expected.ways_down.cost)


@pytest.mark.parametrize("threads", [2, 3])
def test_several_threads_make_the_same_metric(city: Town, threads: int) -> None:
    hierarchy = city.hierarchy()
    one, more = customise(hierarchy, city.weights), customise(hierarchy, city.weights, threads)
    for found, right in ((more.ways_up, one.ways_up), (more.ways_down, one.ways_down)):
        assert np.array_equal(found.cost, right.cost)
    for origin, destination in np.random.default_rng(7).integers(0, city.graph.nodes, (40, 2)).tolist():
        path = Router(hierarchy).path(more, origin, destination)
        assert path is not None
        assert path.cost == city.weights[path.arcs].sum() == Router(hierarchy).cost(one, origin, destination)
        assert is_path(city.graph, path.arcs, origin, destination)


@given(small_graphs())
@settings(max_examples=100, deadline=None)
def test_several_threads_in_any_small_graph(made: tuple[Graph, np.ndarray, np.ndarray]) -> None:
    """Also where it falls apart, so that nothing is above all of its parts."""
    graph, weights, order = made
    hierarchy = build(graph, order)
    one, two = customise(hierarchy, weights), customise(hierarchy, weights, 2)
    assert np.array_equal(one.ways_up.cost, two.ways_up.cost)
    assert np.array_equal(one.ways_down.cost, two.ways_down.cost)


def test_turns_that_are_forbidden_are_never_made(city: Town) -> None:
    random = np.random.default_rng(5)
    every = turn_graph(city.graph, city.reverse)
    pairs = np.column_stack([every.before, every.behind])
    forbidden = pairs[random.random(len(pairs)) < 0.1]
    turns = turn_graph(city.graph, city.reverse, forbidden)
    assert turns.graph.arcs == every.graph.arcs - len(forbidden)
    u_turns = city.reverse[turns.before] == turns.behind
    assert np.all(np.diff(city.graph.first_arc)[city.graph.head[turns.before[u_turns]]] == 1)

    weights = turns.weights(city.weights, random.integers(0, 5_000, turns.graph.arcs))
    hierarchy = build(turns.graph, arc_order(city.graph, city.x, city.y))
    metric, router = customise(hierarchy, weights), Router(hierarchy)
    origins = random.integers(0, city.graph.arcs, 10)
    expected = scipy_costs(turns.graph, weights, origins)
    never = {(int(a), int(b)) for a, b in forbidden}
    for row, origin in enumerate(map(int, origins)):
        for destination in map(int, random.integers(0, city.graph.arcs, 30)):
            path = router.path(metric, origin, destination)
            assert (UNREACHABLE if path is None else path.cost) == expected[row, destination]
            if path is not None:
                used = [origin, *turns.behind[path.arcs].tolist()]
                assert not never & set(itertools.pairwise(used))


def test_orders_name_each_once_and_keep_the_hierarchy_small(city: Town) -> None:
    order = node_order(city.graph, city.x, city.y)
    assert sorted(order.tolist()) == list(range(city.graph.nodes))
    by_turns = arc_order(city.graph, city.x, city.y)
    assert sorted(by_turns.tolist()) == list(range(city.graph.arcs))
    at_random = np.random.default_rng(1).permutation(city.graph.nodes).astype(np.int32)
    assert build(city.graph, order).arcs < build(city.graph, at_random).arcs / 5


@settings(max_examples=200, deadline=None)
@given(small_graphs(), st.data())
def test_between_some_nodes_and_others(made: tuple[Graph, np.ndarray, np.ndarray], data: st.DataObject) -> None:
    graph, weights, order = made
    metric = pruned(customise(build(graph, order), weights))
    some = st.lists(st.tuples(st.integers(0, graph.nodes - 1), st.integers(0, 20)), max_size=4)
    starts, ends = data.draw(some), data.draw(some)
    expected = UNREACHABLE
    for start, before in starts:
        costs = plain_costs(graph, weights, start)
        expected = min([expected, *(before + int(costs[end]) + behind for end, behind in ends)])
    columns = [np.array([pair[at] for pair in pairs], np.int64) for pairs in (starts, ends) for at in (0, 1)]
    path = Router(metric.hierarchy).path_between(metric, *columns)
    assert (UNREACHABLE if path is None else path.cost) == expected
    if path is not None and len(path.arcs):
        first, last = int(graph.tail[path.arcs[0]]), int(graph.head[path.arcs[-1]])
        assert is_path(graph, path.arcs, first, last)
        before, behind = (
            min(cost for node, cost in pairs if node == at) for pairs, at in ((starts, first), (ends, last))
        )
        assert before + int(weights[path.arcs].sum()) + behind == path.cost
    with pytest.raises(InputError):
        Router(metric.hierarchy).path_between(metric, [0], [-1], [0], [0])


def test_many_threads_ask_at_once(city: Town) -> None:
    hierarchy = city.hierarchy()
    metric, router = customise(hierarchy, city.weights), Router(hierarchy)
    expected = scipy_costs(city.graph, city.weights, np.arange(8))
    wrong: list[tuple[int, int]] = []

    def ask(origin: int) -> None:
        costs = [router.cost(metric, origin, destination) for destination in range(city.graph.nodes)]
        wrong.extend((origin, each) for each in np.flatnonzero(costs != expected[origin]).tolist())

    threads = [threading.Thread(target=ask, args=(origin,)) for origin in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_costs_beyond_what_can_be_written_are_no_way_and_never_wrap_round() -> None:
    graph = Graph.from_arcs(4, np.array([0, 1, 2]), np.array([1, 2, 3]))
    weights = np.full(3, UNREACHABLE // 2 + 1, np.int32)
    hierarchy = build(graph, np.array([1, 2, 0, 3], np.int32))
    metric = customise(hierarchy, weights)
    assert cost_matrix(metric, [0], [0, 1, 2, 3]).tolist() == [[0, weights[0], UNREACHABLE, UNREACHABLE]]
    assert Router(hierarchy).cost(metric, 0, 3) == UNREACHABLE
    assert Searcher(graph).within(weights, 0, UNREACHABLE).nodes.tolist() == [0, 1]
    assert AroundRouter(hierarchy).path(metric, weights, 0, 3) is None


@pytest.mark.parametrize("node", [-1, 9, 2**40])
def test_nodes_that_are_none_are_refused(node: int) -> None:
    graph = Graph.from_arcs(3, np.array([0, 1]), np.array([1, 2]))
    hierarchy = build(graph, np.arange(3, dtype=np.int32))
    metric = customise(hierarchy, np.array([1, 2]))
    for ask in (
        lambda: Router(hierarchy).cost(metric, 0, node),
        lambda: Router(hierarchy).path(metric, node, 0),
        lambda: cost_matrix(metric, [0], [node]),
        lambda: costs_from(metric, node),
        lambda: Searcher(graph).within(metric.weights, node, 5),
        lambda: AroundRouter(hierarchy).path(metric, metric.weights, node, 0),
    ):
        with pytest.raises(InputError, match="node"):
            ask()


def test_malformed_graphs_orders_and_weights_are_refused() -> None:
    with pytest.raises(InputError, match="order of their tails"):
        Graph.from_arcs(3, np.array([1, 0]), np.array([0, 1]))
    with pytest.raises(InputError, match="outside"):
        Graph.from_arcs(3, np.array([0]), np.array([3]))
    graph = Graph.from_arcs(3, np.array([0, 1]), np.array([1, 2]))
    for order in ([0, 1], [0, 1, 1], [0, 1, 3]):
        with pytest.raises(InputError):
            build(graph, np.array(order, np.int32))
    hierarchy = build(graph, np.arange(3, dtype=np.int32))
    for weights in (np.array([1]), np.array([1.0, 2.0]), np.array([-1, 2]), np.array([1, UNREACHABLE + 1])):
        with pytest.raises(InputError):
            customise(hierarchy, weights)
    with pytest.raises(InputError):
        node_order(graph, np.zeros(2), np.zeros(3))


def test_seconds_become_whole_units_and_back() -> None:
    assert whole_units(np.array([0.0, 0.0004, 1.5, np.inf])).tolist() == [0, 0, 1500, UNREACHABLE]
    assert seconds_of(np.array([0, 1500, UNREACHABLE], np.int32)).tolist() == [0.0, 1.5, np.inf]
    for wrong in (-1.0, np.nan, 2e6):
        with pytest.raises(InputError):
            whole_units(np.array([wrong]))


def test_starts_that_are_not_free() -> None:
    """Two origins with costs of their own, as ends of a road that a vehicle stands on have."""
    graph = Graph.from_arcs(3, np.array([0, 2]), np.array([1, 1]))
    metric = customise(build(graph, np.arange(3, dtype=np.int32)), np.array([5, 5]))
    assert costs_from(metric, [0, 2], [4, 1]).tolist() == [4, 6, 1]
    reached = Searcher(graph).within(metric.weights, [0, 2], 10, [4, 1])
    assert reached.nodes.tolist() == [2, 0, 1]
    assert reached.costs.tolist() == [1, 4, 6]
    with pytest.raises(InputError):
        Searcher(graph).within(metric.weights, 0, -1)

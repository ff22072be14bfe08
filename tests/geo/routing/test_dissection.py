"""Cuts and components of dissection, against those of scipy."""

import numpy as np
import pytest
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

from geo.routing.dissection import _components, _Inner, _minimum_cut, _separator, _smallest_cut


def roads(seed: int, nodes: int, degree: float) -> tuple[_Inner, csr_matrix]:
    """Roads between nodes of near numbers, each from either end."""
    random = np.random.default_rng(seed)
    count = int(nodes * degree / 2)
    tail = random.integers(0, nodes, count)
    head = np.clip(tail + random.integers(-6, 7, count), 0, nodes - 1)
    proper = tail != head
    ends = np.concatenate([tail[proper], head[proper]]), np.concatenate([head[proper], tail[proper]])
    matrix = coo_matrix((np.ones(len(ends[0]), np.int32), ends), shape=(nodes, nodes)).tocsr()
    matrix.data[:] = 1
    matrix.sort_indices()
    return _Inner(matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32)), matrix


def cut_by_scipy(matrix: csr_matrix, order: np.ndarray, held: int) -> tuple[int, np.ndarray]:
    """How many roads are cut, and the side of the first nodes: what can still be reached from them."""
    nodes = matrix.shape[0]
    source, sink, endless = nodes, nodes + 1, 10_000
    inner = matrix.tocoo()
    tail = np.concatenate([inner.row, np.full(held, source), order[-held:]])
    head = np.concatenate([inner.col, order[:held], np.full(held, sink)])
    capacity = np.concatenate([inner.data, np.full(2 * held, endless)]).astype(np.int32)
    network = csr_matrix((capacity, (tail, head)), shape=(nodes + 2, nodes + 2), dtype=np.int32)
    flow = maximum_flow(network, source, sink)
    rest = network - flow.flow
    rest.data = (rest.data > 0).astype(np.int32)
    rest.eliminate_zeros()
    reached = breadth_first_order(rest, source, return_predecessors=False)
    side = np.zeros(nodes, bool)
    side[reached[reached < nodes]] = True
    return flow.flow_value, side


def crossing(matrix: csr_matrix, side: np.ndarray) -> int:
    inner = matrix.tocoo()
    return int(np.count_nonzero(side[inner.row] & ~side[inner.col]))


@pytest.mark.parametrize("seed", range(12))
def test_cuts_are_the_least_and_nearest_to_the_first_nodes(seed: int) -> None:
    inner, matrix = roads(seed, 40 + 25 * seed, 4.0 + 0.2 * seed)
    nodes = matrix.shape[0]
    order = np.argsort(np.arange(nodes) + np.random.default_rng(seed).normal(0, 4, nodes), kind="stable")
    held = max(1, int(nodes * 0.3))
    least, side = cut_by_scipy(matrix, order, held)
    found = _minimum_cut(inner, order, held)
    assert crossing(matrix, found) == least > 0
    assert np.array_equal(found, side)


@pytest.mark.parametrize("seed", range(4))
def test_components_are_numbered_by_their_first_nodes(seed: int) -> None:
    inner, matrix = roads(seed, 200, 1.2)
    count, component = _components(inner)
    assert (count, component.tolist()) == (lambda found: (found[0], found[1].tolist()))(
        connected_components(matrix, directed=False)
    )
    assert count > 3


def test_of_several_directions_the_one_that_cuts_fewest() -> None:
    """A ladder of two rails: across it two roads are cut, along it as many as it has rungs."""
    rungs = 60
    left, right = np.arange(rungs), np.arange(rungs, 2 * rungs)
    tail = np.concatenate([left, left[:-1], right[:-1]])
    head = np.concatenate([right, left[1:], right[1:]])
    ends = np.concatenate([tail, head]), np.concatenate([head, tail])
    matrix = csr_matrix((np.ones(len(ends[0]), np.int32), ends), shape=(2 * rungs, 2 * rungs))
    inner = _Inner(matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32))
    along, across = np.arange(2 * rungs), np.argsort(np.tile(left, 2), kind="stable")
    side = _smallest_cut(inner, np.stack([along, across]))
    assert crossing(matrix, side) == 2
    separator = _separator(inner, side)
    assert separator.sum() == 2
    rest = np.flatnonzero(~separator)
    assert connected_components(matrix[rest][:, rest], directed=False)[0] == 2, "it parts what it is taken out of"

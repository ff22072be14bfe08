"""Made-up cities of any size: a crooked grid of great and small roads, and a river with few bridges."""

from dataclasses import dataclass
from math import cos, radians, sqrt

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from geo.routing.graph import FloatArray, Graph, Int32Array, Int64Array
from tests.geo.routing.graphs import Town

SOUTH, WEST = 34.74, 135.34
"""Latitude and longitude of the first crossing."""
METRES_PER_DEGREE = 111_194.9
_SPACING_M = 50.0
_JITTER_M = 17.5
_EVERY = (64, 16, 4)
"""Every so manieth line of the grid is a trunk road, an arterial, a collector; the others are local streets."""
_SPEEDS_KMH = (60, 45, 35, 22)
_MISSING = (0.0, 0.02, 0.12, 0.42)
"""Share of the links of each class that are not there."""
_ONE_WAY = 0.13
"""Share of the local streets that are open in one direction only."""
_LOCAL = 3


@dataclass(frozen=True)
class City(Town):
    """A town with the speeds of its arcs, whole numbers of km/h; every node can be reached from every other."""

    speeds_kmh: Int32Array

    @property
    def longitude(self) -> FloatArray:
        return longitude_of(self.x)

    @property
    def latitude(self) -> FloatArray:
        return latitude_of(self.y)

    @property
    def lengths_m(self) -> FloatArray:
        """Of the arcs, which are straight."""
        tail, head = self.graph.tail, self.graph.head
        found: FloatArray = np.hypot(self.x[tail] - self.x[head], self.y[tail] - self.y[head])
        return found


def metres_of(longitude: FloatArray, latitude: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Metres east and north of the first crossing; ``longitude_of`` and ``latitude_of`` undo it."""
    return (longitude - WEST) * METRES_PER_DEGREE * cos(radians(SOUTH)), (latitude - SOUTH) * METRES_PER_DEGREE


def longitude_of(x: FloatArray) -> FloatArray:
    """Degrees of metres east of the first crossing."""
    return WEST + x / (METRES_PER_DEGREE * cos(radians(SOUTH)))


def latitude_of(y: FloatArray) -> FloatArray:
    """Degrees of metres north of the first crossing."""
    return SOUTH + y / METRES_PER_DEGREE


def city(nodes: int, seed: int = 1) -> City:
    """A city of about so many nodes; the same for the same seed."""
    random = np.random.default_rng(seed)
    side = int(sqrt(nodes * 1.09))  # a twelfth of the crossings falls away with the links that are missing
    row, column = np.divmod(np.arange(side * side), side)
    x = column * _SPACING_M + random.uniform(-_JITTER_M, _JITTER_M, side * side)
    y = row * _SPACING_M + random.uniform(-_JITTER_M, _JITTER_M, side * side)
    tail, head, rank = _links(side)

    bank = row > side / 2 + side / 8 * np.sin(9 * column / side)
    missing = np.array(_MISSING)[rank]
    missing[(bank[tail] != bank[head]) & (rank > 1)] = 1.0  # only the great roads have bridges
    kept = random.random(len(tail)) >= missing
    tail, head, rank = tail[kept], head[kept], rank[kept]

    both = (rank != _LOCAL) | (random.random(len(rank)) >= _ONE_WAY)
    tails, heads = np.concatenate([tail, head[both]]), np.concatenate([head, tail[both]])
    ranks = np.concatenate([rank, rank[both]])
    return connected(x, y, tails, heads, np.array(_SPEEDS_KMH, np.int32)[ranks])


def _links(side: int) -> tuple[Int64Array, Int64Array, Int64Array]:
    """Both ends and the class of every link of a grid."""
    number = np.arange(side * side).reshape(side, side)
    tail = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    head = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    row, column = np.divmod(tail, side)
    line = np.where(head == tail + 1, row, column)
    rank = np.select([line % every == 0 for every in _EVERY], range(len(_EVERY)), _LOCAL)
    return tail, head, rank


def connected(x: FloatArray, y: FloatArray, tail: Int64Array, head: Int64Array, speed: Int32Array) -> City:
    """The largest part in which every node is reached from every other, its arcs in order.

    Of parallel arcs the fastest is kept.
    """
    joined = csr_matrix((np.ones(len(tail), np.int8), (tail, head)), shape=(len(x), len(x)))
    _, part = connected_components(joined, directed=True, connection="strong")
    kept = part == np.bincount(part).argmax()
    inside = kept[tail] & kept[head]
    number = np.cumsum(kept) - 1
    tail, head, speed = number[tail[inside]], number[head[inside]], speed[inside]
    order = np.lexsort((-speed, head, tail))
    tail, head, speed = tail[order], head[order], speed[order]
    first = np.diff(tail * len(x) + head, prepend=-1) != 0
    tail, head, speed = tail[first], head[first], speed[first]
    x, y = x[kept], y[kept]
    seconds = np.hypot(x[tail] - x[head], y[tail] - y[head]) / speed * 3.6
    weights = np.maximum(1, np.rint(seconds * 1000)).astype(np.int32)
    keys, back = tail * len(x) + head, head * len(x) + tail
    place = np.minimum(np.searchsorted(keys, back), len(keys) - 1)
    reverse = np.where(keys[place] == back, place, -1).astype(np.int32)
    return City(Graph.from_arcs(len(x), tail, head), x, y, weights, reverse, speed)

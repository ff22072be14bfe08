"""Made-up countries of any size: towns and cities, far apart, joined by roads with hardly a crossing."""

from math import ceil, hypot, sqrt

import numpy as np

from geo.routing.graph import FloatArray
from tests.geo.routing.cities import City, city, connected

_APART_M = 30_000.0
"""From one town to the next."""
_LINK_M = 500.0
"""From one crossing of a road between towns to the next."""
_TOWN = 10_000
"""Crossings of a town on average: the greatest has twenty times as many, half of them less than a third."""
_LEAST = 500
_SPEED_KMH = 60


def country(nodes: int, seed: int = 1) -> City:
    """A country of about so many crossings; the same for the same seed."""
    random = np.random.default_rng(seed)
    side = ceil(sqrt(nodes / _TOWN))
    sizes = 1.0 / np.arange(1, side * side + 1) ** 0.6
    sizes = np.maximum(_LEAST, np.minimum(sizes / sizes.sum() * nodes, 20 * _TOWN))
    towns = [city(int(size), seed + number) for number, size in enumerate(random.permutation(sizes))]
    centre = np.stack(np.divmod(np.arange(side * side), side)[::-1], axis=1) * _APART_M
    x = [town.x - town.x.mean() + east for town, (east, _) in zip(towns, centre.tolist(), strict=True)]
    y = [town.y - town.y.mean() + north for town, (_, north) in zip(towns, centre.tolist(), strict=True)]
    first = np.concatenate([[0], np.cumsum([len(each) for each in x])])
    tail = [town.graph.tail + begin for town, begin in zip(towns, first.tolist()[:-1], strict=True)]
    head = [town.graph.head + begin for town, begin in zip(towns, first.tolist()[:-1], strict=True)]
    speed = [town.speeds_kmh for town in towns]
    count = int(first[-1])
    for number in range(side * side):
        for other in (number + 1, number + side):
            if other < side * side and (other % side or other == number + side):
                begin, end = _facing(x[number], y[number], x[other], y[other])
                far = hypot(x[other][end] - x[number][begin], y[other][end] - y[number][begin])
                between = max(1, int(far / _LINK_M))
                share = np.arange(1, between + 1) / (between + 1)
                x.append(x[number][begin] + share * (x[other][end] - x[number][begin]))
                y.append(y[number][begin] + share * (y[other][end] - y[number][begin]))
                chain = np.concatenate(
                    [[first[number] + begin], np.arange(count, count + between), [first[other] + end]]
                )
                count += between
                tail += [chain[:-1], chain[1:]]
                head += [chain[1:], chain[:-1]]
                speed.append(np.full(2 * (between + 1), _SPEED_KMH, np.int32))
    begins, ends = (np.concatenate(each).astype(np.int64) for each in (tail, head))
    return connected(np.concatenate(x), np.concatenate(y), begins, ends, np.concatenate(speed))


def _facing(x: FloatArray, y: FloatArray, other_x: FloatArray, other_y: FloatArray) -> tuple[int, int]:
    """The crossing of each of two towns that is nearest to the middle of the other."""
    return (
        int(np.hypot(x - other_x.mean(), y - other_y.mean()).argmin()),
        int(np.hypot(other_x - x.mean(), other_y - y.mean()).argmin()),
    )

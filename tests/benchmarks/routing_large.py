"""How the routing kernel grows: cities of 62,500, 250,000 and 1,000,000 crossings; ``make bench BENCH=routing_large``.

Some minutes, our kernel alone: its peers are raced by ``routing``.
"""

from collections.abc import Callable, Iterator
from math import log
from os import cpu_count
from time import perf_counter

import numpy as np

from geo.routing.dissection import node_order
from tests.benchmarks.measures import Measure
from tests.benchmarks.routing_race.field import INCIDENTS, STATIONS, Field
from tests.benchmarks.routing_race.ours import Ours
from tests.geo.routing.cities import city

ONLY_WHEN_NAMED = True
SIZES = (62_500, 250_000, 1_000_000)
LIMITS = {"order and hierarchy": 180_000, "one route": 1, "matrix": 200, "re-weighting": 800}
"""In milliseconds, for the largest city."""
CALLS = {"one route": 300, "matrix": 5, "re-weighting": 5}


def measure(sizes: tuple[int, ...] = SIZES) -> Iterator[Measure]:
    """Medians of each size, then the power of the number of nodes with which each grows."""
    found: dict[str, list[float]] = {what: [] for what in LIMITS}
    nodes = []
    for size in sizes:
        nodes.append(size)
        for what, milliseconds in _medians(size):
            found[what].append(milliseconds)
            limit = LIMITS[what] if size == max(sizes) else None
            yield Measure(f"{size:,} nodes: {what}", milliseconds, "ms", limit=limit)
    for what, each in found.items():
        power = log(each[-1] / each[0]) / log(nodes[-1] / nodes[0])
        yield Measure(f"growth of {what}: power of the number of nodes", power, "")


def _medians(size: int) -> Iterator[tuple[str, float]]:
    field = Field(city(size))
    made = field.city
    started = perf_counter()
    ours = Ours(made.graph, node_order(made.graph, made.x, made.y), made.weights)
    yield "order and hierarchy", (perf_counter() - started) * 1000
    stations, incidents = field.some_nodes(STATIONS, made.graph), field.some_nodes(INCIDENTS, made.graph)
    pairs = iter(field.pairs(CALLS["one route"] + 10, made.graph))
    closed = field.closed()
    yield "one route", _median(lambda: ours.cost(*next(pairs)), CALLS["one route"])
    yield "matrix", _median(lambda: ours.matrix(stations, incidents), CALLS["matrix"])
    yield "re-weighting", _median(lambda: ours.customised(closed, cpu_count() or 1), CALLS["re-weighting"])


def _median(call: Callable[[], object], times: int) -> float:
    """Milliseconds of one call, after one that is not counted."""
    call()
    spent = []
    for _ in range(times):
        started = perf_counter()
        call()
        spent.append(perf_counter() - started)
    return float(np.median(spent)) * 1000

"""How far one gets: the parts of edges reached within a time, and areas that claim no more than those."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import InputError
from geo.routing.graph import UNITS_PER_SECOND, UNREACHABLE, FloatArray, Int32Array, Int64Array
from geo.travel.cells import Lines, covering
from geo.travel.conditions import Conditions
from geo.travel.finding import Stand
from geo.travel.lines import part

CELL_M = 10.0
"""Side of the cells that areas are made of: the one a road passes through and those next to it, 10 to 20 m aside."""

type Span = tuple[float, float]
"""From and to which share of a stretch's length."""


@dataclass(frozen=True, eq=False)
class Reach:
    """Edges that are entered in time, in the order of their numbers.

    entered, left:
        Milliseconds at which the part of each that is used begins, and at which its end would be reached.
    start:
        Share of each that lies before that part: 0 but for the edges one stands on.
    """

    edges: Int32Array
    entered: Int64Array
    left: Int64Array
    start: FloatArray

    def shares(self, limit: int) -> tuple[Int64Array, FloatArray, FloatArray]:
        """What is reached in ``limit`` milliseconds, inclusive: places in ``edges``, and the shares of each it is."""
        among = np.flatnonzero(self.entered <= limit)
        entered, left, start = self.entered[among], self.left[among], self.start[among]
        used = np.clip((limit - entered) / np.maximum(left - entered, 1), 0.0, 1.0)
        return among, start, start + used * (1.0 - start)


def reach(now: Conditions, origins: Sequence[Stand], limit_s: float) -> Reach:
    """What is reached from the nearest of the origins within ``limit_s`` seconds, inclusive.

    Raises
    ------
    InputError
        If the limit is negative, not a number or too long.
    """
    if not 0 <= limit_s < UNREACHABLE / UNITS_PER_SECOND:
        raise InputError(f"A limit of {limit_s} s is none.")
    limit, weights = int(limit_s * UNITS_PER_SECOND), now.impedance.weights
    edges = np.array([stand.edge for stand in origins], np.int32)
    first = np.array([stand.share for stand in origins])
    rest = weights[edges] - np.rint(weights[edges] * first).astype(np.int64)
    # What is entered in time is left, at the latest, as much later as the longest edge takes.
    longest = int(weights[weights < UNREACHABLE].max(initial=0))
    found = now.topology.searcher.within(now.weights, edges, min(limit + longest, UNREACHABLE - 1), rest)
    order = np.argsort(found.nodes)
    nodes, left = found.nodes[order], found.costs[order].astype(np.int64)
    entered, start = left - weights[nodes], np.zeros(len(nodes))
    for place in np.flatnonzero(found.arcs[order] < 0).tolist():  # of several stands on an edge the foremost
        start[place] = first[edges == nodes[place]].max()
        entered[place] = 0
    kept = entered <= limit
    return Reach(nodes[kept], entered[kept], left[kept], start[kept])


def reached_lines(now: Conditions, within: Reach, limit_s: float) -> list[BaseGeometry]:
    """The parts of stretches reached within a limit, in either direction, each once, in the network's plane."""
    points, first = _drawn(now, _spans(now, within, limit_s))
    return [shapely.LineString(points[start:end]) for start, end in itertools.pairwise(first.tolist())]


def area(now: Conditions, within: Reach, limit_s: float) -> BaseGeometry:
    """Cells of ``CELL_M`` along all that is reached within a limit, in the network's plane; empty where nothing is.

    No road that the vehicle may use lies in it where it is not reached, so that it never claims too much.
    """
    reached = _spans(now, within, limit_s)
    whole: list[Span] = [(0.0, 1.0)]
    left = {
        stretch: _between(reached[stretch]) if stretch in reached else whole
        for stretch in np.flatnonzero(now.usable).tolist()
        if reached.get(stretch) != whole
    }
    return covering(_drawn(now, reached), _drawn(now, left), CELL_M)


def _spans(now: Conditions, within: Reach, limit_s: float) -> dict[int, list[Span]]:
    """By stretch the shares of its length that are reached."""
    network = now.topology.network
    among, start, end = within.shares(int(limit_s * UNITS_PER_SECOND))
    edges = within.edges[among]
    along = network.along[edges]
    low, high = np.where(along, start, 1.0 - end), np.where(along, end, 1.0 - start)
    found: dict[int, list[Span]] = {}
    for stretch, first, last in zip(network.stretch[edges].tolist(), low.tolist(), high.tolist(), strict=True):
        if last > first:
            found.setdefault(stretch, []).append((first, last))
    return {stretch: _merged(spans) for stretch, spans in found.items()}


def _drawn(now: Conditions, spans: Mapping[int, Sequence[Span]]) -> Lines:
    """Parts of stretches as lines in the plane of the network."""
    places = now.topology.places
    parts = [part(places.points(stretch), *span) for stretch, every in spans.items() for span in every]
    first = np.concatenate([[0], np.cumsum([len(each) for each in parts], dtype=np.int64)])
    return (np.concatenate(parts) if parts else np.empty((0, 2))), first.astype(np.int64)


def _between(spans: Sequence[Span]) -> list[Span]:
    """What merged spans leave of a stretch."""
    ends = [0.0, *(end for span in spans for end in span), 1.0]
    return [(first, last) for first, last in zip(ends[::2], ends[1::2], strict=True) if last > first]


def _merged(parts: list[Span]) -> list[Span]:
    found: list[Span] = []
    for first, last in sorted(parts):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found

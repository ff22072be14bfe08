"""How far one gets: the parts of edges reached within a time, and areas that claim no more than those."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import InputError
from geo.routing.graph import UNITS_PER_SECOND, UNREACHABLE, FloatArray, Int32Array, Int64Array
from geo.travel.conditions import Conditions
from geo.travel.finding import Stand
from geo.travel.lines import part

ROADSIDE_M = 15.0
"""So far to both sides of a road an area goes: the road and what stands along it."""
_KEPT_OFF_M = 1.0
"""So far an area keeps off roads that are not reached."""


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
    network, places = now.topology.network, now.topology.places
    among, start, end = within.shares(int(limit_s * UNITS_PER_SECOND))
    edges = within.edges[among]
    along = network.along[edges]
    low, high = np.where(along, start, 1.0 - end), np.where(along, end, 1.0 - start)
    spans: dict[int, list[tuple[float, float]]] = {}
    for stretch, first, last in zip(network.stretch[edges].tolist(), low.tolist(), high.tolist(), strict=True):
        spans.setdefault(stretch, []).append((first, last))
    found: list[BaseGeometry] = []
    for stretch, parts in spans.items():
        line = places.line(stretch)
        for first, last in _merged(parts):
            if first <= 0.0 and last >= 1.0:
                found.append(line)
            elif last > first and line.length > 0:
                found.append(shapely.LineString(part(shapely.get_coordinates(line), first, last)))
    return found


def area(now: Conditions, within: Reach, limit_s: float) -> BaseGeometry:
    """The roadsides of all that is reached within a limit, in the plane of the network; empty where nothing is.

    No road that the vehicle may use lies in it where it is not reached, so that it never claims too much.
    """
    lines = reached_lines(now, within, limit_s)
    if not lines:
        return shapely.Polygon()
    reached, places = shapely.multilinestrings(lines), now.topology.places
    grown = shapely.buffer(reached, ROADSIDE_M, quad_segs=2)
    near = places.touching(shapely.box(*shapely.bounds(grown)))
    others = shapely.multilinestrings([places.line(each) for each in near[now.usable[near]].tolist()])
    left = shapely.difference(others, shapely.buffer(reached, 0.01))
    return shapely.difference(grown, shapely.buffer(left, _KEPT_OFF_M, quad_segs=1))


def _merged(parts: list[tuple[float, float]]) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for first, last in sorted(parts):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found

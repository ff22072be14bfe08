"""How far one gets: the parts of roads reached within a time, and areas that claim no more than those."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import InputError
from geo.routing.graph import UNITS_PER_SECOND, UNREACHABLE, FloatArray, Int32Array
from geo.travel.cells import TimedCells, TimedLines
from geo.travel.conditions import Conditions
from geo.travel.earliest import earliest, sorted_by
from geo.travel.finding import Stand
from geo.travel.lines import parts
from geo.travel.outlines import Outlines

CELL_M = 10.0
"""Side of the cells that areas are made of: the one a road passes through and those next to it, 10 to 20 m aside."""


@dataclass(frozen=True, eq=False)
class Reach:
    """Parts of stretches that are reached in time, by stretch and place; none overlap.

    stretch:
        ``(parts,)``, ascending.
    low, high:
        From and to which share of its length.
    at_low, at_high:
        Milliseconds at which these two places are reached.  Time runs evenly between them; some of it may be too late.
    """

    stretch: Int32Array
    low: FloatArray
    high: FloatArray
    at_low: FloatArray
    at_high: FloatArray

    def until(self, limit_s: float) -> "Reach":
        """What is reached in ``limit_s`` seconds, inclusive."""
        limit = int(limit_s * UNITS_PER_SECOND)
        early, late = np.minimum(self.at_low, self.at_high), np.maximum(self.at_low, self.at_high)
        used = np.clip((limit - early) / np.maximum(late - early, 1e-9), 0.0, 1.0) * (self.high - self.low)
        upwards = self.at_low <= self.at_high
        low, high = np.where(upwards, self.low, self.high - used), np.where(upwards, self.low + used, self.high)
        kept = (early <= limit) & (high > low)
        end = np.minimum(late, limit)
        return Reach(
            self.stretch[kept],
            low[kept],
            high[kept],
            np.where(upwards, self.at_low, end)[kept],
            np.where(upwards, end, self.at_high)[kept],
        )


def reach(now: Conditions, origins: Sequence[Stand], limit_s: float) -> Reach:
    """What is entered from the nearest of the origins within ``limit_s`` seconds, inclusive.

    Of an edge on which an origin stands, the part before it is reached on the other edge of its stretch only.

    Raises
    ------
    InputError
        If the limit is negative, or longer than weights can say.
    """
    if not 0 <= limit_s < UNREACHABLE / UNITS_PER_SECOND:
        raise InputError(f"A limit of {limit_s} s is none.")
    limit, weights = int(limit_s * UNITS_PER_SECOND), now.impedance.weights
    stood_on = np.array([stand.edge for stand in origins], np.int32)
    share = np.array([stand.share for stand in origins])
    rest = weights[stood_on] - np.rint(weights[stood_on] * share).astype(np.int64)
    # An edge costs what leads to its end: it is entered as much earlier as it takes.
    found = now.topology.searcher.within(now.weights, stood_on, limit, rest, spared=weights, ordered=False)
    others = ~np.isin(found.nodes, stood_on)
    nodes, left = found.nodes[others], found.costs[others].astype(np.int64)
    entered = left - weights[nodes]
    return _parts(
        now,
        np.concatenate([stood_on, nodes]),
        np.concatenate([share, np.zeros(len(nodes))]),
        np.concatenate([np.zeros(len(stood_on)), entered]),
        np.concatenate([rest, left]),
    )


def length_m(now: Conditions, within: Reach) -> float:
    """Metres of road that the parts are together, whichever time they are reached at."""
    lengths = now.topology.network.stretches.length_m[within.stretch]
    return float((lengths * (within.high - within.low)).sum())


def lines(now: Conditions, within: Reach) -> BaseGeometry:
    """The parts, each a line of its own, in the network's plane."""
    points, first = now.topology.places.lines
    cut, begin = parts(points, first, within.stretch, within.low, within.high)
    owner = np.repeat(np.arange(len(within.stretch)), np.diff(begin))
    return shapely.MultiLineString(list(shapely.linestrings(cut, indices=owner)) if len(owner) else None)


def areas(now: Conditions, within: Reach, limits_s: Iterable[float]) -> list[Outlines]:
    """Cells of ``CELL_M`` along all that is reached within each limit, in the network's plane; none where nothing is.

    No road that the vehicle may use lies in them where it is not reached, so that they never claim too much.  Over more
    than ``cells.MOST_CELLS`` the cells are larger.
    """
    points, first = now.topology.places.lines
    if not len(within.stretch):
        return [Outlines(np.empty((0, 2)), np.zeros(1, np.int64), np.empty(0, np.int32)) for _ in limits_s]
    part = np.searchsorted(within.stretch, np.arange(len(first)))
    timed = TimedLines(points, first, now.usable, part, within.low, within.high, within.at_low, within.at_high)
    cells = TimedCells.of(timed, _extent(now, within), CELL_M)
    return [cells.area(int(limit * UNITS_PER_SECOND)) for limit in limits_s]


def _extent(now: Conditions, within: Reach) -> tuple[float, float, float, float]:
    """Of all the stretches that are reached, in the plane."""
    boxes = now.topology.places.boxes[within.stretch]
    (west, south), (east, north) = boxes[:, :2].min(axis=0).tolist(), boxes[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def _parts(now: Conditions, edges: Int32Array, start: FloatArray, entered: FloatArray, left: FloatArray) -> Reach:
    """Out of what is reached of edges, from a share of each on: when every place is reached first."""
    network = now.topology.network
    stretch, along = network.stretch[edges], network.along[edges]
    low, high = np.where(along, start, 0.0), np.where(along, 1.0, 1.0 - start)
    at_low, at_high = np.where(along, entered, left), np.where(along, left, entered)
    order = sorted_by(stretch, high > low, len(network.stretches))
    return Reach(*earliest(stretch[order], low[order], high[order], at_low[order], at_high[order]))

"""Which parts of the roads lie in zones: prepared for all stretches at once, asked for every way.

Lines are cut where a border crosses them, and of each piece between two cuts the middle says where all of it lies.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.network.model import RoadNetwork
from geo.routing._compiled import brief
from geo.routing.graph import FloatArray, Int32Array, Int64Array, Mask
from geo.travel.finding import Way

type Areas = npt.NDArray[np.object_]

_LEAST = 1e-9
"""Cuts that are nearer to each other, as shares of a piece, are one."""


@dataclass(frozen=True, eq=False)
class Pieces:
    """Pieces of stretches along their ways, stretch by stretch and in order: each ends where the next one begins.

    begin_m, end_m:
        From the beginning of the stretch, in the plane of the network.
    kind:
        Of ``kinds`` kinds of zones the least number, which is the worst; ``kinds``: in none, where that is known;
        ``kinds + 1``: in none, and not known whether there is one.
    """

    stretch: Int32Array
    begin_m: FloatArray
    end_m: FloatArray
    kind: Int32Array


def zoned(
    points: FloatArray,
    first: Int64Array,
    zones: Areas,
    kind: npt.ArrayLike,
    known: BaseGeometry | None,
    kinds: int,
) -> Pieces:
    """The pieces that zones make of stretches.

    points, first:
        As of ``geo.travel.snapping.SnapIndex.lines``.
    zones, kind, kinds:
        Valid polygons and multipolygons in the same plane, the kind of each, the worst of which is 0, and how many
        kinds there are.
    known:
        Where a place in no zone is known to be in none, in the same plane; None: nowhere.
    """
    numbers = np.asarray(kind, np.int32)
    parts, of = shapely.get_parts(np.append(zones, [] if known is None else [known]), return_index=True)
    of_part = np.append(numbers, [] if known is None else [kinds]).astype(np.int32)[of]
    owner = np.repeat(np.arange(len(first) - 1, dtype=np.int32), np.diff(first))
    at = np.flatnonzero(owner[1:] == owner[:-1])
    start, end = points[at], points[at + 1]
    near = np.flatnonzero(_near(start, end, parts))
    line, cut = _cuts(start[near], end[near], parts)
    line, low, high = _between(len(at), near[line], cut)
    middle = start[line] + ((low + high) / 2)[:, np.newaxis] * (end - start)[line]
    found = np.full(len(line), kinds + 1, np.int32)
    asked = np.flatnonzero(_near(middle, middle, parts))
    if len(asked):
        area, place = shapely.STRtree(shapely.points(middle[asked])).query(parts, predicate="intersects")
        np.minimum.at(found, asked[place], of_part[area])
    length = np.hypot(*(end - start).T)
    before = np.cumsum(length) - length
    base = before[np.searchsorted(at, first[:-1])] if len(at) else np.zeros(0)
    off = before[line] - base[owner[at[line]]]
    return _joined(Pieces(owner[at[line]], off + low * length[line], off + high * length[line], found))


def _near(start: FloatArray, end: FloatArray, areas: Areas) -> Mask:
    """Which lines touch the box of all areas: most of a region's roads may lie far from a city's zones."""
    if not len(areas):
        return np.zeros(len(start), np.bool_)
    low, high = np.split(shapely.total_bounds(areas), 2)
    touching = (np.maximum(start, end) >= low) & (np.minimum(start, end) <= high)
    return np.asarray(touching.all(axis=1), np.bool_)


def _cuts(start: FloatArray, end: FloatArray, areas: Areas) -> tuple[Int64Array, FloatArray]:
    """Where borders cross lines: which line, and the share of it that lies before."""
    rings, _ = shapely.get_rings(areas, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    on = np.flatnonzero(ring[1:] == ring[:-1])
    if not (len(on) and len(start)):
        return np.empty(0, np.int64), np.empty(0)
    tree = shapely.STRtree(shapely.linestrings(np.stack([start, end], axis=1)))
    side, line = tree.query(shapely.linestrings(np.stack([corners[on], corners[on + 1]], axis=1)))
    here, along = start[line], (end - start)[line]
    there, border = corners[on[side]], (corners[on + 1] - corners[on])[side]
    off = there - here
    with np.errstate(divide="ignore", invalid="ignore"):
        share = _cross(off, border) / _cross(along, border)
        of_border = _cross(off, along) / _cross(along, border)
        # Of a border that runs along a line both corners are cuts; elsewhere one more does no harm.
        square = (along**2).sum(axis=1)
        ends = [(each * along).sum(axis=1) / square for each in (off, off + border)]
    crossing = (of_border >= -_LEAST) & (of_border <= 1 + _LEAST)
    parallel = _cross(along, border) == 0
    shares = np.concatenate([share[crossing], *(each[parallel] for each in ends)])
    lines = np.concatenate([line[crossing], line[parallel], line[parallel]])
    within = (shares > _LEAST) & (shares < 1 - _LEAST)
    return lines[within], shares[within]


def _cross(one: FloatArray, other: FloatArray) -> FloatArray:
    found: FloatArray = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    return found


def _between(lines: int, line: Int64Array, cut: FloatArray) -> tuple[Int64Array, FloatArray, FloatArray]:
    """Line by line the shares between which it is whole."""
    every = np.arange(lines)
    of, at = np.concatenate([every, line, every]), np.concatenate([np.zeros(lines), cut, np.ones(lines)])
    order = np.lexsort((at, of))
    of, at = of[order], at[order]
    whole = np.flatnonzero((of[1:] == of[:-1]) & (at[1:] - at[:-1] > _LEAST))
    return of[whole], at[whole], at[whole + 1]


def _joined(pieces: Pieces) -> Pieces:
    """Those of one kind that follow one another on a stretch as one."""
    stretch, kind = pieces.stretch, pieces.kind
    begins = np.ones(len(kind), np.bool_)
    begins[1:] = (stretch[1:] != stretch[:-1]) | (kind[1:] != kind[:-1])
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(kind))[: len(first)] - 1
    return Pieces(stretch[first], pieces.begin_m[first], pieces.end_m[last], kind[first])


@dataclass(frozen=True, eq=False)
class ZonedRoads:
    """What lies in zones of any number of kinds, of which several may hold at a place.

    first:
        ``(stretches + 1,)`` where the rows of each stretch begin in the others.
    begin_m, end_m, kind:
        From where to where along a stretch, and in what.
    """

    first: Int64Array
    begin_m: FloatArray
    end_m: FloatArray
    kind: Int32Array

    @classmethod
    def of(cls, stretches: int, pieces: Pieces) -> Self:
        """Of pieces in any order."""
        order = np.argsort(pieces.stretch, kind="stable")
        first = np.concatenate([[0], np.cumsum(np.bincount(pieces.stretch, minlength=stretches))]).astype(np.int64)
        return cls(first, pieces.begin_m[order], pieces.end_m[order], pieces.kind[order])

    def metres(self, network: RoadNetwork, way: Way, kinds: int) -> FloatArray:
        """``(kinds,)`` metres of a way in each."""
        ends = np.array([way.origin.share, way.destination.share])
        stretch, length = network.stretch, network.stretches.length_m
        rows = self.first, self.begin_m, self.end_m, self.kind
        return metres_by_kind(*rows, way.edges, stretch, network.along, length, ends, kinds)


@brief
def metres_by_kind(
    first: Int64Array,
    begin_m: FloatArray,
    end_m: FloatArray,
    kind: Int32Array,
    edges: Int32Array,
    stretch: Int32Array,
    along: Mask,
    length_m: FloatArray,
    ends: FloatArray,
    kinds: int,
) -> FloatArray:
    """``ZonedRoads.metres`` out of its rows, columns of a network, and the shares at which a way sets out and ends."""
    found = np.zeros(kinds)
    for number in range(len(edges)):
        edge = edges[number]
        of = stretch[edge]
        low = ends[0] if number == 0 else 0.0
        high = ends[1] if number == len(edges) - 1 else 1.0
        if not along[edge]:
            low, high = 1.0 - high, 1.0 - low
        for row in range(first[of], first[of + 1]):
            metres = min(high * length_m[of], end_m[row]) - max(low * length_m[of], begin_m[row])
            if metres > 0:
                found[kind[row]] += metres
    return found

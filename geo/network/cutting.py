"""Ways cut into stretches: between two places where ways meet, end or are barred."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.coordinates import JAPAN
from geo.crs import STORAGE, scale, transform_xy
from geo.network.gathering import Gathered
from geo.network.report import Findings
from geo.routing.graph import FloatArray, Int32Array, Int64Array, Mask

_ZONE_M = 130_000.0
"""Up to here from its meridian a plane-rectangular zone is true to one in ten thousand."""
_SAME_DEGREES = 1e-7
"""Positions of OpenStreetMap have seven decimals."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Stretches between nodes, which are numbers into ``node_id`` (in UTF-8), ``lon``, ``lat`` (NaN where a node is not
    used).

    ``first_point`` of shape ``(stretches + 1,)`` into ``point_lon``, ``point_lat``; the other columns have a row for
    each stretch.
    """

    node_id: npt.NDArray[np.bytes_]
    lon: FloatArray
    lat: FloatArray
    way: Int32Array
    tail: Int32Array
    head: Int32Array
    length_m: FloatArray
    first_point: Int64Array
    point_lon: FloatArray
    point_lat: FloatArray

    def nodes_named(self, ids: Sequence[str]) -> Int64Array:
        """The node of each id, -1 where no way has it."""
        asked = np.array([name.encode() for name in ids], np.bytes_)
        if not len(self.node_id) or not len(asked):
            return np.full(len(asked), -1, np.int64)
        place = np.minimum(np.searchsorted(self.node_id, asked), len(self.node_id) - 1)
        return np.where(self.node_id[place] == asked, place, -1)


def cut(ways: Gathered, plane: int, barred: Sequence[str], findings: Findings) -> Cut:
    """The stretches of ways, which are also cut at the nodes in ``barred``.

    A way is cut in two where a node has no position: nothing leads across the gap.
    """
    lines = ways.lines
    way = np.repeat(np.arange(len(ways), dtype=np.int32), lines.points)
    known, inverse = np.unique(lines.node, return_inverse=True)
    node, lon, lat = inverse.astype(np.int32), lines.lon, lines.lat

    again = np.zeros(len(way), np.bool_)
    again[1:] = (way[1:] == way[:-1]) & (node[1:] == node[:-1])
    _report(ways, known, way, node, again, "node-repeated", findings)
    way, node, lon, lat = way[~again], node[~again], lon[~again], lat[~again]
    # Plane-rectangular zones are made for Japan; what lies elsewhere has no length in them.
    placed = (lon >= JAPAN.west) & (lon <= JAPAN.east) & (lat >= JAPAN.south) & (lat <= JAPAN.north)
    _report(ways, known, way, node, ~placed, "node-missing", findings)

    joined = np.zeros(len(way), np.bool_)  # to the next point
    joined[:-1] = (way[1:] == way[:-1]) & placed[1:] & placed[:-1]
    before = np.concatenate([[False], joined[:-1]])[: len(way)]
    lost = np.bincount(way[joined], minlength=len(ways)) == 0
    findings.add_all("way-too-short", ways.ways.id[lost])

    used = joined | before
    node_lon, node_lat = _positions(ways, known, way, node, lon, lat, used, findings)
    lon, lat = node_lon[node], node_lat[node]

    at = np.bincount(node[used], minlength=len(known)) > 1
    at[node[joined != before]] = True
    at[np.isin(known, np.array([name.encode() for name in barred], np.bytes_))] = True
    segment = np.flatnonzero(joined)
    first = np.flatnonzero(at[node[segment]])  # within the segments, which lie side by side in a stretch
    start = segment[first]
    long = np.diff(np.append(first, len(segment)))
    first_point = np.concatenate([[0], np.cumsum(long + 1)])
    point = np.repeat(start - first_point[:-1], long + 1) + np.arange(first_point[-1])
    return Cut(
        node_id=known,
        lon=node_lon,
        lat=node_lat,
        way=way[start],
        tail=node[start],
        head=node[start + long],
        length_m=_lengths(lon, lat, segment, first, plane),
        first_point=first_point,
        point_lon=lon[point],
        point_lat=lat[point],
    )


def _report(
    ways: Gathered,
    known: npt.NDArray[np.bytes_],
    way: Int32Array,
    node: Int32Array,
    which: Mask,
    kind: str,
    findings: Findings,
) -> None:
    for point in np.flatnonzero(which).tolist():
        findings.add(kind, f"n{known[node[point]].decode()}", f"on way {ways.ways.id[way[point]]}")


def _positions(
    ways: Gathered,
    known: npt.NDArray[np.bytes_],
    way: Int32Array,
    node: Int32Array,
    lon: FloatArray,
    lat: FloatArray,
    used: Mask,
    findings: Findings,
) -> tuple[FloatArray, FloatArray]:
    """Longitude and latitude of each node: those it has where it is used first."""
    points = np.flatnonzero(used)[::-1]
    node_lon, node_lat = np.full(len(known), np.nan), np.full(len(known), np.nan)
    node_lon[node[points]], node_lat[node[points]] = lon[points], lat[points]
    moved = used & ((np.abs(lon - node_lon[node]) > _SAME_DEGREES) | (np.abs(lat - node_lat[node]) > _SAME_DEGREES))
    _report(ways, known, way, node, moved, "node-moved", findings)
    return node_lon, node_lat


def _lengths(lon: FloatArray, lat: FloatArray, segment: Int64Array, first: Int64Array, plane: int) -> FloatArray:
    if not len(segment):
        return np.empty(0)
    from_x, from_y = transform_xy(lon[segment], lat[segment], STORAGE, plane)
    to_x, to_y = transform_xy(lon[segment + 1], lat[segment + 1], STORAGE, plane)
    step = np.hypot(to_x - from_x, to_y - from_y)
    beyond = np.abs(from_x) > _ZONE_M
    if beyond.any():
        step[beyond] /= scale(lon[segment[beyond]], lat[segment[beyond]], plane)
    lengths: FloatArray = np.add.reduceat(step, first)
    return lengths

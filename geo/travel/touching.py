"""Which lines of a grid areas touch.

An area of a request is simple, and there are many requests: what a library needs for each line and each area handed to
it is more than what there is to be found out.  An area of many corners is the library's.
"""

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
import shapely

from geo.routing._compiled import Number, inlined, kernel
from geo.routing.graph import FloatArray, Int32Array, Int64Array
from geo.travel.grid import Grid

MOST_CORNERS = 200
"""Of an area that is gone round for every line near it."""


class Sides(NamedTuple):
    """The sides of areas' rings, of shells and holes alike: ``(sides, 4)`` from x, y to x, y; those of each begin at
    ``first``, with their number behind the last.
    """

    ends: FloatArray
    first: Int64Array

    @classmethod
    def of(cls, areas: npt.NDArray[np.object_]) -> Self:
        """Of valid polygons and multipolygons."""
        polygons, area = shapely.get_parts(areas, return_index=True)
        rings, polygon = shapely.get_rings(polygons, return_index=True)
        points, ring = shapely.get_coordinates(rings, return_index=True)
        within = np.flatnonzero(ring[1:] == ring[:-1])
        of = area[polygon[ring[within]]]
        first = np.concatenate([[0], np.cumsum(np.bincount(of, minlength=len(areas)))]).astype(np.int64)
        return cls(np.column_stack([points[within], points[within + 1]]), first)


def is_simple(areas: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    """By geometry whether it is an area of so few corners that ``touching`` is quicker than the library."""
    kinds = shapely.get_type_id(areas)
    polygonal = (kinds == shapely.GeometryType.POLYGON) | (kinds == shapely.GeometryType.MULTIPOLYGON)
    found: npt.NDArray[np.bool_] = polygonal & (shapely.get_num_coordinates(areas) <= MOST_CORNERS)
    return found


def touching(grid: Grid, sides: Sides) -> tuple[Int32Array, Int32Array]:
    """The lines that areas touch, inside, across or at their border: by area, and of each which."""
    return _touching(*grid, *sides)


@kernel
def _touching(
    points: FloatArray,
    owner: Int32Array,
    first: Int64Array,
    pieces: Int32Array,
    corner: FloatArray,
    cell: float,
    shape: Int64Array,
    ends: FloatArray,
    first_side: Int64Array,
) -> tuple[Int32Array, Int32Array]:
    lines = owner[-1] + 1 if len(owner) else 0
    seen = np.full(lines, -1, np.int32)
    area_of, line_of, count = np.empty(1024, np.int32), np.empty(1024, np.int32), 0
    for area in range(len(first_side) - 1):
        start, end = first_side[area], first_side[area + 1]
        west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
        for side in range(start, end):
            west, east = min(west, ends[side, 0]), max(east, ends[side, 0])
            south, north = min(south, ends[side, 1]), max(north, ends[side, 1])
        if not (east >= corner[0] and north >= corner[1]):  # nor where it has no sides
            continue
        first_column, first_row = max(int((west - corner[0]) / cell), 0), max(int((south - corner[1]) / cell), 0)
        last_column = min(int((east - corner[0]) / cell), shape[0] - 1)
        last_row = min(int((north - corner[1]) / cell), shape[1] - 1)
        if first_column > last_column:
            continue
        for row in range(first_row, last_row + 1):
            here = row * shape[0]
            for place in range(first[here + first_column], first[here + last_column + 1]):
                piece = pieces[place]
                line = owner[piece]
                if seen[line] == area or not _touches(points, piece, ends, start, end):
                    continue
                seen[line] = area
                if count == len(line_of):
                    area_of, line_of = _longer(area_of), _longer(line_of)
                area_of[count], line_of[count] = area, line
                count += 1
    return area_of[:count].copy(), line_of[:count].copy()


@kernel
def _longer(numbers: Int32Array) -> Int32Array:
    found = np.empty(2 * len(numbers), np.int32)
    found[: len(numbers)] = numbers
    return found


@inlined
def _touches(points: FloatArray, piece: Number, ends: FloatArray, start: Number, end: Number) -> bool:
    """Whether a piece of line begins inside (an odd number of sides to its east) or meets a side."""
    a_x, a_y, b_x, b_y = points[piece, 0], points[piece, 1], points[piece + 1, 0], points[piece + 1, 1]
    low_x, high_x, low_y, high_y = min(a_x, b_x), max(a_x, b_x), min(a_y, b_y), max(a_y, b_y)
    inside = False
    for side in range(start, end):
        c_x, c_y, d_x, d_y = ends[side, 0], ends[side, 1], ends[side, 2], ends[side, 3]
        if (c_y > a_y) != (d_y > a_y) and a_x < (d_x - c_x) * (a_y - c_y) / (d_y - c_y) + c_x:
            inside = not inside
        if max(c_x, d_x) < low_x or min(c_x, d_x) > high_x or max(c_y, d_y) < low_y or min(c_y, d_y) > high_y:
            continue
        a_off = (d_x - c_x) * (a_y - c_y) - (d_y - c_y) * (a_x - c_x)
        b_off = (d_x - c_x) * (b_y - c_y) - (d_y - c_y) * (b_x - c_x)
        c_off = (b_x - a_x) * (c_y - a_y) - (b_y - a_y) * (c_x - a_x)
        d_off = (b_x - a_x) * (d_y - a_y) - (b_y - a_y) * (d_x - a_x)
        if min(a_off, b_off) <= 0 <= max(a_off, b_off) and min(c_off, d_off) <= 0 <= max(c_off, d_off):
            return True
    return inside

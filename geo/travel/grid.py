"""Lines in square cells of a plane, and those nearest to a place.

A tree of boxes would do too; but a place is put on a road with every question that is asked, and what it takes to hand
boxes and lines over to a library costs more than all the distances do.
"""

from typing import NamedTuple, Self

import numpy as np

from geo.routing._compiled import Number, brief, inlined, kernel
from geo.routing.graph import FloatArray, Int32Array, Int64Array, Mask

CELL_M = 100.0
_MOST_CELLS = 4_000_000


class Nearest(NamedTuple):
    """Of each of many places the line nearest to it; of equally near ones the lower number.

    line, distance:
        Which, and how far off.
    point, share:
        Between which point and the next one on the line the place is, and how much of that piece lies before it.
    """

    line: Int32Array
    distance: FloatArray
    point: Int64Array
    share: FloatArray


class Grid(NamedTuple):
    """As kernels take it: ``pieces[first[cell]:first[cell + 1]]`` are the first points of pieces that may be there.

    points, owner:
        ``(points, 2)`` of all lines, and the line of each.
    corner, cell, shape:
        The south-western corner, the side of a cell, how many cells there are eastwards and northwards.
    """

    points: FloatArray
    owner: Int32Array
    first: Int64Array
    pieces: Int32Array
    corner: FloatArray
    cell: float
    shape: Int64Array

    @classmethod
    def of(cls, points: FloatArray, first_point: Int64Array, cell: float = CELL_M) -> Self:
        """The lines whose points are ``points[first_point[i]:first_point[i + 1]]``, two or more, finite.

        Where the lines lie so far apart that there would be millions of cells, these are larger.
        """
        owner = np.repeat(np.arange(len(first_point) - 1, dtype=np.int32), np.diff(first_point))
        low, high = (points.min(axis=0), points.max(axis=0)) if len(points) else (np.zeros(2), np.zeros(2))
        extent = np.maximum(high - low, 1.0)
        cell = max(cell, float(np.sqrt(extent.prod() / _MOST_CELLS)), float(extent.max() / _MOST_CELLS))
        shape = (extent // cell).astype(np.int64) + 1
        first, pieces = _filled(points, owner, low, cell, shape)
        return cls(points, owner, first, pieces, low, cell, shape)

    def nearest_each(self, x: FloatArray, y: FloatArray, usable: Mask, reach: float) -> Nearest:
        """Of each of many places the nearest ``usable`` line within ``reach`` (inclusive): line -1 and an infinite
        distance where there is none.
        """
        columns = ((x - self.corner[0]) / self.cell).astype(np.int64)
        rows = ((y - self.corner[1]) / self.cell).astype(np.int64)
        order = np.lexsort((columns, rows))  # who is near looks at the same lines
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        line, distance, point, share = _nearest_each(*self, usable, x[order], y[order], reach)
        return Nearest(line[back], distance[back], point[back], share[back])


@inlined
def _cells(
    points: FloatArray, point: Number, low: FloatArray, cell: float, shape: Int64Array
) -> tuple[int, int, int, int]:
    """The first and the last column, the first and the last row that the box of a piece touches."""
    ends = points[point], points[point + 1]
    return (
        int((min(ends[0][0], ends[1][0]) - low[0]) / cell),
        min(int((max(ends[0][0], ends[1][0]) - low[0]) / cell), shape[0] - 1),
        int((min(ends[0][1], ends[1][1]) - low[1]) / cell),
        min(int((max(ends[0][1], ends[1][1]) - low[1]) / cell), shape[1] - 1),
    )


@kernel
def _filled(
    points: FloatArray, owner: Int32Array, low: FloatArray, cell: float, shape: Int64Array
) -> tuple[Int64Array, Int32Array]:
    """Each piece is in all cells that its box touches."""
    columns = shape[0]
    first = np.zeros(columns * shape[1] + 1, np.int64)
    for point in range(len(points) - 1):
        if owner[point] == owner[point + 1]:
            west, east, south, north = _cells(points, point, low, cell, shape)
            for row in range(south, north + 1):
                for here in range(row * columns + west, row * columns + east + 1):
                    first[here + 1] += 1
    first = np.cumsum(first)
    pieces, place = np.empty(first[-1], np.int32), first[:-1].copy()
    for point in range(len(points) - 1):
        if owner[point] == owner[point + 1]:
            west, east, south, north = _cells(points, point, low, cell, shape)
            for row in range(south, north + 1):
                for here in range(row * columns + west, row * columns + east + 1):
                    pieces[place[here]] = point
                    place[here] += 1
    return first, pieces


@brief
def nearest(
    points: FloatArray,
    owner: Int32Array,
    first: Int64Array,
    pieces: Int32Array,
    corner: FloatArray,
    cell: float,
    shape: Int64Array,
    usable: Mask,
    x: float,
    y: float,
    reach: float,
    most: int,
) -> tuple[Number, Int32Array, FloatArray, Int64Array, FloatArray]:
    """Up to ``most`` of the lines that are ``usable`` within ``reach`` (inclusive) of a place, the nearest first, of
    equally near ones the lower number: how many, which, how far off, between which point and the next one on the line
    the place is, and how much of that piece lies before it.

    Cells are looked through in rings around the place, until what is not seen yet is farther off than what is found.
    """
    line, point = np.empty(most + 1, np.int32), np.empty(most + 1, np.int64)
    distance, share = np.empty(most + 1), np.empty(most + 1)
    count: Number = 0
    column, row = int(np.floor((x - corner[0]) / cell)), int(np.floor((y - corner[1]) / cell))
    inset = min(x - corner[0] - column * cell, (column + 1) * cell + corner[0] - x)
    inset = min(inset, min(y - corner[1] - row * cell, (row + 1) * cell + corner[1] - y))
    ring = 0
    while True:
        for there in range(max(row - ring, 0), min(row + ring, shape[1] - 1) + 1):
            across = ring == 0 or abs(there - row) == ring
            step = 1 if across else 2 * ring
            for here in range(column - ring, column + ring + 1, step):
                if 0 <= here < shape[0]:
                    number = there * shape[0] + here
                    for place in range(first[number], first[number + 1]):
                        piece = pieces[place]
                        if usable[owner[piece]]:
                            off, along = _off(points, piece, x, y)
                            if off <= reach:
                                count = _put(line, distance, point, share, count, owner[piece], off, piece, along)
        seen = inset + ring * cell
        if seen >= reach or (count == most and distance[most - 1] < seen):
            return count, line, distance, point, share
        ring += 1


@kernel
def _nearest_each(
    points: FloatArray,
    owner: Int32Array,
    first: Int64Array,
    pieces: Int32Array,
    corner: FloatArray,
    cell: float,
    shape: Int64Array,
    usable: Mask,
    x: FloatArray,
    y: FloatArray,
    reach: float,
) -> tuple[Int32Array, FloatArray, Int64Array, FloatArray]:
    places = len(x)
    line, point = np.full(places, -1, np.int32), np.zeros(places, np.int64)
    distance, share = np.full(places, np.inf), np.zeros(places)
    for place in range(places):
        column, row = int(np.floor((x[place] - corner[0]) / cell)), int(np.floor((y[place] - corner[1]) / cell))
        inset = min(x[place] - corner[0] - column * cell, (column + 1) * cell + corner[0] - x[place])
        inset = min(inset, min(y[place] - corner[1] - row * cell, (row + 1) * cell + corner[1] - y[place]))
        best, ring = reach, 0
        while True:
            for there in range(max(row - ring, 0), min(row + ring, shape[1] - 1) + 1):
                step = 1 if ring == 0 or abs(there - row) == ring else 2 * ring
                for here in range(column - ring, column + ring + 1, step):
                    if 0 <= here < shape[0]:
                        number = there * shape[0] + here
                        for each in range(first[number], first[number + 1]):
                            piece = pieces[each]
                            if not usable[owner[piece]]:
                                continue
                            east, north, along = _apart(points, piece, x[place], y[place])
                            if abs(east) > best or abs(north) > best:
                                continue
                            off = np.hypot(east, north)
                            if off > best or (
                                off == best
                                and line[place] >= 0
                                and not _before(owner[piece], piece, line[place], point[place])
                            ):
                                continue
                            best, line[place], point[place], share[place] = off, owner[piece], piece, along
                            distance[place] = off
            seen = inset + ring * cell
            if seen >= reach or (line[place] >= 0 and best < seen):
                break
            ring += 1
    return line, distance, point, share


@inlined
def _before(owner: Number, piece: Number, other_owner: Number, other_piece: Number) -> bool:
    """Whether a piece comes before another that is equally near."""
    return bool(owner < other_owner or (owner == other_owner and piece < other_piece))


@inlined
def _off(points: FloatArray, piece: Number, x: float, y: float) -> tuple[float, float]:
    """How far a place is from a piece, and how much of the piece lies before the point nearest to it."""
    east, north, share = _apart(points, piece, x, y)
    return np.hypot(east, north), share


@inlined
def _apart(points: FloatArray, piece: Number, x: float, y: float) -> tuple[float, float, float]:
    """How far eastwards and northwards a place is from the nearest point of a piece, and how much lies before that."""
    along_x, along_y = points[piece + 1, 0] - points[piece, 0], points[piece + 1, 1] - points[piece, 1]
    off_x, off_y = x - points[piece, 0], y - points[piece, 1]
    square = along_x * along_x + along_y * along_y
    share = 0.0
    if square > 0:
        share = min(max((off_x * along_x + off_y * along_y) / square, 0.0), 1.0)
    return off_x - share * along_x, off_y - share * along_y, share


@inlined
def _put(
    line: Int32Array,
    distance: FloatArray,
    point: Int64Array,
    share: FloatArray,
    count: Number,
    of: Number,
    off: float,
    piece: Number,
    along: float,
) -> Number:
    """Puts a piece among the nearest lines, each of which is there once; how many there are then."""
    place: Number = count
    for other in range(count):
        if line[other] == of:
            if distance[other] < off or (distance[other] == off and point[other] <= piece):
                return count
            place = other
    most = max(count, place + 1)
    while place > 0 and (distance[place - 1] > off or (distance[place - 1] == off and line[place - 1] > of)):
        line[place], distance[place] = line[place - 1], distance[place - 1]
        point[place], share[place] = point[place - 1], share[place - 1]
        place -= 1
    line[place], distance[place], point[place], share[place] = of, off, piece, along
    return min(most, len(line) - 1)

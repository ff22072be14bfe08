"""The outlines of areas of cells."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.routing._compiled import kernel
from geo.routing.graph import FloatArray, Int32Array, Int64Array, Mask


@dataclass(frozen=True, eq=False)
class Outlines:
    """Closed rings with the inside to their left.

    points, first:
        Corners of shape ``(points, 2)``, in a plane, and where each ring's begin, with their number behind the last.
    shell:
        ``(rings,)``: of a hole the ring it lies in; of a shell itself, and that before its holes.
    """

    points: FloatArray
    first: Int64Array
    shell: Int32Array

    def polygons(self) -> Iterator[list[int]]:
        """The rings of each polygon, the shell first."""
        holes: dict[int, list[int]] = {}
        for ring, shell in enumerate(self.shell.tolist()):
            holes.setdefault(shell, []).append(ring)
        yield from holes.values()

    def geometry(self) -> BaseGeometry:
        """As a polygon or several; empty where there are no rings."""
        owner = np.repeat(np.arange(len(self.shell)), np.diff(self.first))
        rings = shapely.linearrings(self.points, indices=owner) if len(owner) else ()
        found = [shapely.Polygon(rings[first], [rings[each] for each in rest]) for first, *rest in self.polygons()]
        return found[0] if len(found) == 1 else shapely.MultiPolygon(found) if found else shapely.Polygon()


def outlines(mask: Mask, origin: FloatArray, cell_m: float) -> Outlines:
    """The outlines of the cells that are set; where two would meet at a corner only, one of them is cleared.

    ``origin`` is the corner of the first cell, in cells; rows go north and columns east.
    """
    _part_corners(mask)
    corners, first, shell = _rings(mask)
    return Outlines((corners + origin) * cell_m, first, shell)


@kernel
def _part_corners(mask: Mask) -> None:
    """Clears cells until none meet at a corner only: an outline that touched itself there would be invalid."""
    height, width = mask.shape
    low, high = 0, height - 1  # the rows to be looked at
    while True:
        first, last = height, -1
        for row in range(low, high):
            for column in range(width - 1):
                here, beside = mask[row, column], mask[row, column + 1]
                if here != beside and mask[row + 1, column] == beside and mask[row + 1, column + 1] == here:
                    mask[row, column] = False
                    mask[row, column + 1] = False
                    first, last = min(first, row), row
        if last < first:
            return
        low, high = max(first - 1, 0), last + 1  # what was cleared may leave corners with the row above and below


@kernel
def _rings(mask: Mask) -> tuple[FloatArray, Int64Array, Int32Array]:
    """Corners in cells, where each ring's begin, and their shells."""
    height, width = mask.shape
    # Ways out of each corner, a bit for each direction: east, north, west, south.
    ways = np.zeros((height + 1, width + 1), np.uint8)
    edges = 0
    for row in range(height):
        for column in range(width):
            if mask[row, column]:
                if row == 0 or not mask[row - 1, column]:
                    ways[row, column] |= 1
                    edges += 1
                if column == width - 1 or not mask[row, column + 1]:
                    ways[row, column + 1] |= 2
                    edges += 1
                if row == height - 1 or not mask[row + 1, column]:
                    ways[row + 1, column + 1] |= 4
                    edges += 1
                if column == 0 or not mask[row, column - 1]:
                    ways[row + 1, column] |= 8
                    edges += 1
    corners = np.empty((2 * edges + 1, 2), np.float64)
    first = np.zeros(edges // 4 + 2, np.int64)
    shell = np.empty(edges // 4 + 1, np.int32)
    west_of = np.empty((height, width), np.int32)  # of a cell with an outline to its west: whose it is
    count, rings = 0, 0
    for row in range(height + 1):
        for column in range(width + 1):
            if not ways[row, column]:
                continue
            for start in (0, 2):  # every outline has a part that goes east, and one west
                if not ways[row, column] >> start & 1:
                    continue
                shell[rings] = rings
                if start == 2:
                    # A hole, whose lowest side this is: what is west of the cell below it is of the same area.
                    beside = column - 1
                    while beside > 0 and mask[row - 1, beside - 1]:
                        beside -= 1
                    shell[rings] = shell[west_of[row - 1, beside]]
                here_row, here_column, direction = row, column, start
                begin = count
                before = -1
                while ways[here_row, here_column] >> direction & 1:
                    ways[here_row, here_column] ^= 1 << direction
                    if direction != before:
                        corners[count, 0], corners[count, 1] = here_column, here_row
                        count += 1
                    if direction == 3:
                        west_of[here_row - 1, here_column] = rings
                    here_row += 1 if direction == 1 else -1 if direction == 3 else 0
                    here_column += 1 if direction == 0 else -1 if direction == 2 else 0
                    before = direction
                    for turn in (0, 1, 3):  # straight on, to the left, to the right
                        if ways[here_row, here_column] >> (before + turn) % 4 & 1:
                            direction = (before + turn) % 4
                            break
                corners[count] = corners[begin]
                count += 1
                rings += 1
                first[rings] = count
    return corners[:count].copy(), first[: rings + 1].copy(), shell[:rings].copy()

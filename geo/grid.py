"""Regular grids of cells: where they lie, their parts, and the cells that a box touches.

Always x, y (easting or longitude first), in the unit of the grid's reference system; row 0 is the northernmost.
"""

from dataclasses import dataclass
from math import ceil, floor, isfinite
from typing import Self

import numpy as np
import numpy.typing as npt

from geo.crs import is_geographic, transform_xy
from geo.errors import InputError

Bounds = tuple[float, float, float, float]
"""Left, bottom, right, top."""
FloatArray = npt.NDArray[np.float64]

_SLACK = 1e-6  # of a cell: what floating point adds at an edge is no further cell
_EDGE_POINTS = 21  # along each edge of a box, which is curved in another reference system


@dataclass(frozen=True, slots=True)
class Grid:
    """``width`` x ``height`` cells that fill ``bounds``; ``crs`` is an EPSG code."""

    crs: int
    bounds: Bounds
    width: int
    height: int

    def __post_init__(self) -> None:
        left, bottom, right, top = self.bounds
        if not (all(map(isfinite, self.bounds)) and left < right and bottom < top):
            raise InputError(f"{self.bounds} bounds no grid.")
        if self.width < 1 or self.height < 1:
            raise InputError(f"A grid of {self.width} x {self.height} cells does not exist.")

    @property
    def cells(self) -> int:
        return self.width * self.height

    @property
    def resolution(self) -> tuple[float, float]:
        """Size of a cell, both positive."""
        left, bottom, right, top = self.bounds
        return (right - left) / self.width, (top - bottom) / self.height

    def centres(self) -> tuple[FloatArray, FloatArray]:
        """x of each column and y of each row, at the middle of the cells."""
        left, _, _, top = self.bounds
        size_x, size_y = self.resolution
        columns, rows = np.arange(self.width, dtype=np.float64), np.arange(self.height, dtype=np.float64)
        return left + (columns + 0.5) * size_x, top - (rows + 0.5) * size_y

    def part(self, row: int, column: int, height: int, width: int) -> Self:
        """The ``height`` x ``width`` cells from ``row`` and ``column`` on, which may lie outside of this grid."""
        left, _, _, top = self.bounds
        size_x, size_y = self.resolution
        bounds = (
            left + column * size_x,
            top - (row + height) * size_y,
            left + (column + width) * size_x,
            top - row * size_y,
        )
        return type(self)(self.crs, bounds, width, height)

    def grown(self, cells: int) -> Self:
        """The same cells with ``cells`` more on every side."""
        return self.part(-cells, -cells, self.height + 2 * cells, self.width + 2 * cells)

    def resized(self, width: int, height: int) -> Self:
        """The same bounds in another number of cells."""
        return type(self)(self.crs, self.bounds, width, height)

    def touching(self, box: Bounds) -> Self | None:
        """The cells that a box (in the unit of ``crs``) reaches into; of a box without extent, those it lies in.

        None where it reaches into none.  A box whose edge is the edge of a cell does not reach into the next.
        """
        left, _, _, top = self.bounds
        size_x, size_y = self.resolution
        first_column, columns = _span((box[0] - left) / size_x, (box[2] - left) / size_x, self.width)
        first_row, rows = _span((top - box[3]) / size_y, (top - box[1]) / size_y, self.height)
        if columns < 1 or rows < 1:
            return None
        return self.part(first_row, first_column, rows, columns)


def _span(low: float, high: float, cells: int) -> tuple[int, int]:
    """First cell and number of cells of an interval given in cells, cut to the grid."""
    if high < 0 or low > cells or (high <= 0 and low < 0) or (low >= cells and high > cells):
        return 0, 0
    first = max(0, floor(low + _SLACK))
    last = min(cells, max(ceil(high - _SLACK), first + 1))
    first = min(first, last - 1)
    return first, last - first


def aligned(crs: int, box: Bounds, size: tuple[float, float], origin: tuple[float, float] = (0.0, 0.0)) -> Grid:
    """The grid of cells of ``size`` that covers a box, with a cell's corner at ``origin`` (itself anywhere)."""
    first_x = floor((box[0] - origin[0]) / size[0] + _SLACK)
    last_x = max(first_x + 1, ceil((box[2] - origin[0]) / size[0] - _SLACK))
    first_y = floor((box[1] - origin[1]) / size[1] + _SLACK)
    last_y = max(first_y + 1, ceil((box[3] - origin[1]) / size[1] - _SLACK))
    bounds = (
        origin[0] + first_x * size[0],
        origin[1] + first_y * size[1],
        origin[0] + last_x * size[0],
        origin[1] + last_y * size[1],
    )
    return Grid(crs, bounds, last_x - first_x, last_y - first_y)


def bounds_in(bounds: Bounds, source: int, target: int) -> Bounds:
    """The box in ``target`` around a box of ``source``, whose edges are followed.

    Raises ``InputError`` where an edge cannot be expressed in ``target``.
    """
    if source == target:
        return bounds
    left, bottom, right, top = bounds
    x = np.linspace(left, right, _EDGE_POINTS)
    y = np.linspace(bottom, top, _EDGE_POINTS)
    edge_x = np.concatenate([x, x, np.full_like(y, left), np.full_like(y, right)])
    edge_y = np.concatenate([np.full_like(x, bottom), np.full_like(x, top), y, y])
    out_x, out_y = transform_xy(edge_x, edge_y, source, target)
    return float(out_x.min()), float(out_y.min()), float(out_x.max()), float(out_y.max())


def cell_size_in(grid: Grid, target: int) -> tuple[float, float]:
    """Size of the grid's middle cell in the unit of ``target``, west to east and south to north along its sides."""
    if grid.crs == target:
        return grid.resolution
    left, bottom, right, top = grid.bounds
    x, y = (left + right) / 2, (bottom + top) / 2
    size_x, size_y = grid.resolution
    at_x, at_y = transform_xy(np.array([x, x + size_x, x]), np.array([y, y, y + size_y]), grid.crs, target)
    east = float(np.hypot(at_x[1] - at_x[0], at_y[1] - at_y[0]))
    north = float(np.hypot(at_x[2] - at_x[0], at_y[2] - at_y[0]))
    return east, north


METRES_PER_DEGREE = 111_319.490793  # of the equator: pi / 180 x 6,378,137 m
_MERCATOR_RADIUS_M = 6_378_137.0


def ground_size_m(grid: Grid) -> tuple[FloatArray, FloatArray]:
    """Size of the cells on the ground for each row, west to east and south to north, each of shape ``(height,)``.

    Degrees and Web Mercator on a sphere of radius 6,378,137 m (within 0.7 % of the ellipsoid); the scale of other
    projected systems is taken as 1, which plane-rectangular zones keep within 1e-4.
    """
    size_x, size_y = grid.resolution
    _, y = grid.centres()
    if grid.crs == 3857:
        shrink = 1.0 / np.cosh(y / _MERCATOR_RADIUS_M)  # the cosine of the latitude
        return size_x * shrink, size_y * shrink
    if is_geographic(grid.crs):
        return size_x * METRES_PER_DEGREE * np.cos(np.radians(y)), np.full(grid.height, size_y * METRES_PER_DEGREE)
    return np.full(grid.height, size_x), np.full(grid.height, size_y)

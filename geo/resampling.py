"""Values of one grid at the cells of another: each cell is computed from its own position alone.

So neighbouring pieces of one picture fit without a seam, whichever piece is asked for first; warpers that approximate
the transformation per request do not give that.
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from geo.crs import STORAGE, WEB_MERCATOR, transform_xy
from geo.grid import FloatArray, Grid

_APART = {STORAGE, WEB_MERCATOR}  # x follows from x alone, and y from y alone, between the two
_LATTICE = 16  # cells between the positions that are transformed; those between are interpolated

Indices = npt.NDArray[np.intp]
Values = npt.NDArray[np.float64]


class Kernel(Enum):
    """How a value is made of its neighbours."""

    NEAREST = "nearest"
    BILINEAR = "bilinear"
    CUBIC = "cubic"
    """Catmull-Rom (Keys 1981, a = -0.5): its slope has no steps, so that shading shows no facets."""


@dataclass(frozen=True, slots=True)
class Positions:
    """Where the cells of a grid lie in another, in its columns and rows: n is the middle of cell n.

    ``columns`` and ``rows`` are of shape ``(width,)`` and ``(height,)`` where ``apart``, else of
    ``(height, width)`` both.
    """

    columns: FloatArray
    rows: FloatArray
    apart: bool

    def moved(self, columns: int, rows: int) -> "Positions":
        """The positions in a window whose first cell is ``columns``, ``rows``."""
        return Positions(self.columns - columns, self.rows - rows, self.apart)


def positions(grid: Grid, source: Grid) -> Positions:
    """Where the middle of each cell of ``grid`` lies in ``source``; far outside where it cannot be expressed there.

    Between systems whose axes depend on one another, positions are transformed on a lattice of every
    ``_LATTICE``-th cell, fixed to the origin of the system, and interpolated linearly: within a hundredth of a cell
    for cells of up to a kilometre.
    """
    x, y = grid.centres()
    apart = grid.crs == source.crs or {grid.crs, source.crs} <= _APART
    if apart:
        source_x, source_y = _apart(x, y, grid.crs, source.crs)
    else:
        source_x, source_y = _on_lattice(grid, source.crs)
    left, _, _, top = source.bounds
    size_x, size_y = source.resolution
    return Positions((source_x - left) / size_x - 0.5, (top - source_y) / size_y - 0.5, apart)


def _apart(x: FloatArray, y: FloatArray, crs: int, source: int) -> tuple[FloatArray, FloatArray]:
    if crs == source:
        return x, y
    source_x, _ = transform_xy(x, np.zeros_like(x), crs, source)
    _, source_y = transform_xy(np.zeros_like(y), y, crs, source)
    return source_x, source_y


def _on_lattice(grid: Grid, source: int) -> tuple[FloatArray, FloatArray]:
    x, y = grid.centres()
    size_x, size_y = grid.resolution
    at_x, at_y = x / (size_x * _LATTICE), y / (size_y * _LATTICE)
    nodes_x = np.arange(np.floor(at_x[0]), np.floor(at_x[-1]) + 2)
    nodes_y = np.arange(np.floor(at_y[-1]), np.floor(at_y[0]) + 2)
    node_x, node_y = np.meshgrid(nodes_x * size_x * _LATTICE, nodes_y * size_y * _LATTICE)
    there_x, there_y = transform_xy(node_x.ravel(), node_y.ravel(), grid.crs, source)
    column, row = at_x - nodes_x[0], at_y - nodes_y[0]
    found = []
    for there in (there_x, there_y):
        lattice = there.reshape(node_x.shape)
        sampled, _ = sample(lattice, None, Positions(column, row, apart=True), Kernel.BILINEAR)
        found.append(sampled)
    return found[0], found[1]


def sample(
    values: Values, known: npt.NDArray[np.bool_] | None, at: Positions, kernel: Kernel
) -> tuple[Values, npt.NDArray[np.bool_]]:
    """The values at positions, and whether they are known, both of shape ``(height, width)``.

    A position has a value exactly where the cell it lies in has one.  Neighbours that have none are left out of the
    mean; cubic falls back to bilinear there.  ``known`` None: all are.
    """
    height, width = values.shape
    near_column, near_row = np.floor(at.columns + 0.5), np.floor(at.rows + 0.5)
    inside_x = (near_column >= 0) & (near_column < width)
    inside_y = (near_row >= 0) & (near_row < height)
    column = np.clip(near_column, 0, width - 1).astype(np.intp)
    row = np.clip(near_row, 0, height - 1).astype(np.intp)
    if at.apart:
        column, row = column[np.newaxis, :], row[:, np.newaxis]
        inside = inside_y[:, np.newaxis] & inside_x[np.newaxis, :]
    else:
        inside = inside_y & inside_x
    present = inside if known is None else inside & known[row, column]
    if kernel is Kernel.NEAREST:
        return values[row, column], present
    if known is None or bool(known.all()):
        return _weighted(values, at, kernel), present
    filled = np.where(known, values, 0.0)
    weight = known.astype(np.float64)
    share = _weighted(weight, at, Kernel.BILINEAR)
    mean = _weighted(filled, at, Kernel.BILINEAR) / np.where(share > 0, share, 1.0)
    if kernel is Kernel.CUBIC:
        whole = _weighted(weight, at, Kernel.CUBIC)
        undisturbed = np.abs(whole - 1.0) < 1e-9
        mean = np.where(undisturbed, _weighted(filled, at, Kernel.CUBIC), mean)
    return mean, present


def _weighted(values: Values, at: Positions, kernel: Kernel) -> Values:
    """Sums over the neighbours; the outermost cells go on beyond the edge."""
    height, width = values.shape
    columns, column_weights = _taps(at.columns, width, kernel)
    rows, row_weights = _taps(at.rows, height, kernel)
    taps = range(len(columns))
    if at.apart:
        down = np.zeros((at.rows.size, width))
        for tap in taps:
            down += row_weights[tap][:, np.newaxis] * values[rows[tap]]
        found = np.zeros((at.rows.size, at.columns.size))
        for tap in taps:
            found += column_weights[tap] * down[:, columns[tap]]
        return found
    found = np.zeros(at.rows.shape)
    for row in taps:
        for column in taps:
            found += row_weights[row] * column_weights[column] * values[rows[row], columns[column]]
    return found


def _taps(at: FloatArray, cells: int, kernel: Kernel) -> tuple[list[Indices], list[FloatArray]]:
    """Indices and weights of the neighbours along one axis."""
    first = np.floor(at)
    t = at - first
    if kernel is Kernel.BILINEAR:
        offsets, weights = [0, 1], [1.0 - t, t]
    else:
        offsets = [-1, 0, 1, 2]
        weights = [
            ((-0.5 * t + 1.0) * t - 0.5) * t,
            (1.5 * t - 2.5) * t * t + 1.0,
            ((-1.5 * t + 2.0) * t + 0.5) * t,
            (0.5 * t - 0.5) * t * t,
        ]
    indices = [np.clip(first + offset, 0, cells - 1).astype(np.intp) for offset in offsets]
    return indices, weights

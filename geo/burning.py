"""Polygons burnt into a grid: the cells they touch, and the cells whose middle they contain.

Both rules depend on the cell alone, so that the pieces of a picture fit.  A polygon is its area with its holes; where
polygons overlap, they count together.
"""

import numpy as np
import numpy.typing as npt
import shapely

from geo.grid import FloatArray, Grid

Mask = npt.NDArray[np.bool_]
Geometries = npt.NDArray[np.object_]
Indices = npt.NDArray[np.int64]


def centred(polygons: Geometries, grid: Grid) -> Mask:
    """The cells whose middle lies inside, of shape ``(height, width)``.

    A middle exactly on an edge counts to the polygon that lies east or south of it, so that neighbours never share
    one.  ``polygons`` are (multi)polygons in the reference system of the grid.
    """
    return _inside(*_edges(polygons, grid), grid)


def touched(polygons: Geometries, grid: Grid) -> Mask:
    """The cells that a polygon reaches into: those of ``centred`` and those its outline passes through."""
    start, end = _edges(polygons, grid)
    return _inside(start, end, grid) | _passed(start, end, grid)


def _inside(start: FloatArray, end: FloatArray, grid: Grid) -> Mask:
    """Winding number by rows: each edge changes it for all cells to its right."""
    height, width = grid.height, grid.width
    turn = np.where(end[:, 1] > start[:, 1], 1, -1)
    upper, lower = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
    edge, row = _rows(np.ceil(upper - 0.5), np.ceil(lower - 0.5), height)
    along = (row + 0.5 - start[edge, 1]) / (end[edge, 1] - start[edge, 1])
    x = start[edge, 0] + along * (end[edge, 0] - start[edge, 0])
    column = np.clip(np.ceil(x - 0.5), 0, width).astype(np.int64)
    inside: Mask = _summed(row * (width + 1) + column, turn[edge], grid) != 0
    return inside


def _passed(start: FloatArray, end: FloatArray, grid: Grid) -> Mask:
    """In every row an edge passes through, all cells between where it enters and where it leaves."""
    height, width = grid.height, grid.width
    upper, lower = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
    first = np.floor(upper)
    edge, row = _rows(first, np.maximum(np.ceil(lower), first + 1), height)
    rise = end[edge, 1] - start[edge, 1]
    level = rise == 0
    per_row = (end[edge, 0] - start[edge, 0]) / np.where(level, 1.0, rise)

    def x_at(y: FloatArray) -> FloatArray:
        within: FloatArray = np.clip(y, upper[edge], lower[edge])
        x: FloatArray = start[edge, 0] + (within - start[edge, 1]) * per_row
        return x

    y = row.astype(np.float64)
    here = np.where(level, start[edge, 0], x_at(y))
    there = np.where(level, end[edge, 0], x_at(y + 1.0))
    low, high = np.minimum(here, there), np.maximum(here, there)
    column = np.floor(low)
    beyond = np.maximum(np.ceil(high), column + 1)
    within = (beyond > 0) & (column < width)
    line = row[within] * (width + 1)
    enters = line + np.clip(column[within], 0, width).astype(np.int64)
    leaves = line + np.clip(beyond[within], 0, width).astype(np.int64)
    steps = np.concatenate([np.ones(enters.size, np.int64), np.full(leaves.size, -1, np.int64)])
    passed: Mask = _summed(np.concatenate([enters, leaves]), steps, grid) > 0
    return passed


def _edges(polygons: Geometries, grid: Grid) -> tuple[FloatArray, FloatArray]:
    """Start and end of every edge in columns and rows of the grid; outlines one way round, holes the other."""
    parts = shapely.get_parts(np.asarray(polygons, dtype=object))
    parts = parts[~shapely.is_empty(parts)]
    rings = shapely.get_rings(shapely.orient_polygons(parts, exterior_cw=False)) if parts.size else parts
    points, ring = shapely.get_coordinates(rings, return_index=True)
    left, _, _, top = grid.bounds
    size_x, size_y = grid.resolution
    cells = np.column_stack([(points[:, 0] - left) / size_x, (top - points[:, 1]) / size_y])
    joined = ring[1:] == ring[:-1]
    return cells[:-1][joined], cells[1:][joined]


def _rows(first: FloatArray, beyond: FloatArray, height: int) -> tuple[Indices, Indices]:
    """Which edge and which row, for every row of every edge, from ``first`` on and before ``beyond``."""
    first, beyond = np.clip(first, 0, height), np.clip(beyond, 0, height)
    count = np.maximum(beyond - first, 0).astype(np.int64)
    edge = np.repeat(np.arange(first.size), count)
    begins = np.cumsum(count) - count
    return edge, np.arange(edge.size) - begins[edge] + first[edge].astype(np.int64)


def _summed(at: Indices, steps: Indices, grid: Grid) -> Indices:
    """The running sum along each row of ``steps`` put at cells of a grid one column wider."""
    height, width = grid.height, grid.width
    found = np.bincount(at, weights=steps, minlength=height * (width + 1)).astype(np.int32)
    return np.cumsum(found.reshape(height, width + 1), axis=1)[:, :width]

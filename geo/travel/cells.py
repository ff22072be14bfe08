"""Areas along lines, made of square cells: quick for a thousand kilometres of roads, exact in what they leave out."""

import numpy as np
import shapely
from scipy.ndimage import binary_dilation, label
from shapely.geometry.base import BaseGeometry

from geo.routing._compiled import kernel
from geo.routing.graph import FloatArray, Int32Array, Int64Array, Mask

type Lines = tuple[FloatArray, Int64Array]
"""Points of shape ``(points, 2)``, and where each line's begin, with their number behind the last."""


def covering(inside: Lines, outside: Lines, cell_m: float) -> BaseGeometry:
    """The cells that the lines ``inside`` pass through and those next to them, but none that ``outside`` does.

    An area in the plane of the lines: a polygon or several, with holes, of whole cells; where two cells meet at a
    corner only, one is left out.  Empty where there are no lines.  Lines ``outside`` may be anywhere.
    """
    points, _ = inside
    if not len(points):
        return shapely.Polygon()
    low = np.floor(points.min(axis=0) / cell_m) - 2
    width, height = (np.floor(points.max(axis=0) / cell_m) + 3 - low).astype(np.int64).tolist()
    mask = np.zeros((height, width), np.bool_)
    _burn(points / cell_m - low, inside[1], True, mask)
    mask = binary_dilation(mask, np.ones((3, 3), bool))
    _burn(outside[0] / cell_m - low, outside[1], False, mask)
    _part_corners(mask)
    return _polygons(mask, low, cell_m)


def _part_corners(mask: Mask) -> None:
    """Leaves out cells until none meet at a corner only: an outline that touched itself there would be invalid."""
    while True:
        a, b, c, d = mask[:-1, :-1], mask[:-1, 1:], mask[1:, :-1], mask[1:, 1:]
        falling, rising = a & d & ~b & ~c, b & c & ~a & ~d
        if not (falling.any() or rising.any()):
            return
        mask[:-1, :-1] &= ~falling
        mask[:-1, 1:] &= ~rising


def _polygons(mask: Mask, low: FloatArray, cell_m: float) -> BaseGeometry:
    labels, count = label(mask)
    if count == 0:
        return shapely.Polygon()
    corners, first, owner, is_shell = _rings(mask, labels.astype(np.int32))
    rings = shapely.linearrings((corners + low) * cell_m, indices=np.repeat(np.arange(len(owner)), np.diff(first)))
    shells = np.flatnonzero(is_shell)
    holes: dict[int, list[int]] = {}
    for ring in np.flatnonzero(~is_shell).tolist():
        holes.setdefault(int(owner[ring]), []).append(ring)
    found = [
        shapely.Polygon(rings[shell], [rings[each] for each in holes.get(int(owner[shell]), ())]) for shell in shells
    ]
    return found[0] if len(found) == 1 else shapely.MultiPolygon(found)


@kernel
def _burn(points: FloatArray, first: Int64Array, value: bool, mask: Mask) -> None:
    """Sets every cell that a line passes through; ``points`` in cells (Amanatides, Woo 1987)."""
    height, width = mask.shape
    for line in range(len(first) - 1):
        for place in range(first[line], first[line + 1] - 1):
            x, y = points[place]
            end_x, end_y = points[place + 1]
            if max(x, end_x) < 0 or max(y, end_y) < 0 or min(x, end_x) >= width or min(y, end_y) >= height:
                continue
            column, row = int(np.floor(x)), int(np.floor(y))
            last_column, last_row = int(np.floor(end_x)), int(np.floor(end_y))
            across, along = end_x - x, end_y - y
            step_x, step_y = (1 if across > 0 else -1), (1 if along > 0 else -1)
            next_x = np.inf if across == 0 else (column + (step_x > 0) - x) / across
            next_y = np.inf if along == 0 else (row + (step_y > 0) - y) / along
            steps = abs(last_column - column) + abs(last_row - row)
            for step in range(steps + 1):
                if 0 <= row < height and 0 <= column < width:
                    mask[row, column] = value
                if step == steps:
                    break
                # On the last row or column only the other one is left to go.
                if column != last_column and (row == last_row or next_x < next_y):
                    column += step_x
                    next_x += step_x / across
                else:
                    row += step_y
                    next_y += step_y / along


@kernel
def _rings(mask: Mask, labels: Int32Array) -> tuple[FloatArray, Int64Array, Int32Array, Mask]:
    """Outlines with the inside to their left: corners, where each ring's begin, whose it is, and whether it is a shell.

    No two cells meet at a corner only.
    """
    height, width = mask.shape
    # Ways out of each corner, by direction: east, north, west, south.
    ways = np.zeros((height + 1, width + 1, 4), np.bool_)
    edges = 0
    for row in range(height):
        for column in range(width):
            if mask[row, column]:
                if row == 0 or not mask[row - 1, column]:
                    ways[row, column, 0] = True
                    edges += 1
                if column == width - 1 or not mask[row, column + 1]:
                    ways[row, column + 1, 1] = True
                    edges += 1
                if row == height - 1 or not mask[row + 1, column]:
                    ways[row + 1, column + 1, 2] = True
                    edges += 1
                if column == 0 or not mask[row, column - 1]:
                    ways[row + 1, column, 3] = True
                    edges += 1
    corners = np.empty((2 * edges + 1, 2), np.float64)
    first = np.zeros(edges // 4 + 2, np.int64)
    owner = np.empty(edges // 4 + 1, np.int32)
    is_shell = np.empty(edges // 4 + 1, np.bool_)
    count, rings = 0, 0
    for row in range(height + 1):
        for column in range(width + 1):
            for start in (0, 2):  # every outline has a part that goes east, and one west
                if not ways[row, column, start]:
                    continue
                here_row, here_column, direction = row, column, start
                inner = labels[row, column] if start == 0 else labels[row - 1, column - 1]
                doubled = 0.0
                begin = count
                before = -1
                while ways[here_row, here_column, direction]:
                    ways[here_row, here_column, direction] = False
                    if direction != before:
                        corners[count, 0], corners[count, 1] = here_column, here_row
                        count += 1
                    next_row = here_row + (1 if direction == 1 else -1 if direction == 3 else 0)
                    next_column = here_column + (1 if direction == 0 else -1 if direction == 2 else 0)
                    doubled += here_column * next_row - next_column * here_row
                    here_row, here_column, before = next_row, next_column, direction
                    for turn in (0, 1, 3):  # straight on, to the left, to the right
                        if ways[here_row, here_column, (before + turn) % 4]:
                            direction = (before + turn) % 4
                            break
                corners[count] = corners[begin]
                count += 1
                owner[rings] = inner
                is_shell[rings] = doubled > 0
                rings += 1
                first[rings] = count
    return corners[:count].copy(), first[: rings + 1].copy(), owner[:rings].copy(), is_shell[:rings].copy()

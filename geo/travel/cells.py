"""Areas along roads, made of square cells: when each is reached, and when all the roads in it are.

Quick for a thousand kilometres of roads and as many times as are asked for, and exact in what they leave out.
"""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from geo.routing._compiled import Number, inlined, kernel
from geo.routing.graph import FloatArray, Int32Array, Int64Array, Mask
from geo.travel.outlines import Outlines, outlines

MOST_CELLS = 4_000_000
"""Where there would be more, the cells are larger."""
LARGEST_BLOCK_M = 200.0
"""A block is part of an area where roads of it go all round it, it is no larger either way, and no other road is in it:
then nothing in it is farther than 100 m from where one gets.
"""


class TimedLines(NamedTuple):
    """Lines, and when their points are reached.

    points, first:
        Points of shape ``(points, 2)``, in a plane, and where each line's begin, with their number behind the last.
    counts:
        ``(lines,)``: those that can be reached.  Others may lie beside one that is, but not in a block that is filled.
    part, low, high, at_low, at_high:
        Where the parts of each line begin among the parts that are reached, with their number behind the last; from and
        to which share of its length each goes; when its ends are reached, between which time runs evenly.  Parts of a
        line are in the order of place and do not overlap.
    """

    points: FloatArray
    first: Int64Array
    counts: Mask
    part: Int64Array
    low: FloatArray
    high: FloatArray
    at_low: FloatArray
    at_high: FloatArray


@dataclass(frozen=True, eq=False)
class TimedCells:
    """Cells over all that is reached, by row (northwards) and column (eastwards).

    origin, cell_m:
        The corner of the first cell, in cells from that of the plane; how long their sides are.
    reached, blocked:
        When a line is first reached in the cell or one next to it, and until when some line in it is not (for good:
        infinity).
    others:
        Whether a line passes through it that does not count.
    """

    origin: FloatArray
    cell_m: float
    reached: np.ndarray[tuple[int, int], np.dtype[np.float32]]
    blocked: np.ndarray[tuple[int, int], np.dtype[np.float32]]
    others: Mask

    @classmethod
    def of(cls, lines: TimedLines, within: tuple[float, float, float, float], cell_m: float) -> Self:
        """The cells of a box (west, south, east, north), and two more all around.

        Where they would be more than ``MOST_CELLS`` they are larger, by a whole number of times.
        """
        west, south, east, north = within
        cell_m *= max(1, int(np.ceil(np.sqrt((east - west) * (north - south) / MOST_CELLS) / cell_m)))
        origin = np.floor(np.array([west, south]) / cell_m) - 2
        width, height = (np.floor(np.array([east, north]) / cell_m) + 3 - origin).astype(np.int64).tolist()
        reached = np.full((height, width), np.inf, np.float32)
        blocked = np.zeros((height, width), np.float32)
        others = np.zeros((height, width), np.bool_)
        _burn(lines._replace(points=lines.points / cell_m - origin), reached, blocked, others)
        _spread(reached)
        return cls(origin, cell_m, reached, blocked, others)

    def area(self, at: float) -> Outlines:
        """The cells that are reached, or next to one that is, and in which no line is unreached at a time, inclusive.

        With the blocks between them, see ``LARGEST_BLOCK_M``.  Where two cells would meet at a corner only, one is left
        out.
        """
        open_ = self.blocked <= at
        mask = (self.reached <= at) & open_
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if not len(rows):
            return outlines(np.zeros((0, 0), np.bool_), self.origin, self.cell_m)
        part = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        window = mask[part].copy()
        _fill(window, open_[part] & ~self.others[part], int(LARGEST_BLOCK_M / self.cell_m))
        return outlines(window, self.origin + np.array([columns[0], rows[0]]), self.cell_m)


class _Runs(NamedTuple):
    """Cells in a row, from a column to another, the last exclusive; ``known`` is an earlier run of the same block.

    Of the first run of a block: its lowest and highest column, its last row, whether all of it may be set.
    """

    row: Int32Array
    start: Int32Array
    end: Int32Array
    known: Int32Array
    left: Int32Array
    right: Int32Array
    bottom: Int32Array
    fits: Mask


@kernel
def _fill(mask: Mask, may: Mask, most: int) -> None:
    """Sets what is enclosed and no more than ``most`` cells high and wide, where all of it may be set.

    What is not set is taken run by run along the rows; those that touch are of one block (Hoshen, Kopelman 1976).
    """
    height, width = mask.shape
    room = height * (width // 2 + 1)
    row_of, start, end = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int32)
    known, left, right = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int32)
    runs = _Runs(row_of, start, end, known, left, right, np.empty(room, np.int32), np.empty(room, np.bool_))
    count, above, row_begins = 0, 0, 0
    for row in range(height):
        above, above_ends, row_begins = row_begins, count, count
        column = 0
        while column < width:
            if mask[row, column]:
                column += 1
                continue
            begin, fits = column, 0 < row < height - 1 and column > 0
            while column < width and not mask[row, column]:
                fits &= may[row, column]
                column += 1
            row_of[count], start[count], end[count], known[count] = row, begin, column, count
            left[count], right[count] = begin, column - 1
            runs.bottom[count], runs.fits[count] = row, fits and column < width
            while above < above_ends and end[above] <= begin:
                above += 1
            other = above
            while other < above_ends and start[other] < column:
                _unite(runs, other, count)
                other += 1
            count += 1
    for run in range(count):
        block = _first_of(known, run)
        narrow = right[block] - left[block] < most and runs.bottom[block] - row_of[block] < most
        if runs.fits[block] and narrow:
            mask[row_of[run], start[run] : end[run]] = True


@inlined
def _first_of(known: Int32Array, run: Number) -> Number:
    while known[run] != run:
        known[run] = known[known[run]]
        run = known[run]
    return run


@kernel
def _unite(runs: _Runs, one: int, other: int) -> None:
    first, second = _first_of(runs.known, one), _first_of(runs.known, other)
    if first == second:
        return
    first, second = min(first, second), max(first, second)
    runs.known[second] = first
    runs.left[first] = min(runs.left[first], runs.left[second])
    runs.right[first] = max(runs.right[first], runs.right[second])
    runs.bottom[first] = max(runs.bottom[first], runs.bottom[second])
    runs.fits[first] &= runs.fits[second]


@kernel
def _spread(cells: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> None:
    """Makes each cell the least of it and the eight around it."""
    height, width = cells.shape
    rows = np.empty((3, width), np.float32)  # the least of three cells in a row: of the row before, this one, the next
    _across(cells[0], rows[1])
    rows[0] = rows[1]
    for row in range(height):
        before, here, behind = rows[row % 3], rows[(row + 1) % 3], rows[(row + 2) % 3]
        _across(cells[min(row + 1, height - 1)], behind)
        for column in range(width):
            cells[row, column] = min(before[column], here[column], behind[column])


@inlined
def _across(
    cells: np.ndarray[tuple[int], np.dtype[np.float32]], least: np.ndarray[tuple[int], np.dtype[np.float32]]
) -> None:
    """Into ``least``: of each cell and the two beside it."""
    last = len(cells) - 1
    least[0], least[last] = min(cells[0], cells[1]), min(cells[last - 1], cells[last])
    for column in range(1, last):
        least[column] = min(cells[column - 1], cells[column], cells[column + 1])


@kernel
def _burn(
    lines: TimedLines,
    reached: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    blocked: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    others: Mask,
) -> None:
    """Into every cell that a line passes: when it is reached there; ``points`` in cells (Amanatides, Woo 1987)."""
    height, width = reached.shape
    points = lines.points
    for line in range(len(lines.first) - 1):
        begin, end = lines.first[line], lines.first[line + 1] - 1
        meets = False
        for place in range(begin, end):
            (x, y), (end_x, end_y) = points[place], points[place + 1]
            meets |= _may_meet(x, y, end_x, end_y, width, height)
        if not meets:
            continue
        length = 0.0
        for place in range(begin, end):
            length += np.hypot(points[place + 1, 0] - points[place, 0], points[place + 1, 1] - points[place, 1])
        if length == 0.0:
            continue
        passed = 0.0
        for place in range(begin, end):
            (x, y), (end_x, end_y) = points[place], points[place + 1]
            across, along = end_x - x, end_y - y
            share = np.hypot(across, along) / length
            if _may_meet(x, y, end_x, end_y, width, height):
                column, row = int(np.floor(x)), int(np.floor(y))
                last_column, last_row = int(np.floor(end_x)), int(np.floor(end_y))
                step_x, step_y = (1 if across > 0 else -1), (1 if along > 0 else -1)
                next_x = np.inf if across == 0 else (column + (step_x > 0) - x) / across
                next_y = np.inf if along == 0 else (row + (step_y > 0) - y) / along
                steps = abs(last_column - column) + abs(last_row - row)
                entered = 0.0
                for step in range(steps + 1):
                    # On the last row or column only the other one is left to go.
                    sideways = column != last_column and (row == last_row or next_x < next_y)
                    left = 1.0 if step == steps else min(1.0, next_x if sideways else next_y)
                    if not lines.counts[line] and 0 <= row < height and 0 <= column < width:
                        others[row, column] = True
                    elif 0 <= row < height and 0 <= column < width:
                        soonest, latest = _times(lines, line, passed + share * entered, passed + share * left)
                        reached[row, column] = min(reached[row, column], np.float32(soonest))
                        blocked[row, column] = max(blocked[row, column], np.float32(latest))
                    entered = max(entered, left)
                    if sideways:
                        column += step_x
                        next_x += step_x / across
                    else:
                        row += step_y
                        if along != 0:
                            next_y += step_y / along
            passed += share


@inlined
def _may_meet(x: float, y: float, end_x: float, end_y: float, width: int, height: int) -> bool:
    """Whether the box of a piece of line meets the cells."""
    return max(x, end_x) >= 0 and max(y, end_y) >= 0 and min(x, end_x) < width and min(y, end_y) < height


@inlined
def _times(lines: TimedLines, line: Number, low: float, high: float) -> tuple[float, float]:
    """When the first and when the last point between two shares of a line is reached."""
    soonest, latest, done = np.inf, 0.0, low
    for part in range(lines.part[line], lines.part[line + 1]):
        if lines.high[part] < low or lines.low[part] > high:
            continue
        if lines.low[part] > done + 1e-9:
            latest = np.inf
        length = lines.high[part] - lines.low[part]
        pace = (lines.at_high[part] - lines.at_low[part]) / length if length > 0 else 0.0
        for share in (max(low, lines.low[part]), min(high, lines.high[part])):
            at = lines.at_low[part] + pace * (share - lines.low[part])
            soonest, latest = min(soonest, at), max(latest, at)
        done = lines.high[part]
    if done < high - 1e-9:
        latest = np.inf
    return soonest, latest

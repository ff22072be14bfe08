"""Parts of lines, by shares of their length."""

import numpy as np

from geo.routing._compiled import kernel
from geo.routing.graph import FloatArray, Int32Array, Int64Array


def part(points: FloatArray, first: float, last: float) -> FloatArray:
    """The part of a line between two shares of its length (0 to 1), with its ends.

    ``points`` of shape ``(points, 2)``, in a plane or of so small an extent that lengths along it are comparable.
    """
    if first <= 0.0 and last >= 1.0:
        return points
    reached = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    ends = np.array([first, last]) * reached[-1]
    inner = (reached > ends[0]) & (reached < ends[1])
    along = np.concatenate([ends[:1], reached[inner], ends[1:]])
    return np.column_stack([np.interp(along, reached, points[:, 0]), np.interp(along, reached, points[:, 1])])


@kernel
def parts(
    points: FloatArray, first: Int64Array, of: Int32Array, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, Int64Array]:
    """The same of many lines at once: their points, and where those of each part begin, with their number behind.

    The points of line ``i`` are ``points[first[i]:first[i + 1]]``; part ``j`` is of line ``of[j]``.
    """
    room = 0
    for line in of:
        room += first[line + 1] - first[line] + 2
    found, begin, count = np.empty((room, 2), np.float64), np.zeros(len(of) + 1, np.int64), 0
    for each in range(len(of)):
        start, end = first[of[each]], first[of[each] + 1] - 1
        length = 0.0
        for place in range(start, end):
            length += np.hypot(points[place + 1, 0] - points[place, 0], points[place + 1, 1] - points[place, 1])
        begins, ends, passed = low[each] * length, high[each] * length, 0.0
        is_open = False
        for place in range(start, end):
            step = np.hypot(points[place + 1, 0] - points[place, 0], points[place + 1, 1] - points[place, 1])
            behind = length if place == end - 1 else passed + step
            if step > 0 and behind >= begins and not is_open:
                found[count] = points[place] + (points[place + 1] - points[place]) * ((begins - passed) / step)
                count += 1
                is_open = True
            if is_open and (behind >= ends or place == end - 1):
                share = min((ends - passed) / step, 1.0) if step > 0 else 1.0
                found[count] = points[place] + (points[place + 1] - points[place]) * share
                count += 1
                break
            if is_open:
                found[count] = points[place + 1]
                count += 1
            passed = behind
        begin[each + 1] = count
    return found[:count].copy(), begin

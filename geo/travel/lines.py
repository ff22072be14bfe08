"""Parts of lines, by shares of their length."""

import numpy as np

from geo.routing._compiled import Number, inlined, kernel
from geo.routing.graph import FloatArray, Int32Array, Int64Array, Mask


@kernel
def parts(
    points: FloatArray, first: Int64Array, of: Int32Array, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, Int64Array]:
    """Parts of many lines between two shares of their lengths (0 to 1), with their ends: their points, and where those
    of each part begin, with their number behind.

    The points of line ``i`` are ``points[first[i]:first[i + 1]]``, in a plane; part ``j`` is of line ``of[j]``.
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


@kernel
def joined(
    lon: FloatArray,
    lat: FloatArray,
    first: Int64Array,
    of: Int32Array,
    along: Mask,
    low: FloatArray,
    high: FloatArray,
) -> FloatArray:
    """One line of parts of many, each of which ends where the next begins: ``(points, 2)``, longitude and latitude.

    Line ``i`` has the points ``first[i]`` to ``first[i + 1]``; part ``j`` is of line ``of[j]``, ``along`` it or back,
    between two shares of its length in that direction.
    """
    room = 1
    for line in of:
        room += first[line + 1] - first[line] + 1
    found = np.empty((room, 2), np.float64)
    count: Number = 0
    for each in range(len(of)):
        start, behind = first[of[each]], first[of[each] + 1] - 1
        begin, end, step = (start, behind, 1) if along[each] else (behind, start, -1)
        level = np.cos(np.radians(lat[begin]))
        length, passed = 0.0, 0.0
        for here in range(begin, end, step):
            length += np.hypot((lon[here + step] - lon[here]) * level, lat[here + step] - lat[here])
        begins, ends, waits = low[each] * length, high[each] * length, each == 0
        for here in range(begin, end, step):
            there = here + step
            size = np.hypot((lon[there] - lon[here]) * level, lat[there] - lat[here])
            reached, last = passed + size, there == end
            if waits and (reached >= begins or last):
                count = _between(lon, lat, here, there, begins - passed, size, found, count)
                waits = False
            if reached >= ends or last:
                count = _between(lon, lat, here, there, ends - passed, size, found, count)
                break
            if reached > begins:
                count = _between(lon, lat, here, there, size, size, found, count)
            passed = reached
    return found[:count].copy()


@inlined
def _between(
    lon: FloatArray,
    lat: FloatArray,
    here: Number,
    there: Number,
    passed: float,
    size: float,
    found: FloatArray,
    count: Number,
) -> Number:
    """Puts down the point that is so far on the way of this size from one to another."""
    share = min(passed / size, 1.0) if size > 0 else 1.0
    found[count, 0] = lon[here] + share * (lon[there] - lon[here])
    found[count, 1] = lat[here] + share * (lat[there] - lat[here])
    return count + 1

"""When a place is reached first, where parts of lines are reached on several ways."""

import numpy as np

from geo.routing._compiled import Number, inlined, kernel
from geo.routing.graph import FloatArray, Int32Array, Int64Array, Mask


@kernel
def sorted_by(of: Int32Array, kept: Mask, lines: int) -> Int64Array:
    """The parts that are kept, line by line, of each in their order; ``of`` is less than ``lines``."""
    place = np.zeros(lines + 1, np.int64)
    for part in range(len(of)):
        if kept[part]:
            place[of[part] + 1] += 1
    place = np.cumsum(place)
    found = np.empty(place[lines], np.int64)
    for part in range(len(of)):
        if kept[part]:
            found[place[of[part]]] = part
            place[of[part]] += 1
    return found


@kernel
def earliest(
    of: Int32Array, low: FloatArray, high: FloatArray, at_low: FloatArray, at_high: FloatArray
) -> tuple[Int32Array, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Parts of lines out of such as overlap: between two places where some begin, end or are equal, the earliest.

    of:
        ``(parts,)`` the line each is of, ascending.
    low, high:
        From and to which share of its length, which is more.
    at_low, at_high:
        When these two places are reached; between them time runs evenly.

    The same columns are given back, in the order of lines and places.
    """
    room, most, first = 0, 0, 0
    for behind in range(1, len(of) + 1):
        if behind == len(of) or of[behind] != of[first]:
            count = behind - first
            room += 2 * count + count * (count - 1) // 2
            most = max(most, count)
            first = behind
    pace, at_zero = np.empty(most, np.float64), np.empty(most, np.float64)
    cuts = np.empty(2 * most + most * (most - 1) // 2, np.float64)
    line, values, found = np.empty(room, np.int32), np.empty((4, room), np.float64), 0
    first = 0
    for behind in range(1, len(of) + 1):
        if behind < len(of) and of[behind] == of[first]:
            continue
        count = behind - first
        size: Number = 0
        for each in range(count):
            part = first + each
            pace[each] = (at_high[part] - at_low[part]) / (high[part] - low[part])
            at_zero[each] = at_low[part] - pace[each] * low[part]
            size = _insert(cuts, size, low[part])
            size = _insert(cuts, size, high[part])
            for other in range(each):
                if pace[each] != pace[other]:
                    where = (at_zero[other] - at_zero[each]) / (pace[each] - pace[other])
                    if 0.0 < where < 1.0:
                        size = _insert(cuts, size, where)
        for place in range(size - 1):
            begin, end = cuts[place], cuts[place + 1]
            if end - begin <= 1e-12:
                continue
            best, soonest = -1, np.inf
            for each in range(count):
                if low[first + each] <= begin and end <= high[first + each]:
                    at = at_zero[each] + pace[each] * (begin + end) / 2
                    if at < soonest:
                        best, soonest = each, at
            if best >= 0:
                line[found] = of[first]
                values[0, found], values[1, found] = begin, end
                values[2, found] = at_zero[best] + pace[best] * begin
                values[3, found] = at_zero[best] + pace[best] * end
                found += 1
        first = behind
    kept = values[:, :found]
    return line[:found].copy(), kept[0].copy(), kept[1].copy(), kept[2].copy(), kept[3].copy()


@inlined
def _insert(ascending: FloatArray, size: Number, value: float) -> Number:
    """Puts a value among so many in their order; how many there are then.  Lines have few parts: sorting costs more."""
    place = size
    while place > 0 and ascending[place - 1] > value:
        ascending[place] = ascending[place - 1]
        place -= 1
    ascending[place] = value
    return size + 1

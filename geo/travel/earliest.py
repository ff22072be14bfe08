"""When a place is reached first, where parts of lines are reached on several ways."""

import numpy as np

from geo.routing._compiled import kernel
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
    room, first = 0, 0
    for behind in range(1, len(of) + 1):
        if behind == len(of) or of[behind] != of[first]:
            count = behind - first
            room += 2 * count + count * (count - 1) // 2
            first = behind
    line, values, found = np.empty(room, np.int32), np.empty((4, room), np.float64), 0
    first = 0
    for behind in range(1, len(of) + 1):
        if behind < len(of) and of[behind] == of[first]:
            continue
        count = behind - first
        pace = (at_high[first:behind] - at_low[first:behind]) / (high[first:behind] - low[first:behind])
        at_zero = at_low[first:behind] - pace * low[first:behind]
        cuts = np.empty(2 * count + count * (count - 1) // 2, np.float64)
        size = 0
        for each in range(count):
            cuts[size], cuts[size + 1] = low[first + each], high[first + each]
            size += 2
            for other in range(each):
                if pace[each] != pace[other]:
                    where = (at_zero[other] - at_zero[each]) / (pace[each] - pace[other])
                    if 0.0 < where < 1.0:
                        cuts[size] = where
                        size += 1
        cuts = np.sort(cuts[:size])
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

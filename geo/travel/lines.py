"""Parts of lines, by shares of their length."""

import numpy as np

from geo.routing.graph import FloatArray


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

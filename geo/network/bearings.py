"""Directions in which edges are left and entered, and the angles between them."""

import numpy as np
import numpy.typing as npt

from geo.network.model import RoadNetwork
from geo.routing.graph import FloatArray, Int64Array


def turn_angles(
    network: RoadNetwork,
    before: npt.ArrayLike,
    behind: npt.ArrayLike,
    known: tuple[FloatArray, FloatArray] | None = None,
) -> FloatArray:
    """By how many degrees one turns from each edge onto another: -180 to 180, left positive, 0 straight on.

    NaN where one of the two has no length and so no direction.  ``known`` are the ``bearings``, where they are at hand.
    """
    leaving, arriving = bearings(network) if known is None else known
    angle = leaving[np.asarray(behind)] - arriving[np.asarray(before)]
    turned: FloatArray = (angle + 180.0) % 360.0 - 180.0
    return turned


def bearings(network: RoadNetwork) -> tuple[FloatArray, FloatArray]:
    """Degrees counterclockwise from east at the start and at the end of each edge, in its direction.

    NaN where an edge has no length.
    """
    stretches = network.stretches
    if not len(stretches):
        return np.empty(0), np.empty(0)
    # At this scale a degree of longitude is one of latitude times the cosine, which keeps angles to 0.1 degrees.
    east = np.diff(stretches.point_lon) * np.cos(np.radians(stretches.point_lat[:-1]))
    north = np.diff(stretches.point_lat)
    bearing = np.degrees(np.arctan2(north, east))
    first, last = _moving(stretches.first_point, (east != 0) | (north != 0))
    start = np.where(first >= 0, bearing[first], np.nan)[network.stretch]
    end = np.where(last >= 0, bearing[last], np.nan)[network.stretch]
    return np.where(network.along, start, end + 180.0), np.where(network.along, end, start + 180.0)


def _moving(first_point: Int64Array, moves: npt.NDArray[np.bool_]) -> tuple[Int64Array, Int64Array]:
    """The first and last segment of each stretch that has a length, -1 where none has."""
    moves = moves.copy()
    moves[first_point[1:-1] - 1] = False  # from the end of one stretch to the start of the next
    number = np.arange(len(moves))
    first = np.minimum.reduceat(np.where(moves, number, len(moves)), first_point[:-1])
    last = np.maximum.reduceat(np.where(moves, number, -1), first_point[:-1])
    return np.where(last >= 0, first, -1), last

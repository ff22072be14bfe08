"""Geometries that many small shapes are held against: points of questions, short lines."""

from collections.abc import Sequence
from threading import Lock

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.routing.graph import Int64Array


class ShapeIndex:
    """An area is prepared when it is first asked about: after that a point takes some microseconds.

    Those that are None are met by nothing.  Safe to use from several threads.
    """

    def __init__(self, shapes: Sequence[BaseGeometry | None]) -> None:
        self._shapes = np.array(shapes, np.object_)
        shapely.prepare(self._shapes)
        self._tree = shapely.STRtree(self._shapes)
        self._lock = Lock()  # GEOS prepares while it is asked

    def meeting(self, shape: BaseGeometry) -> list[int]:
        """The numbers of those that a shape touches, in ascending order."""
        near: Int64Array = self._tree.query(_only(shape))[1]
        if not len(near):
            return []
        with self._lock:
            met = shapely.intersects(self._shapes[near], shape)
        return sorted(near[met].tolist())


def _only(shape: BaseGeometry) -> npt.NDArray[np.object_]:
    """As an array, of which the tree asks no more: what it does to one alone takes longer than to look for it."""
    found = np.empty(1, np.object_)
    found[0] = shape
    return found

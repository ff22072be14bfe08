"""Geometries that many small shapes are held against: points of questions, short lines."""

from collections.abc import Sequence
from threading import Lock

import numpy as np
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

    def meeting(self, shape: BaseGeometry) -> Int64Array:
        """The numbers of those that a shape touches, in ascending order."""
        near: Int64Array = self._tree.query(shape)
        if not len(near):
            return near
        with self._lock:
            met = shapely.intersects(self._shapes[near], shape)
        return np.sort(near[met])

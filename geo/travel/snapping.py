"""Places put on the network: onto the stretches nearest to them, with the side they lie on."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE, transform_xy
from geo.errors import InputError
from geo.network.model import RoadNetwork
from geo.routing.graph import FloatArray, Int64Array, Mask

_FIRST_REACH_M = 60.0
_WIDER = 4.0


@dataclass(frozen=True, slots=True)
class Snap:
    """A place on the network.

    stretch, share:
        The stretch, and how much of its length lies before the place, along its way (0 to 1).
    distance_m:
        From the place that was asked for.
    lon, lat:
        EPSG:6668, degrees, on the stretch.
    left:
        Whether the place asked for lies on the left of the stretch, seen along its way.
    bearing_deg:
        Of the stretch along its way, clockwise from north, where the place is.
    """

    stretch: int
    share: float
    distance_m: float
    lon: float
    lat: float
    left: bool
    bearing_deg: float


class SnapIndex:
    """Finds the stretches near a place; built once for a network, asked by any number of threads."""

    def __init__(self, network: RoadNetwork) -> None:
        stretches = network.stretches
        x, y = transform_xy(stretches.point_lon, stretches.point_lat, STORAGE, network.plane)
        self._plane = network.plane
        self._points, self._first = np.column_stack([x, y]), stretches.first_point
        self._lines = _lines(self._points, self._first)
        self._tree = shapely.STRtree(self._lines)

    def near(self, lon: float, lat: float, usable: Mask, reach_m: float, most: int = 8) -> list[Snap]:
        """Up to ``most`` places on usable stretches within ``reach_m``, the nearest first; none where there is none.

        ``usable`` has shape ``(stretches,)``.  Of equally near ones the lower number comes first.

        Raises
        ------
        InputError
            If the position is not on the earth.
        """
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            raise InputError(f"{lon}, {lat} is no longitude and latitude.")
        x, y = (float(each) for each in transform_xy(lon, lat, STORAGE, self._plane))
        point = shapely.Point(x, y)
        reach = min(_FIRST_REACH_M, reach_m)
        while True:
            box = shapely.box(x - reach, y - reach, x + reach, y + reach)
            found = self._tree.query(box)
            found = np.sort(found[usable[found]])
            distance = shapely.distance(self._lines[found], point)
            within = distance <= reach  # beyond it something outside of the box could be nearer
            if np.count_nonzero(within) >= most or reach >= reach_m:
                order = np.argsort(distance[within], kind="stable")[:most]
                return [self._snap(int(stretch), point) for stretch in found[within][order]]
            reach = min(reach * _WIDER, reach_m)

    @cached_property
    def boxes(self) -> FloatArray:
        """``(stretches, 4)``: west, south, east and north of each, in the plane of the network."""
        found: FloatArray = shapely.bounds(self._lines)
        return found

    @property
    def lines(self) -> tuple[FloatArray, Int64Array]:
        """All stretches along their ways: points of shape ``(points, 2)`` in the plane of the network, and where those
        of each begin, with their number behind the last.
        """
        return self._points, self._first

    def points(self, stretch: int) -> FloatArray:
        """Points of a stretch along its way, of shape ``(points, 2)``, in the plane of the network."""
        return self._points[self._first[stretch] : self._first[stretch + 1]]

    def touching(self, area: BaseGeometry) -> Int64Array:
        """The stretches that an area touches; it is in the plane of the network, x before y."""
        found: Int64Array = np.sort(self._tree.query(area, predicate="intersects")).astype(np.int64)
        return found

    def touching_each(self, areas: npt.NDArray[np.object_]) -> list[Int64Array]:
        """By area the stretches that it touches, in the order of their numbers."""
        shapely.prepare(areas)
        which, stretch = self._tree.query(areas, predicate="intersects")
        stretch = stretch[np.lexsort((stretch, which))].astype(np.int64)
        return np.split(stretch, np.cumsum(np.bincount(which, minlength=len(areas))))[:-1]

    def distances(self, stretches: Int64Array, place: BaseGeometry) -> FloatArray:
        """Metres from a place, in the plane of the network, to each of these stretches."""
        found: FloatArray = shapely.distance(self._lines[stretches], place)
        return found

    def _snap(self, stretch: int, point: shapely.Point) -> Snap:
        line = self._lines[stretch]
        share = float(shapely.line_locate_point(line, point, normalized=True))
        there = shapely.line_interpolate_point(line, share, normalized=True)
        before, behind = _around(line, share)
        along_x, along_y = behind[0] - before[0], behind[1] - before[1]
        off_x, off_y = point.x - before[0], point.y - before[1]
        lon, lat = (float(each) for each in transform_xy(there.x, there.y, self._plane, STORAGE))
        return Snap(
            stretch=stretch,
            share=share,
            distance_m=float(shapely.distance(there, point)),
            lon=lon,
            lat=lat,
            left=bool(along_x * off_y - along_y * off_x > 0),
            bearing_deg=float(np.degrees(np.arctan2(along_x, along_y)) % 360),
        )


def _lines(points: FloatArray, first_point: Int64Array) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    owner = np.repeat(np.arange(len(first_point) - 1), np.diff(first_point))
    found: np.ndarray[tuple[int], np.dtype[np.object_]] = shapely.linestrings(points, indices=owner)
    return found


def _around(line: shapely.LineString, share: float) -> tuple[FloatArray, FloatArray]:
    """Ends of the piece of the line that a share of its length falls on, which has a length where any has."""
    points = shapely.get_coordinates(line)
    step = np.hypot(*np.diff(points, axis=0).T)
    behind = np.cumsum(step)
    proper = np.flatnonzero(step > 0)
    if not len(proper):
        return points[0], points[-1]
    piece = proper[min(int(np.searchsorted(behind[proper], share * behind[-1])), len(proper) - 1)]
    return points[piece], points[piece + 1]

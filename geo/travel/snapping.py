"""Places put on the network: onto the stretches nearest to them, with the side they lie on."""

from functools import cached_property
from math import atan2, degrees
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE, transform_xy
from geo.errors import InputError
from geo.network.model import RoadNetwork
from geo.routing.graph import FloatArray, Int32Array, Int64Array, Mask
from geo.travel.grid import Grid
from geo.travel.touching import Sides, is_simple, touching

type _Lines = np.ndarray[tuple[int], np.dtype[np.object_]]


class Snap(NamedTuple):
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


class Nearby(NamedTuple):
    """Many places on the network, each of shape ``(places,)``, as ``Snap`` has them; stretch -1 where no road is near.

    The share and the distance of such a place are of no road.
    """

    stretch: Int32Array
    share: FloatArray
    distance_m: FloatArray


class SnapIndex:
    """Finds the stretches near a place; built once for a network, asked by any number of threads."""

    def __init__(self, network: RoadNetwork) -> None:
        stretches = network.stretches
        x, y = transform_xy(stretches.point_lon, stretches.point_lat, STORAGE, network.plane)
        self._plane, self._stretches = network.plane, stretches
        self._points, self._first = np.column_stack([x, y]), stretches.first_point
        self._grid = Grid.of(self._points, self._first)
        self._before = _length_before(self._points, self._first)

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
        found = self._grid.nearest(x, y, usable, reach_m, most)
        columns = zip(*(column.tolist() for column in found), strict=True)
        return [self._snap(stretch, distance, piece, share, x, y) for stretch, distance, piece, share in columns]

    def near_each(self, lon: FloatArray, lat: FloatArray, usable: Mask, reach_m: float) -> Nearby:
        """Of each of many places the nearest usable stretch within ``reach_m``, the same as ``near`` finds first.

        Raises
        ------
        InputError
            If a position is not on the earth.
        """
        if not ((np.abs(lon) <= 180) & (np.abs(lat) <= 90)).all():
            raise InputError("Some positions are no longitude and latitude.")
        x, y = transform_xy(lon, lat, STORAGE, self._plane)
        found = self._grid.nearest_each(x, y, usable, reach_m)
        line = np.maximum(found.line, 0)  # where there is none, whatever comes out is of no road
        begins, ends = self._before[self._first[line]], self._before[self._first[line + 1] - 1]
        before, behind = self._before[found.point], self._before[found.point + 1]
        length = ends - begins
        share = (before + found.share * (behind - before) - begins) / np.where(length > 0, length, 1.0)
        return Nearby(found.line, np.where(length > 0, share, 0.0), found.distance)

    @cached_property
    def _lines(self) -> "_Lines":
        owner = np.repeat(np.arange(len(self._first) - 1), np.diff(self._first))
        found: _Lines = shapely.linestrings(self._points, indices=owner)
        return found

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._lines)

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
        simple = is_simple(areas)
        area, stretch = touching(self._grid, Sides.of(areas[simple]))
        which = np.flatnonzero(simple)[area]
        if not simple.all():
            others = areas[~simple]
            shapely.prepare(others)
            of, more = self._tree.query(others, predicate="intersects")
            which = np.concatenate([which, np.flatnonzero(~simple)[of]])
            stretch = np.concatenate([stretch, more.astype(np.int32)])
        ordered: Int64Array = stretch[np.lexsort((stretch, which))].astype(np.int64)
        return np.split(ordered, np.cumsum(np.bincount(which, minlength=len(areas))))[:-1]

    def distances(self, stretches: Int64Array, place: BaseGeometry) -> FloatArray:
        """Metres from a place, in the plane of the network, to each of these stretches."""
        found: FloatArray = shapely.distance(self._lines[stretches], place)
        return found

    def _snap(self, stretch: int, distance: float, piece: int, share: float, x: float, y: float) -> Snap:
        (from_x, from_y), (to_x, to_y) = self._points[piece : piece + 2].tolist()
        begins, before, behind = self._before[[self._first[stretch], piece, piece + 1]].tolist()
        length = self._before.item(int(self._first[stretch + 1]) - 1) - begins
        lon, further_lon = self._stretches.point_lon[piece : piece + 2].tolist()
        lat, further_lat = self._stretches.point_lat[piece : piece + 2].tolist()
        along_x, along_y = to_x - from_x, to_y - from_y
        return Snap(
            stretch=stretch,
            share=(before + share * (behind - before) - begins) / length if length > 0 else 0.0,
            distance_m=distance,
            lon=lon + share * (further_lon - lon),
            lat=lat + share * (further_lat - lat),
            left=along_x * (y - from_y) - along_y * (x - from_x) > 0,
            bearing_deg=degrees(atan2(along_x, along_y)) % 360,
        )


def _length_before(points: FloatArray, first_point: Int64Array) -> FloatArray:
    """``(points,)`` metres from the first point of all to each, without the ways from a line to the next."""
    step = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    step[first_point[:-1]] = 0.0
    found: FloatArray = np.cumsum(step)
    return found

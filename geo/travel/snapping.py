"""Places put on the network: onto the stretches nearest to them, with the side they lie on."""

from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE, transform_xy
from geo.errors import InputError
from geo.network.model import RoadNetwork
from geo.routing._compiled import brief
from geo.routing.graph import FloatArray, Int32Array, Int64Array, Mask
from geo.travel.grid import Grid, nearest
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
        x, y = transform_xy(float(lon), float(lat), STORAGE, self._plane)
        lines, stretches = (self._before, self._first), self._stretches
        found, columns = snapped(
            self._grid, *lines, stretches.point_lon, stretches.point_lat, usable, x, y, float(reach_m), most
        )
        return [
            Snap(stretch, share, distance_m, lon, lat, side > 0, bearing_deg % 360)
            for stretch, (share, distance_m, lon, lat, side, bearing_deg) in zip(
                found.tolist(), columns.tolist(), strict=True
            )
        ]

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


@brief
def snapped(
    grid: Grid,
    before: FloatArray,
    first: Int64Array,
    lon: FloatArray,
    lat: FloatArray,
    usable: Mask,
    x: float,
    y: float,
    reach_m: float,
    most: int,
) -> tuple[Int32Array, FloatArray]:
    """The stretches nearest to a place, and of each the further members of ``Snap`` in their order: on which side it
    is as a number that is positive on the left, and the bearing from -180 to 180.
    """
    count, line, distance, point, share = nearest(
        grid.points,
        grid.owner,
        grid.first,
        grid.pieces,
        grid.corner,
        grid.cell,
        grid.shape,
        usable,
        x,
        y,
        reach_m,
        most,
    )
    found = np.empty((count, 6))
    for each in range(count):
        here, along = point[each], share[each]
        there = here + 1
        begins = before[first[line[each]]]
        length = before[first[line[each] + 1] - 1] - begins
        passed = before[here] + along * (before[there] - before[here]) - begins
        east, north = grid.points[there, 0] - grid.points[here, 0], grid.points[there, 1] - grid.points[here, 1]
        found[each, 0] = passed / length if length > 0 else 0.0
        found[each, 1] = distance[each]
        found[each, 2] = lon[here] + along * (lon[there] - lon[here])
        found[each, 3] = lat[here] + along * (lat[there] - lat[here])
        found[each, 4] = east * (y - grid.points[here, 1]) - north * (x - grid.points[here, 0])
        found[each, 5] = np.degrees(np.arctan2(east, north))
    return line[:count].copy(), found


def _length_before(points: FloatArray, first_point: Int64Array) -> FloatArray:
    """``(points,)`` metres from the first point of all to each, without the ways from a line to the next."""
    step = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    step[first_point[:-1]] = 0.0
    found: FloatArray = np.cumsum(step)
    return found

"""The drawing board of the sample city: metres in EPSG:6673 (x = easting, y = northing), arrays in and out.

Everything is composed in the plane, where distances are distances, and leaves it once, on writing, as JGD2011
longitude and latitude rounded to seven decimals (about 1 cm), the precision of OSM and of most open data.
"""

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from geo.crs import transform_xy

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

PLANE = 6673
DEGREES = 6668
DECIMALS = 7


def to_plane(longitude: ArrayLike, latitude: ArrayLike) -> tuple[Floats, Floats]:
    """Eastings and northings in metres of positions in degrees."""
    x, y = transform_xy(np.asarray(longitude, float), np.asarray(latitude, float), DEGREES, PLANE)
    return np.asarray(x, float), np.asarray(y, float)


def to_degrees(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Longitudes and latitudes, rounded, of positions in metres."""
    longitude, latitude = transform_xy(np.asarray(x, float), np.asarray(y, float), PLANE, DEGREES)
    return np.round(longitude, DECIMALS), np.round(latitude, DECIMALS)


def path(points: ArrayLike) -> Floats:
    """(n, 2) metres of (n, 2) longitudes and latitudes."""
    degrees = np.asarray(points, float)
    return np.column_stack(to_plane(degrees[:, 0], degrees[:, 1]))


def geometry_to_degrees(geometry: BaseGeometry) -> BaseGeometry:
    """The geometry in degrees, rounded and valid; of a polygon its polygonal parts."""
    degrees = shapely.transform(geometry, lambda xy: np.column_stack(to_degrees(xy[:, 0], xy[:, 1])))
    return degrees if degrees.is_valid else shapely.make_valid(degrees, method="structure", keep_collapsed=False)


def densify(line: Floats, step_m: float) -> Floats:
    """The line with a vertex at least every ``step_m``; its own vertices are kept."""
    dense: Floats = shapely.get_coordinates(shapely.segmentize(shapely.linestrings(line), step_m))
    return dense


def meander(line: Floats, amplitude_m: float, step_m: float, random: np.random.Generator) -> Floats:
    """The line bent smoothly to both sides by up to about ``amplitude_m``; both ends stay where they are."""
    dense = densify(line, step_m)
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(dense, axis=0).T))))
    direction = np.gradient(dense, axis=0)
    normal = np.column_stack((-direction[:, 1], direction[:, 0])) / np.hypot(*direction.T)[:, None]
    offset = np.zeros(len(dense))
    for wavelength in (2600.0, 1100.0, 480.0):
        phase = random.uniform(0, 2 * np.pi)
        offset += np.sin(2 * np.pi * along / wavelength + phase) * wavelength / 2600.0
    ends = np.minimum(1.0, np.minimum(along, along[-1] - along) / 300.0)
    bent: Floats = dense + normal * (offset * amplitude_m / 1.6 * ends)[:, None]
    return bent

"""Roads closed, or under water, by what somebody drew on the map."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from shapely import GeometryType
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE, transform_geometries
from geo.geometry import AREA
from geo.routing.graph import FloatArray, Int64Array, Mask
from geo.travel.topology import Topology

POINT_REACH_M = 20.0
"""A point closes the stretches nearest to it, where they lie within this distance."""
LINE_REACH_M = 5.0
"""A line closes what it crosses, and what runs along it within this distance."""


@dataclass(frozen=True, slots=True)
class Closure:
    """A drawing (EPSG:6668, any kind of geometry) and what it means.

    depth_m:
        Of water there; None: simply closed.
    profiles:
        The ids of those it holds for; None: for all.
    """

    id: str
    drawing: BaseGeometry
    depth_m: float | None = None
    profiles: frozenset[str] | None = None


@dataclass(frozen=True, eq=False)
class Closed:
    """What closures come to for one profile.

    closed, depth_m:
        By edge; metres of water by stretch (0: none).
    closures, meant:
        Those that hold for the profile, and of each the stretches it means, in the order of their numbers.
    """

    closed: Mask
    depth_m: FloatArray
    closures: tuple[Closure, ...]
    meant: tuple[Int64Array, ...]

    def on(self, stretches: npt.ArrayLike) -> list[int]:
        """The places in ``closures`` of those that mean any of these stretches."""
        wanted = np.unique(stretches)
        if not self._meant_by_any[wanted].any():  # as of most ways
            return []
        return [number for number, meant in enumerate(self.meant) if np.isin(wanted, meant, assume_unique=True).any()]

    @cached_property
    def _meant_by_any(self) -> Mask:
        """Of each stretch whether any closure means it."""
        found = np.zeros(len(self.depth_m), bool)
        for each in self.meant:
            found[each] = True
        return found

    def stretches(self, closures: Iterable[int]) -> Int64Array:
        """All stretches that some of the closures, by their places, mean."""
        return np.unique(np.concatenate([np.empty(0, np.int64), *(self.meant[each] for each in closures)]))


def closed_by(topology: Topology, closures: Iterable[Closure], profile_id: str) -> Closed:
    """What these closures come to for a profile; of several depths the deepest counts.

    Raises
    ------
    InputError
        If a coordinate cannot be expressed in the plane of the network, or a depth is negative.
    """
    network = topology.network
    closed, depth = np.zeros(len(network.stretches), bool), np.zeros(len(network.stretches))
    holding = tuple(each for each in closures if each.profiles is None or profile_id in each.profiles)
    every = stretches_meant_each(topology, [each.drawing for each in holding])
    for closure, meant in zip(holding, every, strict=True):
        if closure.depth_m is None:
            closed[meant] = True
        else:
            depth[meant] = np.maximum(depth[meant], closure.depth_m)
    return Closed(closed[network.stretch], depth, holding, every)


def stretches_meant(topology: Topology, drawing: BaseGeometry) -> Int64Array:
    """The stretches that a drawing means, in the order of their numbers.

    An area means all it touches.  A bridge is meant as any other road: what crosses at another level has to be drawn
    around.  ``InputError`` as of ``closed_by``.
    """
    return stretches_meant_each(topology, [drawing])[0]


def stretches_meant_each(topology: Topology, drawings: Sequence[BaseGeometry]) -> tuple[Int64Array, ...]:
    """By drawing the stretches it means, as ``stretches_meant`` has them, in one go."""
    if not drawings:
        return ()
    plane = shapely.make_valid(transform_geometries(drawings, STORAGE, topology.network.plane))
    found: list[Int64Array] = [np.empty(0, np.int64)] * len(drawings)
    is_area = (shapely.get_dimensions(plane) >= AREA) & (shapely.get_type_id(plane) != GeometryType.GEOMETRYCOLLECTION)
    areas = np.flatnonzero(is_area)
    for number, stretches in zip(areas.tolist(), topology.places.touching_each(plane[areas]), strict=True):
        found[number] = stretches
    for number in np.flatnonzero(~is_area).tolist():
        parts = [_of_part(topology, part) for part in shapely.get_parts(plane[number])]
        if parts:
            found[number] = np.unique(np.concatenate(parts))
    return tuple(found)


def _of_part(topology: Topology, part: BaseGeometry) -> Int64Array:
    places = topology.places
    dimension = shapely.get_dimensions(part)
    if dimension >= AREA:
        return places.touching(part)
    if dimension > 0:
        return places.touching(shapely.buffer(part, LINE_REACH_M, cap_style="flat"))
    near = places.touching(shapely.buffer(part, POINT_REACH_M))
    if not len(near):
        return near
    distances = places.distances(near, part)
    return near[distances <= distances.min() + 1e-6]

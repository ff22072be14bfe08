"""Which buildings have a source of water within the distance of the standard, in a straight line, and which miss it.

Geometries are in one plane-rectangular system, in metres.  A building's distance is that of its nearest point: the
standard (第4条) asks for a distance from the building to one source and says no more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.coverage.demand import Bools, Floats, Ints
from geo.errors import InputError
from geo.water_supply.standard import AMPLE_RADIUS_M

Geometries = Sequence[BaseGeometry] | npt.NDArray[np.object_]
Known = Sequence[bool | None]
NONE = -1
"""In place of a source where there is none."""


class Supply(IntEnum):
    """``label`` is what answers call it."""

    COVERED = 0
    UNKNOWN = 1  # only sources reach it of which it is not known whether they meet the standard
    UNCOVERED = 2

    @property
    def label(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, eq=False)
class Sources:
    """Sources of water, one value of each for each.

    Attributes
    ----------
    points:
        Where water is drawn.
    meets:
        As ``standard.meets_standard``; False too for what is out of service.
    ample:
        As ``standard.is_ample``; one that may be is not taken to be.
    hydrant:
        Whether it hangs on a main, which fails in an earthquake.

    Raises
    ------
    InputError
        If their numbers differ or a point is empty or of another kind.
    """

    points: Geometries
    meets: Known
    ample: Known
    hydrant: Sequence[bool]

    def __post_init__(self) -> None:
        if not len(self.points) == len(self.meets) == len(self.ample) == len(self.hydrant):
            raise InputError(
                "Every source has a point, and is said to meet the standard, to be ample, a hydrant or not."
            )
        points = as_array(self.points)
        if not (shapely.get_type_id(points) == shapely.GeometryType.POINT).all() or shapely.is_empty(points).any():
            raise InputError("Sources are points.")


@dataclass(frozen=True, eq=False, slots=True)
class WaterCover:
    """Of each building, shape (buildings,).

    Attributes
    ----------
    supply:
        Codes of ``Supply``.
    nearest_m, nearest:
        Distance to the nearest source that meets the standard and which it is; ``inf`` and ``NONE`` without any.
    miss_m:
        By how much such a source is too far, 0 where covered: the least way that a source would have to be nearer,
        where it may be an ample one for which 140 m are enough.  ``inf`` without any.
    """

    supply: npt.NDArray[np.int8]
    nearest_m: Floats
    nearest: Ints
    miss_m: Floats

    @property
    def covered(self) -> Bools:
        """For certain."""
        within: Bools = self.supply == Supply.COVERED
        return within


def water_cover(
    buildings: Geometries, radii_m: npt.ArrayLike, sources: Sources, *, without_hydrants: bool = False
) -> WaterCover:
    """Whether each building has water within its radius, inclusive, or an ample source within 140 m (第5条).

    Parameters
    ----------
    buildings:
        Points or areas, not empty.
    radii_m:
        One for each building, as ``standard.radii_m`` gives them.
    without_hydrants:
        As after an earthquake, when the mains have failed.  What is covered with hydrants and not without depends on
        them alone, which the standard (第4条第3項) wants avoided.

    Raises
    ------
    InputError
        If a building is empty, or there is not one radius of more than 0 m for each.
    """
    places = as_array(buildings)
    if shapely.is_empty(places).any() or shapely.is_missing(places).any():
        raise InputError("A building has no geometry.")
    points = as_array(sources.points)
    return cover_by(
        lambda use: nearest_of(places, points, use), len(places), radii_m, sources, without_hydrants=without_hydrants
    )


def cover_by(
    nearest: Callable[[Bools], tuple[Floats, Ints]],
    size: int,
    radii_m: npt.ArrayLike,
    sources: Sources,
    *,
    without_hydrants: bool = False,
) -> WaterCover:
    """As ``water_cover``, of ``size`` buildings, by distances of another kind.

    Parameters
    ----------
    nearest:
        As ``nearest_of``, of the sources that are used.
    """
    radii = np.asarray(radii_m, dtype=np.float64)
    if radii.shape != (size,) or not ((radii > 0) & np.isfinite(radii)).all():
        raise InputError("Every building has a radius of more than 0 m.")
    meets = np.array([known is True for known in sources.meets], dtype=bool)
    may = np.array([known is not False for known in sources.meets], dtype=bool)
    ample = np.array([known is True for known in sources.ample], dtype=bool)
    usable = ~np.array(sources.hydrant, dtype=bool) | (not without_hydrants)
    nearest_m, which = nearest(meets & usable)
    possible_m, _ = nearest(may & usable)
    ample_m, _ = nearest(meets & ample & usable)
    possibly_ample_m, _ = nearest(may & ample & usable)
    miss = np.maximum(np.minimum(nearest_m - radii, ample_m - AMPLE_RADIUS_M), 0.0)
    possible = (possible_m <= radii) | (possibly_ample_m <= AMPLE_RADIUS_M)
    return WaterCover(
        supply=np.select([miss == 0, possible], [Supply.COVERED, Supply.UNKNOWN], Supply.UNCOVERED).astype(np.int8),
        nearest_m=nearest_m,
        nearest=which,
        miss_m=miss,
    )


def nearest_of(places: npt.NDArray[np.object_], others: npt.NDArray[np.object_], use: Bools) -> tuple[Floats, Ints]:
    """Distance from each place to the nearest of the others that are used, and its index; ``inf`` and ``NONE``."""
    distances, indices = np.full(len(places), np.inf), np.full(len(places), NONE, dtype=np.int64)
    if use.any():
        (place, found), distance = shapely.STRtree(others[use]).query_nearest(
            places, return_distance=True, all_matches=False
        )
        distances[place] = distance
        indices[place] = np.flatnonzero(use)[found]
    return distances, indices


def as_array(geometries: Geometries) -> npt.NDArray[np.object_]:
    """One object of shapely in each element, however many there are."""
    return np.array(geometries, dtype=object).reshape(len(geometries))

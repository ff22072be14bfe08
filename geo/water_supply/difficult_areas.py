"""消防活動困難区域: ground that hoses do not reach from a road on which a pump can stand, as far as widths are known.

More than 140 m in a straight line from every road of 6 m or more (薄井, 2019, 都市計画論文集 54(1), 64-71).  No law has
the figures.  Most widths are guesses with an interval (``geo.network.widths``): where its ends do not agree, nobody
knows, and that is the answer.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from geo.coverage.demand import Floats
from geo.errors import InputError
from geo.water_supply.straight import Geometries, as_array, nearest_of

MIN_WIDTH_M: Final = 6.0
REACH_M: Final = 140.0


class Difficult(IntEnum):
    """Whether a place is in such an area; ``label`` is what answers call it."""

    INSIDE = 0
    OUTSIDE = 1
    UNKNOWN = 2  # in reach of a road only that may or may not be wide enough

    @property
    def label(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, eq=False, slots=True)
class DifficultAreas:
    """Of each place, shape (places,).

    Attributes
    ----------
    state:
        Codes of ``Difficult``.
    certain_m, possible_m:
        Distance to the nearest road that is wide enough for certain, and that may be; ``inf`` without any.
    """

    state: npt.NDArray[np.int8]
    certain_m: Floats
    possible_m: Floats


def difficult_areas(
    places: Geometries,
    roads: Geometries,
    low_m: npt.ArrayLike,
    high_m: npt.ArrayLike,
    *,
    min_width_m: float = MIN_WIDTH_M,
    reach_m: float = REACH_M,
) -> DifficultAreas:
    """Which places are more than ``reach_m`` from every road of ``min_width_m`` or more.

    Parameters
    ----------
    places:
        Buildings, centres of a mesh or whatever is asked about, in a plane-rectangular system in metres.
    roads:
        Their centre lines, in the same system.
    low_m, high_m:
        Interval that the width of each road lies in; NaN where that end is not known.

    Raises
    ------
    InputError
        If a geometry is empty, there are not as many widths as roads, an interval is upside down, or a limit is not
        more than 0 m.
    """
    at, lines = as_array(places), as_array(roads)
    for geometries in (at, lines):
        if shapely.is_empty(geometries).any() or shapely.is_missing(geometries).any():
            raise InputError("A place or a road has no geometry.")
    low, high = np.asarray(low_m, dtype=np.float64), np.asarray(high_m, dtype=np.float64)
    if low.shape != lines.shape or high.shape != lines.shape or (low > high).any():
        raise InputError("Every road has an interval of widths, the lower end first.")
    if not (0 < min_width_m < np.inf and 0 < reach_m < np.inf):
        raise InputError("A width or a reach is not more than 0 m.")
    certain_m, _ = nearest_of(at, lines, low >= min_width_m)
    possible_m, _ = nearest_of(at, lines, ~(high < min_width_m))  # an end that is not known may be any
    state = np.select(
        [certain_m <= reach_m, possible_m > reach_m], [Difficult.OUTSIDE, Difficult.INSIDE], Difficult.UNKNOWN
    )
    return DifficultAreas(state.astype(np.int8), certain_m, possible_m)

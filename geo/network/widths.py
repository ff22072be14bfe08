"""Widths of carriageways: measured where a mapper did, else guessed from lanes, else from the class, with how sure.

Almost no way of Japan has a width in OpenStreetMap.  So each has an interval in which the truth is taken to lie, and
who decides on safety looks at its ends: a road is too narrow for certain only where its upper end is.

Lanes: 道路構造令5条 has lanes of 3.5 m (第1種1級, 第3種1級), 3.25, 3 and 2.75 m (第3種4級).  The interval goes from
lanes of 2.75 m to lanes of 3.5 m with shoulders of 0.5 m on both sides (8条).

Classes: 第3種5級 and 第4種4級 have a carriageway of 4 m, roads by 建築基準法42条2項 are narrower.  Typical values and
intervals are an assumption of this project, not measured, meant to hold for nine ways of ten.  Measured widths, as of
a road register (道路台帳), always come first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType

import numpy as np

from geo.errors import InputError
from geo.network.classes import HIGHWAYS
from geo.network.model import Int8Array, Ways
from geo.routing.graph import FloatArray


class WidthSource(IntEnum):
    """Where a width comes from; ``label`` is what answers call it."""

    MEASURED = 0
    LANES = 1
    CLASS = 2

    @property
    def label(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, eq=False)
class Widths:
    """Of each way the likely width and the interval it lies in, metres; ``source`` holds codes of ``WidthSource``."""

    value_m: FloatArray
    low_m: FloatArray
    high_m: FloatArray
    source: Int8Array


@dataclass(frozen=True, slots=True)
class ClassWidth:
    """Of a class of ways: the width of a lane; and of a way of which no lanes are known the typical width and the
    interval it lies in, metres.
    """

    lane_m: float
    typical_m: float
    low_m: float
    high_m: float

    def __post_init__(self) -> None:
        if not (0 < self.low_m <= self.typical_m <= self.high_m < np.inf and 0 < self.lane_m < np.inf):
            raise InputError("The typical width of a class lies within its interval, and all are more than 0 m.")


_BY_CLASS: Mapping[str, ClassWidth] = MappingProxyType(
    {
        "motorway": ClassWidth(3.5, 10.0, 7.0, 20.0),
        "motorway_link": ClassWidth(3.5, 5.5, 4.0, 9.0),
        "trunk": ClassWidth(3.25, 13.0, 6.5, 30.0),
        "trunk_link": ClassWidth(3.25, 5.5, 3.5, 9.0),
        "primary": ClassWidth(3.25, 11.0, 6.0, 25.0),
        "primary_link": ClassWidth(3.25, 5.5, 3.5, 9.0),
        "secondary": ClassWidth(3.0, 9.0, 5.5, 18.0),
        "secondary_link": ClassWidth(3.0, 5.0, 3.5, 8.0),
        "tertiary": ClassWidth(3.0, 7.0, 5.0, 14.0),
        "tertiary_link": ClassWidth(3.0, 5.0, 3.5, 8.0),
        "unclassified": ClassWidth(2.75, 5.0, 3.0, 9.0),
        "residential": ClassWidth(2.75, 4.5, 2.7, 7.0),
        "living_street": ClassWidth(2.75, 4.0, 2.5, 6.0),
        "service": ClassWidth(2.75, 4.0, 2.3, 8.0),
        "road": ClassWidth(2.75, 4.0, 2.0, 9.0),
        "busway": ClassWidth(3.25, 6.0, 3.5, 8.0),
        "track": ClassWidth(2.75, 3.0, 1.8, 5.0),
        "pedestrian": ClassWidth(2.75, 4.0, 2.0, 10.0),
        "footway": ClassWidth(2.75, 2.0, 1.0, 4.0),
        "cycleway": ClassWidth(2.75, 2.5, 1.5, 4.0),
        "path": ClassWidth(2.75, 1.5, 0.6, 3.0),
        "bridleway": ClassWidth(2.75, 2.0, 1.0, 4.0),
        "steps": ClassWidth(2.75, 2.0, 0.8, 5.0),
        "corridor": ClassWidth(2.75, 3.0, 1.5, 6.0),
    }
)


@dataclass(frozen=True)
class WidthModel:
    """What is taken for the width of ways that nobody measured.

    lane_low_m, lane_high_m, shoulders_m:
        The interval of a way whose lanes are known: from so many of the one to so many of the other with shoulders.
    narrow_m:
        Narrower roads are driven no faster than ``VehicleProfile.narrow_speed_kph``.  By default the width that
        建築基準法42条 asks of a road.

    ``InputError`` where a class is missing or unknown, or a width is out of order.
    """

    by_class: Mapping[str, ClassWidth] = field(default=_BY_CLASS, hash=False)
    lane_low_m: float = 2.75
    lane_high_m: float = 3.5
    shoulders_m: float = 1.0
    narrow_m: float = 4.0

    def __post_init__(self) -> None:
        if set(self.by_class) != set(HIGHWAYS):
            raise InputError("A model of widths has every class of ways, and no other.")
        for highway, width in self.by_class.items():
            if not self.lane_low_m <= width.lane_m <= self.lane_high_m:
                raise InputError(f"The lanes of {highway} are not between lane_low_m and lane_high_m.")
        if not (self.lane_low_m > 0 and 0 <= self.shoulders_m < np.inf and 0 <= self.narrow_m < np.inf):
            raise InputError("A width is negative or none.")


SHIPPED_WIDTHS = WidthModel()


def widths(ways: Ways, model: WidthModel = SHIPPED_WIDTHS) -> Widths:
    """The width of each way."""
    of_class = [model.by_class[highway] for highway in HIGHWAYS]
    table = np.array([(each.lane_m, each.typical_m, each.low_m, each.high_m) for each in of_class])
    lane, typical, low, high = table[ways.highway].T
    measured, laned = ~np.isnan(ways.width_m), ways.lanes > 0
    lanes = ways.lanes.astype(np.float64)
    return Widths(
        value_m=np.select([measured, laned], [ways.width_m, lanes * lane], typical),
        low_m=np.select([measured, laned], [ways.width_m, lanes * model.lane_low_m], low),
        high_m=np.select([measured, laned], [ways.width_m, lanes * model.lane_high_m + model.shoulders_m], high),
        source=np.select([measured, laned], [WidthSource.MEASURED, WidthSource.LANES], WidthSource.CLASS).astype(
            np.int8
        ),
    )

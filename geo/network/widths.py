"""Widths of carriageways: measured where a mapper did, else guessed from lanes, else from the class, with how sure.

Almost no way of Japan has a width in OpenStreetMap.  So each has an interval in which the truth is taken to lie, and
who decides on safety looks at its ends: a road is too narrow for certain only where its upper end is.

Lanes: 道路構造令5条 has lanes of 3.5 m (第1種1級, 第3種1級), 3.25, 3 and 2.75 m (第3種4級).  The interval goes from
lanes of 2.75 m to lanes of 3.5 m with shoulders of 0.5 m on both sides (8条).

Classes: 第3種5級 and 第4種4級 have a carriageway of 4 m, roads by 建築基準法42条2項 are narrower.  Typical values and
intervals are an assumption of this project, not measured, meant to hold for nine ways of ten.  Measured widths, as of
a road register (道路台帳), always come first.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

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


# Class -> width of a lane; typical width, low and high, of a way of which no lanes are known.  Metres.
_MODEL: dict[str, tuple[float, float, float, float]] = {
    "motorway": (3.5, 10.0, 7.0, 20.0),
    "motorway_link": (3.5, 5.5, 4.0, 9.0),
    "trunk": (3.25, 13.0, 6.5, 30.0),
    "trunk_link": (3.25, 5.5, 3.5, 9.0),
    "primary": (3.25, 11.0, 6.0, 25.0),
    "primary_link": (3.25, 5.5, 3.5, 9.0),
    "secondary": (3.0, 9.0, 5.5, 18.0),
    "secondary_link": (3.0, 5.0, 3.5, 8.0),
    "tertiary": (3.0, 7.0, 5.0, 14.0),
    "tertiary_link": (3.0, 5.0, 3.5, 8.0),
    "unclassified": (2.75, 5.0, 3.0, 9.0),
    "residential": (2.75, 4.5, 2.7, 7.0),
    "living_street": (2.75, 4.0, 2.5, 6.0),
    "service": (2.75, 4.0, 2.3, 8.0),
    "road": (2.75, 4.0, 2.0, 9.0),
    "busway": (3.25, 6.0, 3.5, 8.0),
    "track": (2.75, 3.0, 1.8, 5.0),
    "pedestrian": (2.75, 4.0, 2.0, 10.0),
    "footway": (2.75, 2.0, 1.0, 4.0),
    "cycleway": (2.75, 2.5, 1.5, 4.0),
    "path": (2.75, 1.5, 0.6, 3.0),
    "bridleway": (2.75, 2.0, 1.0, 4.0),
    "steps": (2.75, 2.0, 0.8, 5.0),
    "corridor": (2.75, 3.0, 1.5, 6.0),
}
_LANE_LOW_M, _LANE_HIGH_M = 2.75, 3.5
_SHOULDERS_M = 1.0


def widths(ways: Ways) -> Widths:
    """The width of each way."""
    lane, typical, low, high = np.array([_MODEL[highway] for highway in HIGHWAYS])[ways.highway].T
    measured, laned = ~np.isnan(ways.width_m), ways.lanes > 0
    lanes = ways.lanes.astype(np.float64)
    return Widths(
        value_m=np.select([measured, laned], [ways.width_m, lanes * lane], typical),
        low_m=np.select([measured, laned], [ways.width_m, lanes * _LANE_LOW_M], low),
        high_m=np.select([measured, laned], [ways.width_m, lanes * _LANE_HIGH_M + _SHOULDERS_M], high),
        source=np.select([measured, laned], [WidthSource.MEASURED, WidthSource.LANES], WidthSource.CLASS).astype(
            np.int8
        ),
    )

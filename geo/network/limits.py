"""Limits of size on the roads that somebody has posted or measured, as ``geo.network.impedance`` asks them.

What is only guessed is no limit: where it may be too little, it is a doubt.
"""

from typing import NamedTuple

import numpy as np

from geo.network.access import Mode
from geo.network.model import RoadNetwork
from geo.network.rules import Rule
from geo.network.vehicle import VehicleProfile
from geo.routing.graph import FloatArray, Int32Array, Mask

NEAR_M = 0.5
"""A limit is near where it leaves the vehicle so much or less, inclusive."""


class SizeLimit(NamedTuple):
    """By stretch what fits, NaN where nothing is known; what the vehicle needs of it; the rule that excludes others."""

    rule: Rule
    limit_m: FloatArray
    needed_m: float

    @property
    def is_near(self) -> Mask:
        """Where the vehicle fits, and there is little to spare."""
        return np.asarray((self.limit_m >= self.needed_m) & (self.limit_m <= self.needed_m + NEAR_M), np.bool_)


def size_limits(network: RoadNetwork, profile: VehicleProfile, stretches: Int32Array) -> list[SizeLimit]:
    """Those that bind a vehicle on some stretches, in their order."""
    barred, ways = network.stretches, network.ways
    row = barred.way[stretches]
    found = [SizeLimit(Rule.TOO_NARROW, ways.width_m[row], profile.min_road_width_m)]
    if profile.mode is not Mode.FOOT:
        found.append(SizeLimit(Rule.BARRIER_TOO_NARROW, barred.barrier_max_width_m[stretches], profile.width_m))
    if profile.drives:
        found += [
            SizeLimit(Rule.TOO_NARROW, ways.max_width_m[row], profile.width_m),
            SizeLimit(Rule.TOO_LOW, ways.max_height_m[row], profile.height_m),
            SizeLimit(Rule.BARRIER_TOO_LOW, barred.barrier_max_height_m[stretches], profile.height_m),
        ]
    return found

"""Limits of size along a way that the vehicle keeps by little: a crew goes slowly there, or knows better.

Limits that somebody has posted or measured, as of ``geo.network.impedance``, which excludes what does not fit.  What is
only guessed is no limit: where it may be too little, it is a doubt.
"""

from dataclasses import dataclass

import numpy as np

from geo.network.access import Mode
from geo.network.rules import Rule
from geo.routing.graph import FloatArray, Int32Array
from geo.travel.conditions import Conditions
from geo.travel.finding import Way

NEAR_M = 0.5
"""A limit is near where it leaves the vehicle so much or less, inclusive."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit on the edges of a way from ``first`` to the one before ``behind``, all of one way of the network.

    rule:
        That would exclude what is larger.
    limit_m, needed_m:
        What fits, and what the vehicle needs of it.
    """

    rule: Rule
    first: int
    behind: int
    limit_m: float
    needed_m: float


def near_limits(now: Conditions, way: Way) -> list[Limit]:
    """The near limits along a way, in its order."""
    network, profile = now.topology.network, now.profile
    stretches, ways = network.stretches, network.ways
    stretch = network.stretch[way.edges]
    row = stretches.way[stretch]
    found = _near(Rule.TOO_NARROW, ways.width_m[row], profile.min_road_width_m, row)
    if profile.mode is not Mode.FOOT:
        found += _near(Rule.BARRIER_TOO_NARROW, stretches.barrier_max_width_m[stretch], profile.width_m, row)
    if profile.drives:
        found += _near(Rule.TOO_NARROW, ways.max_width_m[row], profile.width_m, row)
        found += _near(Rule.TOO_LOW, ways.max_height_m[row], profile.height_m, row)
        found += _near(Rule.BARRIER_TOO_LOW, stretches.barrier_max_height_m[stretch], profile.height_m, row)
    return sorted(found, key=lambda each: (each.first, each.rule, each.limit_m))


def _near(rule: Rule, limit_m: FloatArray, needed_m: float, row: Int32Array) -> list[Limit]:
    near = (limit_m >= needed_m) & (limit_m <= needed_m + NEAR_M)
    if not near.any():
        return []
    begins = near.copy()
    begins[1:] &= ~near[:-1] | (row[1:] != row[:-1]) | (limit_m[1:] != limit_m[:-1])
    behind = np.flatnonzero(np.append(~near, True) | np.append(begins, True))
    return [
        Limit(rule, first, int(behind[np.searchsorted(behind, first, "right")]), float(limit_m[first]), needed_m)
        for first in np.flatnonzero(begins).tolist()
    ]

"""Limits of size along a way that the vehicle keeps by little: a crew goes slowly there, or knows better."""

from dataclasses import dataclass

import numpy as np

from geo.network.limits import SizeLimit, size_limits
from geo.network.rules import Rule
from geo.routing.graph import Int32Array
from geo.travel.conditions import Conditions
from geo.travel.finding import Way


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
    """The near limits along a way, as of ``geo.network.limits``, in its order."""
    network = now.topology.network
    stretches = network.stretch[way.edges]
    if not now.tight[stretches].any():
        return []
    row = network.stretches.way[stretches]
    found = [each for limit in size_limits(network, now.profile, stretches) for each in _runs(limit, row)]
    return sorted(found, key=lambda each: (each.first, each.rule, each.limit_m))


def _runs(limit: SizeLimit, row: Int32Array) -> list[Limit]:
    near, limit_m = limit.is_near, limit.limit_m
    begins = near.copy()
    begins[1:] &= ~near[:-1] | (row[1:] != row[:-1]) | (limit_m[1:] != limit_m[:-1])
    ends = np.flatnonzero(np.append(~near | begins, True))
    return [
        Limit(
            limit.rule, first, int(ends[np.searchsorted(ends, first, "right")]), float(limit_m[first]), limit.needed_m
        )
        for first in np.flatnonzero(begins).tolist()
    ]

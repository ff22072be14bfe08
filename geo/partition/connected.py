"""Which places are reached at all: of a whole network, without a time."""

import numpy as np

from geo.partition.roads import Roads, Standing
from geo.partition.within_part import reached_edges
from geo.routing.graph import Int32Array, Mask
from geo.travel.matrix import Stands


def connected(roads: Roads, circuits: Int32Array, sites: Stands, points: Stands, anchors: Mask) -> tuple[Mask, Mask]:
    """Of each facility whether it reaches a point at all, and of each point whether one of the ``anchors`` does.

    The same as a table of all times would say.  ``circuits`` are those of the conditions: from edges of the same ones
    the same is reached, so that most networks are searched once and not for each facility.
    """
    from_, to = roads.standing(sites), roads.standing(points)
    reaches, is_reached = np.zeros(sites.places, bool), np.zeros(points.places, bool)
    known: dict[frozenset[int], Mask] = {}
    for site in np.unique(from_.owner).tolist():
        own = from_.part(from_.owner == site)
        key = frozenset(circuits[own.edge].tolist())
        if key not in known:
            there = reached_edges(roads.graph, roads.searcher, roads.weights, own.edge)[to.edge]
            known[key] = np.bincount(to.owner[there], minlength=points.places) > 0
        at = known[key] | _beside(own, to, points.places, inwards=roads.inwards)
        reaches[site] = at.any()
        if anchors[site]:
            is_reached |= at
    return reaches, is_reached


def _beside(site: Standing, points: Standing, size: int, *, inwards: bool) -> Mask:
    """Points on an edge of the facility's own to which it leads straight."""
    found = np.zeros(size, bool)
    for edge, share in zip(site.edge.tolist(), site.share.tolist(), strict=True):
        beside = points.part(points.edge == edge)
        straight = beside.share <= share if inwards else beside.share >= share
        found[beside.owner[straight]] = True
    return found

"""Which places are reached at all: of a whole network, without a time, and without a search of it for each facility."""

import numpy as np

from geo.partition.roads import Roads, beside
from geo.routing.graph import Mask
from geo.travel.conditions import Conditions
from geo.travel.matrix import Stands


def connected(now: Conditions, sites: Stands, points: Stands, anchors: Mask, *, inwards: bool) -> tuple[Mask, Mask]:
    """Of each facility whether it reaches a point at all, and of each point whether one of the ``anchors`` does.

    The same as a table of all times would say; ``inwards`` as of ``Roads.under``.  Of a circuit all is reached or
    nothing, and most networks are one circuit and some streets.
    """
    roads = Roads.under(now, inwards=inwards)
    from_, to = roads.standing(sites), roads.standing(points)
    on_site, on_point = beside(from_, to, inwards=inwards)
    site, point = from_.owner[on_site], to.owner[on_point]
    reaches, is_reached = np.zeros(sites.places, bool), np.zeros(points.places, bool)
    reaches[site], is_reached[point[anchors[site]]] = True, True
    begins = np.searchsorted(from_.owner, np.arange(sites.places + 1))
    alike: dict[frozenset[int], list[int]] = {}
    for number in np.unique(from_.owner).tolist():
        own = from_.edge[begins[number] : begins[number + 1]]
        onto = roads.graph.tail[roads.turns_onto(own)] if inwards else roads.graph.head[roads.turns_from(own)]
        alike.setdefault(frozenset(now.circuits[onto].tolist()), []).append(number)
    for circuits, members in alike.items():
        there = now.is_in_reach(circuits, against=inwards)[now.circuits[to.edge]]
        reaches[members] |= bool(there.any())
        if anchors[members].any():
            is_reached[to.owner[there]] = True
    return reaches, is_reached

"""A road network as searches from facilities see it, and the part of it that lies around some places."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from geo.routing.graph import UNREACHABLE, FloatArray, Graph, Int32Array, Int64Array, Mask
from geo.travel.conditions import Conditions
from geo.travel.crossings import Box, Crossings, between, ranges
from geo.travel.matrix import Stands


@dataclass(frozen=True, eq=False, slots=True)
class Standing:
    """Places on edges, as columns of shape ``(stands,)``.

    owner:
        The place each is of.
    ahead, passed:
        What the part of the edge before and behind the place costs, in milliseconds.
    share:
        How much of the edge's length lies behind the place.
    """

    owner: Int64Array
    edge: Int32Array
    ahead: Int64Array
    passed: Int64Array
    share: FloatArray

    def part(self, use: Mask | Int64Array) -> Self:
        """Some of them."""
        return type(self)(self.owner[use], self.edge[use], self.ahead[use], self.passed[use], self.share[use])

    def renumbered(self, owner: Int64Array, edge: npt.NDArray[np.integer]) -> Self:
        """The same with other numbers of their places and edges."""
        return type(self)(owner, edge.astype(np.int32), self.ahead, self.passed, self.share)


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """The roads around some places, with edges numbered anew; nothing else is needed to find times on them.

    graph, weights:
        Of turns, in the direction of the searches: from facilities on.
    entries, entry_ms:
        Edges onto which ways from beyond lead, and what such a way has cost at least when it is there.
    sites, points:
        ``owner`` is a number among all facilities, and among the points of this part.
    inwards:
        Whether it is driven the other way round: to the facilities.
    """

    graph: Graph
    weights: Int32Array
    entries: Int32Array
    entry_ms: Int32Array
    sites: Standing
    points: Standing
    size: int
    inwards: bool

    @property
    def is_whole(self) -> bool:
        """Whether no way leads in from beyond."""
        return not len(self.entries)


@dataclass(frozen=True, eq=False)
class Roads:
    """The whole network under conditions, of which nothing is copied: what a part costs follows from its own roads.

    graph, weights:
        Of turns, as they are driven.
    own:
        ``(edges,)`` what each costs.
    crossings:
        Where the edges lie.
    inwards:
        Whether the searches are for ways to the facilities, and so against the turns.
    """

    graph: Graph
    weights: Int32Array
    own: Int32Array
    crossings: Crossings
    inwards: bool

    @classmethod
    def under(cls, now: Conditions, *, inwards: bool) -> Self:
        """Those of conditions; ``inwards`` for ways to the facilities and not from them."""
        topology = now.topology
        return cls(topology.turns.graph, now.weights, now.impedance.weights, topology.crossings, inwards)

    def standing(self, stands: Stands) -> Standing:
        """Places on these roads."""
        own = self.own[stands.edge].astype(np.int64)
        passed = np.rint(own * stands.share).astype(np.int64)
        return Standing(stands.owner, stands.edge, own - passed, passed, stands.share)

    def turns_from(self, edges: npt.NDArray[np.integer]) -> Int64Array:
        """The turns that may be made from these edges, edge by edge."""
        found = ranges(self.graph.first_arc, edges)
        return found[self.weights[found] < UNREACHABLE]

    def turns_onto(self, edges: npt.NDArray[np.integer]) -> Int64Array:
        """The turns that may be made onto these edges."""
        found = self.turns_from(self.crossings.before(edges))
        return found[np.isin(self.graph.head[found], edges)]

    def part(self, box: Box, sites: Standing, points: Standing, size: int) -> Part:
        """The edges in a box and those on which the points stand, and the facilities there are on them.

        ``points`` are numbered among the ``size`` points of the part.
        """
        edges = self.crossings.within(box)
        # Nothing is written for most edges of a country, and memory that is not written is not taken.
        number = np.zeros(self.graph.nodes, np.int32)
        number[edges] = 1
        more = np.unique(points.edge[number[points.edge] == 0])
        if len(more):
            edges = np.sort(np.concatenate([edges, more]))
        number[edges] = np.arange(1, len(edges) + 1, dtype=np.int32)
        leaving = self.turns_from(edges)
        before, behind = number[self.graph.tail[leaving]] - 1, number[self.graph.head[leaving]] - 1
        inside = behind >= 0
        arcs, before, behind = leaving[inside], before[inside], behind[inside]
        # Outwards a way has driven all that the turn holds.  Inwards it ends somewhere on the edge beyond, at once.
        if self.inwards:
            order = np.argsort(behind, kind="stable")
            arcs, before, behind = arcs[order], behind[order], before[order]
            across = leaving[~inside]
            at, cost = self.graph.tail[across], self.weights[across] - self.own[self.graph.head[across]]
        else:
            beyond = self.crossings.before(edges)
            across = self.turns_from(beyond[number[beyond] == 0])
            across = across[number[self.graph.head[across]] > 0]
            at, cost = self.graph.head[across], self.weights[across]
        entries, which = np.unique(number[at] - 1, return_inverse=True)
        least = np.full(len(entries), UNREACHABLE, np.int32)
        np.minimum.at(least, which, cost)
        near = sites.part(number[sites.edge] > 0)
        return Part(
            Graph.from_arcs(len(edges), before, behind),
            self.weights[arcs],
            entries.astype(np.int32),
            least,
            near.renumbered(near.owner, number[near.edge] - 1),
            points.renumbered(points.owner, number[points.edge] - 1),
            size,
            self.inwards,
        )


def beside(sites: Standing, points: Standing, *, inwards: bool) -> tuple[Int64Array, Int64Array]:
    """Stands of facilities and of points on one edge, which leads straight from the one to the other (``inwards``: from
    the other to the one).
    """
    order = np.argsort(points.edge, kind="stable")
    begins, ends = (np.searchsorted(points.edge, sites.edge, side, order) for side in ("left", "right"))
    site, point = np.repeat(np.arange(len(sites.edge)), ends - begins), order[between(begins, ends)]
    straight = points.share[point] <= sites.share[site] if inwards else points.share[point] >= sites.share[site]
    return site[straight], point[straight]

"""A road network as searches from facilities see it, and the part of it that lies around some places."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from geo.routing.graph import UNREACHABLE, FloatArray, Graph, Int32Array, Int64Array, Mask
from geo.routing.search import Searcher
from geo.travel.conditions import Conditions
from geo.travel.matrix import Stands

type Box = tuple[float, float, float, float]
"""West, south, east and north in the plane of the network, in metres."""


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

    def part(self, use: Mask) -> Self:
        """Some of them."""
        return type(self)(self.owner[use], self.edge[use], self.ahead[use], self.passed[use], self.share[use])

    def renumbered(self, owner: Int64Array, edge: Int64Array) -> Self:
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
    """The whole network under conditions: its turns in the direction of the searches, and where its edges lie.

    own:
        ``(edges,)`` what each costs.
    ends:
        ``(4, edges)`` x and y of where it begins and of where it ends.
    """

    graph: Graph
    weights: Int32Array
    own: Int32Array
    ends: FloatArray
    inwards: bool

    @classmethod
    def under(cls, now: Conditions, *, inwards: bool) -> Self:
        """Those of conditions; ``inwards`` for ways to the facilities and not from them."""
        network, turns = now.topology.network, now.topology.turns
        usable = now.weights < UNREACHABLE
        before, behind, weights = turns.before[usable], turns.behind[usable], now.weights[usable]
        if inwards:
            order = np.argsort(behind, kind="stable")
            before, behind, weights = behind[order], before[order], weights[order]
        tail, head = network.graph.tail, network.graph.head
        ends = np.stack([network.x[tail], network.y[tail], network.x[head], network.y[head]])
        return cls(Graph.from_arcs(network.edges, before, behind), weights, now.impedance.weights, ends, inwards)

    def standing(self, stands: Stands) -> Standing:
        """Places on these roads."""
        own = self.own[stands.edge].astype(np.int64)
        passed = np.rint(own * stands.share).astype(np.int64)
        return Standing(stands.owner, stands.edge, own - passed, passed, stands.share)

    def within(self, box: Box) -> Mask:
        """``(edges,)``: those that begin or end in a box."""
        west, south, east, north = box
        begins, ends = (
            (x >= west) & (x <= east) & (y >= south) & (y <= north) for x, y in (self.ends[:2], self.ends[2:])
        )
        inside: Mask = begins | ends
        return inside

    def part(self, box: Box, sites: Standing, points: Standing, size: int) -> Part:
        """The edges in a box and those on which the points stand, and the facilities there are on them.

        ``points`` are numbered among the ``size`` points of the part.
        """
        inside = self.within(box)
        inside[points.edge] = True
        number = np.cumsum(inside) - 1
        edges, graph = np.flatnonzero(inside), self.graph
        out = ranges(graph.first_arc, edges)
        arcs = out[inside[graph.head[out]]]
        order, first = self._by_head
        into = order[ranges(first, edges)]
        across = into[~inside[graph.tail[into]]]
        # Outwards a way has driven all that the turn holds.  Inwards it ends somewhere on the edge beyond, at once.
        cost = self.weights[across] - (self.own[graph.tail[across]] if self.inwards else 0)
        entries, which = np.unique(graph.head[across], return_inverse=True)
        least = np.full(len(entries), UNREACHABLE, np.int32)
        np.minimum.at(least, which, cost)
        near = sites.part(inside[sites.edge])
        return Part(
            Graph.from_arcs(len(edges), number[graph.tail[arcs]], number[graph.head[arcs]]),
            self.weights[arcs],
            number[entries].astype(np.int32),
            least,
            near.renumbered(near.owner, number[near.edge]),
            points.renumbered(points.owner, number[points.edge]),
            size,
            self.inwards,
        )

    @cached_property
    def _by_head(self) -> tuple[Int64Array, Int64Array]:
        """The arcs in the order of their heads, and where those of each edge begin."""
        order = np.argsort(self.graph.head, kind="stable")
        return order, np.searchsorted(self.graph.head[order], np.arange(self.graph.nodes + 1))

    @cached_property
    def searcher(self) -> Searcher:
        return Searcher(self.graph)


def ranges(first: Int64Array, which: npt.NDArray[np.integer]) -> Int64Array:
    """Every number from ``first`` of each to before ``first`` of the next, one after the other."""
    begins = first[which]
    counts = first[which + 1] - begins
    before = np.cumsum(counts) - counts
    found: Int64Array = np.repeat(begins - before, counts) + np.arange(int(counts.sum()))
    return found

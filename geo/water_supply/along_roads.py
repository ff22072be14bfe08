"""How far places have it to water along roads and paths, as hoses are laid: from the place to the road, along it in
either direction, and to the source."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from geo.coverage.demand import Bools, Floats, Ints
from geo.routing.graph import UNREACHABLE, Graph, Int32Array, Mask
from geo.routing.search import Searcher
from geo.travel.conditions import Conditions
from geo.travel.snapping import Nearby
from geo.water_supply.straight import NONE

_MILLIMETRES: Final = 1_000


@dataclass(frozen=True, eq=False)
class HoseRoads:
    """Roads as hoses are laid along them: every stretch in both directions, in millimetres.

    begin, end, length_mm:
        ``(stretches,)`` crossings at both ends, along the way, and the length between.
    usable:
        ``(stretches,)`` those that somebody on foot may use, closed for a time or not.
    """

    graph: Graph
    weights: Int32Array
    begin: Int32Array
    end: Int32Array
    length_mm: Ints
    usable: Mask

    @classmethod
    def under(cls, now: Conditions) -> Self:
        """Those of conditions of somebody on foot."""
        measured = now.by_length
        network, usable = measured.topology.network, measured.usable
        size = len(network.stretches)
        begin, end = np.zeros(size, np.int32), np.zeros(size, np.int32)
        length_mm = np.zeros(size, np.int64)
        tail, head = network.graph.tail, network.graph.head
        for along in (False, True):  # what lies along the way comes last, and counts
            of = network.along == along
            stretch = network.stretch[of]
            begin[stretch], end[stretch] = (tail[of], head[of]) if along else (head[of], tail[of])
            length_mm[stretch] = np.rint(network.length_m[of] * _MILLIMETRES)
        use = np.flatnonzero(usable)
        from_, to = np.concatenate([begin[use], end[use]]), np.concatenate([end[use], begin[use]])
        order = np.argsort(from_, kind="stable")
        graph = Graph.from_arcs(network.graph.nodes, from_[order], to[order])
        return cls(graph, np.tile(length_mm[use], 2)[order].astype(np.int32), begin, end, length_mm, usable)

    def nearest_of(self, places: Nearby, sources: Nearby, use: Bools) -> tuple[Floats, Ints]:
        """Metres from each place to the nearest of the sources that are used, and its index; ``inf`` and ``NONE``.

        Places and sources are put on usable stretches.
        """
        distance, nearest = np.full(len(places.stretch), np.inf), np.full(len(places.stretch), NONE, np.int64)
        given = np.flatnonzero(use & (sources.stretch >= 0))
        at = np.flatnonzero(places.stretch >= 0)
        if not len(given) or not len(at):
            return distance, nearest
        here, off_mm = places.stretch[at], np.rint(places.distance_m[at] * _MILLIMETRES).astype(np.int64)
        before = np.rint(self.length_mm[here] * places.share[at]).astype(np.int64)
        source_off = np.rint(sources.distance_m[given] * _MILLIMETRES).astype(np.int64)
        source_on = sources.stretch[given]
        source_before = np.rint(self.length_mm[source_on] * sources.share[given]).astype(np.int64)
        costs, by = self._from(source_on, source_before, source_off)
        ways = [
            (costs[self.begin[here]] + before, by[self.begin[here]]),
            (costs[self.end[here]] + self.length_mm[here] - before, by[self.end[here]]),
        ]
        best, which = np.full(len(at), UNREACHABLE, np.int64), np.full(len(at), NONE, np.int64)
        for cost, source in ways:
            nearer = cost < best
            best[nearer], which[nearer] = cost[nearer], source[nearer]
        place, source = _on_one(here, source_on)
        beside = np.abs(before[place] - source_before[source]) + source_off[source]
        order = np.lexsort((source, beside, place))
        first = order[np.unique(place[order], return_index=True)[1]]
        nearer = beside[first] < best[place[first]]
        best[place[first[nearer]]], which[place[first[nearer]]] = beside[first[nearer]], source[first[nearer]]
        there = best < UNREACHABLE
        distance[at[there]] = (best[there] + off_mm[there]) / _MILLIMETRES
        nearest[at[there]] = given[which[there]]
        return distance, nearest

    def _from(self, stretch: Int32Array, before: Ints, off: Ints) -> tuple[Ints, Ints]:
        """``(crossings,)`` what the nearest source costs, ``UNREACHABLE`` where none is, and which it is."""
        nodes = np.concatenate([self.begin[stretch], self.end[stretch]])
        starts = np.concatenate([before, self.length_mm[stretch] - before]) + np.tile(off, 2)
        source = np.tile(np.arange(len(stretch)), 2)
        order = np.lexsort((source, starts, nodes))
        roots, first = np.unique(nodes[order], return_index=True)
        chosen = order[first]
        reached = Searcher(self.graph).within(
            self.weights, roots, UNREACHABLE - 1, starts[chosen].astype(np.int32), ordered=False
        )
        costs, by = np.full(self.graph.nodes, UNREACHABLE, np.int64), np.full(self.graph.nodes, NONE, np.int64)
        costs[reached.nodes] = reached.costs
        parent = np.arange(self.graph.nodes)
        led = reached.arcs >= 0
        parent[reached.nodes[led]] = self.graph.tail[reached.arcs[led]]
        while not np.array_equal(further := parent[parent], parent):  # to the root in as many steps as a power of two
            parent = further
        of_root = np.full(self.graph.nodes, NONE, np.int64)
        of_root[roots] = source[chosen]
        by[reached.nodes] = of_root[parent[reached.nodes]]
        return costs, by


def _on_one(places: Int32Array, sources: Int32Array) -> tuple[Ints, Ints]:
    """Every pair of a place and a source on the same stretch."""
    order = np.argsort(sources, kind="stable")
    first, last = (np.searchsorted(sources[order], places, side) for side in ("left", "right"))
    counts = last - first
    place = np.repeat(np.arange(len(places)), counts)
    within = np.arange(len(place)) - np.repeat(np.cumsum(counts) - counts, counts)
    return place, order[np.repeat(first, counts) + within]

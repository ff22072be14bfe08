"""Travel times between many places: one sweep of the hierarchy for all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from geo.routing.graph import UNREACHABLE, FloatArray, Int32Array, Int64Array
from geo.routing.sweeps import cost_matrix
from geo.travel.conditions import Conditions
from geo.travel.finding import Stand, fastest
from geo.travel.snapping import Nearby

type Places = Sequence[Sequence[Stand]]
"""Places as the stands of each; a place without any is not reached."""


@dataclass(frozen=True, eq=False, slots=True)
class Stands:
    """The stands of many places as columns of shape ``(stands,)``: what ``Places`` are, for thousands.

    owner:
        The place each is of, ascending.
    places:
        How many there are, those without a stand among them.
    """

    edge: Int32Array
    share: FloatArray
    owner: Int64Array
    places: int

    @classmethod
    def of(cls, places: Places) -> Self:
        """The same places as columns."""
        every = [stand for place in places for stand in place]
        return cls(
            np.array([stand.edge for stand in every], np.int32),
            np.array([stand.share for stand in every], np.float64),
            np.repeat(np.arange(len(places)), [len(place) for place in places]),
            len(places),
        )

    @classmethod
    def near(cls, now: Conditions, nearby: Nearby) -> Self:
        """Where a vehicle stands at places on the network, as ``geo.travel.finding.stands`` has it for each.

        A place whose stretch the vehicle may not use has none.
        """
        network = now.topology.network
        there = np.flatnonzero(nearby.stretch >= 0)
        stretches = nearby.stretch[there].astype(np.int64)
        edges = now.topology.edges_of_all(stretches)
        owner = np.repeat(there, now.topology.edge_counts(stretches))
        usable = now.impedance.weights[edges] < UNREACHABLE
        edges, owner = edges[usable], owner[usable]
        along = nearby.share[owner]
        share = np.where(network.along[edges], along, 1.0 - along)
        return cls(edges, share, owner.astype(np.int64), len(nearby.stretch))

    def part(self, begin: int, end: int) -> Self:
        """Those of the places from ``begin`` to before ``end``, numbered from 0."""
        first, last = np.searchsorted(self.owner, [begin, end]).tolist()
        return type(self)(self.edge[first:last], self.share[first:last], self.owner[first:last] - begin, end - begin)

    def at(self, place: int) -> list[Stand]:
        """The stands of one place."""
        begin, end = np.searchsorted(self.owner, [place, place + 1]).tolist()
        columns = zip(self.edge[begin:end].tolist(), self.share[begin:end].tolist(), strict=True)
        return [Stand(edge, share) for edge, share in columns]


def travel_costs(now: Conditions, origins: Places | Stands, destinations: Places | Stands) -> Int32Array:
    """Milliseconds from each origin to each destination, of shape ``(origins, destinations)``.

    The same as ``fastest`` finds for each pair; ``UNREACHABLE`` where there is no way.
    """
    start, end = _columns(origins), _columns(destinations)
    found = np.full((start.places, end.places), UNREACHABLE, np.int32)
    if not (len(start.edge) and len(end.edge)):
        return found
    edges, which = np.unique(end.edge, return_inverse=True)
    costs = _between(now, start.edge, edges)
    there = costs < UNREACHABLE
    costs += (now.impedance.weights[start.edge] - _passed(now, start)).astype(np.int32)[:, None]
    # Below 2**31: weights are less than ``UNREACHABLE``.  What is on one edge comes below.
    costs[~there | (start.edge[:, None] == edges)] = UNREACHABLE
    of_origins, from_ = _least_of_each(costs, start.owner)
    total = of_origins.T[which]
    unused = (now.impedance.weights[end.edge] - _passed(now, end)).astype(np.int32)
    np.subtract(total, unused[:, None], out=total, where=total < UNREACHABLE)
    of_pairs, to = _least_of_each(total, end.owner)
    found[np.ix_(from_, to)] = np.minimum(of_pairs.T, UNREACHABLE)
    on_one_edge = start.edge[:, None] == end.edge
    pairs = {
        (int(start.owner[row]), int(end.owner[column])) for row, column in zip(*np.nonzero(on_one_edge), strict=True)
    }
    for origin, destination in pairs:
        way = fastest(now, start.at(origin), end.at(destination))
        if way is not None:
            found[origin, destination] = min(int(found[origin, destination]), way.cost)
    return found


def _columns(places: Places | Stands) -> Stands:
    return places if isinstance(places, Stands) else Stands.of(places)


def _passed(now: Conditions, stands: Stands) -> Int64Array:
    """What the part of each stand's edge costs that lies behind it."""
    return np.rint(now.impedance.weights[stands.edge] * stands.share).astype(np.int64)


def _least_of_each(rows: Int32Array, owner: Int64Array) -> tuple[Int32Array, Int64Array]:
    """Of each place that has stands the least of their rows, and which places these are."""
    begins = np.flatnonzero(np.diff(owner, prepend=-1))
    counts = np.diff(begins, append=len(owner))
    least = rows[begins]
    for number in range(1, int(counts.max())):  # most have two; ``reduceat`` takes as long for each as for dozens
        more = counts > number
        least[more] = np.minimum(least[more], rows[begins[more] + number])
    return least, owner[begins]


def _between(now: Conditions, start: Int32Array, end: Int32Array) -> Int32Array:
    if now.metric is not None:
        return cost_matrix(now.metric, start, end)
    costs = np.full((len(start), now.topology.network.edges), UNREACHABLE, np.int32)
    for row, edge in enumerate(start.tolist()):
        reached = now.topology.searcher.within(now.weights, edge, UNREACHABLE - 1)
        costs[row, reached.nodes] = reached.costs
    return costs[:, end]

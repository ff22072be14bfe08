"""All that lies within a limit of a place: one bounded search, and then the way to any of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geo.errors import InputError
from geo.routing.graph import UNREACHABLE
from geo.routing.search import Reached
from geo.travel.conditions import Conditions
from geo.travel.finding import Stand, Way


@dataclass(frozen=True, eq=False)
class Nearby:
    """What ``nearby`` found."""

    now: Conditions
    origins: Sequence[Stand]
    limit: int
    reached: Reached

    def way(self, destinations: Iterable[Stand]) -> Way | None:
        """The way of least cost to the nearest of some stands; None where none is within the limit.

        On the edge of an origin only what lies ahead is reached, and behind it by the other direction of the stretch.
        """
        ways = [way for destination in destinations for way in self._to(destination)]
        return min((way for way in ways if way.cost <= self.limit), key=lambda way: way.cost, default=None)

    def _to(self, destination: Stand) -> Iterable[Way]:
        edge, weights = destination.edge, self.now.impedance.weights
        starts = [each for each in self.origins if each.edge == edge]
        for origin in starts:
            if origin.share <= destination.share:
                cost = round(int(weights[edge]) * destination.share) - round(int(weights[edge]) * origin.share)
                alone = np.array([edge], np.int32)
                yield Way(cost, origin, destination, alone, np.array([cost], np.int32))
        place = self._places.get(edge)
        if starts or place is None:
            return
        edges = self._path(edge)
        origin = min((each for each in self.origins if each.edge == edges[0]), key=self._rest)
        along = weights[edges].copy()
        along[0], along[-1] = self._rest(origin), round(int(weights[edge]) * destination.share)
        cost = int(self.reached.costs[place]) - int(weights[edge]) + int(along[-1])
        yield Way(cost, origin, destination, np.array(edges, np.int32), along)

    def _rest(self, origin: Stand) -> int:
        """What the part of its edge costs that lies before an origin."""
        weight = int(self.now.impedance.weights[origin.edge])
        return weight - round(weight * origin.share)

    def _path(self, edge: int) -> list[int]:
        before, found = self.now.topology.turns.before, [edge]
        while (turn := int(self.reached.arcs[self._places[found[-1]]])) >= 0:
            found.append(int(before[turn]))
        return found[::-1]

    @cached_property
    def _places(self) -> Mapping[int, int]:
        return {edge: place for place, edge in enumerate(self.reached.nodes.tolist())}


def nearby(now: Conditions, origins: Sequence[Stand], limit: int, longest: int | None = None) -> Nearby:
    """Searches what costs ``limit`` or less from the nearest of the origins.

    longest:
        No edge that is asked for costs more than this; by default none does at all.  The search goes as far beyond the
        limit, because an edge may be entered within it and left outside.

    Raises
    ------
    InputError
        If the limit is negative.
    """
    weights = now.impedance.weights
    if limit < 0:
        raise InputError(f"A limit of {limit} is none.")
    if longest is None:
        longest = int(weights[weights < UNREACHABLE].max(initial=0))
    edges = np.array([stand.edge for stand in origins], np.int32)
    rest = weights[edges] - np.rint(weights[edges] * np.array([stand.share for stand in origins])).astype(np.int64)
    reached = now.topology.searcher.within(now.weights, edges, min(limit + longest, UNREACHABLE - 1), rest)
    return Nearby(now, tuple(origins), limit, reached)

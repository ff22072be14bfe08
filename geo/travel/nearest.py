"""The few goals that are reached first, each with its way: one search that stops as soon as they are known.

Dijkstra's algorithm on the graph of turns from all stands of the origin at once; a goal may have several stands, and
costs something more behind its edge (a place off the road).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from geo.errors import InputError
from geo.routing._compiled import kernel
from geo.routing._heap import pop, push
from geo.routing.graph import UNREACHABLE, Graph, Int32Array, Int64Array, Mask
from geo.travel.conditions import Conditions
from geo.travel.finding import Stand, Way, fastest
from geo.travel.spaces import Space


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a goal may be reached: on one of these stands, and so many milliseconds more to be there.

    owner:
        Which of the places sought it belongs to; of several goals of one the best counts.
    """

    owner: int
    stands: tuple[Stand, ...]
    behind: int = 0


@dataclass(frozen=True, slots=True)
class Reach:
    """A goal by its number among those given, the way to it, and what it costs with what lies behind its edge."""

    goal: int
    way: Way
    total: int


@dataclass(frozen=True, eq=False)
class Goals:
    """Goals laid out for searches under conditions, for any number of origins.

    of, edge, extra, owner:
        ``(stands,)`` in the order of their edges: the goal, the edge, what is added to its cost, and the goal's owner.
    marked:
        ``(edges,)`` whether an edge is one of them.
    """

    every: tuple[Goal, ...]
    stands: tuple[Stand, ...]
    of: Int32Array
    edge: Int32Array
    extra: Int64Array
    owner: Int32Array
    marked: Mask

    @classmethod
    def under(cls, now: Conditions, goals: Sequence[Goal]) -> Self:
        """Of conditions only the costs of whole edges matter: turns may be forbidden later.

        Raises
        ------
        InputError
            If an owner or what lies behind a goal is negative.
        """
        if any(goal.owner < 0 or goal.behind < 0 for goal in goals):
            raise InputError("Owners and costs of goals are 0 or more.")
        laid = sorted(
            ((stand, number) for number, goal in enumerate(goals) for stand in goal.stands),
            key=lambda pair: (pair[0].edge, pair[1]),
        )
        unused = _ahead(now, [stand for stand, _ in laid])
        marked = np.zeros(now.topology.network.edges, np.bool_)
        marked[[stand.edge for stand, _ in laid]] = True
        return cls(
            tuple(goals),
            tuple(stand for stand, _ in laid),
            np.array([number for _, number in laid], np.int32),
            np.array([stand.edge for stand, _ in laid], np.int32),
            np.array([goals[number].behind for _, number in laid], np.int64) - unused,
            np.array([goals[number].owner for _, number in laid], np.int32),
            marked,
        )


def nearest(now: Conditions, origins: Sequence[Stand], goals: Goals, most: int) -> list[Reach]:
    """The goals of the ``most`` owners that cost least to reach, the least first; fewer where there are fewer.

    As ``fastest`` to each goal would say, with ``behind`` added.  No metric is needed, and none is used.

    Raises
    ------
    InputError
        If ``most`` is below 1.
    """
    if most < 1:
        raise InputError("At least one goal is sought.")
    if not len(goals.edge) or not origins:
        return []
    beside = np.isin(goals.edge, [stand.edge for stand in origins])
    aside = np.unique(goals.of[beside]).tolist()
    found = _far(now, origins, goals, most, aside)
    for number in aside:  # on a street of the origin's: along it or round about, which is the exception
        way = fastest(now, origins, goals.every[number].stands)
        if way is not None:
            found.append(Reach(number, way, way.cost + goals.every[number].behind))
    best: dict[int, Reach] = {}
    for reach in sorted(found, key=lambda each: (each.total, each.goal)):
        best.setdefault(goals.every[reach.goal].owner, reach)
    return list(best.values())[:most]


def _far(now: Conditions, origins: Sequence[Stand], goals: Goals, most: int, aside: Sequence[int]) -> list[Reach]:
    graph, turns = now.topology.turns.graph, now.topology.turns
    kept = ~np.isin(goals.of, aside) if aside else np.ones(len(goals.of), np.bool_)
    places = np.flatnonzero(kept)
    given = np.array([stand.edge for stand in origins], np.int32)
    sought = goals.edge[places], goals.extra[places], goals.owner[places], goals.marked
    most = min(most, len(np.unique(goals.owner[places])))  # where all are known the search is over
    if not most:
        return []
    found: dict[int, Reach] = {}
    with now.topology.search_spaces.one() as space:
        totals, count = first_reached(graph, now.weights, given, _ahead(now, origins), sought, most, space)
        for row in np.argsort(totals, kind="stable").tolist():
            if totals[row] >= UNREACHABLE or len(found) == most:
                break
            place = int(places[row])
            number, stand = int(goals.of[place]), goals.stands[place]
            owner = goals.every[number].owner
            if owner in found:
                continue
            path = led_to(stand.edge, space.arcs, graph.tail)
            origin = origins[int(np.flatnonzero(given == turns.before[path[0]])[0])]
            found[owner] = Reach(number, _way(now, origin, stand, path), int(totals[row]))
        space.costs[space.reached[:count]] = UNREACHABLE
    return list(found.values())


type Sought = tuple[Int32Array, Int64Array, Int32Array, Mask]
"""Nodes in ascending order, what is added to the cost of each (no less than what an arc onto it costs, negative), the
owners, and whether each node of the graph is among them."""


def first_reached(
    graph: Graph,
    weights: Int32Array,
    sources: Int32Array,
    before: Int64Array,
    sought: Sought,
    most: int,
    space: Space,
) -> tuple[Int64Array, int]:
    """Of a search on a graph: what each goal costs in all, and how many nodes were reached, the first of the space's.

    Goals that are not among the first of ``most`` owners cost ``UNREACHABLE``, or what they were reached at on the way.
    """
    return _search(graph.first_arc, graph.head, weights, sources, before, sought, most, space)


def _ahead(now: Conditions, stands: Sequence[Stand]) -> Int64Array:
    """What the part of each stand's edge costs that lies ahead of it."""
    weights = now.impedance.weights
    return np.array(
        [int(weights[each.edge]) - round(int(weights[each.edge]) * each.share) for each in stands], np.int64
    )


def _way(now: Conditions, origin: Stand, end: Stand, turns: Int32Array) -> Way:
    edges = np.concatenate([[origin.edge], now.topology.turns.behind[turns]]).astype(np.int32)
    along = now.impedance.weights[edges].copy()
    ahead, unused = _ahead(now, (origin, end)).tolist()
    along[0], along[-1] = ahead, int(along[-1]) - unused
    return Way(ahead + int(now.weights[turns].sum()) - unused, origin, end, edges, along)


@kernel
def _search(
    first_arc: Int64Array,
    head: Int32Array,
    weights: Int32Array,
    sources: Int32Array,
    before: Int64Array,
    sought: Sought,
    most: int,
    space: Space,
) -> tuple[Int64Array, int]:
    """As ``first_reached``.

    A goal is known when an arc onto it is, not when its node's turn comes: its total is never less than the cost of the
    node before it, so that the search may stop there.
    """
    goals, extra, owners, marked = sought
    costs, arcs, reached = space
    heap = np.empty(1024, np.int64)
    totals = np.full(len(goals), np.int64(UNREACHABLE), np.int64)
    best = np.full(most, np.int64(UNREACHABLE), np.int64)  # of the owners reached so far, in ascending order
    holders = np.full(most, -1, np.int32)
    size = 0
    count = 0
    for each in range(len(sources)):
        source = sources[each]
        if before[each] < costs[source]:
            if costs[source] == UNREACHABLE:
                reached[count] = source
                count += 1
            costs[source] = before[each]
            arcs[source] = -1
            size = push(heap, size, (np.int64(before[each]) << 32) | np.int64(source))
    while size > 0:
        key, size = pop(heap, size)
        node, cost = key & 0xFFFFFFFF, key >> 32
        if cost > costs[node]:
            continue
        if cost > best[most - 1]:
            break
        for arc in range(first_arc[node], first_arc[node + 1]):
            further = cost + weights[arc]
            other = head[arc]
            if further >= costs[other]:
                continue
            if costs[other] == UNREACHABLE:
                reached[count] = other
                count += 1
            costs[other] = further
            arcs[other] = arc
            if marked[other]:
                place = np.searchsorted(goals, other)
                while place < len(goals) and goals[place] == other:
                    totals[place] = further + extra[place]
                    _keep(best, holders, totals[place], owners[place])
                    place += 1
            if size == len(heap):
                larger = np.empty(2 * size, np.int64)
                larger[:size] = heap
                heap = larger
            size = push(heap, size, (further << 32) | np.int64(other))
    return totals, count


@kernel
def _keep(best: Int64Array, holders: Int32Array, total: int, owner: int) -> None:
    """Puts a total among the best, where each owner stands once."""
    most = len(best)
    place = most
    for each in range(most):
        if holders[each] == owner:
            place = each
            break
    if place == most:
        place = most - 1
    if total >= best[place]:
        return
    while place > 0 and best[place - 1] > total:
        best[place], holders[place] = best[place - 1], holders[place - 1]
        place -= 1
    best[place], holders[place] = total, owner


@kernel
def led_to(node: int, arcs: Int32Array, tail: Int32Array) -> Int32Array:
    """The arcs that lead to a node from where the search began."""
    count = 0
    here = np.int64(node)
    while arcs[here] >= 0:
        here = np.int64(tail[arcs[here]])
        count += 1
    found = np.empty(count, np.int32)
    here = np.int64(node)
    for each in range(count - 1, -1, -1):
        found[each] = arcs[here]
        here = np.int64(tail[arcs[here]])
    return found

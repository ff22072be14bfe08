"""The few goals that are reached first, each with its way: one search that stops as soon as they are known.

Dijkstra's algorithm on the graph of turns from all stands of the origin at once; a goal may have several stands, and
costs something more behind its edge (a place off the road).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from geo.errors import InputError
from geo.routing._compiled import brief, kernel
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


class Reach(NamedTuple):
    """A goal by its number among those given, the way to it, and what it costs with what lies behind its edge."""

    goal: int
    way: Way
    total: int


@dataclass(frozen=True, eq=False)
class Goals:
    """Goals laid out for searches under conditions, for any number of origins.

    of, edge, extra, owner, unused:
        ``(stands,)`` in the order of their edges: the goal, the edge, what is added to its cost, the goal's owner, and
        what the part of the edge costs that lies behind the goal.
    owners:
        How many there are.
    marked:
        ``(edges,)`` whether an edge is one of them.
    """

    every: tuple[Goal, ...]
    stands: tuple[Stand, ...]
    of: Int32Array
    edge: Int32Array
    extra: Int64Array
    owner: Int32Array
    unused: Int64Array
    owners: int
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
            unused,
            len({goals[number].owner for _, number in laid}),
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
    aside: list[int] = []
    if any(goals.marked[stand.edge] for stand in origins):
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
    graph = now.topology.turns.graph
    places = np.flatnonzero(~np.isin(goals.of, aside)) if aside else None
    sought = goals.edge, goals.extra, goals.owner, goals.marked
    owners = goals.owners
    if places is not None:
        sought = goals.edge[places], goals.extra[places], goals.owner[places], goals.marked
        owners = len(np.unique(goals.owner[places]))
    most = min(most, owners)  # where all are known the search is over
    if not most:
        return []
    given = np.array([stand.edge for stand in origins], np.int32)
    found: dict[int, Reach] = {}
    with now.topology.search_spaces.one() as space:
        totals, count = first_reached(graph, now.weights, given, _ahead(now, origins), sought, most, space)
        for row in np.argsort(totals, kind="stable").tolist():
            total = totals.item(row)
            if total >= UNREACHABLE or len(found) == most:
                break
            place = row if places is None else places.item(row)
            number, stand = goals.of.item(place), goals.stands[place]
            owner = goals.every[number].owner
            if owner not in found:
                found[owner] = Reach(number, _way(now, origins, stand, space), total)
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
    return np.array([ahead_of(now, each) for each in stands], np.int64)


def ahead_of(now: Conditions, stand: Stand) -> int:
    """What the part of a stand's edge costs that lies ahead of it."""
    whole = now.impedance.weights.item(stand.edge)
    return whole - round(whole * stand.share)


def _way(now: Conditions, origins: Sequence[Stand], end: Stand, space: Space) -> Way:
    """The way to a stand that the search has come to."""
    turns = now.topology.turns
    edges, along, taken = led_to(
        end.edge, space.arcs, turns.graph.tail, turns.before, now.weights, now.impedance.weights
    )
    first = edges.item(0)
    origin = next(each for each in origins if each.edge == first)
    ahead, unused = ahead_of(now, origin), ahead_of(now, end)
    along[0], along[-1] = ahead, along.item(-1) - unused
    return Way(ahead + taken - unused, origin, end, edges, along)


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


@brief
def led_to(
    edge: int, arcs: Int32Array, tail: Int32Array, before: Int32Array, weights: Int32Array, of_edges: Int32Array
) -> tuple[Int32Array, Int32Array, int]:
    """The edges that lead to an edge from where the search began, both included, what each of them costs, and what all
    turns on the way cost together.
    """
    count = 1
    here = np.int64(edge)
    while arcs[here] >= 0:
        here = np.int64(tail[arcs[here]])
        count += 1
    edges, along = np.empty(count, np.int32), np.empty(count, np.int32)
    taken = np.int64(0)
    here = np.int64(edge)
    for place in range(count - 1, -1, -1):
        edges[place], along[place] = here, of_edges[here]
        if place > 0:
            taken += weights[arcs[here]]
            here = np.int64(before[arcs[here]])
    return edges, along, int(taken)

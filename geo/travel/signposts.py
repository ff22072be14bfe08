"""From everywhere to the few goals that are reached first: laid out once, and then only followed.

A search for the nearest goals goes over a good part of a city, and is made again for each place that is asked about,
while goals and roads stay as they are for hours.  Here one search from all goals backwards leaves on each edge, for
each of the goals nearest to it, the turn that leads there, as signposts do: a way is read off by following them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.network.model import Int8Array
from geo.routing._compiled import Number, brief, kernel
from geo.routing._heap import pop, push
from geo.routing.graph import UNREACHABLE, Graph, Int32Array, Int64Array, Mask
from geo.travel.conditions import Conditions
from geo.travel.finding import Stand, Way
from geo.travel.nearest import Goals, Reach, ahead_of

MOST = 3
"""So many owners of goals are told of on each edge: all but one of the values of ``_RANK_BITS``."""
_RANK_BITS = 2
_PLACE_BITS = 12
"""Of a key of the heap, behind the edge."""

type Int16Array = npt.NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class Signposts:
    """Of goals under conditions.

    place, next, total:
        ``(edges, MOST)`` which of the goals' stands is reached, -1 where there is none; the edge onto which one turns,
        times four, and which of its signposts tells on, or 3 where it is the goal's; and what it costs from the end of
        the edge on, with what is added to the cost of the goal.  The nearest come first, each of another owner.
    """

    goals: Goals
    place: Int16Array
    next: Int32Array
    total: Int32Array


def put_up(now: Conditions, goals: Goals) -> Signposts | None:
    """The signposts to goals; None where there are too many of them, or edges, for it."""
    graph = now.topology.turns.graph
    if len(goals.edge) >= 1 << _PLACE_BITS or graph.nodes >= 1 << (32 - _PLACE_BITS):
        return None
    return Signposts(
        goals,
        *_put_up(
            *(graph.first_arc, graph.head, graph.tail, *now.topology.turns_by_behind, now.weights),
            *(goals.edge, goals.extra, goals.owner, goals.marked),
        ),
    )


def followed(now: Conditions, origins: Sequence[Stand], posts: Signposts, most: int) -> list[Reach] | None:
    """As ``nearest`` says of these goals under the conditions that the signposts were put up under.

    None where it has to be asked: for more than ``MOST`` owners, and where a goal is on a street of the origin's.
    """
    goals = posts.goals
    if most > MOST or not origins or any(goals.marked[each.edge] for each in origins):
        return None
    starts = np.array([(each.edge, ahead_of(now, each)) for each in origins], np.int64)
    rows, edges, along = read(
        *(starts, most, posts.place, posts.next, posts.total, goals.extra, goals.owner, goals.unused),
        now.impedance.weights,
    )
    return [
        Reach(
            goals.of.item(place),
            Way(cost, origins[number], goals.stands[place], edges[first:behind], along[first:behind]),
            total,
        )
        for number, place, total, cost, first, behind in rows.tolist()
    ]


@kernel
def _put_up(
    first_arc: Int64Array,
    head: Int32Array,
    tail: Int32Array,
    onto: Int32Array,
    first_onto: Int64Array,
    weights: Int32Array,
    goals: Int32Array,
    extra: Int64Array,
    owner: Int32Array,
    marked: Mask,
) -> tuple[Int16Array, Int32Array, Int32Array]:
    nodes = len(first_arc) - 1
    place_of, next_of = np.full((nodes, MOST), -1, np.int16), np.zeros((nodes, MOST), np.int32)
    totals, told = np.zeros((nodes, MOST), np.int32), np.zeros(nodes, np.int8)
    heap, size = np.empty(4096, np.int64), 0
    for place in range(len(goals)):
        for each in range(first_onto[goals[place]], first_onto[goals[place] + 1]):
            arc = onto[each]
            if weights[arc] < UNREACHABLE:
                heap = _room(heap, size)
                size = push(heap, size, _key(weights[arc] + extra[place], tail[arc], place))
    while size > 0:
        key, size = pop(heap, size)
        cost, node, place = key >> 32, (key & 0xFFFFFFFF) >> _PLACE_BITS, key & ((1 << _PLACE_BITS) - 1)
        if told[node] == MOST or _is_told(owner, place_of, told, node, owner[place]):
            continue
        for arc in range(first_arc[node], first_arc[node + 1]):
            at = _leads(arc, cost, place, head, weights, goals, extra, marked, place_of, totals, told)
            if at >= 0:
                next_of[node, told[node]] = (head[arc] << _RANK_BITS) | at
                break
        place_of[node, told[node]], totals[node, told[node]] = place, cost
        told[node] += 1
        for each in range(first_onto[node], first_onto[node + 1]):
            arc = onto[each]
            before = tail[arc]
            if (
                weights[arc] < UNREACHABLE
                and told[before] < MOST
                and not _is_told(owner, place_of, told, before, owner[place])
            ):
                heap = _room(heap, size)
                size = push(heap, size, _key(cost + weights[arc], before, place))
    return place_of, next_of, totals


@kernel
def _key(cost: Number, node: Number, place: Number) -> Number:
    return (np.int64(cost) << 32) | (np.int64(node) << _PLACE_BITS) | np.int64(place)


@kernel
def _room(heap: Int64Array, size: int) -> Int64Array:
    if size < len(heap):
        return heap
    larger = np.empty(2 * size, np.int64)
    larger[:size] = heap
    return larger


@kernel
def _is_told(owner: Int32Array, place_of: Int16Array, told: Int8Array, node: int, wanted: int) -> bool:
    for rank in range(told[node]):  # noqa: SIM110 - compiled
        if owner[place_of[node, rank]] == wanted:
            return True
    return False


@kernel
def _leads(
    arc: int,
    cost: int,
    place: int,
    head: Int32Array,
    weights: Int32Array,
    goals: Int32Array,
    extra: Int64Array,
    marked: Mask,
    place_of: Int16Array,
    totals: Int32Array,
    told: Int8Array,
) -> int:
    """Which signpost behind a turn tells of a goal at this cost, ``MOST`` where it is there; -1: none does."""
    if weights[arc] >= UNREACHABLE:
        return -1
    other, left = head[arc], cost - weights[arc]
    if marked[other] and goals[place] == other and left == extra[place]:
        return MOST
    for rank in range(told[other]):
        if place_of[other, rank] == place and totals[other, rank] == left:
            return rank
    return -1


@brief
def read(
    starts: Int64Array,
    most: int,
    place_of: Int16Array,
    next_of: Int32Array,
    total_of: Int32Array,
    extra: Int64Array,
    owner: Int32Array,
    unused: Int64Array,
    of_edges: Int32Array,
) -> tuple[Int64Array, Int32Array, Int32Array]:
    """Of stands, each an edge and what the part of it that lies ahead costs, the ways to the ``most`` nearest owners.

    ``(ways, 6)``: which stand, the place, what it costs in all, what the way costs, and where its edges begin and end
    among those that follow, with what each of them costs.
    """
    chosen = soonest(starts, most, place_of, total_of, owner)
    rows, size = np.empty((len(chosen), 6), np.int64), np.int64(0)
    edges, along = np.empty(256, np.int32), np.empty(256, np.int32)
    for each in range(len(chosen)):
        number, place, total, ahead = chosen[each]
        first, here, at = size, starts[number, 0], rank_of(place_of, starts[number, 0], place)
        while True:
            if size == len(edges):
                edges, along = _twice(edges), _twice(along)
            edges[size], along[size] = here, of_edges[here]
            size += 1
            if at == MOST:
                break
            here, at = onward(next_of[here, at])
        along[first], along[size - 1] = ahead, along[size - 1] - unused[place]
        rows[each] = number, place, total, total - extra[place] - unused[place], first, size
    return rows, edges[:size], along[:size]


@brief
def soonest(starts: Int64Array, most: int, place_of: Int16Array, total_of: Int32Array, owner: Int32Array) -> Int64Array:
    """``(ways, 4)``: of the ways that ``read`` tells of which stand, the place, what it costs in all, and ahead of the
    stand.
    """
    told, count = np.empty((len(starts) * MOST, 4), np.int64), 0  # total, place, -ahead, stand
    for number in range(len(starts)):
        edge, ahead = starts[number]
        for rank in range(MOST):
            place = np.int64(place_of[edge, rank])
            if place < 0:
                break
            # At a dead end one may stand on either side: not on the one where one would have to turn back at once.
            count = _sorted_in(told, count, ahead + total_of[edge, rank], place, -ahead, number)
    rows, found = np.empty((most, 4), np.int64), 0
    for each in range(count):
        total, place, unspent, number = told[each]
        if found < most and not _is_owned(rows, found, owner, owner[place]):
            rows[found] = number, place, total, -unspent
            found += 1
    return rows[:found]


@brief
def rank_of(place_of: Int16Array, edge: int, place: int) -> Number:
    """Which signpost of an edge tells of a place, one of those it tells of."""
    at: Number = 0
    while place_of[edge, at] != place:
        at += 1
    return at


@brief
def onward(told: Number) -> tuple[Number, Number]:
    """Of what ``next`` holds the edge onto which one turns, and which of its signposts tells on."""
    return told >> _RANK_BITS, told & MOST


@brief
def _sorted_in(told: Int64Array, count: int, total: Number, place: Number, unspent: Number, number: int) -> int:
    """Puts a row where it belongs: by total, place and what is unspent, those that were there first before it."""
    at = count
    while at > 0:
        before = told[at - 1]
        if (before[0], before[1], before[2]) <= (total, place, unspent):
            break
        told[at] = before
        at -= 1
    told[at] = total, place, unspent, number
    return count + 1


@brief
def _is_owned(rows: Int64Array, found: int, owner: Int32Array, wanted: int) -> bool:
    for each in range(found):  # noqa: SIM110 - compiled
        if owner[rows[each, 1]] == wanted:
            return True
    return False


@brief
def _twice(column: Int32Array) -> Int32Array:
    longer = np.empty(2 * len(column), np.int32)
    longer[: len(column)] = column
    return longer


def compile_signposts(graph: Graph, weights: Int32Array) -> None:
    """Asks for everything once, of a graph of turns with two nodes at least."""
    onto, first = np.arange(graph.arcs, dtype=np.int32), np.zeros(graph.nodes + 1, np.int64)
    first[1:] = graph.arcs
    goals, marked = np.zeros(1, np.int32), np.arange(graph.nodes) == 0
    onto = onto[graph.head == 0]
    first[1:] = len(onto)
    posts = _put_up(
        *(graph.first_arc, graph.head, graph.tail, onto, first, weights),
        *(goals, np.zeros(1, np.int64), goals, marked),
    )
    nothing = np.zeros(1, np.int64)
    starts = np.array([(1, 0)], np.int64)
    read(starts, 1, *posts, nothing, goals, nothing, weights)

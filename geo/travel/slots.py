"""What ``Boards`` keep in their slots, and how ways are read off them and told: the kernel and its tables."""

from typing import NamedTuple, Self

import numpy as np

from geo.routing._compiled import brief
from geo.routing.graph import FloatArray, Graph, Int32Array, Int64Array, Mask
from geo.travel.inclines import climbed
from geo.travel.signposts import MOST, Int16Array, onward, rank_of, soonest
from geo.travel.steps import begun, far_told_in_kernels, metres, metres_on_marked, turn_told
from geo.travel.topology import Topology

MARKS = 2
"""So many masks of stretches are held against the ways to a set of goals."""


class Slots(NamedTuple):
    """By slot: what ``Signposts`` and ``Goals`` have, the masks, how many goals there are, their shares of edges."""

    place: Int16Array
    next: Int32Array
    total: Int32Array
    marks: Mask
    goals: Int64Array
    edge: Int32Array
    extra: Int64Array
    owner: Int32Array
    unused: Int64Array
    share: FloatArray


class Roads(NamedTuple):
    """Of edges, stretches, ways and nodes of the network, what ways are told by."""

    stretch: Int32Array
    along: Mask
    length_m: FloatArray
    way: Int32Array
    name: Int32Array
    ref: Int32Array
    roundabout: Mask
    ends_at: Int32Array
    reverse: Int32Array
    onward: Int64Array
    leaving: FloatArray
    arriving: FloatArray
    climb_m: FloatArray
    descent_m: FloatArray
    steepest_up: FloatArray
    steepest_down: FloatArray

    @classmethod
    def of(cls, topology: Topology) -> Self:
        network = topology.network
        ways, slopes = network.ways, network.slopes
        leaving, arriving = topology.bearings
        return cls(
            stretch=network.stretch,
            along=network.along,
            length_m=network.stretches.length_m,
            way=network.stretches.way,
            name=ways.name.code,
            ref=ways.ref.code,
            roundabout=ways.roundabout,
            ends_at=network.graph.head,
            reverse=network.reverse,
            onward=network.onward,
            leaving=leaving,
            arriving=arriving,
            climb_m=slopes.climb_m,
            descent_m=slopes.descent_m,
            steepest_up=slopes.steepest_up,
            steepest_down=slopes.steepest_down,
        )


@brief
def read_slots(
    asked: Int64Array,
    first_of: Int64Array,
    stands: Int64Array,
    shares: FloatArray,
    most: int,
    there: Slots,
    roads: Roads,
    of_edges: Int32Array,
) -> tuple[Int64Array, FloatArray, Int32Array, Int32Array, Int64Array]:
    """Of each board and origin that is asked for, the ways to the nearest owners.

    ``(ways, 10)``: which of those asked for, the stand, the goal's place (-1: these signposts do not tell of this
    origin), what the way costs and what it takes without turning, where its edges begin and end among those that
    follow, the same of its steps, and an earlier way that is the same, or -1.
    ``(ways, 8)``: metres, climb and descent, the steepest place, metres and number of stretches without a known slope,
    and metres on the stretches of both masks.
    ``(steps, 3)``: as ``Described`` has them.
    """
    chosen = _chosen(asked, first_of, stands, most, there)
    paths, lengths = _followed(asked, chosen, stands, there)
    rows, figures = np.empty((len(chosen), 10), np.int64), np.empty((len(chosen), 8))
    edges, along, size = np.empty(lengths.sum(), np.int32), np.empty(lengths.sum(), np.int32), 0
    steps, told = np.empty((256, 3), np.int64), 0
    for found in range(len(chosen)):
        group, stand, place, total, ahead = chosen[found]
        slot, ends = asked[group, 0], size + lengths[found]
        rows[found, 0], rows[found, 1], rows[found, 2] = group, stand, place
        if place < 0:
            figures[found] = 0.0
            continue
        used, of_way = edges[size:ends], along[size:ends]
        for each in range(len(used)):
            used[each] = paths[found, each]
            of_way[each] = of_edges[used[each]]
        unused = there.unused[slot, place]
        of_way[0], of_way[-1] = ahead, of_way[-1] - unused
        first_share, last_share = shares[stand], there.share[slot, place]
        same = _same(rows, found, edges, shares, there.share, asked, used, first_share, last_share)
        if same < 0:
            _, _, maneuver, row, far, _, direction = begun(
                used,
                roads.stretch,
                roads.length_m,
                first_share,
                last_share,
                of_way,
                roads.way,
                roads.name,
                roads.ref,
                roads.roundabout,
                roads.ends_at,
                roads.reverse,
                roads.onward,
                roads.leaving,
                roads.arriving,
            )
            if told + len(row) > len(steps):
                longer = np.empty((2 * (told + len(row)), 3), np.int64)
                longer[:told] = steps[:told]
                steps = longer
            rows[found, 7], rows[found, 8] = told, told + len(row)
            for step in range(len(row)):
                steps[told, 0] = turn_told(maneuver[step], direction[step], step)
                steps[told, 1], steps[told, 2] = row[step], far_told_in_kernels(far[step])
                told += 1
            up, down, steepest, unknown_m, unknown = climbed(
                *(used, roads.stretch, roads.along, roads.length_m, first_share, last_share),
                *(roads.climb_m, roads.descent_m, roads.steepest_up, roads.steepest_down, 0, len(used)),
            )
            length = metres(used, roads.stretch, roads.length_m, first_share, last_share)
            figures[found, 0], figures[found, 1], figures[found, 2] = length, up, down
            figures[found, 3], figures[found, 4], figures[found, 5] = steepest, unknown_m, unknown
        else:
            rows[found, 7:9], figures[found, :6] = rows[same, 7:9], figures[same, :6]
        for mark in range(MARKS):
            figures[found, 6 + mark] = metres_on_marked(
                *(used, roads.stretch, roads.length_m, first_share, last_share, there.marks[slot, mark])
            )
        rows[found, 3], rows[found, 4] = total - there.extra[slot, place] - unused, of_way.sum()
        rows[found, 5], rows[found, 6], rows[found, 9] = size, ends, same
        size = ends
    return rows, figures, edges, along, steps[:told]


@brief
def _chosen(asked: Int64Array, first_of: Int64Array, stands: Int64Array, most: int, there: Slots) -> Int64Array:
    """``(ways, 5)``: which of those asked for, the stand, the goal's place (-1: these signposts do not tell of this
    origin), what it costs in all, and what lies ahead of the stand.
    """
    ways, count = np.empty((len(asked) * most, 5), np.int64), 0
    for group in range(len(asked)):
        slot, origin = asked[group]
        first = first_of[origin]
        starts = stands[first : first_of[origin + 1]]
        if _are_beside(starts, there.edge[slot, : there.goals[slot]]):
            ways[count] = group, -1, -1, 0, 0
            count += 1
            continue
        own = soonest(starts, most, there.place[slot], there.total[slot], there.owner[slot])
        for each in range(len(own)):
            number, place, total, ahead = own[each]
            ways[count] = group, first + number, place, total, ahead
            count += 1
    return ways[:count]


@brief
def _followed(asked: Int64Array, chosen: Int64Array, stands: Int64Array, there: Slots) -> tuple[Int32Array, Int64Array]:
    """``(ways, edges)`` and how many edges each of the ways has.

    All ways go on by one edge in turn: who follows one alone waits at each edge until the next has come from memory.
    """
    ways = len(chosen)
    paths, lengths = np.empty((ways, 64), np.int32), np.zeros(ways, np.int64)
    slots, here, at = np.empty(ways, np.int64), np.empty(ways, np.int64), np.empty(ways, np.int64)
    going, left = np.empty(ways, np.int64), 0
    for way in range(ways):
        group, stand, place = chosen[way, :3]
        if place >= 0:
            slots[way], here[way] = asked[group, 0], stands[stand, 0]
            at[way] = rank_of(there.place[slots[way]], here[way], place)
            going[left] = way
            left += 1
    count = 0
    while left > 0:
        if count == paths.shape[1]:
            longer = np.empty((ways, 2 * count), np.int32)
            longer[:, :count] = paths
            paths = longer
        still = 0
        for number in range(left):
            way = going[number]
            paths[way, count] = here[way]
            lengths[way] += 1
            if at[way] != MOST:
                here[way], at[way] = onward(there.next[slots[way], here[way], at[way]])
                going[still] = way
                still += 1
        left = still
        count += 1
    return paths, lengths


@brief
def _are_beside(starts: Int64Array, goals: Int32Array) -> bool:
    """Whether a goal is on a street of the origin's; goals in ascending order."""
    for each in range(len(starts)):
        place = np.searchsorted(goals, starts[each, 0])
        if place < len(goals) and goals[place] == starts[each, 0]:
            return True
    return False


@brief
def _same(
    rows: Int64Array,
    found: int,
    edges: Int32Array,
    shares: FloatArray,
    share_of: FloatArray,
    asked: Int64Array,
    used: Int32Array,
    first_share: float,
    last_share: float,
) -> int:
    """Which of the ways that were found has these edges and shares of the first and the last one; -1: none."""
    for each in range(found):
        if rows[each, 2] < 0 or rows[each, 9] >= 0 or rows[each, 6] - rows[each, 5] != len(used):
            continue
        if shares[rows[each, 1]] != first_share or share_of[asked[rows[each, 0], 0], rows[each, 2]] != last_share:
            continue
        other = edges[rows[each, 5] : rows[each, 6]]
        is_same = True
        for place in range(len(used) - 1, -1, -1):
            if other[place] != used[place]:
                is_same = False
                break
        if is_same:
            return each
    return -1


def compile_slots(graph: Graph) -> None:
    """Asks for everything once, of a graph of turns with two nodes at least."""
    edges, whole, share = np.zeros(graph.nodes, np.int32), np.zeros(graph.nodes, np.int64), np.zeros(graph.nodes)
    mask, by_edge, one = np.zeros(graph.nodes, np.bool_), (1, graph.nodes, MOST), np.ones(1, np.int64)
    there = Slots(
        np.full(by_edge, -1, np.int16),
        np.zeros(by_edge, np.int32),
        np.zeros(by_edge, np.int32),
        mask[None, None],
        one,
        edges[None],
        whole[None],
        edges[None],
        whole[None],
        share[None],
    )
    roads = Roads(
        *(edges, mask, share, edges, edges, edges, mask, edges, edges, whole),
        *(share, share, share, share, share, share),
    )
    asked, first, stands = np.zeros((1, 2), np.int64), np.array([0, 1]), np.array([(1, 0)])
    read_slots(asked, first, stands, share[:1], 1, there, roads, edges)

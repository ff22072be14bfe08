"""The graph of turns: its nodes are the arcs of a road graph, its arcs the turns that are allowed between them.

A path of it never uses a turn that is forbidden, which a path of the road graph cannot promise.  Weights are of
arriving: a turn costs its own time and that of the arc it leads onto, so that the cost from one arc to another holds
all but the first one's own.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.errors import InputError
from geo.routing._compiled import Number, kernel
from geo.routing.graph import UNREACHABLE, Graph, Int32Array, Int64Array, require_weights


@dataclass(frozen=True, eq=False)
class TurnGraph:
    """``graph`` has a node for each arc of ``roads``; ``before`` and ``behind`` are the arcs that a turn joins."""

    roads: Graph
    graph: Graph

    @property
    def before(self) -> Int32Array:
        return self.graph.tail

    @property
    def behind(self) -> Int32Array:
        return self.graph.head

    def weights(
        self,
        arc_weights: npt.NDArray[np.generic],
        turn_weights: npt.NDArray[np.generic],
        these: Int64Array | None = None,
    ) -> Int32Array:
        """Weights of the turns, out of those of the road graph's arcs and those of turning.

        What cannot be driven cannot be turned onto; a sum too large for a weight is ``UNREACHABLE``.  ``these`` are
        numbers of turns: then ``turn_weights`` and what is found are theirs alone.

        Raises
        ------
        InputError
            See ``Graph.require_weights``.
        """
        arcs = self.roads.require_weights(arc_weights)
        if these is None:
            behind, turning = self.behind, self.graph.require_weights(turn_weights)
        else:
            behind, turning = self.behind[these], require_weights(turn_weights, len(these))
        found: Int32Array = np.minimum(arcs[behind].astype(np.int64) + turning, UNREACHABLE).astype(np.int32)
        return found


def turn_graph(roads: Graph, reverse: Int32Array, forbidden: npt.ArrayLike = ()) -> TurnGraph:
    """All turns of a road graph but the forbidden ones, and U-turns where there is another way on.

    reverse:
        Of each arc the one of the same road in the other direction, -1 where there is none.
    forbidden:
        Pairs of arcs, of shape ``(turns, 2)``: from which onto which.

    Raises
    ------
    InputError
        If a pair names an arc that is none, or two that do not meet.
    """
    barred = np.asarray(forbidden, np.int64).reshape(-1, 2)
    _require_turns(roads, barred)
    barred = barred[np.lexsort((barred[:, 1], barred[:, 0]))]
    first = np.searchsorted(barred[:, 0], np.arange(roads.arcs + 1)).astype(np.int32)
    counts = _counted(roads.first_arc, roads.head, reverse, first, barred)
    first_turn = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])
    return TurnGraph(roads, Graph(first_turn, _turns(roads.first_arc, roads.head, reverse, first, barred, first_turn)))


@kernel
def _may(
    arc: Number, other: Number, onward: Number, reverse: Int32Array, first: Int32Array, barred: Int64Array
) -> bool:
    is_free = reverse[arc] != other or onward == 1
    for each in range(first[arc], first[arc + 1]):
        is_free &= barred[each, 1] != other
    return is_free


@kernel
def _counted(
    first_arc: Int64Array, head: Int32Array, reverse: Int32Array, first: Int32Array, barred: Int64Array
) -> Int32Array:
    """``(arcs,)`` how many turns lead from each."""
    found = np.zeros(len(head), np.int32)
    for arc in range(len(head)):
        begin, end = first_arc[head[arc]], first_arc[head[arc] + 1]
        for other in range(begin, end):
            if _may(arc, other, end - begin, reverse, first, barred):
                found[arc] += 1
    return found


@kernel
def _turns(
    first_arc: Int64Array,
    head: Int32Array,
    reverse: Int32Array,
    first: Int32Array,
    barred: Int64Array,
    first_turn: Int64Array,
) -> Int32Array:
    """``(turns,)`` onto which arc each leads, by the arcs from which they lead."""
    found = np.empty(first_turn[-1], np.int32)
    for arc in range(len(head)):
        place = first_turn[arc]
        begin, end = first_arc[head[arc]], first_arc[head[arc] + 1]
        for other in range(begin, end):
            if _may(arc, other, end - begin, reverse, first, barred):
                found[place] = other
                place += 1
    return found


def _require_turns(roads: Graph, pairs: Int64Array) -> None:
    if len(pairs) and (int(pairs.min()) < 0 or int(pairs.max()) >= roads.arcs):
        raise InputError(f"A turn names an arc outside of 0 to {roads.arcs - 1}.")
    if np.any(roads.head[pairs[:, 0]] != roads.tail[pairs[:, 1]]):
        raise InputError("A turn names two arcs that do not meet.")

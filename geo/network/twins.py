"""Sequences of edges that are forbidden, exactly: edges that remember how one came onto them.

Where only a sequence of three edges or more is forbidden, whether one may turn off the last but one depends on where
one came from.  So each edge in it gets a twin for each beginning of a sequence that ends with it: whoever drives that
beginning is on the twin, from which the last turn is forbidden, and who came otherwise on the edge itself.  The twins
are the states of the automaton of Aho and Corasick (Efficient string matching, CACM 18(6), 1975) over all sequences,
which keeps the longest beginning driven, so that overlapping restrictions hold too; those of one edge are the edges.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from geo.network.model import RoadNetwork
from geo.routing.graph import Graph, Int32Array

Sequence = tuple[int, ...]


@dataclass(frozen=True)
class _Automaton:
    """Sequences none of which holds another, and their beginnings of two edges and more."""

    forbidden: frozenset[Sequence]
    beginnings: tuple[Sequence, ...]

    def forbids(self, driven: Sequence) -> bool:
        """Whether what was driven ends with a forbidden sequence."""
        return any(ending in self.forbidden for ending in _endings(driven))

    def remembered(self, driven: Sequence) -> int | None:
        """The number of the longest beginning with which what was driven ends; None: there is none."""
        return next((self._number[ending] for ending in _endings(driven) if ending in self._number), None)

    @cached_property
    def _number(self) -> dict[Sequence, int]:
        return {each: number for number, each in enumerate(self.beginnings)}


def with_forbidden(network: RoadNetwork, sequences: Iterable[Sequence]) -> RoadNetwork:
    """The network with these sequences forbidden; its edges are numbered anew.

    The network has no twins yet.
    """
    automaton = _automaton(set(sequences))
    edges = network.edges
    forbidden = {sequence for sequence in automaton.forbidden if len(sequence) == 2}
    onto: set[tuple[int, int]] = set()
    states: list[tuple[int, Sequence]] = [
        (edge, (edge,)) for edge in sorted({each[0] for each in automaton.beginnings})
    ]
    states += [(edges + number, each) for number, each in enumerate(automaton.beginnings)]
    for state, driven in states:
        for edge in _onward(network, driven[-1]):
            if automaton.forbids((*driven, edge)):
                forbidden.add((state, edge))
            elif (twin := automaton.remembered((*driven, edge))) is not None:
                onto.add((state, edges + twin))
    return _with_twins(network, [each[-1] for each in automaton.beginnings], forbidden, onto)


def _automaton(sequences: set[Sequence]) -> _Automaton:
    least = frozenset(each for each in sequences if not any(part in sequences for part in _parts(each)))
    beginnings = {each[:size] for each in least for size in range(2, len(each))}
    return _Automaton(least, tuple(sorted(beginnings)))


def _parts(sequence: Sequence) -> Iterator[Sequence]:
    """All that a sequence holds, but itself."""
    for size in range(2, len(sequence)):
        for first in range(len(sequence) - size + 1):
            yield sequence[first : first + size]


def _endings(driven: Sequence) -> Iterator[Sequence]:
    """Of two edges and more, the longest first."""
    for first in range(len(driven) - 1):
        yield driven[first:]


def _onward(network: RoadNetwork, edge: int) -> range:
    first, head = network.graph.first_arc, network.graph.head[edge]
    return range(int(first[head]), int(first[head + 1]))


def _with_twins(
    network: RoadNetwork, twins: list[int], forbidden: set[tuple[int, int]], onto: set[tuple[int, int]]
) -> RoadNetwork:
    """Twins of these edges, numbered behind all edges in ``forbidden`` and ``onto``, put in the order of tails."""
    graph = network.graph
    original = np.concatenate([np.arange(network.edges), np.array(twins, np.int64)])
    order = np.argsort(graph.tail[original], kind="stable")
    number = np.empty(len(order), np.int32)
    number[order] = np.arange(len(order))
    kept = original[order]
    reverse = network.reverse[kept]
    return replace(
        network,
        graph=Graph.from_arcs(graph.nodes, graph.tail[kept], graph.head[kept]),
        stretch=network.stretch[kept],
        along=network.along[kept],
        reverse=np.where(reverse >= 0, number[reverse], -1).astype(np.int32),
        original=number[kept],
        forbidden_turns=_pairs(forbidden, number),
        turns_onto_twins=_pairs(onto, number),
    )


def _pairs(pairs: set[tuple[int, int]], number: Int32Array) -> Int32Array:
    found = number[np.array(sorted(pairs), np.int64).reshape(-1, 2)]
    return found[np.lexsort((found[:, 1], found[:, 0]))]

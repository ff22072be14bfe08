"""A graph cut into regions that are built and weighed each alone, and the overlay of their borders that joins them.

Arcs between regions leave one at an *exit* and come into another at an *entry*.  A shortest path is one within the
region of its origin, then in turn an arc across a border and a path from an entry to an exit of the region entered, and
in the end one from an entry of the region of its destination.  So of a region the others need no more than what it
costs from its entries to its exits, and all of these with the arcs across are a graph of their own: the overlay, whose
shortest paths are the whole graph's (Delling, Goldberg, Pajor, Werneck: Customizable Route Planning in Road Networks,
Transportation Science 51, 2017, of one level).  It is an ordinary graph and gets a hierarchy of its own; ``joint``
asks.

Growth: let ``n`` nodes be cut into ``k`` regions, each with ``b`` border nodes.  Cuts of road networks cross few roads,
so that ``b`` grows at most as the border of an area does, with the root of ``n / k``.

- A region is a hierarchy of ``n / k`` nodes: regions are built and weighed on as many machines as there are regions,
  and no machine has to hold more than one region and the overlay.  A change of weights costs one region's part.
- Its matrix has at most ``b**2`` costs, so at most as many as it has nodes times a constant: 4 bytes each.
- The overlay has at most ``k * b`` nodes and ``k * b**2`` arcs, so it grows with ``n`` and no faster.
- A question costs one search in the region of either end, each to ``b`` nodes, and one in the overlay; its path costs
  a search more for each region driven through.

Nothing of it knows of roads: a graph of turns is cut likewise, with the middles of its arcs as coordinates.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geo.errors import InputError
from geo.routing.dissection import node_order
from geo.routing.graph import FloatArray, Graph, Int32Array, Int64Array
from geo.routing.hierarchy import Hierarchy, build


@dataclass(frozen=True, eq=False)
class Region:
    """A part of a graph: its nodes, the arcs between them, and the hierarchy of both, that numbers both anew.

    nodes, arcs:
        Of the whole graph, ascending: node ``i`` of the hierarchy's graph is ``nodes[i]``.
    entries, exits:
        Nodes of the hierarchy's graph that arcs from other regions lead to, and that arcs to other ones leave.
    """

    nodes: Int32Array
    arcs: Int32Array
    hierarchy: Hierarchy
    entries: Int32Array
    exits: Int32Array


@dataclass(frozen=True, eq=False)
class Overlay:
    """The borders of all regions: a graph of arcs across, and of an arc from each entry of a region to each exit.

    nodes:
        Of the whole graph, ascending: node ``i`` of the hierarchy's graph is ``nodes[i]``.
    across:
        The whole graph's arcs between regions.
    first:
        ``(regions + 1,)``: the arcs of the overlay are those ``across``, then those of each region from its ``first``
        on, entry by entry, ...
    place:
        ... and arc ``i`` of the hierarchy's graph is ``place[i]`` of them.
    """

    nodes: Int32Array
    hierarchy: Hierarchy
    across: Int32Array
    first: Int64Array
    place: Int64Array

    def numbers(self, nodes: Int32Array) -> Int32Array:
        """Nodes of the whole graph that are on borders, as nodes of the overlay."""
        return np.searchsorted(self.nodes, nodes).astype(np.int32)


@dataclass(frozen=True, eq=False)
class Regions:
    """A graph in regions; ``region`` is that of each node, its number in ``parts``."""

    graph: Graph
    region: Int32Array
    parts: tuple[Region, ...]
    overlay: Overlay

    @cached_property
    def number(self) -> Int32Array:
        """Of each node of the whole graph its number in its region."""
        found = np.empty(self.graph.nodes, np.int32)
        for part in self.parts:
            found[part.nodes] = np.arange(len(part.nodes), dtype=np.int32)
        return found


def cut(graph: Graph, x: FloatArray, y: FloatArray, region: npt.ArrayLike) -> Regions:
    """The graph in the regions given, one for each node, numbered from 0: prefectures, or ``dissection.regions``.

    ``x`` and ``y`` are coordinates of the nodes in a plane, in any unit.  A region may be in pieces, or empty.

    Raises
    ------
    InputError
        If there is not a region, of 0 or more, and a place for each node.
    """
    of_node = np.asarray(region)
    if of_node.shape != (graph.nodes,) or (of_node.size and (of_node.dtype.kind not in "iu" or of_node.min() < 0)):
        raise InputError(f"There are {graph.nodes} nodes, and not a region of 0 or more for each.")
    if len(x) != graph.nodes or len(y) != graph.nodes:
        raise InputError(f"There are {graph.nodes} nodes, and {len(x)} and {len(y)} coordinates of them.")
    of_node = of_node.astype(np.int32)
    count = int(of_node.max(initial=-1)) + 1
    parts = tuple(region_of(graph, x, y, of_node, each) for each in range(count))
    return Regions(graph, of_node, parts, overlay_of(graph, x, y, of_node, parts))


def region_of(graph: Graph, x: FloatArray, y: FloatArray, region: Int32Array, which: int) -> Region:
    """One region of a graph, built of nothing but its own nodes and the arcs that touch them."""
    inside = region == which
    nodes = np.flatnonzero(inside).astype(np.int32)
    tail_in, head_in = inside[graph.tail], inside[graph.head]
    arcs = np.flatnonzero(tail_in & head_in).astype(np.int32)
    own = Graph.from_arcs(
        len(nodes), np.searchsorted(nodes, graph.tail[arcs]), np.searchsorted(nodes, graph.head[arcs])
    )
    entries, exits = np.unique(graph.head[head_in & ~tail_in]), np.unique(graph.tail[tail_in & ~head_in])
    return Region(
        nodes,
        arcs,
        build(own, node_order(own, x[nodes], y[nodes])),
        np.searchsorted(nodes, entries).astype(np.int32),
        np.searchsorted(nodes, exits).astype(np.int32),
    )


def overlay_of(graph: Graph, x: FloatArray, y: FloatArray, region: Int32Array, parts: tuple[Region, ...]) -> Overlay:
    """The overlay of all regions: of them it takes their borders only."""
    across = np.flatnonzero(region[graph.tail] != region[graph.head]).astype(np.int32)
    nodes = np.unique(np.concatenate([graph.tail[across], graph.head[across]]))
    tails, heads = [graph.tail[across]], [graph.head[across]]
    for part in parts:
        entries, exits = part.nodes[part.entries], part.nodes[part.exits]
        tails.append(np.repeat(entries, len(exits)))
        heads.append(np.tile(exits, len(entries)))
    first = np.cumsum([len(each) for each in tails], dtype=np.int64)
    tail, head = np.searchsorted(nodes, np.concatenate(tails)), np.searchsorted(nodes, np.concatenate(heads))
    place = np.argsort(tail, kind="stable")
    borders = Graph.from_arcs(len(nodes), tail[place], head[place])
    hierarchy = build(borders, node_order(borders, x[nodes], y[nodes]))
    return Overlay(nodes, hierarchy, across, first, place)

"""A network with its turns, their hierarchy and an index of places: all that does not depend on what is allowed now."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from geo.network.bearings import bearings, turn_angles
from geo.network.model import RoadNetwork
from geo.network.turning import all_turns
from geo.routing.around import AroundRouter
from geo.routing.dissection import arc_order
from geo.routing.graph import FloatArray, Int32Array, Int64Array
from geo.routing.hierarchy import Hierarchy, build
from geo.routing.query import Router
from geo.routing.search import Searcher
from geo.routing.turns import TurnGraph
from geo.routing.workspaces import Workspaces
from geo.travel.crossings import Crossings
from geo.travel.snapping import SnapIndex
from geo.travel.spaces import Space


@dataclass(frozen=True, eq=False, repr=False)
class Topology:
    """Built once for a network, and used by all vehicles and threads.

    turns:
        Every turn there is, the forbidden ones too, which some vehicles may make: their weights say who.
    stored:
        The hierarchy of the turns, where it was built before.
    """

    network: RoadNetwork
    turns: TurnGraph
    stored: Hierarchy | None = None

    def __repr__(self) -> str:
        return f"<Topology of {self.network.edges} edges>"

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """Of the turns.  To build it takes longer than all else, so that it is built when it is first asked for:
        analyses by area and searches within a limit never do.
        """
        if self.stored is not None:
            return self.stored
        network = self.network
        return build(self.turns.graph, arc_order(network.graph, network.x, network.y))

    @property
    def is_ordered(self) -> bool:
        """Whether the hierarchy is at hand."""
        return self.stored is not None or "hierarchy" in self.__dict__

    @cached_property
    def places(self) -> SnapIndex:
        return SnapIndex(self.network)

    @cached_property
    def crossings(self) -> Crossings:
        return Crossings(self.network.graph, self.network.x, self.network.y)

    @cached_property
    def router(self) -> Router:
        return Router(self.hierarchy)

    @cached_property
    def searcher(self) -> Searcher:
        return Searcher(self.turns.graph)

    @cached_property
    def search_spaces(self) -> Workspaces[Space]:
        """For searches that know when to stop."""
        return Workspaces(lambda: Space.of(self.turns.graph))

    @cached_property
    def around(self) -> AroundRouter:
        return AroundRouter(self.hierarchy)

    @cached_property
    def bearings(self) -> tuple[FloatArray, FloatArray]:
        """``(edges,)`` each: in which direction an edge sets out and ends, as ``geo.network.bearings`` has it."""
        return bearings(self.network)

    @cached_property
    def turn_angles(self) -> FloatArray:
        """``(turns,)`` by how many degrees each turns, as ``geo.network.bearings`` has it."""
        return self.angles_of(slice(None))

    def angles_of(self, turns: slice) -> FloatArray:
        """The same of some turns."""
        return turn_angles(self.network, self.turns.before[turns], self.turns.behind[turns], self.bearings)

    def prepare_for_closures(self) -> None:
        """Makes what the first closure that is drawn would have to wait for."""
        self.places.touching(shapely.Point(0.0, 0.0))
        self.edges_of_all(np.empty(0, np.int64))
        _ = self.hierarchy.own

    def edges_of(self, stretch: int) -> Int32Array:
        """The edges of a stretch: one for each direction in which anybody may go."""
        order, first = self._by_stretch
        return order[first[stretch] : first[stretch + 1]]

    def edges_of_all(self, stretches: Int64Array) -> Int32Array:
        """The edges of several stretches, stretch by stretch."""
        return _members(*self._by_stretch, stretches)

    def edge_counts(self, stretches: Int64Array) -> Int64Array:
        """How many edges each of several stretches has."""
        _, first = self._by_stretch
        return first[stretches + 1] - first[stretches]

    def turns_onto(self, edges: Int32Array) -> Int32Array:
        """The turns that lead onto these edges, edge by edge."""
        return _members(*self.turns_by_behind, edges)

    @cached_property
    def _by_stretch(self) -> tuple[Int32Array, Int64Array]:
        return _grouped(self.network.stretch, len(self.network.stretches))

    @cached_property
    def turns_by_behind(self) -> tuple[Int32Array, Int64Array]:
        """The turns in the order of the edges they lead onto, and where those of each begin, with their number behind
        the last.
        """
        return _grouped(self.turns.behind, self.network.edges)


def _grouped(group: Int32Array, groups: int) -> tuple[Int32Array, Int64Array]:
    """Numbers of the members group by group, and where those of each begin, with their number behind the last."""
    order = np.argsort(group, kind="stable").astype(np.int32)
    first = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=groups))])
    return order, first.astype(np.int64)


def _members(order: Int32Array, first: Int64Array, groups: Int32Array | Int64Array) -> Int32Array:
    counts = first[groups + 1] - first[groups]
    behind = np.cumsum(counts)
    places = np.arange(counts.sum()) + np.repeat(first[groups] - behind + counts, counts)
    found: Int32Array = order[places]
    return found


def topology_of(network: RoadNetwork) -> Topology:
    """The topology of a network, whose hierarchy is not built yet."""
    return Topology(network, all_turns(network))

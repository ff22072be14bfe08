"""What one kind of vehicle finds on the roads at one time: what it may use, how long that takes, and why not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from geo.errors import InputError
from geo.network.impedance import Impedance, impedance, with_closed
from geo.network.limits import size_limits
from geo.network.rules import Rule
from geo.network.turning import turn_weights
from geo.network.vehicle import TurnCosts, VehicleProfile
from geo.network.widths import SHIPPED_WIDTHS, WidthModel
from geo.routing.customising import customise
from geo.routing.graph import UNREACHABLE, Int32Array, Int64Array, Mask, whole_units
from geo.routing.metric import Metric
from geo.routing.pruning import pruned
from geo.routing.recustomising import recustomised
from geo.travel.closing import Closed
from geo.travel.topology import Topology


@dataclass(frozen=True, eq=False, repr=False)
class Conditions:
    """Never written after it was made: a change of closures or of a profile makes another.

    impedance:
        Of the edges: their weights in milliseconds, and the rule that excluded each.
    weights:
        ``(turns,)`` milliseconds.
    metric:
        Of these weights; None before it was made: then ways are searched without it, as exactly and more slowly.
    under:
        The closures that hold in them, by which it is known who closed an edge; None: none is known by name.
    """

    topology: Topology
    profile: VehicleProfile
    impedance: Impedance
    weights: Int32Array
    metric: Metric | None = None
    under: Closed | None = None

    def __repr__(self) -> str:
        return f"<Conditions of {self.profile.id} on {self.topology!r}>"

    @cached_property
    def usable(self) -> Mask:
        """``(stretches,)``: those that the vehicle may use in a direction at least."""
        network = self.topology.network
        found = np.zeros(len(network.stretches), bool)
        found[network.stretch[self.impedance.weights < UNREACHABLE]] = True
        return found

    @cached_property
    def parts(self) -> Int32Array:
        """``(stretches,)`` which part of the roads each hangs together with, in whatever direction; -1: not usable."""
        network = self.topology.network
        graph, used = network.graph, self.impedance.weights < UNREACHABLE
        joined = coo_array((used[used], (graph.tail[used], graph.head[used])), shape=(graph.nodes, graph.nodes))
        _, labels = connected_components(joined, directed=False)
        found = np.full(len(network.stretches), -1, np.int32)
        found[network.stretch[used]] = labels[graph.tail[used]]
        return found

    @cached_property
    def circuits(self) -> Int32Array:
        """``(edges,)`` numbers that are the same where there is a way from each edge to the other and back; -1: not
        usable.  Most edges of a city have one number; those of a street with a way in and none out have their own.
        """
        turns, used = self.topology.turns.graph, self.impedance.weights < UNREACHABLE
        # As the rows of a matrix at once: sorting the turns of a country anew would take many times its memory.
        made = self.weights < UNREACHABLE
        first = np.concatenate([np.zeros(1, np.int64), np.cumsum(made)])[turns.first_arc]
        joined = csr_array((np.ones(int(first[-1])), turns.head[made], first), shape=(turns.nodes, turns.nodes))
        _, labels = connected_components(joined, directed=True, connection="strong")
        return np.where(used, labels, -1).astype(np.int32)

    @cached_property
    def _between_circuits(self) -> tuple[Int32Array, Int32Array]:
        """From which circuits turns lead to which others, each pair once."""
        turns, circuits = self.topology.turns, self.circuits
        crossing = np.flatnonzero((circuits[turns.before] != circuits[turns.behind]) & (self.weights < UNREACHABLE))
        pairs = np.stack([circuits[turns.before[crossing]], circuits[turns.behind[crossing]]])
        from_, to = np.unique(pairs, axis=1)
        return from_, to

    def is_in_reach(self, circuits: Collection[int], *, against: bool = False) -> Mask:
        """``(circuits,)``: those to which one comes from some, these among them; or, ``against``, those from which one
        comes to them.
        """
        from_, to = self._between_circuits[:: -1 if against else 1]
        found = np.zeros(int(self.circuits.max(initial=-1)) + 2, bool)  # the last: of what is not usable
        found[list(circuits)] = True
        reached = 0
        while reached < np.count_nonzero(found):
            reached = int(np.count_nonzero(found))
            found[to[found[from_]]] = True
        found[-1] = False
        return found

    def reached_from(self, edges: Sequence[int]) -> Int64Array:
        """The nodes that ways from any of these edges come to, ascending.

        They are the same from all edges of a circuit, and so are looked for once: most edges of a city are of one.
        """
        circuits = frozenset(self.circuits[list(edges)].tolist())
        found = self._reached.get(circuits)
        if found is None:
            within = self.topology.searcher.within(self.weights, list(edges), UNREACHABLE - 1, ordered=False)
            found = np.unique(self.topology.network.graph.head[within.nodes]).astype(np.int64)
            if -1 not in circuits and len(self._reached) < _MOST_KEPT:
                self._reached[circuits] = found
        return found

    @cached_property
    def _reached(self) -> dict[frozenset[int], Int64Array]:
        return {}

    @cached_property
    def tight(self) -> Mask:
        """``(stretches,)``: those with a limit of size that leaves the vehicle little room."""
        every = np.arange(len(self.topology.network.stretches), dtype=np.int32)
        found = np.zeros(len(every), bool)
        for limit in size_limits(self.topology.network, self.profile, every):
            found |= limit.is_near
        return found

    @cached_property
    def opened(self) -> Metric:
        """Of all turns, those that may not be made too, at a price beyond the detours of a city: for refusals."""
        return opened(self, np.ones(len(self.weights), np.bool_))

    @cached_property
    def by_length(self) -> "Conditions":
        """The same, measured in millimetres where this is in milliseconds, and turning costs nothing.

        What is only closed for a time is open: this is for hoses, and who lays them closes roads for that.  The rule
        of its edges still says so.
        """
        network, turns, on = self.topology.network, self.topology.turns, self.impedance
        open_ = (on.weights < UNREACHABLE) | (on.rule == Rule.CLOSED)
        # Units of a second are thousands, as those of a metre are.
        measured = replace(on, weights=whole_units(np.where(open_, network.length_m, np.inf)))
        profile = replace(self.profile, turns=TurnCosts())
        weights = turns.weights(measured.weights, turn_weights(network, turns, profile, measured))
        return Conditions(self.topology, profile, measured, weights)


_MOST_TURNS = 4_000_000
_MOST_KEPT = 16
"""Sets of nodes: each takes some hundred kilobytes for a city."""
_IN_THE_WAY = 1_000_000
"""What using an excluded edge costs where it is opened, in milliseconds: more than the detours of a city."""


def opened(now: Conditions, may_open: Mask) -> Metric:
    """The metric of the turns that may be made, and at a price of those that may be opened, of shape ``(turns,)``."""
    barred = np.where(may_open, _IN_THE_WAY, UNREACHABLE)
    weights = np.where(now.weights < UNREACHABLE, now.weights, barred).astype(np.int32)
    return customise(now.topology.hierarchy, weights)


def conditions(
    topology: Topology,
    profile: VehicleProfile,
    *,
    depth_m: npt.ArrayLike | None = None,
    closed: npt.ArrayLike | None = None,
    model: WidthModel = SHIPPED_WIDTHS,
) -> Conditions:
    """The conditions for a profile; the other arguments and errors as of ``geo.network.impedance.impedance``.

    They have no metric yet: ``with_metric`` takes longer than all this.
    """
    on = impedance(topology.network, profile, depth_m=depth_m, closed=closed, model=model)
    return Conditions(topology, profile, on, weighed(topology, profile, on))


def weighed(topology: Topology, profile: VehicleProfile, on: Impedance) -> Int32Array:
    """``(turns,)`` their weights, out of those of the edges.

    Of many turns some after the others: on the way to its weight each takes twenty times the memory of that.
    """
    network, turns = topology.network, topology.turns
    if turns.graph.arcs <= _MOST_TURNS:
        return turns.weights(on.weights, turn_weights(network, turns, profile, on, topology.turn_angles))
    found = np.empty(turns.graph.arcs, np.int32)
    first, begin = turns.graph.first_arc, 0
    while begin < turns.graph.nodes:
        end = max(int(np.searchsorted(first, first[begin] + _MOST_TURNS, "right")) - 1, begin + 1)
        some = slice(int(first[begin]), int(first[end]))
        these = np.arange(some.start, some.stop)
        turning = turn_weights(network, turns, profile, on, topology.angles_of(some), these)
        found[some] = turns.weights(on.weights, turning, these)
        begin = end
    return found


def closed_off(open_: Conditions, under: Closed, model: WidthModel = SHIPPED_WIDTHS) -> Conditions:
    """The conditions with edges closed, as ``conditions`` gives them out of those with none: the quicker way.

    ``model`` is the one that ``open_`` was made with.  They have no metric yet.

    Raises
    ------
    InputError
        If there is water among the closures: that changes more than which edges are used.
    """
    if np.any(under.depth_m):
        raise InputError("Closures with a depth of water change speeds too.", fix="Ask for `conditions`.")
    topology, profile = open_.topology, open_.profile
    network, turns, graph = topology.network, topology.turns, topology.network.graph
    on = with_closed(network, profile, open_.impedance, under.closed, model)
    changed = np.flatnonzero(on.weights != open_.impedance.weights)
    near = np.zeros(graph.nodes, np.bool_)
    near[graph.tail[changed]] = near[graph.head[changed]] = True
    these = np.flatnonzero(near[graph.head[turns.before]])
    weights = open_.weights.copy()
    turning = turn_weights(network, turns, profile, on, topology.turn_angles[these], these)
    weights[these] = turns.weights(on.weights, turning, these)
    return Conditions(topology, profile, on, weights, under=under)


def with_metric(now: Conditions, before: Metric | None = None, *, threads: int = 1) -> Conditions:
    """The same conditions with the metric of their weights, which is made out of one ``before`` where there is one.

    That is of the same topology, and not pruned: the fewer weights differ, the sooner it is made.  Where there is none,
    so many threads make it.
    """
    hierarchy, weights = now.topology.hierarchy, now.weights
    made = customise(hierarchy, weights, threads) if before is None else recustomised(before, weights)
    return replace(now, metric=made)


def with_pruned_metric(now: Conditions) -> Conditions:
    """The same conditions, with their metric asked faster; making it takes longer than making the metric.

    Without a metric they stay as they are.
    """
    return now if now.metric is None else replace(now, metric=pruned(now.metric))

"""What one kind of vehicle finds on the roads at one time: what it may use, how long that takes, and why not."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geo.network.impedance import Impedance, impedance
from geo.network.turning import turn_weights
from geo.network.vehicle import VehicleProfile
from geo.routing.graph import UNREACHABLE, Int32Array, Mask
from geo.routing.metric import Metric, customise
from geo.routing.pruning import pruned
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
    """

    topology: Topology
    profile: VehicleProfile
    impedance: Impedance
    weights: Int32Array
    metric: Metric | None = None

    def __repr__(self) -> str:
        return f"<Conditions of {self.profile.id} on {self.topology!r}>"

    @cached_property
    def usable(self) -> Mask:
        """``(stretches,)``: those that the vehicle may use in a direction at least."""
        network = self.topology.network
        found = np.zeros(len(network.stretches), bool)
        found[network.stretch[self.impedance.weights < UNREACHABLE]] = True
        return found


def conditions(
    topology: Topology,
    profile: VehicleProfile,
    *,
    depth_m: npt.ArrayLike | None = None,
    closed: npt.ArrayLike | None = None,
) -> Conditions:
    """The conditions for a profile; ``depth_m``, ``closed`` and errors as of ``geo.network.impedance.impedance``.

    They have no metric yet: ``with_metric`` takes longer than all this.
    """
    network, turns = topology.network, topology.turns
    on = impedance(network, profile, depth_m=depth_m, closed=closed)
    weights = turns.weights(on.weights, turn_weights(network, turns, profile, on))
    return Conditions(topology, profile, on, weights)


def with_metric(now: Conditions) -> Conditions:
    """The same conditions with the metric of their weights."""
    return replace(now, metric=customise(now.topology.hierarchy, now.weights))


def with_pruned_metric(now: Conditions) -> Conditions:
    """The same conditions, with their metric asked faster; making it takes longer than making the metric.

    Without a metric they stay as they are.
    """
    return now if now.metric is None else replace(now, metric=pruned(now.metric))

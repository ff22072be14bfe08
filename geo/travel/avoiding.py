"""Areas that one journey keeps out of, or finds under water, on top of the conditions that hold for all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from shapely.geometry.base import BaseGeometry

from geo.depth import flooded_speed_kph
from geo.errors import InputError
from geo.network.impedance import Impedance
from geo.network.rules import Rule
from geo.routing.graph import UNITS_PER_SECOND, UNREACHABLE, FloatArray, Int32Array, Int64Array
from geo.travel.closing import stretches_meant_each
from geo.travel.conditions import Conditions, weighed
from geo.travel.finding import Way

_MPS_PER_KPH = 1 / 3.6


@dataclass(frozen=True, slots=True)
class Area:
    """A drawing (EPSG:6668), as of ``geo.travel.closing.stretches_meant``.

    depth_m:
        Of water in it, above 0; None: it is kept out of.
    """

    drawing: BaseGeometry
    depth_m: float | None = None


@dataclass(frozen=True, eq=False)
class Avoiding:
    """What areas make of conditions, for one question.

    touched:
        By area the stretches it touches, in the order of their numbers.
    on:
        The conditions with the edges as the areas leave them.  Their turns, and so their metric, are those from before:
        ``raised`` goes with them, as of ``geo.travel.finding.fastest``.
    raised:
        ``(turns,)`` what turns weigh now.  They only rise: nobody turns back before an area.
    """

    areas: tuple[Area, ...]
    touched: tuple[Int64Array, ...]
    on: Conditions
    raised: Int32Array

    @cached_property
    def settled(self) -> Conditions:
        """The conditions as if the areas had been closures: turns are weighed anew, and there is no metric."""
        now = self.on
        return replace(now, weights=weighed(now.topology, now.profile, now.impedance), metric=None)

    def met_by(self, way: Way) -> tuple[bool, ...]:
        """By area whether a way uses a stretch that it touches."""
        used = np.unique(self.on.topology.network.stretch[way.edges])
        return tuple(bool(np.isin(used, stretches, assume_unique=True).any()) for stretches in self.touched)


def avoiding(now: Conditions, areas: Sequence[Area]) -> Avoiding:
    """The conditions with these areas; of several depths at a place the deepest counts.

    Nobody gets into an area that is kept out of, over no bridge either; whoever sets out in it does so from the nearest
    road outside.  In water the rules of ``geo.network.impedance`` hold.

    Raises
    ------
    InputError
        If a coordinate cannot be expressed in the plane of the network, or a depth is none.
    """
    topology, before = now.topology, now.impedance
    touched = stretches_meant_each(topology, [area.drawing for area in areas])
    weights, rule, doubt = before.weights.copy(), before.rule.copy(), before.doubt.copy()
    edges, depth_m = _depths(now, areas, touched)
    usable = weights[edges] < UNREACHABLE
    edges, depth_m = edges[usable], depth_m[usable]
    dry = np.isinf(depth_m)
    weights[edges] = _weights(now, edges, depth_m)
    shut = weights[edges] >= UNREACHABLE
    rule[edges[shut]] = np.where(dry[shut], Rule.CLOSED, Rule.WADING_DEPTH)
    doubt[edges[shut]] = 0

    turns = topology.turns_onto(edges)
    onto = topology.turns.behind[turns]
    risen = now.weights[turns].astype(np.int64) + weights[onto] - before.weights[onto]
    raised = now.weights.copy()
    raised[turns] = np.where(weights[onto] < UNREACHABLE, np.minimum(risen, UNREACHABLE), UNREACHABLE)
    return Avoiding(tuple(areas), touched, replace(now, impedance=Impedance(weights, rule, doubt)), raised)


def _depths(now: Conditions, areas: Sequence[Area], touched: Sequence[Int64Array]) -> tuple[Int32Array, FloatArray]:
    """The edges that the areas touch, each once, and the depth there; infinite where they are kept out of."""
    topology = now.topology
    depth = np.repeat([_depth(area) for area in areas], [len(each) for each in touched])
    stretches, which = np.unique(np.concatenate([np.empty(0, np.int64), *touched]), return_inverse=True)
    deepest = np.zeros(len(stretches))
    np.maximum.at(deepest, which, depth)
    edges = topology.edges_of_all(stretches)
    return edges, deepest[np.searchsorted(stretches, topology.network.stretch[edges])]


def _depth(area: Area) -> float:
    if area.depth_m is None:
        return np.inf
    if not 0 < area.depth_m < np.inf:
        raise InputError(f"A depth of {area.depth_m} m is none.")
    return area.depth_m


def _weights(now: Conditions, edges: Int32Array, depth_m: FloatArray) -> Int32Array:
    """Milliseconds on usable edges in water, never less than before."""
    profile, before = now.profile, now.impedance.weights[edges]
    found = before.astype(np.float64)
    shut = depth_m >= profile.wading_depth_m
    if profile.curve is not None:
        moving = ~shut & (before > 0)
        length_m = now.topology.network.length_m[edges[moving]]
        free_kph = length_m / (before[moving] / UNITS_PER_SECOND) / _MPS_PER_KPH
        speed_kph = flooded_speed_kph(depth_m[moving] * 1000, free_kph, profile.curve)
        with np.errstate(divide="ignore"):
            found[moving] = length_m / (speed_kph * _MPS_PER_KPH) * UNITS_PER_SECOND
    found[shut] = np.inf
    whole = np.rint(np.minimum(found, UNREACHABLE)).astype(np.int32)
    return np.maximum(whole, before)

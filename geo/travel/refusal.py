"""Why there is no way, and how far one gets: asked only when there is none."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.routing.graph import UNREACHABLE, Int32Array, Mask
from geo.routing.metric import customise
from geo.travel.conditions import Conditions
from geo.travel.finding import Stand

_IN_THE_WAY = 1_000_000
"""What using an excluded edge costs here, in milliseconds: more than the detours of a city."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no way.

    in_the_way:
        Excluded edges that the way with the fewest of them would use, in its order; none where nothing leads there.
    turns:
        ``(turns, 2)`` edges: turns of that way that the vehicle may not make between edges that it may use.
    nearest_node:
        The node that can be reached and is nearest to the destination, as the crow flies; None where there is none.
    """

    in_the_way: Int32Array
    turns: Int32Array
    nearest_node: int | None


def why_not(
    now: Conditions,
    origins: Sequence[Stand],
    destination: tuple[float, float],
    ends: Sequence[int],
    open_: Conditions | None = None,
) -> Refusal:
    """Why no way leads from the origins to one of the edges ``ends``.

    destination, ends:
        The place one wants to, x and y in the network's plane, and the edges there; without any it lies on no road.
    open_:
        The conditions without closures; None: no closure holds.  Where there is a way in them, closures alone are the
        reason, and what is in the way are the edges of the way through the fewest closed ones; else of any that are
        excluded.
    """
    topology = now.topology
    network = topology.network
    starts = [stand.edge for stand in origins]
    reached = topology.searcher.within(now.weights, starts, UNREACHABLE - 1).nodes
    nodes = np.unique(network.graph.head[reached])
    nearest: int | None = None
    if len(nodes):
        away = np.hypot(network.x[nodes] - destination[0], network.y[nodes] - destination[1])
        nearest = int(nodes[np.argmin(away)])
    if not ends or not starts:
        return Refusal(np.empty(0, np.int32), np.empty((0, 2), np.int32), nearest)
    every = np.ones(len(now.weights), np.bool_)
    found = None if open_ is None else _in_the_way(now, starts, ends, open_.weights < UNREACHABLE)
    in_the_way = found or _in_the_way(now, starts, ends, every) or (np.empty(0, np.int32), np.empty((0, 2), np.int32))
    return Refusal(*in_the_way, nearest)


def _in_the_way(
    now: Conditions, starts: Sequence[int], ends: Sequence[int], may_open: Mask
) -> tuple[Int32Array, Int32Array] | None:
    """Edges and turns, as ``Refusal`` has them, of a way that makes no other turns than may be made, or may open."""
    turns, excluded = now.topology.turns, now.impedance.weights >= UNREACHABLE
    weights = now.weights
    opened = np.where(weights < UNREACHABLE, weights, np.where(may_open, _IN_THE_WAY, UNREACHABLE)).astype(np.int32)
    metric = customise(now.topology.hierarchy, opened)
    paths = [
        path
        for start in starts
        for end in ends
        if start != end and (path := now.topology.router.path(metric, start, end)) is not None
    ]
    if not paths:
        return None
    used = min(paths, key=lambda path: path.cost).arcs
    before, behind = turns.before[used], turns.behind[used]
    kept = (weights[used] >= UNREACHABLE) & ~excluded[before] & ~excluded[behind]
    return behind[excluded[behind]], np.column_stack([before[kept], behind[kept]])

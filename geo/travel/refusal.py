"""Why there is no way, and how far one gets: asked only when there is none."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.routing.graph import UNREACHABLE, Int32Array
from geo.routing.metric import Metric
from geo.travel.conditions import Conditions, opened
from geo.travel.finding import Stand


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
    network = now.topology.network
    starts = [stand.edge for stand in origins]
    nodes = now.reached_from(starts) if starts else np.empty(0, np.int64)
    nearest: int | None = None
    if len(nodes):
        away = np.hypot(network.x[nodes] - destination[0], network.y[nodes] - destination[1])
        nearest = int(nodes[np.argmin(away)])
    if not ends or not starts:
        return Refusal(np.empty(0, np.int32), np.empty((0, 2), np.int32), nearest)
    through = None
    if open_ is not None:
        through = _in_the_way(now, starts, ends, opened(now, open_.weights < UNREACHABLE))
    through = through or _in_the_way(now, starts, ends, now.opened)
    return Refusal(*(through or (np.empty(0, np.int32), np.empty((0, 2), np.int32))), nearest)


def _in_the_way(
    now: Conditions, starts: Sequence[int], ends: Sequence[int], metric: Metric
) -> tuple[Int32Array, Int32Array] | None:
    """Edges and turns, as ``Refusal`` has them, of the way of a metric that has some of them opened."""
    turns, excluded, weights = now.topology.turns, now.impedance.weights >= UNREACHABLE, now.weights
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

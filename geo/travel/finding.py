"""The fastest way between two places on the network: parts of the first and the last edge, whole ones between.

Edges are nodes of the graph of turns, so no forbidden turn is ever made.  The cost between two edges there holds all
but the first one's own; what lies before the origin on its edge and behind the destination on the last is taken off.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from geo.errors import InputError
from geo.routing.graph import UNREACHABLE, Int32Array
from geo.routing.metric import Metric
from geo.routing.query import Path
from geo.travel.conditions import Conditions
from geo.travel.snapping import Snap


class Stand(NamedTuple):
    """A place on a directed edge: the share of its length that lies behind who goes along it (0 to 1)."""

    edge: int
    share: float


class Way(NamedTuple):
    """A way between two stands: its cost in milliseconds, its edges in their order, both ends included.

    weights:
        What each edge costs on this way, without turning: of the first and the last one the part that is used.
    """

    cost: int
    origin: Stand
    destination: Stand
    edges: Int32Array
    weights: Int32Array


def stands(now: Conditions, snap: Snap, heading_deg: float | None = None) -> list[Stand]:
    """Where the vehicle stands at a place: on the edges of its stretch that it may use.

    With a heading (degrees clockwise from north) only on those that lead within 90 degrees of it, where there are any.

    Raises
    ------
    InputError
        If the heading is no number.
    """
    if heading_deg is not None and not math.isfinite(heading_deg):
        raise InputError(f"A heading of {heading_deg} degrees is none.")
    network, weights = now.topology.network, now.impedance.weights
    found = [
        Stand(int(edge), snap.share if network.along[edge] else 1.0 - snap.share)
        for edge in now.topology.edges_of(snap.stretch)
        if weights[edge] < UNREACHABLE
    ]
    if heading_deg is None:
        return found
    off = (heading_deg - snap.bearing_deg + 180) % 360 - 180  # of the direction along the way
    ahead = [each for each in found if (abs(off) <= 90) == bool(network.along[each.edge])]
    return ahead or found


def fastest(
    now: Conditions, origins: Iterable[Stand], destinations: Sequence[Stand], raised: Int32Array | None = None
) -> Way | None:
    """The fastest way from one of the origins to one of the destinations, None where there is none.

    raised:
        ``(turns,)`` weights that have risen since the conditions were made: a closure of this moment, an area to avoid.
        The parts of the first and last edge are taken as they were.
    """
    starts = list(origins)
    edges = {stand.edge for stand in starts}
    if now.metric is not None and raised is None and not any(stand.edge in edges for stand in destinations):
        return _fastest_of_all(now, now.metric, starts, destinations)
    best: Way | None = None
    for origin in starts:
        for destination in destinations:
            found = _between(now, origin, destination, raised)
            if found is not None and (best is None or found.cost < best.cost):
                best = found
    return best


def _fastest_of_all(now: Conditions, metric: Metric, origins: list[Stand], destinations: Sequence[Stand]) -> Way | None:
    """In one search, where none of them stand on the same edge."""
    start, end = [stand.edge for stand in origins], [stand.edge for stand in destinations]
    ahead, unused = _ahead(now, origins), _ahead(now, destinations)
    most = max(unused, default=0)  # costs that are taken off, as such that are put on
    path = now.topology.router.path_between(metric, start, ahead, end, [most - each for each in unused])
    if path is None:
        return None
    turns = now.topology.turns
    first, last = int(turns.before[path.arcs[0]]), int(turns.behind[path.arcs[-1]])
    return _way(now, origins[start.index(first)], destinations[end.index(last)], path.arcs, path.cost - most)


def _passed(now: Conditions, stand: Stand) -> int:
    """What the part of a stand's edge costs that lies behind it."""
    return round(now.impedance.weights.item(stand.edge) * stand.share)


def _ahead(now: Conditions, stands: Iterable[Stand]) -> list[int]:
    """What the part of each stand's edge costs that lies before it."""
    return [now.impedance.weights.item(stand.edge) - _passed(now, stand) for stand in stands]


def _way(now: Conditions, origin: Stand, destination: Stand, turns: Int32Array, cost: int) -> Way:
    """The way of these turns."""
    edges = np.empty(len(turns) + 1, np.int32)
    edges[0] = origin.edge
    np.take(now.topology.turns.behind, turns, out=edges[1:])
    along = now.impedance.weights[edges]
    along[0] -= _passed(now, origin)
    along[-1] = _passed(now, destination)
    return Way(cost, origin, destination, edges, along)


def _between(now: Conditions, origin: Stand, destination: Stand, raised: Int32Array | None) -> Way | None:
    weights = now.impedance.weights
    first, last = int(weights[origin.edge]), int(weights[destination.edge])
    passed, used = _passed(now, origin), _passed(now, destination)
    if origin.edge == destination.edge and origin.share <= destination.share:
        alone = np.array([origin.edge], np.int32)
        return Way(used - passed, origin, destination, alone, np.array([used - passed], np.int32))
    path = _path(now, origin.edge, destination.edge, raised)
    if path is None:
        return None
    return _way(now, origin, destination, path.arcs, first - passed + path.cost - (last - used))


def _path(now: Conditions, start: int, end: int, raised: Int32Array | None) -> Path | None:
    """A path on the graph of turns that makes one turn at least."""
    if start != end:
        return _shortest(now, start, end, raised)
    graph = now.topology.turns.graph
    weights = now.weights if raised is None else raised
    best: Path | None = None
    for turn in range(int(graph.first_arc[start]), int(graph.first_arc[start + 1])):
        if weights[turn] >= UNREACHABLE:
            continue
        onward = _shortest(now, int(graph.head[turn]), end, raised)
        if onward is not None and (best is None or weights[turn] + onward.cost < best.cost):
            best = Path(int(weights[turn]) + onward.cost, np.concatenate([[turn], onward.arcs]).astype(np.int32))
    return best


def _shortest(now: Conditions, start: int, end: int, raised: Int32Array | None) -> Path | None:
    weights = now.weights if raised is None else raised
    if now.metric is None:
        return now.topology.searcher.path(weights, start, end)
    if raised is None:
        return now.topology.router.path(now.metric, start, end)
    return now.topology.around.path(now.metric, weights, start, end)

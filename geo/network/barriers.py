"""Barriers: a node that not everybody passes becomes several, joined by stretches of no length that carry the access.

So a barrier is a thing of the network with a rule of its own, and it holds in a search over nodes as well as over
turns.  Everything up to it can still be reached from either side.
"""

from collections.abc import Iterable

import numpy as np

from geo.network.access import Access, Mode, resolve
from geo.network.cutting import Cut
from geo.network.model import Int8Array
from geo.network.records import Barrier
from geo.network.report import Findings

_OPEN = frozenset(
    (
        *("border_control", "cattle_grid", "entrance", "gate", "height_restrictor", "kerb", "lift_gate", "no"),
        *("sally_port", "swing_gate", "toll_booth"),
    )
)
"""What a motor vehicle passes unless tags say otherwise; whatever is not listed keeps it out, as does a bollard."""
_STEEP = frozenset(("cycle_barrier", "full-height_turnstile", "kissing_gate", "stile", "turnstile"))
"""What a wheelchair does not pass unless tags say otherwise."""

Bars = dict[str, tuple[Access, Access, Access]]


def bars_of(barriers: Iterable[Barrier]) -> Bars:
    """Access by mode of each node where there is a barrier for somebody; of several at one node the strictest."""
    bars: Bars = {}
    for barrier in barriers:
        motor, foot, wheelchair = resolve(dict(barrier.tags))
        if motor is Access.UNSPECIFIED and barrier.kind not in _OPEN:
            motor = Access.NO
        if barrier.kind in _STEEP and "wheelchair" not in barrier.tags:
            wheelchair = Access.NO
        found = (motor, foot, wheelchair)
        if max(found) > Access.YES:
            first, second, third = bars.get(barrier.node_id, (Access.UNSPECIFIED,) * 3)
            bars[barrier.node_id] = (max(first, motor), max(second, foot), max(third, wheelchair))
    return bars


def split(made: Cut, bars: Bars, findings: Findings) -> tuple[Cut, Int8Array]:
    """The stretches with every barrier between them, and the access of each, ``(stretches, modes)``.

    Of the ends of stretches that meet at a barrier the first stays at the node; each other one gets a node of its own
    and a stretch of no length between the two, drawn as its way is: from any to any there is a barrier to pass.
    """
    ids = list(bars)
    nodes = made.nodes_named(ids)
    stretches = len(made.way)
    ends = np.concatenate([made.tail, made.head])
    found = np.isin(nodes, ends)
    findings.add_all("barrier-off-network", (f"n{name}" for name, on in zip(ids, found, strict=True) if not on))
    access = np.zeros((len(made.node_id), len(Mode)), np.int8)
    for name, node in zip(ids, nodes, strict=True):
        if node >= 0:
            access[node] = bars[name]

    barred = np.flatnonzero(np.isin(ends, nodes[found]))
    barred = barred[np.argsort(ends[barred], kind="stable")]
    moved = barred[np.concatenate([[False], ends[barred][1:] == ends[barred][:-1]])[: len(barred)]]
    parent = ends[moved]
    own = len(made.node_id) + np.arange(len(moved))
    ends[moved] = own
    leaves = moved < stretches  # the barrier is where the stretch begins
    lon, lat = made.lon[parent], made.lat[parent]
    split_up = Cut(
        node_id=np.concatenate([made.node_id, made.node_id[parent]]),
        lon=np.concatenate([made.lon, lon]),
        lat=np.concatenate([made.lat, lat]),
        way=np.concatenate([made.way, made.way[moved % max(stretches, 1)]]),
        tail=np.concatenate([ends[:stretches], np.where(leaves, parent, own)]),
        head=np.concatenate([ends[stretches:], np.where(leaves, own, parent)]),
        length_m=np.concatenate([made.length_m, np.zeros(len(moved))]),
        first_point=np.concatenate([made.first_point, made.first_point[-1] + 2 * np.arange(1, len(moved) + 1)]),
        point_lon=np.concatenate([made.point_lon, np.repeat(lon, 2)]),
        point_lat=np.concatenate([made.point_lat, np.repeat(lat, 2)]),
    )
    return split_up, np.concatenate([np.zeros((stretches, len(Mode)), np.int8), access[parent]])

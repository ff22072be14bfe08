"""Barriers: a node that not everybody passes becomes several, joined by stretches of no length that carry the access.

So a barrier is a thing of the network with a rule of its own, and it holds in a search over nodes as well as over
turns.  Everything up to it can still be reached from either side.
"""

from collections.abc import Iterable
from math import inf
from typing import NamedTuple

import numpy as np

from geo.network.access import Access, Mode, resolve
from geo.network.cutting import Cut
from geo.network.model import Int8Array
from geo.network.records import Barrier
from geo.network.report import Findings
from geo.routing.graph import FloatArray, Mask

_OPEN = frozenset(
    (
        *("border_control", "cattle_grid", "entrance", "gate", "height_restrictor", "kerb", "lift_gate", "no"),
        *("sally_port", "swing_gate", "toll_booth"),
    )
)
"""What a motor vehicle passes unless tags say otherwise; whatever is not listed keeps it out, as does a bollard."""
_STEEP = frozenset(("cycle_barrier", "full-height_turnstile", "kissing_gate", "stile", "turnstile"))
"""What a wheelchair does not pass unless tags say otherwise."""


class Bar(NamedTuple):
    """What a barrier lets through: access by mode, and limits, infinite where there are none.

    ``is_low``: it keeps high vehicles out, and nobody says from which height on.
    """

    access: tuple[Access, Access, Access]
    max_width_m: float
    max_height_m: float
    is_low: bool


Bars = dict[str, Bar]
_NO_BAR = Bar((Access.UNSPECIFIED, Access.UNSPECIFIED, Access.UNSPECIFIED), inf, inf, False)


class BarColumns(NamedTuple):
    """Of stretches: whether one stands for a barrier, and what ``geo.network.model.Stretches`` has of it."""

    is_there: Mask
    access: Int8Array
    max_width_m: FloatArray
    max_height_m: FloatArray
    is_low: Mask


def bars_of(barriers: Iterable[Barrier]) -> Bars:
    """What is at each node where there is a barrier for somebody; of several at one node the strictest."""
    bars: Bars = {}
    for barrier in barriers:
        found = _bar(barrier)
        if max(found.access) > Access.YES or found[1:] != _NO_BAR[1:]:
            before = bars.get(barrier.node_id, _NO_BAR)
            first, second, third = (max(pair) for pair in zip(before.access, found.access, strict=True))
            bars[barrier.node_id] = Bar(
                (first, second, third),
                min(before.max_width_m, found.max_width_m),
                min(before.max_height_m, found.max_height_m),
                before.is_low or found.is_low,
            )
    return bars


def _bar(barrier: Barrier) -> Bar:
    motor, foot, wheelchair = resolve(dict(barrier.tags))
    if motor is Access.UNSPECIFIED and barrier.kind not in _OPEN:
        motor = Access.NO
    if barrier.kind in _STEEP and "wheelchair" not in barrier.tags:
        wheelchair = Access.NO
    width, height = barrier.max_width_m, barrier.max_height_m
    is_low = barrier.kind == "height_restrictor" and height is None
    return Bar((motor, foot, wheelchair), inf if width is None else width, inf if height is None else height, is_low)


def split(made: Cut, bars: Bars, findings: Findings) -> tuple[Cut, BarColumns]:
    """The stretches with every barrier between them, and what each lets through.

    Of the ends of stretches that meet at a barrier the first stays at the node; each other one gets a node of its own
    and a stretch of no length between the two, drawn as its way is: from any to any there is a barrier to pass.
    """
    ids = list(bars)
    nodes = made.nodes_named(ids)
    stretches = len(made.way)
    ends = np.concatenate([made.tail, made.head])
    found = np.isin(nodes, ends)
    findings.add_all("barrier-off-network", (f"n{name}" for name, on in zip(ids, found, strict=True) if not on))
    barred = np.flatnonzero(np.isin(ends, nodes[found]))
    barred = barred[np.argsort(ends[barred], kind="stable")]
    moved = barred[np.concatenate([[False], ends[barred][1:] == ends[barred][:-1]])[: len(barred)]]
    parent = ends[moved]
    own = len(made.node_id) + np.arange(len(moved), dtype=np.int32)
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
    return split_up, _columns(stretches, [bars[name.decode()] for name in made.node_id[parent].tolist()])


def _columns(stretches: int, bars: list[Bar]) -> BarColumns:
    """Of so many stretches without a barrier, and those of the barriers behind them."""
    nothing = np.full(stretches, np.nan)
    limits = np.array([(bar.max_width_m, bar.max_height_m) for bar in bars], np.float64).reshape(-1, 2)
    width, height = np.where(np.isinf(limits), np.nan, limits).T
    access = np.zeros((stretches + len(bars), len(Mode)), np.int8)
    access[stretches:] = np.array([bar.access for bar in bars], np.int8).reshape(-1, len(Mode))
    return BarColumns(
        is_there=np.arange(stretches + len(bars)) >= stretches,
        access=access,
        max_width_m=np.concatenate([nothing, width]),
        max_height_m=np.concatenate([nothing, height]),
        is_low=np.array([*[False] * stretches, *(bar.is_low for bar in bars)], np.bool_),
    )

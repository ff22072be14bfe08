"""Which closures a way keeps off, goes through, or is refused by.

Those that a way keeps off are found as constraints are that a solution breaks (cutting planes): the fastest way without
closures is asked for, then the fastest under those alone that it meets, and so on until one is no faster than the way,
or meets no other.  So each of them lies on a way that would be faster but for closures, and while only these held, the
way would still be the fastest.  Closures on no faster way are none of them, wherever they lie.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from geo.network.impedance import Impedance
from geo.routing.graph import Int32Array, Int64Array
from geo.travel.closing import Closed
from geo.travel.conditions import Conditions
from geo.travel.finding import Way

MOST_ROUNDS = 8
"""After so many ways those met by then are told, and that there may be more."""


@dataclass(frozen=True, slots=True)
class Roads:
    """Conditions, and what turns weigh on top of them, as of ``geo.travel.finding.fastest``."""

    on: Conditions
    raised: Int32Array | None = None

    @property
    def turns(self) -> Int32Array:
        return self.on.weights if self.raised is None else self.raised


@dataclass(frozen=True, slots=True)
class KeptOff:
    """The closures a way keeps off, by their places in ``Conditions.under``; ``complete``: there are no others."""

    closures: frozenset[int]
    complete: bool = True


def gone_through(now: Conditions, way: Way) -> frozenset[int]:
    """The closures in whose water a way goes: places in ``now.under``."""
    return frozenset() if now.under is None else frozenset(now.under.on(_stretches(now, way)))


def kept_off(
    now: Roads, open_: Roads, way: Way | None, find: Callable[[Roads], Way | None], *, by_time: bool = True
) -> KeptOff:
    """The closures without which a way would have been another one.

    now, open_:
        The roads under their closures and without any; of one network and one profile.
    way:
        What ``find`` gives under the closures.  A closure through whose water it goes is none that it keeps off.
        None: there is no way, and the closures are found that leave none.
    find:
        The way under other closures, from and to where the roads are left then; None where there is none.
    by_time:
        Whether the better of two ways between the same places is the one that takes less time.
    """
    under = now.on.under
    if under is None or not under.closures:
        return KeptOff(frozenset())
    found: frozenset[int] = frozenset()
    roads = open_
    complete = False
    for _ in range(MOST_ROUNDS):
        other = find(roads)
        if other is None or (by_time and way is not None and _is_no_faster(now.on, other, way)):
            complete = True
            break
        met = frozenset(under.on(_stretches(now.on, other)))
        if met <= found:
            complete = True
            break
        found |= met
        roads = some_closed(now, open_, under.stretches(found))
    return KeptOff(found if way is None else found - gone_through(now.on, way), complete)


def some_closed(now: Roads, open_: Roads, stretches: Int64Array) -> Roads:
    """The open roads with these stretches as they are now: turns onto them only rise, those elsewhere stay."""
    topology = now.on.topology
    edges = topology.edges_of_all(stretches)
    closed, free = now.on.impedance, open_.on.impedance
    weights, rule, doubt = free.weights.copy(), free.rule.copy(), free.doubt.copy()
    weights[edges], rule[edges], doubt[edges] = closed.weights[edges], closed.rule[edges], closed.doubt[edges]
    turns = topology.turns_onto(edges)
    raised = open_.turns.copy()
    raised[turns] = np.maximum(raised[turns], now.turns[turns])
    return Roads(replace(open_.on, impedance=Impedance(weights, rule, doubt)), raised)


def closing(under: Closed | None, stretch: int) -> list[str]:
    """Ids of the closures that mean a stretch."""
    return [] if under is None else [under.closures[each].id for each in under.on([stretch])]


def _is_no_faster(now: Conditions, other: Way, way: Way) -> bool:
    """Whether a way between the same places on the road, in whatever direction it sets out, takes as long."""
    ends = [now.topology.network.stretch[[each.origin.edge, each.destination.edge]].tolist() for each in (other, way)]
    return other.cost >= way.cost and ends[0] == ends[1]


def _stretches(now: Conditions, way: Way) -> Int32Array:
    found: Int32Array = now.topology.network.stretch[way.edges]
    return found

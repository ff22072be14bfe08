"""The steps of a way: where one turns, onto which road, how far and how long it goes on; in no language yet."""

from collections.abc import Sequence
from enum import StrEnum
from math import isnan
from typing import NamedTuple

import numpy as np

from geo.network.model import Int8Array, RoadNetwork
from geo.routing._compiled import Number, brief
from geo.routing.graph import UNITS_PER_SECOND, UNREACHABLE, FloatArray, Int32Array, Int64Array, Mask
from geo.travel.conditions import Conditions
from geo.travel.finding import Way
from geo.travel.lines import joined

STRAIGHT_DEG = 25.0
"""A turn of less is straight on."""
_SLIGHT_DEG, _SHARP_DEG, _BACK_DEG = 55.0, 125.0, 165.0
_KILOMETRE = 1_000.0
_EIGHTHS = 8
TENS_TOLD, MOST_TOLD = 100, 10_100
"""Of ``far_told``: a kilometre, told in metres, and a thousand of them, as which all is told that is farther."""


class Maneuver(StrEnum):
    """What one does at the start of a step."""

    DEPART = "depart"
    CONTINUE = "continue"
    SLIGHT_LEFT = "slight-left"
    LEFT = "left"
    SHARP_LEFT = "sharp-left"
    SLIGHT_RIGHT = "slight-right"
    RIGHT = "right"
    SHARP_RIGHT = "sharp-right"
    U_TURN = "u-turn"
    ROUNDABOUT = "roundabout"
    ARRIVE = "arrive"


MANEUVERS = tuple(Maneuver)
TURNS_TOLD = len(MANEUVERS) * _EIGHTHS
_DEPART, _CONTINUE, _SLIGHT_LEFT, _LEFT, _SHARP_LEFT, _RIGHT, _U_TURN, _ROUNDABOUT = (
    MANEUVERS.index(each)
    for each in (
        *(Maneuver.DEPART, Maneuver.CONTINUE, Maneuver.SLIGHT_LEFT, Maneuver.LEFT, Maneuver.SHARP_LEFT),
        *(Maneuver.RIGHT, Maneuver.U_TURN, Maneuver.ROUNDABOUT),
    )
)


class Step(NamedTuple):
    """From one turn to the next.

    first, behind:
        Positions in the way's ``edges``; equal for the arrival.
    exit:
        Which exit of a roundabout is taken, counted from 1; None elsewhere.
    bearing_deg:
        In which one sets out, clockwise from north; None at the arrival.
    """

    maneuver: Maneuver
    first: int
    behind: int
    name: str | None
    name_english: str | None
    ref: str | None
    highway: int
    length_m: float
    duration_s: float
    bearing_deg: float | None
    exit: int | None = None


def shape_of(network: RoadNetwork, way: Way) -> FloatArray:
    """``(points, 2)`` longitude and latitude along a way from its origin to its destination, EPSG:6668, degrees."""
    low, high = np.zeros(len(way.edges)), np.ones(len(way.edges))
    low[0], high[-1] = way.origin.share, way.destination.share
    stretches = network.stretches
    along, stretch = network.along[way.edges], network.stretch[way.edges]
    return joined(stretches.point_lon, stretches.point_lat, stretches.first_point, stretch, along, low, high)


class Begun(NamedTuple):
    """Where steps begin, ``(steps,)`` each, without the arrival: a step begins where one turns, or where the road has
    another name.

    first, behind:
        Positions in the way's ``edges``.
    maneuver:
        Positions in ``MANEUVERS``.
    row, length_m, cost:
        Of the step's road among the ways; its metres and milliseconds.
    direction_deg:
        In which it sets out, counter-clockwise from east; NaN where its first edge has no length.
    """

    first: Int32Array
    behind: Int32Array
    maneuver: Int8Array
    row: Int32Array
    length_m: FloatArray
    cost: Int64Array
    direction_deg: FloatArray


def begun_of(now: Conditions, way: Way) -> Begun:
    """The steps of a way, but for the arrival."""
    network = now.topology.network
    ways = network.ways
    found = begun(
        *_used_of(network, way),
        way.weights,
        network.stretches.way,
        *(ways.name.code, ways.ref.code, ways.roundabout),
        *(network.graph.head, network.reverse, network.onward),
        *now.topology.bearings,
    )
    return Begun(*found)


def steps_of(now: Conditions, way: Way) -> list[Step]:
    """The steps of a way, the last of which is the arrival."""
    begun, names = begun_of(now, way), now.topology.network.ways
    found: list[Step] = []
    columns = (column.tolist() for column in begun)
    for first, behind, maneuver, row, length, cost, direction in zip(*columns, strict=True):
        found.append(
            Step(
                maneuver=MANEUVERS[maneuver],
                first=first,
                behind=behind,
                name=names.name.at(row),
                name_english=names.name_english.at(row),
                ref=names.ref.at(row),
                highway=names.highway.item(row),
                length_m=length,
                duration_s=cost / UNITS_PER_SECOND,
                bearing_deg=compass(direction),
                exit=_exits(now, way, first, behind) if names.roundabout.item(row) else None,
            )
        )
    last, end = found[-1], len(way.edges)
    found.append(Step(Maneuver.ARRIVE, end, end, last.name, last.name_english, last.ref, last.highway, 0.0, 0.0, None))
    return found


@brief
def compass(direction_deg: float) -> float:
    """Clockwise from north, of counter-clockwise from east; east where there is none."""
    return 90.0 if isnan(direction_deg) else (90.0 - direction_deg) % 360.0


@brief
def eighth(direction_deg: float) -> int:
    """Of the eight directions the one that is meant, clockwise from north, of counter-clockwise from east."""
    return int(np.rint(compass(direction_deg) / 45.0)) % _EIGHTHS


@brief
def turn_told(maneuver: int, direction_deg: float, place: int) -> int:
    """What one does at the start of a step as one number below ``TURNS_TOLD``: eight times the maneuver's position in
    ``MANEUVERS``, and of the first step (``place`` 0) the eighth of a turn in which it sets out.
    """
    return maneuver * _EIGHTHS + (eighth(direction_deg) if place == 0 else 0)


def far_told(metres: float) -> int:
    """Metres as they are told, as a number up to ``MOST_TOLD``: tens of them, one at least, up to ``TENS_TOLD``; behind
    it the hundreds of what is a kilometre or more.
    """
    if metres >= _KILOMETRE:
        return min(TENS_TOLD + round(metres / 100.0), MOST_TOLD)
    return round(metres / 10.0) or 1


far_told_in_kernels = brief(far_told)


type ToldStep = Sequence[int]
"""What a sentence tells of a step: ``turn_told``, the row of its road among the ways as ``Begun`` has it, and
``far_told``."""


@brief
def used_m(
    edges: Int32Array, stretch: Int32Array, length_m: FloatArray, first_share: float, last_share: float
) -> FloatArray:
    """Metres of each edge that is used: of the first what lies behind a share of it, of the last what lies before."""
    last = len(edges) - 1
    found = np.empty(len(edges))
    for place in range(len(edges)):
        found[place] = length_m[stretch[edges[place]]]
    if last == 0:
        found[0] *= last_share - first_share
    else:
        found[0] *= 1.0 - first_share
        found[last] *= last_share
    return found


@brief
def begun(
    edges: Int32Array,
    stretch: Int32Array,
    length_m: FloatArray,
    first_share: float,
    last_share: float,
    weights: Int32Array,
    way: Int32Array,
    name: Int32Array,
    ref: Int32Array,
    roundabout: Mask,
    head: Int32Array,
    reverse: Int32Array,
    onward: Int64Array,
    leaving: FloatArray,
    arriving: FloatArray,
) -> tuple[Int32Array, Int32Array, Int8Array, Int32Array, FloatArray, Int64Array, FloatArray]:
    """The members of ``Begun``: numba looks for a class of tuples anew each time that it returns one."""
    most, used = len(edges), used_m(edges, stretch, length_m, first_share, last_share)
    first, behind, row = np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most, np.int32)
    maneuver, direction = np.empty(most, np.int8), np.empty(most)
    length, cost = np.zeros(most), np.zeros(most, np.int64)
    count: Number = 0
    before: Number = -1
    for place in range(most):
        edge = edges[place]
        here, last = way[stretch[edge]], edges[place - 1]
        begins, angle = place == 0, 0.0
        if place > 0:
            angle = (leaving[edge] - arriving[last] + 180.0) % 360.0 - 180.0
            if np.isnan(angle):  # one of them has no length
                angle = 0.0
            if roundabout[here]:
                begins = not roundabout[before]
            else:
                choices = onward[head[last]] - (1 if reverse[last] >= 0 else 0)  # ways on, but the one back
                renamed = name[here] != name[before] or ref[here] != ref[before]
                begins = roundabout[before] or renamed or (abs(angle) >= STRAIGHT_DEG and choices > 1)
        if begins:
            first[count], row[count], direction[count] = place, here, leaving[edge]
            maneuver[count] = _DEPART if place == 0 else _ROUNDABOUT if roundabout[here] else _turn(angle)
            count += 1
        behind[count - 1] = place + 1
        length[count - 1] += used[place]
        cost[count - 1] += weights[place]
        before = here
    return (
        *(first[:count], behind[:count], maneuver[:count], row[:count]),
        *(length[:count], cost[:count], direction[:count]),
    )


@brief
def _turn(turned: float) -> int:
    """What one does to turn by so many degrees, left positive."""
    size = abs(turned)
    side = 0 if turned > 0 else _RIGHT - _LEFT
    if size < STRAIGHT_DEG:
        return _CONTINUE
    if size >= _BACK_DEG:
        return _U_TURN
    if size >= _SHARP_DEG:
        return _SHARP_LEFT + side
    if size >= _SLIGHT_DEG:
        return _LEFT + side
    return _SLIGHT_LEFT + side


def _exits(now: Conditions, way: Way, first: int, behind: int) -> int:
    """How many ways out of a roundabout there are up to the one that is taken, with it."""
    network = now.topology.network
    graph, ways = network.graph, network.ways
    count = 0
    for edge in way.edges[first:behind].tolist():
        node = int(graph.head[edge])
        onward = np.arange(graph.first_arc[node], graph.first_arc[node + 1])
        rows = network.stretches.way[network.stretch[onward]]
        open_ = now.impedance.weights[onward] < UNREACHABLE
        count += bool(np.any(open_ & ~ways.roundabout[rows]))
    return count


def lengths_m(network: RoadNetwork, way: Way) -> FloatArray:
    """Metres of each edge of a way that it uses, in the network's plane."""
    return used_m(*_used_of(network, way))


def length_m(network: RoadNetwork, way: Way) -> float:
    """Metres along a way, in the network's plane."""
    return metres(*_used_of(network, way))


def metres_on(network: RoadNetwork, way: Way, wanted: Mask) -> float:
    """Metres of a way on stretches that are wanted, of which the mask has shape ``(stretches,)``."""
    return metres_on_marked(*_used_of(network, way), wanted)


def _used_of(network: RoadNetwork, way: Way) -> tuple[Int32Array, Int32Array, FloatArray, float, float]:
    return way.edges, network.stretch, network.stretches.length_m, way.origin.share, way.destination.share


@brief
def metres(
    edges: Int32Array, stretch: Int32Array, length_m: FloatArray, first_share: float, last_share: float
) -> float:
    return float(used_m(edges, stretch, length_m, first_share, last_share).sum())


@brief
def metres_on_marked(
    edges: Int32Array,
    stretch: Int32Array,
    length_m: FloatArray,
    first_share: float,
    last_share: float,
    wanted: Mask,
) -> float:
    used, found = used_m(edges, stretch, length_m, first_share, last_share), 0.0
    for place in range(len(edges)):
        if wanted[stretch[edges[place]]]:
            found += used[place]
    return found

"""The steps of a way: where one turns, onto which road, how far and how long it goes on; in no language yet."""

from enum import StrEnum
from math import isnan
from typing import NamedTuple

import numpy as np

from geo.network.model import RoadNetwork
from geo.routing._compiled import Number, brief
from geo.routing.graph import UNITS_PER_SECOND, UNREACHABLE, FloatArray, Int32Array, Int64Array, Mask
from geo.travel.conditions import Conditions
from geo.travel.finding import Way
from geo.travel.lines import joined

STRAIGHT_DEG = 25.0
"""A turn of less is straight on."""
_SLIGHT_DEG, _SHARP_DEG, _BACK_DEG = 55.0, 125.0, 165.0


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


def steps_of(now: Conditions, way: Way) -> list[Step]:
    """The steps of a way, the last of which is the arrival.

    A step begins where one turns, or where the road has another name.
    """
    network = now.topology.network
    begun = _steps_begun(network, now.topology.bearings, way)
    names = network.ways
    found: list[Step] = []
    columns = [*(column.tolist() for column in begun), [*begun.first[1:].tolist(), len(way.edges)]]
    for first, turned, enters, row, length, cost, direction, behind in zip(*columns, strict=True):
        is_round = names.roundabout.item(row)
        found.append(
            Step(
                maneuver=_maneuver(turned, is_first=first == 0, is_round=enters),
                first=first,
                behind=behind,
                name=names.name.at(row),
                name_english=names.name_english.at(row),
                ref=names.ref.at(row),
                highway=names.highway.item(row),
                length_m=length,
                duration_s=cost / UNITS_PER_SECOND,
                bearing_deg=_compass(direction),
                exit=_exits(now, way, first, behind) if is_round else None,
            )
        )
    last, end = found[-1], len(way.edges)
    found.append(Step(Maneuver.ARRIVE, end, end, last.name, last.name_english, last.ref, last.highway, 0.0, 0.0, None))
    return found


def _compass(direction_deg: float) -> float:
    """Clockwise from north, of counter-clockwise from east; east where an edge has no length."""
    return 90.0 if isnan(direction_deg) else (90.0 - direction_deg) % 360.0


class _Begun(NamedTuple):
    """By step: the place of its first edge on the way, by how many degrees one turns onto that, whether into a
    roundabout, the row of its way, its metres and milliseconds, and in which direction it sets out.
    """

    first: Int32Array
    turned: FloatArray
    enters: Mask
    row: Int32Array
    length: FloatArray
    cost: Int64Array
    direction: FloatArray


def _steps_begun(network: RoadNetwork, bearings: tuple[FloatArray, FloatArray], way: Way) -> _Begun:
    ways = network.ways
    return _begun(
        way.edges,
        network.stretch,
        network.stretches.way,
        *(ways.name.code, ways.ref.code, ways.roundabout),
        *(network.graph.head, network.reverse, network.onward),
        *bearings,
        *(lengths_m(network, way), way.weights),
    )


@brief
def _begun(
    edges: Int32Array,
    stretch: Int32Array,
    way: Int32Array,
    name: Int32Array,
    ref: Int32Array,
    roundabout: Mask,
    head: Int32Array,
    reverse: Int32Array,
    onward: Int64Array,
    leaving: FloatArray,
    arriving: FloatArray,
    lengths: FloatArray,
    weights: Int32Array,
) -> _Begun:
    most = len(edges)
    first, turned, enters = np.empty(most, np.int32), np.empty(most), np.empty(most, np.bool_)
    row, length, cost = np.empty(most, np.int32), np.zeros(most), np.zeros(most, np.int64)
    direction = np.empty(most)
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
            first[count], turned[count], enters[count] = place, angle, place > 0 and roundabout[here]
            row[count], direction[count] = here, leaving[edge]
            count += 1
        length[count - 1] += lengths[place]
        cost[count - 1] += weights[place]
        before = here
    return _Begun(
        *(first[:count], turned[:count], enters[:count], row[:count], length[:count], cost[:count], direction[:count])
    )


def _maneuver(turned: float, *, is_first: bool, is_round: bool) -> Maneuver:
    """What one does to turn by so many degrees, left positive."""
    if is_first:
        return Maneuver.DEPART
    if is_round:
        return Maneuver.ROUNDABOUT
    size, left = abs(turned), turned > 0
    if size < STRAIGHT_DEG:
        return Maneuver.CONTINUE
    if size >= _BACK_DEG:
        return Maneuver.U_TURN
    if size >= _SHARP_DEG:
        return Maneuver.SHARP_LEFT if left else Maneuver.SHARP_RIGHT
    if size >= _SLIGHT_DEG:
        return Maneuver.LEFT if left else Maneuver.RIGHT
    return Maneuver.SLIGHT_LEFT if left else Maneuver.SLIGHT_RIGHT


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
    used: FloatArray = network.stretches.length_m[network.stretch[way.edges]]
    if len(used) == 1:
        return used * (way.destination.share - way.origin.share)
    used[0] *= 1.0 - way.origin.share
    used[-1] *= way.destination.share
    return used


def length_m(network: RoadNetwork, way: Way) -> float:
    """Metres along a way, in the network's plane."""
    return float(lengths_m(network, way).sum())

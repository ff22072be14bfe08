"""The steps of a way: where one turns, onto which road, how far and how long it goes on; in no language yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import isnan

import numpy as np

from geo.network.model import RoadNetwork
from geo.routing.graph import UNITS_PER_SECOND, UNREACHABLE, FloatArray, Int32Array
from geo.travel.conditions import Conditions
from geo.travel.finding import Way
from geo.travel.lines import joined
from geo.travel.topology import Topology

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


@dataclass(frozen=True, slots=True)
class Step:
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
    leaving, _ = now.topology.bearings
    found: list[Step] = []
    parts = list(_parts(now.topology, way))
    begins = [first for first, _ in parts]
    lengths = np.add.reduceat(lengths_m(network, way), begins).tolist()
    seconds = (np.add.reduceat(way.weights, begins, dtype=np.int64) / UNITS_PER_SECOND).tolist()
    rows = network.stretches.way[network.stretch[way.edges[begins]]].tolist()
    towards = leaving[way.edges[begins]].tolist()
    for number, (first, maneuver) in enumerate(parts):
        behind = parts[number + 1][0] if number + 1 < len(parts) else len(way.edges)
        row, ways = rows[number], network.ways
        is_round = bool(ways.roundabout[row])
        found.append(
            Step(
                maneuver=Maneuver.ROUNDABOUT if is_round and number else maneuver,
                first=first,
                behind=behind,
                name=ways.name.at(row),
                name_english=ways.name_english.at(row),
                ref=ways.ref.at(row),
                highway=int(ways.highway[row]),
                length_m=lengths[number],
                duration_s=seconds[number],
                bearing_deg=_compass(towards[number]),
                exit=_exits(now, way, first, behind) if is_round else None,
            )
        )
    last = found[-1]
    end = len(way.edges)
    return [
        *found,
        Step(Maneuver.ARRIVE, end, end, last.name, last.name_english, last.ref, last.highway, 0.0, 0.0, None),
    ]


def _compass(direction_deg: float) -> float:
    """Clockwise from north, of counter-clockwise from east; east where an edge has no length."""
    return 90.0 if isnan(direction_deg) else (90.0 - direction_deg) % 360.0


def _parts(topology: Topology, way: Way) -> Iterator[tuple[int, Maneuver]]:
    """Where steps begin, and with what."""
    yield 0, Maneuver.DEPART
    network, edges = topology.network, way.edges
    rows = network.stretches.way[network.stretch[edges]]
    ways = network.ways
    turned = _turned(topology, edges)
    head = network.graph.head[edges[:-1]]
    back = network.reverse[edges[:-1]] >= 0
    choices = network.onward[head] - back  # ways on, but the one back
    name, ref = ways.name.code[rows], ways.ref.code[rows]
    renamed = (name[1:] != name[:-1]) | (ref[1:] != ref[:-1])
    is_round = ways.roundabout[rows]
    leaves, enters = is_round[:-1] & ~is_round[1:], ~is_round[:-1] & is_round[1:]
    turns = (np.abs(turned) >= STRAIGHT_DEG) & (choices > 1)
    begins = enters | (~is_round[1:] & (leaves | turns | renamed))
    for place in np.flatnonzero(begins).tolist():
        yield place + 1, Maneuver.ROUNDABOUT if enters[place] else _maneuver(float(turned[place]))


def _maneuver(turned: float) -> Maneuver:
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


def _turned(topology: Topology, edges: Int32Array) -> FloatArray:
    """By how many degrees one turns from each edge onto the next, left positive; 0 where one has no length."""
    leaving, arriving = topology.bearings
    angle = leaving[edges[1:]] - arriving[edges[:-1]]
    turned: FloatArray = (angle + 180.0) % 360.0 - 180.0
    turned[np.isnan(turned)] = 0.0
    return turned


def lengths_m(network: RoadNetwork, way: Way) -> FloatArray:
    """Metres of each edge of a way that it uses, in the network's plane."""
    lengths = network.stretches.length_m[network.stretch[way.edges]]
    shares = np.ones(len(lengths))
    shares[-1] = way.destination.share
    shares[0] -= way.origin.share
    used: FloatArray = lengths * shares
    return used


def length_m(network: RoadNetwork, way: Way) -> float:
    """Metres along a way, in the network's plane."""
    return float(lengths_m(network, way).sum())

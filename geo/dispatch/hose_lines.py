"""Hoses laid from an incident to the sources of water near it: along roads and paths, as a person can walk them."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from geo.crs import STORAGE, transform_xy
from geo.errors import InputError
from geo.network.model import RoadNetwork
from geo.network.rules import Rule
from geo.routing.graph import UNREACHABLE, FloatArray, Int32Array
from geo.travel.conditions import Conditions
from geo.travel.finding import Way, stands
from geo.travel.nearby import Nearby, nearby
from geo.travel.snapping import Snap
from geo.travel.steps import shape_of

MILLIMETRES = 1_000
_NEAR = 6
"""So many stretches near a place are tried, where no way leads from the nearest."""

Position = tuple[float, float]
"""Longitude and latitude in degrees, EPSG:6668."""


@dataclass(frozen=True, eq=False)
class HoseLine:
    """A line to the source of this number.

    length_m:
        Of all of it: from the incident to the road, along the way, and from the road to the source.
    crow_m:
        The straight distance.
    closed:
        Whether it uses a road that is closed to people for the time being.
    """

    source: int
    length_m: float
    crow_m: float
    way: Way
    start: Snap
    end: Snap
    closed: bool


def hose_lines(
    now: Conditions, incident: Position, sources: Sequence[Position], limit_m: float, most: int, reach_m: float
) -> list[HoseLine]:
    """The shortest lines to up to ``most`` sources that are ``limit_m`` long or less, the shortest first.

    now:
        Of somebody on foot.
    reach_m:
        How far from a road the incident and a source may lie.

    Raises
    ------
    InputError
        If a position or the limit is none.
    """
    if not 0 < limit_m < UNREACHABLE / MILLIMETRES:
        raise InputError(f"A limit of {limit_m} m is none.")
    measured = now.by_length
    starts = measured.topology.places.near(*incident, measured.usable, min(reach_m, limit_m), _NEAR)
    return _Crew(measured, incident, starts, limit_m, reach_m).shortest(sources, most) if starts and sources else []


def _crow(measured: Conditions, incident: Position, sources: Sequence[Position]) -> FloatArray:
    """Straight metres from the incident to each source."""
    places = np.array([incident, *sources])
    x, y = transform_xy(places[:, 0], places[:, 1], STORAGE, measured.topology.network.plane)
    found: FloatArray = np.hypot(x[1:] - x[0], y[1:] - y[0])
    return found


@dataclass(frozen=True, eq=False)
class _Crew:
    """Lays lines from an incident, which has some stretches near it."""

    measured: Conditions
    incident: Position
    starts: Sequence[Snap]
    limit_m: float
    reach_m: float

    def shortest(self, sources: Sequence[Position], most: int) -> list[HoseLine]:
        """The sources are looked at in the order of the straight distance, which no line falls below, until none that
        is left can be among the nearest.

        Papadias, Zhang, Mamoulis, Tao: Query Processing in Spatial Network Databases, VLDB 2003 (incremental Euclidean
        restriction).
        """
        found: list[HoseLine] = []
        crow_m = _crow(self.measured, self.incident, sources)
        for source in np.argsort(crow_m, kind="stable").tolist():
            longest_m = self.limit_m if len(found) < most else found[-1].length_m
            if crow_m[source] > longest_m:
                break
            line = self._line(source, sources[source], float(crow_m[source]))
            if line is not None and line.length_m <= longest_m:
                found = sorted([*found, line], key=lambda each: each.length_m)[:most]
        return found

    def _line(self, source: int, place: Position, crow_m: float) -> HoseLine | None:
        ends = self._joined(place)
        if ends is None:
            return None
        start, end = ends
        way = self._from(start).way(stands(self.measured, end))
        if way is None:
            return None
        length_m = start.distance_m + way.cost / MILLIMETRES + end.distance_m
        is_closed = bool(np.any(self.measured.impedance.rule[way.edges] == Rule.CLOSED))
        return HoseLine(source, length_m, crow_m, way, start, end, is_closed)

    def _joined(self, place: Position) -> tuple[Snap, Snap] | None:
        """Of the stretches near both ends the nearest two that hang together."""
        parts, near = self.measured.parts, self.measured.topology.places.near
        for most in (1, _NEAR):  # one is nearly always enough
            ends = near(*place, self.measured.usable, min(self.reach_m, self.limit_m), most)
            pairs = itertools.product(self.starts[:most], ends)
            joined = [pair for pair in pairs if parts[pair[0].stretch] == parts[pair[1].stretch]]
            if joined:
                return min(joined, key=lambda pair: pair[0].distance_m + pair[1].distance_m)
        return None

    def _from(self, start: Snap) -> Nearby:
        """What is reached from a stretch near the incident, by edges that come within the limit."""
        if start not in self._searched:
            measured = self.measured
            weights = measured.impedance.weights[self._edges]
            longest = int(weights[weights < UNREACHABLE].max(initial=0))
            rest_m = max(0.0, self.limit_m - start.distance_m)
            self._searched[start] = nearby(measured, stands(measured, start), int(rest_m * MILLIMETRES), longest)
        return self._searched[start]

    @cached_property
    def _searched(self) -> dict[Snap, Nearby]:
        return {}

    @cached_property
    def _edges(self) -> Int32Array:
        """Those that come within the limit, and some more: no source that is reached lies on another."""
        topology = self.measured.topology
        x, y = transform_xy(*self.incident, STORAGE, topology.network.plane)
        far = self.limit_m
        around = topology.places.touching(shapely.box(x - far, y - far, x + far, y + far))
        return np.concatenate([topology.edges_of(each) for each in around.tolist()])


def points_of(line: HoseLine, network: RoadNetwork, incident: Position, source: Position) -> FloatArray:
    """``(points, 2)`` longitude and latitude of a line: the incident first, the source last."""
    return np.concatenate([[incident], shape_of(network, line.way), [source]])

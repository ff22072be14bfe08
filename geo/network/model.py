"""A road network in arrays: ways, the stretches they are cut into at junctions, and directed edges over those.

Columns are plain numpy arrays of fixed width, so that a network can be stored and mapped into memory as it is.
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from geo.errors import InputError
from geo.routing.graph import FloatArray, Graph, Int32Array, Int64Array, Mask

Int8Array = npt.NDArray[np.int8]
TextArray = npt.NDArray[np.str_]


class Oneway(IntEnum):
    """Which way traffic goes on a way: ``REVERSIBLE`` changes by time, ``ALTERNATING`` within minutes."""

    BOTH = 0
    ALONG = 1
    AGAINST = 2
    REVERSIBLE = 3
    ALTERNATING = 4


class Words(NamedTuple):
    """A column of texts, each of which is stored once: row ``r`` has ``known[code[r]]``, or none where that is -1."""

    code: Int32Array
    known: TextArray

    def at(self, row: int) -> str | None:
        code = self.code.item(row)
        return None if code < 0 else self.known.item(code)


@dataclass(frozen=True, eq=False)
class Ways:
    """Columns of shape ``(ways,)``; in numbers NaN, and in ``lanes`` 0, is unknown.

    ``highway`` holds codes of ``classes.HIGHWAYS``, ``oneway`` those of ``Oneway``; ``access`` of shape
    ``(ways, modes)`` those of ``Access``.  ``roundabout`` is where traffic goes round a circle.  ``bridge``,
    ``tunnel``, ``toll`` are false where nothing is said.
    """

    id: TextArray
    highway: Int8Array
    name: Words
    name_english: Words
    ref: Words
    oneway: Int8Array
    roundabout: Mask
    lanes: Int8Array
    width_m: FloatArray
    max_height_m: FloatArray
    max_width_m: FloatArray
    max_length_m: FloatArray
    max_weight_t: FloatArray
    maxspeed_kph: FloatArray
    bridge: Mask
    tunnel: Mask
    toll: Mask
    access: Int8Array

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, eq=False)
class Stretches:
    """Pieces of ways between two junctions, undirected, drawn as their way is.

    way:
        ``(stretches,)`` the way each is of.  What passes a barrier belongs to the way it leads onto.
    length_m:
        ``(stretches,)`` in the plane of the network, and on the ground where that is far from its meridian.
    first_point:
        ``(stretches + 1,)`` into ``point_lon``, ``point_lat``: EPSG:6668, degrees, both ends included.
    barrier:
        ``(stretches, modes)`` codes of ``Access``: who passes the barrier that this stretch, of no length, stands for;
        ``UNSPECIFIED`` where there is none.
    barrier_max_width_m, barrier_max_height_m:
        ``(stretches,)`` what fits through that barrier; NaN where there is none or nothing is known.
    barrier_is_low:
        ``(stretches,)`` whether it is there to keep high vehicles out, and nobody says from which height on.
    """

    way: Int32Array
    length_m: FloatArray
    first_point: Int64Array
    point_lon: FloatArray
    point_lat: FloatArray
    barrier: Int8Array
    barrier_max_width_m: FloatArray
    barrier_max_height_m: FloatArray
    barrier_is_low: Mask

    def __len__(self) -> int:
        return len(self.way)

    def points(self, stretch: int) -> tuple[FloatArray, FloatArray]:
        """Longitudes and latitudes of a stretch, along its way."""
        first, behind = self.first_point[stretch], self.first_point[stretch + 1]
        return self.point_lon[first:behind], self.point_lat[first:behind]


@dataclass(frozen=True, eq=False)
class Slopes:
    """Columns of shape ``(stretches,)``, along the stretch as it is drawn; NaN where a height there is not known.

    climb_m, descent_m:
        Metres up and down, both 0 or more.
    steepest_up, steepest_down:
        The greatest rise and fall over length, both 0 or more; 0 on stairs, which are no slope.
    slower_along, slower_against:
        How many times as long somebody on foot takes as on level ground, that way; see ``slopes.slower``.
    """

    climb_m: FloatArray
    descent_m: FloatArray
    steepest_up: FloatArray
    steepest_down: FloatArray
    slower_along: FloatArray
    slower_against: FloatArray

    @classmethod
    def unknown(cls, stretches: int) -> Self:
        """Where no heights are known."""
        return cls(*(np.full(stretches, np.nan) for _ in range(6)))

    @property
    def steepest(self) -> FloatArray:
        """Up or down, whichever is more; NaN where unknown."""
        return np.maximum(self.steepest_up, self.steepest_down)


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """A directed graph over stretches of ways.

    Both directions of a stretch are edges of the graph, whether or not a vehicle may use them (``impedance`` says who
    may, and why not), but against the traffic of a motorway, where nobody may.

    graph:
        Its nodes are junctions, ends of ways, and both sides of barriers; its arcs are the edges.
    node_id:
        ``(nodes,)`` ids as OpenStreetMap has them; both sides of a barrier share one.
    lon, lat:
        ``(nodes,)`` EPSG:6668, degrees.
    plane:
        EPSG code of the plane-rectangular zone of ``x``, ``y`` (``(nodes,)``, metres, easting and northing) and of all
        lengths.
    stretch, along, reverse:
        ``(edges,)`` the stretch of each edge, whether it goes along the way, and the edge of the same stretch the other
        way, -1 where there is none; that of a twin is its original's.
    original:
        ``(edges,)`` the edge itself, or of a twin the edge that it doubles: a twin is the same piece of road, for who
        has come onto it by the beginning of a turn restriction (``twins``).
    slopes:
        Of the stretches; unknown before ``slopes.with_heights``.
    forbidden_turns:
        ``(turns, 2)`` edges: from which onto which.  They bind motor vehicles, but those whose profile ignores them.
    turns_onto_twins:
        ``(turns, 2)`` edges: the only turns that lead onto a twin.  Whom restrictions bind makes them in place of those
        onto its original; nobody else comes onto a twin.
    """

    graph: Graph
    node_id: TextArray
    lon: FloatArray
    lat: FloatArray
    plane: int
    x: FloatArray
    y: FloatArray
    stretch: Int32Array
    along: Mask
    reverse: Int32Array
    original: Int32Array
    forbidden_turns: Int32Array
    turns_onto_twins: Int32Array
    stretches: Stretches
    ways: Ways
    slopes: Slopes

    @property
    def edges(self) -> int:
        return self.graph.arcs

    @cached_property
    def is_twin(self) -> Mask:
        """``(edges,)``."""
        return np.asarray(self.original != np.arange(self.edges), np.bool_)

    @cached_property
    def onward(self) -> Int64Array:
        """``(nodes,)`` how many edges leave each, without twins."""
        return np.bincount(self.graph.tail[~self.is_twin], minlength=self.graph.nodes).astype(np.int64)

    @property
    def way(self) -> Int32Array:
        """``(edges,)`` the way of each edge."""
        return self.stretches.way[self.stretch]

    @property
    def length_m(self) -> FloatArray:
        """``(edges,)`` in the plane."""
        return self.stretches.length_m[self.stretch]

    def points(self, edge: int) -> tuple[FloatArray, FloatArray]:
        """Longitudes and latitudes of an edge in its direction, both ends included.

        Raises
        ------
        InputError
            If there is no such edge.
        """
        if not 0 <= edge < self.edges:
            raise InputError(f"An edge is outside of 0 to {self.edges - 1}.")
        lon, lat = self.stretches.points(int(self.stretch[edge]))
        return (lon, lat) if self.along[edge] else (lon[::-1], lat[::-1])

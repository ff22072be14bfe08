"""The way of a vehicle to its destination, on the roads as they are now, and where a way is cut."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.crs import STORAGE, transform_xy
from geo.routing.graph import UNREACHABLE
from geo.travel.closing import Closure, stretches_meant
from geo.travel.conditions import Conditions
from layers.text import Text
from services.ogc.processes._model import Context
from services.ogc.processes._on_roads import met
from services.ogc.processes._on_roads.between import Ends, document, kept_off, notes, refused, ways_between
from services.ogc.processes._place import Place

OFF_THE_ROUTE_M = 80.0
"""A vehicle that is farther away has left its route."""


@dataclass(frozen=True, slots=True)
class FoundWay:
    """A way as ``route`` answers it, with its edges; or the refusal, and none.

    notes:
        What is to be said of it.
    """

    edges: list[int]
    route: dict[str, Any] | None
    refusal: dict[str, Any] | None
    notes: list[Text]

    @property
    def line(self) -> shapely.LineString | None:
        return None if self.route is None else shapely.LineString(self.route["geometry"]["coordinates"])

    @property
    def fictitious(self) -> bool:
        """Whether anything that it meets is made up."""
        return self.route is not None and met.is_fictitious([self.route])


def find(now: Conditions, start: Place, goal: Place, context: Context, heading_deg: float | None = None) -> FoundWay:
    """The fastest way with all that it meets, or why there is none."""
    ends = Ends(start, goal)
    found = ways_between(now, ends, heading_deg)
    if not found:
        return FoundWay([], None, refused(now, ends, context).document, [])
    off = kept_off(found[0], ends, context, heading_deg)
    route = document(found[0], off, context)
    return FoundWay(found[0].way.edges.tolist(), route, None, notes([route], off))


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a way is cut: the edges that may not be used any more, and how far the first lies ahead.

    position:
        Longitude and latitude of where the first begins.
    distance_m:
        From the first of the edges that were looked at, by whole ones.
    """

    edges: list[int]
    position: tuple[float, float]
    distance_m: float


def ahead_of(
    now: Conditions, edges: Sequence[int], lon: float, lat: float, on_edge: int | None = None
) -> list[int] | None:
    """The edges of a way from the one on, on which a vehicle at this place is; None where it has left the way.

    Where the way comes by twice, the first time counts.

    on_edge:
        The edge that the vehicle is on for certain, in whatever direction of its stretch; None: only the place says.
    """
    network = now.topology.network
    if on_edge is not None:
        there = np.flatnonzero(network.stretch[np.asarray(edges)] == network.stretch[on_edge])
        return list(edges[int(there[0]) :]) if len(there) else None
    x, y = transform_xy(lon, lat, STORAGE, network.plane)
    away = now.topology.places.distances(network.stretch[np.asarray(edges)].astype(np.int64), shapely.Point(x, y))
    nearest = float(away.min())
    if nearest > OFF_THE_ROUTE_M:
        return None
    return list(edges[int(np.flatnonzero(away <= nearest + 1.0)[0]) :])


def cut(now: Conditions, ahead: Sequence[int]) -> Cut | None:
    """Where the vehicle may not go on along these edges; None where it may everywhere."""
    network = now.topology.network
    edges = np.asarray(ahead, np.int64)
    closed = np.flatnonzero(now.impedance.weights[edges] >= UNREACHABLE)
    if not len(closed):
        return None
    first = int(closed[0])
    lon, lat = network.points(int(edges[first]))
    before = network.stretches.length_m[network.stretch[edges[:first]]]
    return Cut(edges[closed].tolist(), (round(float(lon[0]), 7), round(float(lat[0]), 7)), float(before.sum()))


def closing(now: Conditions, found: Cut, closures: Sequence[Closure]) -> list[str]:
    """Ids of the closures that mean what is cut."""
    stretches = now.topology.network.stretch[np.asarray(found.edges)]
    return [
        each.id
        for each in closures
        if (each.profiles is None or now.profile.id in each.profiles)
        and np.isin(stretches, stretches_meant(now.topology, each.drawing)).any()
    ]

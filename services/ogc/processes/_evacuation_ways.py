"""Ways on foot to the sites for a hazard: which roads may be used, how long it takes to each, the best few."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geo.crs import STORAGE, transform_xy
from geo.evacuation.zones import metres_inside, never_entering, seconds_on_foot
from geo.routing.graph import UNREACHABLE, Mask
from geo.travel.alternatives import alternatives
from geo.travel.conditions import Conditions
from geo.travel.finding import Stand, Way, fastest, stands
from geo.travel.matrix import travel_costs
from geo.travel.snapping import Snap
from services.ogc.processes._evacuation_sites import Site
from services.ogc.processes._evacuation_zones import Zones
from services.ogc.processes._place import Place
from services.ogc.processes._roads import REACH_M

_NEAR = 6
"""So many stretches near a place are tried."""


@dataclass(frozen=True, slots=True)
class Flight:
    """A way to a site: where it leaves and reaches the road, what it takes in all, and how much of it is in zones."""

    site: Site
    way: Way
    start: Snap
    end: Snap
    seconds: float
    in_zone_m: float


@dataclass(frozen=True, eq=False)
class Walk:
    """Who flees: the conditions of the roads, the zones, the place, the pace.

    is_inside:
        Whether the place lies in a zone.
    """

    now: Conditions
    zones: Zones
    origin: Place
    pace_mps: float
    is_inside: bool

    def start(self, *, through_zones: bool = False) -> list[Snap]:
        """The place on the road nearest to the origin, none where there is none."""
        lon, lat = self.origin.lon, self.origin.lat
        return self._near(lon, lat, keeps_out=not (self.is_inside or through_zones))[:1]

    def to(self, sites: Sequence[Site], most: int, *, through_zones: bool = False) -> tuple[list[Flight], int]:
        """The ways to the ``most`` sites that are reached first, and how many are reached at all.

        Where there are fewer sites, the others are different ways to the first one.  With ``through_zones`` the
        zones are gone through as if there were none.
        """
        starts = self.start(through_zones=through_zones)
        if not starts or not sites:
            return [], 0
        start = starts[0]
        now = self.now if through_zones else never_entering(self.now, self._touched, from_inside=self.is_inside)
        ends = [(site, snap) for site in sites for snap in self._ends(site, through_zones=through_zones)]
        origins, goals = stands(now, start), [stands(now, snap) for _, snap in ends]
        costs = travel_costs(now, [origins], goals)[0].tolist()
        best: dict[str, tuple[float, int]] = {}
        for number, ((site, end), cost) in enumerate(zip(ends, costs, strict=True)):
            if cost < UNREACHABLE:
                seconds = self._seconds(cost, start, end)
                best[site.id] = min(best.get(site.id, (seconds, number)), (seconds, number))
        ranked = sorted(best.values())
        found: list[Flight] = []
        for _, number in ranked[:most]:
            site, end = ends[number]
            way = fastest(now, origins, goals[number])
            if way is not None:
                found.append(self._flight(site, way, start, end))
        if found and len(found) < most:
            found += self._others(now, found[0], origins, goals[ranked[0][1]], most - len(found))
        return sorted(found, key=lambda each: each.seconds), len(best)

    def _others(
        self, now: Conditions, first: Flight, origins: Sequence[Stand], goals: Sequence[Stand], most: int
    ) -> list[Flight]:
        ways = alternatives(now, first.way, origins, goals, most)
        return [self._flight(first.site, way, first.start, first.end) for way in ways]

    def _flight(self, site: Site, way: Way, start: Snap, end: Snap) -> Flight:
        seconds = self._seconds(way.cost, start, end)
        return Flight(site, way, start, end, seconds, metres_inside(self.now, way, self._touched))

    def _seconds(self, cost: int, start: Snap, end: Snap) -> float:
        return seconds_on_foot(self.now, cost, start.distance_m + end.distance_m, self.pace_mps)

    def _ends(self, site: Site, *, through_zones: bool) -> list[Snap]:
        """Where a site meets the road: one place, outside of the zones where the site is, and for who may come through
        a zone the nearest.
        """
        if through_zones or site.in_zone:
            return self._near(site.lon, site.lat, keeps_out=False)[:1]
        dry = self._near(site.lon, site.lat, keeps_out=True)[:1]
        if not self.is_inside:
            return dry
        nearest = self._near(site.lon, site.lat, keeps_out=False)[:1]
        return [*dry, *(each for each in nearest if not dry or each.stretch != dry[0].stretch)]

    def _near(self, lon: float, lat: float, *, keeps_out: bool) -> list[Snap]:
        """The nearest places on roads; where one keeps out of zones, neither these nor the straight line to them touch
        any.
        """
        now = self.now
        if not keeps_out:
            return now.topology.places.near(lon, lat, now.usable, REACH_M, 1)
        found = now.topology.places.near(lon, lat, now.usable & ~self._touched, REACH_M, _NEAR)
        return [each for each in found if not self.zones.meets(shapely.LineString([(lon, lat), (each.lon, each.lat)]))]

    @property
    def _touched(self) -> Mask:
        return self.zones.touched(self.now.topology)


def in_zones(zones: Zones, positions: Sequence[tuple[float, float]]) -> list[bool]:
    """Of each position whether it lies in a zone."""
    return [zones.meets(shapely.Point(*each)) for each in positions]


def straight_m(now: Conditions, origin: Place, site: Site) -> float:
    """Metres as the crow flies, in the plane of the network."""
    plane = now.topology.network.plane
    there, here = (transform_xy(each.lon, each.lat, STORAGE, plane) for each in (site, origin))
    return float(np.hypot(there[0] - here[0], there[1] - here[1]))

"""Ways on foot to the sites for a hazard: which roads may be used, how long it takes to each, the best few."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from geo.crs import STORAGE, transform_xy
from geo.evacuation.steep import counting_dearer
from geo.evacuation.zones import metres_inside, never_entering, seconds_on_foot
from geo.routing.graph import UNREACHABLE, Mask
from geo.travel.alternatives import alternatives
from geo.travel.conditions import Conditions
from geo.travel.finding import Way, fastest, stands
from geo.travel.inclines import steeper_than
from geo.travel.matrix import travel_costs
from geo.travel.snapping import Snap
from services.ogc.processes._evacuation.sites import Site
from services.ogc.processes._evacuation.zones import Zones
from services.ogc.processes._on_roads.provenance import REACH_M
from services.ogc.processes._place import Place

_NEAR = 6
"""So many stretches near a place are tried."""


@dataclass(frozen=True, slots=True)
class Flight:
    """A way to a site: where it leaves and reaches the road, what it takes in all, and how much of it is in zones, or
    where it is not known whether there is one.
    """

    site: Site
    way: Way
    start: Snap
    end: Snap
    seconds: float
    in_zone_m: float
    unknown_m: float


@dataclass(frozen=True, eq=False)
class Walk:
    """Who flees: the conditions of the roads, the zones, the place, the pace.

    is_inside:
        Whether the place lies in a zone.
    max_slope:
        Rise over length; what is steeper is gone over only where there is no other way.
    preferred_factor:
        How many times as long as the soonest way one may take and still come first, where it leads to a site that is
        open, or keeps to ground known to be outside of the zones.
    """

    now: Conditions
    zones: Zones
    origin: Place
    pace_mps: float
    is_inside: bool
    max_slope: float
    preferred_factor: float

    def start(self, *, through_zones: bool = False) -> list[Snap]:
        """The place on the road nearest to the origin, none where there is none."""
        lon, lat = self.origin.lon, self.origin.lat
        return self._near(lon, lat, keeps_out=not (self.is_inside or through_zones))[:1]

    def to(self, sites: Sequence[Site], most: int, *, through_zones: bool = False) -> tuple[list[Flight], int]:
        """The ways to the ``most`` sites that are reached first, and how many are reached at all.

        Ways that are nowhere steeper than ``max_slope`` come before the others.  Of these come first, within
        ``preferred_factor``, such as keep to known ground, then such as lead to sites that are open.  Sites that are
        full or not opened yet come last.  Where there are fewer sites, the others are different ways to the first one.
        With ``through_zones`` the zones are gone through as if there were none.
        """
        starts = self.start(through_zones=through_zones)
        if not starts or not sites:
            return [], 0
        ends = [(site, end) for site in sites for end in self._ends(site, through_zones=through_zones)]
        search = _Search(self, starts[0], ends)
        on = self.now if through_zones else never_entering(self.now, self.touched, from_inside=self.is_inside)
        found, reached = search.ways(on, most)
        if not found:
            return [], 0
        if np.any(steep := steeper_than(self.now.topology.network, self.max_slope)):
            on, gentle = self._gentler(on, steep, search, most)
            found = _joined(gentle, found, most)
        if any(each.status.is_poor for each in sites):
            search = search.only(lambda site: not site.status.is_poor)
            found = _joined(search.ways(on, most)[0], found, most)
        latest = self.preferred_factor * found[0].seconds
        if not found[0].site.status.is_open:
            opened, _ = search.only(lambda site: site.status.is_open).ways(on, most)
            found = _joined(_until(latest, opened), found, most)
        if found[0].unknown_m > 0 and not through_zones:
            kept, _ = search.ways(never_entering(on, self.unknown, from_inside=True), most)
            known = [each for each in _until(latest, kept) if not self.unknown[each.end.stretch]]
            found = _joined(known, found, most)
        return found, reached

    def _gentler(self, on: Conditions, steep: Mask, search: "_Search", most: int) -> tuple[Conditions, list[Flight]]:
        """Ways that enter nothing steep; where there are none, or the place itself is on such a road, with as little of
        it as can be.  And the conditions they are found under.
        """
        never = never_entering(on, steep, from_inside=True)
        gentle, _ = search.ways(never, most)
        if gentle and metres_inside(self.now, gentle[0].way, steep) == 0:
            return never, gentle
        seldom = counting_dearer(on, steep)
        return seldom, search.ways(seldom, most)[0]

    @property
    def touched(self) -> Mask:
        return self.zones.touched(self.now.topology)

    @property
    def unknown(self) -> Mask:
        return self.zones.unknown(self.now.topology)

    def seconds(self, cost: int, start: Snap, end: Snap) -> float:
        """Of a way with this cost, with what lies between the places and the road."""
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
        found = now.topology.places.near(lon, lat, now.usable & ~self.touched, REACH_M, _NEAR)
        return [each for each in found if not self.zones.meets(shapely.LineString([(lon, lat), (each.lon, each.lat)]))]


@dataclass(frozen=True, eq=False)
class _Search:
    """Ways of one walk from one place on the road to the places where sites meet it."""

    walk: Walk
    start: Snap
    ends: Sequence[tuple[Site, Snap]]

    def only(self, wanted: Callable[[Site], bool]) -> "_Search":
        """The same to some of the sites."""
        return replace(self, ends=[(site, end) for site, end in self.ends if wanted(site)])

    def ways(self, on: Conditions, most: int) -> tuple[list[Flight], int]:
        """Under these conditions, the soonest first; and how many sites are reached."""
        if not self.ends:
            return [], 0
        origins, goals = stands(on, self.start), [stands(on, snap) for _, snap in self.ends]
        costs = travel_costs(on, [origins], goals)[0].tolist()
        best: dict[str, tuple[float, int]] = {}
        for number, ((site, end), cost) in enumerate(zip(self.ends, costs, strict=True)):
            if cost < UNREACHABLE:
                seconds = self.walk.seconds(cost, self.start, end)
                best[site.id] = min(best.get(site.id, (seconds, number)), (seconds, number))
        ranked = sorted(best.values())
        found: list[Flight] = []
        for _, number in ranked[:most]:
            way = fastest(on, origins, goals[number])
            if way is not None:
                found.append(self._flight(*self.ends[number], way))
        if found and len(found) < most:
            first = found[0]
            others = alternatives(on, first.way, origins, goals[ranked[0][1]], most - len(found))
            found += [self._flight(first.site, first.end, way) for way in others]
        return sorted(found, key=lambda each: self.walk.seconds(each.way.cost, each.start, each.end)), len(best)

    def _flight(self, site: Site, end: Snap, way: Way) -> Flight:
        walk, now = self.walk, self.walk.now
        taken = int(way.weights.sum())  # turning costs nothing on foot, and its cost may count some of it dearer
        seconds = walk.seconds(taken, self.start, end)
        inside, unknown = (metres_inside(now, way, mask) for mask in (walk.touched, walk.unknown))
        return Flight(site, way, self.start, end, seconds, inside, unknown)


def _until(seconds: float, flights: Sequence[Flight]) -> list[Flight]:
    return [each for each in flights if each.seconds <= seconds]


def _joined(first: Sequence[Flight], then: Sequence[Flight], most: int) -> list[Flight]:
    """Both lists in their order: each site once, and where there are too few of them, other ways to the same."""
    ways: dict[tuple[str, tuple[int, ...]], Flight] = {}
    for each in (*first, *then):
        ways.setdefault((each.site.id, tuple(each.way.edges.tolist())), each)
    sites: dict[str, Flight] = {}
    for each in ways.values():
        sites.setdefault(each.site.id, each)
    chosen = list(sites.values())[:most]
    more = [each for each in ways.values() if not any(each is other for other in chosen)]
    wanted = [*chosen, *more[: most - len(chosen)]]
    return [each for each in ways.values() if any(each is other for other in wanted)]


def in_zones(zones: Zones, positions: Sequence[tuple[float, float]]) -> list[bool]:
    """Of each position whether it lies in a zone."""
    return [zones.meets(shapely.Point(*each)) for each in positions]


def straight_m(now: Conditions, origin: Place, site: Site) -> float:
    """Metres as the crow flies, in the plane of the network."""
    plane = now.topology.network.plane
    there, here = (transform_xy(each.lon, each.lat, STORAGE, plane) for each in (site, origin))
    return float(np.hypot(there[0] - here[0], there[1] - here[1]))

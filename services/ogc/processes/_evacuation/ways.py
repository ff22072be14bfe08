"""Ways on foot to the sites for a hazard: which roads may be used, how long it takes to each, the best few."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import shapely

from geo.crs import STORAGE, transform_xy
from geo.evacuation.steep import counting_dearer
from geo.evacuation.zones import metres_inside, never_entering, seconds_on_foot
from geo.routing.graph import UNREACHABLE, Mask
from geo.travel.alternatives import alternatives
from geo.travel.boards import Described, Leg
from geo.travel.conditions import Conditions
from geo.travel.finding import Stand, Way, stands
from geo.travel.inclines import steeper_than
from geo.travel.matrix import travel_costs
from geo.travel.snapping import Snap
from services.ogc.processes._evacuation.ends import Ends, legs_of
from services.ogc.processes._evacuation.sites import Destinations, Site
from services.ogc.processes._evacuation.zones import Zones
from services.ogc.processes._on_roads.provenance import REACH_M
from services.ogc.processes._place import Place

NEARBY = 6
"""So many stretches near a place are tried."""


class Flight(NamedTuple):
    """A way to a site: where it leaves and reaches the road, what it takes in all, and how much of it is in zones, or
    where it is not known whether there is one; ``described`` where what is told of it was read with it.
    """

    site: Site
    way: Way
    start: Snap
    end: Snap
    seconds: float
    in_zone_m: float
    unknown_m: float
    described: Described | None = None


@dataclass(eq=False)
class Walk:
    """Who flees: the conditions of the roads, the zones, the place, the pace.

    is_inside:
        Whether the place lies in a zone.
    max_slope:
        Rise over length; what is steeper is gone over only where there is no other way.
    preferred_factor:
        How many times as long as the soonest way one may take and still come first, where it leads to a site that is
        open, or keeps to ground known to be outside of the zones.
    nearby:
        The ``NEARBY`` places on usable stretches that are nearest to the origin, where they are known already.
    cut:
        Whether the straight line from the origin to one of these touches a zone, where others ask the same.
    """

    now: Conditions
    zones: Zones
    origin: Place
    pace_mps: float
    is_inside: bool
    max_slope: float
    preferred_factor: float
    nearby: Sequence[Snap] | None = None
    cut: Callable[[Snap], bool] | None = None
    _searches: dict[tuple[Destinations, bool], "_Search | None"] = field(default_factory=dict, init=False)
    _starts: dict[bool, list[Snap]] = field(default_factory=dict, init=False)

    def start(self, *, through_zones: bool = False) -> list[Snap]:
        """The place on the road nearest to the origin, none where there is none."""
        keeps_out = not (self.is_inside or through_zones)
        found = self._starts.get(keeps_out)
        if found is None:
            lon, lat = self.origin.lon, self.origin.lat
            found = self._starts[keeps_out] = self._near(lon, lat, keeps_out=keeps_out, nearby=self.nearby)
        return found

    def to(
        self, sites: Destinations, most: int, *, through_zones: bool = False, briefly: bool = False
    ) -> tuple[list[Flight], int]:
        """The ways to the ``most`` sites that are reached first, and how many are reached at all.

        Ways that are nowhere steeper than ``max_slope`` come before the others.  Of these come first, within
        ``preferred_factor``, such as keep to known ground, then such as lead to sites that are open.  Sites that are
        full or not opened yet come last.  Where there are fewer sites, the others are different ways to the first one.
        With ``through_zones`` the zones are gone through as if there were none; with ``briefly`` there are no other
        ways to the same site, and only the sites that are returned are counted.
        """
        every = self.search(sites, through_zones=through_zones)
        if every is None:
            return [], 0
        search, on = every, every.on
        found = search.ways(on, most, briefly=briefly)
        if not found:
            return [], 0
        reached = len(found) if briefly else search.reached(on)
        if self.max_slope < np.inf and np.any(steep := steeper_than(self.now.topology.network, self.max_slope)):
            on, gentle = self._gentler(on, steep, search, most, briefly=briefly)
            found = _joined(gentle, found, most)
        if sites.some_are_poor:
            search = every.only(sites.good)
            found = _joined(search.ways(on, most, briefly=briefly), found, most)
        latest = self.preferred_factor * found[0].seconds
        if not found[0].site.status.is_open and sites.some_are_told_of and sites.open:
            opened = every.only(sites.good & sites.open).ways(on, most, briefly=briefly)
            found = _joined(_until(latest, opened), found, most)
        if found[0].unknown_m > 0 and not through_zones and not self.unknown.all():
            kept = search.ways(self.zones.on_known_ground(on), most, briefly=briefly)
            known = [each for each in _until(latest, kept) if not self.unknown[each.end.stretch]]
            found = _joined(known, found, most)
        return found, reached

    def search(self, sites: Destinations, *, through_zones: bool = False) -> "_Search | None":
        """The first search for the sites; None where there is nowhere to begin or to go."""
        asked = sites, through_zones
        if asked in self._searches:
            return self._searches[asked]
        found = None
        if sites.every and (starts := self.start(through_zones=through_zones)):
            ends = self._all_ends(sites, through_zones=through_zones)
            on = self.now if through_zones else self._outside
            found = _Search(self.now, self.zones, self.pace_mps, starts[0], sites.every, ends, on)
        self._searches[asked] = found
        return found

    def _gentler(
        self, on: Conditions, steep: Mask, search: "_Search", most: int, *, briefly: bool
    ) -> tuple[Conditions, list[Flight]]:
        """Ways that enter nothing steep; where there are none, or the place itself is on such a road, with as little of
        it as can be.  And the conditions they are found under.
        """
        never = never_entering(on, steep, from_inside=True)
        gentle = search.ways(never, most, briefly=briefly)
        if gentle and metres_inside(self.now, gentle[0].way, steep) == 0:
            return never, gentle
        seldom = counting_dearer(on, steep)
        return seldom, search.ways(seldom, most, briefly=briefly)

    @property
    def _outside(self) -> Conditions:
        """The conditions in which nobody enters a zone."""
        return self.zones.outside(self.now, from_inside=self.is_inside)

    @cached_property
    def touched(self) -> Mask:
        return self.zones.touched(self.now.topology)

    @cached_property
    def unknown(self) -> Mask:
        return self.zones.unknown(self.now.topology)

    def _all_ends(self, sites: Destinations, *, through_zones: bool) -> "Ends":
        """Where the sites meet the road; found once for the same sites under the same conditions."""
        known, name = self._kept, ("ends", through_zones, self.is_inside)
        by_sites: WeakKeyDictionary[Destinations, Ends] | None = known.get(name)
        if by_sites is None:
            by_sites = known.setdefault(name, WeakKeyDictionary())
        found = by_sites.get(sites)
        if found is None:
            owned = [
                (number, end)
                for number, site in enumerate(sites.every)
                for end in self.ends(site, through_zones=through_zones)
            ]
            found = by_sites[sites] = Ends.of(self.now, owned, (self.touched, self.unknown))
        return found

    @property
    def _dry(self) -> Mask:
        """``(stretches,)``: those that may be used and touch no zone."""
        found: Mask | None = self._kept.get("dry")
        if found is None:
            found = self._kept["dry"] = self.now.usable & ~self.touched
        return found

    @cached_property
    def _kept(self) -> dict[Hashable, Any]:
        """What is found once for all walks out of these zones on roads of which the same may be used."""
        return self.zones.kept(self.now)

    def ends(self, site: Site, *, through_zones: bool) -> list[Snap]:
        """Where a site meets the road: one place, outside of the zones where the site is, and for who may come through
        a zone the nearest.
        """
        if through_zones or site.in_zone:
            return self._near(site.lon, site.lat, keeps_out=False)
        dry = self._near(site.lon, site.lat, keeps_out=True)
        if not self.is_inside:
            return dry
        nearest = self._near(site.lon, site.lat, keeps_out=False)
        return [*dry, *(each for each in nearest if not dry or each.stretch != dry[0].stretch)]

    def _near(self, lon: float, lat: float, *, keeps_out: bool, nearby: Sequence[Snap] | None = None) -> list[Snap]:
        """The nearest place on a road, if any; where one keeps out of zones, neither that nor the straight line to it
        touches one.
        """
        now = self.now
        if not keeps_out:
            return list(nearby[:1]) if nearby else now.topology.places.near(lon, lat, now.usable, REACH_M, 1)
        if nearby is not None:
            dry = self._dry
            found = self._clear(lon, lat, (each for each in nearby if dry[each.stretch]), self.cut)
            if found or len(nearby) < NEARBY:
                return found
        return self._clear(lon, lat, now.topology.places.near(lon, lat, self._dry, REACH_M, NEARBY))

    def _clear(
        self, lon: float, lat: float, found: Iterable[Snap], cut: Callable[[Snap], bool] | None = None
    ) -> list[Snap]:
        """The first of the places to which the straight line touches no zone, if any."""
        for each in found:
            if not (self.zones.meets(line(lon, lat, each)) if cut is None else cut(each)):
                return [each]
        return []


@dataclass(eq=False)
class _Search:
    """Ways of one walk from one place on the road to the places where sites meet it.

    It does not hold the walk, which holds it: all of an answer would lie about until the garbage collector comes by.

    now, zones, pace_mps:
        Those of the walk.
    on:
        The conditions of the first search, and ``read`` what signposts say under these.
    """

    now: Conditions
    zones: Zones
    pace_mps: float
    start: Snap
    sites: Sequence[Site]
    ends: Ends
    on: Conditions
    read: list[Leg] = field(default_factory=list, init=False)

    @cached_property
    def origins(self) -> Sequence[Stand]:
        return stands(self.on, self.start)

    def only(self, wanted: frozenset[int]) -> "_Search":
        """The same to some of the sites, by number."""
        return replace(self, ends=self.ends.only(self.now, wanted))

    def ways(self, on: Conditions, most: int, *, briefly: bool = False) -> list[Flight]:
        """Under these conditions, the soonest first; ``briefly`` to each site one."""
        if self.read and on is self.on:
            found = [self._flight_read(each) for each in self.read[:most]]
            if briefly or len(found) == most:  # they were read in their order
                return found
        else:  # what whole edges cost is the same in all conditions of a walk
            reached = self.ends.nearest(on, self.origins, most)
            found = [self._flight(*self.ends.owned[each.goal], each.way) for each in reached]
        if found and len(found) < most and not briefly:
            first = found[0]
            owner = next(owner for owner, end in self.ends.owned if end is first.end)
            others = alternatives(on, first.way, self.origins, stands(on, first.end), most - len(found))
            found += [self._flight(owner, first.end, way) for way in others]
        return sorted(found, key=lambda each: self._seconds(each.way.cost, each.end))

    def reached(self, on: Conditions) -> int:
        """How many sites are reached at all."""
        ends = self.ends.owned
        costs = travel_costs(on, [self.origins], [stands(on, end) for _, end in ends])[0]
        return len({owner for (owner, _), cost in zip(ends, costs.tolist(), strict=True) if cost < UNREACHABLE})

    def _flight(self, owner: int, end: Snap, way: Way) -> Flight:
        now, zones = self.now, self.zones
        # Turning costs nothing on foot, and its cost may count some of it dearer.
        taken = int(np.add.reduce(way.weights))
        inside = metres_inside(now, way, zones.touched(now.topology)) if zones.shapes else 0.0
        unknown = metres_inside(now, way, zones.unknown(now.topology))
        seconds = self._seconds(taken, end)
        return Flight(self.sites[owner], way, self.start, end, seconds, inside, unknown)

    def _flight_read(self, leg: Leg) -> Flight:
        owner, end = self.ends.owned[leg.goal]
        seconds = self._seconds(leg.taken, end)
        return Flight(self.sites[owner], leg.way, self.start, end, seconds, leg.on_one_m, leg.on_other_m, leg.described)

    def _seconds(self, cost: int, end: Snap) -> float:
        """Of a way with this cost, with what lies between the places and the road."""
        return seconds_on_foot(self.now, cost, self.start.distance_m + end.distance_m, self.pace_mps)


def read_ahead(walks: Iterable[tuple[Walk, Destinations]], most: int) -> None:
    """Reads the ways of several walks from one place together, as far as signposts are up: ``to`` takes these then."""
    searches = [found for walk, sites in walks if (found := walk.search(sites)) is not None]
    if not searches:
        return
    # Of most hazards it is the same place on the road.
    origins = {each.start: each.origins for each in {each.start: each for each in reversed(searches)}.values()}
    legs = legs_of(searches[0].now, [(each.ends, each.on, each.start) for each in searches], origins, most)
    for each in searches:
        each.read.extend(legs.get(each.ends, ()))


def line(lon: float, lat: float, end: Snap) -> shapely.LineString:
    """Straight from a place to where it meets the road, in degrees."""
    found: shapely.LineString = shapely.linestrings([(lon, lat), (end.lon, end.lat)])
    return found


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

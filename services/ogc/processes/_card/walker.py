"""Who walks from a place to the sites of every hazard: what is the same for all of them is found once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import hypot

import shapely

from geo.crs import STORAGE, transform_xy
from geo.evacuation.zones import usual_pace_mps
from geo.travel.conditions import Conditions
from geo.travel.snapping import Snap
from geo.travel.steps import length_m
from services.database.waiting import require_thread
from services.ogc.errors import UnanswerableError
from services.ogc.processes._evacuation.site_status import Openings, openings
from services.ogc.processes._evacuation.sites import Site
from services.ogc.processes._evacuation.ways import NEARBY, Flight, Walk
from services.ogc.processes._evacuation.zones import Zones
from services.ogc.processes._model import Context
from services.ogc.processes._on_roads.provenance import REACH_M
from services.ogc.processes._on_roads.sentences import steps_in_words
from services.ogc.processes._on_roads.slope import Slope
from services.ogc.processes._place import Place

PROFILE = "walking"
PREFERRED_FACTOR = 1.25
"""How many times as long as the soonest way one may take and still come first, as of ``evacuation-route``."""

type Told = tuple[float, list[str], str]
"""Metres along roads, the steps, and what is said of the slope."""


@dataclass(frozen=True, eq=False)
class Walker:
    """Who walks from a place, and how things are for all hazards.

    here:
        East and north in the plane of the city, in metres.
    roads:
        As they are now; None where no ways are known.
    openings:
        What is known of all sites.
    """

    place: Place
    point: shapely.Point
    here: tuple[float, float]
    roads: Conditions | None
    openings: Openings
    _told: dict[bytes, Told] = field(default_factory=dict)

    @classmethod
    def at(cls, place: Place, context: Context) -> "Walker":
        x, y = transform_xy(place.lon, place.lat, STORAGE, context.city.plane_crs)
        about = place, shapely.Point(place.lon, place.lat), (float(x), float(y))
        try:
            now = context.roads.conditions(PROFILE)
        except UnanswerableError:
            return cls(*about, None, openings(context))
        if now.under is not None and now.under.closures:
            require_thread()  # which of them have to do with a way is found out by searching for others
        return cls(*about, now, openings(context))

    @cached_property
    def _nearby(self) -> Sequence[Snap]:
        assert self.roads is not None  # noqa: S101 - there are no walks without roads
        now, place = self.roads, self.place
        return now.topology.places.near(place.lon, place.lat, now.usable, REACH_M, NEARBY)

    def walk(self, zones: Zones) -> Walk:
        """From the place, out of the zones of a hazard; asked with roads only."""
        assert self.roads is not None  # noqa: S101
        now = self.roads
        return Walk(
            now,
            zones,
            self.place,
            usual_pace_mps(now),
            zones.meets(self.point),
            max_slope=now.profile.max_slope,
            preferred_factor=PREFERRED_FACTOR,
            nearby=self._nearby,
        )

    def told(self, flight: Flight, walk: Walk, context: Context) -> Told:
        """What is said of a way; of several hazards it is often the same."""
        way = flight.way
        key = way.edges.tobytes() + flight.site.id.encode()
        found = self._told.get(key)
        if found is None:
            length = round(length_m(walk.now.topology.network, way), 1)
            steps = steps_in_words(walk.now, way, flight.end, context.language)
            found = self._told[key] = length, steps, Slope(walk.now, way, walk.max_slope).text(context)
        return found

    def straight_m(self, context: Context, site: Site) -> float:
        """As the crow flies."""
        (x, y), there = self.here, _in_plane(site, context.city.plane_crs)
        return hypot(x - there[0], y - there[1])


@lru_cache(maxsize=2_000)
def _in_plane(site: Site, plane: int) -> tuple[float, float]:
    x, y = transform_xy(site.lon, site.lat, STORAGE, plane)
    return float(x), float(y)

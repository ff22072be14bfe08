"""Who walks from a place to the sites of every hazard: what is the same for all of them is found once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from math import hypot

from geo.crs import STORAGE, transform_xy
from geo.evacuation.zones import usual_pace_mps
from geo.travel.conditions import Conditions
from geo.travel.snapping import Snap
from services.database.waiting import require_thread
from services.ogc.errors import UnanswerableError
from services.ogc.processes._card.city_hazards import CityHazards
from services.ogc.processes._card.telling import Teller
from services.ogc.processes._evacuation.site_status import Openings, openings
from services.ogc.processes._evacuation.sites import NO_SITES, Site, Sites
from services.ogc.processes._evacuation.ways import NEARBY, Walk, line, read_ahead
from services.ogc.processes._evacuation.zones import Zones
from services.ogc.processes._model import Context
from services.ogc.processes._on_roads.provenance import REACH_M
from services.ogc.processes._place import Place

PROFILE = "walking"
PREFERRED_FACTOR = 1.25
"""How many times as long as the soonest way one may take and still come first, as of ``evacuation-route``."""


@dataclass(eq=False)
class Walker:
    """Who walks from a place, and how things are for all hazards.

    here:
        East and north in the plane of the city, in metres.
    roads:
        As they are now; None where no ways are known.
    openings:
        What is known of all sites.
    hazards:
        The zones and sites of all of them, made of the same data as the openings.
    inside:
        The layers of which the place lies in an area; None where nobody has looked.
    """

    place: Place
    context: Context
    here: tuple[float, float]
    roads: Conditions | None
    openings: Openings
    hazards: CityHazards
    inside: frozenset[str] | None = None
    _walks: dict[Zones, Walk] = field(default_factory=dict, init=False)

    @classmethod
    def at(cls, place: Place, context: Context) -> "Walker":
        x, y = transform_xy(place.lon, place.lat, STORAGE, context.city.plane_crs)
        try:
            now = context.roads.conditions(PROFILE)
        except UnanswerableError:
            now = None
        if now is not None and now.under is not None and now.under.closures:
            require_thread()  # which of them have to do with a way is found out by searching for others
        return cls(place, context, (float(x), float(y)), now, openings(context), CityHazards.of(context))

    @cached_property
    def _nearby(self) -> Sequence[Snap]:
        assert self.roads is not None  # noqa: S101 - there are no walks without roads
        now, place = self.roads, self.place
        return now.topology.places.near(place.lon, place.lat, now.usable, REACH_M, NEARBY)

    def sites(self, hazard: str) -> Sites:
        """The sites for a hazard as they are now; ``UnanswerableError`` where their layer is not loaded."""
        listed = self.hazards.sites.get(hazard)
        if listed is None:
            raise UnanswerableError(NO_SITES)
        return listed.under(self.openings)

    def read_ahead(self, hazards: Iterable[str], most: int) -> None:
        """Reads the ways to the ``most`` nearest sites of several hazards together, where there are roads and sites."""
        if self.roads is not None and self.hazards.sites:
            read_ahead(((self.walk(hazard), self.sites(hazard).offered) for hazard in hazards), most)

    def walk(self, hazard: str) -> Walk:
        """From the place, out of the zones of a hazard; asked with roads only."""
        zones = self.hazards.zones[hazard]
        found = self._walks.get(zones)  # of hazards without zones it is the same
        if found is None:
            found = self._walks[zones] = self._walk(zones)
        return found

    def _walk(self, zones: Zones) -> Walk:
        assert self.roads is not None  # noqa: S101
        now = self.roads
        return Walk(
            now,
            zones,
            self.place,
            usual_pace_mps(now),
            self._is_inside(zones),
            max_slope=now.profile.max_slope,
            preferred_factor=PREFERRED_FACTOR,
            nearby=self._nearby,
            cut=partial(self._lines.meet, zones),
        )

    def _is_inside(self, zones: Zones) -> bool:
        if zones.layer is None:
            return False
        if self.inside is None:
            self.inside = frozenset(each.layer.id for each in self.hazards.met_by(self.place.point) if each.layer)
        return zones.layer.id in self.inside

    @cached_property
    def _lines(self) -> "_Lines":
        return _Lines(self.place, self.hazards)

    @cached_property
    def teller(self) -> Teller:
        """Asked with roads only."""
        assert self.roads is not None  # noqa: S101
        return Teller(self.roads, self.context)

    def straight_m(self, site: Site) -> float:
        """As the crow flies."""
        (x, y), there = self.here, _in_plane(site, self.context.city.plane_crs)
        return hypot(x - there[0], y - there[1])


class _Lines:
    """Straight lines from a place to the road, and the zones that each meets.

    A part of its own: were it the walker, walks would hold who holds them, and all that was found for an answer would
    lie about until the garbage collector comes by.
    """

    def __init__(self, place: Place, hazards: CityHazards) -> None:
        self._place, self._hazards = place, hazards
        self._met: dict[Snap, frozenset[Zones]] = {}

    def meet(self, zones: Zones, end: Snap) -> bool:
        """Whether the line to this place on the road, one of those near the place, touches one of the zones."""
        found = self._met.get(end)
        if found is None:
            found = self._met[end] = self._hazards.met_by(line(self._place.lon, self._place.lat, end))
        return zones in found


@lru_cache(maxsize=2_000)
def _in_plane(site: Site, plane: int) -> tuple[float, float]:
    x, y = transform_xy(site.lon, site.lat, STORAGE, plane)
    return float(x), float(y)

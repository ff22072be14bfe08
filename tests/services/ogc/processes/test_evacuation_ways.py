"""Which way comes first, on a street map: known ground before unknown, gentle before steep, open before not known."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from geo.evacuation.zones import never_entering
from geo.network.profiles import profile
from geo.network.slopes import height_places, with_heights
from geo.routing.graph import Mask
from geo.travel.conditions import Conditions, conditions
from geo.travel.topology import Topology, topology_of
from services.ogc.processes._evacuation.site_status import NOTHING, SiteStatus
from services.ogc.processes._evacuation.sites import Destinations, Site
from services.ogc.processes._evacuation.ways import Flight, Walk
from services.ogc.processes._place import Place
from tests.geo.travel.streets import position, street, street_map

STREETS = [
    street("start", (0, 0), (50, 0)),
    street("straight", (50, 0), (250, 0)),
    street("round", (50, 0), (50, 30), (250, 30), (250, 0)),
    street("end", (250, 0), (300, 0)),
    street("on", (300, 0), (500, 0)),
]
OPEN = SiteStatus(stated="open")


@dataclass(frozen=True)
class Ground:
    """In place of zones: none, and streets of which nothing is known."""

    unheard: frozenset[str]
    shapes: tuple[Any, ...] = ("one that nothing meets",)

    def touched(self, topology: Topology) -> Mask:
        return np.zeros(len(topology.network.stretches), bool)

    def unknown(self, topology: Topology) -> Mask:
        network = topology.network
        return np.array([network.ways.name.at(row) in self.unheard for row in network.stretches.way.tolist()])

    def meets(self, _shape: Any) -> bool:
        return False

    def outside(self, now: Conditions, **_: bool) -> Conditions:
        return now

    def on_known_ground(self, now: Conditions) -> Conditions:
        return never_entering(now, self.unknown(now.topology), from_inside=True)

    def kept(self, _now: Conditions) -> dict[Any, Any]:
        return {}


def site(name: str, x: float, status: SiteStatus = NOTHING) -> Site:
    return Site(name, name, *position(x, 0), {}, None, False, False, status)


def to(*sites: Site) -> Destinations:
    return Destinations(sites)


def walk(now: Conditions, *unheard: str, factor: float = 1.25, max_slope: float = 1.0) -> Walk:
    origin = Place(*position(5, 0))
    ground: Any = Ground(frozenset(unheard))
    return Walk(now, ground, origin, 1.0, is_inside=False, max_slope=max_slope, preferred_factor=factor)


def streets_of(now: Conditions, flight: Flight) -> set[str | None]:
    network = now.topology.network
    return {network.ways.name.at(row) for row in network.stretches.way[network.stretch[flight.way.edges]].tolist()}


@pytest.fixture(scope="module")
def level() -> Conditions:
    return conditions(topology_of(street_map(STREETS)), profile("walking"))


@pytest.mark.parametrize(("factor", "expected"), [(1.25, "round"), (1.1, "straight")])
def test_known_ground_comes_first_while_it_takes_little_longer(level: Conditions, factor: float, expected: str) -> None:
    """290 m straight on, over ground of which nothing is known, and 350 m round it."""
    flights, reached = walk(level, "straight", factor=factor).to(to(site("a", 295)), 2)
    assert reached == 1
    assert expected in streets_of(level, flights[0])
    unknown = {("straight" in streets_of(level, each)): each.unknown_m for each in flights}
    assert unknown.get(False, 0) == 0
    assert unknown[True] == pytest.approx(200, abs=1)


def test_unknown_ground_everywhere_sends_people_on_all_the_same(level: Conditions) -> None:
    """As at the coast: that nothing is known is told, and refuses nobody."""
    everything = [str(each.name) for each in STREETS]
    flights, reached = walk(level, *everything).to(to(site("a", 295), site("b", 495)), 3)
    assert reached == 2
    assert flights[0].site.id == "a"
    assert flights[0].seconds == min(each.seconds for each in flights)
    for each in flights:
        assert each.unknown_m == pytest.approx(each.seconds - each.start.distance_m - each.end.distance_m, abs=1)


def test_from_unknown_ground_one_may_get_out_and_then_stays_out(level: Conditions) -> None:
    flights, _ = walk(level, "start", "straight").to(to(site("a", 295)), 1)
    assert "straight" in streets_of(level, flights[0])  # it goes on where one is already
    flights, _ = walk(level, "start", "on").to(to(site("a", 295), site("b", 495)), 2)
    assert [each.site.id for each in flights] == ["a", "b"]


def test_open_sites_come_first_within_the_factor_and_poor_ones_last(level: Conditions) -> None:
    near, far = site("near", 295), site("far", 345, OPEN)

    def order(*sites: Site, factor: float = 1.25) -> list[str]:
        return [each.site.id for each in walk(level, factor=factor).to(to(*sites), 2)[0]]

    assert order(near, far) == ["far", "near"]
    assert order(near, far, factor=1.1) == ["near", "far"]
    assert order(near, replace(far, status=NOTHING)) == ["near", "far"]
    for poor in (SiteStatus(stated="not-open"), SiteStatus(stated="open", crowding="full")):
        assert order(replace(near, status=poor), site("away", 495)) == ["away", "near"]
        assert order(replace(near, status=poor))[0] == "near"


def test_steep_streets_are_kept_off_or_named() -> None:
    network = street_map(STREETS)
    places = height_places(network)
    lon, lat = position(150, 0)
    over = (np.abs(places.lat - lat) < 1e-4) & (np.abs(places.lon - lon) < 5e-4)
    made = with_heights(network, places, np.where(over, 6.0, 0.0))
    now = conditions(topology_of(made), profile("wheelchair"))
    first = walk(now, max_slope=0.08).to(to(site("a", 295)), 2)[0]
    assert ["straight" in streets_of(now, each) for each in first] == [False, True]
    careless = walk(now, max_slope=1.0).to(to(site("a", 295)), 1)[0]
    assert careless[0].seconds <= first[0].seconds

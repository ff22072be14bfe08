"""The closures that have to do with the way of who flees: but for them it would be another, or there would be one."""

from collections.abc import Callable
from dataclasses import replace

from geo.travel.conditions import Conditions
from geo.travel.finding import Way
from geo.travel.met import KeptOff, Roads
from services.ogc.processes._evacuation.sites import Destinations
from services.ogc.processes._evacuation.ways import Flight, Walk
from services.ogc.processes._on_roads.met import closures_kept_off


def kept_off(walk: Walk, sites: Destinations, best: Flight | None, open_: Callable[[], Conditions]) -> KeptOff:
    """Those that the best way keeps off; where there is none, those that are in the way of all.

    Another way may lead to another site.  ``open_`` are the roads without closures.
    """

    def find(roads: Roads) -> Way | None:
        on = replace(walk, now=replace(roads.on, weights=roads.turns, metric=None))
        flights, _ = on.to(sites, 1, briefly=True)
        if not flights and on.is_inside:
            flights, _ = on.to(sites, 1, through_zones=True, briefly=True)
        return flights[0].way if flights else None

    way = None if best is None else best.way
    # What is preferred may take longer: which way is the better one its time does not say.
    return closures_kept_off(Roads(walk.now), lambda: Roads(open_()), way, find, by_time=False)

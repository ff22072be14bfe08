"""The way of a vehicle between two places, with what it meets; or why there is none: for who asks and who is told."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

from geo.crs import STORAGE, transform_xy
from geo.routing.graph import Int32Array
from geo.travel.alternatives import alternatives
from geo.travel.conditions import Conditions
from geo.travel.finding import Way, fastest, stands
from geo.travel.met import KeptOff, Roads, closing
from geo.travel.refusal import why_not
from geo.travel.snapping import Snap
from layers.text import Text
from services.database.waiting import require_thread
from services.ogc.processes._model import Context
from services.ogc.processes._on_roads import met
from services.ogc.processes._on_roads.closures_met import named
from services.ogc.processes._on_roads.provenance import FREE_FLOW, REACH_M, near
from services.ogc.processes._on_roads.route_answer import (
    nearest_document,
    off_the_network,
    refusal_document,
    route_document,
)
from services.ogc.processes._on_roads.slope import Slope, with_slope
from services.ogc.processes._place import Place

_NEAR = 6
"""So many stretches near a place are tried where no way leads from the nearest."""
STEPS = "steps"
DETAILS = (STEPS, *met.OPTIONAL)
"""Members of a route that who asks may do without."""

_DOUBTFUL = Text(
    "幅員などが不明で、通れるか確かでない区間がある。",
    "Some stretches may not be passable: what is known of their width is not enough.",
)


class Ends(NamedTuple):
    """The places that are asked for; of an answer in their names."""

    origin: Place
    destination: Place


class Found(NamedTuple):
    """A way, the conditions it was found on, and where it leaves and reaches the road."""

    way: Way
    now: Conditions
    start: Snap
    end: Snap


class Refused(NamedTuple):
    """Why there is no way, the edges that are in it, and the place that has no road near it."""

    document: dict[str, Any]
    in_the_way: Int32Array
    off: Place | None


def ways_between(
    now: Conditions,
    ends: Ends,
    heading_deg: float | None = None,
    raised: Int32Array | None = None,
    *,
    others: int = 0,
) -> list[Found] | None:
    """The fastest way, and up to so many others that differ for real; ``heading_deg`` and ``raised`` as of
    ``geo.travel.finding``.
    """

    def ways(start: Snap, end: Snap) -> list[Found]:
        starts, goals = stands(now, start, heading_deg), stands(now, end)
        best = fastest(now, starts, goals, raised)
        if best is None:
            return []
        beside = alternatives(now, best, starts, goals, others, raised) if others else []
        return [Found(way, now, start, end) for way in (best, *beside)]

    starts, goals = near(now, ends.origin), near(now, ends.destination)
    if not (starts and goals):
        return None
    found = ways(starts[0], goals[0])
    if not found:
        # The nearest stretch may be of an island: the next ones lead farther.
        pairs = [(start, end) for start in near(now, ends.origin, _NEAR) for end in near(now, ends.destination, _NEAR)]
        for start, end in sorted(pairs, key=lambda pair: pair[0].distance_m + pair[1].distance_m):
            if found := ways(start, end):
                break
    return found or None


def kept_off(
    best: Found,
    ends: Ends,
    context: Context,
    heading_deg: float | None = None,
    again: Callable[[Conditions], Roads] = Roads,
) -> KeptOff:
    """The closures that the best way keeps off; ``again``: what is asked of roads beside their closures."""

    def find(roads: Roads) -> Way | None:
        found = ways_between(roads.on, ends, heading_deg, roads.raised)
        return found[0].way if found else None

    return met.closures_kept_off(
        Roads(best.now), lambda: again(context.roads.without_closures(best.now)), best.way, find
    )


def document(found: Found, off: KeptOff, context: Context, details: Collection[str] = DETAILS) -> dict[str, Any]:
    """The route with what it meets, of ``DETAILS`` with those asked for."""
    now, way = found.now, found.way
    plain = route_document(now, way, found.start, found.end, context.language, steps=STEPS in details)
    told = met.with_met(plain, now, way, off, context, details)
    return told if now.profile.drives else with_slope(told, Slope(now, way, now.profile.max_slope), context)


def notes(routes: Sequence[dict[str, Any]], off: KeptOff) -> list[Text]:
    """What is to be said of these routes."""
    return [
        *([FREE_FLOW] if routes else []),
        *([_DOUBTFUL] if any(route["doubts"] for route in routes) else []),
        *met.notes(routes, off),
    ]


def refused(now: Conditions, ends: Ends, context: Context) -> Refused:
    """Why there is no way between them."""
    require_thread()
    open_ = context.roads.without_closures(now) if now.under is not None else None
    starts, goals = (near(now, place, _NEAR) for place in ends)
    origins = [stand for snap in starts for stand in stands(now, snap)]
    edges = [edge for snap in goals for edge in now.topology.edges_of(snap.stretch).tolist()]
    wanted = transform_xy(ends.destination.lon, ends.destination.lat, STORAGE, now.topology.network.plane)
    refusal = why_not(now, origins, wanted, edges, open_)
    if not (origins and goals):
        name = "destination" if origins else "origin"
        off: Place = getattr(ends, name)
        nearest = nearest_document(now, refusal.nearest_node, ends.destination)
        told = {**off_the_network(name, REACH_M, context.language), "nearest": nearest}
        return Refused(named(told, now, _closed_near(now, open_, off), context), refusal.in_the_way, off)
    told = refusal_document(now, refusal, ends.destination, context.language)
    ids = [each for stretch in told["in_the_way"] for each in stretch["closures"]]
    return Refused(named(told, now, ids, context), refusal.in_the_way, None)


def _closed_near(now: Conditions, open_: Conditions | None, place: Place) -> list[str]:
    """Ids of the closures but for which there would be a road near a place."""
    return [each for snap in (near(open_, place, _NEAR) if open_ else ()) for each in closing(now.under, snap.stretch)]

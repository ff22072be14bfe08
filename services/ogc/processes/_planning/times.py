"""Times between facilities and demand: along the roads for a vehicle, or in a straight line where that is asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.coverage.arrivals import seconds
from geo.routing.graph import Int64Array, Mask
from geo.travel.conditions import Conditions, with_metric
from geo.travel.matrix import Stands, travel_costs
from geo.travel.snapping import Nearby
from layers.text import Text
from services.ogc.errors import ParameterError, TooMuchError
from services.ogc.processes._model import Context, Input, Values
from services.ogc.processes._on_roads.provenance import REACH_M

Floats = npt.NDArray[np.float64]
type Places = tuple[Floats, Floats]
"""Longitudes and latitudes (EPSG:6668)."""
MOST_PAIRS = 20_000_000
_BLOCK = 256
"""Rows that are found at once: between two the asker may have gone."""

INPUTS: Mapping[str, Input] = {
    "direction": Input(
        title=Text("向き", "Direction"),
        description=Text(
            "施設から需要へ（消防隊など）か、需要から施設へ（病院、避難所など）。",
            "From the facilities to the demand (crews), or to the facilities (hospitals, shelters).",
        ),
        schema={"type": "string", "enum": ["from-facilities", "to-facilities"], "default": "from-facilities"},
        required=False,
    ),
    "straight_line_kph": Input(
        title=Text("直線の速さ", "Speed in a straight line"),
        description=Text(
            "指定すると、道路ではなく直線距離をこの速さ（km/h）で割った時間で答える。道路網がなくても使える粗い見積り。",
            "Where given, times are straight distances at this speed (km/h), not along roads: a rough estimate that "
            "needs no road network.",
        ),
        schema={"type": "number", "minimum": 1, "maximum": 120},
        required=False,
    ),
    "turnout_s": Input(
        title=Text("出動準備", "Turn-out time"),
        description=Text(
            "指令から出発までの秒数。所要時間に加える。", "Seconds from the order until departure, added to every time."
        ),
        schema={"type": "number", "minimum": 0, "maximum": 3600, "default": 0},
        required=False,
    ),
}


type Shut = Callable[[Conditions], tuple[Mask, Mask]]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Placed:
    """Facilities and points of demand, on roads.

    now:
        The conditions they were found under; None in a straight line.
    facilities_off, points_off:
        Shape (facilities,) and (points,): no road for the vehicle within ``REACH_M``.
    moved:
        So many places were put on a farther road, as the nearest one does not lead there.
    facilities_apart:
        Shape (facilities,): those that are no anchors, on roads from which one does not get about.
    shut:
        Shape (facilities,) and (points,): whose own road cannot be used under other conditions.
    facilities_away_m, points_away_m:
        Shape (facilities,) and (points,): from the place to its road in a straight line; 0 in a straight line.
    """

    now: Conditions | None
    facilities_off: Mask
    points_off: Mask
    moved: int
    facilities_apart: Mask
    shut: Shut | None
    facilities_away_m: Floats
    points_away_m: Floats


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Between(Placed):
    """Times along roads, of shape (facilities, points) in seconds, ``inf`` where there is no way.

    under:
        The same times under other conditions: every place stays at its road, whether or not that can still be used.
    """

    times_s: Floats
    under: Callable[[Conditions], Floats]


def between(
    inputs: Values,
    now: Conditions,
    ends: Places,
    points: Places,
    context: Context,
    anchors: int | None = None,
) -> Between:
    """The times; ``ends`` and ``points`` are longitudes and latitudes of the facilities and of the demand.

    What is reached from none of the first ``anchors`` facilities (all, where None), and facilities that reach nothing,
    are put on the nearest road from which one gets about, if there is one within ``REACH_M``: as ``route`` does for a
    single place.  Without anchors that is all that is not on such a road.

    Raises
    ------
    TooMuchError
        If there are more than ``MOST_PAIRS``.
    """
    if len(ends[0]) * len(points[0]) > MOST_PAIRS:
        raise too_many()
    turnout = float(inputs.get("turnout_s") or 0.0)
    inwards = inputs["direction"] == "to-facilities"
    return _on_roads(now, ends, points, turnout, inwards, context, len(ends[0]) if anchors is None else anchors)


def too_many() -> TooMuchError:
    """That there are more pairs than ``MOST_PAIRS``."""
    return TooMuchError(
        "demand",
        Text(f"施設と需要の組は{MOST_PAIRS:,}までです。", f"ask for at most {MOST_PAIRS:,} pairs with facilities."),
    )


def conditions_of(inputs: Values, context: Context) -> Conditions | None:
    """What the vehicle finds on the roads now, with a metric unless a cluster finds the times by area; None where a
    straight line is asked for.

    Raises
    ------
    ParameterError
        If a straight line is asked for and roads are to be cut.
    UnanswerableError
        If there is no network.
    """
    if inputs.get("straight_line_kph") is None:
        if context.cluster is not None:
            return context.roads.conditions(inputs["profile"], metric=False)
        return _prepared(context.roads.conditions(inputs["profile"]))
    for name in ("hazard", "avoid", "flooded"):
        if inputs.get(name):
            raise ParameterError(
                name,
                Text(
                    "直線（straight_line_kph）では、道路を断つことはできません。",
                    "a straight line crosses no roads to be cut.",
                ),
            )
    return None


def _prepared(now: Conditions) -> Conditions:
    """With a metric: without one a table of all times would take a search of the whole network for each row."""
    return now if now.metric is not None else with_metric(now)


def _on_roads(
    now: Conditions,
    ends: Places,
    points: Places,
    turnout_s: float,
    inwards: bool,
    context: Context,
    anchors: int,
) -> Between:
    now = _prepared(now)
    sites, demand = near_roads(now, ends, points)

    def found(state: Conditions, some: Nearby | None = None) -> Floats:
        """From all facilities to all demand, or to some."""
        state = _prepared(state)
        from_, to = Stands.near(state, sites), Stands.near(state, demand if some is None else some)
        if inwards:
            return seconds(travel_costs(state, to, from_)).T + turnout_s
        return _in_blocks(state, from_, to, context) + turnout_s

    times_s = found(now)
    reached = np.isfinite(times_s)
    settled = settle(now, (sites, demand), (ends, points), reached.any(axis=1), reached[:anchors].any(axis=0), anchors)
    sites, demand = settled.sites, settled.demand
    if len(settled.sites_moved):
        times_s = found(now)
    elif len(then := settled.demand_moved):
        few = Nearby(demand.stretch[then], demand.share[then], demand.distance_m[then])
        times_s[:, then] = found(now, few)
    return Between(times_s=times_s, under=found, **settled.members)


def near_roads(now: Conditions, ends: Places, points: Places) -> tuple[Nearby, Nearby]:
    """Facilities and demand on the nearest roads that the vehicle can use."""
    places = now.topology.places
    return places.near_each(*ends, now.usable, REACH_M), places.near_each(*points, now.usable, REACH_M)


@dataclass(frozen=True, eq=False, slots=True)
class Settled:
    """Where facilities and demand stand in the end, which of them were moved for that, and the members of ``Placed``
    by name.
    """

    sites: Nearby
    demand: Nearby
    sites_moved: Int64Array
    demand_moved: Int64Array
    members: Mapping[str, Any]


def settle(
    now: Conditions,
    nearby: tuple[Nearby, Nearby],
    places: tuple[Places, Places],
    reaches: Mask,
    is_reached: Mask,
    anchors: int,
) -> Settled:
    """Puts what does not get about on farther roads, as ``between`` says.

    ``reaches`` is of facilities, to any point; ``is_reached`` of points, from any of the first ``anchors``.
    """
    sites, demand = nearby
    ends, points = places
    is_anchor = np.arange(len(reaches)) < anchors
    sites_moved = demand_moved = np.empty(0, np.int64)
    lost_sites = (sites.stretch >= 0) & ~reaches
    lost_points = (demand.stretch >= 0) & ~is_reached
    facilities_apart = np.zeros(len(reaches), bool)
    if lost_sites.any() or lost_points.any() or not is_anchor.all():
        main = _main(now, sites, is_anchor & ~lost_sites)
        if not anchors:
            lost_points &= ~main[demand.stretch]
        apart = lost_sites | ((sites.stretch >= 0) & ~main[sites.stretch] & ~is_anchor)
        sites, sites_moved = _moved(sites, apart, ends, now, main)
        demand, demand_moved = _moved(demand, lost_points, points, now, main)
        facilities_apart = (sites.stretch >= 0) & ~main[sites.stretch] & ~is_anchor

    def shut(state: Conditions) -> tuple[Mask, Mask]:
        on_sites, on_points = (
            (nearby.stretch >= 0) & ~state.usable[np.maximum(nearby.stretch, 0)] for nearby in (sites, demand)
        )
        return on_sites, on_points

    members = {
        "now": now,
        "facilities_off": sites.stretch < 0,
        "points_off": demand.stretch < 0,
        "moved": len(sites_moved) + len(demand_moved),
        "facilities_apart": facilities_apart,
        "shut": shut,
        "facilities_away_m": sites.distance_m,
        "points_away_m": demand.distance_m,
    }
    return Settled(sites, demand, sites_moved, demand_moved, members)


def _main(now: Conditions, sites: Nearby, anchors: Mask) -> Mask:
    """Shape (stretches,): those of which one can get to most others and back, and those where the anchors are."""
    network, circuits = now.topology.network, now.circuits
    wanted = {int(np.bincount(circuits[circuits >= 0], minlength=1).argmax())}
    stretches = sites.stretch[anchors & (sites.stretch >= 0)].astype(np.int64)
    wanted |= set(circuits[now.topology.edges_of_all(stretches)].tolist()) - {-1}
    main = np.zeros(len(network.stretches), bool)
    main[network.stretch[np.isin(circuits, list(wanted))]] = True
    return main


def _in_blocks(now: Conditions, origins: Stands, destinations: Stands, context: Context) -> Floats:
    found = np.empty((origins.places, destinations.places))
    for begin in range(0, origins.places, _BLOCK):
        context.check()
        some = origins.part(begin, min(begin + _BLOCK, origins.places))
        found[begin : begin + some.places] = seconds(travel_costs(now, some, destinations))
    return found


def _moved(nearby: Nearby, which: Mask, places: Places, now: Conditions, usable: Mask) -> tuple[Nearby, Int64Array]:
    """The same, with some put on other roads, where one is near; which were."""
    chosen = np.flatnonzero(which)
    if not len(chosen):
        return nearby, chosen
    lon, lat = places
    again = now.topology.places.near_each(lon[chosen], lat[chosen], usable, REACH_M)
    found = again.stretch >= 0
    stretch, share, distance_m = nearby.stretch.copy(), nearby.share.copy(), nearby.distance_m.copy()
    at = chosen[found]
    stretch[at], share[at], distance_m[at] = again.stretch[found], again.share[found], again.distance_m[found]
    return Nearby(stretch, share, distance_m), at

"""Vehicles under way, looked at again when closures or roads have changed: who is cut off is told, with another way."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
import shapely

from geo.errors import GisError, StoreError
from geo.travel.traces import MatchQuality
from services.database.failures import store_errors
from services.database.lending import Connections
from services.database.revisions import LayerState, layer_states
from services.ogc.analysis.database import DatabaseLayers
from services.ogc.face import Face
from services.ogc.processes._model import Context
from services.ogc.processes._on_roads.provenance import provenance
from services.ogc.processes._place import Place
from services.ogc.sources import unmeasured_sources
from services.routing.closures import Closures, closures_now
from services.routing.roads import SourceRoads
from services.settings import Settings
from services.tracking.events import Kind, tell
from services.tracking.routes import NO_NETWORK, Route, looked_at, network_name, registered, renew
from services.tracking.ways import Cut, FoundWay, ahead_of, closing, cut, find

logger = logging.getLogger(__name__)

Connection = psycopg.Connection[tuple[Any, ...]]

LONGEST = timedelta(hours=12)
"""A route that nobody has ended by then is forgotten."""


class Underway:
    """The routes that are registered, for the process that watches.  ``pool``: of the internal face's role."""

    def __init__(self, settings: Settings, pool: Connections) -> None:
        self._settings = settings
        self._pool = pool
        self._warm: set[tuple[str, str]] = set()

    def look(self, connection: Connection, at: datetime) -> None:
        """Ends the routes of vehicles that are not on the way any more, and looks at those that may be cut.

        Raises
        ------
        StoreError
            The database is away.
        """
        with store_errors():
            _end(connection)
            routes = registered(connection)
            if not routes:
                return
            closures = closures_now(connection, "core", at)
            states = layer_states(connection, "core")
            network = network_name(states, self._settings.var)
            for route in routes:
                if route.closures_key != closures.key or route.network != network:
                    self._look_at(connection, route, closures, states, network)
                elif (route.profile, network) not in self._warm:
                    self._warm_up(route, states, network)

    def _look_at(
        self,
        connection: Connection,
        route: Route,
        closures: Closures,
        states: Mapping[str, LayerState],
        network: str,
    ) -> None:
        context, roads = self._context(states, route.language)
        try:
            now = roads.conditions_under(route.profile, closures)
        except StoreError:
            raise
        except GisError as error:
            logger.info("the route of %s cannot be looked at now: %s", route.call_sign, error)
            return
        seen = _whereabouts(connection, route)
        known = route.edges if route.network == network and network != NO_NETWORK else []
        on_edge = seen.edge if seen.network == network else None
        ahead = ahead_of(now, known, seen.reported.lon, seen.reported.lat, on_edge) if known else None
        lost = cut(now, known if ahead is None else ahead)
        if ahead is not None and lost is None:
            looked_at(connection, route, closures.key)
            return
        found = find(now, seen.on_road or seen.reported, Place(*route.destination), context, seen.heading_deg)
        with connection.transaction():
            if not renew(connection, route, found, network, closures.key):
                return
            kind = _kind(route, lost, found)
            if kind is not None:
                told = _told(connection, [] if lost is None else closing(now, lost, closures.drawn))
                document = _document(route, seen.reported, lost, told, found, off_the_route=ahead is None)
                fictitious = found.fictitious or any(each["fictitious"] for each in told)
                tell(connection, kind, {**document, **provenance(now, context, found.notes, fictitious=fictitious)})

    def _context(self, states: Mapping[str, LayerState], language: str) -> tuple[Context, SourceRoads]:
        sources = unmeasured_sources(states, Face.INTERNAL, self._pool, self._settings)
        roads = SourceRoads(sources, self._settings.city)
        return Context(DatabaseLayers(sources), self._settings.city, language, roads=roads), roads

    def _warm_up(self, route: Route, states: Mapping[str, LayerState], network: str) -> None:
        """So that the first closure waits for nothing that has to be mapped, weighed or worded first."""
        self._warm.add((route.profile, network))
        context, roads = self._context(states, route.language)
        try:
            now = roads.conditions(route.profile)
            find(now, Place(*route.origin), Place(*route.destination), context)
        except GisError as error:
            logger.info("the roads are not ready for %s: %s", route.call_sign, error)


def _kind(route: Route, lost: Cut | None, found: FoundWay) -> Kind | None:
    """What is to be told; None where all is as it was."""
    if lost is not None or (route.edges and not found.edges):
        return Kind.ROUTE_CUT
    if not found.edges or not route.edges:
        return Kind.ROUTE_RESTORED if found.edges else None
    return None if _is_same(route.line, found.line) else Kind.ROUTE_CHANGED


def _is_same(one: shapely.LineString | None, other: shapely.LineString | None) -> bool:
    return one is not None and other is not None and bool(shapely.equals_exact(one, other, 1e-7))


def _document(
    route: Route, here: Place, lost: Cut | None, closures: list[dict[str, Any]], found: FoundWay, *, off_the_route: bool
) -> dict[str, Any]:
    distance_m = None if lost is None or off_the_route else round(lost.distance_m, 1)
    return {
        "call_sign": route.call_sign,
        "incident_id": route.incident_id,
        "position": [here.lon, here.lat],
        "destination": list(route.destination),
        "cut": None if lost is None else {"position": list(lost.position), "distance_m": distance_m},
        "closures": closures,
        "route": found.route,
        "refusal": found.refusal,
    }


@dataclass(frozen=True, slots=True)
class _Seen:
    """Where a vehicle was last seen; where it was matched to a road for certain, where on it, and to which edge."""

    reported: Place
    heading_deg: float | None = None
    on_road: Place | None = None
    network: str = NO_NETWORK
    edge: int | None = None


def _whereabouts(connection: Connection, route: Route) -> _Seen:
    """Where the vehicle was last seen since it set out; else where it set out."""
    row = connection.execute(
        "SELECT lon, lat, heading_deg, matched_at = position_at AND match_quality = %s, matched_lon, matched_lat, "
        "network, edge FROM tracking.latest WHERE call_sign = %s AND position_at >= %s",
        (MatchQuality.MATCHED, route.call_sign, route.registered_at),
    ).fetchone()
    if row is None:
        return _Seen(Place(*route.origin))
    lon, lat, heading_deg, is_matched, on_lon, on_lat, network, edge = row
    if not is_matched:
        return _Seen(Place(lon, lat), heading_deg)
    return _Seen(Place(lon, lat), heading_deg, Place(on_lon, on_lat), network, edge)


def _told(connection: Connection, closure_ids: list[str]) -> list[dict[str, Any]]:
    rows = connection.execute(
        "SELECT told FROM tracking.closure WHERE closure_id = ANY(%s) ORDER BY closure_id", (closure_ids,)
    ).fetchall()
    return [told for (told,) in rows]


_ARRIVED = (
    "DELETE FROM tracking.route AS r USING core.vehicles AS v WHERE v.call_sign = r.call_sign "
    "AND v.status_at > r.registered_at AND v.status <> 'dispatched' RETURNING r.call_sign, r.incident_id, v.status"
)
_FORGOTTEN = (
    "DELETE FROM tracking.route AS r WHERE r.registered_at < now() - %s "
    "OR NOT EXISTS (SELECT FROM core.vehicles AS v WHERE v.call_sign = r.call_sign) "
    "RETURNING r.call_sign, r.incident_id, NULL"
)


def _end(connection: Connection) -> None:
    """Forgets the routes of vehicles that have arrived, or of which nothing is heard."""
    with connection.transaction():
        ended = connection.execute(_ARRIVED).fetchall() + connection.execute(_FORGOTTEN, (LONGEST,)).fetchall()
        for call_sign, incident_id, status in ended:
            tell(connection, Kind.ROUTE_ENDED, {"call_sign": call_sign, "incident_id": incident_id, "status": status})

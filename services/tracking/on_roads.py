"""Where on the roads the vehicles are: each newest position matched, with what its vehicle reported before.

What was reported stays as it was; the match stands beside it.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

from geo.errors import GisError, StoreError
from geo.network.profiles import PROFILES
from geo.travel.matching import Matcher
from geo.travel.topology import Topology
from geo.travel.traces import Fix, Match, Step
from services.database.failures import store_errors
from services.database.lending import Connections
from services.database.revisions import layer_states
from services.ogc.face import Face
from services.ogc.sources import unmeasured_sources
from services.routing.roads import SourceRoads
from services.settings import Settings

logger = logging.getLogger(__name__)

Connection = psycopg.Connection[tuple[Any, ...]]

REMEMBERED = timedelta(minutes=2)
"""A trace begins anew after so long without a position, and so far back it is read where this process has begun."""
MOST_POSITIONS = 60
"""Of a vehicle at once: of one that sends what it kept without a connection, the newest."""
_STILL_KPH = 5.0
"""A slower vehicle's heading means nothing."""

_UNMATCHED = (
    "SELECT DISTINCT ON (l.call_sign) l.call_sign, v.profile, l.position_at "
    "FROM tracking.latest AS l JOIN core.vehicles AS v USING (call_sign) "
    "WHERE l.position_at > coalesce(l.matched_at, '-infinity') ORDER BY l.call_sign, v.id"
)
_TRACES = (
    "SELECT p.* FROM unnest(%s::text[], %s::timestamptz[], %s::timestamptz[]) AS g (call_sign, after, upto), "
    "LATERAL (SELECT call_sign, reported_at, lon, lat, accuracy_m, heading_deg, speed_kph FROM tracking.position AS p "
    "WHERE p.call_sign = g.call_sign AND reported_at > g.after AND reported_at <= g.upto AND lon IS NOT NULL "
    "ORDER BY reported_at DESC LIMIT %s) AS p ORDER BY p.reported_at"
)
_KEEP = (
    "UPDATE tracking.latest AS l SET matched_at = g.at, match_quality = g.quality, matched_lon = g.lon, "
    "matched_lat = g.lat, off_road_m = g.off_m, road_name = g.name, road_way_id = g.way_id, network = %s, "
    "edge = g.edge FROM "
    "unnest(%s::text[], %s::timestamptz[], %s::text[], %s::float8[], %s::float8[], %s::float8[], %s::text[], "
    "%s::text[], %s::integer[]) AS g (call_sign, at, quality, lon, lat, off_m, name, way_id, edge) "
    "WHERE l.call_sign = g.call_sign AND l.position_at = g.at"
)


@dataclass(frozen=True, slots=True)
class _Trace:
    """What is known of a vehicle under way, to go on from."""

    matcher: Matcher
    at: datetime
    step: Step | None


class VehiclesOnRoads:
    """The traces of all vehicles, for the process that watches.  ``pool``: of the internal face's role."""

    def __init__(self, settings: Settings, pool: Connections) -> None:
        self._settings = settings
        self._pool = pool
        self._network = ""
        self._matchers: dict[str, Matcher] = {}
        self._traces: dict[str, _Trace] = {}
        self._was_told = False

    def look(self, connection: Connection) -> int:
        """Matches the positions that are new; of how many vehicles.

        Where no network is there, nothing is matched, and the layer says nothing of roads.

        Raises
        ------
        StoreError
            The database is away.
        """
        with store_errors():
            waiting = connection.execute(_UNMATCHED).fetchall()
            if not waiting:
                return 0
            topology = self._topology(connection)
            if topology is None:
                return 0
            begun = {name: self._begin(topology, name, profile, upto) for name, profile, upto in waiting}
            traces = _read(connection, {name: (begun[name].at, upto) for name, _, upto in waiting})
            found = {name: self._follow(name, begun[name], fixes) for name, fixes in traces.items()}
            self._keep(connection, topology, found)
        return len(found)

    def _topology(self, connection: Connection) -> Topology | None:
        states = layer_states(connection, "core")
        try:
            sources = unmeasured_sources(states, Face.INTERNAL, self._pool, self._settings)
            roads = SourceRoads(sources, self._settings.city)
            network, topology = roads.topology()
        except StoreError:
            raise
        except GisError as error:
            if not self._was_told:
                logger.info("vehicles are not matched to roads: %s", error)
            self._was_told = True
            return None
        self._was_told = False
        if network != self._network:
            self._network = network
            self._matchers.clear()
            self._traces.clear()
        return topology

    def _begin(self, topology: Topology, call_sign: str, profile: str, upto: datetime) -> _Trace:
        """The trace that a vehicle's positions go on from."""
        matcher = self._matchers.get(profile)
        if matcher is None:
            # A profile that is no longer shipped may be any vehicle's.
            matcher = self._matchers[profile] = Matcher(topology, PROFILES.get(profile, PROFILES["car"]))
        known = self._traces.get(call_sign)
        if known is None or known.matcher is not matcher or upto - known.at > REMEMBERED:
            return _Trace(matcher, upto - REMEMBERED, None)
        return known

    def _follow(self, call_sign: str, trace: _Trace, fixes: Sequence[tuple[datetime, Fix]]) -> tuple[datetime, Match]:
        step, match, at = trace.step, None, trace.at
        for at, fix in fixes:  # noqa: B007
            step, match = trace.matcher.follow(step, fix)
        assert match is not None  # noqa: S101 - there is no vehicle without a position
        self._traces[call_sign] = _Trace(trace.matcher, at, step)
        return at, match

    def _keep(self, connection: Connection, topology: Topology, found: Mapping[str, tuple[datetime, Match]]) -> None:
        ways, way_of = topology.network.ways, topology.network.stretches.way
        rows: list[tuple[Any, ...]] = []
        for call_sign, (at, match) in sorted(found.items()):
            place = match.place
            if place is None:
                rows.append((call_sign, at, str(match.quality), *[None] * 6))
                continue
            way = int(way_of[topology.network.stretch[place.edge]])
            name, way_id = ways.name.at(way), str(ways.id[way])
            where = (round(place.lon, 7), round(place.lat, 7), round(place.distance_m, 2))
            rows.append((call_sign, at, str(match.quality), *where, name, way_id, place.edge))
        if rows:
            connection.execute(_KEEP, (self._network, *map(list, zip(*rows, strict=True))))


def _read(
    connection: Connection, spans: Mapping[str, tuple[datetime, datetime]]
) -> Mapping[str, list[tuple[datetime, Fix]]]:
    """By call sign the positions reported after a time and not after another, in their order."""
    found: dict[str, list[tuple[datetime, Fix]]] = defaultdict(list)
    afters, uptos = zip(*spans.values(), strict=True)
    rows = connection.execute(_TRACES, (list(spans), list(afters), list(uptos), MOST_POSITIONS)).fetchall()
    for call_sign, at, lon, lat, accuracy_m, heading_deg, speed_kph in rows:
        means = speed_kph is None or speed_kph >= _STILL_KPH
        found[call_sign].append((at, Fix(at.timestamp(), lon, lat, accuracy_m, heading_deg if means else None)))
    return found

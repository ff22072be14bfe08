"""The routes that vehicles are on, as the database keeps them, so that every process knows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import shapely

from services.database.failures import store_errors
from services.database.revisions import LayerState
from services.routing.building import note_of, state_key
from services.routing.watch import networks_folder
from services.tracking.ways import FoundWay

Connection = psycopg.Connection[tuple[Any, ...]]
Position = tuple[float, float]

NO_NETWORK = ""
"""No network is of this name: edges that are said to be of it are of none that is there."""


@dataclass(frozen=True, slots=True)
class Route:
    """A vehicle under way.

    network, edges:
        The edges of its way and the network they are of; none where there was no way.
    closures_key:
        Of the closures that held when it was looked at last.
    """

    call_sign: str
    profile: str
    origin: Position
    destination: Position
    network: str
    edges: Sequence[int]
    closures_key: str
    incident_id: str | None
    language: str
    registered_by: str
    registered_at: datetime
    updated_at: datetime
    line: shapely.LineString | None


_COLUMNS = (
    "call_sign, profile, origin, destination, network, edges, closures_key, incident_id, language, registered_by, "
    "registered_at, updated_at, ST_AsBinary(geometry)"
)


def registered(connection: Connection, call_sign: str | None = None) -> list[Route]:
    """The route of one vehicle, or all, by call sign."""
    with store_errors():
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM tracking.route WHERE %(name)s::text IS NULL OR call_sign = %(name)s "  # noqa: S608
            "ORDER BY call_sign",
            {"name": call_sign},
        ).fetchall()
    return [_route(row) for row in rows]


def register(
    connection: Connection,
    call_sign: str,
    profile: str,
    origin: Position,
    destination: Position,
    found: FoundWay,
    *,
    network: str,
    closures_key: str,
    incident_id: str | None,
    language: str,
    by: str,
) -> None:
    """From now on the vehicle is on this way, and on no other."""
    with store_errors():
        connection.execute(
            "INSERT INTO tracking.route (call_sign, profile, origin, destination, network, edges, geometry, "
            "closures_key, incident_id, language, registered_by) "
            "VALUES (%s, %s, %s, %s, %s, %s, ST_GeomFromWKB(%s, 6668), %s, %s, %s, %s) "
            "ON CONFLICT (call_sign) DO UPDATE SET profile = excluded.profile, origin = excluded.origin, "
            "destination = excluded.destination, network = excluded.network, edges = excluded.edges, "
            "geometry = excluded.geometry, closures_key = excluded.closures_key, incident_id = excluded.incident_id, "
            "language = excluded.language, registered_by = excluded.registered_by, registered_at = now(), "
            "updated_at = now()",
            (
                *(call_sign, profile, list(origin), list(destination), network, found.edges, _wkb(found)),
                *(closures_key, incident_id, language, by),
            ),
        )


def renew(connection: Connection, route: Route, found: FoundWay, network: str, closures_key: str) -> bool:
    """Puts another way in the place of this one; False where it is not the one registered any more."""
    cursor = connection.execute(
        "UPDATE tracking.route SET network = %s, edges = %s, geometry = ST_GeomFromWKB(%s, 6668), closures_key = %s, "
        "updated_at = now() WHERE call_sign = %s AND registered_at = %s",
        (network, found.edges, _wkb(found), closures_key, route.call_sign, route.registered_at),
    )
    return cursor.rowcount == 1


def looked_at(connection: Connection, route: Route, closures_key: str) -> None:
    """Says that the way was looked at with these closures and stands."""
    connection.execute(
        "UPDATE tracking.route SET closures_key = %s WHERE call_sign = %s AND registered_at = %s",
        (closures_key, route.call_sign, route.registered_at),
    )


def forget(connection: Connection, call_sign: str) -> bool:
    """The vehicle is on no route any more; False where it was on none."""
    with store_errors():
        return connection.execute("DELETE FROM tracking.route WHERE call_sign = %s", (call_sign,)).rowcount == 1


def network_name(states: Mapping[str, LayerState], var: Path) -> str:
    """The network of the roads as they are; ``NO_NETWORK`` while it is being built.  ``var``: of ``Settings``."""
    key = state_key(states, "core")
    note = None if key is None else note_of(networks_folder(var), key)
    return NO_NETWORK if note is None else str(note["network"])


def _wkb(found: FoundWay) -> bytes | None:
    line = found.line
    return None if line is None else bytes(shapely.to_wkb(line))


def _route(row: tuple[Any, ...]) -> Route:
    values = list(row)
    values[2:4] = map(tuple, values[2:4])
    values[-1] = None if values[-1] is None else shapely.from_wkb(bytes(values[-1]))
    return Route(*values)

"""The last known position and status of each vehicle, taken over into the layer of the vehicles.

Not with every report: a layer's revision moves with each write, and caches follow it.  What the layer has of a newer
time, by hand or from a file, stands.  No edit is recorded; what was reported is in ``tracking.position``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from geo.crs import STORAGE
from layers import vehicles
from services.database.editing.locks import editing_turn
from services.database.failures import store_errors

Connection = psycopg.Connection[tuple[Any, ...]]

LAYER = vehicles.LAYER
REPORTED = "reported"
"""``position_quality`` of a position that a vehicle reported."""
_FROM_BOARD = "avm"
_TABLE = sql.Identifier("core", LAYER.table)


@dataclass(frozen=True, slots=True)
class Moved:
    """A vehicle whose position was taken over, or what road that is on; ``road_``: as the layer has them."""

    vehicle_id: str
    call_sign: str
    at: datetime
    lon: float
    lat: float
    speed_kph: float | None
    heading_deg: float | None
    accuracy_m: float | None
    road_match: str | None
    road_name: str | None
    road_way_id: str | None
    road_lon: float | None
    road_lat: float | None
    road_distance_m: float | None


@dataclass(frozen=True, slots=True)
class Pressed:
    """A vehicle whose status was taken over; ``before`` is the one it had."""

    vehicle_id: str
    call_sign: str
    at: datetime
    status: str
    before: str | None


@dataclass(frozen=True, slots=True)
class Folded:
    """What was taken over."""

    moved: Sequence[Moved]
    pressed: Sequence[Pressed]


_NEWER_POSITION = (
    "(l.position_at > coalesce(v.position_at, '-infinity') OR (l.position_at = v.position_at "
    "AND l.position_at = l.matched_at AND v.road_matched_at IS DISTINCT FROM l.matched_at))"
)
"""Or the same position with its match, which may come after it."""
_NEWER_STATUS = "l.status_at > coalesce(v.status_at, '-infinity')"
_WAITING = sql.SQL(
    "SELECT coalesce(bool_or({}), false), coalesce(bool_or({}), false) FROM {} AS v JOIN tracking.latest AS l "
    "USING (call_sign)"
).format(sql.SQL(_NEWER_POSITION), sql.SQL(_NEWER_STATUS), _TABLE)
_MOVE = sql.SQL(
    "UPDATE {} AS v SET geometry = ST_SetSRID(ST_MakePoint(l.lon, l.lat), {}), position_at = l.position_at, "
    "position_source = {}, position_quality = {}, position_error_m = l.accuracy_m, road_match = m.match_quality, "
    "road_name = m.road_name, road_way_id = m.road_way_id, road_lon = m.matched_lon, road_lat = m.matched_lat, "
    "road_distance_m = m.off_road_m, road_matched_at = m.matched_at, "
    "as_of = (l.position_at AT TIME ZONE %(zone)s)::date "
    "FROM tracking.latest AS l LEFT JOIN tracking.latest AS m ON m.call_sign = l.call_sign "
    "AND m.matched_at = m.position_at WHERE l.call_sign = v.call_sign AND {} "
    "RETURNING v.id, v.call_sign, l.position_at, l.lon, l.lat, l.speed_kph, l.heading_deg, l.accuracy_m, "
    "v.road_match, v.road_name, v.road_way_id, v.road_lon, v.road_lat, v.road_distance_m"
).format(_TABLE, sql.Literal(STORAGE), sql.Literal(_FROM_BOARD), sql.Literal(REPORTED), sql.SQL(_NEWER_POSITION))
_PRESS = sql.SQL(
    "UPDATE {0} AS v SET status = l.status, status_at = l.status_at "
    "FROM tracking.latest AS l JOIN {0} AS b USING (call_sign) WHERE l.call_sign = v.call_sign AND b.id = v.id AND {1} "
    "RETURNING v.id, v.call_sign, l.status_at, l.status, b.status"
).format(_TABLE, sql.SQL(_NEWER_STATUS))


def fold(connection: Connection, time_zone: str) -> Folded:
    """Takes over what is newer than the layer has, in a turn of its own; where nothing is, nothing is written.

    Raises
    ------
    LayerBusyError
        The layer is being loaded or edited, and that takes longer than an edit waits: nothing was taken over.
    StoreError
        The database is away.
    """
    with store_errors():
        moves, presses = connection.execute(_WAITING).fetchone() or (False, False)
        if not moves and not presses:
            return Folded((), ())
        with editing_turn(connection, LAYER.id):
            moved = connection.execute(_MOVE, {"zone": time_zone}).fetchall() if moves else []
            pressed = connection.execute(_PRESS).fetchall() if presses else []
    return Folded([Moved(*row) for row in moved], [Pressed(*row) for row in pressed])

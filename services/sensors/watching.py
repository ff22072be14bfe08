"""What is done about sensors while nothing comes from them: who is silent is said to be, and opens no road by that."""

from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from layers import road_sensors
from services.database.editing.locks import editing_turn
from services.database.failures import store_errors
from services.sensors.closing import changing, own, told

Connection = psycopg.Connection[tuple[Any, ...]]

_LAYER = road_sensors.LAYER
_TABLE = sql.Identifier("core", _LAYER.table)
_SILENT = sql.SQL(
    "SELECT s.sensor_id FROM tracking.sensor AS s JOIN {} AS d USING (sensor_id) WHERE NOT s.is_silent "
    "AND s.read_at < %s - make_interval(secs => coalesce(d.silent_after_s, {})) GROUP BY 1 ORDER BY 1"
).format(_TABLE, sql.Literal(road_sensors.SILENT_AFTER_S))
_TAKE = (
    "UPDATE tracking.sensor SET is_silent = true WHERE sensor_id = %s AND NOT is_silent "
    "RETURNING read_at, depth_cm, closure_id"
)
_STATE = "CASE WHEN s.is_silent THEN 'silent' WHEN s.closure_id IS NULL THEN 'not-flooded' ELSE 'flooded' END"
_SHOWN = sql.SQL(
    "(d.state, d.depth_cm, d.read_at, d.closure_id) IS DISTINCT FROM ({}, s.depth_cm, s.read_at, s.closure_id)"
).format(sql.SQL(_STATE))
_DIFFERS = sql.SQL("SELECT EXISTS (SELECT FROM {} AS d JOIN tracking.sensor AS s USING (sensor_id) WHERE {})").format(
    _TABLE, _SHOWN
)
_SHOW = sql.SQL(
    "UPDATE {} AS d SET state = {}, depth_cm = s.depth_cm, read_at = s.read_at, closure_id = s.closure_id, "
    "as_of = (s.read_at AT TIME ZONE %s)::date FROM tracking.sensor AS s WHERE s.sensor_id = d.sensor_id AND {}"
).format(_TABLE, sql.SQL(_STATE), _SHOWN)


def look(connection: Connection, now: datetime, time_zone: str) -> None:
    """Says which sensors are silent, in the closures they hold too, and shows in the layer what sensors said last.

    A closure stays as it is but for its remarks: that nothing is heard does not mean that the road is dry.

    Raises
    ------
    LayerBusyError
        A layer is being loaded or edited, and that takes longer than an edit waits.
    StoreError
        The database is away.
    """
    with store_errors():
        for (sensor_id,) in connection.execute(_SILENT, (now,)).fetchall():
            with connection.transaction():
                _fall_silent(connection, sensor_id, now, time_zone)
        row = connection.execute(_DIFFERS).fetchone()
        if row is not None and row[0]:
            with editing_turn(connection, _LAYER.id):
                connection.execute(_SHOW, (time_zone,))


def _fall_silent(connection: Connection, sensor_id: str, now: datetime, time_zone: str) -> None:
    row = connection.execute(_TAKE, (sensor_id,)).fetchone()
    if row is None or row[2] is None:  # a reading has come meanwhile, or there is no closure
        return
    read_at, depth_cm, closure_id = row
    with changing(connection, sensor_id, now, time_zone) as session:
        stored = own(connection, session, sensor_id, closure_id)
        if stored is not None:
            values = {**stored.values, "remarks": told(depth_cm, read_at, time_zone, silent=True)}
            session.change(stored, "update", values, None)

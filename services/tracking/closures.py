"""Closures as the stream tells them: when one begins to hold, is changed, is lifted, or expires by itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from layers import road_closures
from services.database.failures import store_errors
from services.tracking.events import Kind, tell

Connection = psycopg.Connection[tuple[Any, ...]]

_TOLD = ("id", "name", "reason", "depth_m", "applies_to", "from", "until", "declared_by", "remarks", "fictitious")
_HOLDING = sql.SQL(
    "SELECT c.id, md5(told::text), told FROM {} AS c, LATERAL (SELECT to_jsonb(t) AS told FROM (SELECT {}, "
    "ST_AsGeoJSON(c.geometry, 7)::jsonb AS geometry) AS t) AS t "
    'WHERE c."from" <= %(at)s AND (c."until" IS NULL OR c."until" > %(at)s) AND c.geometry IS NOT NULL'
).format(
    sql.Identifier("core", road_closures.LAYER.table), sql.SQL(", ").join(sql.Identifier("c", name) for name in _TOLD)
)


def tell_changes(connection: Connection, at: datetime) -> bool:
    """Tells what has changed since it was told last, each once; whether anything has. ``StoreError``."""
    with store_errors(), connection.transaction():
        holding = {key: (digest, told) for key, digest, told in connection.execute(_HOLDING, {"at": at}).fetchall()}
        known = {
            key: (digest, told)
            for key, digest, told in connection.execute("SELECT closure_id, digest, told FROM tracking.closure")
        }
        for key, (digest, told) in sorted(holding.items()):
            if key not in known:
                tell(connection, Kind.CLOSURE_SET, told)
            elif known[key][0] != digest:
                tell(connection, Kind.CLOSURE_CHANGED, told)
            else:
                continue
            connection.execute(
                "INSERT INTO tracking.closure (closure_id, digest, told) VALUES (%s, %s, %s) "
                "ON CONFLICT (closure_id) DO UPDATE SET digest = excluded.digest, told = excluded.told",
                (key, digest, Jsonb(told)),
            )
        ended = sorted(known.keys() - holding.keys())
        for key in ended:
            tell(connection, Kind.CLOSURE_ENDED, {**known[key][1], "because": _because(known[key][1], at)})
        if ended:
            connection.execute("DELETE FROM tracking.closure WHERE closure_id = ANY(%s)", (ended,))
        return holding.keys() != known.keys() or any(holding[key][0] != known[key][0] for key in holding)


def _because(told: Mapping[str, Any], at: datetime) -> str:
    """``expired`` by itself, or ``lifted`` before its time."""
    until = told["until"]
    return "expired" if until is not None and datetime.fromisoformat(until) <= at else "lifted"

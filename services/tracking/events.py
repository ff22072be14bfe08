"""The stream of events as the database keeps it: written by one process, in the order of its commits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from services.database.failures import store_errors

Connection = psycopg.Connection[tuple[Any, ...]]

CHANNEL = "ngis_events"
"""Where the database says that there are new ones."""
FRESH_S = 5.0
"""How long after it was seen last the process that writes events is taken to be at work."""


class Kind(StrEnum):
    """What an event is of.

    route-cut: a vehicle may not go on as it was told; the event has another way, or why there is none.
    route-changed: its way is another, since the roads were loaded anew or since it has left the one it had.
    route-restored: there is a way again.  route-ended: it has arrived, or is not heard of.
    """

    POSITIONS = "positions"
    STATUS = "status"
    CLOSURE_SET = "closure-set"
    CLOSURE_CHANGED = "closure-changed"
    CLOSURE_ENDED = "closure-ended"
    ROUTE_CUT = "route-cut"
    ROUTE_CHANGED = "route-changed"
    ROUTE_RESTORED = "route-restored"
    ROUTE_ENDED = "route-ended"


@dataclass(frozen=True, slots=True)
class Event:
    """One event; ``id`` rises in the order in which events are told."""

    id: int
    kind: str
    at: datetime
    content: Mapping[str, Any]


def tell(connection: Connection, kind: Kind, content: Mapping[str, Any]) -> None:
    """Adds an event, which is told when the transaction is committed.

    To be called by the one process that watches (``services.tracking.watch``): events of several writers could be
    committed in another order than that of their numbers, and be missed.
    """
    connection.execute("INSERT INTO tracking.event (kind, content) VALUES (%s, %s)", (str(kind), Jsonb(content)))


AFTER = (
    "SELECT id, kind, at, content FROM tracking.event WHERE id > %s AND id <= %s AND (%s::text[] IS NULL "
    "OR kind = ANY(%s)) ORDER BY id LIMIT %s"
)
BOUNDS = "SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM tracking.event"
STATE = (
    "SELECT (SELECT coalesce(max(id), 0) FROM tracking.event), "
    "coalesce((SELECT seen_at > now() - make_interval(secs => %s) FROM tracking.pulse), false), "
    "(SELECT seen_at FROM tracking.pulse)"
)


def between(
    connection: Connection, after: int, upto: int, kinds: list[str] | None = None, limit: int = 500
) -> list[Event]:
    """Events whose ids are above ``after`` and not above ``upto``, of some kinds or of all, in their order."""
    with store_errors():
        rows = connection.execute(AFTER, (after, upto, kinds, kinds, limit)).fetchall()
    return [Event(*row) for row in rows]


def bounds(connection: Connection) -> tuple[int, int]:
    """The ids of the oldest event that is kept and of the newest; zeros where there is none."""
    with store_errors():
        row = connection.execute(BOUNDS).fetchone()
    return (0, 0) if row is None else (int(row[0]), int(row[1]))


def beat(connection: Connection) -> None:
    """Says that events are being watched for."""
    with store_errors():
        connection.execute(
            "INSERT INTO tracking.pulse (seen_at) VALUES (clock_timestamp()) "
            "ON CONFLICT (only_one) DO UPDATE SET seen_at = excluded.seen_at"
        )

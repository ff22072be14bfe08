"""What is known of the subscriber: whether it is connected, and how many messages came to what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from services.database.failures import store_errors

Connection = psycopg.Connection[tuple[Any, ...]]

FRESH_S = 10.0
"""How long after it was seen last the subscriber is taken to be at work."""


@dataclass(frozen=True, slots=True)
class SubscriberState:
    """``is_connected`` to the broker now; ``messages``: reports and readings by what became of them."""

    is_connected: bool
    messages: Mapping[str, int]


def subscriber_state(connection: Connection) -> SubscriberState:
    """As it was told last; not connected where nobody has told it lately.  ``StoreError``."""
    with store_errors():
        row = connection.execute(
            "SELECT is_connected AND seen_at > now() - make_interval(secs => %s), messages FROM tracking.subscriber",
            (FRESH_S,),
        ).fetchone()
    return SubscriberState(False, {}) if row is None else SubscriberState(*row)


def tell_state(connection: Connection, *, is_connected: bool, messages: Mapping[str, int]) -> None:
    """Tells it; ``messages`` are all there ever were.  ``StoreError``."""
    with store_errors():
        connection.execute(
            "INSERT INTO tracking.subscriber (is_connected, seen_at, messages) VALUES (%s, clock_timestamp(), %s) "
            "ON CONFLICT (only_one) DO UPDATE SET is_connected = excluded.is_connected, seen_at = excluded.seen_at, "
            "messages = excluded.messages",
            (is_connected, Jsonb(dict(messages))),
        )

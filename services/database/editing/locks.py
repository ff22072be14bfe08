"""Who may write rows of a layer just now: one edit after the other, and none while a load puts its rows in place."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from geo.errors import StoreError

Connection = psycopg.Connection[tuple[Any, ...]]

EDIT_WAIT_S = 2.0
"""How long an edit waits for its turn; loads and publications of a layer take longer only where it is large."""
_LOCKS = 28205  # namespace of the advisory locks of this module; loads as a whole have another


class LayerBusyError(StoreError):
    """The layer is being written to; trying again in a moment helps."""

    def __init__(self) -> None:
        super().__init__("The layer is being loaded, published or edited just now.", fix="Try again in a moment.")


def lock_edits(connection: Connection, layer_id: str) -> None:
    """Until the end of the transaction nobody else edits the layer; waits for an edit that is under way."""
    connection.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (_LOCKS, layer_id))


@contextmanager
def editing_turn(connection: Connection, layer_id: str) -> Iterator[None]:
    """A transaction in which nobody else writes rows of the layer; ``LayerBusyError`` where that takes too long."""
    try:
        with connection.transaction():
            connection.execute(f"SET LOCAL lock_timeout = '{round(EDIT_WAIT_S * 1000)}ms'")
            lock_edits(connection, layer_id)
            yield
    except psycopg.errors.LockNotAvailable:
        raise LayerBusyError from None

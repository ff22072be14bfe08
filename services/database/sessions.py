"""Sessions of the staff's pages: a token that nobody can guess, of which only a digest is kept."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

import psycopg
from psycopg import sql

from services.database.accounts import COLUMNS, Account, account_of_row
from services.database.failures import store_errors

Connection = psycopg.Connection[tuple[Any, ...]]

LASTS = timedelta(hours=25)
"""A turn of duty of 24 hours, and an hour to hand over."""
_TOKEN_BYTES = 32


def open_session(connection: Connection, account: str) -> str:
    """Opens a session of an account; returns its token, which nobody can read again.  ``StoreError``."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with store_errors(), connection.transaction():
        connection.execute("DELETE FROM ngis.session WHERE expires_at <= now()")
        connection.execute(
            "INSERT INTO ngis.session (digest, account, expires_at) VALUES (%s, %s, now() + %s)",
            (_digest(token), account, LASTS),
        )
    return token


def account_of_session(connection: Connection, token: str) -> Account | None:
    """The account whose session this is; None where it is over, or its account is out of use or has a new secret."""
    with store_errors():
        row = connection.execute(
            sql.SQL(
                "SELECT {} FROM ngis.session JOIN ngis.account ON name = account WHERE digest = %s "
                "AND expires_at > now() AND disabled_at IS NULL AND renewed_at <= opened_at"
            ).format(COLUMNS),
            (_digest(token),),
        ).fetchone()
    return None if row is None else account_of_row(row)


def end_session(connection: Connection, token: str) -> None:
    """Ends a session, if it is one."""
    with store_errors():
        connection.execute("DELETE FROM ngis.session WHERE digest = %s", (_digest(token),))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()

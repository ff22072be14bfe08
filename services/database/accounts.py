"""Accounts of the staff: names, roles, and secrets of which only a hash is kept.  None is ever deleted."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import psycopg
from psycopg import sql

from geo.errors import InputError, NotFoundError
from layers.model import Role
from services.database.account_secrets import hashed, is_secret, new_secret
from services.database.failures import store_errors

Connection = psycopg.Connection[tuple[Any, ...]]

_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")


@dataclass(frozen=True, slots=True)
class Account:
    """One account.  ``renewed_at``: when its secret was made; ``disabled_at`` None: it is in use."""

    name: str
    display_name: str
    roles: frozenset[Role]
    created_at: datetime
    renewed_at: datetime
    disabled_at: datetime | None


COLUMNS = sql.SQL("name, display_name, roles, created_at, renewed_at, disabled_at")
"""Of ``ngis.account``, as ``account_of_row`` takes them."""


def add(connection: Connection, name: str, display_name: str, roles: Iterable[Role]) -> str:
    """Makes an account, as the owner; returns its secret, which nobody can read again.

    Raises
    ------
    InputError
        The name is not made of small letters, digits and hyphens, is taken, or there is no role.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} is no name of an account.", fix="Use up to 63 small letters, digits and hyphens, a letter first."
        )
    wanted = sorted(set(roles))
    if not wanted:
        raise InputError("An account needs a role.", fix=f"Give one with --role: {', '.join(Role)}.")
    secret = new_secret()
    with store_errors():
        made = connection.execute(
            "INSERT INTO ngis.account (name, display_name, roles, secret_hash) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (name) DO NOTHING RETURNING name",
            (name, display_name.strip() or name, [str(role) for role in wanted], hashed(secret)),
        ).fetchone()
    if made is None:
        raise InputError(
            f"There is an account {name} already.", fix=f"`ngis account reset {name}` gives it a new secret."
        )
    return secret


def accounts(connection: Connection) -> tuple[Account, ...]:
    """All accounts by name."""
    with store_errors():
        rows = connection.execute(sql.SQL("SELECT {} FROM ngis.account ORDER BY name").format(COLUMNS)).fetchall()
    return tuple(account_of_row(row) for row in rows)


def disable(connection: Connection, name: str) -> Account:
    """Takes an account out of use, as the owner; faces let it in for up to a minute more."""
    return _update(connection, name, sql.SQL("disabled_at = coalesce(disabled_at, now())"), ())


def reset(connection: Connection, name: str) -> str:
    """Gives an account a new secret, as the owner, and puts it into use again; returns the secret."""
    secret = new_secret()
    assignments = sql.SQL("secret_hash = %s, renewed_at = now(), disabled_at = NULL")
    _update(connection, name, assignments, (hashed(secret),))
    return secret


def verify(connection: Connection, name: str, secret: str) -> Account | None:
    """The account with this name and secret, None where there is none in use; slow on purpose, for either."""
    row = None
    if "\0" not in name and name.isascii():
        with store_errors():
            row = connection.execute(
                sql.SQL("SELECT {}, secret_hash FROM ngis.account WHERE name = %s AND disabled_at IS NULL").format(
                    COLUMNS
                ),
                (name,),
            ).fetchone()
    if row is None:
        is_secret(secret, _nobody())
        return None
    *columns, kept = row
    return account_of_row(tuple(columns)) if is_secret(secret, kept) else None


def _update(connection: Connection, name: str, assignments: sql.SQL, values: tuple[Any, ...]) -> Account:
    with store_errors():
        row = connection.execute(
            sql.SQL("UPDATE ngis.account SET {} WHERE name = %s RETURNING {}").format(assignments, COLUMNS),
            (*values, name),
        ).fetchone()
    if row is None:
        raise NotFoundError(f"There is no account {name}.", fix="`ngis account list` shows them.")
    return account_of_row(row)


def account_of_row(row: tuple[Any, ...]) -> Account:
    """The account of a row of ``COLUMNS``."""
    name, display_name, roles, *dates = row
    known = frozenset(Role(role) for role in roles if role in set(Role))
    return Account(name, display_name, known, *dates)


@cache
def _nobody() -> str:
    """The hash of a secret that nobody has, so that a name without an account takes as long as one with."""
    return hashed(new_secret())

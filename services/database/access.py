"""The roles and what each may do in a database, said again at every migration because copies and restores lose it.

PostgreSQL lets everybody connect, make temporary tables and see the ``public`` schema unless told otherwise; a copy of
a database (``TEMPLATE``) or a restored dump does not carry the rights on the database itself.
"""

from typing import Any

import psycopg
from psycopg import errors, sql

from geo.errors import StoreError

GROUP_ROLES = ("ngis_ingest", "ngis_internal", "ngis_public")
"""Roles that the migrations grant to; on a server of the user's their logins may be other members of them."""


def ensure_roles(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Creates the roles that are missing, without a password (they cannot log in before ``ngis db init``).

    Raises
    ------
    StoreError
        If roles are missing and the connected role may not create them; the message has the statements to run.
    """
    missing = missing_roles(connection)
    for role in missing:
        try:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
        except errors.DuplicateObject:  # made by another process just now
            continue
        except errors.InsufficientPrivilege:
            statements = " ".join(f"CREATE ROLE {name} LOGIN PASSWORD '...';" for name in missing)
            raise StoreError(
                f"The database lacks the roles {', '.join(missing)}, and this role may not create them.",
                fix=f"Have an administrator of the server run: {statements}",
            ) from None


def missing_roles(connection: psycopg.Connection[tuple[Any, ...]]) -> list[str]:
    """Those of the group roles that the server does not have."""
    rows = connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", (list(GROUP_ROLES),)).fetchall()
    return sorted(set(GROUP_ROLES) - {str(row[0]) for row in rows})


def restrict_database(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Takes away what everybody may do by default: connect, make temporary tables, use the ``public`` schema."""
    row = connection.execute("SELECT current_database()").fetchone()
    assert row is not None  # noqa: S101 - the query always gives one row
    database = sql.Identifier(row[0])
    roles = sql.SQL(", ").join(map(sql.Identifier, GROUP_ROLES))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM {}").format(database, roles))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, roles))
    connection.execute(sql.SQL("GRANT TEMPORARY ON DATABASE {} TO ngis_ingest").format(database))
    connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(roles))
    connection.execute("REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA ngis, raw FROM PUBLIC")

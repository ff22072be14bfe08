"""The database of an installation as a whole: the embedded one made ready, the user's own set up when asked."""

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from geo.errors import InputError, StoreError
from services.database.access import GROUP_ROLES
from services.database.cluster import EmbeddedCluster
from services.database.connect import chosen_database, connect, embedded_cluster, role_urls
from services.database.failures import server_name, store_errors
from services.database.migrate import MigrationReport, migrate
from services.settings import Settings

Connection = psycopg.Connection[tuple[Any, ...]]


def make_ready(settings: Settings) -> tuple[EmbeddedCluster | None, MigrationReport]:
    """A running, migrated database.

    The embedded cluster is made and started where needed and returned: ``stop()`` it at the end, which stops only what
    was started here.  A server of the user's is only migrated.

    Raises
    ------
    StoreError
        See ``EmbeddedCluster.ensure``, ``role_urls`` and ``migrate``.
    """
    if settings.database_url is not None:
        return None, migrate(role_urls(settings).owner)
    cluster = embedded_cluster(settings)
    try:
        cluster.ensure()
        cluster.create_database(chosen_database(settings))
        return cluster, migrate(role_urls(settings).owner)
    except BaseException:
        cluster.stop()
        raise


def initialise(settings: Settings, say: Callable[[str], None] = lambda _: None) -> None:
    """Sets up the user's server: database, PostGIS, roles with the passwords of their URLs, migrations.

    What is there already is left as it is.  ``NGIS_DATABASE_URL`` needs the rights to create what is missing.

    Raises
    ------
    InputError
        If no server of the user's is configured, or a role's URL leads to another database.
    StoreError
        If the server is away, or refuses.
    """
    if settings.database_url is None:
        raise InputError(
            "NGIS_DATABASE_URL is not set; the embedded database needs no `init`.",
            fix="Run `ngis db start`, or set NGIS_DATABASE_URL and the three role URLs.",
        )
    urls = role_urls(settings)
    logins = dict(zip(GROUP_ROLES, (urls.ingest, urls.internal, urls.public), strict=True))
    wanted = server_name(urls.owner)
    for role, url in logins.items():
        if server_name(url) != wanted:
            raise InputError(f"The URL for {role} leads to {server_name(url)}, the owner's to {wanted}.")
    _create_database(urls.owner, say)
    with store_errors(urls.owner), connect(urls.owner, autocommit=True) as connection:
        connection.execute("SET client_min_messages = warning")
        for role, url in logins.items():
            _create_login(connection, role, url, say)
    report = migrate(urls.owner)
    say(f"migrated: {', '.join(report.applied) or 'nothing to do'}")


def _create_database(url: str, say: Callable[[str], None]) -> None:
    name = str(conninfo_to_dict(url).get("dbname") or "")
    if not name:
        raise InputError("NGIS_DATABASE_URL names no database.", fix="End it with /NAME.")
    with store_errors(url), connect(make_conninfo(url, dbname="postgres"), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            say(f"database {name}: is there")
            return
        connection.execute(
            sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
        )
        say(f"database {name}: created")


def _create_login(connection: Connection, group: str, url: str, say: Callable[[str], None]) -> None:
    parts = conninfo_to_dict(url)
    login = str(parts.get("user") or group)
    try:
        for role in dict.fromkeys((group, login)):
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
                say(f"role {role}: is there, left as it is")
                continue
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
            if role == login:
                connection.execute(
                    sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(
                        sql.Identifier(role), sql.Literal(str(parts.get("password") or ""))
                    )
                )
            say(f"role {role}: created")
        if login != group:
            connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), sql.Identifier(login)))
    except errors.InsufficientPrivilege:
        raise StoreError(
            f"The role of NGIS_DATABASE_URL may not create the role {login}.",
            fix=f"Have an administrator of the server run: CREATE ROLE {login} LOGIN PASSWORD '...';",
        ) from None

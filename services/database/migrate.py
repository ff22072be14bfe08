"""Migrations: plain SQL files, forward only, each in a transaction of its own; then the tables of the layers.

``NNNN_name.sql`` are applied in the order of their numbers.  What was applied is recorded with its checksum in
``ngis.migration``: an applied file that was edited, and a database from a newer version of the program, are refused.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from geo.errors import StoreError
from layers.catalogue import catalogue
from layers.model import Layer
from services.database.access import ensure_roles, restrict_database
from services.database.connect import connect
from services.database.failures import store_errors
from services.database.locks import Lock
from services.database.results import kept_layers
from services.database.schema import synchronise

MIGRATIONS = Path(__file__).parent / "migrations"
MINIMUM_POSTGIS = (3, 3)

_FILE_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: its number, its name without the suffix, its SQL and the SHA-256 of that."""

    number: int
    name: str
    statements: str
    checksum: str


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """Names of the migrations applied just now, and ids of the layers whose tables were made or changed."""

    applied: tuple[str, ...]
    layers: tuple[str, ...]

    @property
    def changed(self) -> bool:
        return bool(self.applied or self.layers)


def read_migrations(folder: Path = MIGRATIONS) -> tuple[Migration, ...]:
    """The migrations of a folder by number; ``StoreError`` for a wrong name or a number used twice."""
    found: dict[int, Migration] = {}
    for path in sorted(folder.glob("*.sql")):
        match = _FILE_NAME.fullmatch(path.name)
        if match is None:
            raise StoreError(f"Migration {path.name} is not named NNNN_name.sql.")
        content = path.read_bytes()
        number = int(match[1])
        if number in found:
            raise StoreError(f"Two migrations have the number {match[1]}: {found[number].name} and {path.stem}.")
        # Line endings that git may have changed are not an edit.
        checksum = hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()
        found[number] = Migration(number, path.stem, content.decode("utf-8"), checksum)
    return tuple(found.values())


def migrate(url: str, *, folder: Path = MIGRATIONS, layers: Mapping[str, Layer] | None = None) -> MigrationReport:
    """Brings a database to the state of this program: roles, migrations, rights, tables of all layers.

    A second process waits for the first; nothing happens where all is done.

    Parameters
    ----------
    url:
        Of the owner.  The database itself has to exist.
    layers:
        The declarations; all of the catalogue where not given.

    Raises
    ------
    StoreError
        The server is away, PostGIS is missing or too old, a migration was edited, the database is newer than the
        program, a role is missing, or a layer's declaration changes the type of a column.
    """
    migrations = read_migrations(folder)
    with store_errors(url), connect(url, application_name="ngis migrate", autocommit=True) as connection:
        connection.execute("SET client_min_messages = warning")
        with _lock(connection):
            require_postgis(connection)
            pending = pending_migrations(connection, migrations)
            if pending:
                ensure_roles(connection)
            for migration in pending:
                _apply(connection, migration)
            with connection.transaction():
                changed = synchronise(connection, _declared(connection) if layers is None else layers)
                if pending or changed or not _is_restricted(connection):
                    restrict_database(connection)
    return MigrationReport(tuple(migration.name for migration in pending), changed)


def pending_migrations(
    connection: psycopg.Connection[tuple[Any, ...]], migrations: Sequence[Migration]
) -> tuple[Migration, ...]:
    """Those not applied yet; ``StoreError`` where the record and the files contradict each other."""
    row = connection.execute("SELECT to_regclass('ngis.migration') IS NOT NULL").fetchone()
    if row is None or not row[0]:
        return tuple(migrations)
    applied = {
        number: (name, checksum)
        for number, name, checksum in connection.execute("SELECT number, name, checksum FROM ngis.migration")
    }
    known = {migration.number: migration for migration in migrations}
    for number, (name, checksum) in sorted(applied.items()):
        if number not in known:
            raise StoreError(
                f"The database has the migration {name}, which this version of the program does not know.",
                fix="Update the program to the version that made the database.",
            )
        if known[number].checksum != checksum:
            raise StoreError(
                f"The migration {known[number].name} was edited after it was applied to this database.",
                fix="Restore the file, and put the change into a new migration.",
            )
    return tuple(migration for migration in migrations if migration.number not in applied)


def require_postgis(connection: psycopg.Connection[tuple[Any, ...]]) -> str:
    """The version of PostGIS that the database has or can create; ``StoreError`` where it has none or an old one."""
    row = connection.execute(
        "SELECT coalesce(installed_version, default_version) FROM pg_available_extensions WHERE name = 'postgis'"
    ).fetchone()
    if row is None:
        raise StoreError(
            "The database server has no PostGIS.",
            fix="Install the PostGIS package of the server's PostgreSQL version.",
        )
    version = str(row[0])
    if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) < MINIMUM_POSTGIS:
        wanted = ".".join(map(str, MINIMUM_POSTGIS))
        raise StoreError(
            f"PostGIS {version} is too old; {wanted} or later is needed.",
            fix="Install a newer PostGIS and run `ALTER EXTENSION postgis UPDATE` as superuser.",
        )
    return version


def _declared(connection: psycopg.Connection[tuple[Any, ...]]) -> dict[str, Layer]:
    """The layers of the catalogue, and those of kept results."""
    row = connection.execute("SELECT to_regclass('ngis.result') IS NOT NULL").fetchone()
    return {**catalogue(), **(kept_layers(connection, "core") if row and row[0] else {})}


def _apply(connection: psycopg.Connection[tuple[Any, ...]], migration: Migration) -> None:
    try:
        with connection.transaction():
            connection.execute("CREATE SCHEMA IF NOT EXISTS ngis")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS ngis.migration (number integer PRIMARY KEY, name text NOT NULL, "
                "checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
            )
            connection.execute(migration.statements.encode("utf-8"))
            connection.execute(
                "INSERT INTO ngis.migration (number, name, checksum) VALUES (%s, %s, %s)",
                (migration.number, migration.name, migration.checksum),
            )
    except psycopg.errors.InsufficientPrivilege as error:
        if "extension" not in str(error):
            raise
        raise StoreError(
            "The database has no PostGIS yet, and this role may not create it.",
            fix="Have an administrator of the server run `CREATE EXTENSION postgis` in this database.",
        ) from error


@contextmanager
def _lock(connection: psycopg.Connection[tuple[Any, ...]]) -> Iterator[None]:
    connection.execute("SELECT pg_advisory_lock(%s)", (Lock.MIGRATION,))
    try:
        yield
    finally:
        if not connection.broken:
            connection.execute("SELECT pg_advisory_unlock(%s)", (Lock.MIGRATION,))


def _is_restricted(connection: psycopg.Connection[tuple[Any, ...]]) -> bool:
    row = connection.execute("SELECT has_database_privilege('ngis_public', current_database(), 'TEMPORARY')").fetchone()
    return row is not None and not row[0]

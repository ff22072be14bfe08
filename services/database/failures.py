"""What the database's refusals are called in our own words: no SQL and no password reaches a person."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import PoolTimeout

from geo.errors import StoreError

logger = logging.getLogger(__name__)


class ConnectionLostError(StoreError):
    """The connection is gone; what only reads may be tried once more over another."""


@contextmanager
def store_errors(url: str | None = None) -> Iterator[None]:
    """Turns every ``psycopg.Error`` inside into a ``StoreError`` that shows no SQL and no password.

    The original stays as ``__cause__`` for the log; ``url`` only lends the server's address to the message.
    """
    try:
        yield
    except psycopg.Error as error:
        logger.debug("database error", exc_info=error)
        raise translate(error, url) from error


def translate(error: psycopg.Error, url: str | None = None) -> StoreError:
    """The ``StoreError`` that says what a database error means to a person."""
    for kinds, message, fix in _MEANINGS:
        if isinstance(error, kinds):
            return StoreError(message, fix=fix)
    if isinstance(error, _CUT_OFF):
        message, fix = _STOPPING
        return ConnectionLostError(message, fix=fix)
    if isinstance(error, errors.OperationalError) and (error.sqlstate is None or error.sqlstate.startswith("08")):
        # libpq gives no SQLSTATE for what happens before a session exists: only its words tell.
        for words, message, fix in _BEFORE_THE_SESSION:
            if any(word in str(error) for word in words):
                return StoreError(message, fix=fix)
        where = f" at {server_name(url)}" if url else ""
        return ConnectionLostError(
            f"The database{where} cannot be reached.",
            fix="Run `ngis doctor`; `ngis db start` starts the embedded database.",
        )
    return StoreError(
        f"The database refused the operation (SQLSTATE {error.sqlstate or 'unknown'}).",
        fix="Run `ngis doctor`, and see the log of the database server.",
    )


_STOPPING = ("The database is stopping or starting.", "Try again in a moment; see `ngis db status`.")
_CUT_OFF = (errors.AdminShutdown, errors.CrashShutdown)
_BEFORE_THE_SESSION = (
    (
        ("password authentication failed", "no password supplied", "no pg_hba.conf entry"),
        "The database does not accept this role's name or password.",
        "Check the NGIS_DATABASE_*URL settings; `ngis db init` makes the roles.",
    ),
    (
        ('" does not exist',),
        "The database or the role does not exist on the server.",
        "Run `ngis db init` to create it.",
    ),
    (
        ("too many clients", "remaining connection slots"),
        "The database has no free connection.",
        "Lower NGIS_WORKERS or NGIS_POOL_SIZE.",
    ),
    (
        ("the database system is",),
        *_STOPPING,
    ),
)
_MEANINGS: tuple[tuple[type[psycopg.Error] | tuple[type[psycopg.Error], ...], str, str], ...] = (
    (PoolTimeout, "No database connection became free in time.", "Raise NGIS_POOL_SIZE, or see `ngis doctor`."),
    (
        (errors.InvalidPassword, errors.InvalidAuthorizationSpecification),
        "The database does not accept this role's name or password.",
        "Check the NGIS_DATABASE_*URL settings; `ngis db init` makes the roles.",
    ),
    (errors.InvalidCatalogName, "The database does not exist on the server.", "Run `ngis db init` to create it."),
    (errors.LockNotAvailable, "Another process is changing the same layer.", "Wait for it to end, then try again."),
    (errors.DeadlockDetected, "Two processes were changing the same rows.", "Try again."),
    (
        errors.QueryCanceled,
        "The query took longer than is allowed.",
        "Ask for less, or raise NGIS_STATEMENT_TIMEOUT_S.",
    ),
    (errors.DiskFull, "The disk of the database is full; nothing was changed.", "Free space, then try again."),
    (
        errors.InsufficientPrivilege,
        "The database role may not do this.",
        "Use the URL of the right role; `ngis db migrate` renews what each may do.",
    ),
    (
        (errors.UndefinedTable, errors.InvalidSchemaName, errors.UndefinedColumn, errors.UndefinedFunction),
        "The database is not in the state of this version of the program.",
        "Run `ngis db migrate`.",
    ),
    ((errors.CannotConnectNow,), *_STOPPING),
    (errors.TooManyConnections, "The database has no free connection.", "Lower NGIS_WORKERS or NGIS_POOL_SIZE."),
    (errors.ReadOnlySqlTransaction, "The database takes no changes over this connection.", "Use the owner's URL."),
)


def server_name(url: str) -> str:
    """``host:port/database`` of a URL, without user and password."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return "an address that cannot be read"
    host = parts.get("host") or "localhost"
    return f"{host}:{parts.get('port') or 5432}/{parts.get('dbname') or ''}"

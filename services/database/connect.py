"""Connections: whose URL is used for what."""

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from pathlib import Path
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool, ConnectionPool

from geo.errors import StoreError
from services.database import asking
from services.database.cluster import DATABASE, EmbeddedCluster
from services.database.failures import server_name, store_errors, translate
from services.database.lending import check_unless_just_used
from services.settings import Settings

__all__ = [
    "RoleUrls",
    "asking_pool",
    "choose_database",
    "chosen_database",
    "connect",
    "connect_from_loop",
    "embedded_cluster",
    "open_pool",
    "role_urls",
    "server_name",
    "store_errors",
    "translate",
]

CONNECT_TIMEOUT_S = 5


@dataclass(frozen=True, slots=True)
class RoleUrls:
    """The four ways into the database, as libpq URLs with their passwords (kept out of ``repr``).

    owner: migrations and publishing.  ingest: loads.  internal: reads core.  public: reads published views only.
    """

    owner: str = dataclass_field(repr=False)
    ingest: str = dataclass_field(repr=False)
    internal: str = dataclass_field(repr=False)
    public: str = dataclass_field(repr=False)

    def items(self) -> tuple[tuple[str, str], ...]:
        """Role name (``ngis_owner`` ...) and URL of each."""
        return (
            ("ngis_owner", self.owner),
            ("ngis_ingest", self.ingest),
            ("ngis_internal", self.internal),
            ("ngis_public", self.public),
        )


def embedded_cluster(settings: Settings) -> EmbeddedCluster:
    """The private cluster of this installation, whether or not it exists yet."""
    return EmbeddedCluster(settings.var / "postgres", settings.database_port)


def chosen_database(settings: Settings) -> str:
    """Name of the database of the embedded cluster that all commands work on: the one started last by `ngis up`.

    Fictitious and real data are kept in databases of their own, so that they never meet in a layer.
    """
    try:
        return _choice(settings).read_text("ascii").strip() or DATABASE
    except FileNotFoundError:
        return DATABASE


def choose_database(settings: Settings, name: str) -> None:
    """From now on every command works on this database of the embedded cluster."""
    _choice(settings).parent.mkdir(parents=True, exist_ok=True)
    _choice(settings).write_text(f"{name}\n", "ascii")


def _choice(settings: Settings) -> Path:
    return settings.var / "database"


def role_urls(settings: Settings) -> RoleUrls:
    """The URLs of the user's own server where ``NGIS_DATABASE_URL`` is set, else of the embedded cluster.

    Nothing is created or started here.

    Raises
    ------
    StoreError
        If the user's server is configured only in part (all missing settings are named), or the embedded cluster was
        never made.
    """
    if settings.database_url is None:
        passwords, name = embedded_cluster(settings), chosen_database(settings)
        return RoleUrls(
            *(passwords.url(role, name) for role in ("ngis_owner", "ngis_ingest", "ngis_internal", "ngis_public"))
        )
    given = {
        "NGIS_DATABASE_INGEST_URL": settings.database_ingest_url,
        "NGIS_DATABASE_INTERNAL_URL": settings.database_internal_url,
        "NGIS_DATABASE_PUBLIC_URL": settings.database_public_url,
    }
    missing = [name for name, url in given.items() if url is None]
    if missing:
        raise StoreError(
            f"NGIS_DATABASE_URL is set, but not {', '.join(missing)}.",
            fix="Set one URL for each role, with the same server and database; `ngis db init` makes the roles.",
        )
    ingest, internal, public = (url.get_secret_value() for url in given.values() if url is not None)
    return RoleUrls(settings.database_url.get_secret_value(), ingest, internal, public)


def connect(
    url: str,
    *,
    application_name: str = "ngis",
    statement_timeout_s: float | None = None,
    autocommit: bool = False,
) -> psycopg.Connection[tuple[Any, ...]]:
    """A new connection in UTC; ``StoreError`` where the server is away or refuses."""
    with store_errors(url):
        return psycopg.connect(url, autocommit=autocommit, **_arguments(application_name, statement_timeout_s))


async def connect_from_loop(
    url: str, *, application_name: str = "ngis", statement_timeout_s: float | None = None
) -> psycopg.AsyncConnection[tuple[Any, ...]]:
    """A new connection in UTC and in autocommit, for an event loop; ``psycopg.Error`` where the server is away."""
    arguments = _arguments(application_name, statement_timeout_s)
    return await psycopg.AsyncConnection.connect(url, autocommit=True, **arguments)


def open_pool(
    url: str,
    size: int,
    *,
    application_name: str = "ngis",
    statement_timeout_s: float | None = None,
    min_size: int = 1,
) -> ConnectionPool[psycopg.Connection[tuple[Any, ...]]]:
    """A pool of up to ``size`` connections in autocommit, each checked before it is handed out.

    The pool opens in the background: a database that is away does not keep a server from starting, and one that comes
    back is used again.  ``PoolTimeout`` after 5 s without a connection becomes ``StoreError`` in ``store_errors``.
    """
    return ConnectionPool(
        url,
        open=True,
        check=check_unless_just_used,
        **_pooled(size, min_size, application_name, statement_timeout_s),
    )


def asking_pool(
    url: str, size: int, *, application_name: str = "ngis", statement_timeout_s: float | None = None
) -> asking.AsyncPool:
    """As ``open_pool``, for an event loop, in which ``services.database.asking.Asker`` opens it."""
    return AsyncConnectionPool(
        url,
        open=False,
        check=asking.check_unless_just_used,
        **_pooled(size, 1, application_name, statement_timeout_s),
    )


def _pooled(size: int, min_size: int, application_name: str, statement_timeout_s: float | None) -> dict[str, Any]:
    return {
        "min_size": min_size,
        "max_size": size,
        "timeout": 5.0,
        "max_waiting": size * 50,
        "max_idle": 300.0,
        "reconnect_timeout": 5.0,
        "kwargs": {"autocommit": True, **_arguments(application_name, statement_timeout_s)},
    }


def _arguments(application_name: str, statement_timeout_s: float | None) -> dict[str, Any]:
    # Dates and numbers as text are the same over every connection, whatever the server's own settings: versions of
    # rows are made of them.
    options = "-c timezone=UTC -c client_encoding=UTF8 -c datestyle=ISO -c extra_float_digits=1"
    if statement_timeout_s is not None:
        options += f" -c statement_timeout={max(1, round(statement_timeout_s * 1000))}"
    return {
        "application_name": application_name,
        "connect_timeout": CONNECT_TIMEOUT_S,
        "options": options,
    }

"""Our routing kernel against its peers on a made-up city of 50,000 crossings: right first, then how fast."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from services.database.cluster import ADMIN, EmbeddedCluster
from tests.benchmarks import environments
from tests.benchmarks.machine import free_port, open_folder
from tests.benchmarks.measures import Measure, Race

NODES = int(os.environ.get("NGIS_BENCH_NODES", "50000"))
CALLS = int(os.environ.get("NGIS_BENCH_CALLS", "1000"))
_DATABASE = "bench"


def measure() -> Iterator[Measure | Race]:
    """The race over the made-up city."""
    yield from race(str(NODES))


def race(city: str) -> Iterator[Measure | Race]:
    """The race runs in the peers' environment, in one process with our kernel; here its findings are read.

    ``city``: how many nodes a made-up one has, or the file of a stored one.
    """
    with _database() as url:
        yield from environments.findings(
            "routing-peers", "tests.benchmarks.routing_race", city, str(CALLS), *([url] if url else [])
        )


@contextmanager
def _database() -> Iterator[str | None]:
    """The address of a private PostgreSQL with pgRouting, gone afterwards; None where this machine has none."""
    with open_folder() as folder:
        cluster = EmbeddedCluster(folder / "database", free_port(), durable=False)
        try:
            cluster.ensure()
            cluster.create_database(_DATABASE)
            url = cluster.url(ADMIN, _DATABASE)
            with psycopg.connect(url, autocommit=True) as connection:
                row = connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pgrouting'").fetchone()
                if row is not None:
                    connection.execute("CREATE EXTENSION pgrouting CASCADE")
            yield url if row is not None else None
        finally:
            cluster.remove()

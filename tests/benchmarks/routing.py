"""Our routing kernel against its peers on a made-up city of 50,000 crossings: right first, then how fast."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from services.database.cluster import ADMIN, EmbeddedCluster
from tests.benchmarks import environments
from tests.benchmarks.machine import ROOT, free_port, open_folder
from tests.benchmarks.measures import Calls, Measure, Race

NODES = int(os.environ.get("NGIS_BENCH_NODES", "50000"))
CALLS = int(os.environ.get("NGIS_BENCH_CALLS", "1000"))
_DATABASE = "bench"


def measure() -> Iterator[Measure | Race]:
    """The race runs in the peers' environment, in one process with our kernel; here its findings are read."""
    with _database() as url:
        command = [str(environments.python("routing-peers")), "-m", "tests.benchmarks.routing_race"]
        command += [str(NODES), str(CALLS), *([url] if url else [])]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                yield _read(line)
        if process.returncode != 0:
            raise RuntimeError("The race of routing engines failed; see above.")


def _read(line: str) -> Measure | Race:
    ((kind, fields),) = json.loads(line).items()
    if kind == "Measure":
        return Measure(**fields)
    calls = {name: each if isinstance(each, str) else Calls(**each) for name, each in fields.pop("calls").items()}
    return Race(calls=calls, **fields)


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

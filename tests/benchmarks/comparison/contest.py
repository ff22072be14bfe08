"""One kind of request, asked of several servers: first whether they answer alike, then how fast."""

from collections.abc import Sequence
from typing import Any
from urllib.error import HTTPError

from psycopg import Connection

from tests.benchmarks.comparison.load import FailedRequestsError, load
from tests.benchmarks.comparison.requests import Request
from tests.benchmarks.comparison.servers import Server
from tests.benchmarks.measures import Comparison, Speed

SECONDS, ROUNDS, WARM_UP_S = 5, 2, 1
PATIENCE_S = 30
"""How long a single answer may take before the server counts as not finishing."""


def compare(request: Request, compared: Sequence[Server], owner: Connection[Any]) -> Comparison:
    """Checks that the servers answer alike, then loads them in turns; who does not is not measured."""
    speeds: dict[str, Speed | str] = {}
    first: bytes | None = None
    for server in compared:
        try:
            content = server.get(request.paths(server)[0], timeout_s=PATIENCE_S)[1]
        except HTTPError as error:
            speeds[server.name] = f"not offered ({error.code})"
        except TimeoutError:
            speeds[server.name] = f"not within {PATIENCE_S} s"
            _end_queries(owner)
        else:
            first = content if first is None else first
            if not _alike(request, first, content):
                speeds[server.name] = "answers differently"
    measured: dict[str, list[Speed]] = {server.name: [] for server in compared if server.name not in speeds}
    for turn in range(ROUNDS):
        for server in compared:
            if server.name in speeds:
                continue
            try:
                if turn == 0:
                    load(server.address, request.paths(server), WARM_UP_S)
                measured[server.name].append(load(server.address, request.paths(server), SECONDS))
            except FailedRequestsError as error:
                speeds[server.name] = str(error)
    for name, rounds in measured.items():
        if name not in speeds:
            speed = Speed.of(rounds)
            speeds[name] = speed if speed.requests else f"none within {ROUNDS} x {SECONDS} s"
    return Comparison(request.what, {server.name: speeds[server.name] for server in compared}, request.targets)


def _alike(request: Request, first: bytes, content: bytes) -> bool:
    try:
        return request.alike(first, content)
    except (ValueError, KeyError):  # not the form that was asked for
        return False


def _end_queries(owner: Connection[Any]) -> None:
    """Ends what a server that was given up on still asks of the database; both peers are this role."""
    owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE usename = current_user AND pid <> pg_backend_pid() AND state = 'active'"
    )

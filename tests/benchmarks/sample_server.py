"""The sample city, served as ``ngis up`` does it, for benchmarks that ask over HTTP."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from services.database.cluster import EmbeddedCluster
from tests.benchmarks.machine import ROOT, free_port, open_folder, wait_until_idle

AREA = (135.32, 34.71, 135.37, 34.76)
"""West, south, east, north of ground with streets, zones and sites."""
_START_S = 300
_BUNDLE_S = 600


@dataclass(frozen=True, slots=True)
class Served:
    """The ports of both faces, each with two workers, and the address of the database for its owner."""

    public_port: int
    internal_port: int
    database_url: str


@contextmanager
def served_city() -> Iterator[Served]:
    """A city of its own, once it answers routes and what a first start draws is drawn."""
    with open_folder() as folder:
        database, public, internal = free_port(), free_port(), free_port()
        environment = os.environ | {
            "NGIS_VAR": str(folder),
            "NGIS_DATABASE_PORT": str(database),
            "NGIS_PUBLIC_PORT": str(public),
            "NGIS_INTERNAL_PORT": str(internal),
        }
        command = [sys.executable, "-m", "services.cli", "up"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        try:
            started = time.perf_counter()
            while not (_routes(public) and _routes(internal)):
                if process.poll() is not None or time.perf_counter() - started > _START_S:
                    raise RuntimeError("`ngis up` did not come up")
                time.sleep(0.2)
            wait_until_idle()  # after a first start tiles are drawn
            yield Served(
                public, internal, EmbeddedCluster(folder / "postgres", database).url("ngis_owner", "ngis_sample")
            )
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def posted(port: int, process: str, inputs: object) -> tuple[int, bytes]:
    """Status and content of one process, run over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        headers = {"Content-Type": "application/json"}
        body = json.dumps({"inputs": inputs})
        connection.request("POST", f"/ogc/processes/{process}/execution", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def await_bundle(address: str) -> None:
    """Until a public face has made its offline bundle, a minute after what was loaded, and is at rest."""
    until = time.perf_counter() + _BUNDLE_S
    while not _is_there(f"{address}/offline/manifest.js"):
        if time.perf_counter() > until:
            raise RuntimeError("No offline bundle was made")
        time.sleep(2)
    wait_until_idle()


def _is_there(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=30):
            return True
    except OSError:
        return False


def _routes(port: int) -> bool:
    west, south, east, north = AREA
    try:
        return posted(port, "route", {"origin": (west, south), "destination": (east, north)})[0] == http.client.OK
    except OSError:
        return False

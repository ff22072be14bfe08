"""How long a person waits: for ``ngis --help`` and for a second start on the sample city."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.benchmarks.machine import ROOT, free_port, open_folder
from tests.benchmarks.measures import Measure


def measure() -> Iterator[Measure]:
    """Import and help (best of five, warm), then a first and a second start in a folder of their own."""
    yield Measure(
        "import of services.cli, `ngis --help`",
        min(_seconds([sys.executable, "-m", "services.cli", "--help"]) for _ in range(5)),
        "s",
        0.5,
    )
    with open_folder() as folder:
        environment = os.environ | {
            "NGIS_VAR": str(folder),
            "NGIS_DATABASE_PORT": str(free_port()),
            "NGIS_PUBLIC_PORT": str(free_port()),
            "NGIS_INTERNAL_PORT": str(free_port()),
        }
        yield Measure("first start, sample city: command to answer", _seconds_to_answer(environment), "s")
        yield Measure("second start: command to answer", _seconds_to_answer(environment), "s", 10)


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _seconds_to_answer(environment: dict[str, str]) -> float:
    """From ``ngis up`` to the first 200 of ``/readyz``; then the interrupt a person sends by Ctrl-C."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "services.cli", "up"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        while not _is_ready(int(environment["NGIS_PUBLIC_PORT"])):
            if process.poll() is not None or time.perf_counter() - started > 600:
                raise RuntimeError("`ngis up` did not come up")
            time.sleep(0.05)
        return time.perf_counter() - started
    finally:
        process.send_signal(2)
        process.wait(60)


def _is_ready(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"GET /readyz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            return b" 200 " in connection.recv(64)
    except OSError:
        return False

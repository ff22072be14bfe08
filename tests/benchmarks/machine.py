"""Folders, ports and processes of this machine, for benchmarks that start servers."""

import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The folder of the checkout."""


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that the database, which may run as another user, can enter; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="ngis-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def free_port() -> int:
    """A TCP port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_idle(limit_s: float = 300.0) -> None:
    """Returns when the processors have been nine tenths idle for three seconds, as after a first start, or after the
    limit; where the system does not tell (only Linux does), after a minute.
    """
    ends = time.perf_counter() + limit_s
    before = _idle_s()
    if before is None:
        time.sleep(min(60.0, limit_s))
    while before is not None and time.perf_counter() < ends:
        time.sleep(3)
        now = _idle_s() or before
        if now - before > 0.9 * 3 * (os.cpu_count() or 1):
            return
        before = now


def _idle_s() -> float | None:
    """Seconds that all processors together have been idle."""
    try:
        fields = Path("/proc/stat").read_text("ascii").split("\n", 1)[0].split()
    except OSError:
        return None
    return (int(fields[4]) + int(fields[5])) / os.sysconf("SC_CLK_TCK")

"""Folders, ports and processes of this machine, for benchmarks that start servers."""

import socket
import tempfile
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

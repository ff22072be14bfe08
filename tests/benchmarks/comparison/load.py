"""Load on a server: ``wrk`` with some connections kept alive, each of them asking again as soon as it was answered."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.measures import Speed

CONNECTIONS = 8
TIMEOUT_S = 30
_SCRIPT = Path(__file__).with_name("load.lua")


class FailedRequestsError(RuntimeError):
    """Requests under load were refused, cut off or not answered in time."""


def load(
    address: str,
    lines: Sequence[str],
    seconds: float,
    headers: Mapping[str, str] | None = None,
    connections: int = CONNECTIONS,
) -> Speed:
    """Sends ``lines`` in turn, over and over, for ``seconds``.

    A line is a path of ``address`` to be asked for, or an object of JSON that is posted to ``address`` itself.

    Raises
    ------
    FailedRequestsError
        If any answer was none, or its status 400 or more.
    """
    options = [each for name, value in (headers or {}).items() for each in ("-H", f"{name}: {value}")]
    wrk = shutil.which("wrk")
    if wrk is None:
        raise RuntimeError("wrk is not installed: `services/bootstrap.sh --dev`, or the package wrk of your system.")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(lines))
        file.flush()
        done = subprocess.run(
            [
                *(wrk, "--threads", "1", "--connections", str(connections), "--duration", f"{seconds:g}s"),
                *("--timeout", f"{TIMEOUT_S}s", "--script", str(_SCRIPT), *options, address, "--", file.name),
            ],
            check=True,
            capture_output=True,
            text=True,
        )
    found = json.loads(done.stdout.strip().splitlines()[-1])
    if found["failed"]:
        raise FailedRequestsError(f"{found['failed']} of {found['requests']} requests failed under load")
    return Speed(found["requests"], found["seconds"], found["p50_ms"], found["p99_ms"])

"""Load on a server: ``wrk`` with eight connections kept alive, each asking again as soon as it was answered."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.measures import Speed

CONNECTIONS = 8
TIMEOUT_S = 30
_SCRIPTS = Path(__file__).parent


class FailedRequestsError(RuntimeError):
    """Requests under load were refused, cut off or not answered in time."""


def load(address: str, paths: Sequence[str], seconds: float, headers: Mapping[str, str] | None = None) -> Speed:
    """Asks for ``paths`` in turn, over and over, for ``seconds``.

    Raises
    ------
    FailedRequestsError
        If any answer was none, or its status 400 or more.
    """
    options = [each for name, value in (headers or {}).items() for each in ("-H", f"{name}: {value}")]
    return _wrk("load.lua", address, paths, seconds, options)


def post(url: str, bodies: Sequence[str], seconds: float) -> Speed:
    """Sends ``bodies``, JSON of one line each, to ``url`` in turn, over and over; errors as of ``load``."""
    return _wrk("post.lua", url, bodies, seconds, [])


def _wrk(script: str, address: str, lines: Sequence[str], seconds: float, options: Sequence[str]) -> Speed:
    wrk = shutil.which("wrk")
    if wrk is None:
        raise RuntimeError("wrk is not installed: `services/bootstrap.sh --dev`, or the package wrk of your system.")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(lines))
        file.flush()
        done = subprocess.run(
            [
                *(wrk, "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds:g}s"),
                *("--timeout", f"{TIMEOUT_S}s", "--script", str(_SCRIPTS / script), *options, address, "--", file.name),
            ],
            check=True,
            capture_output=True,
            text=True,
        )
    found = json.loads(done.stdout.strip().splitlines()[-1])
    if found["failed"]:
        raise FailedRequestsError(f"{found['failed']} of {found['requests']} requests failed under load")
    return Speed(found["requests"], found["seconds"], found["p50_ms"], found["p99_ms"])

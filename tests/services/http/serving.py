"""A real server for clients that no one here wrote: started, waited for, stopped."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from services.settings import ROOT
from tests.conftest import free_port


def environment(city: Any, **more: str) -> dict[str, str]:
    """Settings of a server on the database of a city, on free ports."""
    settings = city.database.settings
    urls = city.database.urls
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NGIS_")}
    return kept | {
        "NGIS_VAR": str(settings.var),
        "NGIS_DATABASE_URL": urls.owner,
        "NGIS_DATABASE_INGEST_URL": urls.ingest,
        "NGIS_DATABASE_INTERNAL_URL": urls.internal,
        "NGIS_DATABASE_PUBLIC_URL": urls.public,
        "NGIS_PUBLIC_PORT": str(free_port()),
        "NGIS_INTERNAL_PORT": str(free_port()),
        "NGIS_JOB_WORKERS": "0",
        "NGIS_OFFLINE_QUIET_S": "3600",  # a test is over before
        "NGIS_SIZES_QUIET_S": "3600",
        **more,
    }


def start(env: dict[str, str], *arguments: str) -> "subprocess.Popen[str]":
    """``ngis serve`` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "services.cli", "serve", *arguments],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def await_ready(process: "subprocess.Popen[str]") -> str:
    """The lines up to the last of the announcement."""
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if "Ctrl-C" in line:
            return seen
    raise AssertionError(seen)


def end(process: "subprocess.Popen[str]", name: signal.Signals = signal.SIGTERM) -> int:
    """Asks the server to stop; its exit code."""
    if process.poll() is None:
        process.send_signal(name)
    try:
        return process.wait(60)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def served(city: Any, *arguments: str, **settings: str) -> Iterator[str]:
    """A server for the time of a ``with`` block; gives the address of the public face, or of the internal one where
    ``--internal`` is asked for."""
    env = environment(city, **settings)
    process = start(env, *(arguments or ("--public", "--workers", "1")))
    try:
        await_ready(process)
        port = "NGIS_INTERNAL_PORT" if "--internal" in arguments else "NGIS_PUBLIC_PORT"
        yield f"http://127.0.0.1:{env[port]}"
    finally:
        end(process)

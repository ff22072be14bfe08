"""Environments of peers: what ``requirements/<name>.txt`` pins, put into ``var/<name>`` when first needed.

A race runs in one of them, in one process with ours, and prints its findings, which are read here.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.machine import ROOT
from tests.benchmarks.measures import Calls, Measure, Race


def python(name: str) -> Path:
    """The interpreter of an environment, of the version that runs this; installed where it is out of date."""
    requirements, environment = ROOT / "requirements" / f"{name}.txt", ROOT / "var" / name
    interpreter = environment / "bin" / "python"
    stamp = environment / ".ngis-stamp"
    wanted = f"{sys.version} {hashlib.sha256(requirements.read_bytes()).hexdigest()}"
    if not (stamp.is_file() and stamp.read_text("utf-8") == wanted):
        uv = shutil.which("uv") or str(ROOT / "var" / "tools" / "bin" / "uv")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, environment], check=True)
        subprocess.run(
            [
                *(uv, "pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes"),
                *("--python", interpreter, requirements),
            ],
            check=True,
        )
        stamp.write_text(wanted, "utf-8")
    return interpreter


def findings(name: str, module: str, *arguments: str) -> Iterator[Measure | Race]:
    """What ``python -m module`` finds in an environment: each a line of JSON, by the name of its class.

    Raises
    ------
    RuntimeError
        If it ends with an error.
    """
    command = [str(python(name)), "-m", module, *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("{"):  # solvers greet on the same stream
                yield _read(line)
    if process.returncode != 0:
        raise RuntimeError(f"{module} failed; see above.")


def _read(line: str) -> Measure | Race:
    ((kind, fields),) = json.loads(line).items()
    if kind == "Measure":
        return Measure(**fields)
    calls = {name: each if isinstance(each, str) else Calls(**each) for name, each in fields.pop("calls").items()}
    return Race(calls=calls, **fields)

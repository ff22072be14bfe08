"""Environments of peers: what ``requirements/<name>.txt`` pins, put into ``var/<name>`` when first needed."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.machine import ROOT


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

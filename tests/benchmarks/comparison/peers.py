"""The environment of the peers: what ``requirements/peers.txt`` pins, put into ``var/peers`` when first needed."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.machine import ROOT

REQUIREMENTS = ROOT / "requirements" / "peers.txt"
ENVIRONMENT = ROOT / "var" / "peers"


def python() -> Path:
    """The interpreter of the peers' environment, of the version that runs this; installed where it is out of date."""
    interpreter = ENVIRONMENT / "bin" / "python"
    stamp = ENVIRONMENT / ".ngis-stamp"
    wanted = f"{sys.version} {hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()}"
    if not (stamp.is_file() and stamp.read_text("utf-8") == wanted):
        uv = shutil.which("uv") or str(ROOT / "var" / "tools" / "bin" / "uv")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, ENVIRONMENT], check=True)
        subprocess.run(
            [
                *(uv, "pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes"),
                *("--python", interpreter, REQUIREMENTS),
            ],
            check=True,
        )
        stamp.write_text(wanted, "utf-8")
    return interpreter

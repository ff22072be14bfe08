"""Where PostgreSQL's programs are, and whether they bring PostGIS.

The first ``pg_ctl`` of the PATH is not trusted: it may be a wrapper, a shim that does not run, or one of several
versions.  Every candidate is asked for its version, and the newest that has PostGIS is taken.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geo.errors import StoreError

MINIMUM_MAJOR = 14
"""Oldest major version of PostgreSQL that the migrations are written for."""

_GLOBS = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Red Hat, from the PostgreSQL project
    "/usr/lib64/pgsql/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/usr/local/pgsql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
INSTALL_FIX = (
    "Run `services/bootstrap.sh` (it installs them on Debian and Ubuntu), or install PostgreSQL and PostGIS with the "
    "packages of your system, or set NGIS_DATABASE_URL to a server of your own."
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installed PostgreSQL: folder of its programs, version, and the PostGIS it can create (None: none)."""

    folder: Path
    version: tuple[int, int]
    postgis: str | None

    @property
    def major(self) -> int:
        return self.version[0]

    def program(self, name: str) -> str:
        return str(self.folder / name)


def find_binaries(major: int | None = None) -> Binaries:
    """The newest PostgreSQL with PostGIS, or the one of this ``major`` version.

    Raises
    ------
    StoreError
        If there is none, or none with PostGIS, or none of the version asked for.
    """
    found = list(installed())
    if not found:
        raise StoreError("PostgreSQL is not installed on this machine.", fix=INSTALL_FIX)
    if major is not None:
        same = [binaries for binaries in found if binaries.major == major]
        if not same:
            here = ", ".join(sorted({str(binaries.major) for binaries in found}))
            raise StoreError(
                f"The database was made by PostgreSQL {major}, and only {here} is installed.",
                fix=f"Install PostgreSQL {major} with its PostGIS, or move the folder of the database away and load "
                "the data again.",
            )
        found = same
    complete = [binaries for binaries in found if binaries.postgis and binaries.major >= MINIMUM_MAJOR]
    if not complete:
        best = found[0]
        raise StoreError(
            f"PostgreSQL {best.major} in {best.folder} has no PostGIS."
            if best.major >= MINIMUM_MAJOR
            else f"PostgreSQL {best.major} is too old; {MINIMUM_MAJOR} or later is needed.",
            fix=INSTALL_FIX,
        )
    return complete[0]


@cache
def installed() -> tuple[Binaries, ...]:
    """Every PostgreSQL server that runs here; those with PostGIS first, then the newest first."""
    found: dict[Path, Binaries] = {}
    for folder in _candidates():
        real = folder.resolve()
        if real not in found and (binaries := _examine(real)) is not None:
            found[real] = binaries
    order = sorted(found.values(), key=lambda each: (each.postgis is not None, each.version), reverse=True)
    return tuple(order)


def _candidates() -> Iterator[Path]:
    for pattern in _GLOBS:
        yield from Path("/").glob(pattern.lstrip("/"))
    for entry in os.get_exec_path():
        program = Path(entry) / "pg_ctl"
        if program.is_file():
            yield program.resolve().parent
    if (pg_config := shutil.which("pg_config")) and (folder := _output(pg_config, "--bindir")):
        yield Path(folder)


def _examine(folder: Path) -> Binaries | None:
    if not all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb", "pg_ctl")):
        return None
    match = re.search(r"\(PostgreSQL\) (\d+)(?:\.(\d+))?", _output(str(folder / "postgres"), "--version") or "")
    if match is None:
        return None
    return Binaries(folder, (int(match[1]), int(match[2] or 0)), _postgis_version(folder, int(match[1])))


def _postgis_version(folder: Path, major: int) -> str | None:
    shares = [folder.parent / "share", Path(f"/usr/share/postgresql/{major}")]
    if share := _output(str(folder / "pg_config"), "--sharedir"):
        shares.insert(0, Path(share))
    for share_folder in shares:
        control = share_folder / "extension" / "postgis.control"
        if control.is_file():
            match = re.search(r"default_version\s*=\s*'([^']+)'", control.read_text("utf-8"))
            return match[1] if match else None
    return None


def _output(program: str, argument: str) -> str | None:
    try:
        done = subprocess.run([program, argument], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()

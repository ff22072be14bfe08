"""As which system user the embedded database runs, and where its folder can lie so that this user reaches it."""

import hashlib
import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geo.errors import StoreError

RELOCATED = Path("/var/lib/nishinomiya-gis")
"""Where root's databases lie whose checkout is in a folder closed to other users."""


@dataclass(frozen=True, slots=True)
class SystemUser:
    """The user that PostgreSQL runs as; ``uid`` None: the user who runs this program."""

    uid: int | None = None
    gid: int | None = None

    def run(self, arguments: Sequence[str], *, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
        """Runs a program as this user, away from the terminal (Ctrl-C is not for it), with a clean environment."""
        # PG* variables of the caller would lead initdb and pg_ctl elsewhere.
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "LANG": "C", "TZ": "UTC", "HOME": "/"}
        try:
            return subprocess.run(
                list(arguments),
                capture_output=True,
                text=True,
                errors="replace",
                stdin=subprocess.DEVNULL,
                cwd="/",
                env=environment,
                timeout=timeout_s,
                start_new_session=True,
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
                umask=0o077,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise StoreError(f"{Path(arguments[0]).name} did not end within {timeout_s:.0f} s.") from None

    def own(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        """Whether this user reaches the folder: every folder above it has to let it through."""
        return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]).returncode == 0


@cache
def server_user() -> SystemUser:
    """The caller, or for root (whom PostgreSQL refuses) ``postgres``, else ``nobody``."""
    if os.geteuid() != 0:
        return SystemUser()
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return SystemUser(entry.pw_uid, entry.pw_gid)
    raise StoreError(
        "PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody`.",
        fix="Run as an ordinary user, or create the user `postgres`.",
    )


def place_for(user: SystemUser, directory: Path) -> None:
    """Makes ``directory`` for this user; behind a folder closed to it, as a link to a folder below ``RELOCATED``.

    Raises
    ------
    StoreError
        If the folder cannot be made, or something else than an empty folder stands in its place.
    """
    try:
        if directory.is_symlink() and not directory.exists():
            directory.unlink()  # what it led to was deleted
        directory.parent.mkdir(parents=True, exist_ok=True)
        if user.can_enter(directory.parent.resolve()):
            directory.mkdir(exist_ok=True)
        elif not directory.is_symlink():
            if directory.exists():
                directory.rmdir()
            target = RELOCATED / hashlib.sha256(os.fsencode(directory.absolute())).hexdigest()[:16]
            target.mkdir(parents=True, exist_ok=True)
            RELOCATED.chmod(0o755)
            directory.symlink_to(target)
        real = directory.resolve()
        real.chmod(0o700)
        user.own(real)
        if not user.can_enter(real):
            raise StoreError(f"The system user of the database cannot enter {real}.", fix="Set NGIS_VAR elsewhere.")
    except OSError as error:
        raise StoreError(
            f"The folder of the embedded database cannot be made: {error.strerror} ({directory}).",
            fix="Set NGIS_VAR to a folder you may write to.",
        ) from None

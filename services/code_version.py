"""Which code runs: so that an analysis names what it was made by."""

import tomllib
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

from services.settings import ROOT

_PACKAGES = ("geo", "layers", "services")


@dataclass(frozen=True, slots=True)
class CodeVersion:
    """Name and version of the project; ``commit`` of git where this is a checkout; ``digest`` of all its sources.

    The digest holds, whatever git says: a source that was changed and not committed is in it.
    """

    name: str
    version: str
    commit: str | None
    digest: str


@cache
def code_version() -> CodeVersion:
    """Of this installation, as it was when this was first asked."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    made = blake2b(digest_size=16)
    for package in _PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            made.update(f"{path.relative_to(ROOT).as_posix()}\0".encode() + path.read_bytes())
    return CodeVersion(str(project["name"]), str(project["version"]), _commit(ROOT / ".git"), made.hexdigest())


def _commit(git: Path) -> str | None:
    """The commit that is checked out, read without git; None where there is no repository."""
    try:
        if git.is_file():  # of a further working tree
            git = ROOT / git.read_text("utf-8").removeprefix("gitdir:").strip()
        common = git / "commondir"
        shared = (git / common.read_text("utf-8").strip()) if common.is_file() else git
        head = (git / "HEAD").read_text("utf-8").strip()
        if not head.startswith("ref:"):
            return head
        name = head.removeprefix("ref:").strip()
        loose = shared / name
        if loose.is_file():
            return loose.read_text("utf-8").strip()
        packed = (shared / "packed-refs").read_text("utf-8").splitlines()
    except OSError:
        return None
    return next((line.split()[0] for line in packed if line.endswith(f" {name}")), None)

"""Which program this is: answers of another version are other answers."""

from functools import cache
from hashlib import blake2b

from services.settings import ROOT

_FOLDERS = ("geo", "layers", "services/database", "services/tiles", "services/ogc")
_KINDS = frozenset({".py", ".html", ".css", ".json", ".sql"})


@cache
def program_digest() -> str:
    """A digest of all that decides what an answer looks like: the sources, templates and texts, and the city's file."""
    digest = blake2b(digest_size=6)
    for folder in _FOLDERS:
        for file in sorted(path for path in (ROOT / folder).rglob("*") if path.suffix in _KINDS):
            digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()

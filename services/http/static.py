"""The pages' own files and the installed MapLibre, under an address that changes with their content."""

from functools import cache
from hashlib import blake2b
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from web_map.pages import MAPLIBRE_FOLDER, STATIC_FOLDER

_FOR_GOOD = "public, max-age=31536000, immutable"


class VersionedFiles(StaticFiles):
    """Files that never change under their address."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _FOR_GOOD
        if path.endswith(".mjs"):
            response.headers["Content-Type"] = "text/javascript; charset=utf-8"
        return response


@cache
def static_version() -> str:
    """A digest of the pages' files and of MapLibre's package: the part of the address that changes with them."""
    digest = blake2b(digest_size=6)
    for file in sorted(path for path in STATIC_FOLDER.rglob("*") if path.is_file()):
        digest.update(file.name.encode() + file.read_bytes())
    package = MAPLIBRE_FOLDER.parent / "package.json"
    digest.update(package.read_bytes() if package.is_file() else b"")
    return digest.hexdigest()


def file_app(folder: Path) -> VersionedFiles:
    """The files of a folder; a folder that is not there answers 404 for each."""
    return VersionedFiles(directory=folder, check_dir=False)

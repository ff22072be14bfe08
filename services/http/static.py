"""The pages' own files and the installed MapLibre, under an address that changes with their content."""

from asyncio import to_thread
from functools import cache
from hashlib import blake2b
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from services.http import coding
from web_map.pages import MAPLIBRE_FOLDER, STATIC_FOLDER

_FOR_GOOD = "public, max-age=31536000, immutable"


class VersionedFiles(StaticFiles):
    """Files that never change under their address, so that each is compressed once."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)
        self._coded: dict[tuple[str, str], bytes] = {}

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _FOR_GOOD
        if path.endswith(".mjs"):
            response.headers["Content-Type"] = "text/javascript; charset=utf-8"
        headers = Request(scope).headers
        if not isinstance(response, FileResponse) or response.status_code != 200 or "range" in headers:
            return response
        kind = response.headers["content-type"]
        how = coding.choose(headers.get("accept-encoding", "")) if coding.is_compressible(kind) else "identity"
        if how == "identity":
            return response
        key = str(response.path), how
        if key not in self._coded:
            self._coded[key] = await to_thread(_read_in, Path(response.path), how)
        every = {"Cache-Control": _FOR_GOOD, "Content-Encoding": how, "Vary": "Accept-Encoding"}
        every |= {
            name: response.headers[name] for name in ("content-type", "last-modified") if name in response.headers
        }
        return Response(self._coded[key], headers=every)


def _read_in(file: Path, how: str) -> bytes:
    return coding.encode(file.read_bytes(), how)


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
    return VersionedFiles(folder)

"""The offline bundle as it was exported, and the service worker that gives it back without a network.

Only the public face has them: what the staff see is never kept by a browser.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from services.http import coding
from services.http.service import Service
from services.http.static import static_version
from services.offline.export import folder_of
from services.ogc.face import Face
from web_map.pages import STATIC_FOLDER
from web_map.ruby import without_ruby
from web_map.texts import languages, texts

WORKER = "/service-worker.js"
_MANIFEST = "manifest.js"
_FOR_GOOD = "public, max-age=31536000, immutable"
_LOOK_S = 1.0
_MOST_CODED = 64
"""So many files are kept compressed; a bundle has some twenty-five."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What there is to keep: where, and how large it is, in megabytes."""

    worker: str
    address: str
    size_mb: str


class OfflineFiles(StaticFiles):
    """Files of a bundle: parts for good, for their names follow from their bytes; the others are asked for anew."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True, check_dir=False)
        self.config_checked = True  # where nothing was exported there is no folder, which is no fault
        self._folder = folder
        self._coded: dict[tuple[str, int, str], bytes] = {}
        self._size: tuple[int, str] | None = None
        self._offered: Offered | None = None
        self._look_at = 0.0

    async def get_response(self, path: str, scope: Scope) -> Response:
        if Path(path).name.startswith("."):  # the mark of the folder
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _FOR_GOOD if path.startswith("parts") else "no-cache"
        how = coding.choose(Request(scope).headers.get("accept-encoding", ""))
        if response.status_code != 200 or how == "identity" or scope["method"] != "GET":
            return response
        return self._in_coding(path, how, response)

    def offered(self) -> Offered | None:
        """What is in the folder, as seen within the last second; None where nothing was exported."""
        now = monotonic()
        if now >= self._look_at:
            self._look_at = now + _LOOK_S
            self._offered = self._look()
        return self._offered

    def _look(self) -> Offered | None:
        try:
            at = (self._folder / _MANIFEST).stat().st_mtime_ns
            if self._size is None or self._size[0] != at:
                every = (each.stat().st_size for each in self._folder.rglob("*") if each.is_file())
                self._size = at, f"{max(sum(every) / 1e6, 0.1):.1f}"
        except OSError:
            return None
        return Offered(WORKER, "/offline/", self._size[1])

    def _in_coding(self, path: str, how: str, plain: Response) -> Response:
        file = self._folder / ("index.html" if path == "." else path)
        try:
            key = path, file.stat().st_mtime_ns, how
            if key not in self._coded:
                if len(self._coded) >= _MOST_CODED:
                    self._coded.clear()
                self._coded[key] = coding.encode(file.read_bytes(), how)
        except OSError:
            return plain
        headers = {
            name: plain.headers[name] for name in ("cache-control", "last-modified", "etag") if name in plain.headers
        }
        headers |= {"Content-Encoding": how, "Vary": "Accept-Encoding"}
        if "etag" in headers:
            headers["etag"] = f'{headers["etag"][:-1]}-{how}"'
        return Response(self._coded[key], headers=headers, media_type=plain.media_type)


def files_of(service: Service) -> OfflineFiles | None:
    """The bundle of a face; None where it has none."""
    return OfflineFiles(folder_of(service.settings)) if service.face is Face.PUBLIC else None


def routes(files: OfflineFiles | None) -> list[BaseRoute]:
    """The service worker and the bundle's files."""
    if files is None:
        return []
    return [
        Route(WORKER, _worker),
        Route("/offline", lambda _request: RedirectResponse("/offline/")),
        Mount("/offline", files),
    ]


async def _worker(_request: Request) -> Response:
    """The script, behind what it has to know: it has no page to ask."""
    known = {
        "static": f"/static/{static_version()}",
        "unsaved": {each: without_ruby(texts(each)["offline.missing"]) for each in languages()},
    }
    script = (STATIC_FOLDER / "service_worker.mjs").read_text("utf-8")
    content = f"self.NGIS = {json.dumps(known, ensure_ascii=False)};\n{script}"
    return Response(content, headers={"Cache-Control": "no-cache"}, media_type="text/javascript")

"""The servers compared, one worker process each: how each is started, and how it wants to be asked."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from services.database.connect import RoleUrls
from services.settings import read_city
from tests.benchmarks import environments
from tests.benchmarks.comparison.data import BUILDINGS, PEERS, POINTS
from tests.benchmarks.machine import ROOT, free_port

START_TIMEOUT_S = 60
TILE_PROPERTIES = ("id", "usage", "name", "fictitious")
"""What our tiles of the buildings carry; asked of TiPg, which else sends every property."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and its way of being asked.  ``ready_s`` passed from its start to its first answer."""

    name: str
    address: str
    process: "subprocess.Popen[bytes]"
    ready_s: float

    def items(self, layer_id: str, query: Mapping[str, str]) -> str:
        """Path of a page of features; GeoJSON unless the query says ``f``."""
        form = {"f": "geojson" if self.name == "tipg" else "json"}
        return f"{self._collection(layer_id)}/items?{urlencode({**form, **query})}"

    def item(self, layer_id: str, feature_id: str) -> str:
        """Path of one feature as GeoJSON."""
        form = "geojson" if self.name == "tipg" else "json"
        return f"{self._collection(layer_id)}/items/{feature_id}?f={form}"

    def tile(self, layer_id: str, zoom: int, column: int, row: int) -> str:
        """Path of a vector tile in WebMercatorQuad."""
        scheme = f"{self._collection(layer_id)}/tiles/WebMercatorQuad/{zoom}"
        if self.name == "tipg":
            return f"{scheme}/{column}/{row}?properties={','.join(TILE_PROPERTIES)}"
        return f"{scheme}/{row}/{column}?f=mvt"

    def conformance(self) -> str:
        """Path of the page that needs no data."""
        return "/ogc/conformance?f=json" if self.name == "ours" else "/conformance?f=json"

    def get(
        self, path: str, headers: Mapping[str, str] | None = None, timeout_s: float = 60
    ) -> tuple[Mapping[str, str], bytes]:
        """Headers and content of an answer; ``urllib.error.HTTPError`` for 300 and more, ``TimeoutError``."""
        with urlopen(Request(self.address + path, headers=dict(headers or {})), timeout=timeout_s) as answer:
            return answer.headers, answer.read()

    def worker(self) -> int:
        """Of our server the process that answers, by what it says of itself; others beside it may be larger."""
        said = re.search(r'worker="(\d+)"', self.get("/metrics")[1].decode())
        assert said is not None
        return int(said[1])

    def memory_mib(self) -> float:
        """Resident memory of the worker."""
        return _resident_pages(self.worker()) * os.sysconf("SC_PAGE_SIZE") / 2**20

    def _collection(self, layer_id: str) -> str:
        if self.name == "tipg":
            return f"/collections/{PEERS}.{layer_id.replace('-', '_')}"
        return f"{'/ogc' if self.name == 'ours' else ''}/collections/{layer_id}"


def _resident_pages(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1])


@contextmanager
def ours(urls: RoleUrls, folder: Path, *, cache: bool) -> Iterator[Server]:
    """Our public face; without ``cache`` every request is answered anew."""
    port = free_port()
    settings = {
        "NGIS_VAR": str(folder / "ngis"),
        "NGIS_DATABASE_URL": urls.owner,
        "NGIS_DATABASE_INGEST_URL": urls.ingest,
        "NGIS_DATABASE_INTERNAL_URL": urls.internal,
        "NGIS_DATABASE_PUBLIC_URL": urls.public,
        "NGIS_PUBLIC_PORT": str(port),
        **({} if cache else {"NGIS_CACHE_BYTES": "0"}),
    }
    command = [sys.executable, "-m", "tests.benchmarks.comparison.ours", "serve", "--public", "--workers", "1"]
    with _started("ours", command, settings, port, "/readyz", folder) as server:
        yield server


@contextmanager
def stock(urls: RoleUrls, folder: Path) -> Iterator[Server]:
    """pygeoapi as it comes: Starlette under uvicorn, its own PostgreSQL and MVT providers."""
    port = free_port()
    python = environments.python("peers")
    configuration, document = folder / "pygeoapi.json", folder / "openapi.yml"
    configuration.write_text(json.dumps(_pygeoapi_configuration(urls.owner, port), ensure_ascii=False), "utf-8")
    settings = {"PYGEOAPI_CONFIG": str(configuration), "PYGEOAPI_OPENAPI": str(document)}
    program = str(python.with_name("pygeoapi"))
    generate = [program, "openapi", "generate", str(configuration), "--output-file", str(document)]
    subprocess.run(generate, check=True, capture_output=True, env=_environment(settings))
    command = [str(python), *_uvicorn("pygeoapi.starlette_app:APP", port)]
    with _started("stock", command, settings, port, "/conformance", folder) as server:
        yield server


@contextmanager
def tipg(urls: RoleUrls, folder: Path) -> Iterator[Server]:
    """TiPg as it comes, with our tiles' buffer."""
    port = free_port()
    settings = {"DATABASE_URL": urls.owner, "TIPG_DB_SCHEMAS": f'["{PEERS}"]', "TIPG_TILE_BUFFER": "64"}
    command = [str(environments.python("peers")), *_uvicorn("tipg.main:app", port)]
    with _started("tipg", command, settings, port, "/conformance", folder) as server:
        yield server


def _uvicorn(application: str, port: int) -> list[str]:
    return ["-m", "uvicorn", application, "--port", str(port), "--no-access-log", "--log-level", "error"]


@contextmanager
def _started(
    name: str, command: list[str], settings: Mapping[str, str], port: int, page: str, folder: Path
) -> Iterator[Server]:
    started = time.perf_counter()
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=_environment(settings), stdout=log, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        while not _answers(address + page):
            if process.poll() is not None or time.perf_counter() - started > START_TIMEOUT_S:
                raise RuntimeError(f"{name} did not start: {(folder / f'{name}.log').read_text()[-2000:]}")
            time.sleep(0.02)
        yield Server(name, address, process, time.perf_counter() - started)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without settings of ``ngis``, which are a person's own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("NGIS_")} | dict(settings)


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _pygeoapi_configuration(url: str, port: int) -> dict[str, object]:
    database = urlsplit(url)
    city = read_city(ROOT / "city.toml")
    text = {"en": "Benchmark"}

    def collection(layer_id: str, time_field: str) -> dict[str, object]:
        table = {
            "data": {
                "host": database.hostname,
                "port": database.port,
                "dbname": database.path[1:],
                "user": database.username,
                "password": database.password,
                "search_path": [PEERS],
            },
            "id_field": "id",
            "table": layer_id.replace("-", "_"),
            "geom_field": "geometry",
            "time_field": time_field,
        }
        tile = {
            "options": {"zoom": {"min": 0, "max": 18}},
            "format": {"name": "mvt", "mimetype": "application/vnd.mapbox-vector-tile"},
        }
        return {
            "type": "collection",
            "title": text,
            "description": text,
            "keywords": {"en": ["benchmark"]},
            "links": [],
            "extents": {
                "spatial": {"bbox": list(city.bbox), "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"},
            },
            "providers": [
                {"type": "feature", "name": "PostgreSQL", **table},
                {"type": "tile", "name": "MVT-postgresql", **table, **tile},
            ],
        }

    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": f"http://127.0.0.1:{port}",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": 10, "max_items": 10_000},
            "map": {"url": "https://tile.openstreetmap.org/{z}/{x}/{y}.png", "attribution": "OpenStreetMap"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": text,
                "description": text,
                "keywords": {"en": ["benchmark"]},
                "terms_of_service": "https://example.org/",
                "url": "https://example.org/",
            },
            "license": {"name": "none", "url": "https://example.org/"},
            "provider": {"name": "none", "url": "https://example.org/"},
            "contact": {"name": "none"},
        },
        "resources": {
            POINTS: collection(POINTS, "observed_at"),
            BUILDINGS: collection(BUILDINGS, "surveyed_at"),
        },
    }

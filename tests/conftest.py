"""What tests stand on: a private PostgreSQL, a fresh database each, the real files, the sample city, and no network."""

import fcntl
import itertools
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from services.database.access import restrict_database
from services.database.cluster import EmbeddedCluster
from services.database.connect import RoleUrls, connect
from services.database.migrate import migrate
from services.settings import ROOT, Settings

REAL_DATA = ROOT.parent / "shared" / "data"
TEMPLATE = "ngis_template"

_numbers = itertools.count(1)


# --- no network ------------------------------------------------------------------------------------------------

_LOOPBACK = {"127.0.0.1", "::1", "localhost", "0.0.0.0", "::", ""}  # noqa: S104 - compared, not listened on
_real_connect = socket.socket.connect
_real_connect_ex = socket.socket.connect_ex
_real_getaddrinfo = socket.getaddrinfo


def _refuse_outside(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name is not None and str(name) not in _LOOPBACK and not str(name).startswith("127."):
        raise RuntimeError(f"A test reaches for the network: {name!r}.")


def _connect(self: socket.socket, address: Any) -> None:
    if isinstance(address, tuple):
        _refuse_outside(address[0])
    _real_connect(self, address)


def _connect_ex(self: socket.socket, address: Any) -> int:
    if isinstance(address, tuple):
        _refuse_outside(address[0])
    return _real_connect_ex(self, address)


def _getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
    _refuse_outside(host)
    return _real_getaddrinfo(host, *arguments, **options)


def pytest_configure() -> None:
    socket.socket.connect = _connect  # type: ignore[method-assign, assignment]
    socket.socket.connect_ex = _connect_ex  # type: ignore[method-assign, assignment]
    socket.getaddrinfo = _getaddrinfo
    # Settings of the person who runs the tests are not for them.
    for name in [name for name in os.environ if name.startswith("NGIS_")]:
        del os.environ[name]


def free_port() -> int:
    """A TCP port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# --- database --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DatabaseUnderTest:
    """A migrated, empty database: the URL of each role, and settings that lead to it."""

    name: str
    urls: RoleUrls
    settings: Settings


@pytest.fixture(scope="session")
def cluster() -> Iterator[EmbeddedCluster]:
    """A private PostgreSQL of this worker process, without safety against power loss, gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="ngis-test-"))
    made = EmbeddedCluster(directory, free_port(), durable=False)
    try:
        made.ensure()
        yield made
    finally:
        made.remove()


@pytest.fixture(scope="session")
def template(cluster: EmbeddedCluster) -> str:
    """Name of a migrated database that others are copied from."""
    cluster.create_database(TEMPLATE)
    migrate(cluster.url("ngis_owner", TEMPLATE))
    return TEMPLATE


@pytest.fixture
def database(cluster: EmbeddedCluster, template: str, tmp_path: Path) -> Iterator[DatabaseUnderTest]:
    """A migrated, empty database of this test alone."""
    yield from _database(cluster, template, tmp_path)


@pytest.fixture
def empty_database(cluster: EmbeddedCluster, tmp_path: Path) -> Iterator[DatabaseUnderTest]:
    """A database with PostGIS and the roles that was never migrated."""
    yield from _database(cluster, None, tmp_path)


def _database(cluster: EmbeddedCluster, template: str | None, var: Path) -> Iterator[DatabaseUnderTest]:
    name = f"ngis_test_{next(_numbers)}"
    cluster.create_database(name, template=template)
    urls = RoleUrls(
        owner=cluster.url("ngis_owner", name),
        ingest=cluster.url("ngis_ingest", name),
        internal=cluster.url("ngis_internal", name),
        public=cluster.url("ngis_public", name),
    )
    try:
        if template is not None:
            with connect(urls.owner, autocommit=True) as connection:
                restrict_database(connection)  # a copy does not carry the rights on the database itself
        yield DatabaseUnderTest(name, urls, settings_for(urls, var))
    finally:
        cluster.drop_database(name)


def settings_for(urls: RoleUrls, var: Path) -> Settings:
    """Settings of a system on a database under test; its other files go below ``var``."""
    return Settings(
        _env_file=None,
        var=var,
        database_url=SecretStr(urls.owner),
        database_ingest_url=SecretStr(urls.ingest),
        database_internal_url=SecretStr(urls.internal),
        database_public_url=SecretStr(urls.public),
        public_port=free_port(),
        internal_port=free_port(),
    )


# --- data ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the real files; tests that use it carry the marker ``real_data``."""
    if not (REAL_DATA / "SOURCES.md").is_file():
        pytest.skip("the real files (../shared/data) are not on this machine")
    return REAL_DATA


@pytest.fixture(scope="session")
def sample_city(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of a generated sample city, made once for all worker processes of a run; not to be changed."""
    from services.ingest.sample import generate

    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    folder = shared / "sample-city"
    with (shared / "sample-city.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = shared / "sample-city.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            generate(unfinished)
            unfinished.rename(folder)
    return folder


@pytest.fixture(scope="session")
def loaded_city(
    cluster: EmbeddedCluster, template: str, sample_city: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DatabaseUnderTest]:
    """A database with the sample city loaded and published; shared by a worker's tests, so only to be read."""
    from layers.catalogue import catalogue
    from services.database.publish import publish
    from services.ingest.batch import ingest_paths

    for database in _database(cluster, template, tmp_path_factory.mktemp("loaded-city")):
        outcomes = ingest_paths(database.urls.ingest, [sample_city], database.settings)
        failed = {outcome.path.name: str(outcome.error) for outcome in outcomes if outcome.failed}
        assert not failed, f"files of the sample city do not load: {failed}"
        with connect(database.urls.owner, autocommit=True) as connection:
            for layer in catalogue().values():
                if layer.is_reviewed:
                    publish(connection, layer.id, "test")
        yield database


_LONG = {
    f"tests/{name}.py"
    for name in (
        "services/http/test_schemathesis",
        "test_recipes",
        "services/ogc/formats/test_streams",
        "services/ingest/test_bad_input",
        "services/ogc/jobs/test_worker",
        "services/http/test_storm",
        "services/http/test_executions",
        "services/ogc/processes/test_evacuation",
        "services/ogc/test_guide",
        "services/ingest/test_real_data",
        "services/http/test_server",
        "services/ogc/records/test_dcat",
        "services/ingest/sample/test_city",
        "services/http/test_suites",
    )
}
"""Those that take a minute or more begin first: at the end one would run on alone."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "real_data" in getattr(item, "fixturenames", ()):
            item.add_marker("real_data")
    items.sort(key=lambda item: item.nodeid.partition("::")[0] not in _LONG)

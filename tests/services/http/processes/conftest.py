"""The town of squares, served on both faces, with workers."""

import threading
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from services.database.cluster import EmbeddedCluster
from services.ogc.face import Face
from services.ogc.jobs.worker import Pace, Worker
from tests.conftest import DatabaseUnderTest, _database
from tests.services.http.processes.asking import client_of
from tests.services.ogc.processes.stored import found_town


@pytest.fixture(scope="module")
def town(
    cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DatabaseUnderTest]:
    """The town of squares, published but for its tsunami areas."""
    for database in _database(cluster, template, tmp_path_factory.mktemp("var")):
        found_town(database, without="hazard-tsunami")
        yield database


@pytest.fixture(scope="module")
def public(town: DatabaseUnderTest) -> Iterator[TestClient]:
    with client_of(town) as client:
        yield client


@pytest.fixture(scope="module")
def internal(town: DatabaseUnderTest) -> Iterator[TestClient]:
    with client_of(town, Face.INTERNAL) as client:
        yield client


@pytest.fixture(scope="module")
def workers(town: DatabaseUnderTest) -> Iterator[None]:
    """A worker for each face."""
    stopping = threading.Event()
    every = [Worker(town.settings, face, pace=Pace(beat_s=0.1, idle_s=0.5)) for face in Face]
    threads = [threading.Thread(target=worker.run, args=(stopping,)) for worker in every]
    for thread in threads:
        thread.start()
    yield
    stopping.set()
    for thread in threads:
        thread.join(30)

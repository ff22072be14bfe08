"""The rain of the sample city alone: six gauges, a week of hours with some missing, and qualities of a few."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from services.database.cluster import EmbeddedCluster
from services.database.connect import connect
from services.database.publish import publish
from services.http.app import Face, create_app
from services.ingest.batch import ingest_paths
from services.ingest.sample import storm
from tests.conftest import DatabaseUnderTest, _database

GAUGES = "/ogc/collections/rain-gauges"
LAYERS = ("rain-gauges", "rain-observations")


def write_rain(folder: Path) -> Path:
    """The files of the gauges and of their hours, and a gauge of temperature alone."""
    folder.mkdir()
    stations = [*storm.station_rows(), ["99907", "C", "10000000", 34.75, 135.34, 3, "気温だけ", "キオン", "T", "架空"]]
    _write(folder / "stations.csv", storm.STATION_HEADER, stations)
    _write(folder / "hours.csv", storm.HOURLY_HEADER, storm.hourly_rows(np.random.default_rng(18)))
    return folder


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def fill(database: DatabaseUnderTest, folder: Path, layers: Sequence[str] = LAYERS) -> None:
    outcomes = ingest_paths(database.urls.ingest, [folder / "stations.csv", folder / "hours.csv"], database.settings)
    assert not [outcome.error for outcome in outcomes if outcome.failed]
    with connect(database.urls.owner, autocommit=True) as connection:
        connection.execute("UPDATE core.rain_observations SET quality = 4 WHERE id LIKE '99901-%12:00%'")
        connection.execute(
            "UPDATE core.rain_observations SET quality = 0 WHERE quality IS NULL AND station_id = '99901'"
        )
        for layer in layers:
            publish(connection, layer, "試験")


@pytest.fixture(scope="session")
def rain_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rain(tmp_path_factory.mktemp("rain") / "files")


@pytest.fixture(scope="module")
def rain_city(
    cluster: EmbeddedCluster, template: str, rain_files: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DatabaseUnderTest]:
    """A published city of rain, only to be read."""
    for database in _database(cluster, template, tmp_path_factory.mktemp("var")):
        fill(database, rain_files)
        yield database


def client_of(database: DatabaseUnderTest, face: Face = Face.PUBLIC) -> TestClient:
    """A client of one face, to be used in a ``with`` block."""
    address = "http://127.0.0.1:8000" if face is Face.PUBLIC else "http://127.0.0.1:8001"
    return TestClient(create_app(database.settings, face), base_url=address, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def rain(rain_city: DatabaseUnderTest) -> Iterator[TestClient]:
    """A client of the public face of the city of rain."""
    with client_of(rain_city) as client:
        yield client

"""The catalogue of a city with layers of several kinds: sites, shelters of two licences, a grid, gauges, their rain."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from services.database.cluster import EmbeddedCluster
from services.database.connect import connect
from services.database.publish import publish
from tests.conftest import DatabaseUnderTest, _database
from tests.services.http.conftest import SmallCity, add_elevation, client_of, fill
from tests.services.ogc.edr import conftest as rain


@pytest.fixture(scope="module")
def city(cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallCity]:
    """Published and only to be read."""
    for database in _database(cluster, template, tmp_path_factory.mktemp("var")):
        small = add_elevation(fill(database))
        rain.fill(database, rain.write_rain(Path(tmp_path_factory.mktemp("rain")) / "files"))
        with connect(database.urls.owner, autocommit=True) as connection:
            connection.execute(
                "INSERT INTO ngis.dataset (layer_id, id, format_id, load_id, source_id, title, url, licence, as_of, "
                "fictitious, row_count) SELECT 'shelters', 'other', 'x', id, 'gsi-28204', '国の<一覧>', "
                "'https://example.jp/list?a=1&b=2', 'GSI', '2020-01-01', false, 0 FROM ngis.load LIMIT 1"
            )
            publish(connection, "shelters", "試験")
        yield small


@pytest.fixture(scope="module")
def client(city: SmallCity) -> Iterator[TestClient]:
    """A client of the public face."""
    with client_of(city) as found:
        yield found


@pytest.fixture
def own_records(database: DatabaseUnderTest) -> SmallCity:
    """A small city of one test alone, which may change it."""
    return fill(database)

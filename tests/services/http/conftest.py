"""A small city in the database: a published layer, one that was not, an internal row, and an elevation grid."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
import psycopg
import pytest
import rasterio
from httpx import Response
from rasterio.transform import from_bounds
from starlette.testclient import TestClient

from geo.errors import StoreError
from layers.model import Role
from services.database import accounts
from services.database.cluster import EmbeddedCluster
from services.database.connect import connect
from services.database.publish import publish
from services.http.app import Face, create_app
from tests.conftest import DatabaseUnderTest, _database
from tests.waiting import until

SITES = (
    # id, name, remarks, for_flood, longitude, latitude
    ("s1", "香櫨園<浜>公園", 'a < b & "c" \\ 改行\nなし', True, 135.33, 34.72),
    ("s2", "甲山森林公園", None, False, 135.32, 34.78),
    ("s3", "名塩小学校", "北部", None, 135.30, 34.83),
    ("s4", "位置不明の施設", None, True, None, None),
)


@dataclass(frozen=True)
class SmallCity:
    """The database, and a way to write to it as its owner."""

    database: DatabaseUnderTest

    def execute(self, statement: str, values: Any = None) -> None:
        with connect(self.database.urls.owner, autocommit=True) as connection:
            connection.execute(statement.encode(), values)

    def publish(self, layer_id: str) -> None:
        with connect(self.database.urls.owner, autocommit=True) as connection:
            publish(connection, layer_id, "試験")


def _dataset(connection: psycopg.Connection[Any], layer_id: str, rows: int, *, fictitious: bool) -> None:
    load = connection.execute(
        "INSERT INTO ngis.load (file_name, layer_id, status, loaded_by, started_at, rows_loaded) "
        "VALUES ('test.csv', %s, 'loaded', 'test', now(), %s) RETURNING id",
        (layer_id, rows),
    ).fetchone()
    assert load is not None
    connection.execute(
        "INSERT INTO ngis.dataset (layer_id, id, format_id, load_id, licence, attribution, as_of, fictitious, "
        "row_count) "
        "VALUES (%s, 'test', 'test-format', %s, 'CC-BY-4.0', '試験市', '2024-03-31', %s, %s)",
        (layer_id, load[0], fictitious, rows),
    )


def fill(database: DatabaseUnderTest) -> SmallCity:
    with connect(database.urls.owner) as connection:
        for number, (key, name, remarks, flood, lon, lat) in enumerate(SITES):
            connection.execute(
                "INSERT INTO core.emergency_sites (id, name, remarks, for_flood, elevation_m, neighbourhoods, "
                "geometry, source_id, dataset, as_of, fictitious, position_quality, position_error_m, load_id, "
                "raw_number) VALUES (%s, %s, %s, %s, %s, %s, CASE WHEN %s::float8 IS NULL THEN NULL ELSE "
                "ST_SetSRID(ST_MakePoint(%s, %s), 6668) END, 'test-format', 'test', "
                "'2024-03-31', true, %s, 1.5, 1, %s)",
                (
                    key,
                    name,
                    remarks,
                    flood,
                    number * 1.5,
                    ["浜町", "川添町"] if number == 0 else None,
                    lon,
                    lon,
                    lat,
                    "as-published" if lon else "none",
                    number + 1,
                ),
            )
        connection.execute(
            "INSERT INTO core.shelters (id, name, geometry, source_id, dataset, fictitious, position_quality, load_id, "
            "raw_number) VALUES ('secret-1', '未公開の避難所', "
            "ST_SetSRID(ST_MakePoint(135.34, 34.74), 6668), 'x', 'test', "
            "false, 'as-published', 1, 1)"
        )
        _dataset(connection, "emergency-sites", len(SITES), fictitious=True)
        _dataset(connection, "shelters", 1, fictitious=False)
    city = SmallCity(database)
    city.publish("emergency-sites")
    return city


@pytest.fixture(scope="module")
def small_city(
    cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SmallCity]:
    """The small city of a module, which only reads it."""
    for database in _database(cluster, template, tmp_path_factory.mktemp("var")):
        yield fill(database)


@pytest.fixture
def own_city(database: DatabaseUnderTest) -> SmallCity:
    """A small city of one test alone, which may change it."""
    return fill(database)


def add_elevation(small_city: SmallCity) -> SmallCity:
    """The small city with a published grid of 40 x 30 cells around Kabuto-yama; one corner has no data."""
    values = np.add.outer(np.linspace(300, 0, 30), np.linspace(0, 40, 40)).astype(np.float32)
    values[:3, :3] = -9999
    key = sha256(values.tobytes()).hexdigest()
    folder = small_city.database.settings.var / "rasters"
    folder.mkdir(parents=True, exist_ok=True)
    bounds = (135.30, 34.75, 135.34, 34.78)
    profile = {
        "driver": "GTiff",
        "width": 40,
        "height": 30,
        "count": 1,
        "dtype": "float32",
        "crs": "EPSG:6668",
        "transform": from_bounds(*bounds, 40, 30),
        "nodata": -9999.0,
    }
    with rasterio.open(folder / f"{key}.tif", "w", **profile) as file:
        file.write(values, 1)
    with connect(small_city.database.urls.owner) as connection:
        connection.execute(
            "INSERT INTO core.elevation (id, file_sha256, crs_epsg, width, height, geometry, source_id, dataset, "
            "fictitious, position_quality, load_id, raw_number) VALUES ('e1', %s, 6668, 40, 30, "
            "ST_Multi(ST_MakeEnvelope(%s, %s, %s, %s, 6668)), 'x', 'test', true, 'as-published', 1, 1)",
            (key, *bounds),
        )
        _dataset(connection, "elevation", 1, fictitious=True)
    small_city.publish("elevation")
    return small_city


@pytest.fixture(scope="module")
def elevation(cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallCity]:
    """A small city with a published grid."""
    for database in _database(cluster, template, tmp_path_factory.mktemp("var")):
        yield add_elevation(fill(database))


def client_of(city: SmallCity, face: Face = Face.PUBLIC) -> TestClient:
    """A client of one face of a city, to be used in a ``with`` block."""
    address = "http://127.0.0.1:8000" if face is Face.PUBLIC else "http://127.0.0.1:8001"
    app = create_app(city.database.settings, face)
    return TestClient(app, base_url=address, client=("127.0.0.1", 50_000), raise_server_exceptions=False)


def look_again(app: Any) -> None:
    """An app looks at the state of the data anew, as it would within a second; where the database is away it sees that.

    A look that is under way does not count: what it sees may be older.
    """
    watch = app.state.service.watch
    watch.expire()
    with suppress(StoreError):
        until(lambda: watch.current() and not watch.is_due)


@pytest.fixture(scope="module")
def public(small_city: SmallCity) -> Iterator[TestClient]:
    """A client of the public face of the module's city."""
    with client_of(small_city) as client:
        yield client


@pytest.fixture(scope="module")
def internal(small_city: SmallCity) -> Iterator[TestClient]:
    """A client of the internal face of the module's city."""
    with client_of(small_city, Face.INTERNAL) as client:
        yield client


@dataclass(frozen=True)
class Desk:
    """A client of the internal face of a test's own city, with the account of an editor."""

    city: SmallCity
    client: TestClient
    auth: tuple[str, str]

    def send(
        self, method: str, path: str, content: Any = None, *, auth: tuple[str, str] | None = None, **headers: str
    ) -> Response:
        """A request as the editor (or as ``auth``); ``content`` becomes JSON unless it is bytes.

        The media type is the usual one of the method; headers have ``_`` for ``-``.
        """
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if content is not None:
            given.setdefault("content-type", MEDIA_TYPES[method])
            content = content if isinstance(content, bytes) else json.dumps(content).encode()
        address = path if path.startswith("/") else f"/ogc/collections/{path}"
        answer: Response = self.client.request(method, address, content=content, headers=given, auth=auth or self.auth)
        return answer

    def read(self, path: str) -> Any:
        answer = self.client.get(path if path.startswith("/") else f"/ogc/collections/{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()


MEDIA_TYPES = {
    "POST": "application/geo+json",
    "PUT": "application/geo+json",
    "PATCH": "application/merge-patch+json",
    "DELETE": "application/json",
}


def account_of(city: SmallCity, name: str = "yamada", *roles: Role) -> tuple[str, str]:
    """A new account of a city: its name and secret."""
    with connect(city.database.urls.owner, autocommit=True) as connection:
        return name, accounts.add(connection, name, name, roles or (Role.EDITOR,))


@pytest.fixture
def desk(own_city: SmallCity) -> Iterator[Desk]:
    """The desk of an editor in a city of the test's own."""
    auth = account_of(own_city)
    with client_of(own_city, Face.INTERNAL) as client:
        yield Desk(own_city, client, auth)


@pytest.fixture
def own_public(own_city: SmallCity) -> Iterator[TestClient]:
    """A client of the public face of the test's own city."""
    with client_of(own_city) as client:
        yield client

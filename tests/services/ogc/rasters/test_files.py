"""Stored files: whole, in ranges, and only those of rows that this face serves."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from services.http.app import Face
from tests.conftest import DatabaseUnderTest
from tests.services.http.conftest import SmallCity, client_of, fill
from tests.services.ogc.rasters.cog import faults
from tests.services.ogc.rasters.conftest import add_grid, heights

FILES = "/ogc/collections/elevation/coverage/files"


@pytest.fixture(scope="module")
def address(client: TestClient) -> str:
    (found,) = client.get(FILES).json()["files"]
    assert found["rel"] == "enclosure"
    assert (found["width"], found["height"]) == (700, 600)
    path: str = found["href"].removeprefix("http://127.0.0.1:8000")
    assert int(client.head(path).headers["content-length"]) == found["length"]
    return path


@pytest.fixture(scope="module")
def stored(raster_city: SmallCity, address: str) -> bytes:
    folder = raster_city.database.settings.var / "rasters"
    return (folder / address.rpartition("/")[2]).read_bytes()


def test_the_file_is_a_cog_byte_for_byte(client: TestClient, address: str, stored: bytes) -> None:
    answer = client.get(address)
    assert answer.content == stored
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["cache-control"] == "public, no-cache"
    assert answer.headers["content-type"].startswith("image/tiff; application=geotiff; profile=cloud-optimized")
    assert faults(stored) == []
    assert client.get(f"{FILES}?f=html").status_code == 200


@pytest.mark.parametrize(
    ("asked", "part"),
    [("bytes=0-99", slice(0, 100)), ("bytes=100-", slice(100, None)), ("bytes=-50", slice(-50, None))],
)
def test_ranges(client: TestClient, address: str, stored: bytes, asked: str, part: slice) -> None:
    answer = client.get(address, headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.content == stored[part]
    start, stop, _ = part.indices(len(stored))
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(stored)}"


def test_ranges_of_another_file_are_not_taken(client: TestClient, address: str, stored: bytes) -> None:
    tag = client.head(address).headers["etag"]
    same = client.get(address, headers={"Range": "bytes=0-9", "If-Range": tag})
    assert same.status_code == 206
    other = client.get(address, headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert (other.status_code, len(other.content)) == (200, len(stored))
    assert client.get(address, headers={"Range": f"bytes={len(stored)}-"}).status_code == 416
    known = client.get(address, headers={"If-None-Match": tag})
    assert (known.status_code, known.content) == (304, b"")


@pytest.mark.parametrize("name", ["x.tif", "..%2F..%2Fetc%2Fpasswd", "%2e%2e", "a" * 500, "'; DROP TABLE x; --"])
def test_other_names_are_not_found(client: TestClient, name: str) -> None:
    assert client.get(f"{FILES}/{name}").status_code == 404


@pytest.fixture
def unpublished(database: DatabaseUnderTest) -> tuple[SmallCity, str]:
    city = fill(database)
    return city, add_grid(city, "e1", heights()).name


def test_what_is_not_published_stays_inside(unpublished: tuple[SmallCity, str]) -> None:
    city, name = unpublished
    with client_of(city) as public, client_of(city, Face.INTERNAL) as internal:
        assert public.get(f"{FILES}/{name}").status_code == 404
        answer = internal.get(f"{FILES}/{name}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "private, no-cache"


def test_a_file_that_is_away_is_said_to_be(unpublished: tuple[SmallCity, str]) -> None:
    city, name = unpublished
    path = city.database.settings.var / "rasters" / name
    with client_of(city, Face.INTERNAL) as internal:
        before: Any = internal.get("/ogc/collections/elevation").json()
        assert before["extent"]["spatial"]["grid"]
        path.unlink()
        for page in (
            f"{FILES}/{name}",
            "/ogc/collections/elevation/coverage?f=GTiff",
            "/ogc/collections/elevation/map",
        ):
            answer = internal.get(page)
            assert answer.status_code == 503, page
            assert "rasters" not in answer.text
        assert internal.get("/ogc/collections").status_code == 200
    with client_of(city, Face.INTERNAL) as fresh:
        assert fresh.get("/ogc/collections").status_code == 200
        assert fresh.get("/ogc/collections/elevation/map").status_code == 503

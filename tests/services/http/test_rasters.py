"""Elevation as coverage and as map."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile
from starlette.testclient import TestClient

from services.http.app import Face, create_app

COVERAGE = "/ogc/collections/elevation/coverage"
MAP = "/ogc/collections/elevation/map"


@pytest.fixture(scope="module")
def client(elevation: Any) -> Iterator[TestClient]:
    settings = elevation.database.settings
    with TestClient(create_app(settings, Face.PUBLIC), base_url="http://127.0.0.1:8000") as found:
        yield found


def read_tiff(content: bytes) -> tuple[Any, Any]:
    with MemoryFile(BytesIO(content)) as memory, memory.open() as file:
        return file.read(1, masked=True), file.profile | {"bounds": file.bounds, "tags": file.tags()}


def read_png(content: bytes) -> Any:
    with MemoryFile(BytesIO(content)) as memory, pytest.warns(NotGeoreferencedWarning), memory.open() as picture:
        return picture.read()


def test_geotiff_has_the_cells_as_they_are(client: TestClient) -> None:
    answer = client.get(f"{COVERAGE}?f=GTiff")
    assert answer.status_code == 200, answer.text
    values, profile = read_tiff(answer.content)
    assert values.shape == (30, 40)
    assert values[29, 39] == 40
    assert bool(np.ma.getmaskarray(values)[:3, :3].all())
    assert np.ma.count_masked(values) == 9
    assert profile["crs"].to_epsg() == 6668
    assert profile["bounds"] == pytest.approx((135.30, 34.75, 135.34, 34.78))
    assert profile["tags"]["FICTITIOUS"] == "架空データ"


@pytest.mark.parametrize(
    "query", ["bbox=135.3301,34.7501,135.3349,34.7549", "subset=Lon(135.3301:135.3349),Lat(34.7501:34.7549)"]
)
def test_part_of_the_coverage(client: TestClient, query: str) -> None:
    values, profile = read_tiff(client.get(f"{COVERAGE}?f=GTiff&{query}").content)
    assert values.shape == (5, 5)
    assert profile["bounds"] == pytest.approx((135.33, 34.75, 135.335, 34.755))


def test_coverage_json(client: TestClient) -> None:
    answer = client.get(f"{COVERAGE}?f=json")
    found = answer.json()
    assert found["ranges"]["elevation"]["shape"] == [30, 40]
    assert found["ranges"]["elevation"]["values"][0] is None
    assert found["fictitious"] is True
    assert client.get(f"{COVERAGE}?f=html").status_code == 200


def test_nothing_there_is_not_found(client: TestClient) -> None:
    assert client.get(f"{COVERAGE}?f=GTiff&bbox=0,0,1,1").status_code == 404
    assert client.get(f"{COVERAGE}?f=GTiff&bbox=0,0,1").status_code == 400
    assert client.get("/ogc/collections/emergency-sites/coverage").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "width=64&height=32",
        "bbox=135.30,34.75,135.34,34.78&width=64&height=32",
        "bbox=15061526,4131000,15066000,4135000&crs=http://www.opengis.net/def/crs/EPSG/0/3857"
        "&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/3857&width=64&height=32&transparent=true",
    ],
)
def test_map_is_a_picture(client: TestClient, query: str) -> None:
    answer = client.get(f"{MAP}?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/png"
    pixels = read_png(answer.content)
    assert pixels.shape == (4, 32, 64)
    assert (pixels[3] == 255).any()


def test_map_outside_of_the_data_is_empty(client: TestClient) -> None:
    assert not read_png(client.get(f"{MAP}?bbox=0,0,1,1&width=8&height=8").content).any()


@pytest.mark.parametrize(
    "query", ["width=0", "width=99999", "height=x", "crs=EPSG:2451", "bbox=1,1,0,0", "bbox=0,0,inf,1"]
)
def test_maps_that_are_refused(client: TestClient, query: str) -> None:
    answer = client.get(f"{MAP}?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_grids_are_features_too(client: TestClient) -> None:
    found = client.get("/ogc/collections/elevation/items?f=json").json()
    assert found["numberMatched"] == 1
    assert found["features"][0]["geometry"]["type"] == "MultiPolygon"
    assert found["features"][0]["properties"]["fictitious"] is True


def test_collection_describes_its_grid(client: TestClient) -> None:
    found = client.get("/ogc/collections/elevation").json()
    assert [axis["cellsCount"] for axis in found["extent"]["spatial"]["grid"]] == [40, 30]
    assert client.get("/ogc/collections/elevation?f=html").status_code == 200
    listed = [each["id"] for each in client.get("/ogc/collections").json()["collections"]]
    assert "elevation" in listed

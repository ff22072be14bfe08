"""Several grids: which one counts where they overlap, and grids in a plane zone."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest
from starlette.testclient import TestClient

from geo.crs import transform_xy
from services.database.connect import connect
from tests.conftest import DatabaseUnderTest
from tests.services.http.conftest import _dataset, client_of, fill
from tests.services.ogc.rasters.conftest import NODATA, Tiff, add_grid, tiff

COVERAGE = "/ogc/collections/elevation/coverage"


def flat(height: float, rows: int, columns: int) -> npt.NDArray[np.float32]:
    return np.full((rows, columns), height, dtype=np.float32)


def served(database: DatabaseUnderTest, *grids: dict[str, object]) -> TestClient:
    city = fill(database)
    for number, grid in enumerate(grids):
        add_grid(city, f"e{number}", **grid)  # type: ignore[arg-type]
    with connect(database.urls.owner) as connection:
        _dataset(connection, "elevation", len(grids), fictitious=True)
    city.publish("elevation")
    return client_of(city)


def get(client: TestClient, query: str = "") -> Tiff:
    answer = client.get(f"{COVERAGE}?f=GTiff{query}")
    assert answer.status_code == 200, answer.text
    return tiff(answer.content)


@pytest.fixture
def two(database: DatabaseUnderTest) -> Iterator[TestClient]:
    """A coarse grid of 10 m, and a finer one of 20 m in its middle with a hole."""
    fine = flat(20, 40, 40)
    fine[10:20, 10:20] = NODATA
    coarse = {"values": flat(10, 60, 60), "west": 135.30, "north": 34.80, "cell": 1e-3}
    finer = {"values": fine, "west": 135.32, "north": 34.78, "cell": 2e-4}
    with served(database, coarse, finer) as client:
        yield client


def test_the_finer_one_counts_and_the_other_fills_its_gaps(two: TestClient) -> None:
    found = get(two)
    assert (found.bounds[2] - found.bounds[0]) / found.bands.shape[2] == pytest.approx(2e-4)  # the finest there is
    assert found.bounds == pytest.approx((135.30, 34.74, 135.36, 34.80))
    values = found.bands[0]
    assert not np.ma.getmaskarray(values).any()
    expected = flat(10, 300, 300)
    expected[100:140, 100:140] = 20
    expected[110:120, 110:120] = 10
    np.testing.assert_array_equal(values, expected)


def test_ground_counts_before_roofs(database: DatabaseUnderTest) -> None:
    same = {"west": 135.30, "north": 34.80, "cell": 1e-3}
    grids = (
        {"values": flat(30, 10, 10), "model": "surface", **same},
        {"values": flat(10, 10, 10), "model": "terrain", **same},
    )
    with served(database, *grids) as client:
        assert (get(client).bands == 10).all()


@pytest.fixture
def plane(database: DatabaseUnderTest) -> Iterator[tuple[TestClient, npt.NDArray[np.float32]]]:
    """A grid in the neighbouring plane zone VI (EPSG:6674), as SRTM of the real files comes."""
    y, x = np.mgrid[0:120, 0:160]
    values: npt.NDArray[np.float32] = (x * 2.0 + y * 1.0).astype(np.float32)
    west, north = (round(each, -1) for each in transform_xy(135.30, 34.80, 6668, 6674))
    grid = {"values": values, "crs": 6674, "west": west, "north": north, "cell": 25.0}
    with served(database, grid) as client:
        yield client, values


def test_a_plane_grid_in_its_own_system(plane: tuple[TestClient, npt.NDArray[np.float32]]) -> None:
    client, values = plane
    found = get(client)
    assert found.crs == 6674
    np.testing.assert_array_equal(found.bands[0], values)
    left, bottom, right, top = found.bounds
    part = get(client, f"&subset=E({left + 250}:{left + 500}),N({top - 500}:{top - 250})")
    np.testing.assert_array_equal(part.bands[0], values[10:20, 10:20])
    named = get(client, f"&bbox={bottom},{left},{top},{left + 250}&bbox-crs=[EPSG:6674]&crs=[EPSG:6674]")
    np.testing.assert_array_equal(named.bands[0], values[:, :10])
    assert right - left == 4000


def test_a_plane_grid_in_degrees_and_on_tiles(plane: tuple[TestClient, npt.NDArray[np.float32]]) -> None:
    client, values = plane
    full = get(client)
    found = get(client, "&crs=[OGC:CRS84]")
    assert found.crs == 4326
    rows, columns = found.bands[0].shape
    left, bottom, right, top = found.bounds
    x, y = np.meshgrid(
        left + (np.arange(columns) + 0.5) * (right - left) / columns,
        top - (np.arange(rows) + 0.5) * (top - bottom) / rows,
    )
    east, north = transform_xy(x.ravel(), y.ravel(), 6668, 6674)
    column, row = (east - full.bounds[0]) / 25 - 0.5, (full.bounds[3] - north) / 25 - 0.5
    inner = (column > 0) & (column < 159) & (row > 0) & (row < 119)
    expected = (column * 2 + row).reshape(rows, columns)
    got = found.bands[0]
    assert not np.ma.getmaskarray(got).ravel()[inner].any()
    np.testing.assert_allclose(got.ravel()[inner], expected.ravel()[inner], atol=0.05)
    collection = client.get("/ogc/collections/elevation").json()
    (link,) = (each["href"] for each in collection["links"] if each["type"] == "image/tiff; application=geotiff")
    assert "crs=http%3A%2F%2Fwww.opengis.net%2Fdef%2Fcrs%2FOGC%2F1.3%2FCRS84" in link
    assert client.get("/ogc/collections/elevation/map/tiles/WebMercatorQuad/13/3249/7175").status_code == 200
    assert values.max() == 437


def test_a_layer_without_grids_has_no_coverage(database: DatabaseUnderTest) -> None:
    with served(database) as client:
        for page in ("coverage?f=GTiff", "map", "map/tiles/WebMercatorQuad/14/6500/14350"):
            assert client.get(f"/ogc/collections/elevation/{page}").status_code == 404
        assert client.get("/ogc/collections/elevation").status_code == 200

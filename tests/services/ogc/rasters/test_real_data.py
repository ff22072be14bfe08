"""The real elevation of Nishinomiya, as coverage, relief and tiles."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import rasterio
from starlette.testclient import TestClient

from geo.terrain import hillshade
from services.database.cluster import EmbeddedCluster
from services.database.connect import connect
from services.database.publish import publish
from services.ingest.batch import ingest_paths
from tests.conftest import _database
from tests.services.http.conftest import SmallCity, client_of
from tests.services.ogc.rasters.cog import faults
from tests.services.ogc.rasters.conftest import pixels, tiff
from tests.services.ogc.rasters.test_map_tiles import decoded, place

NAME = "srtm1_nishinomiya_epsg6668.tif"


@pytest.fixture(scope="module")
def real(
    real_data: Path, cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    for database in _database(cluster, template, tmp_path_factory.mktemp("real-dem")):
        ingest_paths(database.urls.ingest, [real_data / "dem" / NAME], database.settings)
        with connect(database.urls.owner, autocommit=True) as connection:
            publish(connection, "elevation", "試験")
        with client_of(SmallCity(database)) as client:
            yield client


@pytest.fixture(scope="module")
def source(real_data: Path) -> npt.NDArray[np.int16]:
    with rasterio.open(real_data / "dem" / NAME) as file:
        found: npt.NDArray[np.int16] = file.read(1)
    return found


def test_every_cell_comes_through(real: TestClient, source: npt.NDArray[np.int16]) -> None:
    found = tiff(real.get("/ogc/collections/elevation/coverage?f=cog").content)
    known = source != -32767
    np.testing.assert_array_equal(~np.ma.getmaskarray(found.bands[0]), known)
    np.testing.assert_array_equal(found.bands[0][known], source[known])
    assert found.bands.min() < 0  # a surface model: landfill and sea below zero are kept


def test_the_stored_file_is_cloud_optimised(real: TestClient) -> None:
    (link,) = real.get("/ogc/collections/elevation/coverage/files").json()["files"]
    content = real.get(link["href"].removeprefix("http://127.0.0.1:8000")).content
    assert faults(content) == []


@pytest.mark.parametrize(("lon", "lat", "metres"), [(135.3235, 34.7775, 309), (135.3415, 34.7376, 8)])
def test_known_heights_are_in_the_tiles(real: TestClient, lon: float, lat: float, metres: float) -> None:
    """Mt Kabuto, and the plain at Nishinomiya station; the surface model is good to some ten metres."""
    row, column = place(lon, lat, 15)
    address = f"/ogc/collections/elevation/map/tiles/WebMercatorQuad/15/{row}/{column}?f=gsi-dem-png"
    found = decoded(pixels(real.get(address).content)) * 0.01
    assert found.max() == pytest.approx(metres, abs=25)


def test_shading_is_that_of_gdaldem(real_data: Path, tmp_path: Path) -> None:
    plane, shaded = real_data / "dem" / "srtm1_nishinomiya_epsg6674.tif", tmp_path / "shade.tif"
    subprocess.run(["gdaldem", "hillshade", plane, shaded, "-q"], check=True)
    with rasterio.open(plane) as file, rasterio.open(shaded) as shade:
        cells, size = file.read(1, masked=True), file.res
        theirs = shade.read(1)[1:-1, 1:-1].astype(float)
    ours = 1 + 254 * hillshade(cells.astype(np.float64).filled(np.nan), *size)
    compared = theirs > 0
    assert compared.mean() > 0.8
    assert np.abs(ours - theirs)[compared].max() <= 1.01


def test_the_relief_has_sea_plain_and_mountains(real: TestClient) -> None:
    found = pixels(real.get("/ogc/collections/elevation/map?width=300").content)
    colours = {"sea": (135.345, 34.68), "plain": (135.36, 34.76), "mountains": (135.265, 34.775)}
    west, south, east, north = 135.25801255563965, 34.665095239066595, 135.42012275765003, 34.86787519351117
    at = {}
    for name, (lon, lat) in colours.items():
        x = int((lon - west) / (east - west) * found.shape[1])
        y = int((north - lat) / (north - south) * found.shape[0])
        at[name] = found[y - 3 : y + 4, x - 3 : x + 4, :3].astype(float).mean(axis=(0, 1))
    red, green, blue = range(3)
    assert at["sea"][blue] > at["sea"][red] + 20
    assert at["plain"][green] > at["plain"][red]
    assert at["mountains"][red] > at["mountains"][blue] + 10

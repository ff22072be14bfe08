"""Clients no one here wrote, against worker processes: GDAL's drivers and OWSLib."""

import json
import os
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from tests.services.http.conftest import SmallCity
from tests.services.http.serving import served
from tests.services.ogc.rasters.conftest import heights, pixels, tiff


@pytest.fixture(scope="module")
def ogc(raster_city: SmallCity) -> Iterator[str]:
    """Address of the OGC API of a running server."""
    with served(raster_city, "--public", "--workers", "1") as address:
        yield f"{address}/ogc"


def gdal(*arguments: str | Path, cache: Path) -> str:
    done = subprocess.run(
        [str(argument) for argument in arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"GDAL_DEFAULT_WMS_CACHE_PATH": str(cache), "CPL_VSIL_CURL_NON_CACHED": "/vsicurl/"},
    )
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr
    return done.stdout


def test_gdal_reads_the_coverage_cell_for_cell(ogc: str, tmp_path: Path) -> None:
    about = json.loads(gdal("gdalinfo", "-json", f"OGCAPI:{ogc}/collections/elevation", cache=tmp_path))
    assert about["driverShortName"] == "OGCAPI"
    assert about["size"] == [700, 600]
    target = tmp_path / "copy.tif"
    gdal("gdal_translate", "-q", "-oo", "API=COVERAGE", f"OGCAPI:{ogc}/collections/elevation", target, cache=tmp_path)
    with rasterio.open(target) as file:
        np.testing.assert_array_equal(file.read(1), heights())
        assert tuple(file.bounds) == pytest.approx((135.30, 34.74, 135.37, 34.80))


def test_gdal_reads_the_map(ogc: str, tmp_path: Path) -> None:
    target = tmp_path / "map.tif"
    source = f"OGCAPI:{ogc}/collections/elevation"
    gdal("gdal_translate", "-q", "-outsize", "140", "120", "-oo", "API=MAP", source, target, cache=tmp_path)
    with rasterio.open(target) as file:
        bands = file.read()
    assert bands.shape == (4, 120, 140)
    assert (bands[3, 10:] == 255).all()
    assert bands[:3, 10:].std() > 5


def test_gdal_reads_the_stored_file_in_ranges(ogc: str, tmp_path: Path) -> None:
    import httpx

    (link,) = httpx.get(f"{ogc}/collections/elevation/coverage/files?f=json").json()["files"]
    about = json.loads(gdal("gdalinfo", "-json", f"/vsicurl/{link['href']}", cache=tmp_path))
    assert about["size"] == [700, 600]
    assert about["metadata"]["IMAGE_STRUCTURE"]["LAYOUT"] == "COG"
    with rasterio.Env(CPL_VSIL_CURL_NON_CACHED="/vsicurl/"), rasterio.open(f"/vsicurl/{link['href']}") as file:
        part = file.read(1, window=((100, 200), (300, 400)))
        np.testing.assert_array_equal(part, heights()[100:200, 300:400])
        assert file.overviews(1) == [2]


def test_a_hazard_stays_a_vector_for_gdal(ogc: str, tmp_path: Path) -> None:
    """GDAL would take a collection with a link to a plain GeoTIFF as a raster alone."""
    source = f"OGCAPI:{ogc}/collections/hazard-tsunami"
    assert "hazard-tsunami" in gdal("ogrinfo", "-q", "-oo", "API=ITEMS", source, cache=tmp_path)


def test_gdalinfo_understands_what_is_downloaded(ogc: str, tmp_path: Path) -> None:
    import httpx

    target = tmp_path / "depth.tif"
    address = f"{ogc}/collections/hazard-tsunami/coverage?f=cog&scale-factor=4"
    target.write_bytes(httpx.get(address, timeout=60).content)
    about = json.loads(gdal("gdalinfo", "-json", target, cache=tmp_path))
    assert [band["description"] for band in about["bands"]] == [
        "depth_upper_m",
        "depth_lower_m",
        "hazard_class",
        "state",
    ]
    assert about["bands"][0]["unit"] == "m"
    assert about["bands"][3]["metadata"][""]["CATEGORY_0"].startswith("unknown")
    assert about["metadata"][""]["FICTITIOUS"] == "架空データ"


def test_owslib_reads_coverages(ogc: str) -> None:
    from owslib.ogcapi.coverages import Coverages

    client = Coverages(ogc)
    assert {"elevation", "hazard-tsunami", "hazard-flood"} <= set(client.coverages())
    content: Any = client.coverage(
        "elevation", subset={"Lon": (135.31005, 135.31995), "Lat": (34.75005, 34.75995)}, scale_factor=2
    )
    assert json.load(content)["ranges"]["elevation"]["shape"] == [50, 50]
    sized = client.coverage("elevation", scale_size={"Lon": 7, "Lat": 6}, properties=["elevation"])
    assert json.load(sized)["ranges"]["elevation"]["shape"] == [6, 7]
    axes = client.coverage("elevation", scale_axes=[("Lon", 10), ("Lat", 20)])
    assert json.load(axes)["ranges"]["elevation"]["shape"] == [30, 70]


def test_owslib_reads_maps(ogc: str) -> None:
    from owslib.ogcapi.maps import Maps

    client = Maps(ogc)
    assert {"elevation", "hazard-tsunami"} <= set(client.maps())
    content: BytesIO = client.map("elevation", bbox=[135.31, 34.75, 135.33, 34.77], width=40, height=30)
    assert pixels(content.read()).shape == (30, 40, 4)


def test_downloads_are_told_apart_by_accept(ogc: str) -> None:
    import httpx

    address = f"{ogc}/collections/elevation/coverage?scale-factor=10"
    found = httpx.get(address, headers={"Accept": "image/tiff; application=geotiff"})
    assert tiff(found.content).bands.shape == (1, 60, 70)
    assert httpx.get(address, headers={"Accept": "application/prs.coverage+json"}).json()["type"] == "Coverage"

"""Grids: one row with a footprint for each, and a cloud-optimised GeoTIFF that can be made anew at any time."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import rasterio
from rasterio.transform import from_origin

from geo.errors import NotFoundError, SourceError
from services.database.connect import connect
from services.ingest.manifest import sha256_of
from services.ingest.rasters import raster_file, raster_path, write_cog
from tests.conftest import DatabaseUnderTest
from tests.services.ingest.sites import load, query
from tests.services.ogc.rasters.cog import faults

WIDTH, HEIGHT, NODATA = 700, 600, -9999.0


def heights() -> npt.NDArray[np.float32]:
    """A slope from 0 m in the north-west, with a hole."""
    values: npt.NDArray[np.float32] = np.add.outer(np.arange(HEIGHT), np.arange(WIDTH)).astype(np.float32) / np.float32(
        10
    )
    values[:10, :20] = NODATA
    return values


def grid(path: Path, crs: str = "EPSG:6668", west: float = 135.30, north: float = 34.80, cell: float = 1e-4) -> Path:
    """A GeoTIFF of ``heights``."""
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=WIDTH,
        height=HEIGHT,
        count=1,
        dtype="float32",
        crs=crs,
        transform=from_origin(west, north, cell, cell),
        nodata=NODATA,
    ) as file:
        file.write(heights(), 1)
    return path


def test_a_grid_is_one_row_with_its_footprint(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = grid(tmp_path / "slope.tif")
    (report,) = load(database, path)
    assert (report.layer_id, report.rows_loaded, report.positions) == ("elevation", 1, {"as-published": 1})
    ((key, crs, width, height, resolution, nodata, lowest, highest),) = query(
        database,
        "SELECT file_sha256, crs_epsg, width, height, resolution_x, nodata, minimum_m, maximum_m FROM core.elevation",
    )
    assert (key, crs, width, height, nodata) == (sha256_of(path), 6668, WIDTH, HEIGHT, NODATA)
    assert resolution == pytest.approx(1e-4)
    assert lowest == pytest.approx(1.0, abs=0.11)  # the hole is no height
    assert highest == pytest.approx((WIDTH + HEIGHT - 2) / 10)
    ((west, south, east, north, kind),) = query(
        database,
        "SELECT ST_XMin(geometry), ST_YMin(geometry), ST_XMax(geometry), ST_YMax(geometry), ST_GeometryType(geometry) "
        "FROM core.elevation",
    )
    assert (west, south, east, north) == pytest.approx((135.30, 34.74, 135.37, 34.80))
    assert kind == "ST_MultiPolygon"


def test_the_geotiff_is_cloud_optimised_and_holds_the_same_heights(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = grid(tmp_path / "slope.tif")
    load(database, path)
    made = raster_path(sha256_of(path), database.settings)
    assert faults(made.read_bytes()) == []
    with rasterio.open(made) as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.overviews(1)
        assert file.nodata == NODATA
        np.testing.assert_array_equal(file.read(1), heights())
    assert [each.name for each in made.parent.iterdir()] == [made.name]


def test_a_lost_geotiff_is_made_from_the_file_as_received(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = grid(tmp_path / "slope.tif")
    load(database, path)
    key = sha256_of(path)
    path.unlink()
    made = raster_path(key, database.settings)
    made.unlink()
    with connect(database.urls.internal) as connection:
        assert raster_file(connection, key, database.settings) == made
        with rasterio.open(made) as file:
            np.testing.assert_array_equal(file.read(1), heights())
        written = made.stat().st_mtime_ns
        raster_file(connection, key, database.settings)
        assert made.stat().st_mtime_ns == written  # made once
        with pytest.raises(NotFoundError, match="no grid"):
            raster_file(connection, "0" * 64, database.settings)


def test_a_footprint_of_a_plane_zone_is_where_the_grid_lies(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = grid(tmp_path / "plane.tif", "EPSG:6673", 91_000, -138_000, 10)
    load(database, path)
    ((crs, area, centre_x, centre_y),) = query(
        database,
        "SELECT crs_epsg, ST_Area(ST_Transform(geometry, 6673)), ST_X(centre), ST_Y(centre) "
        "FROM (SELECT *, ST_Transform(ST_Centroid(geometry), 6673) AS centre FROM core.elevation) AS grid",
    )
    assert crs == 6673
    assert area == pytest.approx(WIDTH * HEIGHT * 100, rel=1e-4)
    assert centre_x == pytest.approx(91_000 + WIDTH * 5, abs=5)
    assert centre_y == pytest.approx(-138_000 - HEIGHT * 5, abs=5)


def test_a_second_grid_stands_beside_the_first(database: DatabaseUnderTest, tmp_path: Path) -> None:
    load(database, grid(tmp_path / "a.tif"))
    load(database, grid(tmp_path / "b.tif", west=135.25))
    assert query(database, "SELECT count(*), count(DISTINCT dataset) FROM core.elevation") == [(2, 2)]


def test_the_same_grid_again_changes_nothing(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = grid(tmp_path / "a.tif")
    load(database, path)
    (report,) = load(database, path)
    assert report.status == "unchanged"


def test_a_grid_that_cannot_be_written_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "broken.tif"
    source.write_bytes(grid(tmp_path / "a.tif").read_bytes()[:5000])
    target = tmp_path / "rasters" / "x.tif"
    with pytest.raises(SourceError, match=r"broken\.tif"):
        write_cog(source, target)
    assert list(target.parent.iterdir()) == []

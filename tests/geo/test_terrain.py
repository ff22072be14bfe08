"""Shading against analytic surfaces and gdaldem; tints; heights as colours there and back."""

import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from rasterio.transform import from_origin

from geo.errors import InputError
from geo.terrain import Tints, gsi_dem_png, hillshade, mapbox_terrain_rgb

Floats = npt.NDArray[np.float64]


def plane(east: float, north: float, size: float = 10.0, cells: int = 12) -> Floats:
    """A plane that rises by so many metres per metre to the east and to the north."""
    rows, columns = np.mgrid[0:cells, 0:cells]
    return np.asarray(100.0 + columns * size * east - rows * size * north)


def lambert(east: float, north: float, azimuth_deg: float, altitude_deg: float) -> float:
    """Light on a plane: the cosine between its normal and the direction of the sun."""
    azimuth, altitude = np.radians([azimuth_deg, altitude_deg])
    sun = np.array([np.cos(altitude) * np.sin(azimuth), np.cos(altitude) * np.cos(azimuth), np.sin(altitude)])
    normal = np.array([-east, -north, 1.0])
    return float(max(0.0, sun @ normal / np.linalg.norm(normal)))


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0, 360), st.floats(1, 90))
def test_a_plane_is_lit_as_lambert_says(east: float, north: float, azimuth: float, altitude: float) -> None:
    shade = hillshade(plane(east, north), 10.0, 10.0, azimuth_deg=azimuth, altitude_deg=altitude)
    np.testing.assert_allclose(shade, lambert(east, north, azimuth, altitude), atol=1e-9)


def test_a_level_is_lit_by_the_sine_of_the_altitude() -> None:
    np.testing.assert_allclose(hillshade(np.full((5, 6), 7.0), 1.0, 1.0), np.sin(np.radians(45)))


def test_a_cone_is_bright_towards_the_light_and_dark_behind() -> None:
    rows, columns = np.mgrid[-50:51, -50:51]
    cone = 500.0 - 8.0 * np.hypot(rows, columns)
    shade = hillshade(cone, 10.0, 10.0)
    middle = shade.shape[0] // 2
    slope = 0.8
    for row, column, azimuth in ((-30, -30, 315), (-30, 30, 45), (30, 30, 135), (30, -30, 225)):
        downhill = np.radians(azimuth)
        expected = lambert(-slope * np.sin(downhill), -slope * np.cos(downhill), 315, 45)
        assert shade[middle + row, middle + column] == pytest.approx(expected, abs=0.01)
    assert shade[middle - 30, middle - 30] > 0.95
    assert shade[middle + 30, middle + 30] < 0.2


def test_sizes_may_differ_by_row() -> None:
    heights = plane(0.5, 0.0)
    sizes = np.linspace(8, 12, 10)
    shade = hillshade(heights, sizes, sizes)
    for row, size in enumerate(sizes):
        assert shade[row, 3] == pytest.approx(lambert(0.5 * 10 / size, 0, 315, 45))


def test_what_is_not_known_stays_so_and_counts_as_level_for_its_neighbours() -> None:
    heights = plane(0.0, 0.0)
    heights[5, 5] = np.nan
    shade = hillshade(heights, 10.0, 10.0)
    assert np.isnan(shade[4, 4])
    assert np.isnan(shade).sum() == 1
    np.testing.assert_allclose(shade[~np.isnan(shade)], np.sin(np.radians(45)))


def test_too_small_a_piece_is_refused() -> None:
    with pytest.raises(InputError):
        hillshade(np.zeros((2, 5)), 1.0, 1.0)


@pytest.mark.parametrize(("azimuth", "altitude"), [(315, 45), (90, 20)])
def test_gdaldem_shades_alike(tmp_path: Path, azimuth: int, altitude: int) -> None:
    random = np.random.default_rng(7)
    heights = (random.standard_normal((60, 80)).cumsum(0).cumsum(1) / 4 + 300).astype(np.float32)
    heights[20:23, 30:33] = -9999
    source, target = tmp_path / "heights.tif", tmp_path / "shade.tif"
    profile = {"driver": "GTiff", "width": 80, "height": 60, "count": 1, "dtype": "float32", "nodata": -9999.0}
    with rasterio.open(source, "w", crs="EPSG:6673", transform=from_origin(0, 0, 12, 9), **profile) as file:
        file.write(heights, 1)
    options = ["-az", str(azimuth), "-alt", str(altitude), "-alg", "Horn"]
    subprocess.run(["gdaldem", "hillshade", source, target, *options, "-q"], check=True)
    with rasterio.open(target) as file:
        theirs = file.read(1)
    known = np.where(heights == -9999, np.nan, heights).astype(np.float64)
    ours = hillshade(known, 12.0, 9.0, azimuth_deg=azimuth, altitude_deg=altitude)
    theirs = theirs[1:-1, 1:-1]
    compared = theirs > 0  # 0: gdaldem leaves out whatever has a neighbour without a height
    assert compared.mean() > 0.98
    # gdaldem writes 1 + 254 times the light, cut to whole numbers.
    np.testing.assert_allclose(1 + 254 * ours[compared], theirs[compared], atol=1.01)


def test_single_precision_shades_to_the_same_byte() -> None:
    random = np.random.default_rng(3)
    heights = random.standard_normal((60, 80)).cumsum(0).cumsum(1) + 300
    single = hillshade(heights.astype(np.float32), 10.0, 10.0)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, hillshade(heights, 10.0, 10.0), atol=1e-4)


def test_tints_meet_their_stops_and_are_constant_beyond() -> None:
    tints = Tints(((0.0, "#000000"), (100.0, "#ff8000"), (1000.0, "#ffffff")))
    found = tints(np.array([-50.0, 0.0, 50.0, 100.0, 550.0, 1000.0, 5000.0, np.inf, -np.inf, np.nan]))
    expected = [
        (0, 0, 0),
        (0, 0, 0),
        (127.5, 64, 0),
        (255, 128, 0),
        (255, 191.5, 127.5),
        (255, 255, 255),
        (255, 255, 255),
        (255, 255, 255),
        (0, 0, 0),
    ]
    np.testing.assert_allclose(found[:9], expected, atol=0.6)
    assert np.isfinite(found).all()


@pytest.mark.parametrize("stops", [((0.0, "#000000"),), ((10.0, "#000000"), (0.0, "#ffffff"))])
def test_tints_that_are_no_ramp_are_refused(stops: tuple[tuple[float, str], ...]) -> None:
    with pytest.raises(InputError):
        Tints(stops)


def test_the_ramp_of_the_elevation_layer_is_one() -> None:
    from layers.elevation import LAYER

    assert Tints(LAYER.style.ramp)(np.array([931.0])).shape == (1, 3)


# --- heights as colours ----------------------------------------------------------------------------------------


def level(pixels: npt.NDArray[np.uint8]) -> Floats:
    red, green, blue = (pixels[..., band].astype(np.float64) for band in range(3))
    return np.asarray(red * 65536 + green * 256 + blue)


@given(st.lists(st.floats(-9999, 9000), min_size=1, max_size=50))
def test_terrain_rgb_there_and_back(heights: list[float]) -> None:
    given_m = np.array(heights)
    np.testing.assert_allclose(-10_000 + level(mapbox_terrain_rgb(given_m)) * 0.1, given_m, atol=0.0501)


@given(st.lists(st.floats(-5000, 9000) | st.just(float("nan")), min_size=1, max_size=50))
def test_gsi_dem_png_there_and_back(heights: list[float]) -> None:
    given_m = np.array(heights)
    x = level(gsi_dem_png(given_m))
    missing = x == 2**23
    back = np.where(x > 2**23, x - 2**24, x) * 0.01
    np.testing.assert_array_equal(missing, np.isnan(given_m))
    np.testing.assert_allclose(back[~missing], given_m[~missing], atol=0.00501)


def test_published_examples_of_the_encodings() -> None:
    # 標高タイルの詳細仕様: 10.23 m is (0, 3, 255), -0.01 m is (255, 255, 255), no value is (128, 0, 0).
    found = gsi_dem_png(np.array([10.23, -0.01, np.nan, 0.0]))
    assert found.tolist() == [[0, 3, 255], [255, 255, 255], [128, 0, 0], [0, 0, 0]]
    # Terrain-RGB: 0 m is 100,000 steps above -10,000 m; what is unknown is taken as 0 m.
    assert mapbox_terrain_rgb(np.array([0.0, np.nan])).tolist() == [[1, 134, 160], [1, 134, 160]]


@pytest.mark.parametrize("encode", [mapbox_terrain_rgb, gsi_dem_png])
@pytest.mark.parametrize("height", [-1e6, 1e8, float("inf")])
def test_heights_that_an_encoding_cannot_hold_are_refused(encode: object, height: float) -> None:
    assert callable(encode)
    with pytest.raises(InputError):
        encode(np.array([height]))

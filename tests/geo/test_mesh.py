"""JIS X 0410 both ways."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from geo.mesh import LEVELS, mesh_bounds, mesh_cells, mesh_code, mesh_codes, mesh_level, mesh_polygon

JAPAN_LON = st.floats(122, 154)
JAPAN_LAT = st.floats(20, 46)


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        (33.5902, 130.4207, "5030330343"),
        (33.584, 130.376, "5030330011"),
        (35.454, 139.638, "5339154113"),
        (43.0686, 141.3508, "6441428811"),
        (34.7376, 135.3415, "5235028732"),
    ],
)
def test_published_vectors(lat: float, lon: float, code: str) -> None:
    assert mesh_code(lon, lat, 5) == code
    for level, digits in zip(LEVELS, (4, 6, 8, 9, 10), strict=False):
        assert mesh_code(lon, lat, level) == code[:digits]
    assert mesh_code(lon, lat, 6)[:10] == code


def test_the_cell_of_city_hall() -> None:
    west, south, east, north = mesh_bounds("5235028732")
    assert (west, south) == (135.340625, 34.7375)
    assert (east - west, north - south) == pytest.approx((11.25 / 3600, 7.5 / 3600))
    assert mesh_polygon("5235028732").bounds == (west, south, east, north)


@given(JAPAN_LON, JAPAN_LAT, st.sampled_from(LEVELS))
def test_a_point_lies_in_its_cell(lon: float, lat: float, level: int) -> None:
    code = mesh_code(lon, lat, level)
    west, south, east, north = mesh_bounds(code)
    assert west - 2e-9 <= lon < east
    assert south - 2e-9 <= lat < north
    assert mesh_level(code) == level
    assert int(mesh_codes([lon], [lat], level)[0]) == int(code)


@given(JAPAN_LON, JAPAN_LAT, st.sampled_from(LEVELS))
def test_corners_never_slip_into_a_neighbour(lon: float, lat: float, level: int) -> None:
    code = mesh_code(lon, lat, level)
    west, south, east, north = mesh_bounds(code)
    assert mesh_code(west, south, level) == code
    assert mesh_code(east, south, level) != code
    assert mesh_code(west, north, level) != code
    assert mesh_code((west + east) / 2, (south + north) / 2, level) == code


@given(JAPAN_LON, JAPAN_LAT)
def test_coarser_cells_hold_finer_ones(lon: float, lat: float) -> None:
    finest = mesh_code(lon, lat, 6)
    for level in LEVELS:
        parent = mesh_code(lon, lat, level)
        assert finest.startswith(parent)
        assert mesh_polygon(parent).covers(mesh_polygon(finest))


def test_the_four_quarters_are_numbered_from_the_south_west() -> None:
    west, south, east, north = mesh_bounds("52350287")
    x, y = (west + east) / 2, (south + north) / 2
    d = 1e-4
    quarters = [(x - d, y - d), (x + d, y - d), (x - d, y + d), (x + d, y + d)]
    assert [mesh_code(lon, lat, 4)[-1] for lon, lat in quarters] == ["1", "2", "3", "4"]


def test_cells_of_the_city() -> None:
    city = (135.2297, 34.6722, 135.3843, 34.8613)
    assert list(mesh_cells(city, 2)) == [f"5235{digits}" for digits in ("01 02 03 11 12 13 21 22 23".split())]  # noqa: SIM905
    assert list(mesh_cells(mesh_bounds("52350287"), 3)) == ["52350287"]
    assert len(list(mesh_cells(mesh_bounds("523502"), 3))) == 100


@pytest.mark.parametrize(
    "code", ["", "523", "52358", "523589", "523502879", "5235028735", "52350287321x", "52350287320"]
)
def test_what_is_no_code(code: str) -> None:
    with pytest.raises(InputError):
        mesh_bounds(code)


@pytest.mark.parametrize(("lon", "lat"), [(np.nan, 34.0), (99.9, 34.0), (135.0, -0.1), (135.0, 67.0), (180.0, 34.0)])
def test_what_has_no_cell(lon: float, lat: float) -> None:
    with pytest.raises(InputError):
        mesh_code(lon, lat, 3)
    with pytest.raises(InputError):
        mesh_codes([lon], [lat], 3)


def test_no_such_level() -> None:
    with pytest.raises(InputError):
        mesh_code(135.0, 34.0, 7)

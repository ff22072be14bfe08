"""Transformation and measuring; test vectors computed with pyproj 3.7.2."""

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import GeometryCollection, LineString, Point, box

from geo import crs
from geo.errors import InputError

CITY_HALL = (135.3415, 34.7376)


def test_city_hall_in_zone_v() -> None:
    east, north = crs.transform_xy(*CITY_HALL, crs.STORAGE, 6673)
    assert (round(east), round(north)) == (92_319, -139_583)


@pytest.mark.parametrize("target", [2447, 6673, 4612, 4326])
def test_there_and_back(target: int) -> None:
    there = crs.transform_xy(*CITY_HALL, crs.STORAGE, target)
    assert crs.transform_xy(*there, target, crs.STORAGE) == pytest.approx(CITY_HALL, abs=1e-8)


def test_ignoring_the_tokyo_datum_would_be_an_error_of_440_m() -> None:
    lon, lat = crs.transform_xy(*CITY_HALL, crs.TOKYO, crs.STORAGE)
    assert lon - CITY_HALL[0] == pytest.approx(-0.0028, abs=5e-5)
    assert lat - CITY_HALL[1] == pytest.approx(0.0032, abs=5e-5)
    assert crs.distance_m(*CITY_HALL, lon, lat) == pytest.approx(442, abs=5)


def test_a_tokyo_plane_zone_is_shifted_as_well() -> None:
    on_plane = crs.transform_xy(*CITY_HALL, crs.TOKYO, 30165)
    directly = crs.transform_xy(*CITY_HALL, crs.TOKYO, crs.STORAGE)
    assert crs.transform_xy(*on_plane, 30165, crs.STORAGE) == pytest.approx(directly, abs=1e-9)
    assert crs.transform_xy(*directly, crs.STORAGE, 30165) == pytest.approx(on_plane, abs=0.01)


@given(st.floats(123, 154), st.floats(21, 45.5))
def test_the_shift_goes_both_ways(lon: float, lat: float) -> None:
    there = crs.transform_xy(lon, lat, crs.TOKYO, crs.STORAGE)
    assert 100 < crs.distance_m(lon, lat, *there) < 1_000
    assert crs.transform_xy(*there, crs.STORAGE, crs.TOKYO) == pytest.approx((lon, lat), abs=1e-6)


def test_all_zones_are_named_by_their_codes() -> None:
    assert crs.PLANE_JGD2011[1] == 6669
    assert crs.PLANE_JGD2011[19] == 6687
    assert (crs.PLANE_JGD2000[1], crs.PLANE_JGD2000[19]) == (2443, 2461)
    assert (crs.PLANE_TOKYO[1], crs.PLANE_TOKYO[19]) == (30161, 30179)
    numerals = "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX".split()  # noqa: SIM905
    for zone, numeral in enumerate(numerals, start=1):
        for planes in (crs.PLANE_JGD2011, crs.PLANE_JGD2000, crs.PLANE_TOKYO):
            assert pyproj.CRS.from_epsg(planes[zone]).name.endswith(f" {numeral}")
            assert crs.plane_zone(planes[zone]) == zone
    assert crs.plane_zone(3857) is None


def test_arrays_and_geometries_move_alike() -> None:
    x, y = crs.transform_xy(np.array([CITY_HALL[0]]), np.array([CITY_HALL[1]]), crs.STORAGE, 6673)
    point = crs.transform_geometry(Point(*CITY_HALL, 12.0), crs.STORAGE, 6673)
    assert (point.x, point.y) == (x[0], y[0])
    assert not point.has_z
    nested = GeometryCollection([Point(CITY_HALL), LineString([CITY_HALL, (135.35, 34.74)])])
    assert shapely.get_num_geometries(crs.transform_geometry(nested, 6668, 6673)) == 2
    assert crs.transform_geometry(Point(), 6668, 6673).is_empty


def test_measuring_in_a_plane_zone() -> None:
    plane = box(92_000, -140_000, 92_100, -139_800)
    degrees = crs.transform_geometry(plane, 6673, crs.STORAGE)
    assert crs.area_m2(degrees, 6673) == pytest.approx(20_000, rel=1e-6)
    assert crs.length_m(degrees, 6673) == pytest.approx(600, rel=1e-6)
    assert crs.area_m2(plane, 6673, source=6673) == 20_000


@pytest.mark.parametrize("code", [3857, 6668, 4326, 4301, 32653])
def test_nothing_is_measured_in_degrees_or_web_mercator(code: int) -> None:
    with pytest.raises(InputError, match="plane-rectangular"):
        crs.area_m2(box(135, 34, 136, 35), code)
    with pytest.raises(InputError):
        crs.length_m(box(135, 34, 136, 35), code)


@pytest.mark.parametrize(("x", "y", "source", "target"), [(135.0, 34.0, 6668, 999_999), (np.inf, 34.0, 6668, 6673)])
def test_what_cannot_be_transformed_is_refused(x: float, y: float, source: int, target: int) -> None:
    with pytest.raises(InputError):
        crs.transform_xy(x, y, source, target)

"""Positions, bounds, and what is wrong with published ones."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coordinates import JAPAN, Bounds, LonLat, PositionDefect, examine_position, parse_degrees
from geo.errors import InputError


@pytest.mark.parametrize(
    ("lon", "lat"), [(math.nan, 35.0), (135.0, math.inf), (181.0, 0.0), (0.0, -90.5), (34.7, 135.3)]
)
def test_a_position_that_cannot_be_is_refused(lon: float, lat: float) -> None:
    with pytest.raises(InputError):
        LonLat(lon, lat)


def test_a_position_says_its_order() -> None:
    position = LonLat(135.3415, 34.7376)
    assert position.lonlat == (135.3415, 34.7376)
    assert position.latlon == (34.7376, 135.3415)


@pytest.mark.parametrize(
    ("lon", "lat", "defect"),
    [
        (None, 34.7, PositionDefect.MISSING),
        (135.3, None, PositionDefect.MISSING),
        (math.nan, 34.7, PositionDefect.NOT_FINITE),
        (135.3, -math.inf, PositionDefect.NOT_FINITE),
        (0.0, 0.0, PositionDefect.ZERO),
        (135.3, 0.0, PositionDefect.ZERO),
        (-0.1276, 51.5072, PositionDefect.OUTSIDE_JAPAN),
        (92319.0, -139583.0, PositionDefect.OUTSIDE_JAPAN),
        (121.9, 34.7, PositionDefect.OUTSIDE_JAPAN),
    ],
)
def test_what_cannot_be_trusted_has_no_position(lon: float | None, lat: float | None, defect: PositionDefect) -> None:
    examined = examine_position(lon, lat)
    assert (examined.position, examined.defect) == (None, defect)


@given(st.floats(JAPAN.west, JAPAN.east), st.floats(JAPAN.south, JAPAN.north))
def test_inside_japan_a_swap_is_always_seen_and_undone(lon: float, lat: float) -> None:
    assert examine_position(lon, lat).defect is None
    swapped = examine_position(lat, lon)
    assert swapped.defect is PositionDefect.SWAPPED
    assert swapped.position == LonLat(lon, lat)


def test_bounds_across_the_180th_meridian() -> None:
    bounds = Bounds(170, -10, -170, 10)
    assert bounds.crosses_antimeridian
    assert bounds.parts() == (Bounds(170, -10, 180, 10), Bounds(-180, -10, -170, 10))
    assert LonLat(-175, 0) in bounds
    assert LonLat(0, 0) not in bounds


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("135.3415", 135.3415),
        ("１３５．３４１５", 135.3415),
        ("34度44分15.36秒", 34.7376),
        ("34°44'15.36\"", 34.7376),
        ("北緯34度44分15.36秒", 34.7376),
        ("135°20′29.4″E", 135.3415),
        ("-34.5", -34.5),
        ("34度44分", 34 + 44 / 60),
    ],
)
def test_degrees_as_written(text: str, degrees: float) -> None:
    assert parse_degrees(text) == pytest.approx(degrees, abs=1e-9)


def test_no_degrees() -> None:
    assert parse_degrees(" 　") is None
    for text in ("不明", "34度61分", "135.3,34.7", "1e400"):
        value = parse_degrees(text)
        assert value is not None
        assert math.isnan(value)

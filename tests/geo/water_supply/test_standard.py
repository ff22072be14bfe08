"""The articles of 消防水利の基準 and its table, by hand."""

from itertools import product

import pytest

from geo.errors import InputError
from geo.water_supply.standard import DENSE_ZONES, NO_ZONE, OTHER_ZONES, is_ample, meets_standard, radii_m, radius_m


@pytest.mark.parametrize(
    ("hydrant", "main_mm", "volume_m3", "meets"),
    [
        (True, 150, None, True),
        (True, 149, None, None),  # where pipes form a grid it does
        (True, 75, None, None),
        (True, 74, 100, False),
        (True, None, 100, None),
        (False, None, 40, True),
        (False, 300, 39.9, False),
        (False, 300, None, None),
        (False, None, 0, False),
    ],
)
def test_the_standard(hydrant: bool, main_mm: float | None, volume_m3: float | None, meets: bool | None) -> None:
    assert meets_standard(hydrant=hydrant, main_mm=main_mm, volume_m3=volume_m3) is meets


@pytest.mark.parametrize(
    ("hydrant", "main_mm", "volume_m3", "flow_m3_min", "grid_side_m", "meets"),
    [
        (True, 75, None, None, 180, True),
        (True, 100, None, None, 180.1, None),  # its flow may yet be proven
        (True, 100, None, 1, 500, True),
        (True, 100, None, 0.99, 180, False),
        (True, 74, None, 2, 100, False),
        (True, None, None, 2, 100, None),
        (True, 150, None, None, 500, True),
        (True, 150, None, 0.5, None, False),
        (False, None, None, 1, None, True),
        (False, None, None, 0.9, None, False),
        (False, None, 10, 1, None, True),
        (False, None, 40, 0, None, True),
    ],
)
def test_thin_mains_and_running_water(
    hydrant: bool,
    main_mm: float | None,
    volume_m3: float | None,
    flow_m3_min: float | None,
    grid_side_m: float | None,
    meets: bool | None,
) -> None:
    found = meets_standard(
        hydrant=hydrant, main_mm=main_mm, volume_m3=volume_m3, flow_m3_min=flow_m3_min, grid_side_m=grid_side_m
    )
    assert found is meets


@pytest.mark.parametrize(
    ("volume_m3", "flow_m3_min", "pumps", "ample"),
    [
        (400, None, 5, True),
        (399, None, 5, False),
        (None, 10, 5, True),
        (None, 9.9, 5, False),
        (100, 10, 9, True),
        (400, None, 4, False),
        (400, None, None, None),
        (None, None, 5, None),
        (None, None, 4, False),
        (399, None, None, False),
    ],
)
def test_ample_sources(volume_m3: float | None, flow_m3_min: float | None, pumps: int, ample: bool | None) -> None:
    assert is_ample(volume_m3=volume_m3, flow_m3_min=flow_m3_min, pumps=pumps) is ample


@pytest.mark.parametrize(
    ("zone", "calm_m", "windy_m"),
    [
        ("近隣商業地域", 100, 80),
        ("商業地域", 100, 80),
        ("工業地域", 100, 80),
        ("工業専用地域", 100, 80),
        ("準工業地域", 120, 100),
        ("第一種低層住居専用地域", 120, 100),
        (NO_ZONE, 120, 100),
    ],
)
def test_the_table(zone: str, calm_m: float, windy_m: float) -> None:
    assert radius_m(built_up=True, zone=zone, wind_m_s=3.99) == calm_m
    assert radius_m(built_up=True, zone=zone, wind_m_s=4) == windy_m
    assert radius_m(built_up=False, zone=zone, wind_m_s=9) == 140


def test_there_are_thirteen_zones() -> None:
    assert len(DENSE_ZONES | OTHER_ZONES) == 13


def test_what_is_not_known_never_widens_a_radius() -> None:
    zones, winds = [*DENSE_ZONES, *OTHER_ZONES, NO_ZONE], [0.0, 4.0]
    every = list(product([True, False], zones, winds))
    for built_up, zone, wind in product([True, False, None], [*zones, None], [*winds, None]):
        could_be = [
            radius_m(built_up=b, zone=z, wind_m_s=w)
            for b, z, w in every
            if built_up in (None, b) and zone in (None, z) and wind in (None, w)
        ]
        assert radius_m(built_up=built_up, zone=zone, wind_m_s=wind) == min(could_be)


def test_many_places() -> None:
    assert radii_m([True, True, False, None], ["商業地域", NO_ZONE, None, NO_ZONE], 2).tolist() == [100, 120, 140, 120]
    with pytest.raises(InputError):
        radii_m([True], [], 2)


@pytest.mark.parametrize(("zone", "wind_m_s"), [("商業", 2), ("商業地域", -1), ("商業地域", float("nan"))])
def test_zones_and_winds_that_are_none(zone: str, wind_m_s: float) -> None:
    with pytest.raises(InputError):
        radius_m(built_up=True, zone=zone, wind_m_s=wind_m_s)

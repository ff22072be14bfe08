"""Slopes against a tilted plane and against heights worked out piece by piece."""

from math import exp, hypot

import numpy as np
import pytest
import shapely

from geo.crs import STORAGE, transform_xy
from geo.errors import InputError
from geo.network.model import RoadNetwork
from geo.network.profiles import profile
from geo.network.rules import Rule
from geo.network.slopes import BASE_M, height_places, slower, slower_by_edge, with_heights
from geo.travel.conditions import conditions
from geo.travel.topology import topology_of
from tests.geo.travel.streets import PLANE, grid, position, street, street_map

EAST, NORTH = 0.10, -0.04
ORIGIN = transform_xy(*position(0, 0), STORAGE, PLANE)


def metres(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x, y = transform_xy(lon, lat, STORAGE, PLANE)
    return x - ORIGIN[0], y - ORIGIN[1]


def tilted(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    x, y = metres(lon, lat)
    return 50 + EAST * x + NORTH * y


def on(network: RoadNetwork, ground: object = tilted) -> RoadNetwork:
    places = height_places(network)
    return with_heights(network, places, ground(places.lon, places.lat))  # type: ignore[operator]


def test_on_a_tilted_plane_every_street_has_the_slope_of_its_direction() -> None:
    """Long streets, short ones, and one with a bend in the middle of it."""
    bent = street("bent", (0, 900), (33, 900), (33, 977), (5, 977))
    short = [street("short", (0, 950), (3, 954)), street("tiny", (3, 954), (3, 956))]
    network = on(street_map([*grid(5, {"east-2": [107.0, 109.0]}), bent, *short]))
    stretches, slopes = network.stretches, network.slopes
    for number in range(len(stretches)):
        x, y = metres(*stretches.points(number))
        rises = EAST * np.diff(x) + NORTH * np.diff(y)
        runs = np.hypot(np.diff(x), np.diff(y))
        if len(rises) == 1:
            assert slopes.climb_m[number] == pytest.approx(max(rises[0], 0), abs=1e-6)
            assert slopes.descent_m[number] == pytest.approx(max(-rises[0], 0), abs=1e-6)
            assert slopes.steepest_up[number] == pytest.approx(max(rises[0] / runs[0], 0), abs=1e-6)
        net = slopes.climb_m[number] - slopes.descent_m[number]
        assert net == pytest.approx(rises.sum(), abs=1e-6)
        assert slopes.steepest[number] <= hypot(EAST, NORTH) + 1e-9
        if np.all(rises > 0) or np.all(rises < 0):
            assert min(slopes.climb_m[number], slopes.descent_m[number]) == pytest.approx(0, abs=1e-9)


def test_going_up_and_down_takes_what_the_formula_says() -> None:
    network = on(street_map([street("up", (0, 0), (400, 0))]))
    times = slower_by_edge(network)
    up = int(np.flatnonzero(network.along)[0])
    assert times[up] == pytest.approx(exp(-3.5 * 0.05) / exp(-3.5 * abs(0.10 + 0.05)))
    assert times[1 - up] == pytest.approx(1.0)
    now = conditions(topology_of(network), profile("walking"))
    assert now.impedance.weights[up] == pytest.approx(400_000 * times[up], rel=1e-3)
    car = conditions(topology_of(network), profile("car"))
    assert car.impedance.weights[0] == car.impedance.weights[1]


@pytest.mark.parametrize(("slope", "expected"), [(0.0, 1.0), (0.10, 1.419), (-0.05, 1.0), (-0.10, 1.0), (-0.15, 1.191)])
def test_the_hiking_function(slope: float, expected: float) -> None:
    assert float(slower(slope)) == pytest.approx(expected, abs=1e-3)


def test_a_slope_that_no_street_has_does_not_stop_anybody() -> None:
    assert float(slower(9.0)) == float(slower(0.5)) < 6
    assert np.isnan(slower(np.nan))


def test_a_hill_is_climbed_and_descended_as_sampled_by_hand() -> None:
    network = street_map([street("over", (0, 0), (200, 0))])

    def hill(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        x, _ = metres(lon, lat)
        return np.asarray(12 - np.abs(x - 100) * 0.12)

    found = on(network, hill).slopes
    assert found.climb_m[0] == pytest.approx(12, abs=1e-3)
    assert found.descent_m[0] == pytest.approx(12, abs=1e-3)
    assert found.steepest_up[0] == pytest.approx(0.12, abs=1e-4)
    assert found.slower_along[0] == pytest.approx((float(slower(0.12)) + float(slower(-0.12))) / 2, abs=1e-3)


def test_unknown_heights_make_unknown_slopes_and_nothing_else() -> None:
    network = street_map(grid(4))

    def half(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        x, _ = metres(lon, lat)
        return np.where(x > 150, np.nan, 5.0)

    found = on(network, half)
    lines = [
        shapely.LineString(np.column_stack(metres(*found.stretches.points(n)))) for n in range(len(found.stretches))
    ]
    expected = [line.bounds[2] > 150 + BASE_M for line in lines]
    unknown = np.isnan(found.slopes.climb_m)
    assert unknown.tolist() == expected
    for column in (found.slopes.steepest, found.slopes.slower_along, found.slopes.descent_m):
        assert np.isnan(column).tolist() == expected
    assert np.all(slower_by_edge(found) == 1.0)
    before = conditions(topology_of(network), profile("wheelchair")).impedance
    after = conditions(topology_of(found), profile("wheelchair")).impedance
    assert np.array_equal(before.weights, after.weights)
    assert not after.doubt.any()


def test_bridges_and_tunnels_are_not_the_ground() -> None:
    """A valley under a bridge; a bridge that goes on over a junction in the air."""
    parts = [
        street("west", (0, 0), (50, 0)),
        street("bridge", (50, 0), (150, 0), bridge=True),
        street("east", (150, 0), (200, 0)),
        street("long", (200, 0), (250, 0), bridge=True),
        street("air", (250, 0), (300, 0), bridge=True),
        street("land", (300, 0), (350, 0)),
        street("tunnel", (350, 0), (450, 0), tunnel=True),
        street("out", (450, 0), (500, 0)),
    ]

    def valley(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        x, _ = metres(lon, lat)
        return np.where((x > 51) & (x < 149), -30.0, 0.0) + np.where((x > 351) & (x < 449), 80.0, 0.0)

    found = on(street_map(parts), valley)
    names = [str(found.ways.id[way]) for way in found.stretches.way]
    climb = dict(zip(names, found.slopes.climb_m.tolist(), strict=True))
    assert climb["w-bridge"] == climb["w-tunnel"] == 0
    assert np.isnan(climb["w-long"])
    assert np.isnan(climb["w-air"])


def test_stairs_climb_and_are_no_slope() -> None:
    found = on(street_map([street("stairs", (0, 0), (40, 0), highway="steps")]))
    assert found.slopes.climb_m[0] == pytest.approx(4, abs=1e-6)
    assert found.slopes.steepest[0] == 0
    assert found.slopes.slower_along[0] == 1


def test_wheels_are_warned_of_what_is_too_steep() -> None:
    network = on(street_map(grid(3)))
    wheels = conditions(topology_of(network), profile("wheelchair")).impedance
    too_steep = network.slopes.steepest[network.stretch] > 0.08
    assert np.array_equal(wheels.doubt == Rule.TOO_STEEP, too_steep)
    assert 0 < too_steep.sum() < network.edges
    assert not conditions(topology_of(network), profile("walking")).impedance.doubt.any()


def test_heights_of_another_network_are_refused() -> None:
    network = street_map(grid(2))
    with pytest.raises(InputError):
        with_heights(network, height_places(network), np.zeros(3))


def test_no_streets() -> None:
    network = street_map([])
    assert len(on(network).slopes.climb_m) == 0

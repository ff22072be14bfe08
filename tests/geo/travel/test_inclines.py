"""Ways over hills: the flat detour where it is sooner, against an own search over slopes worked out by hand."""

from collections.abc import Callable
from math import exp

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from geo.crs import STORAGE, transform_xy
from geo.errors import InputError
from geo.evacuation.steep import counting_dearer
from geo.evacuation.zones import never_entering
from geo.network.model import RoadNetwork
from geo.network.profiles import profile
from geo.network.records import Way as Street
from geo.network.slopes import height_places, with_heights
from geo.travel.conditions import Conditions, conditions
from geo.travel.finding import Stand, Way, fastest, stands
from geo.travel.inclines import climb_of, steeper_than
from geo.travel.topology import topology_of
from tests.geo.travel.streets import PLANE, position, street, street_map

type Ground = Callable[[np.ndarray, np.ndarray], np.ndarray]
ORIGIN = transform_xy(*position(0, 0), STORAGE, PLANE)


def on(streets: list[Street], ground: Ground, who: str = "walking") -> Conditions:
    network = street_map(streets)
    places = height_places(network)
    x, y = transform_xy(places.lon, places.lat, STORAGE, PLANE)
    heights = ground(x - ORIGIN[0], y - ORIGIN[1])
    return conditions(topology_of(with_heights(network, places, heights)), profile(who))


def at(now: Conditions, x: float, y: float) -> list[Stand]:
    return stands(now, now.topology.places.near(*position(x, y), now.usable, 500)[0])


def way(now: Conditions, start: tuple[float, float], end: tuple[float, float]) -> Way:
    found = fastest(now, at(now, *start), at(now, *end))
    assert found is not None
    return found


def names(network: RoadNetwork, found: Way) -> set[str]:
    return {str(network.ways.name.at(row)) for row in network.stretches.way[network.stretch[found.edges]].tolist()}


def hill(percent: float) -> Ground:
    """Between 50 and 250 m to the east, along the straight street; the detour to the north is level."""
    return lambda x, y: np.where(np.abs(y) < 40, np.clip(100 - np.abs(x - 150), 0, None) * percent / 100, 0.0)


STREETS = [
    street("start", (0, 0), (50, 0)),
    street("over", (50, 0), (250, 0)),
    street("round", (50, 0), (50, 50), (250, 50), (250, 0)),
    street("end", (250, 0), (300, 0)),
]


@pytest.mark.parametrize(("percent", "expected"), [(0, "over"), (12, "over"), (30, "round")])
def test_the_flat_detour_wins_where_the_hill_is_steep(percent: float, expected: str) -> None:
    now = on(STREETS, hill(percent))
    found = way(now, (5, 0), (295, 0))
    assert expected in names(now.topology.network, found)
    climb = climb_of(now.topology.network, found)
    if expected == "over":
        assert climb.climb_m == pytest.approx(percent, abs=0.1)
        assert climb.descent_m == pytest.approx(percent, abs=0.1)
        assert abs(climb.steepest or 0) == pytest.approx(percent / 100, abs=1e-3)
        up = exp(3.5 * percent / 100)
        down = max(exp(3.5 * (abs(0.05 - percent / 100) - 0.05)), 1.0)
        assert found.cost == pytest.approx(1000 * (90 + 100 * up + 100 * down), rel=2e-3)
    else:
        assert climb.climb_m == pytest.approx(0, abs=0.5)
    assert (climb.unknown_m, climb.unknown) == (0, 0)


def test_up_is_slower_than_down_and_has_the_sign() -> None:
    now = on([street("slope", (0, 0), (200, 0))], lambda x, _: 0.1 * x)
    up, down = way(now, (20, 0), (180, 0)), way(now, (180, 0), (20, 0))
    assert up.cost == pytest.approx(1000 * 160 * exp(0.35), rel=1e-3)
    assert down.cost == pytest.approx(160_000, rel=1e-3)
    climbed, descended = climb_of(now.topology.network, up), climb_of(now.topology.network, down)
    assert climbed.climb_m == descended.descent_m == pytest.approx(16, abs=0.1)
    assert climbed.descent_m == descended.climb_m == pytest.approx(0, abs=1e-6)
    assert climbed.steepest == pytest.approx(0.1, abs=1e-4)
    assert descended.steepest == pytest.approx(-0.1, abs=1e-4)


def test_wheels_go_round_what_is_too_steep_and_over_it_where_there_is_nothing_else() -> None:
    now = on(STREETS, hill(12), "wheelchair")
    network = now.topology.network
    steep = steeper_than(network, 0.08)
    assert {str(network.ways.name.at(row)) for row in network.stretches.way[steep].tolist()} == {"over"}
    gentle = never_entering(now, steep, from_inside=True)
    assert "over" in names(network, way(now, (5, 0), (295, 0)))
    assert "round" in names(network, way(gentle, (5, 0), (295, 0)))
    only = on([each for each in STREETS if each.name != "round"], hill(12), "wheelchair")
    kept = never_entering(only, steeper_than(only.topology.network, 0.08), from_inside=True)
    assert fastest(kept, at(kept, 5, 0), at(kept, 295, 0)) is None
    steepest = climb_of(only.topology.network, way(only, (5, 0), (295, 0))).steepest
    assert abs(steepest or 0) == pytest.approx(0.12, abs=1e-3)


def test_what_is_too_steep_is_gone_over_as_little_as_can_be() -> None:
    """Out of a steep street, over a steep hill or round it: who never enters what is steep is in it already."""
    streets = [
        street("home", (0, 0), (60, 0)),
        street("hill", (60, 0), (200, 0)),
        street("round", (60, 0), (60, 150), (200, 150), (200, 0)),
        street("goal", (200, 0), (260, 0)),
    ]

    def ground(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        over = np.where(np.abs(y) < 10, np.clip(70 - np.abs(x - 130), 0, None) * 0.12, 0.0)
        return np.asarray(0.11 * np.clip(x, 0, 60) + over)

    now = on(streets, ground, "wheelchair")
    network = now.topology.network
    steep = steeper_than(network, 0.08)
    assert {str(network.ways.name.at(row)) for row in network.stretches.way[steep].tolist()} == {"home", "hill"}
    kept = never_entering(now, steep, from_inside=True)
    assert "hill" in names(network, way(kept, (5, 0), (255, 0)))
    seldom = way(counting_dearer(now, steep), (5, 0), (255, 0))
    assert names(network, seldom) == {"home", "round", "goal"}
    level = 440 + 55  # metres at 0.5 m/s
    assert seldom.weights.sum() / 1000 == pytest.approx(2 * (level + 55 * exp(3.5 * 0.11)), rel=2e-3)


def test_what_is_not_kept_off_costs_what_it_did() -> None:
    now = on(STREETS, hill(12), "wheelchair")
    steep = steeper_than(now.topology.network, 0.08)
    assert np.array_equal(counting_dearer(now, steep, 1.0).weights, now.weights)
    for mask, factor in ((steep[:-1], 10.0), (steep, 0.5), (steep, float("nan"))):
        with pytest.raises(InputError):
            counting_dearer(now, mask, factor)


def test_what_is_unknown_is_counted_and_not_level() -> None:
    now = on(STREETS, lambda x, _: np.where(x > 255, np.nan, 0.0))
    climb = climb_of(now.topology.network, way(now, (5, 0), (295, 0)))
    assert climb.unknown == 1
    assert climb.unknown_m == pytest.approx(45, abs=0.1)
    nothing = on(STREETS, lambda x, _: np.full(len(x), np.nan))
    lost = climb_of(nothing.topology.network, way(nothing, (5, 0), (295, 0)))
    assert lost.steepest is None
    assert (lost.climb_m, lost.descent_m, lost.unknown) == (0, 0, 3)


def test_costs_on_rolling_ground_against_an_own_search() -> None:
    """Streets of 60 m in pieces of 20 m; times of each are summed by the formula, from heights at both ends."""
    side, step = 6, 60.0

    def ground(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.asarray(9 * np.sin(x / 37) + 7 * np.cos(y / 29) + 0.02 * x)

    stops = [number * step for number in range(side)]
    streets = [
        *(street(f"east-{y:g}", *((x, y) for x in stops)) for y in stops),
        *(street(f"north-{x:g}", *((x, y) for y in stops)) for x in stops),
    ]
    now = on(streets, ground)

    def seconds(start: tuple[float, float], end: tuple[float, float]) -> float:
        x, y = (np.linspace(one, other, 4) for one, other in zip(start, end, strict=True))
        slopes = np.diff(ground(x, y)) / 20
        return float(sum(20 * max(exp(3.5 * (abs(slope + 0.05) - 0.05)), 1.0) for slope in slopes))

    corners = [(x, y) for x in stops for y in stops]
    pairs = [
        (first, second)
        for first, one in enumerate(corners)
        for second, other in enumerate(corners)
        if abs(one[0] - other[0]) + abs(one[1] - other[1]) == step
    ]
    costs = [seconds(corners[first], corners[second]) for first, second in pairs]
    matrix = coo_array((costs, tuple(np.array(pairs).T)), shape=(len(corners), len(corners)))
    expected = dijkstra(matrix.tocsr())
    random = np.random.default_rng(4)
    for first, second in random.integers(0, len(corners), (12, 2)).tolist():
        if first != second:
            found = way(now, corners[first], corners[second])
            assert found.cost / 1000 == pytest.approx(expected[first, second], rel=2e-3)

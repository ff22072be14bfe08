"""Which parts of roads lie in zones: the same metres as the library finds, piece by piece and for whole ways."""

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE, transform_geometry
from geo.network.profiles import profile
from geo.routing.graph import FloatArray, Int64Array
from geo.travel.conditions import conditions
from geo.travel.finding import fastest, stands
from geo.travel.steps import shape_of
from geo.travel.topology import topology_of
from geo.travel.zoned import ZonedRoads, zoned
from tests.geo.travel.streets import PLANE, grid, position, street_map


def lines_of(*lines: list[tuple[float, float]]) -> tuple[FloatArray, Int64Array]:
    first = np.cumsum([0, *map(len, lines)])
    return np.concatenate([np.array(each, float) for each in lines]), first.astype(np.int64)


def areas(*shapes: BaseGeometry) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    found = np.empty(len(shapes), object)
    found[:] = shapes
    return found


def test_by_hand() -> None:
    """A line of 100 m through a bad zone from 20 to 40 m in a worse one's reach from 30 to 50, known up to 80 m."""
    points, first = lines_of([(0, 0), (60, 0), (100, 0)])
    zones = areas(shapely.box(20, -5, 40, 5), shapely.box(30, -5, 50, 5))
    found = zoned(points, first, zones, [1, 0], shapely.box(-10, -10, 80, 10), 2)
    rows = list(zip(found.begin_m.tolist(), found.end_m.tolist(), found.kind.tolist(), strict=True))
    assert rows == [(0, 20, 2), (20, 30, 1), (30, 50, 0), (50, 80, 2), (80, 100, 3)]


def test_nothing_is_known_where_nobody_says_so() -> None:
    points, first = lines_of([(0, 0), (10, 0)])
    found = zoned(points, first, areas(), [], None, 0)
    assert found.kind.tolist() == [1]
    empty = zoned(np.empty((0, 2)), np.zeros(1, np.int64), areas(shapely.box(0, 0, 1, 1)), [0], None, 1)
    assert len(empty.kind) == 0


def ragged(random: np.random.Generator, size: float) -> BaseGeometry:
    """A valid area somewhere, perhaps of several parts, with a hole."""
    middle = random.uniform(0, 500, 2)
    angle = np.sort(random.uniform(0, 2 * np.pi, 12))
    rim = middle + (random.uniform(0.3, 1, 12) * size)[:, np.newaxis] * np.column_stack([np.cos(angle), np.sin(angle)])
    hole = shapely.Point(*middle).buffer(size / 6)
    return shapely.difference(shapely.make_valid(shapely.Polygon(rim), method="structure"), hole)


@pytest.mark.parametrize("seed", range(4))
def test_pieces_are_as_long_as_the_library_finds(seed: int) -> None:
    random = np.random.default_rng(seed)
    drawn = [np.cumsum(random.uniform(-60, 60, (int(random.integers(2, 9)), 2)), axis=0) + 250 for _ in range(60)]
    drawn.append(np.array([[100.0, 100.0], [200.0, 100.0], [300.0, 100.0]]))  # along a border, and through a corner
    drawn.append(np.array([[50.0, 50.0], [150.0, 150.0]]))
    points, first = lines_of(*[[(x, y) for x, y in line.tolist()] for line in drawn])
    zones = [*(ragged(random, 120) for _ in range(9)), shapely.box(100, 100, 180, 220)]
    kinds = random.integers(0, 4, len(zones)).tolist()
    known = shapely.box(0, 0, 350, 320)
    found = zoned(points, first, areas(*zones), kinds, known, 4)
    worst_first = [
        shapely.union_all([z for z, kind in zip(zones, kinds, strict=True) if kind == each]) for each in range(4)
    ]
    for number, line in enumerate(map(shapely.LineString, drawn)):
        rest: BaseGeometry = line
        mine = found.stretch == number
        assert found.begin_m[mine][0] == 0
        assert found.end_m[mine][-1] == pytest.approx(line.length)
        assert found.begin_m[mine][1:] == pytest.approx(found.end_m[mine][:-1])
        for kind, area in enumerate([*worst_first, known, shapely.box(-1e5, -1e5, 1e5, 1e5)]):
            metres = (found.end_m - found.begin_m)[mine & (found.kind == kind)].sum()
            if number < 60:  # what lies on a border itself may be counted to either side
                assert metres == pytest.approx(rest.intersection(area).length, abs=1e-6), (number, kind)
            rest = rest.difference(area)


def test_of_a_way_only_what_it_uses_counts_in_either_direction() -> None:
    network = street_map(grid(6))
    town = topology_of(network)
    now = conditions(town, profile("walking"))
    zone = transform_geometry(
        shapely.Polygon([position(*each) for each in ((30, -20), (330, 60), (260, 420), (90, 300))]), STORAGE, PLANE
    )
    points, first = town.places.lines
    roads = ZonedRoads.of(len(network.stretches), zoned(points, first, areas(zone), [0], None, 1))
    random = np.random.default_rng(5)
    through = 0
    for start, end in random.uniform(0, 500, (40, 2, 2)).tolist():
        ends = [town.places.near(*position(*place), now.usable, 500)[0] for place in (start, end)]
        way = fastest(now, stands(now, ends[0]), stands(now, ends[1]))
        assert way is not None
        line = transform_geometry(shapely.LineString(shape_of(network, way)), STORAGE, PLANE)
        inside = line.intersection(zone).length
        metres = roads.metres(network, way, 3)
        assert metres[0] == pytest.approx(inside, abs=1e-3)
        assert metres.sum() == pytest.approx(line.length, abs=1e-3)
        through += inside > 0
    assert through > 15

"""Grids: parts, the cells a box touches, alignment, and size on the ground."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import distance_m, transform_xy
from geo.errors import InputError
from geo.grid import Grid, aligned, bounds_in, cell_size_in, ground_size_m

GRID = Grid(6673, (100.0, 200.0, 140.0, 230.0), 40, 30)


def test_centres_run_from_the_north_west() -> None:
    x, y = GRID.centres()
    assert (x[0], x[-1], y[0], y[-1]) == (100.5, 139.5, 229.5, 200.5)
    assert GRID.resolution == (1.0, 1.0)
    assert GRID.cells == 1200


def test_a_part_is_made_of_the_same_cells() -> None:
    part = GRID.part(10, 5, 3, 4)
    x, y = GRID.centres()
    part_x, part_y = part.centres()
    np.testing.assert_allclose(part_x, x[5:9])
    np.testing.assert_allclose(part_y, y[10:13])
    assert GRID.grown(2).part(2, 2, 30, 40).bounds == pytest.approx(GRID.bounds)


@pytest.mark.parametrize(
    ("box", "columns", "rows"),
    [
        ((100.0, 200.0, 140.0, 230.0), (0, 40), (0, 30)),
        ((101.0, 201.0, 102.0, 202.0), (1, 1), (28, 1)),  # edges on edges: no neighbour
        ((100.9, 200.9, 101.1, 201.1), (0, 2), (28, 2)),
        ((110.5, 210.5, 110.5, 210.5), (10, 1), (19, 1)),  # a place
        ((90.0, 190.0, 100.5, 200.5), (0, 1), (29, 1)),  # half outside
        ((0.0, 0.0, 1e9, 1e9), (0, 40), (0, 30)),
    ],
)
def test_cells_that_a_box_touches(
    box: tuple[float, float, float, float], columns: tuple[int, int], rows: tuple[int, int]
) -> None:
    assert GRID.touching(box) == GRID.part(rows[0], columns[0], rows[1], columns[1])


@pytest.mark.parametrize("box", [(0, 0, 1, 1), (141, 200, 150, 230), (100, 231, 140, 240), (0, 200, 99, 230)])
def test_a_box_outside_touches_nothing(box: tuple[float, float, float, float]) -> None:
    assert GRID.touching(box) is None


@given(st.floats(-50, 190), st.floats(150, 280), st.floats(0, 60), st.floats(0, 60))
def test_touched_cells_are_those_whose_area_the_box_reaches_into(
    left: float, bottom: float, wide: float, high: float
) -> None:
    box = (left, bottom, left + wide + 0.01, bottom + high + 0.01)
    found = GRID.touching(box)
    x, y = GRID.centres()
    margin = 1e-5  # what lies this near to an edge may count either way
    surely_x = (x - 0.5 < box[2] - margin) & (x + 0.5 > box[0] + margin)
    surely_y = (y - 0.5 < box[3] - margin) & (y + 0.5 > box[1] + margin)
    if found is None:
        assert not (surely_x.any() and surely_y.any())
        return
    found_x, found_y = found.centres()
    assert set(np.round(x[surely_x], 3)) <= set(np.round(found_x, 3))
    assert set(np.round(y[surely_y], 3)) <= set(np.round(found_y, 3))
    assert found_x.min() - 0.5 <= max(box[0], 100) + margin
    assert found_x.max() + 0.5 >= min(box[2], 140) - margin
    assert len(found_x) <= surely_x.sum() + 2


def test_aligned_grids_cover_their_box_and_meet_the_origin() -> None:
    grid = aligned(6673, (3.2, -7.9, 11.0, 4.0), (5.0, 2.0), (1.0, 0.0))
    assert grid.bounds == (1.0, -8.0, 11.0, 4.0)
    assert (grid.width, grid.height) == (2, 6)
    assert aligned(6673, (5.0, 5.0, 10.0, 10.0), (5.0, 5.0)).bounds == (5.0, 5.0, 10.0, 10.0)


@pytest.mark.parametrize(
    "bounds", [(1.0, 0.0, 1.0, 2.0), (0.0, 2.0, 1.0, 1.0), (0.0, 0.0, math.inf, 1.0), (math.nan, 0.0, 1.0, 1.0)]
)
def test_what_bounds_nothing_is_refused(bounds: tuple[float, float, float, float]) -> None:
    with pytest.raises(InputError):
        Grid(6673, bounds, 1, 1)
    with pytest.raises(InputError):
        Grid(6673, (0.0, 0.0, 1.0, 1.0), 0, 1)


def test_bounds_in_another_system_hold_every_place_of_the_box() -> None:
    box = (135.2, 34.65, 135.45, 34.9)
    left, bottom, right, top = bounds_in(box, 6668, 6673)
    x, y = np.meshgrid(np.linspace(box[0], box[2], 50), np.linspace(box[1], box[3], 50))
    plane_x, plane_y = transform_xy(x.ravel(), y.ravel(), 6668, 6673)
    assert left <= plane_x.min() + 0.5
    assert right >= plane_x.max() - 0.5
    assert bottom <= plane_y.min() + 0.5
    assert top >= plane_y.max() - 0.5
    with pytest.raises(InputError):
        bounds_in((135.0, 80.0, 136.0, 95.0), 6668, 3857)


@pytest.mark.parametrize("crs", [6668, 3857, 6673])
def test_size_on_the_ground_is_the_geodesic_one(crs: int) -> None:
    x, y = transform_xy(135.34, 34.74, 6668, crs)
    size = 0.0001 if crs == 6668 else 10.0
    grid = Grid(crs, (x, y - 3 * size, x + size, y), 1, 3)
    size_x, size_y = ground_size_m(grid)
    corner = transform_xy(np.array([x, x + size, x]), np.array([y, y, y - size]), crs, 6668)
    east = distance_m(corner[0][0], corner[1][0], corner[0][1], corner[1][1])
    south = distance_m(corner[0][0], corner[1][0], corner[0][2], corner[1][2])
    assert size_x[0] == pytest.approx(east, rel=0.007)
    assert size_y[0] == pytest.approx(south, rel=0.007)


def test_a_cell_keeps_its_size_in_another_system() -> None:
    grid = Grid(6668, (135.3, 34.7, 135.4, 34.8), 1000, 1000)
    size_x, size_y = cell_size_in(grid, 6673)
    assert size_x == pytest.approx(9.16, abs=0.02)
    assert size_y == pytest.approx(11.09, abs=0.02)
    assert cell_size_in(grid, 6668) == grid.resolution

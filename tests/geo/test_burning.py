"""Burning: against GDAL's rasteriser and against shapely, cell by cell."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.features import rasterize
from rasterio.transform import from_bounds

from geo import burning
from geo.grid import Grid

GRID = Grid(6673, (0.0, 0.0, 30.0, 20.0), 30, 20)
Mask = npt.NDArray[np.bool_]


def star(seed: int, points: int, x: float, y: float, radius: float) -> Any:
    random = np.random.default_rng(seed)
    angles = np.sort(random.uniform(0, 2 * np.pi, points))
    radii = radius * random.uniform(0.2, 1, points)
    return shapely.Polygon(np.column_stack([x + radii * np.cos(angles), y + radii * np.sin(angles)])).buffer(0)


def array(*polygons: Any) -> npt.NDArray[np.object_]:
    found = np.empty(len(polygons), dtype=object)
    found[:] = polygons
    return found


def by_gdal(polygons: npt.NDArray[np.object_], grid: Grid, *, all_touched: bool) -> Mask:
    burnt = rasterize(
        [(polygon, 1) for polygon in polygons],
        out_shape=(grid.height, grid.width),
        transform=from_bounds(*grid.bounds, grid.width, grid.height),
        all_touched=all_touched,
        dtype="uint8",
    )
    return np.asarray(burnt > 0)


def cells(grid: Grid) -> npt.NDArray[np.object_]:
    x, y = np.meshgrid(*grid.centres())
    half_x, half_y = (size / 2 for size in grid.resolution)
    boxes: npt.NDArray[np.object_] = shapely.box(x - half_x, y - half_y, x + half_x, y + half_y)
    return boxes


@settings(deadline=None)
@given(st.integers(0, 2**31), st.integers(3, 30), st.floats(-5, 35), st.floats(-5, 25), st.floats(0.3, 20))
def test_as_shapely_says(seed: int, points: int, x: float, y: float, radius: float) -> None:
    polygon = star(seed, points, x, y, radius)
    if polygon.is_empty:
        return
    centre_x, centre_y = np.meshgrid(*GRID.centres())
    inside = shapely.contains_xy(polygon, centre_x, centre_y)
    on_edge = shapely.distance(shapely.boundary(polygon), shapely.points(centre_x, centre_y)) < 1e-9
    np.testing.assert_array_equal(burning.centred(array(polygon), GRID)[~on_edge], inside[~on_edge])
    found = burning.touched(array(polygon), GRID)
    boxes = cells(GRID)
    # Cells whose inside the polygon enters are touched; cells it stays clear of are not.
    surely = shapely.area(shapely.intersection(boxes, polygon)) > 1e-9
    never = shapely.distance(boxes, polygon) > 1e-9
    assert found[surely].all()
    assert not found[never].any()


@pytest.mark.parametrize("seed", range(5))
def test_as_gdal_burns(seed: int) -> None:
    polygons = array(*(star(seed * 10 + n, 12, 5 + 4 * n, 4 + 2 * n, 6) for n in range(5)))
    np.testing.assert_array_equal(burning.centred(polygons, GRID), by_gdal(polygons, GRID, all_touched=False))
    np.testing.assert_array_equal(burning.touched(polygons, GRID), by_gdal(polygons, GRID, all_touched=True))


def test_holes_stay_empty_and_overlaps_full() -> None:
    ring = shapely.box(2, 2, 18, 18).difference(shapely.box(6, 6, 14, 14))
    other = shapely.box(10, 0, 28, 10)
    both = shapely.union(ring, other)
    found = burning.centred(array(ring, other, shapely.MultiPolygon([shapely.box(20, 12, 22, 14)])), GRID)
    expected = shapely.contains_xy(shapely.union(both, shapely.box(20, 12, 22, 14)), *np.meshgrid(*GRID.centres()))
    np.testing.assert_array_equal(found, expected)
    assert not burning.touched(array(ring), GRID)[20 - 12, 10]


def test_rings_may_run_either_way() -> None:
    box = shapely.box(2, 2, 9, 9)
    turned = shapely.Polygon(list(box.exterior.coords)[::-1])
    np.testing.assert_array_equal(burning.centred(array(box), GRID), burning.centred(array(turned), GRID))
    overlap = array(box, shapely.Polygon(list(shapely.box(5, 5, 12, 12).exterior.coords)[::-1]))
    assert burning.centred(overlap, GRID).sum() == 49 + 49 - 16


def test_a_sliver_between_all_middles_is_touched() -> None:
    sliver = shapely.box(3.6, 0.2, 3.7, 19.3)
    assert not burning.centred(array(sliver), GRID).any()
    np.testing.assert_array_equal(burning.touched(array(sliver), GRID), by_gdal(array(sliver), GRID, all_touched=True))


def test_neighbours_share_no_cell_and_leave_none_out() -> None:
    left, right = shapely.box(0, 0, 10.5, 20), shapely.box(10.5, 0, 30, 20)  # the edge runs through middles
    one, other = burning.centred(array(left), GRID), burning.centred(array(right), GRID)
    assert not (one & other).any()
    assert (one | other).all()


@pytest.mark.parametrize("burn", [burning.centred, burning.touched])
def test_pieces_fit(burn: Any) -> None:
    polygons = array(*(star(n, 15, 5 + 5 * n, 10, 9) for n in range(5)))
    whole = burn(polygons, GRID)
    pieces = np.hstack([burn(polygons, GRID.part(0, column, 20, 10)) for column in (0, 10, 20)])
    np.testing.assert_array_equal(pieces, whole)


def test_nothing_is_burnt_of_nothing() -> None:
    for polygons in (array(), array(shapely.Polygon()), array(shapely.box(100, 100, 110, 110))):
        assert not burning.touched(polygons, GRID).any()
        assert not burning.centred(polygons, GRID).any()


def test_what_lies_far_beyond_the_grid_counts() -> None:
    around = shapely.box(-1e7, -1e7, 1e7, 1e7)
    assert burning.centred(array(around), GRID).all()
    assert burning.touched(array(around), GRID).all()

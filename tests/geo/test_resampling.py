"""Resampling: exact where cells coincide, linear on planes, gaps stay gaps, and pieces fit without a seam."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import transform_xy
from geo.grid import Grid
from geo.resampling import Kernel, Positions, positions, sample

SOURCE = Grid(6668, (135.30, 34.75, 135.34, 34.78), 40, 30)
KERNELS = (Kernel.BILINEAR, Kernel.CUBIC)


@pytest.mark.parametrize("kernel", list(Kernel))
def test_cells_that_coincide_are_the_cells(kernel: Kernel) -> None:
    values = np.random.default_rng(1).standard_normal((30, 40))
    part = SOURCE.part(3, 5, 10, 20)
    found, present = sample(values, None, positions(part, SOURCE), kernel)
    np.testing.assert_allclose(found, values[3:13, 5:25], atol=1e-6)
    assert present.all()


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("crs", [3857, 6673, 6668])
def test_a_plane_of_longitude_and_latitude_stays_one(kernel: Kernel, crs: int) -> None:
    x, y = SOURCE.centres()
    values = np.add.outer(2000 * (y - 34.7), 3000 * (x - 135.3))
    left, bottom = transform_xy(135.31, 34.758, 6668, crs)
    size = 1e-4 if crs == 6668 else 7.0
    target = Grid(crs, (left, bottom, left + 100 * size, bottom + 90 * size), 100, 90)
    found, present = sample(values, None, positions(target, SOURCE), kernel)
    target_x, target_y = np.meshgrid(*target.centres())
    lon, lat = transform_xy(target_x.ravel(), target_y.ravel(), crs, 6668)
    expected = (2000 * (lat - 34.7) + 3000 * (lon - 135.3)).reshape(found.shape)
    assert present.all()
    np.testing.assert_allclose(found, expected, atol=0.01)


@pytest.mark.parametrize("crs", [3857, 6673])
def test_positions_are_those_of_proj(crs: int) -> None:
    left, bottom = transform_xy(135.31, 34.758, 6668, crs)
    for size in (1.0, 30.0, 1000.0):
        target = Grid(crs, (left, bottom, left + 64 * size, bottom + 48 * size), 64, 48)
        at = positions(target, SOURCE)
        columns, rows = np.broadcast_arrays(at.columns, at.rows[:, np.newaxis]) if at.apart else (at.columns, at.rows)
        x, y = np.meshgrid(*target.centres())
        lon, lat = transform_xy(x.ravel(), y.ravel(), crs, 6668)
        expected_columns = (lon.reshape(x.shape) - 135.30) / 0.001 - 0.5
        expected_rows = (34.78 - lat.reshape(x.shape)) / 0.001 - 0.5
        cell = size / 91.6  # of the source
        np.testing.assert_allclose(columns, expected_columns, atol=0.01 * cell)
        np.testing.assert_allclose(rows, expected_rows, atol=0.01 * cell)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("crs", [3857, 6673])
def test_two_halves_are_one_whole(kernel: Kernel, crs: int) -> None:
    values = np.random.default_rng(2).standard_normal((30, 40)) * 100
    known = np.random.default_rng(3).random((30, 40)) > 0.1
    left, bottom = (float(np.floor(each)) for each in transform_xy(135.31, 34.758, 6668, crs))
    whole = Grid(crs, (left, bottom, left + 1200, bottom + 600), 120, 60)
    together, shown = sample(values, known, positions(whole, SOURCE), kernel)
    for part, columns in ((whole.part(0, 0, 60, 50), slice(0, 50)), (whole.part(0, 50, 60, 70), slice(50, 120))):
        alone, alone_shown = sample(values, known, positions(part, SOURCE), kernel)
        np.testing.assert_array_equal(alone_shown, shown[:, columns])
        np.testing.assert_allclose(alone[alone_shown], together[:, columns][alone_shown], rtol=1e-9, atol=1e-7)


@pytest.mark.parametrize("kernel", list(Kernel))
def test_a_gap_stays_as_large_as_it_is_and_colours_nobody(kernel: Kernel) -> None:
    values = np.full((10, 10), 50.0)
    known = np.ones((10, 10), dtype=bool)
    known[4:6, 4:6] = False
    values[~known] = 1e30
    fine = np.arange(-0.45, 9.5, 0.1)
    found, present = sample(values, known, Positions(fine, fine, apart=True), kernel)
    inside = (fine >= 3.5) & (fine < 5.5)
    np.testing.assert_array_equal(present, ~np.logical_and.outer(inside, inside))
    np.testing.assert_allclose(found[present], 50.0)


@given(st.floats(-5, 15), st.floats(-5, 15))
def test_nothing_is_known_outside(column: float, row: float) -> None:
    values = np.full((10, 10), 1.0)
    _, present = sample(values, None, Positions(np.array([column]), np.array([row]), apart=True), Kernel.BILINEAR)
    assert bool(present[0, 0]) == (-0.5 <= column < 9.5 and -0.5 <= row < 9.5)


def test_bilinear_never_leaves_the_range_of_its_neighbours() -> None:
    values = np.random.default_rng(5).standard_normal((20, 20))
    at = np.random.default_rng(6).uniform(0, 19, 500)
    found, _ = sample(values, None, Positions(at[:250], at[250:], apart=True), Kernel.BILINEAR)
    assert found.min() >= values.min()
    assert found.max() <= values.max()


def test_both_forms_of_positions_give_the_same() -> None:
    values = np.random.default_rng(8).standard_normal((20, 30))
    known = np.random.default_rng(9).random((20, 30)) > 0.2
    columns, rows = np.linspace(-1, 30, 40), np.linspace(-1, 20, 35)
    full_columns, full_rows = np.meshgrid(columns, rows)
    for kernel in Kernel:
        apart = sample(values, known, Positions(columns, rows, apart=True), kernel)
        full = sample(values, known, Positions(full_columns, full_rows, apart=False), kernel)
        np.testing.assert_array_equal(apart[1], full[1])
        np.testing.assert_allclose(apart[0][apart[1]], full[0][full[1]], atol=1e-12)

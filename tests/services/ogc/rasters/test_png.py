"""PNG by hand, read back by GDAL."""

import numpy as np
import pytest

from services.ogc.rasters.png import Colours, Indexed, png, stacked
from tests.services.ogc.rasters.conftest import pixels

RANDOM = np.random.default_rng(4)


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (256, 256)])
def test_colours_there_and_back(shape: tuple[int, int]) -> None:
    rgb = RANDOM.integers(0, 256, (*shape, 3), dtype=np.uint8)
    found = pixels(png(Colours(rgb)))
    np.testing.assert_array_equal(found[..., :3], rgb)
    assert (found[..., 3] == 255).all()


def test_what_is_not_shown_is_transparent_or_background() -> None:
    rgb = RANDOM.integers(0, 256, (20, 30, 3), dtype=np.uint8)
    shown = RANDOM.random((20, 30)) > 0.4
    found = pixels(png(Colours(rgb, shown)))
    np.testing.assert_array_equal(found[..., 3] == 255, shown)
    np.testing.assert_array_equal(found[shown][:, :3], rgb[shown])
    assert not found[~shown].any()
    painted = pixels(png(Colours(rgb, shown), (1, 2, 3)))
    assert (painted[~shown] == (1, 2, 3, 255)).all()
    np.testing.assert_array_equal(painted[shown][:, :3], rgb[shown])


def test_palettes_there_and_back() -> None:
    palette = ((0, 0, 0, 0), (255, 0, 0, 255), (0, 100, 200, 128))
    index = RANDOM.integers(0, 3, (17, 23)).astype(np.uint8)
    found = pixels(png(Indexed(index, palette)))
    np.testing.assert_array_equal(found, np.array(palette, dtype=np.uint8)[index])
    painted = pixels(png(Indexed(index, palette), (100, 100, 100)))
    mixed = np.array([(100, 100, 100, 255), (255, 0, 0, 255), (50, 100, 150, 255)])
    np.testing.assert_allclose(painted, mixed[index], atol=1)


def test_pieces_become_one() -> None:
    rgb = RANDOM.integers(0, 256, (9, 4, 3), dtype=np.uint8)
    shown = RANDOM.random((4, 4)) > 0.5
    whole = stacked([Colours(rgb[:5]), Colours(rgb[5:], shown)])
    assert isinstance(whole, Colours)
    np.testing.assert_array_equal(whole.rgb, rgb)
    assert whole.shown is not None
    assert whole.shown[:5].all()
    np.testing.assert_array_equal(whole.shown[5:], shown)

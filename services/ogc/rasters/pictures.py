"""Coverages as pictures: relief of heights, heights written as colours, and zones (``zone_pictures``)."""

from collections.abc import Callable
from functools import cache, partial

import numpy as np

from geo import terrain
from geo.grid import Grid, ground_size_m
from geo.resampling import Kernel
from services.database.lending import refuse_abandoned
from services.ogc.rasters.cells import Cells
from services.ogc.rasters.depth import DepthCells
from services.ogc.rasters.elevation import ElevationCells
from services.ogc.rasters.png import Colours, Picture, stacked
from services.ogc.rasters.zone_pictures import zone_painter

_PIECE_PIXELS = 300_000
_SHADE, _LIGHT = 0.45, 0.75  # how dark the dark side of a slope is, and how much light adds


def picture(cells: Cells, grid: Grid) -> Picture:
    """The picture of a coverage on a grid, one pixel a cell; painted piece by piece, so that it needs little memory."""
    paint = _painter(cells, grid)
    rows = max(1, _PIECE_PIXELS // grid.width)
    pieces = []
    for row in range(0, grid.height, rows):
        refuse_abandoned()
        pieces.append(paint(grid.part(row, 0, min(rows, grid.height - row), grid.width)))
    return stacked(pieces)


def _painter(cells: Cells, grid: Grid) -> Callable[[Grid], Picture]:
    if isinstance(cells, ElevationCells):
        return partial(relief, cells)
    assert isinstance(cells, DepthCells)  # noqa: S101 - there are two kinds of coverages
    return zone_painter(cells, grid)


def relief(cells: ElevationCells, grid: Grid) -> Colours:
    """Heights in the colours of the layer's ramp, lit from the north-west; what has no height shows nothing.

    The cells around the grid are looked at too, so that neighbouring pictures fit.
    """
    values, known = cells.heights(grid.grown(1), Kernel.CUBIC)
    heights = np.where(known, values, np.nan).astype(np.float32)  # single precision: half the time, the same picture
    size_x_m, size_y_m = ground_size_m(grid)
    light = _SHADE + _LIGHT * terrain.hillshade(heights, size_x_m, size_y_m)
    colours = _tints(cells.source.layer.style.ramp)(heights[1:-1, 1:-1])
    colours *= np.nan_to_num(light, copy=False)[..., np.newaxis]
    colours += 0.5
    return Colours(np.minimum(colours, 255).astype(np.uint8), known[1:-1, 1:-1])


def heights_as_colours(
    cells: ElevationCells, grid: Grid, encode: Callable[[terrain.Heights], terrain.Pixels]
) -> Colours:
    """Heights in an encoding of ``geo.terrain``, to be read as numbers; no pixel is transparent."""
    values, known = cells.heights(grid, Kernel.BILINEAR)
    return Colours(encode(np.where(known, values, np.nan)))


@cache
def _tints(ramp: tuple[tuple[float, str], ...]) -> terrain.Tints:
    return terrain.Tints(ramp)

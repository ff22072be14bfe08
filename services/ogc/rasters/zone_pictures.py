"""Zones as pictures, in the official colours of their classes.

Three ways of hatching: grey where nothing is known, dark on the layer's own colour where a zone's class is unknown, and
in the colour of a class that is declared as hatched.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from geo.grid import Grid
from layers.model import Style
from services.ogc.rasters.depth import UNKNOWN, DepthCells
from services.ogc.rasters.png import Indexed
from services.ogc.rasters.zones import Zone

PERIOD_PX = 8
"""Distance of the stripes of a hatch; it divides the side of a tile, so that stripes run on in the next."""

_THIN_PX, _THICK_PX = 1, 3
_NOTHING, _UNKNOWN, _DARK, _OWN, _FIRST_CLASS = range(5)  # numbers in the palette
_UNKNOWN_COLOUR = (110, 110, 110, 150)
_DARK_COLOUR = (70, 60, 90, 255)


def zone_painter(cells: DepthCells, grid: Grid) -> Callable[[Grid], Indexed]:
    """Paints parts of a grid: nothing outside of the zones, grey stripes where they are unknown."""
    style = cells.source.layer.style
    palette = _palette(style)
    burn = cells.burner(grid, detail=min(grid.resolution) / 2)

    def paint(part: Grid) -> Indexed:
        state, kind, kinds = burn(part)
        between, stripe = _numbers(style, kinds)
        index = np.where(_stripes(part, _THICK_PX), stripe[kind], between[kind])
        index[(state == UNKNOWN) & _stripes(part, _THIN_PX)] = _UNKNOWN
        return Indexed(index, palette)

    return paint


def _palette(style: Style) -> tuple[tuple[int, int, int, int], ...]:
    classes = (_rgba(entry.color) for entry in style.classes)
    return ((0, 0, 0, 0), _UNKNOWN_COLOUR, _DARK_COLOUR, _rgba(style.color), *classes)


def _numbers(style: Style, kinds: Sequence[Zone]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """The palette's number for each kind of zone between the stripes and on them; first of no zone."""
    places = {entry.value: place for place, entry in enumerate(style.classes)}
    between, stripe = [_NOTHING], [_NOTHING]
    for zone in kinds:
        place = None if zone.hazard_class is None else places.get(zone.hazard_class)
        if place is None:
            between.append(_OWN)
            stripe.append(_DARK)
            continue
        between.append(_NOTHING if style.classes[place].hatched else _FIRST_CLASS + place)
        stripe.append(_FIRST_CLASS + place)
    return np.array(between, dtype=np.uint8), np.array(stripe, dtype=np.uint8)


def _stripes(grid: Grid, width_px: int) -> npt.NDArray[np.bool_]:
    """Stripes from south-west to north-east, fixed to the origin of the system."""
    x, y = grid.centres()
    size_x, size_y = grid.resolution
    column = np.floor(x / size_x).astype(np.int64)
    row = np.floor(y / size_y).astype(np.int64)
    on: npt.NDArray[np.bool_] = (column[np.newaxis, :] - row[:, np.newaxis]) % PERIOD_PX < width_px
    return on


def _rgba(colour: str) -> tuple[int, int, int, int]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue, 255
